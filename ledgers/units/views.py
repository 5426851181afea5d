"""A unit's own pages: its roll, who joins and leaves, its classes, the class list for the clinic."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.person_access import LOOKUPS_PER_HOUR, may_look_up
from ledgers.units import access, members
from ledgers.units.classes import class_rows, steps_of
from ledgers.units.forms import JoinForm, LeaveForm, MemberForm
from ledgers.units.members import MemberRefused
from ledgers.units.roll import classes_in, roll_of
from ledgers.units.rules import DEFINITION
from registry import audit
from registry.access import requires
from registry.audit import address_of
from registry.clock import today
from registry.models import Membership, MembershipKind

PER_PAGE = 50


@requires("unit.manage")
@require_safe
def own_units(request: HttpRequest) -> HttpResponse:
    """The units whose members the account keeps; who keeps one goes straight to it."""
    units = access.units_kept_by(request.user).select_related("trade", "place").order_by("name")
    page = Paginator(units, PER_PAGE).get_page(request.GET.get("page"))
    if page.paginator.count == 1:
        return redirect("unit_members", page[0].pk)
    return render(request, "ledgers/units/own.html", {"page": page})


@requires("unit.manage")
@require_safe
def unit_members(request: HttpRequest, pk: int) -> HttpResponse:
    """The roll, the missing first, with what to do next about each."""
    unit = access.get_unit_to_keep(request.user, pk)
    campaign = _campaign(request)
    roll = roll_of(unit, campaign, today())
    asked = {name: request.GET.get(name, "") for name in ("class", "kind", "show")}
    page = Paginator([one for one in roll if _is_asked(one, asked)], PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "campaign": campaign,
        "roll": roll,
        "missing": sum(one.missing for one in roll),
        "page": page,
        "asked": asked,
        "query": "".join(f"{name}={value}&" for name, value in asked.items() if value),
        "classes": classes_in(roll),
        "kinds": MembershipKind.choices,
        "definition": DEFINITION[campaign.judged_by],
        "on": today(),
    }
    return render(request, "ledgers/units/members.html", context)


def _is_asked(member: Any, asked: dict[str, str]) -> bool:
    if asked["class"] and member.class_name != asked["class"]:
        return False
    if asked["kind"] and member.membership.kind != asked["kind"]:
        return False
    return member.missing or asked["show"] != "missing"


@requires("unit.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def unit_member_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody joins; each number asked for counts as a look-up (access.md)."""
    unit = access.get_unit_to_keep(request.user, pk)
    campaign = _campaign(request)
    form = JoinForm(request.POST or None, today=today(), initial=_usual(unit))
    if request.method == "POST" and form.is_valid() and _look_up_allowed(request, form):
        try:
            made = members.join(unit, form.newcomer(), campaign.place, **_who(request))
            messages.success(request, f"{made.resident.name}已加入{unit.name}")
            return redirect("unit_members", pk)
        except MemberRefused as refused:
            form.add_error(None, str(refused))
    return _form(request, form, unit, f"{unit.name}：添加人员", "添加到名单")


def _usual(unit: Any) -> dict[str, Any]:
    """What most members of this unit are, filled in already: the kind that was written last."""
    last = Membership.objects.filter(unit=unit).order_by("-pk").values_list("kind", flat=True).first()
    return {"kind": last or MembershipKind.STAFF}


def _look_up_allowed(request: HttpRequest, form: JoinForm) -> bool:
    if not may_look_up(request.user):
        form.add_error("number", f"一小时最多查 {LOOKUPS_PER_HOUR} 人，过一会再添。")
        return False
    audit.record("resident.lookup", by=request.user, detail={"what": "单位添加人员"}, address=address_of(request))
    return True


@requires("unit.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def unit_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Kind, class, guardian and consent of one member."""
    membership = access.get_membership_to_keep(request.user, pk)
    initial = {name: getattr(membership, name) for name in members.CHANGEABLE}
    initial["guardian"] = membership.resident.guardian
    form = MemberForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        changed = members.put_right(membership, changes, guardian=changes.pop("guardian"), **_who(request))
        messages.success(request, f"已更正{membership.resident.name}" if changed else "没有改动，什么也没有写入")
        return redirect("unit_members", membership.unit_id)
    context = {"membership": membership, "leave": LeaveForm(today=today(), initial={"left_on": today()})}
    return _form(request, form, membership.unit, membership.resident.name, "保存", **context)


@requires("unit.manage")
@require_POST
def unit_member_leave(request: HttpRequest, pk: int) -> HttpResponse:
    membership = access.get_membership_to_keep(request.user, pk)
    form = LeaveForm(request.POST, today=today())
    try:
        if not form.is_valid():
            raise MemberRefused("写明哪天离开，不晚于今天。")
        members.leave(membership, on=form.cleaned_data["left_on"], **_who(request))
        messages.success(request, f"{membership.resident.name}已从{membership.unit.name}名单离开")
    except MemberRefused as refused:
        messages.error(request, f"没有办成，什么也没有写入：{refused}")
    return redirect("unit_members", membership.unit_id)


@requires("unit.manage")
@require_safe
def unit_classes(request: HttpRequest, pk: int) -> HttpResponse:
    """A school per class and per step of 五(三)."""
    unit = access.get_unit_to_keep(request.user, pk)
    campaign = _campaign(request)
    steps = steps_of(campaign)
    rows = class_rows(roll_of(unit, campaign, today()), steps)
    context = {"unit": unit, "campaign": campaign, "steps": steps, "rows": rows, "on": today()}
    return render(request, "ledgers/units/classes.html", context)


@requires("unit.manage")
@require_safe
def unit_class_print(request: HttpRequest, pk: int) -> HttpResponse:
    """One class on paper for the clinic: guardians, consent, last and next dose."""
    unit = access.get_unit_to_keep(request.user, pk)
    name = request.GET.get("class", "")
    roll = [one for one in roll_of(unit, _campaign(request), today()) if one.class_name == name]
    if not name or not roll:
        raise Http404
    roll.sort(key=lambda one: one.resident.pinyin)
    audit.record(
        "unit.print", by=request.user, subject=f"unit {pk}", detail={"rows": len(roll)}, address=address_of(request)
    )
    return render(request, "ledgers/units/class_print.html", {"unit": unit, "name": name, "roll": roll, "on": today()})


def _campaign(request: HttpRequest) -> Campaign:
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        raise Http404
    return campaign


def _form(request: HttpRequest, form: Any, unit: Any, title: str, button: str, **further: Any) -> HttpResponse:
    context = {"form": form, "unit": unit, "title": title, "button": button} | further
    return render(request, "ledgers/units/form.html", context, status=422 if form.errors else 200)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "address": address_of(request)}
