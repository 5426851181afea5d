"""Deciding conflicts and placing people of 待归类."""

from datetime import date

import pytest

from ledgers.conflicts import decide_conflict, decide_conflicts
from ledgers.models import Conflict, Dose, NotOurs, RosterImport, Standing, Statement
from ledgers.rosters.undoing import undo
from ledgers.unplaced import AdoptionRefused, adopt, not_ours
from registry.accounts import system_user
from registry.models import AuditEntry, Membership, Phone, Place, Resident, ResidentChange
from tests.ledgers.importing import ANNA, BERT, LONG, QINGLING, ZHUHE, bring, campaign, counts, doses, who

__all__ = ["campaign"]

KNOWN, INCOMING, OTHER = Conflict.Decision.values


def decide(decision: str) -> bool:
    return decide_conflict(Conflict.objects.get(decision=""), decision=decision, by=system_user())


def another_name(campaign) -> tuple[list, list]:
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    rows = [*LONG, "联系电话"], ["贾名", ANNA, "2", "2021-08-10", "北京生物", "13800000009"]
    bring(campaign, *rows)
    return rows


@pytest.mark.parametrize(
    ("decision", "name", "states", "counted"),
    [
        (KNOWN, "甄安", ["live", "live"], 2),
        (INCOMING, "贾名", ["live", "live"], 2),
        (OTHER, "甄安", ["live", "removed"], 1),
    ],
)
def test_another_name_is_decided(campaign, decision, name, states, counted):
    heading, row = another_name(campaign)
    assert decide(decision)
    anna = who(ANNA)
    assert (anna.name, [state for *_, state in doses(ANNA, *Dose.State.values)]) == (name, states)
    assert Standing.objects.get(until=None).counted == counted
    assert Phone.objects.count() == (0 if decision == OTHER else 1)
    again = bring(campaign, [*heading, "备注"], [*row, ""])
    assert counts(again) == {"rows": 1, "unchanged": 1}


def test_new_name_is_searchable_and_the_old_one_in_the_history(campaign):
    another_name(campaign)
    decide(INCOMING)
    assert (who(ANNA).name_key, who(ANNA).initials) == ("贾名", "jm")
    assert list(ResidentChange.objects.filter(field="name").values_list("old", "new")) == [("甄安", "贾名")]
    assert bring(campaign, [*LONG, "批号"], ["甄安", ANNA, "1", "2021-07-10", "北京生物", ""]).counts["conflicts"] == 0


def test_decision_is_made_once_with_who_and_when(campaign):
    another_name(campaign)
    conflict = Conflict.objects.get()
    assert decide_conflict(conflict, decision=KNOWN, by=system_user())
    assert not decide_conflict(conflict, decision=OTHER, by=system_user())
    conflict.refresh_from_db()
    assert (conflict.decision, conflict.decided_by) == (KNOWN, system_user())
    assert AuditEntry.objects.filter(action="conflict.decide").count() == 1


@pytest.mark.parametrize(("decision", "live", "ended"), [(KNOWN, "07-10", "07-12"), (INCOMING, "07-12", "07-10")])
def test_dose_conflict_is_decided_and_remembered(campaign, decision, live, ended):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-12", "北京生物"])
    decide(decision)
    assert [day for day, *_ in doses(ANNA)] == [live]
    assert [day for day, *_ in doses(ANNA, "superseded")] == [ended]
    assert f"{Standing.objects.get().since:%m-%d}" == live
    for day in ("2021-07-10", "2021-07-12"):
        again = bring(campaign, [*LONG, "备注"], ["甄安", ANNA, "1", day, "北京生物", day])
        assert (again.counts["conflicts"], again.counts["doses_created"]) == (0, 0)


def test_dose_that_counts_closes_its_statement(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "2", "2021-08", "北京生物"], source="verbal")
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-08-12", "北京生物"])
    decide(INCOMING)
    assert Statement.objects.get().closed_entry is not None


@pytest.mark.parametrize(
    ("heading", "known", "incoming", "field", "value"),
    [
        ("村", "朱河社区", "青岭村", "place_id", QINGLING),
        ("人口类型", "户籍常住", "户籍外出", "residency", "away"),
        ("户籍村", "朱河社区", "青岭村", "registered_village_id", QINGLING),
    ],
)
def test_field_conflict_taken_as_incoming_changes_the_field_once(campaign, heading, known, incoming, field, value):
    bring(campaign, ["姓名", "身份证号", heading], ["甄安", ANNA, known])
    bring(campaign, ["姓名", "身份证号", heading, "备注"], ["甄安", ANNA, incoming, ""])
    decide(INCOMING)
    assert getattr(who(ANNA), field) == value
    assert ResidentChange.objects.filter(field=field).count() == 1
    # The old roster again does not ask back.
    assert bring(campaign, ["身份证号", "姓名", heading], [ANNA, "甄安", known]).counts["conflicts"] == 0


def test_field_conflict_kept_as_known_is_not_asked_again(campaign):
    bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, "朱河社区"])
    bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, "青岭村"])
    decide(KNOWN)
    again = bring(campaign, ["身份证号", "姓名", "村"], [ANNA, "甄安", "青岭村"])
    assert counts(again) == {"rows": 1, "unchanged": 1}
    assert who(ANNA).place_id == ZHUHE


