"""What cadres recorded at some doors this morning, by the very functions that pages use."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from campaigns.models import Campaign
from ledgers.models import Standing
from ledgers.survey.record import record_visit
from ledgers.survey.told import Answer, Told
from registry.models import Household, Resident, User
from reports.demo.street import BY_NAME, DEMO_DAY

_DOORS = 12


def write_answers(campaign: Campaign, accounts: dict[str, User], seed: int) -> int:
    """Record the first doors of 白坪村 with an answer for each member; returns how many visits."""
    rng = Random(seed)  # noqa: S311 - invented visits, no secrets
    village = BY_NAME["白坪村"].code
    doors = Household.objects.inside(village).filter(state=Household.State.HOME).walking()[:_DOORS]
    for household in doors:
        answers = tuple(_answer(rng, member, campaign) for member in _members(household))
        told = Told(UUID(int=rng.getrandbits(128), version=4), timezone.now(), "visited", answers=answers)
        record_visit(household, campaign, told, by=accounts["baiping"])
    return len(doors)


def _members(household: Household) -> list[Resident]:
    return list(Resident.objects.filter(household=household, status="active").order_by("pk"))


def _answer(rng: Random, member: Resident, campaign: Campaign) -> Answer:
    """Who is done is as before; the others promise, explain, say or show something."""
    standing = Standing.objects.filter(resident=member, campaign=campaign, until=None).first()
    if standing is not None and standing.completed_on:
        return Answer(member.pk, "same")
    if standing is not None:
        return Answer(member.pk, "promise", {"on": (DEMO_DAY + timedelta(days=rng.randint(1, 4))).isoformat()})
    choices = (
        ("reason", {"code": rng.choice(("41", "42", "8"))}),
        ("promise", {"on": (DEMO_DAY + timedelta(days=rng.randint(1, 6))).isoformat()}),
        ("statement", {"month": "2021-07"}),
        ("away", {"to": rng.choice(("浙江宁波", "广东东莞", "重庆万州")), "since": "2021-03"}),
        ("same", {}),
    )
    kind, detail = rng.choice(choices)
    return Answer(member.pk, kind, detail)
