"""人员变动: handovers, people without a number, deaths, people registered here, duplicates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledgers.access import villages_of
from ledgers.handovers import duplicates, handover, lists, merging, numbers
from ledgers.handovers.deaths import undo_death
from ledgers.handovers.forms import FindForm, HandoverForm, NumberForm
from ledgers.models import Handover, Merge
from registry import audit
from registry.access import get_own_resident_for, may, requires
from registry.audit import address_of
from registry.clock import today
from registry.limits import allowed
from registry.models import IdentityDocument, Place, Resident, Status
from registry.querysets import within

PER_PAGE = 50
# Look-ups by name and full number an account may make in an hour (access.md).
FINDS_PER_HOUR = 30
_FORM = "ledgers/person_form.html"
_DUPLICATES = "/handovers/?show=duplicates"


@requires("handover.ask")
@require_safe
def handovers(request: HttpRequest) -> HttpResponse:
    """One list of people whose place is in question, chosen by a tab."""
    tabs = _tabs(request)
    shown = request.GET.get("show", "")
    found = {key: rows for key, _, rows in tabs}
    shown = shown if shown in found else next((key for key, _, rows in tabs if rows.exists()), tabs[0][0])
    page = Paginator(found[shown], PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": [(key, name, rows.count()) for key, name, rows in tabs],
        "shown": shown,
        "page": page,
        "query": f"show={shown}&",
        "today": today(),
    }
    if shown == "handovers":
        context["answered"] = lists.answered_handovers(request.user, today())[:PER_PAGE]
        keys = [one.pk for one in page]
        for name, condition in (("answers", handover.may_answer), ("withdraws", handover.may_withdraw)):
            mine = Handover.objects.filter(condition(request.user), pk__in=keys)
            context[name] = set(mine.values_list("pk", flat=True))
    if shown == "duplicates":
        context["merges"] = _with_dialogs(lists.recent_merges(request.user)[:5])
    _say_where(page, shown)
    return render(request, "ledgers/handovers.html", context)


def _tabs(request: HttpRequest) -> list[tuple[str, str, Any]]:
    user = request.user
    tabs = [
        ("handovers", "移交", lists.open_handovers(user)),
        ("undocumented", "待补证件", lists.undocumented(user).order_by("place_id", "pk")),
        ("deceased", f"近{lists.DEATH_SHOWN_DAYS}天登记的已故", lists.deceased(user, today())),
        ("registered", "户籍在这、住在别村", lists.registered_here(user).order_by("registered_village_id", "pk")),
    ]
    if may(user, "duplicate.decide"):
        tabs.append(("duplicates", "疑似重复", lists.open_duplicates(user)))
    return tabs


def _with_dialogs(rows: Any) -> list[Any]:
    """Give each row the id of the dialog that asks once more."""
    found = list(rows)
    for one in found:
        one.dialog = f"undo-{one.pk}"
    return found


def _say_where(page: Any, shown: str) -> None:
    """Put village and group, and of a pair the number, on the people shown; two queries at most."""
    if shown == "handovers":
        return
    people = [one for pair in page for one in (pair.first, pair.second)] if shown == "duplicates" else list(page)
    codes = {one.village_code for one in people}
    villages = dict(Place.objects.filter(code__in=codes).values_list("code", "name"))
    numbers_of: dict[int, str] = {}
    if shown == "duplicates":
        rows = IdentityDocument.objects.filter(resident__in=people).order_by("-pk")
        numbers_of = dict(rows.values_list("resident_id", "number"))
    for one in _with_dialogs(people):
        group = one.place.name if one.place.level == Place.Level.GROUP else ""
        one.where = f"{villages.get(one.village_code, '待归类')} {group}".strip()
        one.first_number = numbers_of.get(one.pk, "")


@requires("handover.ask")
@require_http_methods(["GET", "POST"])
def handover_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer one of the own people to another village."""
    resident = get_own_resident_for(request.user, pk)
    others = Place.objects.villages().filter(within(resident.place_id[: Place.Level.STREET], "code"))
    others = others.exclude(pk=resident.village_code).order_by("code")
    form = HandoverForm(request.POST or None, villages=others)
    if request.method == "POST" and form.is_valid():
        try:
            made = handover.ask(resident, form.cleaned_data["village"], note=form.cleaned_data["note"], **_who(request))
        except handover.HandoverRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已向{made.taking}发起移交，对方确认以前{resident.name}还在你的名单里")
            return redirect("person", pk)
    context = {"form": form, "resident": resident, "title": "移交到别的村", "button": "发起移交"}
    return render(request, _FORM, context, status=422 if form.errors else 200)


@requires("handover.answer")
@require_POST
def handover_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, refuse or take back; anybody else's handover is "not found"."""
    decision = request.POST.get("decision", "")
    condition = handover.may_withdraw if decision == "withdraw" else handover.may_answer
    found = get_object_or_404(Handover.objects.filter(condition(request.user)), pk=pk)
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "accept": (
            lambda: handover.accept(found, **_who(request)),
            f"已确认，{found.resident.name}在{found.taking}的名单里了",
        ),
        "refuse": (
            lambda: handover.refuse(found, answer=request.POST.get("answer", ""), **_who(request)),
            f"已答复{found.no_words}，{found.resident.name}还在{found.giving}的名单里",
        ),
        "withdraw": (lambda: handover.withdraw(found, **_who(request)), "已撤回移交"),
    }
    if decision not in acts:
        raise Http404
    act, words = acts[decision]
    try:
        act()
        messages.success(request, words)
    except handover.HandoverRefused as refused:
        messages.error(request, f"没有办成，什么也没有写入：{refused}")
    return redirect("handovers")


