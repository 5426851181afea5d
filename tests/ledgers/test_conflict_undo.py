"""Taking a decision of 待核实 back: everything is as before it, or the refusal says why it cannot be."""

from typing import Any

import pytest

from ledgers.conflict_undo import undo_decision
from ledgers.conflicts import DecisionRefused, decide_conflict
from ledgers.corrections import correct_resident
from ledgers.models import Conflict, Dose, Exemption, Standing, Statement
from registry.accounts import system_user
from registry.models import AuditEntry, Household, Membership, Phone, Resident, ResidentChange, ResidentTag
from tests.ledgers.importing import ANNA, BERT, LONG, bring, campaign, who

__all__ = ["campaign"]

KNOWN, INCOMING, OTHER = Conflict.Decision.values
# What is written anew at each decision, and so bears another key and moment.
_DERIVED = (Standing,)
_FACTS = (Conflict, Dose, Exemption, Household, Membership, Phone, Resident, ResidentChange, ResidentTag, Statement)


def everything() -> dict[str, list[dict[str, Any]]]:
    found = {model.__name__: list(model.objects.order_by("pk").values()) for model in _FACTS}
    for model in _DERIVED:
        rows = model.objects.order_by("resident_id", "since").values()
        found[model.__name__] = [
            {name: value for name, value in row.items() if name not in ("id", "known_at")} for row in rows
        ]
    return found


def another_name(campaign) -> None:
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    bring(campaign, [*LONG, "联系电话", "标签"], ["贾名", ANNA, "2", "2021-08-10", "北京生物", "13800000009", "党员"])


def two_first_doses(campaign) -> None:
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07", "北京生物"], source="verbal")
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-12", "北京生物"])


def another_village(campaign) -> None:
    bring(campaign, ["姓名", "身份证号", "村", "户号"], ["甄安", ANNA, "朱河社区", "17"])
    bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, "青岭村"])


def another_residency(campaign) -> None:
    bring(campaign, ["姓名", "身份证号", "人口类型"], ["甄安", ANNA, "户籍常住"])
    bring(campaign, ["姓名", "身份证号", "人口类型"], ["甄安", ANNA, "户籍外出"])


def another_status(campaign) -> None:
    bring(campaign, ["姓名", "身份证号", "状态"], ["甄安", ANNA, "在册"])
    bring(campaign, ["姓名", "身份证号", "状态", "变动日期"], ["甄安", ANNA, "迁出", "2021-08-01"])


def another_unit(campaign) -> None:
    bring(campaign, ["单位名称", "行业类别"], ["乌杨水厂", ""], ["乌杨粮站", ""])
    bring(campaign, ["姓名", "身份证号", "工作单位"], ["甄安", ANNA, "乌杨水厂"])
    bring(campaign, ["姓名", "身份证号", "工作单位"], ["甄安", ANNA, "乌杨粮站"])


def another_end(campaign) -> None:
    heading = ["姓名", "身份证号", "类型", "原因", "诊断日期", "缓种至"]
    bring(campaign, heading, ["甄安", ANNA, "缓种", "妊娠", "2021-07-01", "2021-09-01"])
    bring(campaign, heading, ["甄安", ANNA, "缓种", "妊娠", "2021-07-01", "2021-12-01"])


def perhaps_the_same(campaign) -> None:
    bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, "朱河社区"], ["甄安", BERT, "朱河社区"])
    bring(campaign, ["姓名", "出生日期", "村", "联系电话"], ["甄安", "1973-06-15", "朱河社区", "13800000001"])


def decided(decision: str) -> Conflict:
    conflict = Conflict.objects.get(decision="")
    assert decide_conflict(conflict, decision=decision, by=system_user())
    return conflict


@pytest.mark.parametrize(
    ("ask", "decision"),
    [
        (another_name, KNOWN),
        (another_name, INCOMING),
        (another_name, OTHER),
        (two_first_doses, KNOWN),
        (two_first_doses, INCOMING),
        (another_village, KNOWN),
        (another_village, INCOMING),
        (another_residency, INCOMING),
        (another_status, INCOMING),
        (another_unit, INCOMING),
        (another_end, INCOMING),
        (perhaps_the_same, KNOWN),
        (perhaps_the_same, INCOMING),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_decision_taken_back_leaves_everything_as_before_and_can_be_made_again(campaign, ask, decision):
    ask(campaign)
    before = everything()
    conflict = decided(decision)
    after = everything()
    assert after != before
    assert undo_decision(conflict, by=system_user(), address="10.0.0.9")
    assert everything() == before
    trace = AuditEntry.objects.latest("number")
    assert (trace.action, trace.subject) == ("conflict.undo", f"resident {conflict.resident_id}")
    assert trace.address == "10.0.0.9"
    assert trace.detail["decision"] == decision
    assert not undo_decision(conflict, by=system_user())
    decided(decision)


def test_a_field_corrected_since_is_not_taken_back(campaign):
    another_residency(campaign)
    conflict = decided(INCOMING)
    correct_resident(who(ANNA), {"address": "新街1号"}, reason="", by=system_user())
    correct_resident(who(ANNA), {"residency": "transient"}, reason="", by=system_user())
    with pytest.raises(DecisionRefused, match="这一栏之后又有变动"):
        undo_decision(conflict, by=system_user())
    assert who(ANNA).residency == "transient"


def test_another_field_corrected_since_does_not_matter(campaign):
    another_residency(campaign)
    conflict = decided(INCOMING)
    correct_resident(who(ANNA), {"address": "新街1号"}, reason="", by=system_user())
    assert undo_decision(conflict, by=system_user())
    assert (who(ANNA).residency, who(ANNA).address) == ("local", "新街1号")


def test_a_dose_recorded_since_keeps_the_decision(campaign):
    two_first_doses(campaign)
    conflict = decided(INCOMING)
    bring(campaign, LONG, ["甄安", ANNA, "2", "2021-08-10", "北京生物"])
    with pytest.raises(DecisionRefused, match="之后又登记或更正了接种记录"):
        undo_decision(conflict, by=system_user())
    conflict.refresh_from_db()
    assert conflict.decision == INCOMING


def test_a_row_taken_under_a_name_is_not_taken_back_once_something_was_built_on_it(campaign):
    another_name(campaign)
    conflict = decided(INCOMING)
    correct_resident(who(ANNA), {"address": "新街1号"}, reason="", by=system_user())
    with pytest.raises(DecisionRefused, match="修改了资料"):
        undo_decision(conflict, by=system_user())
    assert who(ANNA).name == "贾名"


def test_a_decision_from_before_this_was_kept_says_so(campaign):
    another_residency(campaign)
    conflict = decided(INCOMING)
    Conflict.objects.update(payload={"value": "away"})
    with pytest.raises(DecisionRefused, match="没有留下可以撤销的内容"):
        undo_decision(conflict, by=system_user())
