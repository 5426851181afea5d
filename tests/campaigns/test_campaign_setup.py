"""A second campaign set up from nothing in the browser: a draft, step by step, checked, begun."""

import pytest
from django.urls import reverse

from campaigns.actions import load_plan
from campaigns.choice import campaign_for
from campaigns.models import Campaign, PlanChange, Product
from campaigns.plan_check import PlanError
from campaigns.plan_edit.making import usual_bands
from campaigns.plan_files import plan_path, read_plan
from campaigns.splitting.actions import Share, lock_split
from registry.accounts import system_user
from registry.commands import Refusal
from registry.models import AuditEntry
from tests.ledgers import make


@pytest.fixture
def covid(street, settings) -> Campaign:
    settings.TODAY = make.day("08-16")
    return make.campaign()


FLU = {
    "copy_from": "", "name": "乌杨街道2021年老年人流感疫苗接种", "place": "500233003000", "vaccine": "流感",
    "start_on": "2021-09-15", "end_on": "2021-12-31", "min_age": "60", "goal_rate": "60", "judged_by": "full",
    "key": "flu",
}  # fmt: skip


@pytest.mark.parametrize(
    ("age", "bands"),
    [
        (60, ["60-69", "70-79", "80+"]),
        (12, ["12-17", "18-59", "60-69", "70-79", "80+"]),
        (18, ["18-59", "60-69", "70-79", "80+"]),
        (85, ["85+"]),
        (0, ["0-17", "18-59", "60-69", "70-79", "80+"]),
    ],
)
def test_usual_bands_begin_at_the_lowest_age_without_gaps(age, bands):
    assert usual_bands(age) == bands


def test_a_campaign_is_set_up_from_nothing_and_begun(covid, client_of, staff):
    client = client_of(staff)
    assert client.post("/plan/campaigns/new/", FLU).url == "/plan/campaigns/flu/setup/vaccines/"
    flu = Campaign.objects.get(key="flu")
    assert (flu.is_draft, flu.is_active, flu.census_heading) == (True, False, "七普60岁及以上常住人口")
    assert [item.key for item in flu.phase_items.all()] == ["overall"]
    product = {"name": "四价流感疫苗", "platform": "vaccine-1", "aliases": "四价流感\n华兰生物"}
    assert client.post("/plan/campaigns/flu/edit/product/new/", product).url == "/plan/campaigns/flu/setup/vaccines/"
    phase = {
        "name": "70岁及以上先打", "cohort": "age", "from_age": "70", "measure": "dose", "dose_number": "1",
        "start_on": "2021-09-15", "deadline_on": "2021-10-31", "goal_rate": "100",
    }  # fmt: skip
    assert client.post("/plan/campaigns/flu/edit/phase/new/", phase).url == "/plan/campaigns/flu/setup/phases/"
    assert "可以开始" in client.get("/plan/campaigns/flu/setup/check/").content.decode()
    answer = client.post("/plan/campaigns/flu/start/", {"default": "1"})
    assert answer.url == "/progress/?campaign=flu"
    flu.refresh_from_db()
    assert (flu.is_draft, flu.is_active, flu.is_default, campaign_for(None).key) == (False, True, True, "flu")
    assert client.get(answer.url).status_code == 200
    assert AuditEntry.objects.filter(action__in=["campaign.create", "campaign.start"]).count() == 2


@pytest.mark.parametrize("step", ["basics", "vaccines", "phases", "check"])
def test_every_step_is_for_staff_alone(step, covid, client_of, staff, leader, nobody):
    client_of(staff).post("/plan/campaigns/new/", FLU)
    path = f"/plan/campaigns/flu/setup/{step}/"
    codes = [client_of(user).get(path).status_code for user in (staff, leader)]
    assert (codes, nobody.get(path).status_code) == ([200, 403], 302)


def test_a_campaign_after_another_one_has_its_vaccines_and_its_phases_moved(covid, client_of, staff):
    copied = FLU | {
        "copy_from": "wuyang-2021",
        "vaccine": "",
        "start_on": "2022-07-01",
        "end_on": "2022-09-30",
        "key": "",
    }
    assert client_of(staff).post("/plan/campaigns/new/", copied).url == "/plan/campaigns/campaign-2022/setup/vaccines/"
    made = Campaign.objects.get(key="campaign-2022")
    assert [row.key for row in made.platforms.all()] == ["inactivated", "adenovirus", "recombinant", "unknown"]
    assert (
        Product.objects.filter(platform__campaign=made).count()
        == Product.objects.filter(platform__campaign=covid).count()
    )
    windows = {item.key: (item.start_on, item.deadline_on) for item in made.phase_items.all()}
    assert windows["key-groups"] == (make.day("2022-07-01"), make.day("2022-07-31"))
    # Beyond the new campaign's end a window stops at it.
    assert windows["gap-filling"] == (make.day("2022-09-01"), make.day("2022-09-30"))
    assert (made.key_tags, made.key_trades.count(), made.institutions.count()) == (
        ["村组干部"],
        23,
        covid.institutions.count(),
    )


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"vaccine": ""}, "vaccine", "写一下打哪种疫苗"),
        ({"end_on": "2021-09-01"}, "end_on", "结束日不能早于开始日。"),
        ({"key": "wuyang-2021"}, "key", "已经有一项接种工作用了这个标识"),
        ({"key": "流感"}, "key", "只能有英文字母、数字和短横线。"),
        ({"place": "500233004000"}, "place", ""),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_beside_its_field(values, field, sentence, covid, client_of, staff):
    answer = client_of(staff).post("/plan/campaigns/new/", FLU | values)
    assert answer.status_code == 422
    assert sentence in "".join(answer.context["form"].errors[field])
    assert Campaign.objects.count() == 1


