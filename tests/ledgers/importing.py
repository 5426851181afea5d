"""Importing small rosters written in a test."""

from datetime import date
from itertools import count
from typing import Any

import pytest
from django.core.files.base import ContentFile

from campaigns.models import Campaign
from ledgers.models import Dose
from ledgers.rosters import actions, plan
from ledgers.rosters.pipeline import Decided
from registry.accounts import system_user
from registry.models import IdentityDocument, Place, Resident
from tests.ledgers import make
from tests.sheets import csv_text, identity_number

TODAY = date(2021, 8, 20)
ZHUHE, QINGLING = "500233003001", "500233003202"
ANNA, BERT, CARL = (identity_number("19730615", order) for order in (901, 902, 903))
WIDE = ["姓名", "身份证号", "村", "第一针接种时间", "第一针生产企业", "第二针接种时间", "第二针生产企业"]
LONG = ["姓名", "身份证号", "剂次", "接种日期", "生产企业"]
_names = count(1)


@pytest.fixture(params=[plan.CHUNK_ROWS, 1])
def campaign(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Campaign:
    """The 2021 plan with two villages, on 20 August 2021; rosters taken as a whole, and row by row."""
    monkeypatch.setattr(plan, "CHUNK_ROWS", request.param)
    settings.TODAY = TODAY
    campaign = make.campaign()
    make.village(ZHUHE, "朱河社区", base=100, of=campaign)
    make.village(QINGLING, "青岭村", base=100, of=campaign)
    return campaign


def bring(campaign: Campaign, *rows: list, source: str = "roster", kind: str = "", village: str = "") -> Decided:
    """Import rows, the heading first, as a file of its own, and return what was decided."""
    place = Place.objects.get(pk=village) if village else None
    file = ContentFile(csv_text(*rows).encode(), name=f"名单{next(_names)}.csv")
    return actions.import_now(file, campaign=campaign, by=system_user(), source=source, kind=kind, village=place)


def counts(decided: Decided) -> dict[str, int]:
    """Return the counts that are not 0."""
    return {name: number for name, number in decided.counts.items() if number}


def codes(decided: Decided) -> list[tuple[int, str]]:
    """Return (row, code) of every message, in the order of the rows."""
    return sorted((message.row, message.code) for message, _, _ in decided.plan.messages)


def who(number: str) -> Resident:
    return IdentityDocument.objects.get(number=number).resident


def doses(number: str, *states: str) -> list[tuple[str, int | None, str, str]]:
    """Return (day, stated number, product, state) of a person's doses, live ones unless states are named."""
    found = Dose.objects.filter(resident=who(number), state__in=states or ["live"]).order_by("given_on", "id")
    return [(f"{d.given_on:%m-%d}", d.stated_number, d.product.key if d.product else "", d.state) for d in found]
