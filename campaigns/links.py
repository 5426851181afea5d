"""Addresses of pages that are about one campaign."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from campaigns.models import Campaign


def address_in(campaign: Campaign, route: str, *args: Any, **query: str) -> str:
    """Return the address of a page that names its campaign: after an act one stays with the campaign it was done in."""
    return f"{reverse(route, args=args)}?{urlencode({'campaign': campaign.key} | query)}"
