"""Acts on one household, each asked once more in a sentence before it is done, each with a way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledgers.households import acts
from ledgers.households.access import (
    get_household_for,
    get_household_to_change,
    households_of,
    may_change,
    places_given_by,
)
from ledgers.households.caretakers import caretaker_of, possible_caretakers
from ledgers.households.changes import ActRefused, take_back, touched_by
from ledgers.households.numbering import label_of
from registry.access import requires, scope_of
from registry.audit import address_of
from registry.clock import today
from registry.models import Entry, Household, HouseholdChange, Resident, ResidentChange, Role, Status
from registry.querysets import within

HISTORY = 20


@requires("household.edit")
@require_safe
def household_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that can be done to a household, and what has been done."""
    household = get_household_to_change(request.user, pk)
    context = _context(household) | {
        "states": Household.State.choices,
        "caretaker": caretaker_of([household])[household.pk],
        "caretakers": possible_caretakers(household.village_id),
        "places": places_given_by(request.user, household.village_id),
        "apart": household.state in Household.APART,
        "history": _history(household),
    }
    return render(request, "ledgers/households/edit.html", context)


def _context(household: Household) -> dict[str, Any]:
    members = Resident.objects.filter(household=household, status=Status.ACTIVE).order_by("pk")
    return {"household": household, "label": label_of(household), "members": list(members), "today": today()}


def _history(household: Household) -> list[Entry]:
    """The newest acts on the household; an undone one stays, with the act that undid it above it."""
    changed = HouseholdChange.objects.filter(household=household).values("entry_id")
    pk = str(household.pk)
    # Who came and who left, wherever they are now; by village, for no index knows the values.
    of_village = ResidentChange.objects.filter(within(household.village_id, "resident__place_id"), field="household_id")
    moved = of_village.filter(Q(old=pk) | Q(new=pk)).values("entry_id")
    entries = Entry.objects.filter(pk__in=changed.union(moved), job__isnull=True)
    return list(entries.select_related("by").order_by("-pk")[:HISTORY])


def _do(
    request: HttpRequest, household: Household, sentence: str, action: str, act: Callable[[], Entry]
) -> HttpResponse:
    """Ask in words first; then do it, say so, and offer the way back."""
    back = reverse("household_edit", args=[household.pk])
    if "sure" not in request.POST:
        kept = [(name, value) for name in request.POST for value in request.POST.getlist(name)]
        context = {
            "sentence": sentence,
            "action": action,
            "kept": [pair for pair in kept if pair[0] != "csrfmiddlewaretoken"],
            "back": back,
        }
        return render(request, "ledgers/households/confirm.html", context)
    try:
        entry = act()
    except ActRefused as refusal:
        messages.error(request, f"{refusal}没有写入任何数据")
        return redirect(back)
    say_done(request, entry)
    return redirect(back)


def say_done(request: HttpRequest, entry: Entry) -> None:
    words = '{}　<a href="{}">撤销</a>'
    messages.success(request, format_html(words, entry.label, reverse("household_undo", args=[entry.pk])))


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "address": address_of(request)}


@requires("household.edit")
@require_POST
def household_state(request: HttpRequest, pk: int) -> HttpResponse:
    household = get_household_to_change(request.user, pk)
    state = request.POST.get("state", "")
    if state not in Household.State.values:
        raise Http404
    words = Household.State(state).label
    sentence = f"{_named(household)}改为“{words}”。"
    if state in Household.APART:
        sentence += "以后单独列出，不算在每轮要走的户里。"
    return _do(
        request, household, sentence, f"改为{words}", lambda: acts.change_state(household, state, **_by(request))
    )


def _named(household: Household) -> str:
    return f"{label_of(household)} {household.head}"


