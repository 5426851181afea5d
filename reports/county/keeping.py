"""Keeping the county's row of a day, with what it replaced in the trail."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign
from registry import audit
from registry.models import User
from reports.county.forms import FIELDS
from reports.models import CountyFigure


@transaction.atomic
def keep_county_figure(
    campaign: Campaign, on: date, values: dict[str, Any], *, note: str = "", by: User, address: str = ""
) -> CountyFigure:
    """Keep the row of a day; the county corrects its own figures too, and the trail has what stood before."""
    require_open(campaign)
    old = CountyFigure.objects.select_for_update().filter(campaign=campaign, on=on).first()
    figure, _ = CountyFigure.objects.update_or_create(
        campaign=campaign,
        on=on,
        defaults={name: values.get(name) for name in FIELDS}
        | {"note": note.strip()[:200], "entered_by": by, "entered_at": timezone.now()},
    )
    detail: dict[str, Any] = {"通报日期": on.isoformat()}
    for name in (*FIELDS, "note"):
        before, now = (getattr(one, name, None) for one in (old, figure))
        # No note before and none now is no change.
        if (before or None) != (now or None):
            words = CountyFigure._meta.get_field(name).verbose_name
            detail[words] = ["" if value is None else str(value) for value in (before, now)]
    audit.record("county.keep", by=by, subject=f"campaign {campaign.pk}", detail=detail, address=address)
    return figure
