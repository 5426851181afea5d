"""一村一策: the village and staff write, each wording stays, others read or find nothing."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.measures.actions import MeasureRefused, write_measure
from campaigns.measures.reading import measures_of
from campaigns.models import Measure
from tests.ledgers import make

ON = date(2021, 8, 16)
SAID = {"text": "逢场天设点", "responsible": "冉红梅", "start_on": ON, "due_on": date(2021, 8, 31)}
ASKED = {"text": "三组四组夜里入户", "responsible": "冉红梅", "start_on": "2021-08-16", "due_on": "2021-08-31",
         "state": "going"}  # fmt: skip


@pytest.fixture
def campaign(street, settings):
    settings.TODAY = ON
    return make.campaign()


@pytest.fixture
def measure(campaign, baiping, cadre_baiping) -> Measure:
    return write_measure(campaign, baiping, **SAID, by=cadre_baiping)


def test_changed_measure_keeps_its_earlier_wordings(measure, campaign, baiping, staff):
    changed = write_measure(campaign, baiping, **(SAID | {"text": "逢场天和周末设点"}), follows=measure, by=staff)
    write_measure(campaign, baiping, **(SAID | {"state": "done"}), follows=changed, by=staff)
    (line,) = measures_of(campaign, baiping, ON)
    assert [line.measure.state, *(old.text for old in line.earlier)] == ["done", "逢场天和周末设点", "逢场天设点"]


def test_same_wording_writes_nothing(measure, campaign, baiping, staff):
    assert write_measure(campaign, baiping, **SAID, follows=measure, by=staff) is None
    assert Measure.objects.count() == 1


def test_measure_that_somebody_changed_meanwhile_is_refused(measure, campaign, baiping, staff):
    write_measure(campaign, baiping, **(SAID | {"text": "甲"}), follows=measure, by=staff)
    with pytest.raises(MeasureRefused, match="刚被别人改过"):
        write_measure(campaign, baiping, **(SAID | {"text": "乙"}), follows=measure, by=staff)


def test_those_going_on_come_first_and_late_ones_say_so(measure, campaign, baiping, staff):
    write_measure(campaign, baiping, **(SAID | {"state": "done", "due_on": ON}), by=staff)
    lines = measures_of(campaign, baiping, date(2021, 9, 1))
    assert [(line.measure.state, line.is_late) for line in lines] == [("going", True), ("done", False)]


def test_village_and_staff_write_and_leaders_read(campaign, baiping, cadre_baiping, staff, leader, client_of):
    path = f"/measures/village/{baiping.code}/"
    for user in (cadre_baiping, staff):
        response = client_of(user).post(f"{path}new/", ASKED | {"text": f"措施{user.pk}"})
        assert (response.status_code, response.url) == (302, f"{path}?campaign={campaign.key}")
    page = client_of(leader).get(path).content.decode()
    assert (f"措施{staff.pk}" in page, "写一条措施" in page) == (True, False)
    assert client_of(leader).post(f"{path}new/", ASKED).status_code == 403


def test_measure_of_another_village_is_not_found(measure, baiping, cadre_huanggu, unit_contact, nobody, client_of):
    other = client_of(cadre_huanggu)
    path = f"/measures/village/{baiping.code}/"
    assert [other.get(path).status_code, other.get(f"{path}new/").status_code] == [404, 404]
    assert other.post(f"/measures/{measure.pk}/", ASKED).status_code == 404
    assert client_of(unit_contact).get(path).status_code == 403
    assert nobody.get(path).status_code == 302


def test_measure_is_changed_on_its_page_and_a_wrong_day_says_why(measure, cadre_baiping, client_of):
    client = client_of(cadre_baiping)
    wrong = client.post(f"/measures/{measure.pk}/", ASKED | {"due_on": "2021-08-01"})
    assert (wrong.status_code, "完成期限不能早于开始日" in wrong.content.decode()) == (422, True)
    client.post(f"/measures/{measure.pk}/", ASKED)
    assert Measure.objects.get(next__isnull=True).text == "三组四组夜里入户"
    assert client.get(f"/measures/{measure.pk}/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_measures_are_one_query(number, campaign, baiping, staff):
    for position in range(number):
        write_measure(campaign, baiping, **(SAID | {"text": str(position)}), by=staff)
    with CaptureQueriesContext(connection) as queries:
        assert [str(line.measure.by) for line in measures_of(campaign, baiping, ON)]
    assert len(queries) == 1


@pytest.mark.parametrize("changes", [{"text": ""}, {"responsible": ""}, {"due_on": date(2021, 8, 15)}])
def test_database_refuses_a_measure_that_says_too_little(changes, campaign, baiping, staff):
    said = SAID | {"campaign": campaign, "village": baiping, "by": staff, "at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.create(**(said | changes))
    assert Measure.objects.create(**said).pk
