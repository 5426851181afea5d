"""Routes of 预警."""

from django.urls import path

from reports.alerts import views

urlpatterns = [
    path("", views.alerts, name="alerts"),
    path("thresholds/", views.alert_thresholds, name="alert_thresholds"),
]
