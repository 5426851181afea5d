"""What campaigns tells the floors above without knowing them."""

from django.dispatch import Signal

# Sent within the transaction that changed what a campaign asks for (a date, a goal, a platform, a key
# trade). Keyword argument: `campaign`. Whatever was counted for it may be out of date.
plan_changed = Signal()
