"""The way from a list to who came into it and who left it."""

from __future__ import annotations

from datetime import date

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def since(address: str, day: date) -> str:
    """The address of a ledger list, as `Lists` makes it, → that of its changes since an earlier day."""
    path, _, query = address.partition("?")
    ledger = path.rstrip("/").rpartition("/")[2]
    return SafeString(f"{reverse('balance_list', args=[ledger])}?{query}&amp;since={day.isoformat()}")
