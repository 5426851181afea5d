"""Routes of 上级通报, below `county/`."""

from django.urls import path

from reports.county import views

urlpatterns = [
    path("", views.county, name="county"),
    path("new/", views.county_new, name="county_new"),
]
