"""Rows for tests: plain functions with literal defaults, no randomness, nothing hidden."""

from datetime import date
from itertools import count
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from campaigns.actions import load_plan
from campaigns.models import Campaign, Institution, Product, Target
from campaigns.plan_files import DEFAULT_PLAN, plan_path, read_plan
from campaigns.signals import plan_changed
from ledgers.models import Dose, Exemption, Standing
from ledgers.standings import rebuild
from registry import audit
from registry.accounts import system_user
from registry.models import Department, Entry, Membership, Place, Resident, ResidentTag, Tag, Trade, Unit

STREET = "500233003000"
_numbers = count(1)


def day(text: str) -> date:
    """`08-16` is a day of 2021."""
    return date.fromisoformat(text if len(text) == 10 else f"2021-{text}")


# What loading a plan file into an empty database wrote, by the file's name: the rows of each table.
_plans: dict[str, dict[type[Model], list[dict[str, Any]]]] = {}


def campaign(name: str = DEFAULT_PLAN) -> Campaign:
    """Load a plan file.

    Hundreds of tests begin with the same plan in an empty database: after the first, its rows are put back as
    they were, a statement a table.
    """
    is_empty = not any(model.objects.exists() for model in (Campaign, Department, Trade, Tag))
    if is_empty and name in _plans:
        return _put_back(_plans[name])
    plan = read_plan(plan_path(name).read_text(encoding="utf-8"))
    loaded = load_plan(plan, by=system_user())[0]
    if is_empty:
        own = [*apps.get_app_config("campaigns").get_models(include_auto_created=True), Department, Trade, Tag]
        _plans[name] = {model: list(model._base_manager.values()) for model in own}
        _plans[name][Place] = list(Place.objects.filter(code__in=[place.code for place in plan.places]).values())
    return loaded


@transaction.atomic
def _put_back(tables: dict[type[Model], list[dict[str, Any]]]) -> Campaign:
    for model, rows in tables.items():
        # Only of places there may be some already, under the same codes.
        rows = [model(**row) for row in rows]
        model._base_manager.bulk_create(rows, ignore_conflicts=model is Place)
    found = Campaign.objects.get()
    audit.record("campaign.load", by=system_user(), subject=f"campaign {found.key}", detail={})
    plan_changed.send(sender=Campaign, campaign=found)
    return found


def entry(source: str = "roster") -> Entry:
    return Entry.objects.create(at="2021-07-01T08:00:00+08:00", by=system_user(), source=source)


def village(code: str, name: str, *, base: int | None = None, of: Campaign | None = None) -> Place:
    place = Place.objects.create(code=code, name=name, level=Place.Level.VILLAGE)
    if of:
        Target.objects.create(campaign=of, place=place, census_base=base)
    return place


def group(of: Place, number: int) -> Place:
    return Place.objects.create(code=f"{of.code}{number:03}", name=f"{number}组", level=Place.Level.GROUP)


def resident(place: Place | str = STREET, birth: str = "1980-01-01", **values: object) -> Resident:
    """A local resident in scope of everything; `place` is a place or its code."""
    name = values.pop("name", f"村民{next(_numbers)}")
    code = place if isinstance(place, str) else place.code
    values = {"residency": "local", "name_key": name, "entry": values.pop("entry", None) or entry()} | values
    return Resident.objects.create(name=name, birth_on=day(birth), place_id=code, **values)


def dose(of: Resident, on: str, product: str | None = "bibp", *, campaign: Campaign, **values: object) -> Dose:
    """A live dose; call `stand` once all facts are there."""
    values = {"source": "roster", "entry": of.entry} | values
    found = Product.objects.get(platform__campaign=campaign, key=product) if product else None
    return Dose.objects.create(resident=of, campaign=campaign, given_on=day(on), product=found, **values)


def exemption(of: Resident, start: str, end: str | None = None, *, campaign: Campaign, **values: object) -> Exemption:
    """An approved deferral, or a contraindication when it has no end."""
    values = {
        "kind": "deferral" if end else "contraindication",
        "reason": "disease",
        "state": "approved",
        "institution": Institution.objects.filter(campaign=campaign, level=2).first(),
        "entry": of.entry,
    } | values
    return Exemption.objects.create(
        resident=of, campaign=campaign, start_on=day(start), end_on=day(end) if end else None, **values
    )


def unit(name: str, trade: str | None = None, place: str = STREET) -> Unit:
    found = Trade.objects.get(name=trade) if trade else None
    return Unit.objects.create(name=name, trade=found, place_id=place, entry=entry())


def member(of: Unit, who: Resident, kind: str = "staff", **values: object) -> Membership:
    return Membership.objects.create(unit=of, resident=who, kind=kind, entry=who.entry, **values)


def tag(who: Resident, name: str) -> ResidentTag:
    return ResidentTag.objects.create(resident=who, tag=Tag.objects.get_or_create(name=name)[0])


def stand(of: Campaign) -> list[Standing]:
    """Rebuild everybody's standings, as every action does for those it touched."""
    rebuild(of, list(Resident.objects.values_list("pk", flat=True)))
    return list(Standing.objects.order_by("resident_id", "since"))
