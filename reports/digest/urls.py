"""The route of 一日一报."""

from django.urls import path

from reports.digest import views

urlpatterns = [path("", views.digest, name="digest")]
