"""网格: named sets of groups or buildings of a village; a group belongs to one grid at most."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet

from registry import audit
from registry.models import Grid, GridPlace, Place, User


class GridRefused(Exception):
    """A grid that cannot be; the message is one Chinese sentence."""


def grids_of(village: Place) -> QuerySet[Grid]:
    """Return the grids of a village with their groups (`places`) and workers' grants."""
    links = GridPlace.objects.select_related("place").order_by("place_id")
    return (
        Grid.objects.filter(village=village).prefetch_related(Prefetch("places", links), "grants__user").order_by("pk")
    )


def groups_of(village: Place) -> QuerySet[Place]:
    """Return the groups and buildings of a village, each with the grid it is in."""
    groups = Place.objects.inside(village.prefix).filter(level=Place.Level.GROUP)
    return groups.select_related("grid_link__grid").order_by("code")


@transaction.atomic
def save_grid(
    village: Place, grid: Grid | None, name: str, places: Sequence[str], *, by: User, address: str = ""
) -> Grid:
    """Make a grid, None, or change one: its name and all its groups. A group leaves the grid it was in.

    Its workers see the new groups from their next request on. Raises GridRefused.
    """
    groups = list(groups_of(village).filter(code__in=places))
    if not name:
        raise GridRefused("先写网格的名称，如“第一网格”。")
    if not groups:
        raise GridRefused("先勾选网格里的组；没有组的网格，网格员什么也看不到。")
    try:
        with transaction.atomic():
            grid = grid or Grid(village=village)
            grid.name = name[:60]
            grid.save()
    except IntegrityError as error:
        raise GridRefused(f"{village.name}已经有叫“{name}”的网格，换一个名称。") from error
    GridPlace.objects.filter(grid=grid).delete()
    GridPlace.objects.filter(place__in=groups).delete()
    GridPlace.objects.bulk_create(GridPlace(grid=grid, place=group) for group in groups)
    detail = {"网格": name, "组": "、".join(group.name for group in groups)}
    audit.record("grid.save", by=by, subject=f"grid {grid.pk}", detail=detail, address=address)
    return grid
