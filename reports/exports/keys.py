"""The hidden key of each row of a ledger that villages send back (`ledgers.rosters.row_keys`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import attrgetter
from typing import Any

from campaigns.models import Campaign
from ledgers.rosters.row_keys import FIELDS, seal
from reports.exports.layouts import BY_HAND, Layout
from reports.lists.rows import Row

# What of a layout may be filled in, by its heading → the field of the reader.
_FIELDS = {
    "姓名": "name", "联系电话": "phone", "未种原因": "reason", "未接种原因": "reason",
    "是否禁忌/缓种": "exemption_word", "预计接种时间": "promised_on", "包保责任人": "caretaker",
    "动员情况": "efforts", "备注": "remarks",
}  # fmt: skip


def keys_of(layout: Layout, campaign: Campaign) -> Callable[[Row], str]:
    """Return what makes the key of a row of this layout, with the check sums of what the row says."""
    shown = {
        _FIELDS[column.column_name]: column.attribute for column in layout.columns if column.column_name in _FIELDS
    }
    # A column that the layout lacks is as empty as one to be filled in by hand.
    cells = attrgetter(*(shown.get(field, BY_HAND) for field in FIELDS))
    owner = campaign.pk
    return lambda row: seal(owner, row.pk, map(_text, cells(row)))


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
