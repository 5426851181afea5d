"""Taking an import back: everything it made goes, everything it changed is as before."""

import json

import pytest
from django.apps import apps
from django.core import serializers

from ledgers.models import Conflict, Dose, RosterImport, Standing
from ledgers.rosters.actions import UndoRefused, undo
from registry.accounts import system_user
from tests.ledgers.importing import ANNA, BERT, LONG, WIDE, ZHUHE, bring, campaign, doses

__all__ = ["campaign"]

# What an undone import leaves: the fact that there was one, the trail, and what was known meanwhile.
KEPT = {"registry.entry", "registry.auditentry", "registry.audithead", "ledgers.rosterimport", "ledgers.rostermessage",
        "registry.user", "registry.pastresident", "registry.pastmembership",
        "ledgers.paststanding", "ledgers.pastexcuse", "ledgers.pastreason", "ledgers.paststatement",
        "ledgers.pastexemption"}  # fmt: skip


def everything() -> list[str]:
    """Every row of registry, campaigns and ledgers, without keys that a rewritten row gets anew."""
    rows = []
    for label in ("registry", "campaigns", "ledgers"):
        for model in apps.get_app_config(label).get_models():
            for row in json.loads(serializers.serialize("json", model.objects.all())):
                if row["model"] not in KEPT:
                    if row["model"] in ("ledgers.standing", "ledgers.excuse"):
                        row.pop("pk")
                    row["fields"].pop("known_at", None)
                    rows.append(json.dumps(row, sort_keys=True))
    return sorted(rows)


def last() -> RosterImport:
    return RosterImport.objects.latest("pk")


EVERYTHING_NEW = (
    [
        "姓名", "身份证号", "村", "组", "户号", "户主", "人口类型", "联系电话", "现住址", "工作单位", "标签", "状态",
        "未接种原因", "第一针接种时间", "第一针生产企业", "第一针批号",
    ],
    [
        "甄安", ANNA, "朱河社区", "4组", "99", "甄新", "户籍外出", "13900000009", "新街9号", "乌杨水厂", "党员", "在册",
        "备孕", "2021-07-10", "北京生物", "B99",
    ],
    [
        "白贝", BERT, "朱河社区", "5组", "98", "", "户籍常住", "13900000008", "新街8号", "乌杨水厂", "出国", "",
        "", "2021-08-10", "北京生物", "",
    ],
)  # fmt: skip


def test_undo_leaves_the_registry_as_it_was(campaign):
    bring(campaign, ["单位名称", "行业类别"], ["乌杨水厂", "水电气暖油"])
    bring(
        campaign,
        ["姓名", "身份证号", "村", "组", "户号", "联系电话", "现住址", "未接种原因", "剂次", "接种日期"],
        ["甄安", ANNA, "朱河社区", "3组", "12", "13800000001", "老街1号", "外出", "1", "2021-07-10"],
    )
    before = everything()
    bring(campaign, *EVERYTHING_NEW)
    assert everything() != before
    undo(last(), by=system_user())
    assert everything() == before
    assert last().state == "undone"


def test_undo_of_an_empty_registry_leaves_it_empty(campaign):
    before = everything()
    bring(campaign, *EVERYTHING_NEW)
    undo(last(), by=system_user())
    assert everything() == before


def test_undo_brings_a_superseded_dose_back(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-12", "北京生物"], source="clinic")
    undo(last(), by=system_user())
    assert doses(ANNA, *Dose.State.values) == [("07-10", 1, "bibp", "live")]
    assert Standing.objects.get().since.isoformat() == "2021-07-10"


def test_undo_takes_waiting_doses_and_their_questions_back(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    bring(campaign, LONG, ["别人", ANNA, "2", "2021-08-12", "北京生物"], ["甄安", ANNA, "1", "2021-07-14", "北京生物"])
    assert Conflict.objects.count() == 2
    undo(last(), by=system_user())
    assert (Conflict.objects.count(), Dose.objects.count()) == (0, 1)


def test_undo_of_villages_units_and_exemptions(campaign):
    bring(campaign, ["姓名", "身份证号", "类型", "原因", "诊断日期"], ["甄安", ANNA, "禁忌", "过敏", "2021-07-01"])
    before = everything()
    bring(
        campaign,
        ["代码", "名称", "七普12岁及以上常住人口"],
        [ZHUHE, "朱河新社区", "130"],
        ["500233003203", "沿溪村", "90"],
    )
    bring(campaign, ["单位名称", "行业类别", "所在村社区"], ["乌杨饭店", "餐饮", "朱河新社区"], ["果园", "农业", ""])
    bring(
        campaign,
        ["姓名", "身份证号", "类型", "原因", "诊断机构", "机构等级", "诊断日期", "审核结果"],
        ["甄安", ANNA, "禁忌", "过敏", "县医院", "二级", "2021-07-01", "通过"],
    )
    for _ in range(3):
        undo(RosterImport.objects.filter(state="done").latest("pk"), by=system_user())
    assert everything() == before


def test_undo_twice_is_refused(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    undo(last(), by=system_user())
    with pytest.raises(UndoRefused):
        undo(last(), by=system_user())


def test_undo_is_refused_once_a_later_import_built_on_it(campaign):
    bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, "朱河社区"])
    first = last()
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    with pytest.raises(UndoRefused, match="接种记录"):
        undo(first, by=system_user())
    undo(last(), by=system_user())
    undo(first, by=system_user())
    assert not Dose.objects.exists()


def test_undo_of_villages_is_refused_once_people_live_there(campaign):
    bring(campaign, ["代码", "名称"], ["500233003203", "沿溪村"])
    villages = last()
    bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, "沿溪村"])
    with pytest.raises(UndoRefused, match="沿溪村"):
        undo(villages, by=system_user())


def test_undone_file_may_be_imported_again(campaign):
    rows = (WIDE, ["甄安", ANNA, "朱河社区", "2021-07-10", "北京生物", "", ""])
    bring(campaign, *rows)
    undo(last(), by=system_user())
    assert bring(campaign, *rows).counts["created"] == 1
