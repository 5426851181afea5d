"""Ledgers between two days reconcile, and a day reported stays what it was (rules 4, Movements)."""

import random
from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from ledgers import summary
from ledgers.corrections import DoseFacts, add_dose, correct_dose, correct_resident, remove_dose
from ledgers.day import LEDGERS, in_scope, ledger
from ledgers.exemptions import approve, withdraw
from ledgers.handovers import merging
from ledgers.models import Dose, Duplicate, Exemption, RosterImport
from ledgers.movements.between import counts_at, dosed_now, doses_at, movements
from ledgers.movements.folding import INSIDE, dose_splits, group_row, one_row, row_inside, statement, village_row
from ledgers.movements.known import Point
from ledgers.movements.members import members_between
from ledgers.movements.rules import MEASURES
from ledgers.movements.units import units_at
from ledgers.notes import new_entry
from ledgers.rosters.actions import undo
from ledgers.rules import is_permanent
from ledgers.summary import Populations
from ledgers.units.members import leave
from registry.accounts import system_user
from registry.models import Membership, Place, Resident
from registry.versions import cut_off
from tests.ledgers import make
from tests.ledgers.importing import ANNA, WIDE, bring
from tests.ledgers.test_ledger_query import DAYS, street

pytestmark = pytest.mark.django_db
TODAY = make.day("12-01")


@pytest.fixture
def covid():
    return make.campaign()


def counts_of_doses(covid, on):
    """First, second, third dose and full per place and population, from the standings as they are now."""
    found = defaultdict(lambda: defaultdict(int))
    rows = ledger(covid, on).values_list("place_id", "residency", "ledger", "standing__counted")
    for place, residency, name, counted in rows:
        permanent = is_permanent(residency, is_placed=place[9:12] != "000")
        own = {
            "first": name in ("completed", "incomplete"), "second": (counted or 0) >= 2,
            "third": (counted or 0) >= 3, "full": name == "completed",
        }  # fmt: skip
        for population in ("all", "permanent"):
            for measure in MEASURES:
                found[population, place][measure] += own[measure] if permanent or population == "all" else 0
    return found


def something_happens(covid, chance):
    """One change of facts as an office makes it, by its own action."""
    person = chance.choice(list(Resident.objects.order_by("pk")))
    on = max(person.birth_on, make.day("04-01") + timedelta(days=chance.randrange(230)))
    live = list(Dose.objects.filter(resident=person, state=Dose.State.LIVE).order_by("pk"))
    is_free = on not in {dose.given_on for dose in live}
    chance.choice([_a_dose, _a_dose, _a_dose, _a_record, _a_record, _an_exemption, _a_newcomer])(
        covid, chance, person, on, live, is_free
    )


def _a_dose(covid, chance, person, on, live, is_free):
    if live and chance.random() < 0.2:
        remove_dose(live[0], reason="录错", by=system_user())
    elif live and is_free and chance.random() < 0.3:
        correct_dose(live[0], DoseFacts(on, live[0].product), reason="录错", today=TODAY, by=system_user())
    elif is_free:
        add_dose(person, covid, DoseFacts(on, None), source="certificate", today=TODAY, by=system_user())


def _a_record(covid, chance, person, on, live, is_free):
    places = [place.pk for place in Place.objects.filter(level__gte=12).order_by("pk")]
    status, status_on = chance.choice([("active", None), ("outside", None), ("deceased", on), ("moved_out", on)])
    residency = chance.choice(["local", "away", "unknown", "transient"])
    changes = [
        {"place_id": chance.choice(places)},
        {"residency": residency},
        {"status": status, "status_on": status_on},
    ]
    correct_resident(person, chance.choice(changes), reason="核实", by=system_user())


def _an_exemption(covid, chance, person, on, live, is_free):
    approved = Exemption.objects.filter(resident=person, state="approved").first()
    if approved:
        withdraw(approved, by=system_user())
    elif not Exemption.objects.filter(resident=person, start_on=on, kind="contraindication").exists():
        approve(make.exemption(person, on.isoformat(), campaign=covid, state="claimed"), by=system_user())


def _a_newcomer(covid, chance, person, on, live, is_free):
    person = make.resident(chance.choice(list(Place.objects.order_by("pk"))), "2009-07-01")
    add_dose(person, covid, DoseFacts(on, None), source="certificate", today=TODAY, by=system_user())


@pytest.mark.parametrize("seed", [11, 12])
def test_any_two_days_reconcile_as_known_at_any_moment(covid, seed):
    street(covid, seed, size=60)
    chance = random.Random(seed)
    moments, truth = [], {}
    for _ in range(4):
        for _ in range(12):
            something_happens(covid, chance)
        moment = cut_off()
        moments.append(moment)
        for on in DAYS[::3]:
            truth[on, moment] = (summary.by_place(covid, on), counts_of_doses(covid, on))
    for (on, moment), (places, doses) in truth.items():
        assert counts_at(covid, on, moment) == places, (on, moment)
        found = by_population(doses_at(covid, on, moment))
        assert {key: row for key, row in found.items() if any(row.values())} == {
            key: dict(row) for key, row in doses.items() if any(row.values())
        }
    for _ in range(60):
        opening, closing = chance.choice(list(truth)), chance.choice(list(truth))
        reconciles(covid, opening, closing, truth)


