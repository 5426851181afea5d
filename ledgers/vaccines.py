"""A campaign's platforms and products as the rules take them: read once, asked for every person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from campaigns.models import Campaign, Platform, Product
from campaigns.plan_files import PlatformRow
from ledgers.rules import PROVING_SOURCES, DoseFact, PlatformRule, Stand, VaccineTable, is_approved, timeline
from registry.ages import age_on

# Timelines remembered: most people of a street share their vaccine and their two or three days.
_MEMO_SIZE = 50_000


class Vaccines:
    """The vaccine table of one campaign. Reads platforms and products when made, nothing after that.

    With `proposed`, the table is as a changed plan would have it, for the products on record; its
    timelines are looked at and never written.
    """

    def __init__(self, campaign: Campaign, proposed: Sequence[PlatformRow] | None = None):
        platforms = list(Platform.objects.filter(campaign=campaign).order_by("position", "pk"))
        self.campaign_id = campaign.pk
        self.table = VaccineTable([_rule(platform) for platform in (platforms if proposed is None else proposed)])
        self.platform_ids = {platform.key: platform.pk for platform in platforms}
        self.names = {platform.key: platform.name for platform in platforms}
        products = Product.objects.filter(platform__campaign=campaign).select_related("platform")
        self._products = (
            {product.pk: (product.platform.key, _approvals(product.approvals)) for product in products}
            if proposed is None
            else _proposed(products, proposed)
        )
        self._memo: dict[tuple[DoseFact, ...], tuple[Stand, ...]] = {}

    def fact(
        self, given_on: date, product_id: int | None, stated_number: int | None, source: str, birth_on: date
    ) -> DoseFact:
        """Turn a live dose into what the rules look at. `birth_on` decides `product_age` (rules 2)."""
        platform, approvals = self._products.get(product_id, (None, ()))
        stated = stated_number if source in PROVING_SOURCES else None
        too_young = bool(approvals) and not is_approved(approvals, age_on(birth_on, given_on), given_on)
        return DoseFact(given_on, platform, stated, too_young)

    def timeline(self, facts: Sequence[DoseFact]) -> tuple[Stand, ...]:
        """The timeline of one person; equal facts give the remembered one."""
        key = tuple(facts)
        stands = self._memo.get(key)
        if stands is None:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            stands = self._memo[key] = timeline(key, self.table)
        return stands


def _proposed(
    products: Iterable[Product], platforms: Sequence[PlatformRow]
) -> dict[int, tuple[str, tuple[tuple[int, date], ...]]]:
    """Say of the products on record what a changed plan says of them; one that it no longer has is unknown."""
    said = {product.key: (row.key, _approvals(product.approvals)) for row in platforms for product in row.products}
    return {product.pk: said[product.key] for product in products if product.key in said}


def _rule(platform: Platform | PlatformRow) -> PlatformRule:
    return PlatformRule(
        key=platform.key,
        doses=platform.doses,
        gap=timedelta(days=platform.recommended_gap_days or 0),
        due=tuple(_span(item) for item in sorted(platform.due_by, key=lambda item: item["dose"])),
        too_early_days=platform.too_early_days or 0,
        short_interval_days=platform.short_interval_days or 0,
        is_unknown=platform.is_unknown,
    )


def _span(item: dict[str, int]) -> timedelta | int:
    return timedelta(days=item["days"]) if "days" in item else item["months"]


def _approvals(approvals: list[dict[str, Any]]) -> tuple[tuple[int, date], ...]:
    return tuple((item["from_age"], date.fromisoformat(str(item["from"]))) for item in approvals)
