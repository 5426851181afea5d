"""督办单 on record: one open per place and subject, each step kept, who reads and judges them."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.actions import load_plan
from campaigns.closing import CampaignClosed
from campaigns.models import Campaign, Nudge, NudgeStep
from campaigns.nudges import access, actions, reading
from campaigns.nudges.actions import NudgeRefused
from campaigns.plan_files import plan_path, read_plan
from registry.accounts import system_user
from registry.models import AuditEntry, Department, Role, Trade, Unit
from tests.campaigns.nudges import DUE, ON, send
from tests.factories import make_place, make_user

LATER = date(2021, 8, 20)


@pytest.fixture
def campaign(street) -> Campaign:
    return load_plan(read_plan(plan_path("wuyang-2021").read_text(encoding="utf-8")), by=system_user())[0]


@pytest.fixture
def phase(campaign):
    return campaign.phase_items.get(key="adults-first")


@pytest.fixture
def nudge(baiping, campaign, leader) -> Nudge:
    return send(baiping, campaign, leader)


def test_sheet_keeps_its_number_its_figures_and_its_first_step(nudge, leader):
    step = nudge.steps.get()
    assert (nudge.number, nudge.state, nudge.figures) == (1, "sent", {"remaining": 38, "winnable": 21, "overdue": 6})
    assert (step.kind, step.text, step.due_on, step.on, step.by) == ("sent", nudge.text, DUE, ON, leader)
    assert AuditEntry.objects.latest("number").action == "nudge.send"


def test_one_open_sheet_per_place_and_subject(nudge, baiping, huanggu, waterworks, campaign, phase, staff):
    with pytest.raises(NudgeRefused, match="白坪村的“第一针接种”已有一张没销号的督办单"):
        send(baiping, campaign, staff)
    others = [
        send(huanggu, campaign, staff),
        send(waterworks, campaign, staff),
        send(baiping, campaign, staff, subject="overdue"),
        send(baiping, campaign, staff, subject="phase", phase=phase),
    ]
    assert [one.number for one in others] == [2, 3, 4, 5]
    with pytest.raises(NudgeRefused, match="“18岁及以上第一针”"):
        send(baiping, campaign, staff, subject="phase", phase=phase)


def test_struck_off_sheet_makes_room_for_the_next(nudge, baiping, campaign, staff):
    actions.close(nudge, text="村里换了负责人，另发。", on=ON, by=staff)
    assert send(baiping, campaign, staff).number == 2


def test_answer_in_time_and_answer_late_are_told_apart(nudge, huanggu, campaign, leader, cadre_baiping):
    other = send(huanggu, campaign, leader)
    actions.answer(nudge, text="走了 30 户，约好 12 人。", on=DUE, by=cadre_baiping)
    actions.answer(other, text="走了 10 户。", on=LATER, by=cadre_baiping)
    assert list(NudgeStep.objects.filter(kind="answered").values_list("days_late", flat=True)) == [0, 2]
    counts = reading.counts_of(Nudge.objects.all(), LATER)
    assert (counts.open, counts.late, counts.answered, counts.answered_late) == (2, 0, 2, 1)


def test_returned_sheet_has_a_new_day_and_keeps_what_was_said(nudge, cadre_baiping, leader):
    actions.answer(nudge, text="已经办了。", on=ON, by=cadre_baiping)
    returned = actions.give_back(nudge, text="写明还差哪些人。", due_on=LATER, on=ON, by=leader)
    assert (returned.state, returned.due_on) == ("returned", LATER)
    assert [(s.kind, s.text, s.due_on) for s in nudge.steps.all()] == [
        ("sent", nudge.text, DUE), ("answered", "已经办了。", None), ("returned", "写明还差哪些人。", LATER),
    ]  # fmt: skip


def test_steps_that_cannot_be_are_refused_with_what_to_do(nudge, cadre_baiping, leader, staff):
    for step, sentence in (
        (lambda: actions.answer(nudge, text=" ", on=ON, by=cadre_baiping), "写明办了什么"),
        (lambda: actions.give_back(nudge, text="重办", due_on=LATER, on=ON, by=leader), "已是“待反馈”"),
        (lambda: actions.close(nudge, on=ON, by=leader), "写明为什么现在销号"),
    ):
        with pytest.raises(NudgeRefused, match=sentence):
            step()
    actions.answer(nudge, text="办了。", on=ON, by=cadre_baiping)
    with pytest.raises(NudgeRefused, match="已是“已反馈，待销号”"):
        actions.answer(nudge, text="办了。", on=ON, by=cadre_baiping)
    with pytest.raises(NudgeRefused, match="不能早于今天"):
        actions.give_back(nudge, text="重办", due_on=date(2021, 8, 15), on=ON, by=leader)
    actions.close(nudge, on=ON, by=staff)
    with pytest.raises(NudgeRefused, match="已经销号"):
        actions.close(nudge, on=ON, by=staff)


def test_due_day_before_today_is_refused(baiping, campaign, staff):
    with pytest.raises(NudgeRefused, match="不能早于今天"):
        send(baiping, campaign, staff, due_on=date(2021, 8, 15))
    assert Nudge.objects.count() == 0


def test_lists_have_the_late_first_then_those_to_be_judged(campaign, baiping, huanggu, zhuhe, staff, cadre_huanggu):
    send(baiping, campaign, staff, due_on=date(2021, 8, 30))
    answered = send(huanggu, campaign, staff)
    send(zhuhe, campaign, staff)
    actions.answer(answered, text="办了。", on=ON, by=cadre_huanggu)
    lines = reading.open_nudges(campaign, LATER)
    assert [(line.nudge.village.name, line.state_words) for line in lines] == [
        ("朱河社区", "逾期 2 天"), ("黄谷村", "已反馈，待销号"), ("白坪村", "待反馈"),
    ]  # fmt: skip
    assert [line.nudge.number for line in reading.open_nudges(campaign, LATER, of=baiping)] == [1]
    by_village = reading.open_by_village(campaign, LATER)
    assert {code: (found.open, found.late) for code, found in by_village.items()} == {
        baiping.code: (1, 0), huanggu.code: (1, 0), zhuhe.code: (1, 1),
    }  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_open_sheets_are_one_query(number, campaign, baiping, huanggu, zhuhe, staff):
    for village in (baiping, huanggu, zhuhe)[:number]:
        send(village, campaign, staff)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        lines = reading.open_nudges(campaign, ON)
        assert [str(line.nudge.of) + str(line.nudge.sent_by) + line.nudge.about for line in lines]
    assert len(queries) == 1


def test_nothing_is_written_once_the_campaign_has_ended(nudge, baiping, campaign, staff, cadre_baiping):
    Campaign.objects.filter(pk=campaign.pk).update(is_active=False, is_draft=False)
    campaign.refresh_from_db()
    for act in (
        lambda: send(baiping, campaign, staff, subject="overdue"),
        lambda: actions.answer(nudge, text="办了。", on=ON, by=cadre_baiping),
        lambda: actions.close(nudge, text="停", on=ON, by=staff),
    ):
        with pytest.raises(CampaignClosed):
            act()


# Who reads, answers and judges.


def test_each_reads_the_sheets_of_its_own(nudge, waterworks, campaign, staff, leader, cadre_baiping, cadre_huanggu,
                                          unit_contact, clinic_user, sysadmin):  # fmt: skip
    of_unit = send(waterworks, campaign, staff)
    readers = {
        user.username: set(access.nudges_visible_to(user))
        for user in (staff, leader, cadre_baiping, cadre_huanggu, unit_contact, clinic_user, sysadmin)
    }
    assert readers == {
        "liuming": {nudge, of_unit}, "wangjianhua": {nudge, of_unit}, "ranhongmei": {nudge}, "qindayong": set(),
        "zhoutao": {of_unit}, "limin": set(), "xiangyang": set(),
    }  # fmt: skip


def test_department_reads_the_sheets_of_its_units_and_answers_none(nudge, waterworks, campaign, staff, economy_office,
                                                                   department_user):  # fmt: skip
    sheet = send(waterworks, campaign, staff)
    assert list(access.nudges_visible_to(department_user)) == []
    trade = Trade.objects.create(name="水厂", department=economy_office)
    Unit.objects.filter(pk=waterworks.pk).update(trade=trade)
    assert list(access.nudges_visible_to(department_user)) == [sheet]
    assert (access.may_answer(department_user, sheet), access.may_judge(department_user, sheet)) == (False, False)
    with pytest.raises(PermissionDenied):
        access.get_nudge_to_answer(department_user, sheet.pk)
    # A department of its own goes before that of the trade.
    Unit.objects.filter(pk=waterworks.pk).update(department=Department.objects.create(name="农业服务中心"))
    assert list(access.nudges_visible_to(department_user)) == []


def test_leader_linked_to_a_village_reads_no_other(nudge, huanggu):
    linked = make_user("tanyonggu", Role.LEADER, place=huanggu)
    assert list(access.nudges_visible_to(linked)) == []
    with pytest.raises(Http404):
        access.get_nudge_for(linked, nudge.pk)


def test_grid_worker_has_no_village_to_answer_for(nudge, baiping):
    from registry.models import Grid, GridPlace, RoleGrant

    group = make_place(f"{baiping.code}001", "1组")
    grid = Grid.objects.create(name="第一网格", village=baiping)
    GridPlace.objects.create(grid=grid, place=group)
    worker = make_user("xiangronghua", Role.CADRE, place=baiping)
    RoleGrant.objects.filter(user=worker).update(grid=grid)
    assert list(access.nudges_visible_to(worker)) == []


def test_sender_and_staff_judge_and_no_other_leader(nudge, street, leader, staff, cadre_baiping):
    other = make_user("xiangqianjin", Role.LEADER, place=street)
    assert [access.may_judge(user, nudge) for user in (leader, staff, other, cadre_baiping)] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [access.may_answer(user, nudge) for user in (cadre_baiping, leader, staff)] == [True, False, False]


# The database.


def _row(campaign, by, **changes):
    said = {"number": 1, "subject": "first", "text": "办", "sent_on": ON, "due_on": DUE, "sent_by": by}
    return Nudge.objects.create(campaign=campaign, **(said | changes))


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"village": None}, "nudge_to_a_village_or_a_unit"),
        ({"subject": "phase"}, "nudge_phase_with_its_subject"),
        ({"text": ""}, "nudge_says_what"),
        ({"due_on": date(2021, 8, 15)}, "nudge_due_not_before_it_was_sent"),
        ({"state": "answered"}, "nudge_answered_has_its_day"),
        ({"state": "closed"}, "nudge_closed_has_its_day"),
        ({"closed_on": ON}, "nudge_closed_has_its_day"),
    ],
)
def test_database_refuses_a_sheet_that_cannot_be(changes, constraint, campaign, baiping, staff):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        _row(campaign, staff, **({"village": baiping} | changes))
    assert _row(campaign, staff, village=baiping).pk


def test_database_refuses_a_second_open_sheet(campaign, baiping, waterworks, staff):
    for whose in ({"village": baiping}, {"unit": waterworks}):
        number = Nudge.objects.count() + 1
        _row(campaign, staff, number=number, **whose)
        with pytest.raises(IntegrityError), transaction.atomic():
            _row(campaign, staff, number=number + 10, **whose)
        _row(campaign, staff, number=number + 1, state="closed", closed_on=ON, **whose)


def test_database_refuses_a_number_twice(campaign, baiping, huanggu, staff):
    _row(campaign, staff, village=baiping)
    with pytest.raises(IntegrityError), transaction.atomic():
        _row(campaign, staff, village=huanggu)


@pytest.mark.parametrize(
    ("step", "constraint"),
    [
        ({"kind": "returned", "text": "重办"}, "nudge_step_sets_a_day_when_it_asks"),
        ({"kind": "closed", "due_on": DUE}, "nudge_step_sets_a_day_when_it_asks"),
        ({"kind": "answered", "text": "办了"}, "nudge_step_answer_says_whether_late"),
        ({"kind": "answered", "days_late": 0}, "nudge_step_says_what"),
    ],
)
def test_database_refuses_a_step_that_says_too_little(step, constraint, nudge, staff):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        NudgeStep.objects.create(nudge=nudge, on=ON, at=timezone.now(), by=staff, **step)
    assert NudgeStep.objects.create(nudge=nudge, on=ON, at=timezone.now(), by=staff, kind="closed").pk
