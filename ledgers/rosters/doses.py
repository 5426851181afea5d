"""Doses and statements of a row beside those on record (interfaces: Rosters, The same dose again)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from ledgers.models import Conflict, Dose
from ledgers.rosters.directory import ProductEntry
from ledgers.rosters.people import DoseState, Person, Question, StatementState
from ledgers.rosters.rows import DoseCell, Row
from registry.models import Source

if TYPE_CHECKING:
    from ledgers.rosters.plan import Plan

LIVE, WAITING, SUPERSEDED, CORRECTED = (
    Dose.State.LIVE.value,
    Dose.State.WAITING.value,
    Dose.State.SUPERSEDED.value,
    Dose.State.CORRECTED.value,
)
# Of two records that contradict each other the one of higher standing counts.
STANDING = {Source.CLINIC.value: 3, Source.ROSTER.value: 2, Source.CERTIFICATE.value: 1, Source.HEALTH_CODE.value: 1}


def out_of_order(plan: Plan, person: Person, row: Row) -> DoseCell | None:
    """Return a dose of the row whose number contradicts an earlier row of the same file, if one does."""
    for cell in row.doses:
        if cell.stated_number is None or cell.given_on is None:
            continue
        product = plan.product_of(cell)
        campaign = product.campaign if product else plan.campaign.pk
        for dose in person.doses:
            is_of_file = dose.is_new and dose.replaces is None and dose.row != row.number
            contradicts = _comparable(dose, product) and _inverted(dose, cell.stated_number, cell.given_on)
            if is_of_file and dose.state == LIVE and dose.campaign == campaign and contradicts:
                return cell
    return None


def take(plan: Plan, person: Person, row: Row) -> bool:
    """Take a row's doses into a person's records; return whether they brought anything new."""
    take_one = _claim if plan.source == Source.VERBAL else _take
    news = [take_one(plan, person, row, cell) for cell in _of_running(plan, row)]
    return any(news)


def keep_waiting(plan: Plan, person: Person, row: Row) -> None:
    """Record a row's doses as waiting: the row may be about somebody else (name_conflict)."""
    if plan.source == Source.VERBAL:
        return
    for cell in _of_running(plan, row):
        product = plan.product_of(cell)
        if not any(_same_record(dose, cell, product) for dose in (*person.doses, *person.ended)):
            person.doses += (_state(plan, row, cell, product, WAITING),)


def _of_running(plan: Plan, row: Row) -> Sequence[DoseCell]:
    """Return the doses of campaigns that run; one of a campaign that has ended is told and not taken."""
    if not plan.directory.closed:
        return row.doses
    running = []
    for cell in row.doses:
        product = plan.product_of(cell)
        ended = plan.directory.closed.get(product.campaign) if product else None
        if ended:
            plan.warn(
                row, dose_heading(plan, cell.position), "value_unreadable", f"这一针属于已经结束的“{ended}”，没有登记。"
            )
        else:
            running.append(cell)
    return running


def _take(plan: Plan, person: Person, row: Row, cell: DoseCell) -> bool:
    product = plan.product_of(cell)
    campaign = product.campaign if product else plan.campaign.pk
    rivals = []
    for dose in person.doses:
        if dose.state != LIVE or dose.campaign != campaign:
            continue
        if dose.given_on == cell.given_on:
            if _agree(dose.product, product):
                return _merge(plan, person, row, dose, cell, product)
            rivals.append(dose)
        elif _comparable(dose, product) and _contradicts(dose, cell):
            rivals.append(dose)
    lost = (dose for dose in person.doses if dose.state == SUPERSEDED)
    past = [dose for dose in (*person.ended, *lost) if _same_record(dose, cell, product)]
    if any(dose.state == SUPERSEDED and STANDING[dose.source] >= STANDING[plan.source] for dose in past):
        # It lost already; only a source of higher standing than the one it came from raises it again.
        return False
    if rivals:
        return _settle(plan, person, row, cell, product, rivals)
    if past and past[-1].state != SUPERSEDED:
        # Somebody corrected or removed this very record: it does not come back by itself.
        return _ask(plan, person, row, cell, product, f"{_words(past[-1])}（已{past_word(past[-1])}）")
    _add_live(plan, person, row, cell, product)
    return True


