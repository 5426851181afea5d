from django.urls import include, path

from campaigns import life_views, views
from campaigns.plan_edit import setup_views as setup
from campaigns.plan_edit import views as edit

urlpatterns = [
    path("measures/", include("campaigns.measures.urls")),
    path("plan/", views.plan, name="plan"),
    path("plan/campaigns/", life_views.campaigns, name="campaigns"),
    path("plan/campaigns/new/", setup.campaign_new, name="campaign_new"),
    path("plan/campaigns/<slug:key>/setup/<slug:step>/", setup.campaign_setup, name="campaign_setup"),
    path("plan/campaigns/<slug:key>/start/", setup.campaign_start, name="campaign_start"),
    path("plan/campaigns/<slug:key>/delete/", setup.campaign_delete, name="campaign_delete"),
    path("plan/campaigns/<slug:key>/<slug:act>/", life_views.campaign_act, name="campaign_act"),
    path("plan/campaigns/<slug:key>/edit/<slug:part>/<str:item>/", edit.plan_edit, name="plan_edit"),
    path("plan/changes/", edit.plan_changes, name="plan_changes"),
    path("plan/changes/<int:pk>/", edit.plan_change, name="plan_change"),
    path("plan/changes/<int:pk>/apply/", edit.plan_change_apply, name="plan_change_apply"),
    path("plan/changes/<int:pk>/drop/", edit.plan_change_drop, name="plan_change_drop"),
    path("plan/changes/<int:pk>/again/", edit.plan_change_again, name="plan_change_again"),
    path("plan/phases/", views.phases, name="phases"),
    path("plan/phases/<int:pk>/", views.phase_dates, name="phase_dates"),
    path("plan/targets/", views.targets, name="plan_targets"),
    path("plan/targets/<str:code>/", views.target, name="plan_target"),
]
