"""A person's record in a campaign as of a day: doses with their marks, standing, exemptions, the ledger and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch

from campaigns.models import Campaign
from ledgers.models import Conflict, Dose, Evidence, Exemption, Reason, Statement
from ledgers.rules import (
    REASONS,
    Stand,
    approval_refusal,
    dose_marks,
    excuse_periods,
    is_active,
    ledger_of,
    stand_on,
    sub_state_of,
)
from ledgers.trust import trust_of
from ledgers.vaccines import Vaccines
from ledgers.why import Place, next_step, nth, why_sentence
from registry.ages import age_on
from registry.chips import CHIPS
from registry.models import Resident, Status

MARK_WORDS = {
    "too_early": "间隔过短（不计针次）",
    "short_interval": "间隔偏短（计针次）",
    "extra": "超出针次（不计）",
    "mixed_platform": "疫苗混种",
    "product_unknown": "疫苗不明",
    "product_age": "年龄与疫苗不符",
    "dose_missing": "缺前面针次的记录",
}


@dataclass
class DoseLine:
    """A dose of the page: its record, what the rules remark on it, and the records it was taken instead of."""

    dose: Dose
    title: str
    marks: list[str] = field(default_factory=list)
    instead_of: list[Dose] = field(default_factory=list)

    @property
    def trust(self) -> str:
        return trust_of(self.dose.source)


@dataclass
class Record:
    place: Place
    stand: Stand | None
    lines: list[DoseLine]
    others: list[Dose]
    statements: list[Statement]
    exemptions: list[Exemption]
    conflicts: int
    reason: Reason | None

    @property
    def why(self) -> str:
        return why_sentence(self.place)

    @property
    def next_step(self) -> str:
        return next_step(self.place)

    @property
    def reason_words(self) -> str:
        return REASONS.get(self.reason.code, "") if self.reason else ""

    @property
    def counted_days(self) -> list[date]:
        return [day for day in self.stand.dose_days if day] if self.stand else []

    @property
    def chip(self) -> str:
        return self.place.sub_state or self.place.ledger or "out_of_scope"

    @property
    def chip_words(self) -> str:
        stand, place = self.stand, self.place
        if place.sub_state == "overdue" and stand and stand.next_by:
            return f"超期 {(place.on - stand.next_by).days} 天"
        return CHIPS[self.chip].word

    @property
    def missing(self) -> list[str]:
        """The doses of the series that are still to come."""
        if self.stand is None or self.stand.completed_on:
            return []
        return [nth(number) for number in range(self.stand.counted + 1, self.stand.needed + 1)]

    @property
    def counted_without_record(self) -> int:
        """Doses that a stated number proves though nobody has their record (rules 2)."""
        return sum(day is None for day in self.stand.dose_days) if self.stand else 0


def record_of(resident: Resident, campaign: Campaign, on: date) -> Record:
    """Read a person's facts and say how they stand at `on`; a constant number of queries."""
    vaccines = Vaccines(campaign)
    doses = list(
        Dose.objects.filter(resident=resident, campaign=campaign, given_on__lte=on)
        .select_related("product__platform", "entry__by", "entry__roster", "ended_entry__by")
        .prefetch_related(Prefetch("evidence", Evidence.objects.filter(removed_entry__isnull=True), "pieces"))
        .order_by("given_on", "pk")
    )
    live = [dose for dose in doses if dose.state == Dose.State.LIVE]
    facts = [vaccines.fact(d.given_on, d.product_id, d.stated_number, d.source, resident.birth_on) for d in live]
    stand = stand_on(vaccines.timeline(facts), on)
    marks = dose_marks(facts, vaccines.table)
    exemptions = list(
        Exemption.objects.filter(resident=resident, campaign=campaign)
        .select_related("institution", "entry__by", "decided_entry__by")
        .order_by("start_on", "pk")
    )
    statements = list(Statement.objects.filter(resident=resident, campaign=campaign).order_by("month", "pk"))
    place = _place(resident, campaign, vaccines, stand, exemptions, statements, on)
    for claim in exemptions:
        claim.refusal = refusal_of(claim)
    return Record(
        place=place,
        stand=stand,
        lines=_lines(live, marks, stand, doses),
        others=[dose for dose in doses if dose.state != Dose.State.LIVE],
        statements=statements,
        exemptions=exemptions,
        conflicts=Conflict.objects.open().filter(resident=resident).count(),
        reason=Reason.objects.filter(resident=resident, campaign=campaign).first(),
    )


def refusal_of(claim: Exemption) -> str | None:
    """Why a claim cannot be approved as it stands, None if it can (rules 3)."""
    level = claim.institution.level if claim.institution else None
    return approval_refusal(kind=claim.kind, reason=claim.reason, level=level, end_on=claim.end_on)


def _lines(
    live: list[Dose], marks: tuple[tuple[str, ...], ...], stand: Stand | None, doses: list[Dose]
) -> list[DoseLine]:
    numbers = {day: number for number, day in enumerate(stand.dose_days, 1) if day} if stand else {}
    lines = []
    for dose, found in zip(live, marks, strict=True):
        number = numbers.get(dose.given_on)
        words = [_mark(mark, number) for mark in found]
        ended = [d for d in doses if d.state == Dose.State.SUPERSEDED and _same(d, dose)]
        lines.append(DoseLine(dose, nth(number) if number else "不计针次", words, ended))
    return lines


def _same(ended: Dose, live: Dose) -> bool:
    """Whether the live record was taken instead: the same day, or the same stated number."""
    return ended.given_on == live.given_on or (
        ended.stated_number is not None and ended.stated_number == live.stated_number
    )


def _mark(mark: str, number: int | None) -> str:
    if mark == "dose_missing" and number and number > 1:
        return f"缺{nth(number - 1)}记录"
    return MARK_WORDS[mark]


def _place(
    resident: Resident,
    campaign: Campaign,
    vaccines: Vaccines,
    stand: Stand | None,
    exemptions: list[Exemption],
    statements: list[Statement],
    on: date,
) -> Place:
    approved = [claim for claim in exemptions if claim.state == Exemption.State.APPROVED]
    periods = excuse_periods((claim.start_on, claim.end_on) for claim in approved)
    excused = any(since <= on and (until is None or on < until) for since, until in periods)
    in_force = [c for c in approved if c.start_on <= on and (c.end_on is None or on <= c.end_on)]
    gone = _gone(resident, campaign, on)
    return Place(
        on=on,
        ledger=None if gone else ledger_of(stand, excused=excused),
        sub_state=None if gone else sub_state_of(stand, on, excused=excused),
        stand=stand,
        platform=vaccines.names.get(stand.platform, "") if stand else "",
        exemption=in_force[-1].get_kind_display() if in_force else "",
        exempt_until=in_force[-1].end_on if in_force else None,
        gone=gone,
        has_claim=any(claim.state == Exemption.State.CLAIMED for claim in exemptions),
        has_statement=any(said.closed_entry_id is None for said in statements),
    )


def _gone(resident: Resident, campaign: Campaign, on: date) -> str:
    """Why a person is in no ledger at `on`; "" for who is in one. Who is 非本辖区 stays with the unit (rules 1)."""
    if age_on(resident.birth_on, on) < campaign.min_age:
        return f"未满{campaign.min_age}岁"
    if resident.status == Status.OUTSIDE or is_active(resident.status, resident.status_on, on):
        return ""
    day = resident.status_on
    return f"{day.month}月{day.day}日起{resident.get_status_display()}" if day else resident.get_status_display()
