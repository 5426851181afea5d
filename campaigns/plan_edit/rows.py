"""Writing one changed part of a plan into its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models.deletion import Collector

from campaigns.models import AgeBand, Campaign, Institution, PhaseItem, PhaseItemChange, PlanChange, Platform, Product
from campaigns.plan_edit.refused import ChangeRefused
from campaigns.plan_files import Plan
from campaigns.plan_parts import plain
from registry.models import Tag, Trade, User

Fields = dict[str, Any]


IN_USE = "已经有接种记录、台账或督办单用到它，不能删除；可以改名，或者改它的规定。"


def refuse_if_in_use(campaign: Campaign, part: str, key: str) -> None:
    """Raise ChangeRefused where records refer to a part that would go; nothing is deleted by asking."""
    found = _rows_of(campaign, part, key)
    try:
        if found is not None:
            Collector(using=found.db).collect(found)
    except models.ProtectedError as error:
        raise ChangeRefused(IN_USE) from error


def _rows_of(campaign: Campaign, part: str, key: str) -> models.QuerySet | None:
    return {
        PlanChange.Part.PHASE: PhaseItem.objects.filter(campaign=campaign, key=key),
        PlanChange.Part.PLATFORM: Platform.objects.filter(campaign=campaign, key=key),
        PlanChange.Part.PRODUCT: Product.objects.filter(platform__campaign=campaign, key=key),
        PlanChange.Part.INSTITUTION: Institution.objects.filter(campaign=campaign, name=key),
    }.get(part)


def write_part(campaign: Campaign, plan: Plan, change: PlanChange, *, by: User) -> None:
    """Bring the rows of the changed part to what the checked plan says; takes the part away where it says nothing.

    Raises ChangeRefused where doses or standings refer to what would go.
    """
    try:
        _WRITERS[change.part](campaign, plan, change, by)
    except models.ProtectedError as error:
        raise ChangeRefused(IN_USE) from error


def _campaign(campaign: Campaign, plan: Plan, change: PlanChange, by: User) -> None:
    names = set(change.new or {}) - {"age_bands", "key_trades"}
    for name in names:
        setattr(campaign, name, getattr(plan.campaign, name))
    campaign.save(update_fields=sorted(names))
    Tag.objects.bulk_create([Tag(name=name) for name in plan.campaign.key_tags], ignore_conflicts=True)
    if "key_trades" in (change.new or {}):
        campaign.key_trades.set(Trade.objects.filter(name__in=[trade.name for trade in plan.trades]))
    if "age_bands" in (change.new or {}):
        _bands(campaign, plan)


def _bands(campaign: Campaign, plan: Plan) -> None:
    kept = {band.key for band in plan.age_bands}
    campaign.age_bands.exclude(key__in=kept).delete()
    known = set(campaign.age_bands.values_list("key", flat=True))
    AgeBand.objects.bulk_create(
        AgeBand(campaign=campaign, key=band.key, from_age=band.from_age, to_age=band.to_age)
        for band in plan.age_bands
        if band.key not in known
    )


def _phase(campaign: Campaign, plan: Plan, change: PlanChange, by: User) -> None:
    row = next((row for row in plan.phases if row.key == change.key), None)
    found = PhaseItem.objects.filter(campaign=campaign, key=change.key)
    if row is None:
        found.delete()
        return
    if row.tag:
        Tag.objects.get_or_create(name=row.tag)
    values = {name: getattr(row, name) for name in vars(row)}
    item = found.first()
    if item is None:
        PhaseItem.objects.create(campaign=campaign, position=len(plan.phases) - 1, **values)
        return
    _keep_dates(item, values, change, by)
    found.update(**values)


def _keep_dates(item: PhaseItem, values: Fields, change: PlanChange, by: User) -> None:
    """A moved day stays in the item's own history, like one that was moved on its page (rules 6)."""
    PhaseItemChange.objects.bulk_create(
        PhaseItemChange(item=item, field=name, old=getattr(item, name), new=values[name], reason=change.reason, by=by)
        for name in ("start_on", "deadline_on")
        if getattr(item, name) != values[name]
    )


def _platform(campaign: Campaign, plan: Plan, change: PlanChange, by: User) -> None:
    row = next((row for row in plan.platforms if row.key == change.key), None)
    found = Platform.objects.filter(campaign=campaign, key=change.key)
    if row is None:
        found.delete()
        return
    values = {name: getattr(row, name) for name in vars(row) if name != "products"}
    if not found.update(**values):
        Platform.objects.create(campaign=campaign, position=len(plan.platforms) - 1, **values)


def _product(campaign: Campaign, plan: Plan, change: PlanChange, by: User) -> None:
    rows = ((platform.key, row) for platform in plan.platforms for row in platform.products if row.key == change.key)
    platform_key, row = next(rows, (None, None))
    found = Product.objects.filter(platform__campaign=campaign, key=change.key)
    if row is None:
        found.delete()
        return
    values = {name: getattr(row, name) for name in vars(row)} | {"approvals": plain(row.approvals)}
    values["platform_id"] = Platform.objects.get(campaign=campaign, key=platform_key).pk
    if not found.update(**values):
        Product.objects.create(**values)


def _institution(campaign: Campaign, plan: Plan, change: PlanChange, by: User) -> None:
    row = next((row for row in plan.institutions if row.name == change.key), None)
    found = Institution.objects.filter(campaign=campaign, name=change.key)
    if row is None:
        found.delete()
        return
    if not found.update(level=row.level):
        Institution.objects.create(campaign=campaign, name=row.name, level=row.level)


_WRITERS: dict[str, Callable[[Campaign, Plan, PlanChange, User], None]] = {
    PlanChange.Part.CAMPAIGN: _campaign,
    PlanChange.Part.PHASE: _phase,
    PlanChange.Part.PLATFORM: _platform,
    PlanChange.Part.PRODUCT: _product,
    PlanChange.Part.INSTITUTION: _institution,
}