@pytest.mark.parametrize("seed", [21])
def test_units_are_counted_as_known_at_any_moment(covid, seed):
    street(covid, seed, size=40)
    chance = random.Random(seed)
    units = [make.unit("乌杨水厂"), make.unit("乌杨小学")]
    for number, who in enumerate(Resident.objects.order_by("pk")[:24]):
        Membership.objects.filter(resident=who).delete()
        make.member(units[number % 2], who)
    Resident.objects.filter(pk=Resident.objects.order_by("pk").first().pk).update(status="outside")
    truth = {}
    for number in range(3):
        moment = cut_off()
        for on in DAYS[::4]:
            now = summary.by_unit(covid, on, Populations())
            truth[on, moment] = {unit: row for unit, row in now.items() if unit and row.all.in_scope}
        for _ in range(8):
            something_happens(covid, chance)
        who = Resident.objects.order_by("pk")[30 + number]
        entry = new_entry(system_user(), "roster", "晚到的名册")
        Membership.objects.create(unit=units[0], resident=who, kind="staff", entry=entry)
    assert {key: units_at(covid, *key) for key in truth} == truth
    on = DAYS[0]
    now = summary.by_unit(covid, on, Populations())
    assert units_at(covid, on) == {unit: row for unit, row in now.items() if unit}


@pytest.mark.parametrize("seed", [31])
def test_units_reconcile_between_two_days_as_known_at_any_moment(covid, seed):
    """Each unit by itself, and both together with each head once; late joining, leaving and merging put back."""
    street(covid, seed, size=40)
    chance = random.Random(seed)
    units = [make.unit("乌杨水厂"), make.unit("乌杨小学")]
    Membership.objects.all().delete()
    for number, who in enumerate(Resident.objects.order_by("pk")[:30]):
        for unit in units if number % 5 == 0 else units[number % 2 :][:1]:
            make.member(unit, who)
    Resident.objects.filter(pk=Resident.objects.order_by("pk").first().pk).update(status="outside")
    keys = [unit.pk for unit in units]
    truth = {}
    for number in range(3):
        moment = cut_off()
        for on in DAYS[::5]:
            truth[on, moment] = (
                summary.by_unit_of(covid, on, keys),
                summary.of_units(covid, on, keys),
                by_population(dosed_now(in_scope(summary.members_of(keys), covid, on, outside=True), covid, on)),
            )
        for _ in range(10):
            something_happens(covid, chance)
        entry = new_entry(system_user(), "roster", "晚到的名册")
        for unit in units:
            who = Resident.objects.order_by("pk")[30 + number]
            Membership.objects.create(unit=unit, resident=who, kind="staff", entry=entry)
            leave(chance.choice(list(unit.memberships.filter(left_on__isnull=True))), on=TODAY, by=system_user())
        # One of a unit and one of none, merged: the membership goes to the record that is kept.
        inside = Membership.objects.filter(left_on__isnull=True).last().resident
        outside = Resident.objects.exclude(pk=inside.pk).last()
        pair = sorted((inside, outside), key=lambda one: one.pk)
        found, _ = Duplicate.objects.get_or_create(first=pair[0], second=pair[1], defaults={"ground": "name_birth"})
        merging.merge(found, outside.pk, by=system_user())
    for _ in range(12):
        (opening, closing) = sorted(chance.sample(list(truth), 2), key=lambda end: end[1])
        _units_reconcile(covid, units, Point(*opening), Point(*closing), truth[opening], truth[closing])


def _units_reconcile(covid, units, opening, closing, truth_before, truth_after):
    members = members_between(covid, opening, closing, [unit.pk for unit in units])
    assert members.by_unit_at(opening) == truth_before[0]
    assert members.counts_at(opening) == truth_before[1]
    assert nonzero(by_population(members.doses_at(opening))) == nonzero(truth_before[2])
    tables = [(INSIDE, truth_before[1], truth_after[1], members.movements(opening, closing))]
    by_unit = members.movements_by_unit(opening, closing)
    for unit in units:
        before, after = (truth[0].get(unit.pk, Populations()) for truth in (truth_before, truth_after))
        tables.append((unit, before, after, by_unit.get(unit.pk, [])))
    for _, before, after, found in tables:
        assert all(mover.cause for mover in found if mover.path.opening.ledger != mover.path.closing.ledger)
        for permanent in (False, True):
            lines = statement({"": before}, found, one_row, permanent=permanent)[INSIDE]
            wanted = after.permanent if permanent else after.all
            assert {name: line.closing for name, line in lines.items()} == {
                name: getattr(wanted, name) for name in LEDGERS
            }
    everybody = list(members.movers(opening, closing))
    assert len(everybody) == sum(mover.number for mover in tables[0][3])
    keys = {mover.resident for mover in everybody[::2]}
    assert {mover.resident for mover in members.movers(opening, closing, among=keys)} == keys


