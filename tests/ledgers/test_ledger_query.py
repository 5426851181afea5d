"""One definition, two speeds: the grouped queries against the pure rules, person by person."""

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest

from ledgers import rules, summary
from ledgers.day import ledger
from ledgers.models import Dose, Exemption, Standing
from ledgers.rules import stand_on
from ledgers.vaccines import Vaccines
from registry.ages import age_on
from registry.models import Membership, Resident, ResidentTag
from tests.ledgers import make

pytestmark = pytest.mark.django_db

DAYS = [date(2021, 4, 30) + timedelta(days=17 * number) for number in range(12)] + [date(2021, 8, 16)]
RESIDENCIES = ["local", "local", "incoming", "away", "transient", "unknown"]
PRODUCTS = ["bibp", "sinovac", "cansino", "zf2001", "zf2001", None]


@pytest.fixture
def covid():
    return make.campaign()


def street(covid, seed, size=120):
    """A small street of people who differ in everything that the rules look at; the same for the same seed."""
    print(f"seed {seed}")
    chance = random.Random(seed)
    first, second = make.village("500233003201", "高寨村"), make.village("500233003202", "青岭村")
    places = [first, second, make.group(first, 1), make.group(second, 3), make.STREET]
    clinic, farm = make.unit("乌杨卫生院", "医疗卫生"), make.unit("乌杨柑橘合作社", "农业")
    act = make.entry()
    for _ in range(size):
        status, status_on = chance.choice([("active", None)] * 6 + [("outside", None), ("moved_out", "08-01")])
        person = make.resident(
            chance.choice(places),
            (date(1935, 1, 1) + timedelta(days=chance.randrange(28000))).isoformat(),
            residency=chance.choice(RESIDENCIES),
            status=status,
            status_on=status_on and make.day(status_on),
            entry=act,
        )
        _facts(covid, person, chance)
        if chance.random() < 0.3:
            make.member(chance.choice([clinic, farm]), person, chance.choice(["staff", "student"]))
        if chance.random() < 0.3:
            make.tag(person, chance.choice(["出国", "党员"]))
    make.stand(covid)


def _facts(covid, person, chance):
    for offset in chance.sample(range(200), chance.choice([0, 0, 1, 1, 2, 3])):
        on = (date(2021, 4, 1) + timedelta(days=offset)).isoformat()
        number = chance.choice([None, None, 1, 2, 3])
        make.dose(person, on, chance.choice(PRODUCTS), campaign=covid, stated_number=number)
    for offset in chance.sample(range(150), chance.choice([0, 0, 0, 1, 2])):
        start = date(2021, 4, 1) + timedelta(days=offset)
        end = chance.choice([None, start + timedelta(days=chance.randrange(90))])
        make.exemption(person, start.isoformat(), end and end.isoformat(), campaign=covid)


def standings_by_person(covid, on):
    """Everybody's (person, ledger, sub state, in dropout base, permanent), decided by the pure rules alone."""
    vaccines = Vaccines(covid)
    doses, exemptions = defaultdict(list), defaultdict(list)
    for dose in Dose.objects.select_related("resident"):
        fact = (dose.given_on, dose.product_id, dose.stated_number, dose.source, dose.resident.birth_on)
        doses[dose.resident_id].append(vaccines.fact(*fact))
    for exemption in Exemption.objects.all():
        exemptions[exemption.resident_id].append((exemption.state, exemption.start_on, exemption.end_on))
    for person in Resident.objects.order_by("pk"):
        stand = stand_on(vaccines.timeline(sorted(doses[person.pk])), on) if doses[person.pk] else None
        excused = any(rules.is_in_force(*exemption, on) for exemption in exemptions[person.pk])
        yield (
            person,
            rules.ledger_of(stand, excused=excused),
            rules.sub_state_of(stand, on, excused=excused) or "",
            rules.in_dropout_base(stand, on, excused=excused),
            rules.is_permanent(person.residency, is_placed=bool(person.village_code)),
        )


def in_scope(person, on, *, outside=False):
    present = rules.is_active(person.status, person.status_on, on) or (outside and person.status == "outside")
    return present and age_on(person.birth_on, on) >= 12


def tally(rows):
    counts = summary.Counts()
    for person, name, sub_state, in_base, _ in rows:
        counts += summary.Counts(
            in_scope=1, dropout_base=int(in_base), unknown_residency=int(person.residency == "unknown")
        )
        counts += summary.Counts(**{sub_state or name: 1})
    return counts


