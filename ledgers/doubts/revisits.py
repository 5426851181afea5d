"""Ten households of each village, drawn at random, to be visited again; how many agree with what was recorded."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from random import Random

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign
from ledgers.models import Revisit, Visit
from registry import audit
from registry.models import User

EACH = 10


class RevisitRefused(Exception):
    """A draw or an answer that cannot be; the text is the sentence for the page."""


@transaction.atomic
def draw(campaign: Campaign, *, on: date, by: User, address: str = "") -> list[Revisit]:
    """Draw up to ten visited households of each village, once a day. Raises RevisitRefused.

    The day is the seed and the households are taken in the order of their keys, so anybody can draw the same
    ones again from the same visits.
    """
    require_open(Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk))
    if Revisit.objects.filter(campaign=campaign, drawn_on=on).exists():
        raise RevisitRefused("今天已经抽过一次，名单在下面。")
    seed = on.toordinal()
    rows = [
        Revisit(campaign=campaign, village_id=village, household_id=household, drawn_on=on, seed=seed, drawn_by=by)
        for village, households in sorted(_visited(campaign).items())
        for household in pick(households, seed, village)
    ]
    if not rows:
        raise RevisitRefused("还没有走访过的户，入户排查有登记以后再抽。")
    made = Revisit.objects.bulk_create(rows)
    detail = {"抽取日": on.isoformat(), "户数": len(made)}
    audit.record("revisit.draw", by=by, subject=f"campaign {campaign.pk}", detail=detail, address=address)
    return made


def pick(households: list[int], seed: int, village: str) -> list[int]:
    """Pick ten of these keys (all where there are fewer), the same for the same keys, seed and village. Pure."""
    chance = Random(f"{seed} {village}")  # noqa: S311 - a draw that everybody can repeat
    ordered = sorted(households)
    return sorted(chance.sample(ordered, min(EACH, len(ordered))))


def _visited(campaign: Campaign) -> dict[str, list[int]]:
    visits = Visit.objects.filter(campaign=campaign, outcome__in=[Visit.Outcome.VISITED, Visit.Outcome.PHONED])
    rows = visits.filter(household__merged_into__isnull=True).order_by()
    found: dict[str, list[int]] = defaultdict(list)
    for village, household in rows.values_list("household__village_id", "household_id").distinct():
        found[village].append(household)
    return found


@transaction.atomic
def answer(revisit: Revisit, *, outcome: str, note: str = "", by: User, address: str = "") -> None:
    """Keep what was found at the door; an answer may be put right. Raises RevisitRefused."""
    if outcome not in Revisit.Outcome.values:
        raise RevisitRefused("选一下：一致、不一致，还是家中无人。")
    if outcome == Revisit.Outcome.DIFFERS and not note.strip():
        raise RevisitRefused("不一致的写一句哪里不一致，例如：登记外出，本人在家。")
    require_open(revisit.campaign)
    Revisit.objects.filter(pk=revisit.pk).update(
        outcome=outcome, note=note.strip()[:200], answered_by=by, answered_at=timezone.now()
    )
    detail = {"复核结果": Revisit.Outcome(outcome).label} | ({"说明": note.strip()} if note.strip() else {})
    subject = f"household {revisit.household_id}"
    audit.record("revisit.answer", by=by, subject=subject, detail=detail, address=address)


@dataclass(frozen=True)
class Agreement:
    """A village's drawn households: `rate` of those where somebody was home, null where none was."""

    village: str
    drawn: int
    agrees: int
    differs: int
    nobody: int

    @property
    def rate(self) -> Fraction | None:
        met = self.agrees + self.differs
        return Fraction(self.agrees, met) if met else None

    @property
    def waiting(self) -> int:
        return self.drawn - self.agrees - self.differs - self.nobody


def agreement(campaign: Campaign, drawn_on: date) -> dict[str, Agreement]:
    """Count a draw by village code, in one query."""
    rows = Revisit.objects.filter(campaign=campaign, drawn_on=drawn_on).order_by().values_list("village_id")
    counts = {value: Count("pk", filter=Q(outcome=value)) for value in Revisit.Outcome.values}
    return {row[0]: Agreement(*row) for row in rows.annotate(drawn=Count("pk"), **counts)}