def test_a_draft_is_changed_at_once_and_refused_like_any_plan(covid, client_of, staff):
    client = client_of(staff)
    client.post("/plan/campaigns/new/", FLU)
    two_doses = {"name": "流感", "doses": "2", "recommended_gap_days": "28", "due_by": ""}
    answer = client.post("/plan/campaigns/flu/edit/platform/vaccine-1/", two_doses)
    assert (answer.status_code, "第二针最迟在第一针后多久" in answer.content.decode()) == (422, True)
    client.post("/plan/campaigns/flu/edit/platform/vaccine-1/", two_doses | {"due_by": "56天"})
    flu = Campaign.objects.get(key="flu")
    assert flu.platforms.get().due_by == [{"dose": 2, "days": 56}]
    assert PlanChange.objects.get(campaign=flu).state == "applied"


def test_a_draft_that_cannot_be_does_not_begin(covid, client_of, staff):
    client = client_of(staff)
    client.post("/plan/campaigns/new/", FLU)
    Campaign.objects.get(key="flu").age_bands.filter(key="80+").delete()
    assert "还不能开始" in client.get("/plan/campaigns/flu/setup/check/").content.decode()
    assert client.post("/plan/campaigns/flu/start/").url == "/plan/campaigns/flu/setup/check/"
    assert Campaign.objects.get(key="flu").is_draft is True


def test_a_draft_is_deleted_and_a_running_campaign_is_not(covid, client_of, staff):
    client = client_of(staff)
    client.post("/plan/campaigns/new/", FLU)
    for key in ("flu", "wuyang-2021"):
        client.post(f"/plan/campaigns/{key}/delete/")
    assert list(Campaign.objects.values_list("key", flat=True)) == ["wuyang-2021"]


def test_a_draft_whose_task_was_locked_stays_and_the_page_says_why(covid, baiping, client_of, staff):
    client = client_of(staff)
    client.post("/plan/campaigns/new/", FLU)
    flu = Campaign.objects.get(key="flu")
    share = Share(baiping, 5, 5, 5)
    lock_split(flu, [share], kind="villages", basis="census", total=5, reason="会议决定", on=flu.start_on, by=staff)
    page = client.post("/plan/campaigns/flu/delete/", follow=True).content.decode()
    assert ("已经有要留存的记录" in page, Campaign.objects.filter(key="flu").exists()) == (True, True)
    assert not AuditEntry.objects.filter(action="campaign.delete").exists()


def test_a_draft_is_known_to_its_makers_alone(covid, baiping, client_of, staff, leader, cadre_baiping):
    client_of(staff).post("/plan/campaigns/new/", FLU)
    flu = Campaign.objects.get(key="flu")
    share = Share(baiping, 5, 5, 5)
    made = lock_split(
        flu, [share], kind="villages", basis="census", total=5, reason="会议决定", on=flu.start_on, by=staff
    )
    version = reverse("target_version", args=[made.pk])
    assert [client_of(user).get(version).status_code for user in (staff, leader)] == [200, 404]
    # A form that names it as the campaign of its page.
    sent = client_of(cadre_baiping).post(reverse("measure_new", args=[baiping.code]), {"of_campaign": "flu"})
    assert sent.status_code == 404


@pytest.mark.parametrize("act", ["start", "delete"])
def test_starting_and_deleting_are_for_staff_alone(act, covid, client_of, staff, leader, nobody):
    client_of(staff).post("/plan/campaigns/new/", FLU)
    path = f"/plan/campaigns/flu/{act}/"
    # Nobody but its makers knows of a draft.
    assert (client_of(leader).post(path).status_code, nobody.post(path).status_code) == (403, 302)
    assert Campaign.objects.get(key="flu").is_draft is True


def test_a_plan_file_does_not_touch_a_campaign_made_in_the_browser(covid, client_of, staff):
    client_of(staff).post("/plan/campaigns/new/", FLU | {"key": "influenza-60"})
    text = plan_path("influenza-60").read_text(encoding="utf-8")
    with pytest.raises(PlanError, match="是在网页上建的"):
        load_plan(read_plan(text), by=system_user())


def test_no_import_takes_a_dose_for_a_draft(covid, client_of, staff):
    client = client_of(staff)
    client.post("/plan/campaigns/new/", FLU)
    answer = client.post("/rosters/?campaign=flu", {"x": "1"})
    assert (answer.status_code, "还在筹备，没有写入任何数据" in answer.content.decode()) == (409, True)


def test_a_command_does_not_know_a_draft(covid, client_of, staff):
    client_of(staff).post("/plan/campaigns/new/", FLU)
    with pytest.raises(Refusal, match="没有标识为“flu”的接种工作"):
        campaign_for("flu")
