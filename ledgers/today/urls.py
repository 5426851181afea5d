"""The route of 今天要办."""

from django.urls import path

from ledgers.today import views

urlpatterns = [path("", views.today, name="today")]
