"""What our columns say of the people a sender's list means: from the same rows as the ledger lists and exports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from campaigns.models import Campaign
from ledgers.rules import is_active
from ledgers.why import day
from registry.ages import age_on
from registry.chips import CHIPS
from registry.models import Resident, Status, User
from reports.lists.asked import EVERYBODY, Asked
from reports.lists.people import Question
from reports.lists.rows import Row, rows_of
from reports.lists.tabs import WORDS

_BLOCK = 500
NOBODY: dict[str, str] = {}


def said_of(people: Iterable[int], campaign: Campaign, on: date, by: User) -> dict[int, dict[str, str]]:
    """Return the cells of each resident by column key. A constant number of queries for each block of people."""
    keys = sorted(set(people))
    question = Question(Asked(ledger=EVERYBODY, on=on, campaign=campaign.key), campaign, by, is_whole=True)
    found: dict[int, dict[str, str]] = {}
    for start in range(0, len(keys), _BLOCK):
        block = keys[start : start + _BLOCK]
        gone = _gone(block, campaign, on)
        found |= {row.pk: _cells(row, gone.get(row.pk, "")) for row in rows_of(question, block)}
    return found


def _gone(block: list[int], campaign: Campaign, on: date) -> dict[int, str]:
    """Why somebody is in no ledger: 已故, 已迁出, 非本辖区, or too young."""
    people = Resident.objects.filter(pk__among=block).values_list("pk", "status", "status_on", "birth_on")
    found = {}
    for key, status, status_on, birth_on in people:
        if not is_active(status, status_on, on):
            found[key] = f"{Status(status).label}{f'（{day(status_on)}）' if status_on else ''}"
        elif age_on(birth_on, on) < campaign.min_age:
            found[key] = f"未满{campaign.min_age}岁"
    return found


def _cells(row: Row, gone: str) -> dict[str, str]:
    doses = (row.first_on, row.second_on, row.third_on)
    return {
        "village": row.village or "待归类",
        "group": row.group,
        "residency": row.residency,
        "counted": str(row.counted),
        "platform": row.platform,
        "state": gone or _state(row),
        "reason": "" if row.completed_on or gone else _reason(row),
        **{f"dose{number}": on.isoformat() if on else "" for number, on in enumerate(doses, 1)},
    }


def _state(row: Row) -> str:
    """未完成全程接种（超期未种）."""
    words = WORDS[row.ledger]
    return f"{words}（{CHIPS[row.sub_state].word}）" if row.sub_state else words


def _reason(row: Row) -> str:
    words = [row.reason, f"{row.exemption}（{row.evidence}）" if row.exemption else ""]
    return "；".join(word for word in words if word)
