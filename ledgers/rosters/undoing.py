"""Taking an import back: everything it made goes, everything it changed is as before (design: Who owns what).

Possible while nothing was built on it: no later dose, exemption, decision, visit or merge refers to a
person or dose that it created or changed.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign, Institution, Target
from ledgers import standings
from ledgers.models import (
    Checklist,
    ChecklistRow,
    Conflict,
    Dose,
    Excuse,
    Exemption,
    Reason,
    RosterImport,
    Standing,
    Statement,
)
from ledgers.rosters.people import FIELDS
from ledgers.rosters.pipeline import wait_for_turn
from ledgers.signals import facts_changed
from registry import audit, bulk
from registry.models import (
    Entry,
    Household,
    IdentityDocument,
    Membership,
    Phone,
    Place,
    Resident,
    ResidentChange,
    ResidentTag,
    Tag,
    Trade,
    Unit,
    User,
)

_MODELS: dict[str, type[models.Model]] = {
    "place": Place, "target": Target, "unit": Unit, "trade": Trade, "tag": Tag, "institution": Institution,
    "household": Household, "exemption": Exemption, "reason": Reason, "membership": Membership,
    "dose": Dose,
}  # fmt: skip
# Facts about a resident that carry the entry that made them.
_FACTS = (Dose, Exemption, Statement, Reason, Membership, Conflict, ResidentChange)
# What hangs on a resident without an entry of its own, and goes with somebody whom the import created.
_PARTS = (Standing, Excuse, Phone, ResidentTag, IdentityDocument)
_WORDS = {
    Dose: "登记了接种记录", Exemption: "登记或审核了禁忌缓种", Statement: "登记了自述接种", Reason: "登记了未种原因",
    Membership: "登记了单位", Conflict: "出现或处理了待核实", ResidentChange: "修改了资料",
}  # fmt: skip


class UndoRefused(Exception):
    """Something was built on the import; the message is one Chinese sentence that says what."""


@transaction.atomic
def undo(roster: RosterImport, *, by: User, address: str = "") -> None:
    """Take an import back. Raises UndoRefused where something was built on it, or it is not written."""
    wait_for_turn()
    roster = RosterImport.objects.select_for_update(of=("self",)).select_related("campaign", "entry").get(pk=roster.pk)
    if roster.state != RosterImport.State.DONE or roster.entry is None:
        raise UndoRefused("这次导入还没有入库，或已经撤销。")
    require_open(roster.campaign)
    entry = roster.entry
    _end_checklist(roster)
    touched = touched_by(entry)
    refuse_if_built_on(entry, touched, roster.before)
    places = set(Resident.objects.filter(pk__among=touched).order_by().values_list("place_id", flat=True).distinct())
    campaigns = set(Dose.objects.filter(entry=entry).order_by().values_list("campaign_id", flat=True).distinct())
    withdraw(entry, roster.before)
    for campaign in Campaign.objects.filter(pk__in=campaigns | {roster.campaign_id}):
        standings.rebuild(campaign, Resident.objects.filter(pk__among=touched).values_list("pk", flat=True))
        facts_changed.send(sender=RosterImport, campaign=campaign, places=places | _places(roster), since=None)
    roster.state, roster.undone_by, roster.undone_at = RosterImport.State.UNDONE, by, timezone.now()
    roster.save(update_fields=["state", "undone_by", "undone_at"])
    audit.record(
        "roster.undo", by=by, subject=f"rosterimport {roster.pk}", detail={"counts": roster.counts}, address=address
    )


def _end_checklist(roster: RosterImport) -> None:
    """Take a 核查名单 back while nobody has answered it; its rows go, and it is asked no more."""
    rows = ChecklistRow.objects.filter(checklist__roster=roster)
    if rows.exclude(answer="").exists():
        raise UndoRefused("不能撤销：名单里已经有人答过；不再核查的，就结束核查。")
    rows.delete()
    Checklist.objects.filter(roster=roster).update(asked_on=None, fresh_from=None, closed_at=None, closed_by=None)


def withdraw(entry: Entry, before: dict[str, Any]) -> None:
    """Take back all that was written under an entry; `before` is what its `Log` noted. Standings are the caller's."""
    # First what the import changed: a reason it replaced bears its entry, and must not go with its own.
    _restore(before.get("changed", {}))
    _undo_facts(entry)
    _undo_changes(entry)
    created = Resident.objects.filter(entry=entry)
    for model in _PARTS:
        bulk.delete(model.objects.filter(resident__in=created.values("pk")))
    bulk.delete(created)
    _drop_created(entry, before.get("created", {}))


