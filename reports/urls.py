"""Routes of what it adds up to: ledgers, exports."""

from django.urls import path

from reports.views import ledgers, printing

urlpatterns = [
    path("ledgers/", ledgers.ledger, name="ledger"),
    path("ledgers/<slug:ledger>/", ledgers.ledger, name="ledger"),
    path("ledgers/<slug:ledger>/totals/", ledgers.ledger_totals, name="ledger_totals"),
    path("ledgers/<slug:ledger>/search/", ledgers.ledger_search, name="ledger_search"),
    path("ledgers/<slug:ledger>/print/", printing.ledger_print, name="ledger_print"),
]
