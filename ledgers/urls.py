"""Routes of what happened to people: rosters, conflicts, people without a village."""

from django.urls import include, path

from ledgers.field import views as field
from ledgers.views import conflicts, person, person_acts, roster_acts, rosters, unplaced

urlpatterns = [
    path("", include("ledgers.households.urls")),
    path("field/", field.shell, name="field_shell"),
    path("field/unsent/", field.shell, name="field_unsent"),
    path("field/bundle/", field.bundle, name="field_bundle"),
    path("field/send/", field.send, name="field_send"),
    path("field-worker.js", field.worker, name="field_worker"),
    path("rosters/", rosters.rosters, name="rosters"),
    path("rosters/<int:pk>/", rosters.roster, name="roster"),
    path("rosters/<int:pk>/progress/", rosters.roster_progress, name="roster_progress"),
    path("rosters/<int:pk>/layout/", roster_acts.roster_layout, name="roster_layout"),
    path("rosters/<int:pk>/approve/", roster_acts.roster_approve, name="roster_approve"),
    path("rosters/<int:pk>/discard/", roster_acts.roster_discard, name="roster_discard"),
    path("rosters/<int:pk>/retry/", roster_acts.roster_retry, name="roster_retry"),
    path("rosters/<int:pk>/undo/", roster_acts.roster_undo, name="roster_undo"),
    path("rosters/<int:pk>/rejected.xlsx", roster_acts.roster_rejected, name="roster_rejected"),
    path("rosters/samples/<slug:kind>.xlsx", rosters.roster_sample, name="roster_sample"),
    path("conflicts/", conflicts.conflicts, name="conflicts"),
    path("conflicts/decide/", conflicts.conflicts_decide, name="conflicts_decide"),
    path("conflicts/<int:pk>/decide/", conflicts.conflict_decide, name="conflict_decide"),
    path("conflicts/<int:pk>/undo/", conflicts.conflict_undo, name="conflict_undo"),
    path("unplaced/", unplaced.unplaced, name="unplaced"),
    path("unplaced/adopted/", unplaced.unplaced_adopted, name="unplaced_adopted"),
    path("unplaced/place/", unplaced.unplaced_place, name="unplaced_place"),
    path("unplaced/<int:pk>/adopt/", unplaced.unplaced_adopt, name="unplaced_adopt"),
    path("unplaced/<int:pk>/not-ours/", unplaced.unplaced_not_ours, name="unplaced_not_ours"),
    path("people/lookup/", person_acts.lookup, name="person_lookup"),
    path("people/<int:pk>/", person.person, name="person"),
    path("people/<int:pk>/edit/", person_acts.person_edit, name="person_edit"),
    path("people/<int:pk>/doses/new/", person_acts.dose_new, name="dose_new"),
    path("doses/<int:pk>/edit/", person_acts.dose_edit, name="dose_edit"),
    path("doses/<int:pk>/remove/", person_acts.dose_remove, name="dose_remove"),
    path("", include("ledgers.evidence.urls")),
    path("", include("ledgers.survey.urls")),
    path("", include("ledgers.units.urls")),
    path("", include("ledgers.handovers.urls")),
    path("doubts/", include("ledgers.doubts.urls")),
    path("checklists/", include("ledgers.checklists.urls")),
    path("ledgers-back/", include("ledgers.followups.urls")),
    path("follow-up/", include("ledgers.follow_up.urls")),
    path("today/", include("ledgers.today.urls")),
]
