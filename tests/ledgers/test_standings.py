from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledgers.models import Dose, Excuse, Standing
from ledgers.signals import facts_changed
from ledgers.standings import announce, rebuild, rebuild_all
from tests.ledgers import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def covid():
    return make.campaign()


def test_rebuild_writes_the_timeline(covid):
    person = make.resident()
    make.dose(person, "06-01", campaign=covid)
    make.dose(person, "07-22", campaign=covid)

    rebuilt = rebuild(covid, [person.pk])

    first, second = Standing.objects.order_by("since")
    assert (first.since, first.until, first.counted) == (date(2021, 6, 1), date(2021, 7, 22), 1)
    assert (first.next_from, first.next_by) == (date(2021, 6, 22), date(2021, 7, 27))
    assert (second.since, second.until, second.completed_on) == (date(2021, 7, 22), None, date(2021, 7, 22))
    assert (first.platform.key, first.needed, first.needs_product) == ("inactivated", 2, False)
    assert (rebuilt.residents, rebuilt.since, rebuilt.rows) == ({person.pk}, date(2021, 6, 1), 2)


def test_rebuild_again_writes_nothing(covid):
    person = make.resident()
    make.dose(person, "06-01", campaign=covid)
    make.exemption(person, "07-01", "08-01", campaign=covid)
    rebuild(covid, [person.pk])
    keys = set(Standing.objects.values_list("pk", flat=True)) | set(Excuse.objects.values_list("pk", flat=True))

    rebuilt = rebuild(covid, [person.pk])

    assert (rebuilt.residents, rebuilt.since, rebuilt.rows) == (set(), None, 0)
    assert keys == set(Standing.objects.values_list("pk", flat=True)) | set(Excuse.objects.values_list("pk", flat=True))


def test_rebuild_removes_what_no_longer_stands(covid):
    person = make.resident()
    dose = make.dose(person, "06-01", campaign=covid)
    rebuild(covid, [person.pk])
    Dose.objects.filter(pk=dose.pk).update(state="removed", ended_entry=person.entry)

    rebuilt = rebuild(covid, [person.pk])

    assert not Standing.objects.exists()
    assert rebuilt.since == date(2021, 6, 1)


def test_rebuild_leaves_others_and_other_campaigns_alone(covid):
    influenza = make.campaign("influenza-60")
    person, other = make.resident(birth="1950-01-01"), make.resident()
    make.dose(person, "06-01", campaign=covid)
    make.dose(other, "06-01", campaign=covid)
    make.dose(person, "09-20", "influenza-quadrivalent", campaign=influenza)

    rebuild(influenza, [person.pk])

    stand = Standing.objects.get()
    assert (stand.campaign, stand.platform.key, stand.completed_on) == (influenza, "influenza", date(2021, 9, 20))


@pytest.mark.parametrize(("source", "counted"), [("clinic", 2), ("roster", 2), ("certificate", 1), ("health_code", 1)])
def test_a_stated_number_proves_doses_only_from_clinic_and_roster(covid, source, counted):
    person = make.resident()
    make.dose(person, "07-10", campaign=covid, stated_number=2, source=source)

    assert make.stand(covid)[0].counted == counted


def test_a_waiting_dose_does_not_count(covid):
    person = make.resident()
    make.dose(person, "07-10", campaign=covid, state="waiting")

    assert make.stand(covid) == []


@pytest.mark.parametrize(
    ("product", "on", "marks"),
    [
        ("bibp", "06-15", ""),
        ("sinovac", "06-15", ""),
        ("wibp", "08-17", "product_age"),
        ("wibp", "08-18", ""),
        ("cansino", "09-01", "product_age"),
        ("inactivated-any", "06-15", ""),
        (None, "06-15", "product_unknown"),
    ],
)
def test_a_product_not_approved_under_18_is_marked(covid, product, on, marks):
    person = make.resident(birth="2006-01-01")
    make.dose(person, on, product, campaign=covid)

    assert make.stand(covid)[0].marks == marks


def test_approved_exemptions_become_disjoint_periods(covid):
    person = make.resident()
    make.exemption(person, "07-01", "07-31", campaign=covid)
    make.exemption(person, "07-20", "08-10", campaign=covid)
    make.exemption(person, "09-01", campaign=covid)
    make.exemption(person, "08-20", campaign=covid, state="claimed")

    make.stand(covid)

    assert list(Excuse.objects.order_by("since").values_list("since", "until")) == [
        (date(2021, 7, 1), date(2021, 8, 11)),
        (date(2021, 9, 1), None),
    ]


def test_rebuild_costs_the_same_queries_for_one_and_for_many(covid):
    people = [make.resident() for _ in range(20)]
    for person in people:
        make.dose(person, "06-01", campaign=covid)
    with CaptureQueriesContext(connection) as for_one:
        rebuild(covid, [people[0].pk])
    with CaptureQueriesContext(connection) as for_many:
        rebuild(covid, [person.pk for person in people[1:]])

    assert len(for_one) == len(for_many)


def test_rebuild_all_takes_everybody(covid):
    for _ in range(3):
        make.dose(make.resident(), "06-01", campaign=covid)

    assert rebuild_all(covid).rows == 3


def test_announce_names_the_places_and_the_first_day(covid):
    heard = []

    def listen(**said):
        heard.append((said["campaign"], said["places"], said["since"]))

    facts_changed.connect(listen)
    people = [make.resident(make.village("500233003201", "高寨村")), make.resident()]

    announce(covid, [person.pk for person in people], date(2021, 6, 1))

    facts_changed.disconnect(listen)
    assert heard == [(covid, {"500233003201", "500233003000"}, date(2021, 6, 1))]
