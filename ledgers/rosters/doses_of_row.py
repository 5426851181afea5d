"""The doses that a row states, side by side or one a row (interfaces, Rows of a wide roster, Dates)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from ledgers.rosters.products import ProductName, comparable
from ledgers.rosters.resources import DOSE_COLUMNS
from ledgers.rosters.rows import DoseCell, Row

if TYPE_CHECKING:
    from ledgers.rosters.cleaning import RowCleaner

# (day, stated number, product or None where unknown)
Stated = tuple[date, int, ProductName | None]


class DoseReader:
    """Reads the doses of rows; remembers what each person's stated numbers were in this file."""

    def __init__(self, cleaner: RowCleaner):
        self._cleaner = cleaner
        self._context = cleaner.context
        self._is_verbal = cleaner.context.source == "verbal"
        # By hash of the document: a file of 200,000 people must not be held here by name and number.
        self._seen: dict[int, tuple[Stated, ...]] = {}
        # Many people were given the same on the same days: that is held once.
        self._same: dict[tuple[Stated, ...], tuple[Stated, ...]] = {}
        self._sets = [
            (k, *(f"dose{k}_{part}" for part in ("given_on", "product", "maker", "lot", "site"))) for k in DOSE_COLUMNS
        ]
        self._is_wide = cleaner.kind == "doses_wide"

    def read(self, row: Row, values: dict[str, Any]) -> None:
        stated: list[Stated] = []
        if self._is_wide:
            self._read_wide(row, values, stated)
        else:
            self._read_long(row, values, stated)
        if stated and row.document and not row.is_rejected:
            key = hash(row.document)
            known = (*self._seen.get(key, ()), *stated)
            self._seen[key] = self._same.setdefault(known, known)

    def _read_wide(self, row: Row, values: dict[str, Any], stated: list[Stated]) -> None:
        general = values.get("product", ""), values.get("maker", ""), values.get("lot", ""), values.get("site", "")
        doses: list[DoseCell] = []
        before_it: list[ProductName | None] = []
        empty = 0
        for position, given_on, product, maker, lot, site in self._sets:
            when = values.get(given_on)
            if when is None:
                if product in values or maker in values or lot in values:
                    self._miss_date(row, given_on)
                empty = empty or position
                continue
            if empty:
                self._cleaner.say(row, "dose_missing", given_on, later=position, earlier=empty)
                empty = 0
            words = values.get(product) or general[0], values.get(maker) or general[1]
            named, dose = self._dose(
                row, position, when, words, values.get(lot) or general[2], values.get(site) or general[3], given_on
            )
            # Stated numbers count within one vaccine: columns before that name another one are left out.
            other = sum(1 for before in before_it if named and before and before.platform != named.platform)
            dose.stated_number = position - other
            self._check_order(row, dose, named, stated, given_on)
            doses.append(dose)
            before_it.append(named)
        if not doses and (general[0] or general[1] or general[2]):
            self._miss_date(row, next(g for _, g, *_ in self._sets if g in self._cleaner.heading_of))
        row.doses = tuple(doses)

    def _read_long(self, row: Row, values: dict[str, Any], stated: list[Stated]) -> None:
        when = values.get("given_on")
        if when is None:
            self._miss_date(row, "given_on")
            return
        words = values.get("product", ""), values.get("maker", "")
        named, dose = self._dose(row, 0, when, words, values.get("lot", ""), values.get("site", ""), "given_on")
        dose.stated_number = values.get("number")
        self._check_order(row, dose, named, stated, "given_on")
        row.doses = (dose,)

    def _dose(
        self, row: Row, position: int, when: Any, words: tuple[str, str], lot: str, site: str, field: str
    ) -> tuple[ProductName | None, DoseCell]:
        """Return the product (None: unknown) and the dose, its day checked."""
        given_on, month = when if self._is_verbal else (when, None)
        product, maker = words
        text = product if not maker or maker == product else f"{product} {maker}".strip()
        found = self._context.products.find(product, maker) if text else None
        self._check_day(row, given_on, month, found, field)
        if text and not found:
            column = self._product_column(position, bool(maker))
            self._cleaner.say(row, "product_unknown", column, text=text[:40])
        dose = DoseCell(position, given_on, month, found.key if found else "", text[:120], lot, site, None)
        return found, dose

    def _check_day(
        self, row: Row, given_on: date | None, month: date | None, product: ProductName | None, field: str
    ) -> None:
        """A day before birth, or before the first use of the campaign that the dose belongs to, is an error."""
        day = given_on or month
        birth_on, first = row.birth_on, (product and product.first_use_on) or self._context.first_use_on
        # A month is before birth or first use only where all of it is.
        if month and not given_on:
            birth_on, first = birth_on and birth_on.replace(day=1), first.replace(day=1)
        if birth_on and day < birth_on:
            self._cleaner.say(row, "date_before_birth", field, text=day.isoformat())
        elif day < first:
            self._cleaner.say(row, "date_too_early", field, text=day.isoformat())

    def _product_column(self, position: int, has_maker: bool) -> str:
        part = "maker" if has_maker else "product"
        own = f"dose{position}_{part}"
        return own if own in self._cleaner.heading_of else part

    def _check_order(
        self, row: Row, dose: DoseCell, product: ProductName | None, stated: list[Stated], field: str
    ) -> None:
        """A stated number against the order of dates, in the row or the file, is an error of the later."""
        number, day = dose.stated_number, dose.given_on
        if not number or not day:
            return
        earlier = self._seen.get(hash(row.document), ()) if row.document else ()
        for other_day, other_number, other_product in (*earlier, *stated):
            if not comparable(product, other_product):
                continue
            if (number > other_number and day < other_day) or (number < other_number and day > other_day):
                low, high = sorted((number, other_number))
                self._cleaner.say(row, "dose_order", field, later=high, earlier=low)
                break
        stated.append((day, number, product))

    def _miss_date(self, row: Row, field: str) -> None:
        """Say that a date is missing, unless its cell already has an error of its own."""
        if not self._cleaner.has_said(row, field):
            self._cleaner.say(row, "date_missing", field)
