"""一日一报 of the account: the last one, and those of the days before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ledgers.history import FIELDS
from ledgers.models import Dose
from registry.access import requires
from registry.clock import today
from registry.models import Resident, ResidentChange, User
from reports.digest.make import Window, corrections_for
from reports.digest.rules import KINDS, Kind
from reports.models import Digest

# Days that the page looks back.
SHOWN = 14


@dataclass(frozen=True)
class News:
    kind: Kind
    number: int

    @property
    def text(self) -> str:
        return self.kind.text.format(n=self.number)

    @property
    def url(self) -> str:
        return f"{reverse(self.kind.route)}{self.kind.query}" if self.kind.route else ""


@dataclass(frozen=True)
class Shown:
    digest: Digest
    news: list[News]


@dataclass(frozen=True)
class Corrected:
    """A person whose data others typed anew; `last` is the latest change, `fields` name what was changed."""

    resident: Resident
    last: ResidentChange
    fields: list[str]


@requires("digest.view")
@require_safe
def digest(request: HttpRequest) -> HttpResponse:
    found = [Shown(one, news_of(one)) for one in request.user.digests.order_by("-on")[:SHOWN]]
    last = found[0] if found else None
    context = {
        "last": last,
        "earlier": found[1:],
        "doses": _doses(request.user, last.digest) if last else [],
        "corrected": _corrected(request.user, last.digest) if last and last.digest.counts.get("corrected") else [],
        "today": today(),
    }
    return render(request, "reports/digest/digest.html", context)


def news_of(digest: Digest) -> list[News]:
    return [News(kind, digest.counts[kind.key]) for kind in KINDS if digest.counts.get(kind.key)]


def _corrected(user: User, digest: Digest) -> list[Corrected]:
    """The people behind the figure whom the account may still see, the latest change first; one query."""
    changes = corrections_for(user, Window(digest.since, digest.made_at)).exclude(entry__by=user)
    by_person: dict[int, list[ResidentChange]] = defaultdict(list)
    for change in changes.select_related("resident", "entry__by").order_by("-entry__at", "-pk"):
        by_person[change.resident_id].append(change)
    return [
        Corrected(found[0].resident, found[0], list(dict.fromkeys(FIELDS.get(one.field, one.field) for one in found)))
        for found in by_person.values()
    ]


def _doses(user: User, digest: Digest) -> list[Dose]:
    """The changed doses of people whom the account may still see, with who changed them and why."""
    seen = Resident.objects.visible_to(user).values("pk")
    found = Dose.objects.filter(pk__in=digest.doses, resident__in=seen)
    return list(found.select_related("resident", "ended_entry__by").order_by("pk"))
