"""The business day: the one place that asks what today is."""

from datetime import date, datetime, time

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """Return the business day in Asia/Shanghai, or the day that TODAY fixes (interfaces: TODAY)."""
    return settings.TODAY or timezone.localdate()


def start_of(day: date) -> datetime:
    """Return the first moment of a business day, as moments are stored."""
    return timezone.make_aware(datetime.combine(day, time.min))


def day_of(moment: datetime) -> date:
    """Return the business day of a past moment: as many days before today as it lies back."""
    return today() - (timezone.localdate() - timezone.localdate(moment))
