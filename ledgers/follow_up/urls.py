"""Routes of 催种."""

from django.urls import path

from ledgers.follow_up.views import calls, lists, papers

urlpatterns = [
    path("", lists.follow_up, name="follow_up"),
    path("totals/", lists.follow_up_totals, name="follow_up_totals"),
    path("slips/", papers.follow_up_slips, name="follow_up_slips"),
    path("slips/given/", papers.follow_up_slips_given, name="follow_up_slips_given"),
    path("home-visits/", papers.follow_up_home_visits, name="follow_up_home_visits"),
    path("effect/", papers.follow_up_effect, name="follow_up_effect"),
    path("effect/people/", papers.follow_up_effect_people, name="follow_up_effect_people"),
    path("<int:pk>/", calls.follow_up_card, name="follow_up_card"),
    path("<int:pk>/record/", calls.follow_up_record, name="follow_up_record"),
    path("<int:pk>/told/", calls.follow_up_told, name="follow_up_told"),
]
