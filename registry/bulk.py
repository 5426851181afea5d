"""Many rows at once, on either database: what is written by COPY on PostgreSQL goes by executemany on SQLite.

Everything here runs inside the caller's transaction and skips `save()` and signals: constraints decide.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.db import connection, models
from django.db.models.lookups import Lookup

# PostgreSQL's COPY needs a word for null that no cell can be; the reader strips control characters.
_NULL = "\x02"
_BLOCK_ROWS = 2000


@models.Field.register_lookup
class Among(Lookup):
    """`field__among=values`: like `in`, with one parameter however many values there are.

    Pass a set: Django walks through lists value by value before they get here.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(list(self.rhs))]  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*params, list(self.rhs)]


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Take `count` new keys of a model, so that rows can point at each other before they are written.

    On SQLite the write lock, which every transaction here begins with, keeps the keys ours.
    """
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                # Looked up once: beside nextval it would be asked for every row.
                "WITH keys AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence) "
                "SELECT nextval(sequence) FROM keys, generate_series(1, %s)",
                [table, count],
            )
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    last = row[0] if row else 0
    return range(last + 1, last + 1 + count)


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as tuples in the order of `columns` (database column names)."""
    rows = _unless_empty(rows)
    if rows is not None:
        _load(model._meta.db_table, columns, rows)


def update(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set columns of existing rows; the first of `columns` is the key by which a row is found."""
    rows = _unless_empty(rows)
    if rows is None:
        return
    table, key, values = model._meta.db_table, columns[0], columns[1:]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            staging = f"staging_{table}"
            names = ", ".join(_quoted(columns))
            cursor.execute(
                f"CREATE TEMP TABLE {staging} ON COMMIT DROP AS SELECT {names} FROM {_quote(table)} WITH NO DATA"  # noqa: S608
            )
            _load(staging, columns, rows)
            cursor.execute(f"ANALYZE {staging}")
            pairs = ", ".join(f"{name} = s.{name}" for name in _quoted(values))
            cursor.execute(
                f"UPDATE {_quote(table)} t SET {pairs} FROM {staging} s WHERE t.{_quote(key)} = s.{_quote(key)}"  # noqa: S608
            )
            cursor.execute(f"DROP TABLE {staging}")
        else:
            pairs = ", ".join(f"{name} = %s" for name in _quoted(values))
            statement = f"UPDATE {_quote(table)} SET {pairs} WHERE {_quote(key)} = %s"  # noqa: S608
            for block in _blocks(rows):
                cursor.executemany(statement, [(*row[1:], row[0]) for row in block])


def delete(rows: models.QuerySet) -> int:
    """Delete rows by one statement, without collecting what hangs on them: foreign keys decide."""
    return rows._raw_delete(rows.db)


def _load(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(_quoted(columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statement = f"COPY {_quote(table)} ({names}) FROM STDIN WITH (NULL '{_NULL}')"
            # Called on the driver itself: its errors become Django's like those of any statement.
            with connection.wrap_database_errors:
                # By position: the cursor that DEBUG puts in between knows no keywords.
                cursor.copy_expert(statement, _CopyText(rows, len(columns)), 1 << 17)
        else:
            marks = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {_quote(table)} ({names}) VALUES ({marks})"  # noqa: S608
            for block in _blocks(rows):
                cursor.executemany(statement, block)


def _unless_empty(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]] | None:
    iterator = iter(rows)
    for first in iterator:
        return chain((first,), iterator)
    return None


def _blocks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    block: list[Sequence[Any]] = []
    for row in rows:
        block.append(row)
        if len(block) == _BLOCK_ROWS:
            yield block
            block = []
    if block:
        yield block


class _CopyText(io.TextIOBase):
    """Rows as COPY's text format, made block by block as the server takes them."""

    def __init__(self, rows: Iterable[Sequence[Any]], width: int):
        self._blocks = _blocks(rows)
        self._tabs = width - 1

    def read(self, size: int | None = -1, /) -> str:
        """Return the next block whatever `size` asks; psycopg2 passes on what it gets."""
        for block in self._blocks:
            return "".join([self._line(row) for row in block])
        return ""

    def _line(self, row: Sequence[Any]) -> str:
        line = "\t".join([_NULL if value is None else str(value) for value in row])
        # Rarely a cell holds what COPY reads as its own signs; only then is the row escaped value by value.
        if "\\" in line or "\n" in line or "\r" in line or line.count("\t") != self._tabs:
            line = "\t".join([_NULL if value is None else _escape(str(value)) for value in row])
        return line + "\n"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _quoted(names: Sequence[str]) -> list[str]:
    return [_quote(name) for name in names]


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)
