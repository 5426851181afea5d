"""Making the day's digests: one row per account with news, from the same queries as the pages they lead to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Max, Min, Q, QuerySet

from campaigns.models import NudgeStep
from campaigns.nudges.access import nudges_answered_by
from ledgers.corrections import CORRECTABLE
from ledgers.models import Conflict, Dose, Exemption
from registry.access import may, scope_of, with_scopes
from registry.models import Resident, ResidentChange, User
from reports.alerts.reading import alerts_visible_to
from reports.models import Digest

DAY = timedelta(days=1)
# So many changed doses are named in one digest.
NAMED = 20
Counts = dict[int, Counter[str]]


@dataclass(frozen=True)
class Window:
    """News after `since` up to and including `until`."""

    since: datetime
    until: datetime

    def of(self, field: str) -> Q:
        return Q(**{f"{field}__gt": self.since, f"{field}__lte": self.until})


def make_digests(on: date, now: datetime) -> int:
    """Make the digests of the business day `on` for every account with something new; return how many were made.

    One round a day: a later one would begin the next day's window for everybody, and what came for the others
    after the first round would never be told. So running it twice makes nothing.

    News of a scope is counted once for all accounts of that scope, news of a person's own entries in one
    query for everybody.
    """
    if Digest.objects.filter(on=on).exists():
        return 0
    window = Window(_last(now), now)
    accounts = with_scopes(User.objects.filter(is_active=True, grants__isnull=False).distinct())
    counts: Counts = defaultdict(Counter)
    _of_scopes(accounts, window, counts)
    _of_senders(window, counts)
    _of_claimants(window, counts)
    doses = _changed_doses(window)
    for user, keys in doses.items():
        counts[user]["changed"] = len(keys)
    told = [user for user in accounts if +counts[user.pk]]
    rows = [_digest(user, on, window, counts[user.pk], doses.get(user.pk, [])) for user in told]
    Digest.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return Digest.objects.filter(on=on).count()


def _last(now: datetime) -> datetime:
    """The moment of the last round, at most a week back; a day back where there was none."""
    last = Digest.objects.filter(made_at__lt=now).aggregate(last=Max("made_at"))["last"]
    return max(last, now - 7 * DAY) if last else now - DAY


def _digest(user: User, on: date, window: Window, counts: Counter[str], doses: list[int]) -> Digest:
    return Digest(user=user, on=on, since=window.since, made_at=window.until, counts=dict(+counts), doses=doses[:NAMED])


def _of_scopes(accounts: Iterable[User], window: Window, counts: Counts) -> None:
    """Count what the account's scope sees, once for each scope: the pages' own queries say who sees what.

    What somebody did is no news to the same account, which has others of its scope beside it.
    """
    known: dict[str, dict[str, Counter[int]]] = {}
    for user in accounts:
        scope = repr(scope_of(user))
        if scope not in known:
            known[scope] = {name: of(user, window) for name, (right, of) in _NEWS.items() if may(user, right)}
        news = {name: found.total() - found[user.pk] for name, found in known[scope].items()}
        counts[user.pk].update(news)


# Of nobody in particular.
_ANYBODY = 0


def _steps(user: User, window: Window, *kinds: str) -> Counter[int]:
    own = nudges_answered_by(user).filter(campaign__is_active=True)
    steps = NudgeStep.objects.filter(window.of("at"), nudge__in=own.values("pk"), kind__in=kinds)
    return Counter(dict(_grouped(steps, "by")))


def _asked(user: User, window: Window) -> Counter[int]:
    return _steps(user, window, NudgeStep.Kind.SENT, NudgeStep.Kind.RETURNED)


def _closed(user: User, window: Window) -> Counter[int]:
    return _steps(user, window, NudgeStep.Kind.CLOSED)


def _alerts(user: User, window: Window) -> Counter[int]:
    raised = alerts_visible_to(user).filter(window.of("raised_at"), ended_at__isnull=True)
    return Counter({_ANYBODY: raised.count()})


def _questions(user: User, window: Window) -> Counter[int]:
    return Counter({_ANYBODY: Conflict.objects.visible_to(user).open().filter(window.of("entry__at")).count()})


# What of a person is put right; other changes of the history (a reason, a household) are told by their own pages.
_PERSONAL = (*CORRECTABLE, "birth_on", "document", "phone")


def corrections_for(user: User, window: Window) -> QuerySet[ResidentChange]:
    """Return what somebody typed anew of the personal data of people of the account's scope; rosters tell their own."""
    typed = ResidentChange.objects.filter(window.of("entry__at"), entry__job__isnull=True, field__in=_PERSONAL)
    return typed.filter(resident__in=Resident.objects.visible_to(user).values("pk"))


def _corrected(user: User, window: Window) -> Counter[int]:
    """Those people, each once. A person whom several put right is news to each of them."""
    own = corrections_for(user, window).order_by()
    people = own.values("resident").annotate(first=Min("entry__by"), last=Max("entry__by"))
    return Counter(first if first == last else _ANYBODY for first, last in people.values_list("first", "last"))


_NEWS: dict[str, tuple[str, Callable[[User, Window], Counter[int]]]] = {
    "asked": ("nudge.answer", _asked),
    "closed": ("nudge.answer", _closed),
    "alerts": ("alert.view", _alerts),
    "questions": ("conflict.decide", _questions),
    # To the village or unit that answers for them; the office would hear of its own work all day.
    "corrected": ("nudge.answer", _corrected),
}


def _of_senders(window: Window, counts: Counts) -> None:
    answers = NudgeStep.objects.filter(window.of("at"), kind=NudgeStep.Kind.ANSWERED).exclude(by=F("nudge__sent_by"))
    for user, number in _grouped(answers, "nudge__sent_by"):
        counts[user]["answered"] = number


def _of_claimants(window: Window, counts: Counts) -> None:
    """Claims decided by somebody else, for who filed them."""
    decided = Exemption.objects.filter(window.of("decided_entry__at")).exclude(decided_entry__by=F("entry__by"))
    for state in (Exemption.State.APPROVED, Exemption.State.REJECTED):
        for user, number in _grouped(decided.filter(state=state), "entry__by"):
            counts[user][str(state)] = number


def _changed_doses(window: Window) -> dict[int, list[int]]:
    """Return the doses that somebody typed and somebody else ended, by who typed them; rosters tell their own."""
    ended = Dose.objects.filter(window.of("ended_entry__at"), entry__job__isnull=True, state__in=Dose.ENDED)
    found: dict[int, list[int]] = defaultdict(list)
    for user, dose in ended.exclude(ended_entry__by=F("entry__by")).order_by("pk").values_list("entry__by", "pk"):
        found[user].append(dose)
    return found


def _grouped(rows: QuerySet, by: str) -> Iterable[tuple[int, int]]:
    return rows.order_by().values(by).annotate(number=Count("pk")).values_list(by, "number")
