"""Routes of what it adds up to: progress, ledgers, exports."""

from django.urls import include, path

from reports.dashboard import screen
from reports.views import exports, ledgers, printing, progress, releases, returned

urlpatterns = [
    path("", include("reports.api.urls")),
    path("progress/", progress.dashboard, name="dashboard"),
    path("progress/wall/", progress.wall_chart, name="wall_chart"),
    path("progress/phases/<slug:key>/", progress.phase, name="dashboard_phase"),
    path("progress/screen/", screen.screen, name="screen"),
    path("progress/screen/figures/", screen.screen_figures, name="screen_figures"),
    path("progress/<str:code>/", progress.village, name="village"),
    path("units/", progress.units, name="units"),
    path("units/<int:pk>/", progress.unit, name="unit"),
    path("ledgers/", ledgers.ledger, name="ledger"),
    path("ledgers/<slug:ledger>/", ledgers.ledger, name="ledger"),
    path("ledgers/<slug:ledger>/totals/", ledgers.ledger_totals, name="ledger_totals"),
    path("ledgers/<slug:ledger>/search/", ledgers.ledger_search, name="ledger_search"),
    path("ledgers/<slug:ledger>/print/", printing.ledger_print, name="ledger_print"),
    path("targets/", include("reports.splitting.urls")),
    path("digest/", include("reports.digest.urls")),
    path("alerts/", include("reports.alerts.urls")),
    path("nudges/", include("reports.nudges.urls")),
    path("briefings/", include("reports.briefing.urls")),
    path("county/", include("reports.county.urls")),
    path("movements/", include("reports.movements.urls")),
    path("list-match/", returned.list_match, name="list_match"),
    path("checklists/<int:pk>/return/", returned.checklist_return, name="checklist_return"),
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.export_new, name="export_new"),
    path("exports/<int:pk>/file/", exports.export_file, name="export_file"),
    path("exports/<int:pk>/withdraw/", releases.export_withdraw, name="export_withdraw"),
    path("exports/releases/", releases.export_releases, name="export_releases"),
    path("exports/releases/<int:pk>/", releases.export_release, name="export_release"),
    path("exports/standing/new/", releases.standing_new, name="standing_new"),
    path("exports/standing/<int:pk>/withdraw/", releases.standing_withdraw, name="standing_withdraw"),
]
