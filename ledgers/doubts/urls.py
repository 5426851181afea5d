"""Routes of 请核一核, below `doubts/`."""

from django.urls import path

from ledgers.doubts import views

urlpatterns = [
    path("", views.doubts, name="doubts"),
    path("check/", views.doubts_check, name="doubts_check"),
    path("<int:pk>/close/", views.doubt_close, name="doubt_close"),
    path("limits/", views.doubt_limits, name="doubt_limits"),
    path("revisits/", views.revisits, name="revisits"),
    path("revisits/draw/", views.revisits_draw, name="revisits_draw"),
    path("revisits/<int:pk>/", views.revisit_answer, name="revisit_answer"),
]
