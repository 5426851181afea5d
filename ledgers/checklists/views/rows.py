"""Rows that mean nobody on record, at the staff's desk: choose who is meant, pass on, put into 待归类."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ledgers.checklists import people
from ledgers.checklists.access import get_row_for
from ledgers.models import ChecklistRow
from ledgers.notes import NoteRefused
from registry.access import requires
from registry.audit import address_of
from registry.models import Place


@requires("checklist.manage")
@require_POST
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """One act on a row, named by the button; a refusal says what to do instead."""
    found = get_row_for(request.user, pk)
    try:
        messages.success(request, _act(request, found))
    except NoteRefused as refused:
        messages.error(request, f"没有办成，什么也没有写入：{refused}")
    return redirect("checklist", found.checklist_id)


def _act(request: HttpRequest, row: ChecklistRow) -> str:
    who = {"by": request.user, "address": address_of(request)}
    asked = request.POST
    if asked.get("who", "").isdigit():
        people.choose(row, int(asked["who"]), **who)
        return f"第 {row.number} 行对上了在册的人，由责任村（社区）或单位回报"
    if asked.get("act") == "enter":
        people.put_in_unplaced(row, **who)
        return f"{row.name}放进了待归类，认领的村（社区）来回报"
    village = Place.objects.villages().inside(row.checklist.campaign.place.prefix).filter(pk=asked.get("village"))
    place = village.first()
    if place is None:
        raise Http404
    people.pass_on(row, place, **who)
    return f"第 {row.number} 行转给了{place}"
