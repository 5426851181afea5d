"""Whose movements a page shows: a place, a 片区, the villages that an account answers for, or its units."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from campaigns.models import Campaign
from ledgers.movements.folding import RowOf, group_row, one_row, row_inside, village_row
from registry.models import Place, Unit, User
from registry.querysets import within
from reports.dashboard.access import get_place_for, get_unit_for, reach_of, units_visible_to
from reports.movements.asked import EVERY_UNIT, Between


@dataclass(frozen=True)
class Area:
    """`place` holds all of it; `villages` are the codes of those meant, none where the whole place is."""

    name: str
    place: Place
    villages: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        return self.place.prefix

    @property
    def inside(self) -> RowOf:
        """Name the one row of all of it."""
        return row_inside(*(self.villages or (self.prefix,)))

    @property
    def row_of(self) -> RowOf:
        return group_row if self.place.level == Place.Level.VILLAGE else village_row

    @property
    def row_level(self) -> int:
        return Place.Level.GROUP if self.place.level == Place.Level.VILLAGE else Place.Level.VILLAGE

    @property
    def has_rows(self) -> bool:
        return self.place.level < Place.Level.GROUP

    @property
    def rows_name(self) -> str:
        return "组" if self.row_level == Place.Level.GROUP else "村（社区）"

    def holds(self, code: str) -> bool:
        return code.startswith(self.villages or self.prefix)


@dataclass(frozen=True)
class UnitArea:
    """The members of some units, wherever they live; `place` is the campaign's, and says where they stand."""

    name: str
    place: Place
    units: tuple[Unit, ...]
    villages = ()
    inside = row_of = staticmethod(one_row)
    rows_name = "单位"

    @property
    def prefix(self) -> str:
        return self.place.prefix

    @property
    def keys(self) -> list[int]:
        return [unit.pk for unit in self.units]

    @property
    def has_rows(self) -> bool:
        return len(self.units) > 1

    def holds(self, code: str) -> bool:
        return False


def units_of(user: User, campaign: Campaign) -> QuerySet[Unit]:
    """Return the units that the account answers for or oversees at the campaign's place."""
    return units_visible_to(user).filter(within(campaign.place.prefix))


def answers_for_nobody(user: User, campaign: Campaign) -> bool:
    """Tell whether the account has neither places nor units: a department that oversees no unit yet."""
    return not reach_of(user, campaign).prefixes and not units_of(user, campaign).exists()


def unit_area(user: User, campaign: Campaign, unit: str = EVERY_UNIT) -> UnitArea:
    """Return one unit, or all that the account answers for or oversees; "not found" where that is none."""
    if unit != EVERY_UNIT:
        units = (get_unit_for(user, int(unit)),)
    else:
        units = tuple(units_of(user, campaign).order_by("name", "pk"))
    if not units:
        raise Http404
    return UnitArea(units[0].name if len(units) == 1 else f"{len(units)} 个单位", campaign.place, units)


def area_for(user: User, campaign: Campaign, asked: Between) -> Area | UnitArea:
    """Return what is asked for within what the account reads; without a question all of that. Else "not found"."""
    if asked.unit:
        return unit_area(user, campaign, asked.unit)
    if asked.place and asked.place != campaign.place_id:
        place = get_place_for(user, campaign, asked.place)
        return Area(str(place), place)
    reach = reach_of(user, campaign)
    if not reach.prefixes:
        # Who answers for units has no place of its own.
        return unit_area(user, campaign)
    if reach.whole and not asked.district:
        return Area(str(campaign.place), campaign.place)
    villages = [one for one in Place.objects.villages().inside(campaign.place.prefix) if reach.covers(one.code)]
    if asked.district:
        villages = [one for one in villages if one.district_group == asked.district]
    if len(villages) == 1 and not asked.district:
        return Area(str(villages[0]), villages[0])
    if not villages and asked.district:
        raise Http404
    if not villages:
        # Who answers for some groups of a village has these alone.
        return _of_groups(user, campaign, reach.prefixes)
    name = asked.district or f"{len(villages)} 个村（社区）"
    return Area(name, campaign.place, tuple(one.code for one in villages))


def _of_groups(user: User, campaign: Campaign, prefixes: tuple[str, ...]) -> Area:
    place = get_place_for(user, campaign, prefixes[0])
    return Area(str(place), place)


def district_row(districts: dict[str, str]) -> RowOf:
    """The row of a table by 片区: `districts` says the one of each village; "" where it has none."""

    def row(place: str) -> str:
        return districts.get(place[: Place.Level.VILLAGE], "")

    return row
