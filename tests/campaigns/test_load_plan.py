import io
import json

import pytest
from django.core.management import call_command

from campaigns.choice import campaign_for
from campaigns.models import AgeBand, Campaign, Institution, PhaseItem, PhaseItemChange, Platform, Product
from campaigns.plan_files import DEFAULT_PLAN, plan_path
from registry.commands import Refusal
from registry.models import AuditEntry, Department, Place, Trade

pytestmark = pytest.mark.django_db


def load(name=DEFAULT_PLAN):
    out = io.StringIO()
    call_command("load_plan", str(name), "--json", stdout=out)
    return json.loads(out.getvalue())


def edited_plan(folder, old, new):
    text = plan_path(DEFAULT_PLAN).read_text(encoding="utf-8")
    assert old in text
    path = folder / "edited.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_load_plan_creates_the_campaign_and_its_parts():
    load()

    assert Campaign.objects.get().place_id == "500233003000"
    assert list(Place.objects.values_list("code", "name")) == [("500233000000", "忠县"), ("500233003000", "乌杨街道")]
    assert Platform.objects.count() == 4
    assert Product.objects.filter(names_platform_only=False).count() == 7
    assert PhaseItem.objects.count() == 11
    assert AgeBand.objects.count() == 6
    assert Campaign.objects.get().key_trades.count() == 23
    assert Trade.objects.get(name="医疗卫生").department.name == "乌杨卫生院"
    assert Department.objects.get(name="平安办").article == "六（二）2"
    assert Institution.objects.get(name="忠县人民医院").level == 2


def test_load_plan_again_changes_nothing():
    load()
    before = AuditEntry.objects.count()

    answer = load()

    assert (answer["created"], answer["updated"], answer["kept"]) == ([], [], [])
    assert AuditEntry.objects.count() == before


def test_load_plan_never_overwrites_what_staff_changed(tmp_path):
    load()
    PhaseItem.objects.filter(key="adults-first").update(deadline_on="2021-09-05")
    Campaign.objects.update(goal_rate="0.95")
    AgeBand.objects.filter(key="80+").delete()
    Campaign.objects.get().key_trades.clear()

    answer = load(edited_plan(tmp_path, "goal_rate = 0.908", "goal_rate = 0.91"))

    assert sorted(answer["kept"]) == [
        "campaign wuyang-2021 goal_rate",
        "campaign wuyang-2021 key_trades",
        "phaseitem adults-first deadline_on",
    ]
    assert str(Campaign.objects.get().goal_rate) == "0.95000"
    assert PhaseItem.objects.get(key="adults-first").deadline_on.isoformat() == "2021-09-05"
    assert not AgeBand.objects.filter(key="80+").exists()
    assert Campaign.objects.get().key_trades.count() == 0


def test_load_plan_brings_what_the_file_says_anew_and_keeps_the_old_date(tmp_path):
    load()

    answer = load(edited_plan(tmp_path, "deadline_on = 2021-09-05", "deadline_on = 2021-09-06"))

    assert answer["updated"] == ["phaseitem teens-15-17-first"]
    change = PhaseItemChange.objects.get()
    assert (change.item.key, change.field) == ("teens-15-17-first", "deadline_on")
    assert (change.old.isoformat(), change.new.isoformat()) == ("2021-09-05", "2021-09-06")


def test_load_plan_leaves_shared_rows_of_others_alone():
    Department.objects.create(name="平安办", duty="自行填写")

    answer = load()

    assert Department.objects.get(name="平安办").duty == "自行填写"
    assert "department 平安办" not in answer["created"]


def test_load_plan_of_an_unknown_name_is_refused():
    with pytest.raises(Refusal) as refused:
        load("nope")

    assert refused.value.code == "plan_invalid"


def test_campaign_for_without_a_campaign_is_refused():
    with pytest.raises(Refusal) as refused:
        campaign_for(None)

    assert refused.value.code == "no_campaign"


def test_campaign_for_takes_the_only_active_campaign():
    load("influenza-60")

    assert campaign_for(None).key == "influenza-60"


def test_campaign_for_of_several_takes_the_default():
    load("influenza-60")
    load()

    assert campaign_for(None).key == "wuyang-2021"
    assert campaign_for("influenza-60").key == "influenza-60"


def test_campaign_for_of_several_without_a_default_is_refused():
    load("influenza-60")
    load()
    Campaign.objects.update(is_default=False)

    with pytest.raises(Refusal) as refused:
        campaign_for(None)

    assert refused.value.code == "campaign_ambiguous"


def test_campaign_for_an_unknown_key_is_refused():
    with pytest.raises(Refusal) as refused:
        campaign_for("smallpox")

    assert refused.value.code == "unknown_campaign"
