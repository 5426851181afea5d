"""The business day: the one place that asks what today is."""

from datetime import date

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """Return the business day in Asia/Shanghai, or the day that TODAY fixes (interfaces: TODAY)."""
    return settings.TODAY or timezone.localdate()
