"""Routes of ledgers sent back."""

from django.urls import path

from ledgers.followups import views

urlpatterns = [
    path("", views.sent_back, name="sent_back"),
    path("<int:pk>/", views.sent_back_one, name="sent_back_one"),
    path("<int:pk>/approve/", views.sent_back_approve, name="sent_back_approve"),
    path("<int:pk>/discard/", views.sent_back_discard, name="sent_back_discard"),
    path("<int:pk>/undo/", views.sent_back_undo, name="sent_back_undo"),
]
