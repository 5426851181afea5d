"""Making a campaign from nothing or after another one: a draft with sensible defaults that staff go on with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import ProtectedError

from campaigns.models import AgeBand, Campaign, Institution, PhaseItem, Platform, Product
from campaigns.plan_check import PlanError, check
from campaigns.plan_edit.refused import ChangeRefused
from campaigns.plan_files import CampaignRow, PhaseRow, PlaceRow, Plan, PlatformRow, age_band
from campaigns.plan_parts import plain, plan_of
from campaigns.thresholds import default_thresholds
from registry import audit
from registry.models import Place, Tag, Trade, User

# Where tables usually cut ages (rules 1): school, adults, and the old in tens.
_CUTS = (18, 60, 70, 80)
KEPT = "这项接种工作已经有要留存的记录（如锁定的任务分解、导出），不能删除；开始后可以结束它。"


@dataclass(frozen=True)
class Basics:
    """What is asked before anything else; `vaccine` names the first 疫苗种类 where nothing is copied."""

    name: str
    key: str
    place: Place
    start_on: date
    end_on: date
    min_age: int
    goal_rate: Decimal
    judged_by: str
    vaccine: str = ""


def usual_bands(min_age: int) -> list[str]:
    """Return age bands from the lowest age on, without gaps: 60 gives 60-69, 70-79, 80+."""
    starts = [min_age, *(cut for cut in _CUTS if cut > min_age)]
    ends = [*(start - 1 for start in starts[1:]), None]
    return [f"{start}+" if end is None else f"{start}-{end}" for start, end in zip(starts, ends, strict=True)]


def blank_plan(basics: Basics) -> Plan:
    """One vaccine of one dose and the campaign as a whole to be reached: what most campaigns begin with."""
    bands = usual_bands(basics.min_age)
    row = CampaignRow(
        key=basics.key, name=basics.name, place=basics.place.code, start_on=basics.start_on, end_on=basics.end_on,
        min_age=basics.min_age, first_use_on=basics.start_on, goal_rate=basics.goal_rate,
        dropout_limit=Decimal("0.05"), judged_by=basics.judged_by, age_bands=bands,
        census_heading=f"七普{basics.min_age}岁及以上常住人口", thresholds=default_thresholds(),
    )  # fmt: skip
    return Plan(
        campaign=row,
        age_bands=[age_band(key) for key in bands],
        places=[PlaceRow(basics.place.code, basics.place.name, "street")],
        phases=[_overall(basics)],
        platforms=[PlatformRow("vaccine-1", basics.vaccine, 1)],
        departments=[],
        trades=[],
        institutions=[],
    )


def _overall(basics: Basics) -> PhaseRow:
    return PhaseRow("overall", "总体任务", "goal", "coverage", basics.start_on, basics.end_on)


def copied_plan(basics: Basics, source: Plan) -> Plan:
    """Another campaign's vaccines, institutions, groups and phases, the phases moved to the new dates."""
    blank = blank_plan(basics)
    same_age = source.campaign.min_age == basics.min_age
    row = replace(
        blank.campaign, key_tags=source.campaign.key_tags, thresholds=source.campaign.thresholds,
        dropout_limit=source.campaign.dropout_limit,
        first_use_on=min(source.campaign.first_use_on, basics.start_on),
        age_bands=source.campaign.age_bands if same_age else blank.campaign.age_bands,
    )  # fmt: skip
    moved = [_moved(phase, source.campaign.start_on, basics) for phase in source.phases]
    return replace(
        source, campaign=row, places=blank.places, phases=moved, age_bands=[age_band(key) for key in row.age_bands]
    )


def _moved(phase: PhaseRow, was: date, basics: Basics) -> PhaseRow:
    """Keep a phase as far from the start as it was, inside the new campaign."""
    by = basics.start_on - was
    start = min(phase.start_on + by, basics.end_on)
    deadline = min(max(phase.deadline_on + by, start), basics.end_on)
    age_on = phase.age_on + by if phase.age_on else None
    return replace(phase, start_on=max(start, basics.start_on), deadline_on=deadline, age_on=age_on)


@transaction.atomic
def make_campaign(basics: Basics, *, source: Campaign | None = None, by: User, address: str = "") -> Campaign:
    """Write a draft. Raises PlanError where the plan could not be, such as an end before its start."""
    plan = copied_plan(basics, plan_of(source)) if source else blank_plan(basics)
    check(plan)
    if Campaign.objects.filter(key=basics.key).exists():
        raise PlanError("已经有一项接种工作用了这个标识，换一个。", "key")
    campaign = _write_campaign(plan)
    _write_vaccines(campaign, plan)
    PhaseItem.objects.bulk_create(
        PhaseItem(campaign=campaign, position=position, **vars(phase)) for position, phase in enumerate(plan.phases)
    )
    Institution.objects.bulk_create(Institution(campaign=campaign, **vars(one)) for one in plan.institutions)
    detail = {"name": campaign.name, "照着": source.name if source else ""}
    audit.record("campaign.create", by=by, subject=f"campaign {campaign.key}", detail=detail, address=address)
    return campaign


def _write_campaign(plan: Plan) -> Campaign:
    left_out = ("age_bands", "tags", "place", "is_default", "articles")
    values = {name: value for name, value in vars(plan.campaign).items() if name not in left_out}
    campaign = Campaign.objects.create(place_id=plan.campaign.place, is_active=False, is_draft=True, **values)
    campaign.key_trades.set(Trade.objects.filter(name__in=[trade.name for trade in plan.trades if trade.is_key]))
    tags = {*plan.campaign.key_tags, *(phase.tag for phase in plan.phases if phase.tag)}
    Tag.objects.bulk_create([Tag(name=name) for name in sorted(tags)], ignore_conflicts=True)
    AgeBand.objects.bulk_create(AgeBand(campaign=campaign, **vars(band)) for band in plan.age_bands)
    return campaign


def _write_vaccines(campaign: Campaign, plan: Plan) -> None:
    for position, row in enumerate(plan.platforms):
        values = {name: value for name, value in vars(row).items() if name != "products"}
        platform = Platform.objects.create(campaign=campaign, position=position, **values)
        Product.objects.bulk_create(
            Product(platform=platform, **{**vars(one), "approvals": plain(one.approvals)}) for one in row.products
        )


def usual_key(start_on: date) -> str:
    """Make a key that no campaign has: campaign-2026, campaign-2026-2."""
    stem = f"campaign-{start_on.year}"
    taken = set(Campaign.objects.filter(key__startswith=stem).values_list("key", flat=True))
    return next(key for n in range(1, len(taken) + 2) if (key := stem if n == 1 else f"{stem}-{n}") not in taken)


@transaction.atomic
def delete_draft(campaign: Campaign, *, by: User, address: str = "") -> bool:
    """Delete a campaign that never began; False where it has begun meanwhile.

    Raises ChangeRefused where something is on record that stays, such as a locked split of its task.
    """
    found = Campaign.objects.select_for_update().filter(pk=campaign.pk, is_draft=True).first()
    if found is None:
        return False
    detail = {"name": found.name}
    audit.record("campaign.delete", by=by, subject=f"campaign {found.key}", detail=detail, address=address)
    try:
        found.delete()
    except ProtectedError as error:
        raise ChangeRefused(KEPT) from error
    return True


def days_after(start_on: date, months: int = 3) -> date:
    """The end that is proposed for a start: some three months on."""
    return start_on + timedelta(days=30 * months)
