"""日报 as issued: yesterday and today are the total, nothing told changes, corrections bear a number."""

from datetime import datetime, time, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from campaigns.models import Campaign, Nudge, Target
from ledgers.corrections import DoseFacts, add_dose, correct_resident, remove_dose
from ledgers.models import Dose
from ledgers.notes import new_entry, note_reason
from ledgers.units import members
from registry.accounts import system_user
from registry.jobs import run_now
from registry.models import AuditEntry, Job, Membership
from reports.briefing import issuing, sending
from reports.briefing.bands import bands_of, sums_of
from reports.briefing.changes import changes_between
from reports.briefing.figures import hash_of
from reports.briefing.sentences import chat_text, parts_of
from reports.briefing.table import New, read_report
from reports.figures import total_at
from reports.models import Alert, Issue, IssueHour
from tests.ledgers import make
from tests.reports import lists_cast
from tests.reports.briefing_cast import FIRST, SECOND, issue, line, report_of, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings, baiping, huanggu):
    settings.TODAY = SECOND
    return town(baiping, huanggu)


@pytest.fixture
def people(place):
    return lists_cast.fill(place)


def dose(who, on, place):
    facts = DoseFacts(make.day(on), place.campaign.platforms.get(key="inactivated").products.get(key="bibp"))
    return add_dose(who, place.campaign, facts, source="certificate", today=SECOND, by=system_user())


def test_figures_are_those_of_the_ledgers(place, people):
    total = report_of(issue(place.campaign, FIRST)).total
    stored = total_at(place.campaign, FIRST).counts
    assert (total.permanent, total.everybody) == (stored.permanent, stored.all)
    # Of the five with a dose, two have a second and none a third; the goal is that of the street, not a sum.
    assert (total.dosed, total.coverage.goal, total.judged_gap) == ((5, 2, 0), 14, 9)


def test_first_report_counts_from_the_day_before(place, people):
    report = report_of(issue(place.campaign, make.day("08-10")))
    assert report.total.new[0] == New(given=1)
    assert report.since == {"on": "2021-08-09", "cut_off": None, "number": None}


def test_yesterday_and_today_are_the_total_whatever_was_learnt(place, people):
    first = issue(place.campaign, FIRST)
    dose(people["elsewhere"], "08-17", place)
    dose(people["refuses"], "07-20", place)
    remove_dose(Dose.objects.get(resident=people["waiting"]), reason="录错", by=system_user())
    second = issue(place.campaign, SECOND)
    before, now = report_of(first), report_of(second)
    for one in (*now.lines, now.total):
        was = line(before, one.name)
        assert [new.total for new in one.new] == [b - a for a, b in zip(was.dosed, one.dosed, strict=True)]
        assert one.new_full.total == one.permanent.full - was.permanent.full
    assert now.total.new[0] == New(given=1, late=1, corrected=-1)
    assert second.previous == first


def test_number_that_went_down_names_its_cause(place, people):
    issue(place.campaign, FIRST)
    remove_dose(Dose.objects.get(resident=people["waiting"]), reason="录错", by=system_user())
    figures = issue(place.campaign, SECOND).figures
    assert [cause["words"] for cause in figures["causes"]] == ["白坪村第一针减 1 人（更正接种记录）"]


def test_person_who_moves_takes_the_doses_along(place, people):
    issue(place.campaign, FIRST)
    correct_resident(people["done"], {"place_id": place.huanggu.pk}, reason="搬家", by=system_user())
    report = report_of(issue(place.campaign, SECOND))
    parts = {name: line(report, name).new_full for name in ("白坪村", "黄谷村", "合计")}
    assert parts == {"白坪村": New(people=-1), "黄谷村": New(people=1), "合计": New()}
    assert "白坪村全程减 1 人（改了村组）" in [cause["words"] for cause in report.figures["causes"]]


def test_difference_that_no_person_explains_is_a_correction_and_named(place, people):
    issue(place.campaign, FIRST)
    # 李子涵 is 15: by the plan's own change no longer counted, on neither day.
    Campaign.objects.update(min_age=18)
    report = report_of(issue(Campaign.objects.get(), SECOND))
    assert (report.total.new[0], report.total.new_full) == (New(corrected=-1), New(corrected=-1))
    assert "白坪村第一针相差 -1 人（方案或疫苗设置改动）" in [cause["words"] for cause in report.figures["causes"]]


