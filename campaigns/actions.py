"""Writing campaigns: loading a plan file without touching what staff changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import models, transaction

from campaigns.models import AgeBand, Campaign, Institution, PhaseItem, PhaseItemChange, Platform, Product
from campaigns.plan_check import PlanError
from campaigns.plan_files import Plan
from campaigns.plan_parts import plain
from campaigns.signals import plan_changed
from registry import audit
from registry.models import Department, Place, Tag, Trade, User

LEVELS = {"county": Place.Level.COUNTY, "street": Place.Level.STREET}


@dataclass
class Loading:
    """What a load did, by `kind key` of each row; `kept` are values that staff changed and the load left alone."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


@transaction.atomic
def load_plan(plan: Plan, *, by: User) -> tuple[Campaign, Loading]:
    """Bring a plan into the database; the same plan again changes nothing.

    A value is overwritten only while it still is what the file said when last loaded; a row that was
    loaded and then deleted is not brought back. Places, departments, trades and tags are shared by all
    campaigns: one that another plan or a person made is left as it stands. Raises PlanError for a
    campaign that was made in the browser: no file speaks for it.
    """
    existing = Campaign.objects.select_for_update().filter(key=plan.campaign.key).first()
    if existing and not existing.loaded:
        raise PlanError(f"标识为“{existing.key}”的接种工作是在网页上建的，方案文件不能改它，换一个标识再载入。")
    loader = _Loader(existing.loaded if existing else {})
    _load_shared(loader, plan)
    campaign = _load_campaign(loader, plan)
    for position, platform in enumerate(plan.platforms):
        _load_platform(loader, campaign, platform, position)
    for position, phase in enumerate(plan.phases):
        _load_phase(loader, campaign, {**asdict(phase), "position": position}, by)
    for band in plan.age_bands:
        loader.put(AgeBand, {"campaign": campaign, "key": band.key}, asdict(band))
    for institution in plan.institutions:
        loader.put(Institution, {"campaign": campaign, "name": institution.name}, asdict(institution))
    if campaign.loaded != loader.said:
        campaign.loaded = loader.said
        campaign.save(update_fields=["loaded"])
        detail = {"created": loader.result.created, "updated": loader.result.updated}
        audit.record("campaign.load", by=by, subject=f"campaign {campaign.key}", detail=detail)
        plan_changed.send(sender=Campaign, campaign=campaign)
    return campaign, loader.result


def _load_shared(loader: _Loader, plan: Plan) -> None:
    for place in plan.places:
        loader.put(Place, {"code": place.code}, {"name": place.name, "level": LEVELS[place.level]})
    for department in plan.departments:
        loader.put(Department, {"name": department.name}, asdict(department))
    for trade in plan.trades:
        owner = Department.objects.filter(name=trade.department).first()
        values = {"aliases": trade.aliases, "department_id": owner.pk if owner else None}
        loader.put(Trade, {"name": trade.name}, values)
    for tag in sorted({*plan.campaign.tags, *plan.campaign.key_tags, *(p.tag for p in plan.phases if p.tag)}):
        loader.put(Tag, {"name": tag}, {})


def _load_campaign(loader: _Loader, plan: Plan) -> Campaign:
    values = {name: value for name, value in asdict(plan.campaign).items() if name not in ("age_bands", "tags")}
    values["place_id"] = values.pop("place")
    # The default is the first plan that says so; two defaults would leave commands without an answer.
    other = Campaign.objects.filter(is_default=True).exclude(key=plan.campaign.key)
    values["is_default"] = values["is_default"] and not other.exists()
    campaign = loader.put(Campaign, {"key": plan.campaign.key}, values)
    keys = sorted(trade.name for trade in plan.trades if trade.is_key)
    now = sorted(campaign.key_trades.values_list("name", flat=True))
    if loader.may_set("campaign", plan.campaign.key, "key_trades", now, keys):
        campaign.key_trades.set(Trade.objects.filter(name__in=keys))
    return campaign


def _load_platform(loader: _Loader, campaign: Campaign, row: Any, position: int) -> None:
    values = {name: value for name, value in asdict(row).items() if name != "products"}
    platform = loader.put(Platform, {"campaign": campaign, "key": row.key}, {**values, "position": position})
    for product in row.products if platform else []:
        loader.put(Product, {"platform": platform, "key": product.key}, asdict(product))


def _load_phase(loader: _Loader, campaign: Campaign, values: dict[str, Any], by: User) -> None:
    """Load a phase item; a date that the file moved keeps the old one, like a date that staff moved (rules 6)."""
    key = {"campaign": campaign, "key": values["key"]}
    old = PhaseItem.objects.filter(**key).values("start_on", "deadline_on").first()
    item = loader.put(PhaseItem, key, values)
    for name, day in (old or {}).items():
        if item is not None and getattr(item, name) != day:
            PhaseItemChange.objects.create(
                item=item, field=name, old=day, new=getattr(item, name), reason="方案文件更新", by=by
            )


class _Loader:
    """Writes rows and remembers, as plain JSON, what the file said of each: {"kind key": {field: value}}."""

    def __init__(self, loaded: dict[str, Any]):
        self._before = loaded
        self.said: dict[str, Any] = dict(loaded)
        self.result = Loading()

    def put(self, model: type[models.Model], key: dict[str, Any], values: dict[str, Any]) -> Any:
        """Create or update the row; None if staff deleted it after an earlier load."""
        kind = model._meta.model_name
        # Lists and tables go into JSON columns, which take no dates.
        values = {item: plain(value) if isinstance(value, list | dict) else value for item, value in values.items()}
        name = " ".join(str(part) for part in key.values() if not isinstance(part, models.Model))
        row = model.objects.filter(**key).first()
        if row is None and f"{kind} {name}" in self._before:
            return None
        if row is None:
            self.result.created.append(f"{kind} {name}")
            self._remember(kind, name, values)
            return model.objects.create(**{**values, **key})
        changed = [item for item, new in values.items() if self.may_set(kind, name, item, getattr(row, item), new)]
        for item in changed:
            setattr(row, item, values[item])
        if changed:
            row.save(update_fields=changed)
            self.result.updated.append(f"{kind} {name}")
        return row

    def may_set(self, kind: str, name: str, item: str, now: Any, new: Any) -> bool:
        """Tell whether to write `new`: it differs from `now`, and `now` is what the file said before.

        A row that no load of this plan made is left alone, and nothing is remembered of it.
        """
        before = self._before.get(f"{kind} {name}")
        is_new = f"{kind} {name}" in self.result.created
        if before is None and not is_new:
            return False
        self._remember(kind, name, {item: new})
        if plain(now) == plain(new):
            return False
        if not is_new and before.get(item) != plain(now):
            self.result.kept.append(f"{kind} {name} {item}")
            return False
        return True

    def _remember(self, kind: str, name: str, values: dict[str, Any]) -> None:
        said = {field: plain(value) for field, value in values.items()}
        self.said[f"{kind} {name}"] = {**self.said.get(f"{kind} {name}", {}), **said}
