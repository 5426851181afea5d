"""The household card: one HTML form, the same online, without JavaScript, and kept on the phone.

`cards_of` reads what cards show of many households in a fixed number of queries; the phone keeps a
cadre's whole beat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from django.db.models import F
from django.http import HttpRequest
from django.template.loader import render_to_string

from campaigns.models import Campaign, Institution, Product
from ledgers.day import with_day
from ledgers.households.numbering import HEADS, label_of
from ledgers.models import Dose, Exemption, Reason, Statement, Visit
from ledgers.rules import REASONS, Stand, ledger_of, sub_state_of
from ledgers.survey.seen import values_of
from ledgers.survey.sentences import Shot, doses_sentence, next_sentence, statement_sentence
from ledgers.why import nth
from registry import clock
from registry.ages import age_on
from registry.chips import CHIPS
from registry.models import Household, Resident, Status

# Reasons offered at the door, in plain words; promises and absence have answers of their own (rules 3).
DOOR_REASONS = ("41", "42", "43", "44", "49", "3", "8", "9", "61", "1", "2", "10")
_STANDING = (
    "platform__key", "counted", "needed", "since", "until", "first_on", "completed_on", "next_from", "next_by",
    "second_due_on", "needs_product",
)  # fmt: skip


@dataclass
class Member:
    """One member on the card. Only who is in scope must be answered for."""

    resident: Resident
    age: int
    in_scope: bool
    chip: str = "out_of_scope"
    chip_words: str = ""
    sentence: str = ""
    next_step: str = ""
    last_product: str = ""
    seen: dict[str, str] = field(default_factory=dict)
    # What the form came back with after a refusal: the fields without their m<pk>-.
    said: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        return f"m{self.resident.pk}"

    @property
    def title(self) -> str:
        return "，".join(part for part in (self.resident.relation, f"{self.age} 岁") if part)


@dataclass
class Card:
    """What a card shows of one household."""

    household: Household
    members: list[Member] = field(default_factory=list)
    last: Visit | None = None

    @property
    def label(self) -> str:
        return label_of(self.household)

    @property
    def head(self) -> str:
        """The head's name, or that of the first member where nobody is known to head it."""
        first = self.members[0].resident.name if self.members else ""
        return self.household.head or first

    @property
    def to_answer(self) -> list[Member]:
        return [member for member in self.members if member.in_scope]

    @property
    def is_away(self) -> bool:
        return self.household.state == Household.State.AWAY


def cards_of(
    households: Sequence[Household], campaign: Campaign, on: date, *, only: Iterable[int] | None = None
) -> list[Card]:
    """Return the cards of households whose `place` is at hand, in their order; constant queries.

    `only` narrows to these residents: a 户籍村 sees its own people of a household elsewhere.
    """
    cards = {one.pk: Card(one) for one in households}
    people = Resident.objects.filter(household__pk__among=set(cards), status=Status.ACTIVE)
    if only is not None:
        people = people.filter(pk__in=list(only))
    rows = with_day(people, campaign, on).annotate(**_standing_columns()).order_by("birth_on", "pk")
    facts = _Facts(people, campaign)
    for resident in rows:
        cards[resident.household_id].members.append(_member(resident, facts, campaign, on))
    for card in cards.values():
        card.members.sort(key=lambda member: not _is_head(member.resident, card.household))
    for visit in Visit.objects.filter(household__pk__among=set(cards), campaign=campaign).order_by("at", "pk"):
        cards[visit.household_id].last = visit
    return list(cards.values())


def _standing_columns() -> dict[str, Any]:
    columns = {f"s_{name.replace('__', '_')}": F(f"standing__{name}") for name in _STANDING}
    return columns | {"excused_since": F("excuse__since")}


def _is_head(resident: Resident, household: Household) -> bool:
    return resident.relation in HEADS or resident.name == household.head


class _Facts:
    """Everything on record about the people of some cards that a sentence needs: one query for each kind."""

    def __init__(self, people: Any, campaign: Campaign):
        keys = people.values("pk")
        self.shots: dict[int, list[Shot]] = defaultdict(list)
        self.products: dict[int, str] = {}
        doses = Dose.objects.filter(resident__in=keys, campaign=campaign, state=Dose.State.LIVE)
        for dose in doses.select_related("product").order_by("given_on", "pk"):
            name = dose.product.name if dose.product else ""
            self.shots[dose.resident_id].append(Shot(dose.given_on, name, dose.source))
            self.products[dose.resident_id] = dose.product.key if dose.product else ""
        said = Statement.objects.filter(resident__in=keys, campaign=campaign, closed_entry=None).order_by("month")
        self.statements = {one.resident_id: one for one in said}
        self.reasons = {one.resident_id: one for one in Reason.objects.filter(resident__in=keys, campaign=campaign)}
        claims = Exemption.objects.filter(resident__in=keys, campaign=campaign, state=Exemption.State.CLAIMED)
        self.claims = set(claims.values_list("resident_id", flat=True))


