"""禁忌缓种待审核: claims that wait, with what they lack, decided on the list (rules 3, plan 六(二)1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ledgers.models import Exemption
from ledgers.record import refusal_of
from registry.access import requires
from registry.ages import age_on
from registry.clock import today
from registry.models import Place

PER_PAGE = 20
_SHOWN_WITH = ("resident__place", "institution", "entry__by", "entry__roster")


@dataclass(frozen=True)
class Waiting:
    """A claim as it stands in the list; `refusal` is why it cannot be approved, None if it can."""

    claim: Exemption
    age: int
    where: str
    refusal: str | None


@requires("exemption.decide")
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """Who waits for a decision, the longest first."""
    found = Exemption.objects.visible_to(request.user).waiting().select_related(*_SHOWN_WITH)
    page = Paginator(found.order_by("entry__at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "ledgers/claims.html", {"page": page, "waiting": _waiting(page)})


def _waiting(claims: Iterable[Exemption]) -> list[Waiting]:
    """Put claims into words; one query for the villages, however many they are."""
    claims, on = list(claims), today()
    codes = {claim.resident.village_code for claim in claims}
    names = dict(Place.objects.filter(pk__in=codes).values_list("code", "name"))
    return [
        Waiting(claim, age_on(claim.resident.birth_on, on), _where(claim, names), refusal_of(claim)) for claim in claims
    ]


def _where(claim: Exemption, names: dict[str, str]) -> str:
    place = claim.resident.place
    group = place.name if place.level == Place.Level.GROUP else ""
    return f"{names.get(claim.resident.village_code, '待归类')} {group}".strip()