@requires("handover.ask")
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Look somebody up by name and full number; of another village's people it says only that they are there."""
    form = FindForm(request.POST or None, today=today())
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        if not allowed(f"finds:{request.user.pk}", FINDS_PER_HOUR):
            form.add_error(None, f"一小时最多找 {FINDS_PER_HOUR} 人，过一会再找。")
        else:
            found = numbers.find_by_number(form.cleaned_data["name"], form.cleaned_data["number"])
            subject = f"resident {found.pk}" if found else ""
            audit.record("resident.find", by=request.user, subject=subject, address=address_of(request))
            if found and _is_own(request, found):
                return redirect("person", found.pk)
            context |= {"asked": True, "found": found, "villages": villages_of(request.user)}
            if found and found.village_code:
                request.session[_FOUND] = found.pk
    return render(request, "ledgers/find.html", context, status=422 if form.errors else 200)


_FOUND = "found_elsewhere"


def _is_own(request: HttpRequest, resident: Resident) -> bool:
    return Resident.objects.visible_to(request.user).filter(pk=resident.pk).exists()


@requires("handover.ask")
@require_POST
def find_ask(request: HttpRequest) -> HttpResponse:
    """Ask the other village for the person just found, into one of the own villages."""
    resident = Resident.objects.filter(pk=request.session.get(_FOUND, 0)).first()
    village = get_object_or_404(villages_of(request.user), pk=request.POST.get("village", ""))
    if resident is None:
        raise Http404
    try:
        handover.ask(resident, village, note=request.POST.get("note", ""), **_who(request))
        messages.success(request, "已请对方村移交，对方确认以后进你村的名单")
    except handover.HandoverRefused as refused:
        messages.error(request, f"没有办成，什么也没有写入：{refused}")
    return redirect("handovers")


@requires("person.edit")
@require_http_methods(["GET", "POST"])
def number_new(request: HttpRequest, pk: int) -> HttpResponse:
    """补证件号码: a number somebody on record has opens a question for staff instead."""
    resident = get_own_resident_for(request.user, pk)
    form = NumberForm(request.POST or None, today=today())
    if request.method == "POST" and form.is_valid():
        added = numbers.add_number(resident, form.cleaned_data["number"], **_who(request))
        if added.taken:
            messages.success(request, f"已补上{resident.name}的证件号码")
            return redirect("person", pk)
        if added.pair:
            form.add_error(None, "这个号码已经登记在一个同名的人名下，可能是同一个人；已请街道专班核对、合并。")
        else:
            form.add_error(None, "这个号码已经登记在别人名下，没有写入；核对证件上的每一位。")
    context = {"form": form, "resident": resident, "title": "补证件号码", "button": "补上号码"}
    return render(request, _FORM, context, status=422 if form.errors else 200)


@requires("person.edit")
@require_POST
def death_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a mistaken death back: the person stands as before, the history keeps both."""
    resident = get_own_resident_for(request.user, pk)
    if resident.status != Status.DECEASED:
        messages.error(request, f"{resident.name}没有登记去世，什么也没有写入")
    else:
        status = undo_death(resident, **_who(request))
        messages.success(request, f"已撤销，{resident.name}恢复为“{status.label}”")
    return redirect("person", pk)


@requires("duplicate.decide")
@require_POST
def duplicates_find(request: HttpRequest) -> HttpResponse:
    """Look through the street for pairs that may be one person."""
    streets = {village.code[: Place.Level.STREET] for village in villages_of(request.user)}
    new = sum(
        duplicates.find_duplicates(street)
        for street in Place.objects.filter(code__in=[f"{prefix}000" for prefix in streets])
    )
    messages.success(request, f"查过了，新发现 {new} 对" if new else "查过了，没有新的疑似重复")
    return redirect(_DUPLICATES)


@requires("duplicate.decide")
@require_POST
def duplicate_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge into the one that is kept, or remember that they are two."""
    pair = get_object_or_404(duplicates.duplicates_visible_to(request.user), pk=pk)
    kept = request.POST.get("keep", "")
    try:
        if kept.isdigit():
            merging.merge(pair, int(kept), **_who(request))
            messages.success(request, "已合并成一个人，下面可以撤销")
        elif duplicates.are_different(pair, **_who(request)):
            messages.success(request, "已记下不是同一人，不再问")
    except merging.MergeRefused as refused:
        messages.error(request, f"没有办成，什么也没有写入：{refused}")
    return redirect(_DUPLICATES)


@requires("duplicate.decide")
@require_POST
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    made: Merge = get_object_or_404(lists.recent_merges(request.user), pk=pk)
    try:
        merging.undo(made, **_who(request))
        messages.success(request, "已撤销合并，两条记录都回来了")
    except merging.MergeRefused as refused:
        messages.error(request, f"没有办成，什么也没有写入：{refused}")
    return redirect(_DUPLICATES)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "address": address_of(request)}
