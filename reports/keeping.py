"""Bringing stored figures to what was counted: rows that still hold are stamped anew, the others written in bulk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from registry import bulk


@dataclass(frozen=True)
class Stored:
    """What storing a day did: rows written, and how many of them are new or say something else than before."""

    figures: int
    changed: int
    # Keys of rows that were fresh and yet differed: never, unless a change went unannounced.
    drifted: tuple[str, ...] = ()


class Stamp(NamedTuple):
    """When rows were counted, and whether facts changed meanwhile."""

    computed_at: datetime
    is_stale: bool


def keep(
    stored: QuerySet,
    counted: Mapping[tuple, Any],
    names: tuple[str, str],
    stamp: Stamp,
    further: Callable[..., Mapping[str, Any]],
) -> Stored:
    """Bring the stored rows, named by two columns, to what was counted; `further` gives a row's other columns.

    The caller holds the lock under which a campaign's figures are written, so nobody else adds a row meanwhile.
    """
    rows = stored.values_list(*names, "pk", "counts", "is_stale")
    known = {(first, second): (pk, counts, stale) for first, second, pk, counts, stale in rows}
    stored.update(**stamp._asdict())
    new = [key for key in counted if key not in known]
    changed = [key for key, (_, counts, _) in known.items() if key in counted and counts != counted[key]]
    # A key that nobody has any more, such as a tag taken from its last bearer.
    gone = [key for key in known if key not in counted]
    stored.model.objects.filter(pk__among=[known[key][0] for key in gone]).delete()
    bulk.update(stored.model, ("id", "counts"), [(known[key][0], json.dumps(counted[key])) for key in changed])
    _insert(stored.model, new, counted, names, stamp, further)
    drifted = tuple(" ".join(map(str, key)) for key in [*changed, *gone] if not known[key][2])
    return Stored(figures=len(counted), changed=len(new) + len(changed) + len(gone), drifted=drifted)


def _insert(
    model: Any,
    keys: Sequence[tuple],
    counted: Mapping[tuple, Any],
    names: tuple[str, str],
    stamp: Stamp,
    further: Callable[..., Mapping[str, Any]],
) -> None:
    if not keys:
        return
    # SQLite keeps moments as text in UTC.
    at = connection.ops.adapt_datetimefield_value(stamp.computed_at)
    columns = (*names, *further(*keys[0]), "counts", "computed_at", "is_stale")
    rows = ((*key, *further(*key).values(), json.dumps(counted[key]), at, stamp.is_stale) for key in keys)
    bulk.insert(model, columns, rows)
