"""Routes of what it adds up to: progress, ledgers, exports."""

from django.urls import include, path

from reports.views import exports, ledgers, printing, progress

urlpatterns = [
    path("progress/", progress.dashboard, name="dashboard"),
    path("progress/wall/", progress.wall_chart, name="wall_chart"),
    path("progress/<str:code>/", progress.village, name="village"),
    path("units/", progress.units, name="units"),
    path("units/<int:pk>/", progress.unit, name="unit"),
    path("ledgers/", ledgers.ledger, name="ledger"),
    path("ledgers/<slug:ledger>/", ledgers.ledger, name="ledger"),
    path("ledgers/<slug:ledger>/totals/", ledgers.ledger_totals, name="ledger_totals"),
    path("ledgers/<slug:ledger>/search/", ledgers.ledger_search, name="ledger_search"),
    path("ledgers/<slug:ledger>/print/", printing.ledger_print, name="ledger_print"),
    path("nudges/", include("reports.nudges.urls")),
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.export_new, name="export_new"),
    path("exports/<int:pk>/file/", exports.export_file, name="export_file"),
]
