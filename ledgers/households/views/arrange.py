"""What staff arrange: rounds, numbers, caretakers in bulk, grids; and 待并户, joined by whoever knows the people."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import get_campaign_for, may_change
from ledgers.households import acts, grids
from ledgers.households.access import get_household_to_change, get_village_for, households_of, prefixes_of
from ledgers.households.caretakers import possible_caretakers
from ledgers.households.changes import ActRefused
from ledgers.households.joining import suggestions_for, without_household
from ledgers.households.numbering import number_households
from ledgers.households.progress import street_progress, total
from ledgers.households.rounds import RoundRefused, begin_round, end_round, running_round
from ledgers.households.views.acts import say_done
from registry import audit
from registry.access import get_own_resident_for, requires
from registry.audit import address_of
from registry.clock import today
from registry.models import Grid, Place, Resident

PER_PAGE = 20


@requires("survey.arrange")
@require_http_methods(["GET", "POST"])
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds of the campaign; begin the next, or end the one that runs."""
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return render(request, "ledgers/households/no_plan.html")
    if request.method == "POST":
        if not may_change(request.user, campaign):
            raise Http404
        act = end_round if request.POST.get("act") == "end" else begin_round
        try:
            done = act(campaign, on=today(), by=request.user, address=address_of(request))
            messages.success(request, f"{done}已{'结束' if done.ends_on else '开始'}")
        except RoundRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("rounds")
    current = running_round(campaign)
    known = list(campaign.rounds.select_related("entry__by"))
    context = {
        "round": current,
        "rounds": known,
        "next": (known[0].number if known else 0) + 1,
        "whole": total(street_progress(prefixes_of(request.user), campaign, current)),
        "today": today(),
    }
    return render(request, "ledgers/households/rounds.html", context)


@requires("survey.arrange")
@require_POST
def survey_number(request: HttpRequest, village: str) -> HttpResponse:
    """Number the households of a village that have no number yet."""
    found = get_village_for(request.user, village)
    with transaction.atomic():
        waiting = households_of(request.user).inside(found.prefix).filter(sequence__isnull=True).count()
        number_households([found.pk])
        audit.record(
            "household.number", by=request.user, subject=f"place {found.pk}", detail={"户": waiting},
            address=address_of(request),
        )  # fmt: skip
    messages.success(request, f"{found}的 {waiting} 户已编号")
    return redirect("survey_village", found.pk)


@requires("survey.arrange")
@require_http_methods(["GET", "POST"])
def caretakers(request: HttpRequest, village: str) -> HttpResponse:
    """Name one caretaker for whole groups at once; "" gives them back to whoever has the place."""
    found = get_village_for(request.user, village)
    people = possible_caretakers(found.pk)
    groups = Place.objects.inside(found.prefix).order_by("code")
    if request.method == "GET":
        context = {"village": found, "people": people, "groups": groups}
        return render(request, "ledgers/households/caretakers.html", context)
    chosen = list(groups.filter(code__in=request.POST.getlist("group")))
    who = get_object_or_404(people, pk=key) if (key := request.POST.get("caretaker", "")).isdigit() else None
    if not chosen or key == "":
        messages.error(request, "先勾选组，再选包保人；没有写入任何数据")
        return redirect("caretakers", found.pk)
    households = list(households_of(request.user).filter(place__in=chosen))
    if "sure" not in request.POST:
        names = "、".join(group.name for group in chosen)
        sentence = f"{found}{names}的 {len(households)} 户，包保人改为{who or '本网格的人'}。"
        kept = [("group", group.pk) for group in chosen] + [("caretaker", key)]
        context = {
            "sentence": sentence,
            "action": f"改 {len(households)} 户的包保人",
            "kept": kept,
            "back": request.path,
        }
        return render(request, "ledgers/households/confirm.html", context)
    try:
        say_done(request, acts.assign_caretaker(households, who, by=request.user, address=address_of(request)))
    except ActRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("caretakers", found.pk)


@requires("survey.arrange")
@require_http_methods(["GET", "POST"])
def grid_list(request: HttpRequest, village: str) -> HttpResponse:
    """Divide a village into grids: each a name and the groups that belong to it."""
    found = get_village_for(request.user, village)
    if request.method == "POST":
        key = request.POST.get("grid", "")
        grid = get_object_or_404(Grid, village=found, pk=key) if key.isdigit() else None
        name, places = request.POST.get("name", "").strip(), request.POST.getlist("group")
        try:
            grids.save_grid(found, grid, name, places, by=request.user, address=address_of(request))
            messages.success(request, f"{name}已保存")
        except grids.GridRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("grid_list", found.pk)
    context = {"village": found, "grids": grids.grids_of(found), "groups": grids.groups_of(found)}
    return render(request, "ledgers/households/grids.html", context)


@requires("household.edit")
@require_safe
def loose_people(request: HttpRequest, village: str) -> HttpResponse:
    """待并户: people of a village without a household, with the households they may belong to."""
    found = get_village_for(request.user, village)
    people = Resident.objects.none()
    for prefix in prefixes_of(request.user):
        inside = prefix if prefix.startswith(found.code) else found.prefix if found.code.startswith(prefix) else ""
        people |= without_household(inside) if inside else Resident.objects.none()
    page = Paginator(people.select_related("place").order_by("place_id", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    suggestions = suggestions_for(list(page), found.pk)
    context = {
        "village": found,
        "page": page,
        "rows": [(person, suggestions[person.pk]) for person in page],
        "today": today(),
    }
    return render(request, "ledgers/households/loose.html", context)


@requires("household.edit")
@require_POST
def loose_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a person into a household of the village in one tap, or let the person found one."""
    person = get_own_resident_for(request.user, pk)
    by = {"by": request.user, "address": address_of(request)}
    key = request.POST.get("household", "")
    try:
        if key.isdigit():
            entry = acts.join([person], get_household_to_change(request.user, int(key)), **by)
        else:
            entry = acts.new_household([person], person, **by)
        say_done(request, entry)
    except ActRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("loose_people", person.place_id[: Place.Level.VILLAGE])
