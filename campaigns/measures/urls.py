"""Routes of 一村一策."""

from django.urls import path

from campaigns.measures import views

urlpatterns = [
    path("village/<str:code>/", views.measures, name="measures"),
    path("village/<str:code>/new/", views.measure_new, name="measure_new"),
    path("<int:pk>/", views.measure, name="measure"),
]
