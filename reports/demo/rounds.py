"""Two rounds of 入户排查 in the invented street: the first is over, the second half done; grids of one village."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from campaigns.models import Campaign
from ledgers.models import SurveyRound, Visit
from registry import bulk
from registry.accounts import system_user
from registry.models import Entry, Grid, GridPlace, Household, Resident, Source, Status, User
from reports.demo.street import BY_NAME, DEMO_DAY

# A village's grids by the numbers of their groups; the accounts of the demonstration name them.
GRIDS = {"第一网格": (1, 2), "第二网格": (3,), "第三网格": (4, 5, 6)}
_FIRST = (date(2021, 7, 19), date(2021, 8, 6))
_SECOND_FROM = date(2021, 8, 9)
# Outcomes of a call and their weights; who was not at home is called upon again.
_OUTCOMES = (("visited", "nobody", "refused", "moved", "not_found"), (82, 13, 3, 1, 1))


def make_grids() -> None:
    """Divide 白坪村 into grids; before the accounts, which name them."""
    village = BY_NAME["白坪村"].code
    for name, groups in GRIDS.items():
        grid = Grid.objects.create(name=name, village_id=village)
        GridPlace.objects.bulk_create(GridPlace(grid=grid, place_id=f"{village}{number:03d}") for number in groups)


def write_rounds(campaign: Campaign, accounts: dict[str, User], seed: int) -> int:
    """Give households their states and write both rounds' visits; returns how many visits."""
    rng = Random(seed)  # noqa: S311 - invented visits, no secrets
    _give_states(rng)
    walkers = {BY_NAME["白坪村"].code: accounts["baiping"], BY_NAME["黄谷村"].code: accounts["huanggu"]}
    doors = list(
        Household.objects.exclude(state__in=Household.APART).order_by("pk").values_list("pk", "village_id", "state")
    )
    visits: list[Visit] = []
    last = timedelta(days=1)
    for number, begin, end, share in ((1, *_FIRST, 0.88), (2, _SECOND_FROM, DEMO_DAY - last, 0.5)):
        entry = _entry(accounts["zhuanban"], f"开始第{number}轮入户排查", begin)
        walk = SurveyRound.objects.create(
            campaign=campaign, number=number, begins_on=begin, ends_on=end if number == 1 else None, entry=entry
        )
        visits += _visits(rng, walk, doors, (begin, end), share, walkers)
    Visit.objects.bulk_create(visits, batch_size=2000)
    return len(visits)


def _give_states(rng: Random) -> None:
    """Nobody lives where all are away: 全家外出 or 空挂户; families from elsewhere mostly rent."""
    living = Resident.objects.filter(status=Status.ACTIVE, household__isnull=False)
    here = set(living.exclude(residency="away").values_list("household_id", flat=True))
    incoming = set(living.filter(residency="incoming").values_list("household_id", flat=True))
    states = []
    for pk in Household.objects.order_by("pk").values_list("pk", flat=True):
        draw = rng.random()
        if pk not in here or draw < 0.03:
            states.append((pk, "away" if draw < 0.022 else "registered_only"))
        elif pk in incoming and draw < 0.7:
            states.append((pk, "rented"))
        elif draw > 0.998:
            states.append((pk, "collective"))
    bulk.update(Household, ("id", "state"), states)


def _visits(
    rng: Random,
    walk: SurveyRound,
    doors: list[tuple[int, str, str]],
    window: tuple[date, date],
    share: float,
    walkers: dict[str, User],
) -> Iterator[Visit]:
    """One visit for each chosen door, up to three where nobody was at home."""
    entries: dict[tuple[int, date], int] = {}
    days = (window[1] - window[0]).days + 1
    machine = system_user()
    for household, village, state in doors:
        if rng.random() > share:
            continue
        by = walkers.get(village, machine)
        day = window[0] + timedelta(days=rng.randrange(days))
        for _ in range(3):
            outcome = "phoned" if state == "away" else rng.choices(*_OUTCOMES)[0]
            if (by.pk, day) not in entries:
                entries[by.pk, day] = _entry(by, f"入户排查（{day:%m月%d日}）", day).pk
            at = _moment(day, rng.randrange(540))
            yield Visit(
                key=uuid.UUID(int=rng.getrandbits(128), version=4),
                household_id=household,
                campaign_id=walk.campaign_id,
                round=walk,
                outcome=outcome,
                spoke_with="户主" if outcome == "phoned" else "",
                at=at,
                received_at=at,
                by=by,
                entry_id=entries[by.pk, day],
            )
            day += timedelta(days=2)
            if outcome != "nobody" or day > window[1]:
                break


def _entry(by: User, label: str, on: date) -> Entry:
    return Entry.objects.create(at=_moment(on, 540), by=by, source=Source.VERBAL, label=label)


def _moment(on: date, minutes: int) -> datetime:
    """So many minutes after eight in the morning."""
    return timezone.make_aware(datetime.combine(on, time(8)) + timedelta(minutes=minutes))
