"""Routes of 督办."""

from django.urls import path

from reports.nudges import views

urlpatterns = [
    path("", views.nudges, name="nudges"),
    path("new/", views.nudge_new, name="nudge_new"),
    path("<int:pk>/", views.nudge, name="nudge"),
    path("<int:pk>/answer/", views.nudge_answer, name="nudge_answer"),
    path("<int:pk>/judge/", views.nudge_judge, name="nudge_judge"),
    path("<int:pk>/print/", views.nudge_print, name="nudge_print"),
]
