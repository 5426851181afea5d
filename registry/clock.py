"""The business day: the one place that asks what today is."""

from datetime import date, datetime, time

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """Return the business day in Asia/Shanghai, or the day that TODAY fixes (interfaces: TODAY)."""
    return settings.TODAY or timezone.localdate()


def moment_of(at: datetime) -> datetime:
    """Return a moment as the office says it: its business day and the time on the clock, without a zone."""
    return datetime.combine(day_of(at), timezone.localtime(at).time())


def moment_at(day: date, hour: time) -> datetime:
    """Return the moment at which it will be `hour` of a business day: `moment_of` the other way round."""
    return timezone.make_aware(datetime.combine(day + (timezone.localdate() - today()), hour))


def start_of(day: date) -> datetime:
    """Return the first moment of a business day, as moments are stored."""
    return timezone.make_aware(datetime.combine(day, time.min))


def day_of(moment: datetime) -> date:
    """Return the business day of a moment: as many days from today as it lies from now."""
    return today() - (timezone.localdate() - timezone.localdate(moment))