def test_roster_after_the_cut_off_changes_nothing_told_and_is_told_the_next_day(place, people):
    first = issue(place.campaign, FIRST)
    told, files = first.figures, {file.kind: file.sha256 for file in first.files.all()}
    dose(people["refuses"], "08-16", place)
    again = Issue.objects.get(pk=first.pk)
    assert (again.figures, hash_of(again.figures)) == (told, first.sha256)
    assert {file.kind: file.sha256 for file in again.files.all()} == files
    assert report_of(issue(place.campaign, SECOND)).total.new[0] == New(late=1)


def test_report_made_late_holds_what_was_known_at_its_hour(place, people):
    at_the_hour = issuing.cut_off()
    dose(people["refuses"], "08-16", place)
    run_now(issuing.order_issue(place.campaign, on=FIRST, cut_off_at=at_the_hour, by=system_user()))
    assert report_of(Issue.objects.get()).total.coverage.first_dose == 5


def test_units_of_a_report_made_late_stand_as_they_were_known_at_its_hour(place, people):
    waterworks = make.unit("乌杨水厂")
    make.member(waterworks, people["refuses"])
    at_the_hour = issuing.cut_off()
    dose(people["refuses"], "08-16", place)
    entry = new_entry(system_user(), "roster", "晚到的名册")
    Membership.objects.create(unit=waterworks, resident=people["done"], kind="staff", entry=entry)
    run_now(issuing.order_issue(place.campaign, on=FIRST, cut_off_at=at_the_hour, by=system_user()))
    [unit] = report_of(Issue.objects.get()).units
    assert (unit.counts.in_scope, unit.counts.unvaccinated) == (1, 1)


def test_second_run_of_the_job_makes_no_second_report(place, people):
    made = issue(place.campaign, FIRST)
    job = Job.objects.get(kind=issuing.KIND)
    Job.objects.filter(pk=job.pk).update(state="waiting")
    run_now(job)
    assert list(Issue.objects.all()) == [made]


def test_correction_is_numbered_says_what_changed_and_leaves_the_first_alone(place, people, staff):
    first = issue(place.campaign, FIRST)
    dose(people["refuses"], "08-16", place)
    second = issuing.correct(first, reason="卫生院补报", by=staff)
    dose(people["elsewhere"], "08-16", place)
    third = issuing.correct(first, reason="又补报一人", by=staff)
    assert [one.number for one in (first, second, third)] == ["RB20210816", "RB20210816-G1", "RB20210816-G2"]
    assert {one.sequence for one in (first, second, third)} == {1}
    changed = changes_between(report_of(first), report_of(second))
    assert [(one.place, one.what, one.old, one.new) for one in changed if one.place == "白坪村"] == [
        ("白坪村", "第一针人数", "5", "6"),
        ("白坪村", "第一针接种率", "50.00%", "60.00%"),
        ("白坪村", "间隔未到", "1", "2"),
        # One is exempt there, which the table does not tell either.
        ("白坪村", "应种未种", "≤2", "≤1"),
    ]
    assert report_of(Issue.objects.get(pk=first.pk)).total.coverage.first_dose == 5
    assert report_of(issue(place.campaign, SECOND)).figures["since"]["number"] == "RB20210816-G2"


def test_correction_without_a_difference_is_refused(place, people, staff):
    first = issue(place.campaign, FIRST)
    with pytest.raises(issuing.IssueRefused, match="不用更正"):
        issuing.correct(first, reason="再看一遍", by=staff)


def test_only_the_last_day_told_can_be_corrected(place, people, staff):
    first = issue(place.campaign, FIRST)
    issue(place.campaign, SECOND)
    dose(people["refuses"], "08-16", place)
    with pytest.raises(issuing.IssueRefused, match="8月17日的日报已经接着它报出"):
        issuing.correct(first, reason="补报", by=staff)


def test_issued_report_cannot_be_altered_in_the_database(place, people):
    made = issue(place.campaign, FIRST)
    for row, change in ((made, {"figures": {}}), (made.files.first(), {"sha256": "0" * 64})):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"correction": 1}, "issue_correction_says_why"), ({"sequence": 0}, "issue_numbered_from_1"), ({}, "issue_once")],
)
def test_what_an_issued_report_can_never_be(place, people, changes, name):
    made = issue(place.campaign, FIRST)
    fields = {"campaign": place.campaign, "on": FIRST, "sequence": 1, "cut_off_at": timezone.now(), "by": made.by}
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.create(**fields | {"figures": {}, "sha256": "0" * 64} | changes)
    assert name in {constraint.name for constraint in Issue._meta.constraints}