@requires("household.edit")
@require_POST
def household_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm in one tap that a household listed apart really is one."""
    household = get_household_to_change(request.user, pk)
    try:
        say_done(request, acts.confirm_apart(household, **_by(request)))
    except ActRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('survey_group', args=[household.place_id])}?only=apart")


@requires("household.edit")
@require_POST
def household_caretaker(request: HttpRequest, pk: int) -> HttpResponse:
    household = get_household_to_change(request.user, pk)
    chosen = request.POST.get("caretaker", "")
    who = get_object_or_404(possible_caretakers(household.village_id), pk=chosen) if chosen.isdigit() else None
    sentence = f"{_named(household)}的包保人改为{who or '本网格的人'}。"
    return _do(
        request, household, sentence, "改包保人", lambda: acts.assign_caretaker([household], who, **_by(request))
    )


@requires("household.edit")
@require_http_methods(["GET", "POST"])
def household_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Move on the walk: first the place, then before which household there."""
    household = get_household_to_change(request.user, pk)
    data = request.POST if request.method == "POST" else request.GET
    place = (
        places_given_by(request.user, household.village_id).filter(code=data.get("place", household.place_id)).first()
    )
    if place is None:
        raise Http404
    others = Household.objects.standing().filter(place=place, sequence__isnull=False).exclude(pk=household.pk)
    if request.method == "GET":
        context = _context(household) | {"place": place, "others": others.select_related("place").walking()}
        return render(request, "ledgers/households/place.html", context)
    chosen = request.POST.get("before", "")
    before = get_object_or_404(others.select_related("place"), pk=chosen) if chosen.isdigit() else None
    where = f"{_named(before)} 前面，后面的户依次往后排一个号" if before else f"{place.name}最后"
    sentence = f"{_named(household)}排到{where}。"
    if place.pk != household.place_id:
        sentence += f"家里住在{household.place.name}的人一起换到{place.name}。"
    return _do(
        request,
        household,
        sentence,
        "改顺序",
        lambda: acts.move_on_walk(household, place, before=before, **_by(request)),
    )


@requires("household.edit")
@require_http_methods(["GET", "POST"])
def household_split(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose who goes and who heads the new household."""
    household = get_household_to_change(request.user, pk)
    if request.method == "GET":
        return render(request, "ledgers/households/split.html", _context(household))
    members = Resident.objects.filter(household=household, pk__in=_keys(request, "member")).order_by("pk")
    head = members.filter(pk__in=_keys(request, "head")).first()
    if head is None:
        messages.error(request, "先勾选分出去的人，再从中选一个户主；没有写入任何数据")
        return redirect("household_split", household.pk)
    names = "、".join(member.name for member in members)
    rest = Resident.objects.filter(household=household, status=Status.ACTIVE).count() - len(members)
    sentence = f"{names} {len(members)} 人从{_named(household)}分出去，另立一户，户主{head.name}；原户留下 {rest} 人。"
    return _do(request, household, sentence, "分户", lambda: acts.split(household, list(members), head, **_by(request)))


def _keys(request: HttpRequest, name: str) -> list[int]:
    return [int(key) for key in request.POST.getlist(name) if key.isdigit() and len(key) < 19]


@requires("household.edit")
@require_http_methods(["GET", "POST"])
def household_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the household of the same place that takes the members."""
    household = get_household_to_change(request.user, pk)
    others = households_of(request.user).filter(place=household.place).exclude(pk=household.pk).select_related("place")
    if request.method == "GET":
        context = _context(household) | {"others": others.walking()}
        return render(request, "ledgers/households/merge.html", context)
    into = get_object_or_404(others, pk__in=_keys(request, "into"))
    count = Resident.objects.filter(household=household).count()
    sentence = f"{_named(household)}的 {count} 人并入{_named(into)}；{label_of(household)}这个号以后不再用。"
    return _do(request, household, sentence, "并户", lambda: acts.merge(household, into, **_by(request)))


@requires("household.edit")
@require_http_methods(["GET", "POST"])
def household_undo(request: HttpRequest, entry: int) -> HttpResponse:
    """Take an act back: its author, or staff, as long as nothing came after it."""
    found = get_object_or_404(Entry, pk=entry)
    households = touched_by(found)
    if not households or not any(_sees(request, one) for one in households):
        raise Http404
    own = found.by_id == request.user.pk or Role.STAFF in scope_of(request.user).roles
    if not own or not all(may_change(request.user, one.place_id) for one in households):
        raise PermissionDenied
    back = reverse("survey_group", args=[households[0].place_id]) + "?only=all"
    if request.method == "GET":
        context = {"sentence": f"撤销“{found.label}”，恢复到原来的样子。", "action": "撤销", "kept": [], "back": back}
        return render(request, "ledgers/households/confirm.html", context)
    try:
        take_back(found, **_by(request))
        messages.success(request, f"已撤销：{found.label}")
    except ActRefused as refusal:
        messages.error(request, f"{refusal}没有写入任何数据")
    return redirect(back)


def _sees(request: HttpRequest, household: Household) -> bool:
    try:
        get_household_for(request.user, household.pk)
    except Http404:
        return False
    return True