def dose_heading(plan: Plan, position: int) -> str:
    """Return the heading of a dose's day in the file; `position` as in `DoseCell`."""
    return plan.heading(f"dose{position}_given_on" if position else "given_on", "接种日期")


def past_word(dose: DoseState) -> str:
    return "更正" if dose.state == CORRECTED else "删除"


def _settle(
    plan: Plan, person: Person, row: Row, cell: DoseCell, product: ProductEntry | None, rivals: list[DoseState]
) -> bool:
    """Decide between records that contradict each other, by the standing of their sources."""
    ours, theirs = STANDING[plan.source], max(STANDING[dose.source] for dose in rivals)
    known = "；".join(_words(dose) for dose in rivals)
    if ours == theirs or (plan.asks and ours < theirs):
        return _ask(plan, person, row, cell, product, known)
    plan.warn(
        row,
        dose_heading(plan, cell.position),
        "dose_conflict",
        f"与在册的接种记录不一致（{known}），以{_stronger(plan, rivals)}为准。",
    )
    if ours < theirs:
        person.doses += (_state(plan, row, cell, product, SUPERSEDED),)
        return False
    for dose in rivals:
        dose.state = SUPERSEDED
    _add_live(plan, person, row, cell, product)
    return True


def _stronger(plan: Plan, rivals: list[DoseState]) -> str:
    return Source(max((plan.source, *(dose.source for dose in rivals)), key=STANDING.__getitem__)).label


def _ask(plan: Plan, person: Person, row: Row, cell: DoseCell, product: ProductEntry | None, known: str) -> bool:
    """Let a person decide between equals: what is on record stays, the row's dose waits."""
    dose = _state(plan, row, cell, product, WAITING)
    field = f"dose:{cell.stated_number or cell.given_on.isoformat()}"
    question = Question(Conflict.Kind.DOSE.value, field, known, _words(dose), dose=dose, row=row.number)
    if any(other.state == WAITING and _same_record(other, cell, product) for other in person.doses):
        plan.waits()
    elif plan.ask(person, question):
        person.doses += (dose,)
    else:
        return False
    plan.warn(
        row, dose_heading(plan, cell.position), "dose_conflict", f"与在册的接种记录不一致（在册：{known}），待核实。"
    )
    return False


def _merge(plan: Plan, person: Person, row: Row, dose: DoseState, cell: DoseCell, product: ProductEntry | None) -> bool:
    """Fill in what the record of the same day lacks; a record of higher standing lends its own."""
    better = {}
    if product and (dose.product is None or (dose.product.is_generic and not product.is_generic)):
        better["product"] = product
    for name, value in (("lot", cell.lot), ("site", cell.site), ("product_text", cell.product_text)):
        if value and not getattr(dose, name) and (name != "product_text" or not (product or dose.product)):
            better[name] = value
    if cell.stated_number and dose.stated is None and not _taken(person, dose, cell):
        better["stated"] = cell.stated_number
    if STANDING[plan.source] > STANDING[dose.source]:
        better["source"] = plan.source
    if not better:
        return False
    target = dose
    if not dose.is_new:
        target = DoseState(
            None, dose.campaign, dose.given_on, dose.product, dose.stated, dose.lot, dose.site, dose.product_text,
            dose.source, LIVE, row.number,
        )  # fmt: skip
        target.replaces = dose
        dose.state = CORRECTED
        person.doses += (target,)
    for name, value in better.items():
        setattr(target, name, value)
    _close_statements(person, target)
    return True


def _taken(person: Person, dose: DoseState, cell: DoseCell) -> bool:
    """Tell whether another live dose stands in the way of giving this one the number that the row states."""
    return any(
        other is not dose and other.state == LIVE and other.campaign == dose.campaign
        and _comparable(other, dose.product) and _contradicts(other, cell)
        for other in person.doses
    )  # fmt: skip


