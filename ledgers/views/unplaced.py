"""待归类: people whom no village has on its list yet, claimed by one or placed by staff."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from campaigns.access import get_campaign_for
from ledgers.access import get_unplaced_for, unplaced_asked_of, unplaced_visible_to, villages_of
from ledgers.corrections import correct_resident
from ledgers.handovers.lists import adopted_by_village
from ledgers.models import Dose, Suggestion
from ledgers.unplaced import AdoptionRefused, adopt, not_ours
from registry.access import get_resident_for, requires, scope_of
from registry.audit import address_of
from registry.clock import today
from registry.models import IdentityDocument, Phone, Place, Resident, Role, Status, User
from registry.names import name_key

PER_PAGE = 20
MOST_AT_ONCE = 500


@requires("unplaced.adopt")
@require_safe
def unplaced(request: HttpRequest) -> HttpResponse:
    """People who wait for a village; a cadre is not shown whether they are vaccinated (access.md)."""
    staff = _is_staff(request.user)
    people = unplaced_asked_of(request.user)
    wanted = request.GET.get("q", "").strip()
    if wanted:
        people = people.filter(Q(name_key__startswith=name_key(wanted)) | Q(initials__startswith=wanted.lower()))
    page = Paginator(_with_hints(people, staff=staff), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "staff": staff,
        "villages": villages_of(request.user),
        "wanted": wanted,
        "query": f"q={wanted}&" if wanted else "",
        "today": today(),
    }
    return render(request, "ledgers/unplaced.html", context)


@requires("unplaced.watch")
@require_safe
def unplaced_adopted(request: HttpRequest) -> HttpResponse:
    """What became of the people villages claimed: how many, and how many have a dose by now (staff)."""
    campaign = get_campaign_for(request.user, None)
    adopted = adopted_by_village(campaign, today()) if campaign else []
    context = {
        "adopted": adopted,
        "people": sum(one.people for one in adopted),
        "vaccinated": sum(one.vaccinated for one in adopted),
        "today": today(),
    }
    return render(request, "ledgers/adopted.html", context)


def _is_staff(user: User) -> bool:
    return Role.STAFF in scope_of(user).roles


def _with_hints(people: QuerySet[Resident], *, staff: bool) -> QuerySet[Resident]:
    """What helps to recognise a person: tails of numbers, the address, the list they came with."""
    people = people.select_related("entry__by", "entry__roster").prefetch_related(
        Prefetch("documents", queryset=IdentityDocument.objects.order_by("pk")),
        Prefetch("phones", queryset=Phone.objects.order_by("pk")),
        Prefetch("suggestions", queryset=Suggestion.objects.order_by("rank").select_related("village")),
    )
    if staff:
        people = people.annotate(live_doses=Count("doses", filter=Q(doses__state=Dose.State.LIVE)))
    # Those of whom something tells a village first: they are quickly decided.
    ground = Suggestion.objects.filter(resident=OuterRef("pk"), rank=1)
    people = people.annotate(likeliest=Subquery(ground.values("village__name")[:1]))
    return people.order_by(F("likeliest").asc(nulls_last=True), "name_key", "pk")


@requires("unplaced.adopt")
@require_POST
def unplaced_adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a person onto a village's list; a second click finds the person placed."""
    village = get_object_or_404(villages_of(request.user), pk=request.POST.get("village", ""))
    try:
        resident = get_unplaced_for(request.user, pk)
    except Http404:
        # A second click finds the person on the own list; to anybody else it stays "not found".
        return _answer(request, f"{get_resident_for(request.user, pk).name}已经在你的名单里", done=True)
    try:
        adopt(resident, village, by=request.user, address=address_of(request))
    except AdoptionRefused as refusal:
        return _answer(request, str(refusal), done=False)
    return _answer(request, f"{resident.name}已归到{village.name}", done=True)


@requires("unplaced.adopt")
@require_POST
def unplaced_not_ours(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a person is of none of the account's villages; the other villages are still asked."""
    if _is_staff(request.user):
        raise PermissionDenied
    resident = get_unplaced_for(request.user, pk)
    for village in villages_of(request.user):
        not_ours(resident, village, by=request.user, address=address_of(request))
    return _answer(request, f"{resident.name}不是你村的，已记下", done=True)


def _answer(request: HttpRequest, outcome: str, *, done: bool) -> HttpResponse:
    if request.htmx:
        return render(request, "ledgers/unplaced_done.html", {"outcome": outcome, "refused": not done})
    (messages.success if done else messages.error)(request, outcome)
    return redirect("unplaced")


@requires("unplaced.adopt")
@require_POST
def unplaced_place(request: HttpRequest) -> HttpResponse:
    """One decision for many people: into a village, 不是我村的 (its cadre), or 非本辖区 (staff)."""
    act, staff = request.POST.get("act"), _is_staff(request.user)
    if act == ("not_ours" if staff else "outside"):
        raise PermissionDenied
    chosen = [key for key in request.POST.getlist("resident") if key.isdigit()][:MOST_AT_ONCE]
    people = list(unplaced_visible_to(request.user).filter(pk__in=chosen))
    village = villages_of(request.user).filter(pk=request.POST.get("village", "")).first()
    if not people or (act not in _WHERE and village is None):
        messages.error(request, f"先勾选人{'，再选村（社区）' if staff else ''}；没有写入任何数据")
        return redirect("unplaced")
    decided = sum(_decide(request, act, resident, village) for resident in people)
    messages.success(request, f"{decided} 人已{_WHERE.get(act) or f'归到{village.name}'}")
    return redirect("unplaced")


_WHERE = {"outside": "标为非本辖区", "not_ours": "记为不是你村的"}


def _decide(request: HttpRequest, act: str | None, resident: Resident, village: Place | None) -> bool:
    """Decide about one of many; False where a village was faster."""
    by = {"by": request.user, "address": address_of(request)}
    if act == "outside":
        return bool(correct_resident(resident, {"status": Status.OUTSIDE}, reason="待归类中标为非本辖区", **by))
    if act == "not_ours":
        return sum(not_ours(resident, own, **by) for own in villages_of(request.user)) > 0
    try:
        adopt(resident, village, **by)
    except AdoptionRefused:
        return False
    return True
