"""Spreadsheets and identity numbers made for tests; all people are invented."""

import csv
import io
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter


def identity_number(birth: str, order: int = 900, region: str = "500233") -> str:
    """Make a number with its check digit by the definition: 17 digits and x with sum(a_i * 2^i) = 1 mod 11."""
    body = f"{region}{birth}{order:03d}"
    rest = sum(int(digit) * 2 ** (17 - index) for index, digit in enumerate(body)) % 11
    check = (1 - rest) % 11
    return body + ("X" if check == 10 else str(check))


def xlsx(*sheets: list[list[Any]], names: list[str] | None = None, merged: list[str] | None = None) -> bytes:
    """Make a workbook of sheets, each a list of rows; merged ranges (A1:C1) are of the last sheet."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for index, rows in enumerate(sheets):
        sheet = workbook.create_sheet(names[index] if names else f"表{index + 1}")
        for row in rows:
            sheet.append(row)
    for area in merged or []:
        workbook.worksheets[-1].merge_cells(area)
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def with_error_cell(rows: list[list[Any]], row: int, column: int, error: str) -> bytes:
    """Make a workbook with an error value in one cell (both counted from 1)."""
    workbook = Workbook()
    for values in rows:
        workbook.active.append(values)
    cell = workbook.active[f"{get_column_letter(column)}{row}"]
    cell.value, cell.data_type = error, "e"
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def csv_text(*rows: list[Any], delimiter: str = ",") -> str:
    output = io.StringIO(newline="")
    csv.writer(output, delimiter=delimiter).writerows(rows)
    return output.getvalue()


TODAY = date(2021, 8, 20)
FIRST_USE = date(2020, 7, 22)
