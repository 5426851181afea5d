"""A second campaign that the demonstration's street is setting up: influenza for the old, not begun yet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from campaigns.models import Campaign
from campaigns.plan_edit.changing import write_draft
from campaigns.plan_edit.making import Basics, make_campaign
from registry.models import User

PRODUCT = {
    "key": "product-1", "name": "四价流感疫苗", "platform": "vaccine-1", "manufacturer": "",
    "aliases": ["四价流感", "四价流感病毒裂解疫苗"],
}  # fmt: skip


def write_draft_campaign(campaign: Campaign, by: User) -> Campaign:
    """Set it up as far as staff would on a first morning; it counts for nobody until it begins."""
    basics = Basics(
        name=f"{campaign.place.name}2021年老年人流感疫苗接种（示例）", key="influenza-2021", place=campaign.place,
        start_on=date(2021, 9, 15), end_on=date(2021, 12, 31), min_age=60, goal_rate=Decimal("0.6"), judged_by="full",
        vaccine="流感",
    )  # fmt: skip
    draft = make_campaign(basics, by=by)
    write_draft(draft, part="product", key="product-1", new=PRODUCT, by=by, is_new=True)
    return draft
