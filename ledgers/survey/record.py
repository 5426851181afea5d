"""Recording a visit (plan 六(二)2): the visit, its answers as facts, its receipt, all in one transaction, once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign
from ledgers.households.progress import PASSED_UP_AFTER
from ledgers.models import Dose, SurveyRound, Visit, VisitAnswer
from ledgers.notes import new_entry
from ledgers.survey.answers import REFUSALS, Act, apply
from ledgers.survey.seen import differences, now_of
from ledgers.survey.told import Answer, Difference, Told, VisitRefused
from registry import audit, clock
from registry.access import residents_in_scope, scope_of
from registry.models import Household, Resident, Source, User

Outcome = Visit.Outcome
TO_BE_CHOSEN = "这期间别人也改过，选一个。"


@dataclass
class Recorded:
    """What became of a visit. `refused` are (name, sentence) of answers that could not become facts."""

    visit: Visit
    is_new: bool
    differences: list[Difference] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    # Names of people whose new dose contradicts another record and waits (待核实).
    waiting: list[str] = field(default_factory=list)
    # The third call of the round that found nobody: the street's staff see the household now.
    passed_up: bool = False

    @property
    def receipt(self) -> str:
        return self.visit.receipt


def record_visit(household: Household, campaign: Campaign, told: Told, *, by: User, address: str = "") -> Recorded:
    """Record a visit once: a known `key` gives the same receipt and writes nothing.

    An answer that cannot become a fact is kept with its sentence; the others stand. Raises VisitRefused
    for a visit that is none, such as a telephone call to a household that is at home.
    """
    try:
        with transaction.atomic():
            known = _known(household, told, by)
            visit = known or _record(household, campaign, told, by, address)
    except IntegrityError:
        # The same entry arrived twice at once; the other one was faster.
        known = visit = _known(household, told, by)
        if known is None:
            raise
    return recorded_of(visit, is_new=known is None)


def _known(household: Household, told: Told, by: User) -> Visit | None:
    """Return the visit of this key, having locked the household until the transaction ends."""
    list(Household.objects.select_for_update().filter(pk=household.pk).values_list("pk"))
    known = Visit.objects.filter(key=told.key).select_related("campaign", "household__place").first()
    if known is not None and (known.household_id, known.by_id) != (household.pk, by.pk):
        raise VisitRefused("这条登记的编号已经用过，重新打开这一户再登记。")
    return known


def _record(household: Household, campaign: Campaign, told: Told, by: User, address: str) -> Visit:
    require_open(campaign)
    _check(household, told)
    received_at = timezone.now()
    entry = new_entry(by, Source.VERBAL, f"入户排查：{Outcome(told.outcome).label}")
    visit = Visit.objects.create(
        key=told.key, household=household, campaign=campaign, round=_round_at(campaign, told.at), outcome=told.outcome,
        spoke_with=told.spoke_with.strip()[:60], note=told.note.strip()[:200], at=min(told.at, received_at),
        received_at=received_at, by=by, entry=entry,
    )  # fmt: skip
    _answer(visit, told.answers, _act(visit, by, address))
    detail = {"结果": visit.get_outcome_display(), "登记人数": len(told.answers)}
    audit.record("visit.record", by=by, subject=f"household {household.pk}", detail=detail, address=address)
    return visit


def _act(visit: Visit, by: User, address: str) -> Act:
    return Act(visit.campaign, visit.entry, by, clock.today(), clock.day_of(visit.at), address)


def _check(household: Household, told: Told) -> None:
    if told.outcome not in Outcome.values:
        raise VisitRefused("选一下这次入户的结果。")
    if told.outcome != Outcome.PHONED:
        return
    if household.state != Household.State.AWAY:
        raise VisitRefused("电话核实只用于全家外出的户；有人在家要上门，或者先把这户改为全家外出。")
    if not told.spoke_with.strip():
        raise VisitRefused("写明电话里和谁核实的。")


def _round_at(campaign: Campaign, at: datetime) -> SurveyRound | None:
    """Return the round that was running when the visit happened; an entry may arrive late."""
    day = clock.day_of(min(at, timezone.now()))
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    return campaign.rounds.filter(running, begins_on__lte=day).order_by("-number").first()


def _answer(visit: Visit, answers: tuple[Answer, ...], act: Act) -> None:
    """Write each answer about somebody of this household or of the account's list, in one order of locking."""
    found = {one.pk: one for one in _people(visit, answers)}
    now = now_of(found.values(), visit.campaign)
    rows = []
    for answer in sorted(answers, key=lambda one: one.resident):
        resident = found.get(answer.resident)
        if resident is None:
            continue
        differs = differences(answer, now[resident.pk], visit.by)
        refusal = TO_BE_CHOSEN if differs else _try(answer, resident, act)
        detail = answer.detail | ({"differences": differs} if differs else {})
        rows.append(VisitAnswer(visit=visit, resident=resident, kind=answer.kind, detail=detail, refusal=refusal[:200]))
    VisitAnswer.objects.bulk_create(rows)


