"""Routes of 入户排查 and of acts on households."""

from django.urls import path

from ledgers.households.views import acts, arrange, walk

urlpatterns = [
    path("survey/", walk.survey, name="survey"),
    path("survey/rounds/", arrange.rounds, name="rounds"),
    path("survey/passed-up/", walk.passed_up_list, name="survey_passed_up"),
    path("survey/found/", walk.household_list, name="household_list"),
    path("survey/search/", walk.household_search, name="household_search"),
    path("survey/villages/<str:village>/", walk.survey_village, name="survey_village"),
    path("survey/villages/<str:village>/number/", arrange.survey_number, name="survey_number"),
    path("survey/villages/<str:village>/caretakers/", arrange.caretakers, name="caretakers"),
    path("survey/villages/<str:village>/grids/", arrange.grid_list, name="grid_list"),
    path("survey/villages/<str:village>/loose/", arrange.loose_people, name="loose_people"),
    path("survey/places/<str:place>/", walk.survey_group, name="survey_group"),
    path("survey/loose/<int:pk>/join/", arrange.loose_join, name="loose_join"),
    path("households/<int:pk>/edit/", acts.household_edit, name="household_edit"),
    path("households/<int:pk>/state/", acts.household_state, name="household_state"),
    path("households/<int:pk>/confirm/", acts.household_confirm, name="household_confirm"),
    path("households/<int:pk>/caretaker/", acts.household_caretaker, name="household_caretaker"),
    path("households/<int:pk>/place/", acts.household_place, name="household_place"),
    path("households/<int:pk>/split/", acts.household_split, name="household_split"),
    path("households/<int:pk>/merge/", acts.household_merge, name="household_merge"),
    path("households/acts/<int:entry>/undo/", acts.household_undo, name="household_undo"),
]
