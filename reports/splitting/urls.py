"""Routes of 任务分解."""

from django.urls import path

from reports.splitting import views

urlpatterns = [
    path("split/", views.target_split, name="target_split"),
    path("versions/", views.target_versions, name="target_versions"),
    path("versions/<int:pk>/", views.target_version, name="target_version"),
]
