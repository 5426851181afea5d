"""一日一报: once a day per account, of what came since the last one, and none after 21:00."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.nudges import actions
from ledgers import exemptions
from ledgers.corrections import correct_resident
from ledgers.models import Conflict, Dose
from registry.models import Entry, Job, ResidentChange, Role
from reports import tasks
from reports.digest.make import make_digests
from reports.digest.rules import may_be_made
from reports.models import Alert, Digest
from tests.campaigns.nudges import send
from tests.factories import make_resident, make_user
from tests.ledgers import make

ON = date(2021, 8, 16)


@pytest.fixture
def campaign(street, settings):
    settings.TODAY = ON
    return make.campaign()


def _made(days: int = 0) -> int:
    return make_digests(ON + timedelta(days=days), timezone.now() + timedelta(days=days))


def _counts(user) -> dict:
    digest = user.digests.first()
    return digest.counts if digest else {}


@pytest.mark.parametrize(
    ("at", "allowed"),
    [(time(16, 59), False), (time(17), True), (time(20, 59), True), (time(21), False), (time(23), False)],
)
def test_digest_is_made_in_the_evening_and_not_after_nine(at, allowed):
    assert may_be_made(at) is allowed


def test_sheets_are_told_to_who_must_move(campaign, baiping, waterworks, leader, staff, cadre_baiping, cadre_huanggu,
                                          unit_contact):  # fmt: skip
    first = send(baiping, campaign, leader)
    send(waterworks, campaign, staff)
    actions.answer(first, text="办了。", on=ON, by=cadre_baiping)
    assert _made() == 3
    assert [_counts(user) for user in (cadre_baiping, unit_contact, leader, staff, cadre_huanggu)] == [
        {"asked": 1}, {"asked": 1}, {"answered": 1}, {}, {},
    ]  # fmt: skip


def test_second_round_of_the_day_makes_nothing_and_the_next_day_tells_only_what_is_new(
    campaign, baiping, leader, cadre_baiping
):
    nudge = send(baiping, campaign, leader)
    assert (_made(), _made()) == (1, 0)
    actions.answer(nudge, text="办了。", on=ON, by=cadre_baiping)
    actions.close(nudge, on=ON, by=leader)
    assert _made(days=1) == 2
    assert (_counts(cadre_baiping), _counts(leader)) == ({"closed": 1}, {"answered": 1})


def test_what_comes_after_the_days_digests_is_told_the_next_day(campaign, baiping, huanggu, leader, cadre_baiping,
                                                                cadre_huanggu):  # fmt: skip
    send(baiping, campaign, leader)
    assert _made() == 1
    # For one who has had the day's digest, and for one who has not.
    send(baiping, campaign, leader, subject="survey")
    send(huanggu, campaign, leader)
    assert (_made(), _made(days=1)) == (0, 2)
    assert (_counts(cadre_baiping), _counts(cadre_huanggu)) == ({"asked": 1}, {"asked": 1})


def test_alerts_and_questions_are_told_by_scope(campaign, baiping, huanggu, staff, cadre_baiping, cadre_huanggu):
    said = {"campaign": campaign, "raised_on": ON, "raised_at": timezone.now(), "rule": "silent", "threshold": "2"}
    Alert.objects.create(place=baiping, **said)
    asked = make_resident(huanggu, name="王勇")
    Conflict.objects.create(resident=asked, kind="name_conflict", field="name", known="王勇", incoming="王永",
                            entry=Entry.objects.create(at=timezone.now(), by=staff, source="roster"))  # fmt: skip
    _made()
    assert [_counts(user) for user in (staff, cadre_baiping, cadre_huanggu)] == [
        {"alerts": 1, "questions": 1}, {"alerts": 1}, {"questions": 1},
    ]  # fmt: skip


def test_decided_claim_and_changed_dose_are_told_to_who_wrote_them(campaign, baiping, cadre_baiping, staff, client_of):
    who = make_resident(baiping, name="冉启华", birth_on=date(1954, 3, 2))
    claim = exemptions.claim(
        who, campaign, kind="deferral", reason="pregnancy", start_on=ON, end_on=date(2021, 10, 1), by=cadre_baiping
    )
    exemptions.reject(claim, note="看不清公章", by=staff)
    dose = _typed_dose(who, campaign, cadre_baiping)
    Dose.objects.filter(pk=dose.pk).update(
        state="removed",
        ended_entry=Entry.objects.create(at=timezone.now(), by=staff, source="roster", label="打的是流感疫苗"),
    )
    _made()
    assert _counts(cadre_baiping) == {"rejected": 1, "changed": 1}
    page = client_of(cadre_baiping).get("/digest/").content.decode()
    assert ("冉启华" in page, "打的是流感疫苗" in page, "1 件已退回" in page) == (True, True, True)
    assert _counts(staff) == {}


def test_people_put_right_by_others_are_counted_once_for_who_answers_for_them(
    campaign, baiping, huanggu, staff, cadre_baiping, cadre_huanggu, client_of
):
    mine, others, by_myself = (make_resident(place, name="冉启华") for place in (baiping, huanggu, baiping))
    correct_resident(mine, {"address": "2组15号"}, reason="打过电话", by=staff)
    correct_resident(mine, {"guardian": "冉启明"}, reason="打过电话", by=staff)
    correct_resident(others, {"address": "1组3号"}, reason="打过电话", by=staff)
    correct_resident(by_myself, {"address": "2组16号"}, reason="入户", by=cadre_baiping)
    # What a roster changed is told by the roster.
    job = Job.objects.create(kind="roster", created_by=staff)
    brought = Entry.objects.create(at=timezone.now(), by=staff, source="roster", job=job)
    ResidentChange.objects.create(resident=by_myself, field="name", old="冉启华", new="冉其华", entry=brought)
    _made()
    assert [_counts(user) for user in (cadre_baiping, cadre_huanggu, staff)] == [{"corrected": 1}, {"corrected": 1}, {}]
    page = client_of(cadre_baiping).get("/digest/")
    assert [(one.resident, one.fields) for one in page.context["corrected"]] == [(mine, ["监护人", "现住址"])]
    assert f'href="/people/{mine.pk}/"' in page.content.decode()


def _typed_dose(who, campaign, by) -> Dose:
    entry = Entry.objects.create(at=timezone.now(), by=by, source="certificate")
    return make.dose(who, "07-10", campaign=campaign, entry=entry, source="certificate")


def test_account_without_news_has_no_digest_and_the_page_says_so(campaign, cadre_baiping, client_of):
    assert _made() == 0
    assert "还没有新情况" in client_of(cadre_baiping).get("/digest/").content.decode()


def test_card_leads_to_the_digest_of_today(campaign, baiping, leader, cadre_baiping, client_of):
    send(baiping, campaign, leader)
    _made()
    assert "一日一报" in client_of(cadre_baiping).get("/today/").content.decode()
    page = client_of(cadre_baiping).get("/digest/").content.decode()
    assert "收到或退回 1 张，看要求和期限" in page


def test_digest_is_the_accounts_own(campaign, baiping, leader, cadre_baiping, sysadmin, nobody, client_of):
    send(baiping, campaign, leader)
    _made()
    other = make_user("tanjun", Role.CADRE, place=baiping)
    assert "还没有新情况" in client_of(other).get("/digest/").content.decode()
    assert (client_of(sysadmin).get("/digest/").status_code, nobody.get("/digest/").status_code) == (403, 302)


def test_task_makes_none_after_nine(campaign, baiping, leader, monkeypatch):
    send(baiping, campaign, leader)
    # 21:30 in Shanghai, in a year to come, so that all is older.
    monkeypatch.setattr(tasks.timezone, "now", lambda: datetime(2031, 8, 16, 13, 30, tzinfo=UTC))
    tasks.make_day_digests()
    assert Digest.objects.count() == 0


def test_what_somebody_did_is_no_news_to_them_and_to_another_of_the_same_scope(campaign, baiping, street):
    both = [make_user(name, Role.CADRE, place=baiping) for name in ("jia", "yi")]
    for user in both:
        user.grants.create(role=Role.STAFF, place=street)
    send(baiping, campaign, both[0])
    make_digests(ON, timezone.now() + timedelta(seconds=1))
    asked = {one.user.username: one.counts.get("asked") for one in Digest.objects.select_related("user")}
    assert asked == {"yi": 1}


@pytest.mark.parametrize("number", [1, 3])
def test_more_accounts_of_a_scope_take_their_scope_alone(number, campaign, baiping, leader):
    for position in range(number):
        make_user(f"cadre{position}", Role.CADRE, place=baiping)
    send(baiping, campaign, leader)
    with CaptureQueriesContext(connection) as queries:
        make_digests(ON, timezone.now() + timedelta(seconds=1))
    # What all accounts are granted is read at once, and the news of the village is counted once.
    assert len(queries) == 16


def test_database_takes_one_digest_a_day(campaign, staff):
    now = timezone.now()
    said = {"user": staff, "on": ON, "since": now - timedelta(days=1), "made_at": now}
    Digest.objects.create(**said)
    for wrong in ({}, {"on": date(2021, 8, 17), "since": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Digest.objects.create(**(said | wrong))