def _member(resident: Resident, facts: _Facts, campaign: Campaign, on: date) -> Member:
    age = age_on(resident.birth_on, on)
    member = Member(resident, age, in_scope=age >= campaign.min_age)
    if not member.in_scope:
        member.chip_words, member.next_step = "不在范围", f"未满{campaign.min_age}岁，不用登记。"
        return member
    stand = _stand(resident)
    excused = resident.excused_since is not None
    sub_state = sub_state_of(stand, on, excused=excused)
    member.chip = sub_state or ledger_of(stand, excused=excused)
    member.chip_words = CHIPS[member.chip].word
    if sub_state == "overdue" and stand and stand.next_by:
        member.chip_words = f"超期 {(on - stand.next_by).days} 天"
    member.sentence = _sentence(resident, facts, stand, on)
    member.next_step = _next_step(member, stand, sub_state, facts, on)
    member.last_product = facts.products.get(resident.pk, "")
    member.seen = values_of(resident, facts.reasons.get(resident.pk))
    return member


def _stand(resident: Resident) -> Stand | None:
    if resident.s_counted is None:
        return None
    return Stand(
        since=resident.s_since, until=resident.s_until, platform=resident.s_platform_key, counted=resident.s_counted,
        needed=resident.s_needed, first_on=resident.s_first_on, completed_on=resident.s_completed_on,
        next_from=resident.s_next_from, next_by=resident.s_next_by, second_due_on=resident.s_second_due_on, marks=(),
        needs_product=resident.s_needs_product, dose_days=(),
    )  # fmt: skip


def _sentence(resident: Resident, facts: _Facts, stand: Stand | None, on: date) -> str:
    parts = []
    if resident.away_to:
        parts.append(f"外出{resident.away_to}。")
    shots = [shot for shot in facts.shots[resident.pk] if shot.given_on <= on]
    parts.append(doses_sentence(shots, stand.counted if stand else 0))
    said = facts.statements.get(resident.pk)
    if said:
        parts.append(statement_sentence(said.month, said.given_on))
    reason = facts.reasons.get(resident.pk)
    if reason and reason.code and not (stand and stand.completed_on):
        day = f"，{reason.promised_on.month}月{reason.promised_on.day}日" if reason.promised_on else ""
        parts.append(f"上次说：{REASONS.get(reason.code, reason.code)}{day}。")
    return "".join(parts) or "没有接种记录。"


def _next_step(member: Member, stand: Stand | None, sub_state: str | None, facts: _Facts, on: date) -> str:
    """Say what to do in a few words; an unknown product is never an invitation (rules 4)."""
    pk = member.resident.pk
    if stand and stand.needs_product:
        return "先核实打的是哪种疫苗，查清以前不约接种。"
    if stand:
        return next_sentence(sub_state, nth(stand.counted + 1), stand.next_from, stand.next_by)
    if pk in facts.claims:
        return "禁忌缓种申请待审核。"
    if pk in facts.statements:
        return "先看接种凭证或渝康码。"
    return "约好接种日期。" if member.chip == "unvaccinated" else ""


def choices_of(campaign: Campaign) -> dict[str, Any]:
    """Return what all cards offer to choose from: products, institutions, reasons; two queries."""
    products = Product.objects.filter(platform__campaign=campaign).select_related("platform")
    return {
        "products": list(products.order_by("platform__position", "pk")),
        "institutions": list(Institution.objects.filter(campaign=campaign).order_by("name")),
        "reasons": [(code, REASONS[code]) for code in DOOR_REASONS],
        "kinds": Exemption.Kind.choices,
        "grounds": Exemption.Ground.choices,
    }


def put_back(card: Card, data: Mapping[str, str]) -> None:
    """Fill a card with what was sent and refused, so that nobody types anything twice."""
    for member in card.members:
        start = f"{member.prefix}-"
        member.said = {name.removeprefix(start): value for name, value in data.items() if name.startswith(start)}


def render_card(
    request: HttpRequest, card: Card, campaign: Campaign, *, choices: dict[str, Any] | None = None, **more: Any
) -> str:
    """Render the form of one card; `choices` are shared by many cards."""
    context = {
        "card": card,
        "campaign": campaign,
        "choices": choices or choices_of(campaign),
        "key": uuid4(),
        "today": clock.today(),
        "may_record": True,
    }
    return render_to_string("ledgers/survey/card.html", context | more, request)
