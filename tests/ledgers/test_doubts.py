"""请核一核: when a question is asked, how it reads, who sees it; households drawn again and how many agree."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from ledgers.doubts import revisits, rules
from ledgers.doubts.check import DoubtRefused, check_doubts, close_doubt
from ledgers.doubts.rules import Call, Limits
from ledgers.models import Doubt, Reason, Revisit, Visit
from ledgers.notes import new_entry, note_away
from registry.models import AuditEntry, Entry, Household, Role
from tests.factories import make_user
from tests.ledgers import make

DAY = make.day("08-16")
NINE = datetime(2021, 8, 16, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
LIMITS = Limits()


def calls(*minutes, account=1):
    """A household each at so many minutes past nine."""
    return [Call(account, "v", number, NINE + timedelta(minutes=at)) for number, at in enumerate(minutes)]


@pytest.mark.parametrize(
    ("minutes", "households"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 10], [10]),
        # Ten households in eleven minutes are not within ten.
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 11], []),
        # The densest stretch of the day counts, wherever it lies.
        ([0, 60, 120, *range(200, 211)], [11]),
        ([5] * 9, []),
    ],
)
def test_ten_households_within_ten_minutes_are_asked_about(minutes, households):
    assert [found.figures["households"] for found in rules.too_fast(calls(*minutes), LIMITS)] == households


def test_one_household_ten_times_and_ten_accounts_are_not_asked_about():
    same = [Call(1, "v", 7, NINE + timedelta(minutes=at)) for at in range(10)]
    others = [Call(account, "v", account, NINE) for account in range(10)]
    assert rules.too_fast(same, LIMITS) == rules.too_fast(others, LIMITS) == []


def test_three_households_at_the_same_second_are_asked_about():
    assert [found.figures["households"] for found in rules.same_moment(calls(5, 5, 5, 8), LIMITS)] == [3]
    assert rules.same_moment(calls(5, 5, 8), LIMITS) == []


def test_a_village_without_anybody_unwilling_is_asked_about():
    found = rules.no_refusal({"a": 100, "b": 100, "c": 99}, {"b": 1}, LIMITS)
    assert [(one.rule, one.village) for one in found] == [("no_refusal", "a")]


def test_five_per_cent_of_a_village_away_in_a_day_are_asked_about_exactly():
    found = rules.many_away({"a": 5, "b": 4, "c": 1}, {"a": 100, "b": 100}, LIMITS)
    assert [(one.village, one.limit) for one in found] == [("a", "5 %")]


def test_no_limit_asks_nothing():
    none = rules.read_limits(dict.fromkeys(Limits().as_json()) | {"doubt_fast_minutes": 10})
    assert rules.too_fast(calls(*[0] * 20), none) == rules.same_moment(calls(*[0] * 20), none) == []
    assert rules.no_refusal({"a": 999}, {}, none) == rules.many_away({"a": 9}, {"a": 9}, none) == []


def test_limits_survive_being_kept():
    limits = Limits(doubt_fast_households=7, doubt_away_share=Decimal("0.125"))
    assert rules.read_limits(limits.as_json()) == limits


@pytest.mark.parametrize(
    ("rule", "figures", "asked"),
    [
        (
            "fast",
            {"households": 11, "from": "2021-08-16T09:00:00+08:00", "to": "2021-08-16T09:08:00+08:00"},
            "冉红梅 09:00 到 09:08 登记了 11 户，是一起集中登记的吗？",
        ),
        (
            "same_moment",
            {"households": 3, "at": "2021-08-16T09:05:00+08:00"},
            "冉红梅 有 3 户的走访时间都是 09:05:00，是事后一起补的吗？",
        ),
        ("no_refusal", {"households": 120}, "冉红梅走访了 120 户，没有一个人不愿意接种，都问到了吗？"),
        ("away", {"away": 6, "people": 100}, "冉红梅一天里有 6 人改为外出（共 100 人），依据是什么？"),
    ],
)
def test_every_rule_asks(rule, figures, asked):
    assert rules.question(rule, figures, "冉红梅") == asked


@pytest.fixture
def covid(db, settings):
    settings.TODAY = DAY
    return make.campaign()


@pytest.fixture
def doors(covid, baiping, cadre_baiping):
    """Twelve households of 白坪村, visited within eleven minutes by one account."""
    entry = new_entry(cadre_baiping, "verbal", "入户排查")
    made = []
    for number in range(12):
        household = Household.objects.create(village=baiping, place=baiping, sequence=number + 1, entry=entry)
        at = NINE + timedelta(minutes=number)
        Visit.objects.create(
            household=household, campaign=covid, outcome="visited", at=at, received_at=at, by=cadre_baiping, entry=entry
        )
        made.append(household)
    return made


def test_a_day_is_asked_about_once_and_stays_closed(covid, doors, staff):
    assert [check_doubts(covid, DAY), check_doubts(covid, DAY)] == [1, 0]
    doubt = Doubt.objects.get()
    assert (doubt.rule, doubt.village_id, doubt.figures["households"]) == ("fast", "500233003215", 11)
    close_doubt(doubt, note="院坝会", by=staff)
    with pytest.raises(DoubtRefused, match="已经核实过"):
        close_doubt(doubt, note="再写一次", by=staff)
    assert check_doubts(covid, DAY) == 0
    assert Doubt.objects.get().note == "院坝会"
    assert AuditEntry.objects.filter(action="doubt.close").count() == 1


def test_what_is_entered_while_the_day_is_fixed_belongs_to_that_day(covid, doors):
    """Live entries bear the real clock: in a demonstration they are today's, and no other day's."""
    now = timezone.now()
    for visit in Visit.objects.all():
        Visit.objects.filter(pk=visit.pk).update(at=now, received_at=now)
    assert [check_doubts(covid, on) for on in (DAY - timedelta(days=1), DAY)] == [0, 2]
    assert {doubt.rule for doubt in Doubt.objects.all()} == {"fast", "same_moment"}


def test_people_moved_away_in_a_day_are_counted_by_village(covid, baiping, staff):
    people = [make.resident(baiping) for _ in range(20)]
    entry = Entry.objects.create(at=NINE, by=staff, source="verbal")
    note_away(people[0], to="浙江", since=None, entry=entry)
    assert check_doubts(covid, DAY) == 1
    assert Doubt.objects.get().figures == {"away": 1, "people": 20}


def test_a_walk_without_a_refusal_is_asked_about_once_in_the_whole_work(covid, doors, baiping):
    covid.thresholds = {"doubt_no_refusal_households": 12, "doubt_fast_households": None}
    covid.save()
    days = [DAY, DAY + timedelta(days=1)]
    assert [check_doubts(covid, on) for on in days] == [1, 0]
    Doubt.objects.all().delete()
    unwilling = make.resident(baiping)
    Reason.objects.create(resident=unwilling, campaign=covid, code="41", entry=unwilling.entry)
    assert check_doubts(covid, DAY) == 0


@pytest.mark.parametrize("closed", [{"note": "x"}, {"closed_at": NINE, "note": "x"}])
def test_a_closed_question_says_who_when_and_what(covid, doors, closed):
    check_doubts(covid, DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Doubt.objects.update(**closed)


def test_ten_of_twelve_are_drawn_and_the_same_again_from_the_same(covid, doors, staff):
    made = revisits.draw(covid, on=DAY, by=staff)
    keys = [household.pk for household in doors]
    assert sorted(one.household_id for one in made) == revisits.pick(keys[::-1], made[0].seed, "500233003215")
    assert len(made) == 10
    with pytest.raises(revisits.RevisitRefused, match="已经抽过"):
        revisits.draw(covid, on=DAY, by=staff)


def test_the_rate_counts_those_who_were_met(covid, doors, staff):
    made = revisits.draw(covid, on=DAY, by=staff)
    for one, outcome in zip(made, ["agrees", "agrees", "differs", "nobody"], strict=False):
        revisits.answer(one, outcome=outcome, note="登记外出，在家" if outcome == "differs" else "", by=staff)
    found = revisits.agreement(covid, DAY)["500233003215"]
    assert (found.rate, found.nobody, found.waiting) == (Fraction(2, 3), 1, 6)
    with pytest.raises(revisits.RevisitRefused, match="哪里不一致"):
        revisits.answer(made[0], outcome="differs", by=staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revisit.objects.filter(pk=made[5].pk).update(outcome="agrees")


NAMES = ["doubts", "doubt_limits", "revisits"]


def test_staff_see_the_pages_and_answer(covid, doors, staff, client_of):
    client = client_of(staff)
    client.post(reverse("doubts_check"))
    page = client.get(reverse("doubts")).content.decode()
    assert "冉红梅 09:00 到 09:10 登记了 11 户，是一起集中登记的吗？" in page
    client.post(reverse("doubt_close", args=[Doubt.objects.get().pk]), {"note": "院坝会"})
    client.post(reverse("revisits_draw"))
    client.post(reverse("revisit_answer", args=[Revisit.objects.first().pk]), {"outcome": "agrees"})
    assert "院坝会" in client.get(reverse("doubts")).content.decode()
    assert "一致率 100.00 %" in client.get(reverse("revisits")).content.decode()


def test_staff_change_the_limits_with_a_reason(covid, staff, client_of):
    client = client_of(staff)
    said = {"doubt_fast_households": "20", "doubt_fast_minutes": "15", "away_percent": "7.5"}
    assert client.post(reverse("doubt_limits"), said).status_code == 422
    client.post(reverse("doubt_limits"), said | {"reason": "会议决定"})
    covid.refresh_from_db()
    limits = rules.read_limits(covid.thresholds)
    assert limits == Limits(20, 15, None, None, Decimal("0.075"))
    assert AuditEntry.objects.get(action="doubt.limits").detail["原因"] == "会议决定"


@pytest.mark.parametrize("who", ["cadre_baiping", "leader", "unit_contact", "clinic_user", "auditor"])
def test_nobody_but_staff_sees_them(request, covid, who, client_of):
    client = client_of(request.getfixturevalue(who))
    assert [client.get(reverse(name)).status_code for name in NAMES] == [403] * 3


def test_who_has_not_logged_in_is_asked_to(covid, nobody):
    assert nobody.get(reverse("doubts")).status_code == 302


def test_after_an_act_one_stays_with_its_campaign(covid, cadre_baiping, staff, client_of):
    doubt = _doubt(covid, cadre_baiping)
    client = client_of(staff)
    make.campaign("influenza-60")
    asked = {"campaign": covid.key}
    for name, page in (("doubts_check", "doubts"), ("revisits_draw", "revisits")):
        assert client.post(reverse(name), asked)["Location"] == f"{reverse(page)}?campaign={covid.key}"
    answered = client.post(reverse("doubt_close", args=[doubt.pk]), {"note": "院坝会"})
    assert answered["Location"] == f"{reverse('doubts')}?campaign={covid.key}"


def test_staff_of_a_village_alone_see_no_question_and_find_none_by_key(covid, baiping, cadre_baiping, client_of):
    doubt = _doubt(covid, cadre_baiping)
    village_staff = make_user("cunzhuanban", Role.STAFF, place=baiping)
    assert list(Doubt.objects.visible_to(village_staff)) == []
    closing = client_of(village_staff).post(reverse("doubt_close", args=[doubt.pk]), {"note": "院坝会"})
    doubt.refresh_from_db()
    assert (closing.status_code, doubt.closed_at) == (404, None)


def _doubt(campaign, account) -> Doubt:
    return Doubt.objects.create(
        campaign=campaign, rule="no_refusal", on=make.day("08-16"), village=account.grants.get().place,
        figures={}, limit="0", found_at=timezone.now(),
    )  # fmt: skip
