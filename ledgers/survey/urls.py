"""Routes of household cards and visits."""

from django.urls import path

from ledgers.survey import founding_views, member_views, views

urlpatterns = [
    path("survey/new/<str:place>/", founding_views.household_new, name="household_new"),
    path("survey/households/<int:pk>/", views.household, name="household"),
    path("survey/households/<int:pk>/members/new/", member_views.household_member_new, name="household_member_new"),
    path("survey/visits/<int:pk>/", views.visit, name="visit"),
    path("survey/visits/<int:pk>/undo/", views.visit_undo, name="visit_undo"),
    path("survey/visits/<int:pk>/members/", views.visit_members, name="visit_members"),
    path("survey/answers/<int:pk>/settle/", views.visit_settle, name="visit_settle"),
]