def at(hour, minute=0):
    return timezone.make_aware(datetime(2021, 8, 17, hour, minute, 20))


@pytest.mark.parametrize(("hour", "minute", "orders"), [(16, 59, 0), (17, 0, 1), (23, 30, 1)])
def test_report_is_ordered_once_when_its_hour_has_come(place, people, hour, minute, orders):
    assert [len(issuing.order_due(SECOND, at(hour, minute))) for _ in range(2)] == [orders, 0]


def test_report_made_late_is_cut_off_at_its_hour(place, people):
    [job] = issuing.order_due(SECOND, at(19, 45))
    assert job.params == {"campaign": place.campaign.pk, "on": "2021-08-17", "cut_off": "2021-08-17T17:00:00+08:00"}


def test_office_chooses_the_hour_or_none(place, people, staff):
    sending.set_hour(place.campaign, at=time(18, 30), is_on=True, by=staff)
    assert issuing.order_due(SECOND, at(17)) == []
    sending.set_hour(place.campaign, at=time(18, 30), is_on=False, by=staff)
    assert issuing.order_due(SECOND, at(18, 30)) == []
    sending.set_hour(place.campaign, at=time(18, 30), is_on=True, by=staff)
    assert len(issuing.order_due(SECOND, at(18, 30))) == 1
    assert AuditEntry.objects.filter(action="briefing.hour").count() == 3


def test_no_report_outside_the_campaign(place, people):
    assert issuing.order_due(place.campaign.end_on + timedelta(days=1), at(18)) == []


def test_hour_that_is_chosen_again_changes_nothing(place, staff):
    assert sending.set_hour(place.campaign, at=IssueHour.DEFAULT, is_on=True, by=staff) is False
    assert not IssueHour.objects.exists()


def test_equal_rates_share_a_rank_and_a_village_without_a_base_has_none(place, people, zhuhe):
    Target.objects.filter(place=place.huanggu).update(census_base=None)
    upper = make.village("500233003201", "青岭村", base=10, of=place.campaign)
    for _ in range(5):
        make.dose(make.resident(upper), "08-01", campaign=place.campaign)
    make.village("500233003202", "沿溪村", base=10, of=place.campaign)
    lists_cast.stand(place)
    report = report_of(issue(place.campaign, FIRST))
    ranks = {one.name: one.rank for one in report.villages}
    assert ranks == {"朱河社区": None, "青岭村": 1, "沿溪村": 3, "黄谷村": None, "白坪村": 1}
    assert report.total.coverage.goal is None
    assert line(report, "黄谷村").remark == "没有普查人数，不排名"


def test_bands_of_the_old_are_one_column_beside_the_young(place):
    young = ["12-14", "15-17", "18-59"]
    assert [band["key"] for band in bands_of([*young, "60-69", "70-79", "80+"])] == [*young, "60+"]
    assert [band["key"] for band in bands_of(["80+", "60-69", "70-79"])] == ["60-69", "70-79", "80+"]
    assert sums_of([*young, "60-69", "80+"]) == [("12–17岁", ["12-14", "15-17"]), ("60岁及以上", ["60-69", "80+"])]


def test_sentences_are_made_of_the_figures(place, people):
    dose(people["refuses"], "08-16", place)
    text = {part.title: part.text for part in parts_of(report_of(issue(place.campaign, FIRST)))}
    assert "已接种第一针 6 人，第一针接种率 40.00%；完成全程 2 人，全程接种率 13.33%。" in text["总体进度"]
    assert "目标任务 14 人，还差 8 人，距10月31日还有 76 天" in text["总体进度"]
    assert "接种率依次是白坪村 60.00%、黄谷村 0.00%。" in text["各村（社区）"]
    assert "脱失率（超期口径）33.33%，没有低于 5% 的限值" in text["后续针次和脱失率"]
    assert text["还没有打第一针的"] == "常住人口没有打第一针的 2 人，含禁忌缓种（有佐证）。"


