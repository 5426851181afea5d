"""Routes of the interfaces for others, and of the tokens that open them."""

from django.urls import path

from reports.api import pages, views

urlpatterns = [
    path("api/v1/openapi.json", views.openapi, name="api_openapi"),
    path("api/v1/campaigns/", views.campaigns, name="api_campaigns"),
    path("api/v1/summary/", views.summary, name="api_summary"),
    path("api/v1/phases/", views.phases, name="api_phases"),
    path("api/v1/daily.csv", views.daily, name="api_daily"),
    path("progress/daily.csv", pages.daily_by_hand, name="daily_csv"),
    path("tokens/", pages.tokens, name="tokens"),
    path("tokens/new/", pages.token_new, name="token_new"),
    path("tokens/<int:pk>/withdraw/", pages.token_withdraw, name="token_withdraw"),
]
