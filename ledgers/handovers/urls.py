"""Routes of people whose place is in question."""

from django.urls import path

from ledgers.handovers import views

urlpatterns = [
    path("handovers/", views.handovers, name="handovers"),
    path("handovers/find/", views.find, name="handovers_find"),
    path("handovers/find/ask/", views.find_ask, name="handovers_find_ask"),
    path("people/<int:pk>/handover/", views.handover_new, name="handover_new"),
    path("people/<int:pk>/number/", views.number_new, name="number_new"),
    path("people/<int:pk>/death/undo/", views.death_undo, name="death_undo"),
    path("handovers/<int:pk>/answer/", views.handover_answer, name="handover_answer"),
    path("duplicates/find/", views.duplicates_find, name="duplicates_find"),
    path("duplicates/<int:pk>/decide/", views.duplicate_decide, name="duplicate_decide"),
    path("merges/<int:pk>/undo/", views.merge_undo, name="merge_undo"),
]
