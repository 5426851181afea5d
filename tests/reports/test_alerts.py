"""预警: rules that hold are raised once, end by themselves, say which rule it was, and are shown where they belong."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Campaign, PlanChange
from campaigns.nudges import actions
from campaigns.plan_edit.words import lines_of
from ledgers.checklists.answers import Said, answer
from ledgers.models import Contact, Dose
from registry.clock import start_of
from registry.models import AuditEntry, Entry, Place, Role
from reports.alerts.activity import active_since
from reports.alerts.check import check_alerts, findings
from reports.alerts.reading import alerts_of_day, open_alerts
from reports.alerts.rules import Thresholds, condition, is_dropout_near, read_thresholds, sentence
from reports.alerts.setting import set_thresholds
from reports.models import Alert
from reports.tasks import look_for_alerts
from tests.campaigns.nudges import send
from tests.factories import make_user
from tests.ledgers import make
from tests.ledgers.lists import brought, sheet
from tests.reports.lists_cast import counted_street, stand
from tests.sheets import identity_number

DAY = date(2021, 8, 16)
PAGE_QUERIES = 17


@pytest.mark.parametrize(
    ("lost", "base", "near"), [(4, 100, True), (3, 100, False), (39, 1000, False), (40, 1000, True), (0, 0, False)]
)
def test_dropout_is_near_from_the_threshold_on_exactly(lost, base, near):
    assert is_dropout_near(lost, base, Decimal("0.04")) is near


def test_without_a_threshold_nothing_is_near():
    assert is_dropout_near(50, 100, None) is False


def test_thresholds_stand_as_usual_until_the_campaign_says_otherwise():
    assert read_thresholds({}) == Thresholds(("behind", "at_risk"), Decimal("0.04"), 2)
    said = {"alert_phases": ["behind"], "alert_dropout": None, "alert_silent_days": 3}
    assert read_thresholds(said) == Thresholds(("behind",), None, 3)
    assert read_thresholds(said).as_json() == said


def test_alerts_read_as_sentences_with_their_rule():
    assert (
        sentence("dropout", {"lost": 9, "base": 200}, "0.04") == "脱失率 4.50 %，第二针应完成 200 人，其中超期未种 9 人"
    )
    assert condition("dropout", "0.04") == "脱失率达到 4 %"
    assert sentence("silent", {"open": 12}, "2") == "2 天没有走访、电话、接种和反馈的记录，还有 12 人可动员或到期、超期"
    phase = sentence("behind", {"remaining": 22, "winnable": 15}, "", "18岁及以上第一针", date(2021, 8, 31))
    assert phase == "“18岁及以上第一针”还差 22 人，其中可动员 15 人，8月31日截止"


@pytest.fixture
def town(baiping, huanggu):
    """See lists_cast: of 白坪村 one of three is overdue; everything was recorded on 1 July."""
    return counted_street(baiping, huanggu)


def _standing() -> set[tuple[str, str]]:
    found = Alert.objects.filter(ended_at__isnull=True).select_related("place")
    return {(one.place.name, one.rule) for one in found}


def test_rules_are_found_for_villages_and_the_whole(town):
    checked = check_alerts(town.campaign, DAY)
    assert (checked.raised, checked.ended, checked.open) == (Alert.objects.count(), 0, Alert.objects.count())
    assert _standing() >= {
        ("乌杨街道", "dropout"), ("白坪村", "dropout"), ("白坪村", "silent"), ("黄谷村", "silent"),
        ("黄谷村", "behind"),
    }  # fmt: skip
    behind = Alert.objects.get(place=town.huanggu, rule="behind", phase__key="adults-first")
    assert behind.figures == {"remaining": 1, "winnable": 1}
    assert Alert.objects.get(place=town.baiping, rule="dropout").figures == {"lost": 1, "base": 3}


def test_looking_twice_changes_nothing(town):
    check_alerts(town.campaign, DAY)
    before = list(Alert.objects.values())
    assert check_alerts(town.campaign, DAY).raised == 0
    assert list(Alert.objects.values()) == before


def test_what_is_over_ends_and_keeps_both_moments(town, baiping):
    check_alerts(town.campaign, DAY)
    who = town.campaign.targets.get(place=baiping)
    overdue = Dose.objects.get(given_on="2021-06-12").resident
    make.dose(overdue, "08-16", campaign=town.campaign)
    stand(town)
    assert check_alerts(town.campaign, DAY).ended >= 2
    ended = Alert.objects.get(place=baiping, rule="dropout")
    assert (ended.raised_on, ended.ended_on, ended.ended_at >= ended.raised_at) == (DAY, DAY, True)
    assert ended in [line.alert for line in alerts_of_day(town.campaign, DAY)]
    assert who.census_base == 10


def test_figures_of_what_goes_on_are_those_of_the_last_look(town, huanggu):
    check_alerts(town.campaign, DAY)
    make.resident(huanggu, "1990-01-01", name="余勇")
    stand(town)
    check_alerts(town.campaign, DAY + timedelta(days=1))
    alert = Alert.objects.get(place=huanggu, rule="behind", phase__key="adults-first")
    assert (alert.figures["remaining"], alert.raised_on) == (2, DAY)


def test_ended_campaign_and_days_outside_it_have_no_alerts(town):
    check_alerts(town.campaign, DAY)
    assert findings(town.campaign, date(2021, 11, 1)) == []
    Campaign.objects.filter(pk=town.campaign.pk).update(is_active=False)
    town.campaign.refresh_from_db()
    assert check_alerts(town.campaign, DAY).open == 0
    assert _standing() == set()


def test_each_kind_of_record_breaks_the_silence(town, baiping, huanggu, zhuhe, leader, cadre_huanggu):
    since = date(2021, 8, 14)
    assert active_since(town.campaign, since) == set()
    moment = start_of(since)
    entry = Entry.objects.create(at=moment, by=leader, source="roster")
    resident = Dose.objects.first().resident
    Contact.objects.create(resident=resident, campaign=town.campaign, outcome="told", at=moment, by=leader, entry=entry)
    assert active_since(town.campaign, since) == {baiping.code}
    nudge = send(huanggu, town.campaign, leader)
    assert active_since(town.campaign, since) == {baiping.code}
    actions.answer(nudge, text="办了。", on=DAY, by=cadre_huanggu)
    assert active_since(town.campaign, since) == {baiping.code, huanggu.code}
    make.dose(make.resident(zhuhe, name="李静"), "08-01", campaign=town.campaign, entry=entry)
    assert active_since(town.campaign, since) == {baiping.code, huanggu.code, zhuhe.code}
    assert active_since(town.campaign, since + timedelta(days=1)) == {huanggu.code}


def test_answer_to_a_list_breaks_the_silence_and_the_staff_s_does_not(town, zhuhe, huanggu, staff, cadre_huanggu):
    numbers = [identity_number("19540302", 910), identity_number("19730615", 910)]
    checklist = brought(town.campaign, sheet(*([n, f"冉{n}", number, "", "", ""] for n, number in enumerate(numbers))))
    for row, place, by in zip(checklist.rows.all(), (zhuhe, huanggu), (staff, cadre_huanggu), strict=True):
        row.village = place
        row.save()
        answer(row, Said("nobody"), by=by)
    assert active_since(town.campaign, DAY) == {huanggu.code}


def test_other_thresholds_are_kept_with_why_and_looked_at_at_once(town, staff):
    check_alerts(town.campaign, DAY)
    other = Thresholds(("behind",), Decimal("0.5"), None)
    assert set_thresholds(town.campaign, other, on=DAY, reason="例会决定", by=staff) is True
    assert {rule for _, rule in _standing()} == {"behind"}
    entry = AuditEntry.objects.filter(action="alert.thresholds").get()
    assert entry.detail == {
        "预警：阶段任务": ["behind、at_risk", "behind"], "预警：脱失率": ["0.04", "0.5"],
        "预警：没有动静的天数": ["2", ""], "原因": "例会决定",
    }  # fmt: skip
    change = PlanChange.objects.get()
    assert (change.state, change.reason, change.applied_by) == ("applied", "例会决定", staff)
    assert lines_of(change) == [
        ("预警：阶段任务", "behind、at_risk", "behind"),
        ("预警：脱失率", "0.04", "0.5"),
        ("预警：没有动静的天数", "2", "—"),
    ]
    town.campaign.refresh_from_db()
    assert town.campaign.thresholds["overdue_soon_days"] == 7
    assert set_thresholds(town.campaign, other, on=DAY, reason="再改", by=staff) is False


def test_task_looks_at_every_running_campaign(town):
    look_for_alerts()
    assert Alert.objects.filter(ended_at__isnull=True).exists()


# The pages.


def test_page_names_rule_and_moment_and_offers_a_sheet(town, leader, client_of):
    check_alerts(town.campaign, DAY)
    page = client_of(leader).get("/alerts/").content.decode()
    assert "脱失率 33.33 %，第二针应完成 3 人，其中超期未种 1 人" in page
    assert "8月16日发现；规则：脱失率达到 4 %" in page
    assert f"to=village:{town.huanggu.code}&amp;subject=phase:adults-first" in page.replace("%3A", ":")


def test_linked_villages_come_first(town, leader, client_of):
    Place.objects.filter(pk=town.baiping.pk).update(linked_leader=leader.name)
    check_alerts(town.campaign, DAY)
    page = client_of(leader).get("/alerts/").content.decode()
    assert page.index("我联系的") < page.index("黄谷村</a>")


def test_phase_items_of_a_village_stand_in_one_line(town, staff, client_of):
    for item in town.campaign.phase_items.all()[:3]:
        _alert(town.campaign, town.baiping, rule="behind", phase=item, figures={"remaining": 2, "winnable": 1})
    page = client_of(staff).get("/alerts/").content.decode()
    assert "阶段任务滞后 3 项" in page
    card = text_of_card(client_of(staff).get("/").content.decode(), "预警")
    assert "1" in card


def text_of_card(page: str, title: str) -> str:
    """What the card of the home page with this title says."""
    return next(part for part in page.split("<section")[1:] if f"> {title}</h2>" in part)


def test_village_sees_its_own_alerts_alone(town, cadre_huanggu, client_of):
    check_alerts(town.campaign, DAY)
    page = client_of(cadre_huanggu).get("/alerts/").content.decode()
    assert ("黄谷村" in page, "白坪村" in page, "乌杨街道合计" in page, "/nudges/new/" in page) == (
        True,
        False,
        False,
        False,
    )
    assert "预警" in client_of(cadre_huanggu).get("/today/").content.decode()


def test_alerts_are_not_for_units_clinics_and_nobody(
    town, unit_contact, clinic_user, department_user, nobody, client_of
):
    refused = [client_of(user).get("/alerts/").status_code for user in (unit_contact, clinic_user, department_user)]
    assert (refused, nobody.get("/alerts/").status_code) == ([403, 403, 403], 302)


def test_staff_change_the_conditions_and_nobody_else(town, staff, leader, county, client_of):
    asked = {"phases": ["behind"], "dropout": "3.5", "silent_days": "", "reason": "例会决定"}
    assert client_of(leader).post("/alerts/thresholds/", asked).status_code == 403
    elsewhere = make_user("qita", Role.STAFF, place=Place.objects.create(code="500233004000", name="外街道", level=9))
    assert client_of(elsewhere).post("/alerts/thresholds/", asked).status_code == 403
    client = client_of(staff)
    assert 'value="4"' in client.get("/alerts/thresholds/").content.decode()
    assert client.post("/alerts/thresholds/", asked | {"reason": ""}).status_code == 422
    assert client.post("/alerts/thresholds/", asked).status_code == 302
    thresholds = read_thresholds(Campaign.objects.get(pk=town.campaign.pk).thresholds)
    assert thresholds == Thresholds(("behind",), Decimal("0.035"), None)


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_for_one_alert_and_three(number, town, zhuhe, staff, client_of):
    for place in (town.baiping, town.huanggu, zhuhe)[:number]:
        _alert(town.campaign, place)
    client = client_of(staff)
    with CaptureQueriesContext(connection) as queries:
        client.get("/alerts/")
    assert len(queries) == PAGE_QUERIES


def test_open_alerts_are_one_query(town):
    check_alerts(town.campaign, DAY)
    with CaptureQueriesContext(connection) as queries:
        said = [f"{line.place.name}{line.sentence}{line.condition}" for line in open_alerts(town.campaign)]
    assert (len(queries), len(said)) == (1, Alert.objects.count())


# The database.


def _alert(campaign: Campaign, place: Place, **changes) -> Alert:
    said = {"rule": "silent", "threshold": "2", "raised_on": DAY, "raised_at": timezone.now()}
    return Alert.objects.create(campaign=campaign, place=place, **(said | changes))


@pytest.mark.parametrize(
    "changes",
    [{}, {"rule": "behind"}, {"ended_on": DAY}, {"ended_on": date(2021, 8, 15), "ended_at": timezone.now()}],
)
def test_database_refuses_an_alert_that_cannot_be(changes, town):
    first = _alert(town.campaign, town.baiping)
    with pytest.raises(IntegrityError), transaction.atomic():
        _alert(town.campaign, town.baiping, **({"rule": "dropout"} | changes if changes else {}))
    Alert.objects.filter(pk=first.pk).update(ended_on=DAY, ended_at=timezone.now())
    assert _alert(town.campaign, town.baiping).pk
