"""The other side of each comparison: the plainest thing that could be done with the same data."""

import io
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import connection
from import_export import fields, resources
from python_calamine import CalamineWorkbook


def timed(action: Callable[[], Any]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def read_and_copy_raw_cells(path: Path) -> int:
    """Read a roster with the fastest reader and COPY its cells as text into one table; the rows."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())).get_sheet_by_index(0)
    buffer = io.StringIO()
    rows = 0
    for row in sheet.iter_rows():
        buffer.write("\t".join(map(str, row)) + "\n")
        rows += 1
    buffer.seek(0)
    with connection.cursor() as cursor:
        columns = [f"c{index}" for index in range(20)]
        cursor.execute("DROP TABLE IF EXISTS bench_raw")
        cursor.execute(f"CREATE TABLE bench_raw ({', '.join(f'{name} text' for name in columns)})")
        cursor.cursor.copy_expert("COPY bench_raw FROM STDIN", buffer)
    return rows


def stock_import(path: Path) -> int:
    """Import a roster row by row with a plain django-import-export Resource; the rows.

    One table of the same twenty fields, unique by identity number.
    """
    model = _plain_model()
    cells = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {model._meta.db_table}")
    with connection.schema_editor() as editor:
        editor.create_model(model)
    result = _plain_resource(model).import_data(_dataset(cells), raise_errors=True, use_transactions=True)
    return result.totals["new"]


def _dataset(cells: list[list[Any]]) -> Any:
    import tablib

    return tablib.Dataset(*[[str(cell) for cell in row] for row in cells[1:]], headers=cells[0])


def _plain_model() -> Any:
    from django.db import models

    from tests.bench.people import HEADINGS

    columns = {f"c{i}": models.CharField(max_length=200, blank=True, unique=i == 3) for i in range(len(HEADINGS))}
    meta = type("Meta", (), {"app_label": "reports", "db_table": "bench_plain"})
    return type("PlainPerson", (models.Model,), {"__module__": __name__, "Meta": meta, **columns})


def _plain_resource(model: Any) -> resources.ModelResource:
    from tests.bench.people import HEADINGS

    meta = type("Meta", (), {"model": model, "import_id_fields": ["c3"], "fields": [f"c{i}" for i in range(20)]})
    columns = {f"c{i}": fields.Field(attribute=f"c{i}", column_name=name) for i, name in enumerate(HEADINGS)}
    return type("PlainResource", (resources.ModelResource,), {"Meta": meta, **columns})()


PLAIN_SUMMARY = """
    SELECT left(person.place_id, 12), count(*)
    FROM registry_resident person
    LEFT JOIN ledgers_standing standing
      ON standing.resident_id = person.id AND standing.campaign_id = %(campaign)s
     AND standing.since <= %(on)s AND (standing.until IS NULL OR standing.until > %(on)s)
    GROUP BY 1
"""

PLAIN_COUNT = """
    SELECT count(*)
    FROM registry_resident person
    LEFT JOIN ledgers_standing standing
      ON standing.resident_id = person.id AND standing.campaign_id = %(campaign)s
     AND standing.since <= %(on)s AND (standing.until IS NULL OR standing.until > %(on)s)
    WHERE standing.id IS NULL
"""


def ask(query: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def write_styled(path: Path, rows: Iterable[list[Any]]) -> None:
    """Write cells with thin borders by the fastest styled writer (XlsxWriter, constant memory)."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    border = book.add_format({"border": 1})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value, border)
            elif value is None:
                sheet.write_blank(number, column, None, border)
            else:
                sheet.write_number(number, column, value, border)
    book.close()
