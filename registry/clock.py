"""The business day: the one place that asks what today is."""

from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Q
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


def moments_of(name: str, day: date, *, since: date | None = None) -> Q:
    """Condition: the moment in `name` lies on the business day, or between `since` and it (both days included).

    Where TODAY is fixed, what is entered bears the real clock: it lies as many days from today as from now, and
    after the last moment of the fixed day, where nothing invented lies.
    """
    since = since or day
    spans = [(start_of(since), start_of(day + timedelta(days=1)))]
    if offset := timezone.localdate() - today():
        live = start_of(since + offset), start_of(day + offset + timedelta(days=1))
        spans.append((max(live[0], start_of(today() + timedelta(days=1))), live[1]) if offset > timedelta(0) else live)
    conditions = [Q(**{f"{name}__gte": begin, f"{name}__lt": end}) for begin, end in spans if begin < end]
    return reduce(or_, conditions)
