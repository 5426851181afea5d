"""All routes; each app keeps its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("registry.urls")),
    path("", include("campaigns.urls")),
    path("", include("ledgers.urls")),
    path("", include("reports.urls")),
]
