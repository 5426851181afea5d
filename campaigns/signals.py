"""What campaigns tells the floors above without knowing them."""

from django.dispatch import Signal

# Sent within the transaction that changed what a campaign asks for (a date, a goal, a platform, a key
# trade). Keyword argument: `campaign`. Whatever was counted for it may be out of date.
plan_changed = Signal()

# Sent within the transaction that opened an ended campaign again. Keyword arguments: `campaign`, `by`.
# Who was merged or corrected meanwhile was left alone in it, so everybody's standing is to be decided anew.
campaign_reopened = Signal()
