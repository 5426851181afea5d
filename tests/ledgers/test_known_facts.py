"""What was said of people, who was of which unit and which 禁忌 stood, as known at any moment (decision 0013)."""

import random
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from ledgers import exemptions
from ledgers.handovers import merging
from ledgers.models import Duplicate, Exemption, Reason, RosterImport, Statement
from ledgers.movements.said import said_at
from ledgers.movements.units import units_at
from ledgers.notes import new_entry, note_reason, note_statement
from ledgers.reasons import said_by_place
from ledgers.rosters.actions import undo
from ledgers.summary import Populations, by_unit
from ledgers.tallies import tallies
from ledgers.units import members
from registry.accounts import system_user
from registry.models import Membership, Resident, Unit
from registry.versions import cut_off
from tests.ledgers import make
from tests.ledgers.importing import ANNA, bring
from tests.ledgers.test_ledger_query import DAYS, street
from tests.ledgers.test_movements import something_happens

pytestmark = pytest.mark.django_db
TODAY = make.day("12-01")
MONTHS = [make.day(on) for on in ("05-01", "06-01", "07-01", "08-01")]


@pytest.fixture
def covid(settings):
    settings.TODAY = TODAY
    return make.campaign()


def counted(covid, on):
    """What the pages count for now, each by the query that they use."""
    units = by_unit(covid, on, Populations())
    return said_by_place(covid, on), {u: r for u, r in units.items() if u and r.all.in_scope}, tallies(covid, on)


def as_known(covid, on, moment):
    return said_at(covid, on, moment), units_at(covid, on, moment), tallies(covid, on, moment)


def fact_changes(covid, chance):
    """One change of what has a history of its own, by the office's own action."""
    who = chance.choice(list(Resident.objects.order_by("pk")))
    chance.choice([_a_reason, _a_reason, _a_statement, _joins, _leaves, _a_claim, _a_decision, _a_merge])(
        covid, chance, who
    )


def _a_reason(covid, chance, who):
    promised_on = make.day("04-20") + timedelta(days=chance.randrange(200))
    code = chance.choice(["3", "3", "42", "51", ""])
    note_reason(who, covid, code=code, promised_on=promised_on, entry=new_entry(system_user(), "verbal", ""))
    if chance.random() < 0.2:
        Reason.objects.filter(resident=who).delete()


def _a_statement(covid, chance, who):
    note_statement(who, covid, month=chance.choice(MONTHS), entry=new_entry(system_user(), "verbal", ""))
    said = Statement.objects.filter(closed_entry__isnull=True).order_by("pk")
    if said and chance.random() < 0.3:
        Statement.objects.filter(pk=chance.choice(list(said)).pk).update(closed_entry=make.entry())


def _joins(covid, chance, who):
    unit = chance.choice(list(Unit.objects.order_by("pk")))
    if not Membership.objects.filter(resident=who, unit=unit, left_on__isnull=True).exists():
        Membership.objects.create(unit=unit, resident=who, kind="staff", entry=make.entry())


def _leaves(covid, chance, who):
    open_now = list(Membership.objects.filter(left_on__isnull=True).order_by("pk"))
    if open_now:
        members.leave(chance.choice(open_now), on=TODAY, by=system_user())


def _a_claim(covid, chance, who):
    if not Exemption.objects.filter(resident=who, start_on=make.day("06-01")).exists():
        make.exemption(who, "06-01", chance.choice([None, "08-30"]), campaign=covid, state="claimed")


def _a_decision(covid, chance, who):
    one = chance.choice(list(Exemption.objects.order_by("pk")))
    if one.state == "claimed":
        exemptions.approve(one, by=system_user())
    elif one.state == "approved":
        exemptions.withdraw(one, by=system_user())


def _a_merge(covid, chance, who):
    other = chance.choice(list(Resident.objects.exclude(pk=who.pk).order_by("pk")))
    first, second = sorted((who, other), key=lambda one: one.pk)
    pair, _ = Duplicate.objects.get_or_create(first=first, second=second, defaults={"ground": "name_birth"})
    made = merging.merge(pair, chance.choice([first.pk, second.pk]), by=system_user())
    if chance.random() < 0.5:
        merging.undo(made, by=system_user())


@pytest.mark.parametrize("seed", [31, 32, 33])
def test_a_cut_off_keeps_reasons_claims_units_and_contraindications(covid, seed):
    street(covid, seed, size=50)
    chance = random.Random(seed)
    truth = {}
    for _ in range(5):
        for _ in range(12):
            fact_changes(covid, chance)
        something_happens(covid, chance)
        moment = cut_off()
        for on in DAYS[::4]:
            truth[on, moment] = counted(covid, on)
    assert {key: as_known(covid, *key) for key in truth} == truth
    # The walk reached all of it; a seed that leaves a part empty proves nothing.
    said = [one for places, _, _ in truth.values() for one in places.values()]
    cells = [one for *_, found in truth.values() for one in found.values()]
    assert any(one.reasons for one in said)
    assert any(one.claimants for one in said)
    assert any(one.contraindicated for one in cells)


def test_what_an_import_said_stays_known_after_it_is_undone(covid):
    make.village("500233003001", "朱河社区")
    bring(covid, ["单位名称", "行业类别"], ["乌杨水厂", "水电气暖油"])
    header = ["姓名", "身份证号", "所属社区", "工作单位", "未接种原因"]
    bring(covid, header, ["甄安", ANNA, "朱河社区", "乌杨水厂", "打工"])
    moment, known = cut_off(), counted(covid, TODAY)
    assert known[0]["500233003001"].reasons and known[1]
    undo(RosterImport.objects.latest("pk"), by=system_user())

    assert counted(covid, TODAY) == ({}, {}, {})
    assert as_known(covid, TODAY, moment) == known


@pytest.mark.parametrize(
    "module",
    ["ledgers.migrations.0012_facts_known_since_entered", "registry.migrations.0011_members_known_since_entered"],
)
def test_rows_of_before_the_history_are_known_since_their_entry(covid, module):
    who = make.resident(make.village("500233003201", "高寨村"))
    moment = cut_off()
    Reason.objects.create(resident=who, campaign=covid, code="42", entry=make.entry())
    make.member(make.unit("乌杨水厂"), who)
    told = {model: bool(model.objects.filter(known_at__lte=moment)) for model in (Reason, Membership)}
    import_module(module).known_since_entered(apps, None)

    now = {model: bool(model.objects.filter(known_at__lte=moment)) for model in (Reason, Membership)}
    changed = Reason if module.startswith("ledgers") else Membership
    assert (told, now) == ({Reason: False, Membership: False}, {Reason: False, Membership: False} | {changed: True})
