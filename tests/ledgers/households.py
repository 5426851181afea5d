"""Households for tests: a village of two groups, its grid, and rows with literal defaults."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.models import Campaign
from ledgers.models import SurveyRound, Visit
from registry.models import Grid, GridPlace, Household, Place, RoleGrant, User
from tests.factories import make_entry, make_place, make_user

CHINA = ZoneInfo("Asia/Shanghai")


def make_group(village: Place, number: int, name: str = "") -> Place:
    return make_place(f"{village.code}{number:03d}", name or f"{number}组")


def make_household(place: Place, sequence: int | None = None, **fields: Any) -> Household:
    """A household standing at `place`, a group or the village itself."""
    values = {"village_id": place.code[:12], "head": "冉启华", "entry": make_entry()} | fields
    return Household.objects.create(place=place, sequence=sequence, **values)


def make_grid(village: Place, name: str, *groups: Place) -> Grid:
    grid = Grid.objects.create(village=village, name=name)
    GridPlace.objects.bulk_create(GridPlace(grid=grid, place=group) for group in groups)
    return grid


def make_grid_worker(username: str, grid: Grid, name: str = "") -> User:
    user = make_user(username, name=name)
    RoleGrant.objects.create(user=user, role="cadre", place=grid.village, grid=grid)
    return user


def make_round(campaign: Campaign, number: int = 1, begins_on: str = "2021-08-01", **fields: Any) -> SurveyRound:
    values = {"entry": make_entry("certificate")} | fields
    return SurveyRound.objects.create(campaign=campaign, number=number, begins_on=begins_on, **values)


def make_visit(household: Household, of: SurveyRound, outcome: str, on: str, by: User, **fields: Any) -> Visit:
    """A visit at nine in the morning of `on`."""
    at = datetime.fromisoformat(f"{on}T09:00:00").replace(tzinfo=CHINA)
    values = {"spoke_with": "本人" if outcome == "phoned" else "", "entry": make_entry("certificate")} | fields
    return Visit.objects.create(
        household=household, campaign=of.campaign, round=of, outcome=outcome, at=at, received_at=at, by=by, **values
    )