def touched_by(entry: Entry) -> list[int]:
    """Return the residents that an entry created or changed, or whose facts it made or ended."""
    found = set(Resident.objects.filter(entry=entry).values_list("pk", flat=True))
    for model in _FACTS:
        found.update(model.objects.filter(entry=entry).order_by().values_list("resident_id", flat=True).distinct())
    found.update(Exemption.objects.filter(decided_entry=entry).values_list("resident_id", flat=True))
    found.update(Dose.objects.filter(ended_entry=entry).values_list("resident_id", flat=True))
    found.update(Statement.objects.filter(closed_entry=entry).values_list("resident_id", flat=True))
    return sorted(found)


def refuse_if_built_on(entry: Entry, touched: list[int], before: dict[str, Any]) -> None:
    """Raise UndoRefused where anything came after the entry that is about these residents or what it created."""
    for model in _FACTS:
        if _later(model, entry).filter(resident__pk__among=touched).exists():
            raise UndoRefused(f"不能撤销：之后又为其中的人员{_WORDS[model]}。")
    _refuse_if_others_refer(Resident.objects.filter(entry=entry), {*_FACTS, *_PARTS})
    created = before.get("created", {})
    units = Unit.objects.filter(pk__in=created.get("unit", []))
    villages = Place.objects.villages().filter(pk__in=created.get("place", []))
    if Membership.objects.filter(unit__in=units).exclude(entry=entry).exists():
        raise UndoRefused("不能撤销：之后又有人员登记到其中的单位。")
    for village in villages:
        if Resident.objects.inside(village.prefix).exists() or Unit.objects.inside(village.prefix).exists():
            raise UndoRefused(f"不能撤销：{village.name}已经有人员或单位。")
    _refuse_if_others_refer(villages, {Resident, Household, Unit, Target})


def _later(model: type[models.Model], entry: Entry) -> QuerySet:
    """Rows of a kind of fact that came, ended or were decided after the import."""
    condition = Q(entry__gt=entry.pk)
    if model is Dose:
        condition |= Q(ended_entry__gt=entry.pk)
    elif model is Exemption:
        condition |= Q(decided_entry__gt=entry.pk)
    elif model is Statement:
        condition |= Q(closed_entry__gt=entry.pk)
    elif model is Conflict:
        condition |= Q(decided_at__gt=entry.at)
    return model.objects.filter(condition)


def _refuse_if_others_refer(rows: QuerySet, handled: set[type[models.Model]]) -> None:
    """Refuse where a table that this module does not know refers to the rows: a visit, a merge, a stored list."""
    for relation in rows.model._meta.related_objects:
        other = relation.related_model
        if other in handled or relation.on_delete is not models.PROTECT:
            continue
        if other._base_manager.filter(**{f"{relation.field.name}__in": rows.values("pk")}).exists():
            raise UndoRefused(f"不能撤销：之后又有{other._meta.verbose_name}用到其中的内容。")


