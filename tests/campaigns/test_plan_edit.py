"""Staff change a plan in the browser: rehearsed first, applied by one action, kept with old value, who and why."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Campaign, Institution, PhaseItem, PhaseItemChange, PlanChange, Platform, Product
from campaigns.plan_edit.changing import APPLY_JOB
from registry import jobs
from registry.models import AuditEntry, Job, Role, User
from tests.factories import make_place, make_user
from tests.ledgers import make

WHY = {"reason": "县指挥部8月20日通知"}


@pytest.fixture
def covid(street, settings) -> Campaign:
    settings.TODAY = make.day("08-16")
    return make.campaign()


def edit(part: str, item: str, campaign: str = "wuyang-2021") -> str:
    return f"/plan/campaigns/{campaign}/edit/{part}/{item}/"


def filled(client, path: str) -> dict:
    """What the form holds as it opens, ready to be sent back."""
    form = client.get(path).context["form"]
    found = {name: form[name].value() for name in form.fields}
    shown = {name: form.fields[name].prepare_value(value) for name, value in found.items()}
    return {name: value for name, value in shown.items() if value not in (None, False)}


def change(client, path: str, **values) -> PlanChange:
    """Send the form with some fields changed and return the proposal."""
    answer = client.post(path, {**filled(client, path), **WHY, **values})
    assert answer.status_code == 302, answer.context["form"].errors
    return PlanChange.objects.get(pk=int(answer.url.rstrip("/").rpartition("/")[2]))


def apply(client, proposal: PlanChange) -> PlanChange:
    client.post(f"/plan/changes/{proposal.pk}/apply/")
    proposal.refresh_from_db()
    return proposal


EVERY_PART = [
    ("campaign", "basics"), ("campaign", "ages"), ("campaign", "groups"), ("campaign", "thresholds"),
    ("phase", "adults-first"), ("phase", "new"), ("platform", "inactivated"), ("platform", "new"), ("product", "bibp"),
    ("product", "new"), ("institution", "忠县人民医院"), ("institution", "new"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "item"), EVERY_PART)
def test_every_part_has_a_form_for_staff_alone(part, item, covid, client_of, staff, leader, cadre_baiping, nobody):
    path = edit(part, item)
    codes = [client_of(user).get(path).status_code for user in (staff, leader, cadre_baiping)]
    assert (codes, nobody.get(path).status_code) == ([200, 403, 403], 302)


@pytest.mark.parametrize(("part", "item"), [row for row in EVERY_PART if row[1] != "new"])
def test_a_form_sent_back_as_it_came_changes_nothing_and_says_so(part, item, covid, client_of, staff):
    client, path = client_of(staff), edit(part, item)
    answer = client.post(path, {**filled(client, path), **WHY})
    assert (answer.status_code, "没有改动任何内容" in answer.content.decode()) == (422, True), answer.content.decode()
    assert PlanChange.objects.count() == 0


@pytest.mark.parametrize("path", [edit("phase", "nothing"), edit("campaign", "nothing"), edit("lot", "new")])
def test_a_part_that_is_not_there_is_not_found(path, covid, client_of, staff):
    assert client_of(staff).get(path).status_code == 404


def test_staff_of_another_street_may_not_change_this_plan(covid, client_of):
    other = make_user("tanmei", Role.STAFF, place=make_place("500233004000", "忠州街道"))
    assert client_of(other).get(edit("phase", "adults-first")).status_code == 403


def test_a_proposal_writes_nothing_until_it_is_applied(covid, client_of, staff):
    client = client_of(staff)
    proposal = change(client, edit("campaign", "basics"), goal_rate="95")
    covid.refresh_from_db()
    assert (str(covid.goal_rate), proposal.state) == ("0.90800", "proposed")
    applied = apply(client, proposal)
    covid.refresh_from_db()
    assert (str(covid.goal_rate), applied.state, applied.applied_by) == ("0.95000", "applied", staff)
    assert (applied.old, applied.new) == ({"goal_rate": "0.90800"}, {"goal_rate": "0.95000"})
    entry = AuditEntry.objects.get(action="plan.change")
    assert entry.detail == {"原因": WHY["reason"], "goal_rate": ["0.90800", "0.95000"]}


def test_applying_twice_is_one_change(covid, client_of, staff):
    client = client_of(staff)
    proposal = change(client, edit("campaign", "basics"), goal_rate="95")
    apply(client, proposal)
    apply(client, proposal)
    assert AuditEntry.objects.filter(action="plan.change").count() == 1


def test_a_change_is_not_applied_before_its_effect_was_seen(covid, client_of, staff):
    client = client_of(staff)
    proposal = change(client, edit("campaign", "basics"), goal_rate="95")
    PlanChange.objects.update(effect={}, rehearsed_at=None)
    page = client.post(f"/plan/changes/{proposal.pk}/apply/", follow=True).content.decode()
    proposal.refresh_from_db()
    assert ("影响还没有算出来，没有写入" in page, proposal.state) == (True, "proposed")


def _given_to_a_worker(proposal: PlanChange, staff: User) -> Job:
    job = jobs.enqueue(APPLY_JOB, by=staff, params={"change": proposal.pk})
    PlanChange.objects.filter(pk=proposal.pk).update(state="applying", applied_by=staff, job=job)
    return job


def test_a_change_whose_worker_gave_up_is_applied_or_dropped_after_all(covid, client_of, staff):
    client = client_of(staff)
    proposal = change(client, edit("campaign", "basics"), goal_rate="95")
    job = _given_to_a_worker(proposal, staff)
    assert apply(client, proposal).state == "applying"
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, error="程序连续中断。")
    page = client.get(f"/plan/changes/{proposal.pk}/").content.decode()
    assert ("没有改成" in page, "every 2s" in page) == (True, False)
    assert apply(client, proposal).state == "applied"


def test_a_change_that_nobody_takes_up_says_so_after_a_while(covid, client_of, staff):
    client = client_of(staff)
    proposal = change(client, edit("campaign", "basics"), goal_rate="91")
    _given_to_a_worker(proposal, staff)
    page = f"/plan/changes/{proposal.pk}/"
    assert "可能没有运行" not in client.get(page).content.decode()
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    said = client.get(page).content.decode()
    assert "已经等了 5 分钟，后台处理程序可能没有运行" in said
    assert "不用再改一次" in said
    Job.objects.update(state=Job.State.RUNNING, heartbeat_at=timezone.now() - timedelta(minutes=2))
    assert "2 分钟没有动静，后台处理程序可能停了" in client.get(page).content.decode()


def test_a_campaign_that_ends_before_the_worker_comes_keeps_its_plan(covid, client_of, staff):
    client = client_of(staff)
    proposal = change(client, edit("campaign", "basics"), goal_rate="95")
    job = _given_to_a_worker(proposal, staff)
    Campaign.objects.update(is_active=False, is_default=False)
    jobs.run_now(job)
    proposal.refresh_from_db()
    job.refresh_from_db()
    assert (proposal.state, "已经结束，只能看、不能改" in job.result["refused"]) == ("proposed", True)


def test_a_dropped_proposal_is_kept_as_not_made(covid, client_of, staff):
    client = client_of(staff)
    proposal = change(client, edit("campaign", "basics"), goal_rate="95")
    client.post(f"/plan/changes/{proposal.pk}/drop/")
    apply(client, proposal)
    covid.refresh_from_db()
    assert (proposal.state, str(covid.goal_rate)) == ("dropped", "0.90800")


def test_a_proposal_overtaken_by_another_is_refused(covid, client_of, staff):
    client = client_of(staff)
    slow, fast = (change(client, edit("campaign", "basics"), goal_rate=rate) for rate in ("95", "92"))
    apply(client, fast)
    apply(client, slow)
    covid.refresh_from_db()
    assert (str(covid.goal_rate), slow.state) == ("0.92000", "proposed")
    page = client.post(f"/plan/changes/{slow.pk}/apply/", follow=True).content.decode()
    assert "别人已经改过，没有写入" in page


@pytest.mark.parametrize(
    ("part", "item", "values", "field", "sentence"),
    [
        ("campaign", "basics", {"reason": " "}, "reason", "写明为什么改"),
        ("campaign", "basics", {"end_on": "2021-06-01"}, "end_on", "结束日不能早于开始日。"),
        ("campaign", "basics", {"goal_rate": "101"}, "goal_rate", "不能超过 100 %。"),
        ("campaign", "ages", {"min_age": "3"}, "age_bands", "年龄段应从最低年龄起，首尾相接。"),
        ("campaign", "ages", {"age_bands": "12-17、18-99"}, "age_bands", "最后一个年龄段应不设上限。"),
        ("phase", "adults-first", {"deadline_on": "2021-07-15"}, "deadline_on", "截止日不能早于开始日"),
        ("phase", "adults-first", {"cohort": "goal"}, "measure", "要一起用"),
        ("phase", "adults-first", {"cohort": "tag"}, "tag", "要写明哪个标签"),
        ("phase", "adults-first", {"dose_number": "4"}, "dose_number", "没有哪种疫苗要打第 4 针"),
        ("platform", "inactivated", {"doses": "3"}, "due_by", "要依次写明第二至三针最迟在第一针后多久"),
        ("platform", "inactivated", {"due_by": "八周"}, "due_by", "每针写多少天或者几个月"),
        ("platform", "inactivated", {"too_early_days": "22"}, "too_early_days", "不能超过两针间隔"),
        ("platform", "inactivated", {"recommended_gap_days": "29"}, "doses", "要求不能低于“灭活”"),
        ("platform", "unknown", {"too_early_days": "13"}, "doses", "要求不能低于“灭活”"),
        ("product", "bibp", {"aliases": "科兴"}, "aliases", "一个名称只能指一种疫苗"),
        ("product", "bibp", {"approvals": "成年"}, "approvals", "没有读懂"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(
    part, item, values, field, sentence, covid, client_of, staff
):
    client, path = client_of(staff), edit(part, item)
    answer = client.post(path, {**filled(client, path), **WHY, **values})
    assert answer.status_code == 422
    assert sentence in "".join(answer.context["form"].errors.get(field, [])), answer.context["form"].errors
    assert PlanChange.objects.count() == 0


def test_a_phase_is_added_changed_and_taken_away_with_its_dates_kept(covid, client_of, staff):
    client = client_of(staff)
    apply(client, change(client, edit("phase", "new"), name="补种", from_age="60", deadline_on="2021-09-30"))
    item = PhaseItem.objects.get(key="phase-1")
    assert (item.name, item.from_age, item.position) == ("补种", 60, 11)
    apply(client, change(client, edit("phase", "phase-1"), deadline_on="2021-10-15"))
    kept = PhaseItemChange.objects.get(item=item)
    assert (kept.field, kept.old, kept.new, kept.by) == ("deadline_on", make.day("09-30"), make.day("10-15"), staff)
    apply(client, change(client, edit("phase", "phase-1"), remove="1"))
    assert not PhaseItem.objects.filter(key="phase-1").exists()
    assert PlanChange.objects.filter(part="phase", new__isnull=True).get().old["name"] == "补种"


def test_products_with_their_aliases_are_added_and_move_between_platforms(covid, client_of, staff):
    client = client_of(staff)
    apply(client, change(client, edit("product", "new"), name="新苗", platform="inactivated", aliases="新苗一、新苗二"))
    made = Product.objects.get(key="product-1")
    assert (made.platform.key, made.aliases) == ("inactivated", ["新苗一", "新苗二"])
    apply(client, change(client, edit("product", "product-1"), platform="recombinant"))
    made.refresh_from_db()
    assert made.platform.key == "recombinant"


def test_a_vaccine_with_doses_on_record_cannot_go(covid, baiping, client_of, staff):
    make.dose(make.resident(baiping), "07-01", campaign=covid)
    make.stand(covid)
    client = client_of(staff)
    for path in (edit("product", "bibp"), edit("platform", "inactivated")):
        answer = client.post(path, {**filled(client, path), **WHY, "remove": "1"})
        assert (answer.status_code, "不能删除" in answer.content.decode()) == (422, True)


def test_institutions_are_added_and_given_a_level(covid, client_of, staff):
    client = client_of(staff)
    apply(client, change(client, edit("institution", "new"), name="忠县中医院", level="2"))
    apply(client, change(client, edit("institution", "忠县中医院"), level="3"))
    assert Institution.objects.get(name="忠县中医院").level == 3


def test_age_bands_trades_tags_and_thresholds_are_changed(covid, client_of, staff):
    client = client_of(staff)
    apply(client, change(client, edit("campaign", "ages"), age_bands="12—17岁，18-59，60岁以上"))
    assert list(covid.age_bands.values_list("key", flat=True)) == ["12-17", "18-59", "60+"]
    apply(client, change(client, edit("campaign", "groups"), key_trades=["教育", "机关"], key_tags="村组干部、党员"))
    covid.refresh_from_db()
    assert sorted(covid.key_trades.values_list("name", flat=True)) == ["教育", "机关"]
    assert covid.key_tags == ["村组干部", "党员"]
    apply(client, change(client, edit("campaign", "thresholds"), overdue_soon_days="10"))
    covid.refresh_from_db()
    # Those that this page does not ask for stay as they were.
    assert covid.thresholds == make.campaign().thresholds | {"overdue_soon_days": 10}
    assert covid.thresholds["small_cell"] == 5


def test_loading_the_plan_again_keeps_all_that_staff_changed(covid, client_of, staff):
    client = client_of(staff)
    for part, item, values in [
        ("campaign", "basics", {"goal_rate": "95", "document": "新文号"}),
        ("campaign", "ages", {"age_bands": "12-17、18+"}),
        ("campaign", "groups", {"key_trades": ["教育"], "key_tags": "党员"}),
        ("campaign", "thresholds", {"small_cell": "3"}),
        ("phase", "adults-first", {"deadline_on": "2021-09-10", "name": "成人第一针"}),
        ("phase", "abroad-first", {"remove": "1"}),
        ("platform", "inactivated", {"due_by": "63天"}),
        ("product", "sinovac", {"aliases": "科兴"}),
        ("product", "cansino", {"platform": "recombinant"}),
        ("institution", "忠县人民医院", {"level": "3"}),
    ]:
        assert apply(client, change(client, edit(part, item), **values)).state == "applied", (part, item)
    before = _whole_plan()
    make.campaign()
    assert _whole_plan() == before


def _whole_plan() -> list:
    rows = [Campaign, PhaseItem, Platform, Product, Institution]
    bands = list(Campaign.objects.get().age_bands.values())
    trades = sorted(Campaign.objects.get().key_trades.values_list("name", flat=True))
    return [list(model.objects.order_by("pk").values()) for model in rows] + [bands, trades]


def test_the_record_of_changes_shows_what_it_was_who_and_why(covid, client_of, staff, leader, auditor):
    client = client_of(staff)
    proposal = change(client, edit("platform", "inactivated"), due_by="63天")
    assert "看这项改动的影响" in client.get("/plan/changes/").content.decode()
    assert "灭活" not in client_of(leader).get("/plan/changes/").content.decode()
    apply(client, proposal)
    page = client_of(leader).get("/plan/changes/").content.decode()
    for words in ("修改疫苗种类“灭活”", "第2针 56 天", "第2针 63 天", "刘明", WHY["reason"]):
        assert words in page, words
    assert client_of(auditor).get("/plan/changes/").status_code == 403


def test_an_ended_campaign_takes_no_change(covid, client_of, staff):
    client = client_of(staff)
    path = edit("campaign", "basics")
    given = {**filled(client, path), **WHY, "goal_rate": "95"}
    Campaign.objects.update(is_active=False, is_default=False)
    answer = client.post(path, given)
    assert (answer.status_code, "已经结束，只能看、不能改" in answer.content.decode()) == (409, True)


def test_the_record_of_changes_asks_no_more_for_more_rows(covid, staff, client_of):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/plan/changes/")
        return len(asked)

    def one_more(number: int) -> None:
        told = {"old": {"name": "旧"}, "new": {"name": f"新{number}"}, "reason": "通知", "by": staff}
        PlanChange.objects.create(campaign=covid, part="phase", key="adults-first", **told)

    client = client_of(staff)
    client.get("/plan/changes/")
    one_more(1)
    at_one = queries()
    one_more(2)
    one_more(3)
    assert queries() == at_one