def _people(visit: Visit, answers: tuple[Answer, ...]) -> list[Resident]:
    """Lock the people answered for: members, and whoever was one when the card was opened and is still on the list."""
    keys = [answer.resident for answer in answers]
    own = Q(household=visit.household_id) | residents_in_scope(scope_of(visit.by))
    allowed = Resident.objects.filter(own, pk__in=keys).values("pk")
    return list(Resident.objects.select_for_update(of=("self",)).filter(pk__in=allowed).order_by("pk"))


def _try(answer: Answer, resident: Resident, act: Act) -> str:
    """Write one answer; return the sentence why not, "" where it was written."""
    try:
        with transaction.atomic():
            apply(answer, resident, act)
    except REFUSALS as refused:
        return str(refused)
    return ""


@transaction.atomic
def settle(answer: VisitAnswer, *, mine: bool, by: User, address: str = "") -> str:
    """Decide between what the cadre said and what somebody else set meanwhile; return a refusal, "" where done.

    Theirs leaves the record as it is; mine is written now, under the visit. Deciding twice changes nothing.
    """
    answer = VisitAnswer.objects.select_for_update(of=("self",)).select_related(
        "resident", "visit__campaign", "visit__entry"
    ).get(pk=answer.pk)  # fmt: skip
    if "differences" not in answer.detail:
        return ""
    require_open(answer.visit.campaign)
    detail = {name: value for name, value in answer.detail.items() if name != "differences"}
    refusal = ""
    if mine:
        said = Answer(answer.resident_id, answer.kind, detail, settled=True)
        act = _act(answer.visit, by, address)
        refusal = _try(said, answer.resident, act)
    answer.detail, answer.refusal = detail | {"settled": "mine" if mine else "theirs"}, refusal[:200]
    answer.save(update_fields=["detail", "refusal"])
    told: dict[str, Any] = {"选用": "自己的登记" if mine else "别人的登记", "回答": answer.get_kind_display()}
    audit.record("visit.settle", by=by, subject=f"resident {answer.resident_id}", detail=told, address=address)
    return refusal


def recorded_of(visit: Visit, *, is_new: bool = False) -> Recorded:
    """Say what became of a visit, the same however often it is asked: a receipt lost on the way comes again."""
    found = Recorded(visit, is_new, passed_up=_is_passed_up(visit))
    for answer in visit.answers.select_related("resident").order_by("pk"):
        if "differences" in answer.detail:
            found.differences += [_difference(answer, one) for one in answer.detail["differences"]]
        elif answer.refusal:
            found.refused.append((answer.resident.name, answer.refusal))
    waiting = Dose.objects.filter(entry=visit.entry_id, state=Dose.State.WAITING).order_by("pk")
    found.waiting = list(waiting.values_list("resident__name", flat=True))
    return found


def _difference(answer: VisitAnswer, kept: dict[str, str]) -> Difference:
    return Difference(answer=answer.pk, resident=answer.resident_id, name=answer.resident.name, **kept)


def _is_passed_up(visit: Visit) -> bool:
    if visit.outcome != Outcome.NOBODY or visit.round_id is None:
        return False
    calls = Visit.objects.filter(household=visit.household_id, round=visit.round_id, outcome=Outcome.NOBODY)
    return calls.filter(at__lte=visit.at).count() >= PASSED_UP_AFTER
