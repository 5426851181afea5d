"""Who looks after a household (包保人): whoever is named, else the cadre whose beat is the finest around it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from registry.access import scope_of
from registry.models import GridPlace, Household, Place, Resident, Role, RoleGrant, User
from registry.querysets import within

# A grid is the finest beat, though its code is its village's; then a group, a village, the street.
_GRID = Place.Level.GROUP + 1


def caretaker_of(households: Iterable[Household]) -> dict[int, User | None]:
    """Return the caretaker of each household by its key, None where nobody has the place; at most four queries.

    A caretaker who was named and whose account is closed gives way to the one of the place.
    """
    households = list(households)
    defaults = default_caretakers({one.place_id for one in households})
    wanted = {one.caretaker_id for one in households if one.caretaker_id} | set(defaults.values())
    people = User.objects.filter(is_active=True).in_bulk(wanted) if wanted else {}
    return {one.pk: people.get(one.caretaker_id) or people.get(defaults.get(one.place_id)) for one in households}


def default_caretakers(places: Iterable[str]) -> dict[str, int]:
    """Return for each place code the account whose beat there is the finest, the elder one of two alike."""
    wanted = set(places)
    around = {code[:length].ljust(12, "0") for code in wanted for length in (Place.Level.STREET, Place.Level.VILLAGE)}
    grants = RoleGrant.objects.filter(role=Role.CADRE, user__is_active=True, place_id__in=wanted | around)
    beats: dict[str, tuple[int, int]] = {}
    for user, place, grid in grants.order_by("user_id", "pk").values_list("user_id", "place_id", "grid_id"):
        if grid is None:
            level = _level(place)
            for code in wanted:
                if code.startswith(place[:level]):
                    _take(beats, code, level, user)
    links = GridPlace.objects.filter(place_id__in=wanted, grid__grants__in=grants).order_by("grid__grants__user_id")
    for code, user in links.values_list("place_id", "grid__grants__user_id"):
        _take(beats, code, _GRID, user)
    return {code: user for code, (_, user) in beats.items()}


def _level(code: str) -> int:
    if len(code) == Place.Level.GROUP:
        return Place.Level.GROUP
    return Place.Level.STREET if code.endswith("000") else Place.Level.VILLAGE


def _take(beats: dict[str, tuple[int, int]], code: str, level: int, user: int) -> None:
    if code not in beats or beats[code][0] < level:
        beats[code] = (level, user)


def in_care_of(user: User, beat: Iterable[str] | None = None) -> Q:
    """Condition on households: 我包的户, named or by default; three queries at most, none where `beat_of` is given."""
    # Nobody is named, or somebody whose account has been closed.
    unnamed = Q(caretaker__isnull=True) | Q(caretaker__is_active=False)
    return Q(caretaker=user) | (unnamed & Q(place_id__in=beat_of(user) if beat is None else beat))


def people_in_care_of(user: User) -> Q:
    """Condition on residents: of a household in the account's care, or of none and living on its beat."""
    unnamed = Q(household__caretaker__isnull=True) | Q(household__caretaker__is_active=False)
    return Q(household__caretaker=user) | (unnamed & Q(place_id__in=beat_of(user)))


def accounts_of_default_caretakers(places: Iterable[str]) -> dict[str, User]:
    """Return for each place code the account that looks after it by default; three queries."""
    defaults = default_caretakers(places)
    accounts = User.objects.in_bulk(set(defaults.values()))
    return {code: accounts[user] for code, user in defaults.items()}


def caretaker_names(residents: Iterable[int]) -> dict[int, str]:
    """Return by resident whom a ledger names as 包保人, "" for nobody; four queries at most."""
    columns = ("pk", "place_id", "household__caretaker__name", "caretaker")
    people = list(Resident.objects.filter(pk__among=set(residents)).values_list(*columns))
    defaults = accounts_of_default_caretakers({place for _, place, of_home, own in people if not (of_home or own)})
    return {
        pk: of_home or own or (str(defaults[place]) if place in defaults else "") for pk, place, of_home, own in people
    }


def beat_of(user: User) -> list[str]:
    """Return the codes of the places whose unnamed households the account looks after; three queries at most."""
    own = Place.objects.within_any(scope_of(user).prefixes(Role.CADRE)).values_list("code", flat=True)
    return [code for code, keeper in default_caretakers(own).items() if keeper == user.pk]


def possible_caretakers(village: str) -> QuerySet[User]:
    """Return the open accounts of cadres whose beat touches a village (code), by name."""
    inside = within(village) | Q(place_id=village[: Place.Level.STREET].ljust(12, "0"))
    grants = RoleGrant.objects.filter(inside, role=Role.CADRE)
    return User.objects.filter(is_active=True, pk__in=grants.values("user_id")).order_by("name", "pk")
