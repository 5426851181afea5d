"""Exports in full asked for, standing releases given, what the database refuses of them, and who takes part."""

import pytest
from django.db import IntegrityError, transaction

from registry.models import AuditEntry, Role
from reports.exports.ledger_files import order_export
from reports.exports.order import Terms
from reports.exports.release import Standing, give_standing_release
from reports.lists.asked import Asked
from reports.lists.people import Question
from tests.factories import make_user
from tests.ledgers import make
from tests.reports.lists_cast import people, town

__all__ = ["people", "town"]

ON = make.day("08-16")
FULL = Terms("上报县疫情防控指挥部", recipient="县疾控中心", is_full=True)


@pytest.fixture(autouse=True)
def that_day(settings):
    settings.TODAY = ON


@pytest.fixture
def colleague(street):
    return make_user("chenli", Role.STAFF, place=street, name="陈丽")


@pytest.fixture
def village_leader(baiping):
    return make_user("hezhengqing", Role.LEADER, place=baiping, name="何正清")


def ask(town, user, ledger="unvaccinated", terms=FULL, **said):
    return order_export(Question(Asked(ledger=ledger, on=ON, **said), town.campaign, user), terms=terms, by=user)


def standing(town, street, leader, *, days=7, **changed):
    terms = Terms(changed.get("purpose", FULL.purpose), changed.get("recipient", FULL.recipient), is_full=True)
    what = Standing(town.campaign, changed.get("place", street), changed.get("layout", "unvaccinated"), days)
    return give_standing_release(what, terms=terms, by=leader)


def actions():
    """What the trail says, after the loading of the plan."""
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))[1:]


def refused(name, make_it):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make_it()
    assert name in str(refusal.value)