def nonzero(found):
    return {key: row for key, row in found.items() if any(row.values())}


def test_who_joins_a_unit_after_a_signed_day_comes_into_it_as_such(covid):
    unit, who = make.unit("乌杨水厂"), make.resident(make.village("500233003001", "朱河社区"), "1970-01-01")
    on, moment = make.day("08-15"), cut_off()
    entry = new_entry(system_user(), "roster", "晚到的名册")
    Membership.objects.create(unit=unit, resident=who, kind="staff", entry=entry)
    opening, closing = Point(on, moment), Point(make.day("08-16"))
    members = members_between(covid, opening, closing, [unit.pk])
    line = statement({"": members.counts_at(opening)}, members.movements(opening, closing), one_row)[INSIDE]
    assert (line["unvaccinated"].opening, line["unvaccinated"].closing) == (0, 1)
    assert dict(line["unvaccinated"].into) == {("", "joined"): 1}


def test_who_leaves_a_unit_after_a_signed_day_goes_out_of_it_as_such(covid):
    unit, who = make.unit("乌杨水厂"), make.resident(make.village("500233003001", "朱河社区"), "1970-01-01")
    membership = Membership.objects.create(unit=unit, resident=who, kind="staff", entry=make.entry())
    opening, closing = Point(make.day("08-15"), cut_off()), Point(make.day("08-16"))
    leave(membership, on=TODAY, by=system_user())
    members = members_between(covid, opening, closing, [unit.pk])
    line = statement({"": members.counts_at(opening)}, members.movements(opening, closing), one_row)[INSIDE]
    assert (line["unvaccinated"].opening, line["unvaccinated"].closing) == (1, 0)
    assert dict(line["unvaccinated"].out) == {("", "left"): 1}
    assert [one.cause for one in members.movements_by_unit(opening, closing)[unit.pk]] == ["left"]


def by_population(table):
    found = {}
    for place, row in table.items():
        found["all", place] = {measure: numbers[0] for measure, numbers in row.items()}
        found["permanent", place] = {measure: numbers[1] for measure, numbers in row.items()}
    return found


def reconciles(covid, opening, closing, truth):
    found = movements(covid, Point(*opening), Point(*closing))
    assert "" not in {mover.cause for mover in found if mover.path.opening.ledger != mover.path.closing.ledger}
    for row_of in (village_row, group_row, row_inside("500233003"), row_inside("500233003201")):
        for population in ("all", "permanent"):
            permanent = population == "permanent"
            lines = statement(truth[opening][0], found, row_of, permanent=permanent)
            expected = fold(truth[closing][0], row_of)
            for row in {*lines, *expected}:
                for name in LEDGERS:
                    wanted = getattr(getattr(expected.get(row, Populations()), population), name)
                    assert lines[row][name].closing == wanted, (opening, closing, row, name)
            splits = dose_splits(found, row_of, permanent=permanent)
            differences = defaultdict(int)
            for sign, side in ((-1, opening), (1, closing)):
                for (whose, place), measures in truth[side][1].items():
                    for measure, number in measures.items():
                        if whose == population:
                            differences[row_of(place), measure] += sign * number
            summed = {(row, m): parts.total() for row, of in splits.items() for m, parts in of.items()}
            assert {k: v for k, v in summed.items() if v} == {k: v for k, v in differences.items() if v}


def fold(table, row_of):
    rows = defaultdict(Populations)
    for place, counts in table.items():
        rows[row_of(place)] += counts
    return rows


def test_what_was_known_stays_after_an_import_is_undone(covid):
    make.village("500233003001", "朱河社区")
    bring(covid, WIDE, ["甄安", ANNA, "朱河社区", "2021-07-10", "北京生物", "", ""])
    moment = cut_off()
    known = summary.by_place(covid, TODAY)
    undo(RosterImport.objects.latest("pk"), by=system_user())

    assert summary.by_place(covid, TODAY) == {}
    assert counts_at(covid, TODAY, moment) == known
    causes = {mover.cause for mover in movements(covid, Point(TODAY, moment), Point(TODAY))}
    assert causes == {"withdrawn"}


def test_what_was_known_stays_after_two_records_are_merged_and_parted_again(covid):
    first, second = make.resident(name="甄安"), make.resident(name="甄安")
    add_dose(second, covid, DoseFacts(make.day("07-10"), None), source="certificate", today=TODAY, by=system_user())
    moments = [cut_off()]
    known = [summary.by_place(covid, TODAY)]
    pair = Duplicate.objects.create(first=first, second=second, ground="name_birth")
    made = merging.merge(pair, first.pk, by=system_user())
    moments.append(cut_off())
    known.append(summary.by_place(covid, TODAY))
    merging.undo(made, by=system_user())

    assert [counts_at(covid, TODAY, moment) for moment in moments] == known
    assert summary.by_place(covid, TODAY) == known[0] != known[1]
    merged = movements(covid, Point(TODAY, moments[0]), Point(TODAY, moments[1]))
    assert Counter({mover.cause: mover.number for mover in merged}) == {"late": 1, "merged": 1}
