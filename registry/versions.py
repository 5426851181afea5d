"""What was known at a moment: rows that decide ledgers bear when they became known, and stay when they end.

Each such table has a twin of past rows. The database itself moves a row there when it is deleted or
changed, so that no way of writing can forget it: imports by COPY, undoing, merging, a form. Nothing is
copied while nothing changes. See docs/decisions for the other ways and what each costs.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import OperationalError, connection, models, transaction
from django.db.models.functions import Now
from django.utils import timezone

# Any number that no other advisory lock of ours has.
_LOCK = 500_233_003
_SQLITE_NOW = "STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')"
_MILLISECOND = 0.001


class Clock(Now):
    """The moment a row is written, not the one its statement or transaction began: see `cut_off`."""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        return self.as_sql(compiler, connection, template="CLOCK_TIMESTAMP()", **context)


class CutOffBusy(Exception):
    """Something long is being written; the message is the sentence for the page."""


def cut_off(*, wait_seconds: int = 10) -> datetime:
    """Return a moment that divides what is known from what comes later, for ever.

    All that is written has ended before it or begins after it. Call it first in its transaction; it waits
    for whoever is writing facts and raises CutOffBusy when that takes longer than `wait_seconds`.
    """
    if connection.vendor == "postgresql":
        return _cut_off_postgresql(wait_seconds)
    # The write lock, with which every transaction here begins, is ours: nobody else is writing. SQLite's
    # own clock knows milliseconds, so the moment lies between two of them and the next has begun.
    with transaction.atomic():
        now = timezone.now()
        moment = now.replace(microsecond=now.microsecond // 1000 * 1000 + 500)
        time.sleep(2 * _MILLISECOND)
        return moment


def _cut_off_postgresql(wait_seconds: int) -> datetime:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{int(wait_seconds)}s'")
            # Waits for whoever has written facts and not yet committed, and holds back who is about to.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute("SET LOCAL lock_timeout = 0")
            cursor.execute("SELECT CLOCK_TIMESTAMP()")
            return cursor.fetchone()[0].astimezone(UTC)
    except OperationalError as error:
        raise CutOffBusy("正在入库一份大的花名册，等它入库以后再试。") from error


def keep_past(model: type[models.Model], past: type[models.Model], changing: Sequence[str] = ()) -> None:
    """Have the database keep rows of `model` in `past` when they are deleted, or when `changing` columns change.

    `past` holds columns of the same names and `ended_at`; one that `model` lacks takes the row's own key (`row_id`,
    and `resident_id` of the resident's own table). Safe to run again: SQLite drops triggers when a migration
    rebuilds a table.
    """
    columns = [field.column for field in past._meta.concrete_fields if field.column not in ("id", "ended_at")]
    table, target = model._meta.db_table, past._meta.db_table
    sources = [name if _has(model, name) else "id" for name in columns]
    make = _keep_postgresql if connection.vendor == "postgresql" else _keep_sqlite
    with connection.cursor() as cursor:
        for statement in make(table, target, columns, sources, changing):
            cursor.execute(statement)


class Changed(NamedTuple):
    """Rows that came, changed or went since a moment: their keys, and the values of those that were there at it."""

    keys: set[int]
    rows: list[tuple[Any, ...]]


def changed_rows(now: models.QuerySet, past: models.QuerySet, moment: datetime, columns: Sequence[str]) -> Changed:
    """Tell what of a table whose rows change in place was other at `moment`; two index scans.

    All other rows of `now` were at the moment as they are. `past` has the key as `row_id`.
    """
    # Of a row's past versions the first to end after the moment is the one known at it, if it was there by then.
    ended = past.filter(ended_at__gt=moment).order_by("ended_at", "pk")
    known: dict[int, tuple[datetime, tuple[Any, ...]]] = {}
    for key, known_at, *values in ended.values_list("row_id", "known_at", *columns):
        known.setdefault(key, (known_at, tuple(values)))
    came = now.filter(known_at__gt=moment).order_by().values_list("pk", flat=True)
    return Changed({*known, *came}, [values for known_at, values in known.values() if known_at <= moment])


def _has(model: type[models.Model], column: str) -> bool:
    return any(field.column == column for field in model._meta.concrete_fields)


def _keep_sqlite(table: str, target: str, columns: list[str], sources: list[str], changing: Sequence[str]) -> list[str]:
    old = ", ".join(f"OLD.{name}" for name in sources)
    insert = f"INSERT INTO {target} ({', '.join(columns)}, ended_at) VALUES ({old}, {_SQLITE_NOW})"  # noqa: S608
    events = {"deleted": "DELETE"}
    if changing:
        events["changed"] = f"UPDATE OF {', '.join(changing)}"
    made = []
    for name, event in events.items():
        when = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in changing) if name == "changed" else "1"
        made.append(f"DROP TRIGGER IF EXISTS {table}_{name}")
        made.append(f"CREATE TRIGGER {table}_{name} AFTER {event} ON {table} WHEN {when} BEGIN {insert}; END")
    return made


def _keep_postgresql(
    table: str, target: str, columns: list[str], sources: list[str], changing: Sequence[str]
) -> list[str]:
    into = f"INSERT INTO {target} ({', '.join(columns)}, ended_at)"
    made = [
        _function("hold_back_cut_off", f"PERFORM pg_advisory_xact_lock_shared({_LOCK})"),
        _trigger(table, "held", "BEFORE INSERT OR UPDATE OR DELETE ON", "FOR EACH STATEMENT", "hold_back_cut_off"),
        # All rows of a statement at once: an import deletes them by the ten thousand.
        _function(f"{table}_deleted", f"{into} SELECT {', '.join(sources)}, CLOCK_TIMESTAMP() FROM old_rows"),  # noqa: S608
        _trigger(table, "deleted", "AFTER DELETE ON", "REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT"),
    ]
    if changing:
        old = ", ".join(f"OLD.{name}" for name in sources)
        when = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in changing)
        event = f"AFTER UPDATE OF {', '.join(changing)} ON"
        made += [
            _function(f"{table}_changed", f"{into} VALUES ({old}, CLOCK_TIMESTAMP())"),
            _trigger(table, "changed", event, f"FOR EACH ROW WHEN ({when})"),
        ]
    return made


def _function(name: str, statement: str) -> str:
    head = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
    return f"{head} $$ BEGIN {statement}; RETURN NULL; END $$"


def _trigger(table: str, name: str, event: str, each: str, function: str = "") -> str:
    """Make a trigger unless it is there: making one locks its table, and `migrate` runs at every start."""
    known = f"SELECT 1 FROM pg_trigger WHERE tgname = '{table}_{name}' AND tgrelid = '{table}'::regclass"  # noqa: S608
    make = f"CREATE TRIGGER {table}_{name} {event} {table} {each} EXECUTE FUNCTION {function or f'{table}_{name}'}()"
    return f"DO $do$ BEGIN IF NOT EXISTS ({known}) THEN {make}; END IF; END $do$"
