"""Routes of the movements between two days, below `movements/`."""

from django.urls import path

from reports.movements import views

urlpatterns = [
    path("", views.movements, name="balance"),
    path("ledger/", views.ledger_balance, name="balance_ledger"),
    path("people/", views.movements_people, name="balance_people"),
    path("list/<slug:ledger>/", views.movements_list, name="balance_list"),
    path("sign/", views.movements_sign, name="balance_sign"),
]