def populations(rows):
    rows = list(rows)
    return summary.Populations(tally(rows), tally(row for row in rows if row[4]))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_ledger_queryset_agrees_with_the_rules_for_many_days(covid, seed):
    street(covid, seed)
    for on in DAYS:
        expected = [
            (person.pk, *standing) for person, *standing in standings_by_person(covid, on) if in_scope(person, on)
        ]
        found = ledger(covid, on).order_by("pk")
        assert list(found.values_list("pk", "ledger", "sub_state", "in_dropout_base", "is_permanent")) == expected, on


def test_every_summary_agrees_with_the_rules_for_many_days(covid):
    street(covid, 3)
    units, tags = defaultdict(set), defaultdict(set)
    for resident_id, unit_id in Membership.objects.values_list("resident_id", "unit_id"):
        units[unit_id].add(resident_id)
    for resident_id, tag in ResidentTag.objects.values_list("resident_id", "tag__name"):
        tags[tag].add(resident_id)
    nobody = set(Resident.objects.values_list("pk", flat=True)) - set().union(*units.values())
    for on in DAYS:
        everybody = list(standings_by_person(covid, on))
        rows = [row for row in everybody if in_scope(row[0], on)]
        members = [row for row in everybody if in_scope(row[0], on, outside=True)]

        assert summary.by_place(covid, on) == grouped(rows, lambda person: person.place_id)
        bands = {person.pk: band(age_on(person.birth_on, on)) for person, *_ in rows}
        assert summary.by_age(covid, on) == grouped(rows, lambda person, bands=bands: bands[person.pk], BANDS)
        assert summary.by_tag(covid, on) == {
            tag: populations(row for row in rows if row[0].pk in people) for tag, people in tags.items()
        }
        assert summary.by_unit(covid, on) == {
            unit: populations(row for row in members if row[0].pk in people) for unit, people in units.items()
        } | {None: populations(row for row in rows if row[0].pk in nobody)}


BANDS = ["12-14", "15-17", "18-59", "60-69", "70-79", "80+"]


def band(age):
    return BANDS[sum(age >= first for first in (15, 18, 60, 70, 80))]


def grouped(rows, key_of, keys=()):
    groups = {key: [] for key in keys}
    for row in rows:
        groups.setdefault(key_of(row[0]), []).append(row)
    return {key: populations(group) for key, group in groups.items()}


def test_the_ledgers_add_up_to_everybody_in_scope(covid):
    street(covid, 4)
    for on in DAYS:
        for counts in (row.all for row in summary.by_village(summary.by_place(covid, on)).values()):
            assert counts.completed + counts.incomplete + counts.exempt + counts.unvaccinated == counts.in_scope


def test_two_doses_and_two_exemptions_count_one_person_once(covid):
    person = make.resident(make.village("500233003201", "高寨村"))
    make.dose(person, "06-01", campaign=covid)
    make.dose(person, "06-05", campaign=covid)
    make.exemption(person, "07-01", "07-31", campaign=covid)
    make.exemption(person, "07-10", "08-31", campaign=covid)
    make.stand(covid)

    row = summary.by_place(covid, make.day("07-20"))["500233003201"]

    assert (row.all.in_scope, row.all.excused) == (1, 1)


def test_a_person_of_two_units_counts_in_both(covid):
    person = make.resident()
    units = [make.unit("甲厂"), make.unit("乙厂")]
    for unit in units:
        make.member(unit, person)
    make.member(make.unit("丙厂"), make.resident(), left_on=make.day("07-01"))

    table = summary.by_unit(covid, make.day("08-16"))

    assert {key: row.all.in_scope for key, row in table.items()} == {units[0].pk: 1, units[1].pk: 1, None: 1}


def test_a_person_with_two_tags_counts_once_under_each(covid):
    person = make.resident()
    make.tag(person, "党员")
    make.tag(person, "出国")

    table = summary.by_tag(covid, make.day("08-16"))

    assert {key: row.all.in_scope for key, row in table.items()} == {"党员": 1, "出国": 1}


def test_people_of_another_street_are_not_in_the_ledger(covid):
    make.village("500233004201", "外街道村")
    make.resident("500233004201")

    assert summary.by_place(covid, make.day("08-16")) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_a_summary_by_place_is_one_query(covid, count, django_assert_num_queries):
    for _ in range(count):
        make.dose(make.resident(), "06-01", campaign=covid)
    make.stand(covid)
    covid.place  # noqa: B018 - fetched by every caller before
    assert Standing.objects.count() == count
    with django_assert_num_queries(1):
        summary.by_place(covid, make.day("08-16"))
