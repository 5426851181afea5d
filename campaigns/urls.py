from django.urls import path

from campaigns import views

urlpatterns = [
    path("plan/", views.plan, name="plan"),
    path("plan/phases/", views.phases, name="phases"),
    path("plan/phases/<int:pk>/", views.phase_dates, name="phase_dates"),
    path("plan/targets/", views.targets, name="plan_targets"),
    path("plan/targets/<str:code>/", views.target, name="plan_target"),
]
