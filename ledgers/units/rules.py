"""Who stands in the way of 清零, and what to do next about a member. Pure: no Django, the day is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledgers.why import day, nth

# Said on every page where somebody declares or verifies.
_REASONS = "没打的都有审核通过、在有效期内的禁忌缓种。外出、不愿意、自述已种都不算。"
DEFINITION = {
    "first": f"清零：年满最低接种年龄的人都打过第一针，{_REASONS}",
    "full": f"清零：年满最低接种年龄的人都打完，或间隔未到；{_REASONS}",
}


def is_missing(ledger: str | None, sub_state: str | None, *, judged_by: str) -> bool:
    """Tell whether a person stands in the way of 清零 (plan 六(二)1): vaccinated too little, without a valid reason.

    Judged by the first dose, that is 应种未种; judged by the full course, also who is due or overdue. Waiting
    for the interval is nobody's fault, and only an exemption in force is a valid reason (rules 3): no reason
    code is one. `ledger` is None out of scope.
    """
    if ledger == "unvaccinated":
        return True
    return judged_by == "full" and sub_state in ("due", "overdue")


@dataclass(frozen=True)
class Course:
    """How a member stands at `on`; dates are null where they do not apply."""

    on: date
    ledger: str | None
    sub_state: str = ""
    counted: int = 0
    next_from: date | None = None
    next_by: date | None = None
    needs_product: bool = False
    excused_until: date | None = None
    # Of a student's guardian; "" where nobody asked.
    consent: str = ""
    is_student: bool = False
    # Below this age the member is in no ledger.
    min_age: int = 12


def next_action(course: Course) -> str:
    """Say in a few words what the unit does next about a member; "" where nothing is to be done."""
    if course.ledger is None:
        return f"未满{course.min_age}岁，不在接种范围"
    if course.ledger == "completed":
        return ""
    if course.ledger == "exempt" or course.sub_state == "excused":
        return _until(course)
    if course.needs_product:
        return "先核实打的是哪种疫苗"
    if course.sub_state == "waiting":
        return f"{day(course.next_from)}起可打{nth(course.counted + 1)}"
    if course.is_student and course.consent != "signed":
        return _consent(course.consent)
    return _dose(course)


def _until(course: Course) -> str:
    return f"暂缓至{day(course.excused_until)}" if course.excused_until else "禁忌，不用打"


def _consent(consent: str) -> str:
    return "监护人不同意，由学校和村再沟通一次" if consent == "refused" else "先请监护人签知情同意书"


def _dose(course: Course) -> str:
    if course.sub_state == "overdue":
        return f"{nth(course.counted + 1)}已超期 {(course.on - course.next_by).days} 天，尽快去打"
    if course.sub_state == "due":
        return f"该打{nth(course.counted + 1)}，最迟{day(course.next_by)}"
    return "约好日子打第一针；已在别处打过的，登记凭证"
