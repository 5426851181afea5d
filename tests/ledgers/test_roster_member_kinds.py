"""人员类别 of a unit's members: a blank one may be said later, two that differ wait."""

from ledgers.models import RosterImport
from ledgers.rosters.undoing import undo
from registry.accounts import system_user
from registry.models import STAFF_KINDS, Membership, ResidentChange
from tests.ledgers.importing import ANNA, BERT, bring, campaign, counts

__all__ = ["campaign"]

UNIT_OF = ["姓名", "身份证号", "工作单位", "人员类别"]


def test_a_kind_left_blank_is_filled_in_by_a_later_roster(campaign):
    bring(campaign, ["单位名称", "行业类别"], ["乌杨水厂", "水电气暖油"])
    bring(campaign, UNIT_OF, ["甄安", ANNA, "乌杨水厂", ""])
    # Somebody of no stated kind counts among the staff of key units.
    assert Membership.objects.get().kind in STAFF_KINDS
    assert counts(bring(campaign, UNIT_OF, ["甄安", ANNA, "乌杨水厂", "临聘"])) == {"rows": 1, "updated": 1}
    assert Membership.objects.get().kind == "temporary"
    assert list(ResidentChange.objects.values_list("field", "old", "new")) == [("unit", "乌杨水厂", "乌杨水厂（临聘）")]
    for kind in ("", "临聘"):
        again = bring(campaign, [*UNIT_OF, "备注"], ["甄安", ANNA, "乌杨水厂", kind, ""])
        assert counts(again) == {"rows": 1, "unchanged": 1}


def test_a_kind_stated_otherwise_waits(campaign):
    bring(campaign, ["单位名称", "行业类别"], ["乌杨水厂", "水电气暖油"])
    bring(campaign, UNIT_OF, ["甄安", ANNA, "乌杨水厂", "职工"])
    decided = bring(campaign, UNIT_OF, ["甄安", ANNA, "乌杨水厂", "临聘"])
    assert counts(decided) == {"rows": 1, "unchanged": 1, "conflicts": 1}
    assert Membership.objects.get().kind == "staff"


def test_a_kind_stated_in_a_later_row_of_the_same_file_fills_the_blank(campaign):
    bring(campaign, ["单位名称", "行业类别"], ["乌杨小学", "教育"])
    heading = [*UNIT_OF, "班级"]
    rows = (
        ["甄安", ANNA, "乌杨小学", "", ""],
        ["白贝", BERT, "乌杨小学", "", ""],
        ["甄安", ANNA, "乌杨小学", "学生", "三年级"],
    )
    assert bring(campaign, heading, *rows).counts["conflicts"] == 0
    found = Membership.objects.order_by("resident_id").values_list("kind", "class_name")
    assert list(found) == [("student", "三年级"), ("", "")]


def test_undoing_a_roster_that_stated_a_kind_leaves_it_blank_again(campaign):
    bring(campaign, ["单位名称", "行业类别"], ["乌杨水厂", "水电气暖油"])
    bring(campaign, UNIT_OF, ["甄安", ANNA, "乌杨水厂", ""])
    bring(campaign, UNIT_OF, ["甄安", ANNA, "乌杨水厂", "临聘"])
    undo(RosterImport.objects.latest("pk"), by=system_user())
    assert (Membership.objects.get().kind, ResidentChange.objects.exists()) == ("", False)
