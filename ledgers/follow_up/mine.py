"""我包的户, asked of people: those of the households an account looks after, and who lives on its beat alone."""

from __future__ import annotations

from django.db.models import Q

from ledgers.households.caretakers import beat_of
from registry.models import User


def cared_for_by(user: User) -> Q:
    """Condition on residents: the account is their 包保人, named or by default, as `in_care_of` says of households."""
    beat = beat_of(user)
    # Null also for who has no household at all: then the place of the person decides.
    unnamed = Q(household__caretaker__isnull=True) | Q(household__caretaker__is_active=False)
    there = Q(household__place__in=beat) | Q(household__isnull=True, place__in=beat)
    return Q(household__caretaker=user) | (unnamed & there)
