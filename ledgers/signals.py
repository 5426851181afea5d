"""What ledgers tells the floors above without knowing them."""

from django.dispatch import Signal

# Sent within the transaction that changed facts. Keyword arguments: `campaign`; `places`, the set of
# place codes whose residents changed; `since`, the earliest day that changed, or None for every day.
facts_changed = Signal()
