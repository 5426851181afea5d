"""Merging two records of one person: everything of the one moves to the other, with a log that leads back.

What the kept record holds already (the same dose day, number, phone, tag …) is not doubled: a dose ends
as superseded, the rest is written into the log and dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.db.models import ForeignObjectRel, Q
from django.utils import timezone

from campaigns.models import Campaign
from ledgers import standings
from ledgers.models import Dose, Duplicate, Merge
from ledgers.notes import new_entry
from ledgers.signals import facts_changed
from registry import audit
from registry.models import Entry, Resident, Source, User

# What makes a row of the removed record the same as one of the kept record, by model.
_SAME = {
    "registry.identitydocument": ("kind",),
    "registry.phone": ("number",),
    "registry.residenttag": ("tag_id",),
    "registry.membership": ("unit_id", "left_on"),
    "ledgers.statement": ("campaign_id", "month", "stated_number", "closed_entry_id"),
    "ledgers.exemption": ("campaign_id", "kind", "start_on"),
    "ledgers.reason": ("campaign_id",),
    "ledgers.conflict": ("kind", "field", "known", "incoming"),
    "ledgers.notours": ("village_id",),
    "ledgers.visitanswer": ("visit_id", "kind"),
    "ledgers.handover": ("state",),
}
# What follows from the facts and is made anew, and questions about the record itself.
_DERIVED = ("ledgers.standing", "ledgers.excuse", "ledgers.suggestion")
_ASKING = ("ledgers.duplicate",)


class MergeRefused(Exception):
    """A merge or its undoing that cannot be; its text is the sentence for the page."""


@transaction.atomic
def merge(duplicate: Duplicate, kept: int, *, by: User, address: str = "") -> Merge:
    """Move everything of the other record to `kept` (one of the two keys) and remove it. Raises MergeRefused."""
    duplicate = Duplicate.objects.select_for_update().get(pk=duplicate.pk)
    if duplicate.state != Duplicate.State.OPEN:
        raise MergeRefused(f"这一对已经是“{duplicate.get_state_display()}”，刷新页面看现在的情况。")
    if kept not in (duplicate.first_id, duplicate.second_id):
        raise MergeRefused("选留下两条里的哪一条。")
    removed = duplicate.second_id if kept == duplicate.first_id else duplicate.first_id
    pair = {one.pk: one for one in Resident.objects.select_for_update().filter(pk__in=(kept, removed))}
    if len(pair) < 2:
        raise MergeRefused("其中一条已经不在了，刷新页面看现在的情况。")
    entry = new_entry(by, Source.CERTIFICATE, "合并重复的人员")
    log = _move_all(pair[removed], pair[kept], entry)
    made = Merge.objects.create(kept_id=kept, removed=removed, record=log, entry=entry)
    pair[removed].delete()
    duplicate.state, duplicate.decided_by, duplicate.decided_at = Duplicate.State.MERGED, by, timezone.now()
    duplicate.save(update_fields=["state", "decided_by", "decided_at"])
    _settle([kept], {one.place_id for one in pair.values()})
    audit.record(
        "resident.merge", by=by, subject=f"resident {kept}", detail={"并入": f"resident {removed}"}, address=address
    )
    return made


@transaction.atomic
def undo(made: Merge, *, by: User, address: str = "") -> None:
    """Take a merge back: the removed record stands again with all that came from it. Raises MergeRefused."""
    made = Merge.objects.select_for_update().get(pk=made.pk)
    if made.undone_entry_id:
        raise MergeRefused("这次合并已经撤销。")
    made.undone_entry = new_entry(by, Source.CERTIFICATE, "撤销合并")
    made.save(update_fields=["undone_entry"])
    try:
        with transaction.atomic():
            _put_back(made)
    except IntegrityError as error:
        raise MergeRefused("合并以后这个人又有了新的记录，不能整个撤销；有错的地方逐条更正。") from error
    Duplicate.objects.filter(
        Q(first=made.kept_id, second=made.removed) | Q(first=made.removed, second=made.kept_id)
    ).update(state=Duplicate.State.OPEN, decided_by=None, decided_at=None)
    places = Resident.objects.filter(pk__in=(made.kept_id, made.removed)).values_list("place_id", flat=True)
    _settle([made.kept_id, made.removed], set(places))
    audit.record("resident.unmerge", by=by, subject=f"resident {made.kept_id}", address=address)


def _put_back(made: Merge) -> None:
    _restore([made.record["resident"]])
    for related in _related():
        keys = made.record["moved"].get(related.related_model._meta.label_lower, [])
        related.related_model._base_manager.filter(pk__in=keys).update(**{related.field.attname: made.removed})
    _restore(made.record["dropped"])
    ended = Dose.objects.filter(pk__in=made.record["superseded"], state=Dose.State.SUPERSEDED)
    ended.update(state=Dose.State.LIVE, ended_entry=None)


def _move_all(removed: Resident, kept: Resident, entry: Entry) -> dict[str, Any]:
    log: dict[str, Any] = {"resident": _plain([removed])[0], "moved": {}, "dropped": [], "superseded": []}
    log["superseded"] = _end_doubled_doses(removed, kept, entry)
    for related in _related():
        model, field = related.related_model, related.field.attname
        rows = model._base_manager.filter(**{field: removed.pk})
        doubled = list(_doubled(model, field, rows, kept))
        log["dropped"] += _plain(doubled)
        _drop(model, [row.pk for row in doubled])
        keys = list(rows.values_list("pk", flat=True))
        rows.update(**{field: kept.pk})
        log["moved"].setdefault(model._meta.label_lower, []).extend(keys)
    for name in _DERIVED:
        _model(name)._base_manager.filter(resident=removed.pk).delete()
    return log


def _related() -> Iterator[ForeignObjectRel]:
    """Every relation to a resident that holds facts, so that a new model is not forgotten."""
    for related in _all_related():
        if related.related_model._meta.label_lower not in (*_DERIVED, *_ASKING):
            yield related


def _all_related() -> Iterator[ForeignObjectRel]:
    # Hidden ones too: a relation without a name back points here all the same.
    for field in Resident._meta.get_fields(include_hidden=True):
        if field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one):
            yield field


def _model(name: str) -> type[models.Model]:
    return next(r.related_model for r in _all_related() if r.related_model._meta.label_lower == name)


def _end_doubled_doses(removed: Resident, kept: Resident, entry: Entry) -> list[int]:
    """End the live doses of days on which the kept record has one, so that one a day is live."""
    days = kept.doses.filter(state=Dose.State.LIVE).values_list("campaign_id", "given_on")
    doubled = [
        dose.pk
        for dose in removed.doses.filter(state=Dose.State.LIVE)
        if (dose.campaign_id, dose.given_on) in set(days)
    ]
    Dose.objects.filter(pk__in=doubled).update(state=Dose.State.SUPERSEDED, ended_entry=entry)
    return doubled


def _doubled(model: type[models.Model], field: str, rows: models.QuerySet, kept: Resident) -> Iterator[models.Model]:
    same = _SAME.get(model._meta.label_lower)
    if same is None:
        return
    held = set(model._base_manager.filter(**{field: kept.pk}).values_list(*same))
    for row in rows:
        if tuple(getattr(row, name) for name in same) in held:
            yield row


def _drop(model: type[models.Model], keys: list[int]) -> None:
    try:
        model._base_manager.filter(pk__in=keys).delete()
    except models.ProtectedError as error:
        raise MergeRefused("两条里有同一天的同一种申请，还各有材料：先撤回并补到一份里，再合并。") from error


def _plain(rows: Iterable[models.Model]) -> list[dict[str, Any]]:
    found = json.loads(serializers.serialize("json", rows))
    for row in found:
        # Who is put back is known again from that moment on, and not from before (`registry.versions`).
        row["fields"].pop("known_at", None)
    return found


def _restore(rows: list[dict[str, Any]]) -> None:
    for row in serializers.deserialize("json", json.dumps(rows)):
        row.save()


def _settle(residents: list[int], places: set[str]) -> None:
    for campaign in Campaign.objects.filter(is_active=True):
        standings.rebuild(campaign, residents)
        facts_changed.send(Resident, campaign=campaign, places=places, since=None)
