"""What a file is read with: the day, the campaign's dates and products, and what staff chose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ledgers.rosters.products import ProductVocabulary
from registry.spreadsheets import Limits


@dataclass(frozen=True)
class ReadingContext:
    """Everything besides the file itself that decides what a roster says.

    `kind`, `sheet` and `columns` (index → field, "" for a column not to be used) are what staff
    chose; empty: as recognised. `census_heading` is the campaign's name for the census base.
    """

    today: date
    first_use_on: date
    source: str = "roster"
    limits: Limits = field(default_factory=Limits)
    products: ProductVocabulary = field(default_factory=ProductVocabulary)
    census_heading: str = ""
    kind: str = ""
    sheet: str = ""
    columns: Mapping[int, str] = field(default_factory=dict)