def _undo_facts(entry: Entry) -> None:
    for model in (Conflict, Dose, Statement, Exemption, Reason, Membership):
        bulk.delete(model.objects.filter(entry=entry))
    ended = Dose.objects.filter(ended_entry=entry)
    # What a question is still open about was waiting when the import settled it.
    ended.filter(conflicts__decision="").update(state=Dose.State.WAITING, ended_entry=None)
    ended.update(state=Dose.State.LIVE, ended_entry=None)
    Statement.objects.filter(closed_entry=entry).update(closed_entry=None)
    Exemption.objects.filter(decided_entry=entry).update(decided_entry=None)


def _restore(changed: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Give places, units, exemptions and the like the values back that the import replaced."""
    for name, rows in changed.items():
        for key, old in rows.items():
            names = {"institution": "institution_id"} if name == "exemption" else {}
            values = {names.get(field, field): value for field, value in old.items()}
            _MODELS[name].objects.filter(pk=key).update(**values)


def _undo_changes(entry: Entry) -> None:
    """Take back what the history says the import changed in people on record."""
    fields: dict[int, dict[str, str]] = {}
    phones, tags, documents = [], [], []
    for resident, field, old, new in ResidentChange.objects.filter(entry=entry).values_list(
        "resident_id", "field", "old", "new"
    ):
        if field == "phone":
            phones.append((resident, new))
        elif field == "tag":
            tags.append((resident, new))
        elif field == "document":
            documents.append(resident)
        elif field != "unit":
            fields.setdefault(resident, {})[field] = old
    _drop_pairs(Phone, "number", phones)
    _drop_pairs(ResidentTag, "tag__name", tags)
    bulk.delete(IdentityDocument.objects.filter(resident__pk__among=documents))
    _restore_fields(fields)
    bulk.delete(ResidentChange.objects.filter(entry=entry))


def _drop_pairs(model: type[models.Model], field: str, pairs: list[tuple[int, str]]) -> None:
    wanted = set(pairs)
    found = model.objects.filter(resident__pk__among=[resident for resident, _ in pairs])
    keys = [
        key for key, resident, value in found.values_list("pk", "resident_id", field) if (resident, value) in wanted
    ]
    bulk.delete(model.objects.filter(pk__among=keys))


def _restore_fields(old: dict[int, dict[str, str]]) -> None:
    rows = []
    for key, *values in Resident.objects.filter(pk__among=list(old)).values_list("pk", *FIELDS):
        changes = old[key]
        rows.append(
            (
                key,
                *(
                    _value(name, changes[name]) if name in changes else v
                    for name, v in zip(FIELDS, values, strict=True)
                ),
            )
        )
    bulk.update(Resident, ("id", *FIELDS), rows)


def _value(field: str, text: str) -> Any:
    if field in ("birth_on", "status_on"):
        return date.fromisoformat(text) if text else None
    if field == "status_stated":
        return text == "True"
    if field in ("household_id", "registered_village_id"):
        return text or None
    return text


def _drop_created(entry: Entry, created: dict[str, list[Any]]) -> None:
    """Delete what the import made that carries no entry, unless something else uses it by now."""
    bulk.delete(_unused(Household.objects.filter(entry=entry)))
    for name in ("target", "unit", "trade", "tag", "institution"):
        key = "name__in" if name == "tag" else "pk__in"
        bulk.delete(_unused(_MODELS[name].objects.filter(**{key: created.get(name, [])})))
    bulk.delete(_unused(Place.objects.filter(pk__in=created.get("place", []))))


def _unused(rows: QuerySet) -> QuerySet:
    """Narrow to rows that nothing refers to."""
    for relation in rows.model._meta.related_objects:
        used = relation.related_model._base_manager.filter(**{f"{relation.field.name}__isnull": False})
        rows = rows.exclude(pk__in=used.values(relation.field.name))
    return rows.model._base_manager.filter(pk__in=list(rows.values_list("pk", flat=True)))


def _places(roster: RosterImport) -> set[str]:
    return {*roster.before.get("created", {}).get("place", []), *roster.before.get("changed", {}).get("place", {})}
