"""The only door to rosters, conflicts and unplaced people by key (access.md)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from ledgers.handovers.suggestions import asked_of
from ledgers.models import Conflict, RosterImport
from registry.access import scope_of
from registry.models import Place, Resident, Role, Status, User


def get_roster_for(user: User, pk: int) -> RosterImport:
    """Return a roster the account may see; any other is "not found"."""
    found = RosterImport.objects.visible_to(user).filter(pk=pk)
    roster = found.select_related(
        "campaign__place", "uploaded_by", "approved_by", "undone_by", "village", "job"
    ).first()
    if roster is None:
        raise Http404
    return roster


def get_conflict_for(user: User, pk: int) -> Conflict:
    """Return a conflict, decided or open, that the account can know about; any other is "not found"."""
    conflict = Conflict.objects.visible_to(user).filter(pk=pk).select_related("resident__place", "entry__by").first()
    if conflict is None:
        raise Http404
    return conflict


def get_decided_for(user: User, pk: int) -> Conflict:
    """Return a conflict that the account may open again: its own decision, for staff anybody's in their street.

    Who gave a person away no longer sees the question by scope, and still may take the decision back.
    """
    seen = Conflict.objects.visible_to(user).values("pk")
    conflict = Conflict.objects.filter(Q(pk__in=seen) | Q(decided_by=user), pk=pk).select_related("resident").first()
    if conflict is None:
        raise Http404
    if Role.STAFF not in scope_of(user).roles and conflict.decided_by_id != user.pk:
        raise PermissionDenied
    return conflict


def decided_lately_by(user: User) -> QuerySet[Conflict]:
    """Return decisions that the account may take back: for staff all of their street, for others their own."""
    decided = Conflict.objects.filter(decided_at__isnull=False, payload__has_key="carried_out")
    if Role.STAFF in scope_of(user).roles:
        decided = decided.filter(pk__in=Conflict.objects.visible_to(user).values("pk"))
    else:
        decided = decided.filter(decided_by=user)
    return decided.select_related("resident", "decided_by").order_by("-decided_at")


def decisions_open_to(user: User, conflict: Conflict) -> tuple[str, ...]:
    """Return the sides the account may choose.

    A village may give a person away or keep one, and say of somebody else's that it is not theirs; it
    never takes a person from another village by itself (access.md: two villages to both, then staff).
    """
    known, incoming, other = Conflict.Decision.values
    if conflict.kind == Conflict.Kind.NAME:
        return known, incoming, other
    own = scope_of(user).prefixes(Role.STAFF, Role.CADRE)
    if conflict.field != "place_id" or any(conflict.resident.place_id.startswith(prefix) for prefix in own):
        return known, incoming
    return (known,)


def unplaced_visible_to(user: User) -> QuerySet[Resident]:
    """Return active people in 待归类: for staff of their street, for a cadre of the street its village is in."""
    scope = scope_of(user)
    prefixes = {prefix[: Place.Level.STREET] for prefix in scope.prefixes(Role.STAFF, Role.CADRE)}
    streets = Place.objects.filter(pk__in=())
    for prefix in sorted(prefixes):
        streets |= Place.objects.inside(prefix).filter(level=Place.Level.STREET)
    return Resident.objects.filter(place__in=streets, status=Status.ACTIVE)


def unplaced_asked_of(user: User) -> QuerySet[Resident]:
    """Return whom the account is still asked about: staff of everybody, a cadre of whom its village may know."""
    people = unplaced_visible_to(user)
    if Role.STAFF in scope_of(user).roles:
        return people
    return asked_of(people, list(villages_of(user).values_list("pk", flat=True)))


def villages_of(user: User) -> QuerySet[Place]:
    """Return the villages into which the account may place people: its own, or all of its street."""
    villages = Place.objects.none()
    for prefix in scope_of(user).prefixes(Role.STAFF, Role.CADRE):
        # A grid worker's scope is finer than a village.
        villages |= Place.objects.villages().inside(prefix[: Place.Level.VILLAGE])
    return villages.order_by("code")


def get_unplaced_for(user: User, pk: int) -> Resident:
    """Return a person in 待归类 that the account may place; any other is "not found"."""
    resident = unplaced_visible_to(user).filter(pk=pk).first()
    if resident is None:
        raise Http404
    return resident
