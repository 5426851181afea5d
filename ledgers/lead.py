"""主责: the one who calls a person not yet done: the unit or school with a contact of its own, else the village."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from registry.models import Membership, Resident, Role, RoleGrant, Unit


def annotate_lead(people: QuerySet, of: str = "pk") -> QuerySet:
    """Annotate `lead_unit`, the key of the unit that leads; null where the village does.

    `of` is the field that holds the person's key, for rows about people. Of several units with a contact
    the first on record leads, so that a person never has two.
    """
    leading = _leading(of).order_by("unit_id")
    return people.annotate(lead_unit=Subquery(leading.values("unit_id")[:1]))


def led_by_a_unit(of: str = "pk") -> Exists:
    """Condition: a unit leads the person whose key stands in the field `of`."""
    return Exists(_leading(of))


def lead_of(resident: Resident) -> Unit | None:
    """Return the unit that leads the person, None where the village does; one query."""
    membership = _leading(None).filter(resident=resident).select_related("unit").order_by("unit_id").first()
    return membership.unit if membership else None


def lead_words(unit: Unit | str | None) -> str:
    """由乌杨水厂负责, as everybody else reads it; "" where the village leads."""
    return f"由{unit}负责" if unit else ""


def _leading(of: str | None) -> QuerySet[Membership]:
    # A disabled account calls nobody: its members are the village's again.
    contacts = RoleGrant.objects.filter(role=Role.UNIT, user__is_active=True).values("unit_id")
    members = Membership.objects.filter(left_on__isnull=True, unit__in=contacts)
    return members.filter(resident=OuterRef(of)) if of else members
