"""Warnings that only a person's whole series can give: too early, mixed, missing (rules 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledgers.rosters.doses import LIVE, dose_heading
from ledgers.rosters.people import DoseState, Person
from ledgers.rosters.rows import WARNING, Message
from ledgers.rules import DoseFact, Stand, dose_marks

if TYPE_CHECKING:
    from ledgers.rosters.plan import Plan

SENTENCES = {
    "dose_missing": "缺前面针次的记录，按已种计。",
    "too_early": "与前一针间隔过短，不计针次。",
    "short_interval": "与前一针间隔偏短，仍计针次。",
    "mixed_platform": "本人接种过不同种类的疫苗，请核实。",
    "extra": "超出该疫苗的针次，不计。",
    "product_age": "接种时的年龄不在该疫苗的批准范围内，仍计针次。",
    "product_unknown": "没有写明或认不出是哪种疫苗，请核实。",
}


def campaigns_of(person: Person) -> set[int]:
    return {dose.campaign for dose in person.doses}


def changed(person: Person, campaign: int) -> bool:
    """Tell whether this import changes the live doses of a person in a campaign."""
    return any(dose.campaign == campaign and (dose.is_new or dose.state != dose.was) for dose in person.doses)


def live_doses(person: Person, campaign: int) -> list[DoseState]:
    return sorted(person.live(campaign), key=lambda dose: dose.given_on)


def facts_of(plan: Plan, person: Person, doses: list[DoseState]) -> list[DoseFact]:
    """Turn live doses, in date order, into what the rules look at."""
    return [
        plan.vaccines(dose.campaign).fact(
            dose.given_on, dose.product.id if dose.product else None, dose.stated, dose.source, person.birth_on
        )
        for dose in doses
    ]


def mark(plan: Plan, person: Person) -> None:
    """Warn at the row of each dose that this import brought and that the rules mark."""
    for campaign in campaigns_of(person):
        # Who turned up again (`batch` 0) may stand otherwise than when written.
        if (person.batch and person.plain_in == campaign) or not changed(person, campaign):
            continue
        doses = live_doses(person, campaign)
        facts = facts_of(plan, person, doses)
        stands: tuple[Stand, ...] = plan.vaccines(campaign).timeline(facts)
        if not stands or not stands[-1].marks:
            continue
        for dose, found in zip(doses, dose_marks(facts, plan.vaccines(campaign).table), strict=True):
            if dose.is_new and dose.state == LIVE:
                for code in found:
                    _warn(plan, person, dose, code)


def _warn(plan: Plan, person: Person, dose: DoseState, code: str) -> None:
    # The reader has said it already where the row alone told.
    if (dose.row, code) in plan.said:
        return
    text = f"{dose.given_on}：{SENTENCES[code]}"
    column = dose_heading(plan, dose.position)
    plan.messages.append((Message(WARNING, dose.row, column, code, text), person.name, ""))
