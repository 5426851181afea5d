"""Where the page of a ledger list finds its statement since the day before."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from registry.access import may
from reports.lists.asked import LEDGERS
from reports.lists.people import Question
from reports.movements.area import answers_for_nobody
from reports.movements.asked import DAY, Between


def balance_links(question: Question) -> dict[str, str]:
    """Addresses of the statement of the list's place, population and day; none where a filter asks for fewer people."""
    asked = question.asked
    narrowed = (
        replace(asked, unit="").is_narrowed
        or asked.kind
        or asked.sub
        or asked.group.endswith("000")
        or (asked.village[9:12] == "000")
    )
    narrowed = narrowed or (asked.unit and (not asked.unit.isdigit() or asked.village or asked.group or asked.district))
    if asked.ledger not in LEDGERS or narrowed or not may(question.user, "movements.view"):
        return {}
    if not asked.unit and answers_for_nobody(question.user, question.campaign):
        return {}
    between = Between(
        opening=asked.on - DAY,
        closing=asked.on,
        place=asked.group or asked.village,
        unit=asked.unit,
        residency="permanent" if asked.is_permanent else "all",
        ledger=asked.ledger,
        campaign=asked.campaign,
    )
    query = between.query()
    return {"balance_url": f"{reverse('balance_ledger')}?{query}", "balance_page": f"{reverse('balance')}?{query}"}