def test_status_taken_as_incoming(campaign):
    bring(campaign, ["姓名", "身份证号", "状态"], ["甄安", ANNA, "在册"])
    bring(campaign, ["姓名", "身份证号", "状态", "变动日期"], ["甄安", ANNA, "迁出", "2021-08-01"])
    decide(INCOMING)
    assert (who(ANNA).status, who(ANNA).status_on) == ("moved_out", date(2021, 8, 1))


def test_another_unit_taken_as_incoming_leaves_the_old_one(campaign):
    bring(campaign, ["单位名称", "行业类别"], ["乌杨水厂", ""], ["乌杨粮站", ""])
    bring(campaign, ["姓名", "身份证号", "工作单位"], ["甄安", ANNA, "乌杨水厂"])
    bring(campaign, ["姓名", "身份证号", "工作单位"], ["甄安", ANNA, "乌杨粮站"])
    decide(INCOMING)
    assert Membership.objects.get(left_on=None).unit.name == "乌杨粮站"
    assert Membership.objects.exclude(left_on=None).get().unit.name == "乌杨水厂"


@pytest.mark.parametrize(("decision", "people"), [(KNOWN, 2), (INCOMING, 3)])
def test_duplicate_is_the_known_person_or_somebody_new(campaign, decision, people):
    bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, "朱河社区"], ["甄安", BERT, "朱河社区"])
    bring(campaign, ["姓名", "出生日期", "村", "联系电话"], ["甄安", "1973-06-15", "朱河社区", "13800000001"])
    decide(decision)
    assert (Resident.objects.count(), Phone.objects.count()) == (people, 1)


def test_end_of_a_deferral_taken_as_incoming(campaign):
    heading = ["姓名", "身份证号", "类型", "原因", "诊断日期", "缓种至"]
    bring(campaign, heading, ["甄安", ANNA, "缓种", "妊娠", "2021-07-01", "2021-09-01"])
    decided = bring(campaign, heading, ["甄安", ANNA, "缓种", "妊娠", "2021-07-01", "2021-12-01"])
    assert counts(decided) == {"rows": 1, "unchanged": 1, "conflicts": 1}
    decide(INCOMING)
    assert who(ANNA).exemptions.get().end_on == date(2021, 12, 1)


def test_many_are_decided_alike(campaign):
    heading = ["姓名", "身份证号", "人口类型"]
    bring(campaign, heading, ["甄安", ANNA, "户籍常住"], ["白贝", BERT, "户籍常住"])
    bring(campaign, heading, ["甄安", ANNA, "流动"], ["白贝", BERT, "流动"])
    assert decide_conflicts(Conflict.objects.all(), decision=INCOMING, by=system_user()) == 2
    assert set(Resident.objects.values_list("residency", flat=True)) == {"transient"}


def test_village_adopts_a_person_once(campaign):
    bring(campaign, ["姓名", "身份证号"], ["甄安", ANNA])
    adopt(who(ANNA), Place.objects.get(pk=ZHUHE), by=system_user())
    assert who(ANNA).place_id == ZHUHE
    assert ResidentChange.objects.get().new == ZHUHE
    with pytest.raises(AdoptionRefused):
        adopt(who(ANNA), Place.objects.get(pk=QINGLING), by=system_user())


def test_nobody_is_adopted_by_a_street(campaign):
    bring(campaign, ["姓名", "身份证号"], ["甄安", ANNA])
    with pytest.raises(AdoptionRefused):
        adopt(who(ANNA), campaign.place, by=system_user())


def test_not_ours_is_said_once(campaign):
    bring(campaign, ["姓名", "身份证号"], ["甄安", ANNA])
    village = Place.objects.get(pk=ZHUHE)
    assert not_ours(who(ANNA), village, by=system_user())
    assert not not_ours(who(ANNA), village, by=system_user())
    assert NotOurs.objects.count() == 1


def test_a_record_of_higher_standing_settles_an_open_question_and_undo_opens_it_again(campaign):
    heading = [*LONG, "批号"]
    bring(campaign, heading, ["安娜", ANNA, "2", "2021-07-02", "北京生物", ""], source="health_code")
    bring(campaign, heading, ["安娜", ANNA, "2", "2021-07-05", "北京生物", ""], source="certificate")
    decided = bring(campaign, heading, ["安娜", ANNA, "2", "2021-07-05", "北京生物", "L1"], source="clinic")
    live = Dose.objects.get(state="live")
    assert counts(decided) == {"rows": 1, "updated": 1, "doses_created": 1}
    assert (f"{live.given_on}", live.source, live.lot) == ("2021-07-05", "clinic", "L1")
    assert Conflict.objects.open().count() == 0
    undo(RosterImport.objects.latest("pk"), by=system_user())
    assert Conflict.objects.open().count() == 1
    assert doses(ANNA, "live", "waiting") == [("07-02", 2, "bibp", "live"), ("07-05", 2, "bibp", "waiting")]