def _add_live(plan: Plan, person: Person, row: Row, cell: DoseCell, product: ProductEntry | None) -> None:
    waiting = [dose for dose in person.doses if dose.state == WAITING and _same_record(dose, cell, product)]
    if waiting:
        # The record waited for a decision that has been taken: it is the one that becomes live,
        # with what this row adds to it, its higher standing not least.
        dose = waiting[0]
        dose.state = LIVE
        _merge(plan, person, row, dose, cell, product)
    else:
        dose = _state(plan, row, cell, product, LIVE)
        person.doses += (dose,)
    plan.count_dose(dose)
    _close_statements(person, dose)


def _close_statements(person: Person, dose: DoseState) -> None:
    """Close what was said by word of mouth about this dose: of its number, or in its month."""
    for statement in person.statements:
        if statement.campaign == dose.campaign and _proves(dose, statement.stated, statement.month):
            statement.closed = True


def _claim(plan: Plan, person: Person, row: Row, cell: DoseCell) -> bool:
    """Keep a statement, unless a dose on record or the same statement says as much already."""
    month = cell.month or cell.given_on.replace(day=1)
    product = plan.product_of(cell)
    campaign = product.campaign if product else plan.campaign.pk
    if any(_proves(dose, cell.stated_number, month) for dose in person.live(campaign)):
        return False
    for known in person.statements:
        same_number = known.stated == cell.stated_number or None in (known.stated, cell.stated_number)
        if not known.closed and known.campaign == campaign and known.month == month and same_number:
            return False
    statement = StatementState(None, campaign, month, cell.given_on, product, cell.stated_number, row.number)
    person.statements += (statement,)
    return True


def _proves(dose: DoseState, stated: int | None, month: date) -> bool:
    same_number = stated is not None and dose.stated == stated
    return same_number or (dose.given_on.year, dose.given_on.month) == (month.year, month.month)


def _agree(known: ProductEntry | None, incoming: ProductEntry | None) -> bool:
    """Two products of one day agree if either is unknown, or they are the same, or one only names its platform."""
    if known is None or incoming is None or known.id == incoming.id:
        return True
    return known.platform == incoming.platform and (known.is_generic or incoming.is_generic)


def _comparable(dose: DoseState, product: ProductEntry | None) -> bool:
    """Stated numbers count within one vaccine: different platforms never contradict each other."""
    return product is None or dose.product is None or dose.product.platform == product.platform


def _contradicts(dose: DoseState, cell: DoseCell) -> bool:
    if cell.stated_number is None or dose.stated is None or dose.given_on == cell.given_on:
        return False
    return dose.stated == cell.stated_number or _inverted(dose, cell.stated_number, cell.given_on)


def _inverted(dose: DoseState, stated: int, given_on: date) -> bool:
    if dose.stated is None or dose.stated == stated or dose.given_on == given_on:
        return False
    return (dose.stated < stated) != (dose.given_on < given_on)


def _same_record(dose: DoseState, cell: DoseCell, product: ProductEntry | None) -> bool:
    return dose.given_on == cell.given_on and _agree(dose.product, product)


def _state(plan: Plan, row: Row, cell: DoseCell, product: ProductEntry | None, state: str) -> DoseState:
    campaign = product.campaign if product else plan.campaign.pk
    dose = DoseState(
        None, campaign, cell.given_on, product, cell.stated_number, cell.lot, cell.site,
        "" if product else cell.product_text, plan.source, state, row.number,
    )  # fmt: skip
    dose.position = cell.position
    return dose


def _words(dose: DoseState) -> str:
    """A dose as people compare it: 2021-07-10 第1针 北京生物."""
    number = f" 第{dose.stated}针" if dose.stated else ""
    return f"{dose.given_on}{number} {dose.product.name if dose.product else dose.product_text or '疫苗不明'}"
