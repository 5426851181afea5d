"""What is done to an import: approve, discard, undo, try again, change its layout, take out rejected rows.

Each act is a transition of the roster's state, made by a conditional update: a second click finds the
state gone on and does nothing.
"""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledgers.access import get_roster_for
from ledgers.rosters import actions
from ledgers.rosters.again import try_again
from ledgers.rosters.forms import LayoutForm
from ledgers.rosters.showing import State
from ledgers.views.rosters import only_doses, spreadsheet
from registry.access import requires
from registry.audit import address_of, record


@requires("roster.approve")
@require_POST
def roster_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the rows written; the page then follows the job."""
    found = get_roster_for(request.user, pk)
    if found.state == State.PREVIEW:
        actions.approve(found, by=request.user, address=address_of(request))
    return redirect("roster", pk)


@requires("roster.upload")
@require_POST
def roster_discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_roster_for(request.user, pk)
    if found.state == State.PREVIEW:
        actions.discard(found, by=request.user, address=address_of(request))
        messages.success(request, f"已放弃：{found.name}，没有写入任何数据")
    return redirect("rosters")


@requires("roster.upload")
@require_POST
def roster_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an import whose job broke off three times into the queue again."""
    try_again(get_roster_for(request.user, pk), by=request.user)
    return redirect("roster", pk)


@requires("roster.approve")
@require_POST
def roster_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back, or say on its page why that is no longer possible."""
    found = get_roster_for(request.user, pk)
    if found.state != State.DONE:
        return redirect("roster", pk)
    try:
        actions.undo(found, by=request.user, address=address_of(request))
    except actions.UndoRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已撤销：{found.name}，它写入的内容都已退回")
    return redirect("roster", pk)


@requires("roster.upload")
@require_http_methods(["GET", "HEAD", "POST"])
def roster_layout(request: HttpRequest, pk: int) -> HttpResponse:
    """Change kind, sheet or columns; the file is read again."""
    found = get_roster_for(request.user, pk)
    if found.state not in (State.PREVIEW, State.REFUSED):
        return redirect("roster", pk)
    form = LayoutForm(request.POST or None, roster=found, only_doses=only_doses(request.user))
    if request.method == "POST" and form.is_valid():
        chosen = {"kind": form.cleaned_data["kind"], "sheet": form.cleaned_data["sheet"]}
        actions.rechoose(found, **chosen, columns=form.chosen_columns(), by=request.user)
        return redirect("roster", pk)
    return render(
        request, "ledgers/roster_layout.html", {"roster": found, "form": form}, status=422 if form.errors else 200
    )


@requires("roster.upload")
@require_safe
def roster_rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """The rejected rows as a spreadsheet: original cells, row numbers and reasons, to correct and send again."""
    found = get_roster_for(request.user, pk)
    if found.state not in (State.PREVIEW, State.DONE, State.UNDONE):
        raise PermissionDenied
    content = actions.rejected_rows_workbook(found)
    record("roster.rejected", by=request.user, subject=f"rosterimport {found.pk}", address=address_of(request))
    return spreadsheet(content, f"{Path(found.name).stem}-退回行.xlsx")
