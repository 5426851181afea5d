"""A campaign ends, is opened again, becomes the default: who may, what follows, what stays on record."""

import pytest

from campaigns.choice import campaign_for, choose_for
from campaigns.life import LifeRefused, end_campaign, make_default, reopen_campaign, start_campaign
from campaigns.models import Campaign, PlanChange
from registry.models import AuditEntry
from tests.ledgers import make


@pytest.fixture
def covid(street) -> Campaign:
    return make.campaign()


@pytest.fixture
def flu(covid) -> Campaign:
    return make.campaign("influenza-60")


WHY = {"reason": "县指挥部通知"}


def test_ending_keeps_who_and_why_and_gives_the_default_to_the_next(covid, flu, staff):
    end_campaign(covid, **WHY, by=staff)

    change = PlanChange.objects.get(campaign=covid)
    assert (change.old, change.new) == (
        {"is_active": True, "is_default": True},
        {"is_active": False, "is_default": False},
    )
    assert (change.applied_by, change.reason) == (staff, "县指挥部通知")
    assert campaign_for(None).key == "influenza-60"
    assert Campaign.objects.get(key="influenza-60").is_default is True
    assert AuditEntry.objects.filter(action="campaign.end", user=staff).count() == 1


def test_ending_twice_is_refused(covid, staff):
    end_campaign(covid, **WHY, by=staff)
    with pytest.raises(LifeRefused, match="不在进行中"):
        end_campaign(covid, **WHY, by=staff)


def test_an_ended_campaign_is_opened_again(covid, staff):
    end_campaign(covid, **WHY, by=staff)
    reopen_campaign(covid, **WHY, by=staff)
    assert Campaign.objects.get().is_active is True
    with pytest.raises(LifeRefused, match="没有结束"):
        reopen_campaign(covid, **WHY, by=staff)


def test_the_default_moves_and_stays_one(covid, flu, staff):
    make_default(flu, **WHY, by=staff)
    make_default(flu, **WHY, by=staff)
    assert list(Campaign.objects.filter(is_default=True).values_list("key", flat=True)) == ["influenza-60"]
    assert campaign_for(None).key == "influenza-60"


def test_loading_the_plan_again_leaves_end_and_default_alone(covid, flu, staff):
    end_campaign(covid, **WHY, by=staff)
    make.campaign()
    covid.refresh_from_db()
    assert (covid.is_active, covid.is_default) == (False, False)


def test_a_campaign_that_runs_is_not_started_again(covid, staff):
    with pytest.raises(LifeRefused, match="已经开始"):
        start_campaign(covid, **WHY, by=staff)


def test_staff_end_a_campaign_in_the_browser_with_a_reason(covid, client_of, staff):
    path = "/plan/campaigns/wuyang-2021/end/"
    without = client_of(staff).post(path, {"reason": " "})
    assert (without.status_code, "写明为什么" in without.content.decode()) == (422, True)
    assert client_of(staff).post(path, WHY).url == "/plan/campaigns/"
    page = client_of(staff).get("/plan/campaigns/").content.decode()
    assert ("已结束" in page, "重新开启" in page) == (True, True)


@pytest.mark.parametrize("act", ["end", "reopen", "default"])
def test_the_acts_are_for_staff_alone(act, covid, client_of, cadre_baiping, leader, nobody):
    path = f"/plan/campaigns/wuyang-2021/{act}/"
    codes = [client_of(user).post(path, WHY).status_code for user in (cadre_baiping, leader)]
    assert (codes, nobody.post(path, WHY).status_code) == ([403, 403], 302)
    assert PlanChange.objects.count() == 0


def test_the_list_of_campaigns_is_for_the_office(covid, client_of, leader, auditor, nobody):
    path = "/plan/campaigns/"
    codes = [client_of(user).get(path).status_code for user in (leader, auditor)]
    assert (codes, nobody.get(path).status_code) == ([200, 403], 302)


def test_an_act_of_another_name_is_not_found(covid, client_of, staff):
    assert client_of(staff).get("/plan/campaigns/wuyang-2021/forget/").status_code == 404


def test_a_draft_is_seen_by_staff_alone(covid, flu, client_of, staff, leader):
    Campaign.objects.filter(pk=flu.pk).update(is_active=False, is_draft=True)
    answers = [client_of(user).get("/plan/?campaign=influenza-60").status_code for user in (staff, leader)]
    assert answers == [200, 404]
    pages = [client_of(user).get("/plan/campaigns/").content.decode() for user in (staff, leader)]
    assert ["influenza-60" in page for page in pages] == [True, False]


def test_a_page_means_the_campaign_looked_at_last(covid, flu, client_of, leader):
    client = client_of(leader)
    assert "新冠" in client.get("/plan/").content.decode()
    client.get("/plan/?campaign=influenza-60")
    assert "流感疫苗接种（示例） · " in client.get("/progress/").content.decode()
    client.get("/plan/?campaign=wuyang-2021")
    assert "新冠病毒疫苗接种 · " in client.get("/progress/").content.decode()


def test_a_form_means_the_campaign_of_its_own_page(covid, flu, baiping, client_of, staff):
    client = client_of(staff)
    client.get("/plan/targets/?campaign=influenza-60")
    given = {"census_base": "100", "goal": "", "reason": "县级下达"}
    client.post(f"/plan/targets/{baiping.code}/", {**given, "of_campaign": "wuyang-2021"})
    assert [covid.targets.count(), flu.targets.count()] == [1, 0]


def test_of_several_without_a_default_the_earliest_is_shown(covid, flu, staff):
    Campaign.objects.update(is_default=False)
    assert choose_for(staff, None).key == "wuyang-2021"


def test_after_all_have_ended_the_latest_is_shown(covid, flu, staff):
    Campaign.objects.update(is_default=False, is_active=False)
    assert choose_for(staff, None).key == "influenza-60"


def test_choosing_is_one_query(covid, flu, staff, django_assert_num_queries):
    with django_assert_num_queries(1):
        choose_for(staff, None)


def test_one_campaign_alone_shows_no_choice(covid, client_of, staff):
    assert "campaign-bar" not in client_of(staff).get("/plan/").content.decode()


def test_several_campaigns_stand_above_each_page_that_is_of_one(covid, flu, client_of, staff):
    client = client_of(staff)
    for path in ("/plan/", "/progress/", "/ledgers/incomplete/", "/rosters/"):
        page = client.get(path).content.decode()
        assert f'href="{path}?campaign=influenza-60"' in page, path
