"""打印名单: a cadre's own working list on paper, with tick boxes, a definition and a line to sign (access.md)."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from registry.access import requires
from registry.audit import address_of, record
from registry.models import Resident
from reports.lists.choices import where
from reports.lists.pages import all_keys
from reports.lists.rows import Row, phones_of, rows_of
from reports.lists.tabs import DEFINITIONS, TITLES, WORDS
from reports.views.ledgers import question_of

# What one person can walk with; a longer list is filtered by group first.
MOST_PRINTED = 600


@dataclass
class Section:
    """The people of one group, on sheets of their own; `place` is a village's name where nobody said which group."""

    place: str
    lines: list[tuple[Row, str]] = field(default_factory=list)


def sections_of(rows: list[Row], phones: dict[int, str], ids: list[int]) -> list[Section]:
    """Lay a list out by village and group, in the order of their codes; inside a group the list keeps its order."""
    places = dict(Resident.objects.filter(pk__among=ids).values_list("pk", "place_id"))
    found: dict[str, Section] = {}
    for row in sorted(rows, key=lambda row: places[row.pk]):
        section = found.setdefault(places[row.pk], Section(f"{row.village}{row.group}"))
        section.lines.append((row, phones.get(row.pk, "")))
    return list(found.values())


@requires("ledger.print")
@require_POST
def ledger_print(request: HttpRequest, ledger: str) -> HttpResponse:
    """Show the list with phones in full, ready for paper; that somebody took it is written to the trail."""
    question = question_of(request, ledger)
    if question is None:
        raise Http404
    ids = all_keys(question, MOST_PRINTED + 1)
    rows = rows_of(question, ids[:MOST_PRINTED])
    record(
        "ledger.print",
        by=request.user,
        subject=f"campaign {question.campaign.pk}",
        detail={"台账": WORDS[ledger], "截至": question.asked.on.isoformat(), "人数": len(rows)},
        address=address_of(request),
    )
    phones = phones_of(ids[:MOST_PRINTED])
    return render(
        request,
        "reports/ledger_print.html",
        {
            "question": question,
            "on": question.asked.on,
            "title": f"{TITLES[ledger]} {WORDS[ledger]}",
            "definition": DEFINITIONS[ledger],
            "where": where(question),
            "population": "常住口径" if question.asked.is_permanent else "全口径",
            "sections": sections_of(rows, phones, ids[:MOST_PRINTED]),
            "number": len(rows),
            "cut": len(ids) > MOST_PRINTED,
            "most": MOST_PRINTED,
        },
    )