def test_sentences_say_what_can_be_done_where_the_exempt_may_be_told(place, people):
    place.campaign.thresholds = {"small_cell": 1}
    place.campaign.save()
    dose(people["refuses"], "08-16", place)
    text = {part.title: part.text for part in parts_of(report_of(issue(place.campaign, FIRST)))}
    assert "常住人口应种未种 1 人，其中可动员 1 人" in text["还没有打第一针的"]
    assert text["还没有打第一针的"].endswith("禁忌缓种（有佐证）1 人。")


def test_briefing_tells_alerts_and_sheets_that_are_open(place, people, staff):
    whole = place.campaign.place
    Alert.objects.create(
        campaign=place.campaign, rule="dropout", place=whole, figures={"lost": 1, "base": 3}, threshold="0.04",
        raised_on=FIRST, raised_at=timezone.now(),
    )  # fmt: skip
    for phase in place.campaign.phase_items.filter(key__in=["adults-first", "overall"]):
        Alert.objects.create(
            campaign=place.campaign, rule="behind", place=place.baiping, phase=phase,
            figures={"remaining": 4, "winnable": 1}, raised_on=make.day("08-10"), raised_at=timezone.now(),
        )  # fmt: skip
    Nudge.objects.create(
        campaign=place.campaign, number=1, village=place.baiping, subject="first", text="逐户动员", sent_by=staff,
        sent_on=make.day("08-12"), due_on=make.day("08-14"),
    )  # fmt: skip
    text = {part.title: part.text for part in parts_of(report_of(issue(place.campaign, FIRST)))}["预警和督办"]
    assert "现有预警 3 条，今天新增 1 条、解除 0 条。" in text
    assert "阶段任务滞后的村（社区）1 个：白坪村。" in text
    assert "督办单未销号 1 张，其中待反馈 1 张、已反馈待销号 0 张，累计销号 0 张。" in text
    assert "逾期未反馈 1 张：白坪村。" in text


def test_chat_text_keeps_to_its_length(place, people):
    report = report_of(issue(place.campaign, FIRST))
    text = chat_text(report, "RB20210816")
    assert text.splitlines()[1] == "第一针 5 人（33.33%），本期 0"
    assert len(text) <= 300
    assert len(chat_text(report, "RB20210816", most=60)) <= 60
    assert chat_text(report, "RB20210816", most=60).endswith("编号 RB20210816")


def test_report_of_a_campaign_with_one_dose(settings, street, baiping):
    settings.TODAY = make.day("2021-10-20")
    campaign = make.campaign("influenza-60")
    Target.objects.create(campaign=campaign, place=baiping, census_base=4)
    for birth in ("1950-01-01", "1940-01-01"):
        who = make.resident(baiping, birth)
    make.dose(who, "2021-10-10", campaign.platforms.get(is_unknown=False).products.first().key, campaign=campaign)
    make.stand(campaign)
    report = read_report(issue(campaign, make.day("2021-10-20")).figures)
    assert (report.numbers, report.total.dosed, report.bands) == (1, (1,), ("60–69岁", "70–79岁", "80岁及以上"))


def test_reasons_and_units_of_a_past_cut_off_are_counted_as_they_were(place, people):
    make.member(make.unit("乌杨水厂"), people["refuses"])
    note_reason(people["refuses"], place.campaign, code="42", entry=new_entry(system_user(), "verbal", ""))
    moment = issuing.cut_off()
    told = issuing.figures_of(place.campaign, FIRST, moment, None)
    note_reason(people["refuses"], place.campaign, code="51", entry=new_entry(system_user(), "verbal", ""))
    for one in Membership.objects.filter(left_on__isnull=True):
        members.leave(one, on=SECOND, by=system_user())
    assert issuing.figures_of(place.campaign, FIRST, moment, None) == told
    now = issuing.figures_of(place.campaign, FIRST, issuing.cut_off(), None)
    assert (now["said"] != told["said"], now["units"] != told["units"]) == (True, True)


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_for_three_villages_as_for_one(place, people, number, django_assert_num_queries):
    for code in range(301, 300 + number):
        make.resident(make.village(f"500233003{code}", f"第{code}村", base=5, of=place.campaign))
    lists_cast.stand(place)
    issuing.figures_of(place.campaign, FIRST, issuing.cut_off(), None)
    moment = issuing.cut_off()
    with django_assert_num_queries(QUERIES):
        issuing.figures_of(place.campaign, FIRST, moment, None)


QUERIES = 58
