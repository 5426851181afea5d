"""The named limits of a campaign that staff adjust: what each means, and what holds where a plan says nothing.

Floors above have limits of their own, which they name here; all are written in one place, with history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from django.db import transaction

from campaigns.closing import require_not_ended
from campaigns.history import write_with_history
from campaigns.models import Campaign
from registry.models import User


class Threshold(NamedTuple):
    """A whole number that pages and alerts ask for by its key in `Campaign.thresholds`."""

    label: str
    hint: str
    default: int
    least: int
    most: int


THRESHOLDS: dict[str, Threshold] = {
    "overdue_soon_days": Threshold("快要超期的提醒（天）", "离最迟应种日不到这么多天，列为“几天内将超期”。", 7, 1, 60),
    "small_cell": Threshold("少于几人不显示", "禁忌缓种的人数少于这个数，街道以外的人看不到具体数。", 5, 0, 50),
}


def threshold(said: Mapping[str, Any], key: str) -> int:
    """Return what a campaign's `thresholds` say under a key, else what holds where a plan says nothing."""
    return said.get(key, THRESHOLDS[key].default)


def default_thresholds() -> dict[str, int]:
    return {key: one.default for key, one in THRESHOLDS.items()}


class Limits(Protocol):
    """Limits of one kind, as the campaign keeps them."""

    def as_json(self) -> dict[str, Any]: ...


_names = {key: one.label for key, one in THRESHOLDS.items()}


def name_thresholds(names: Mapping[str, str]) -> None:
    """Say what limits of a floor above are called, by their keys in `Campaign.thresholds`."""
    _names.update(names)


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the named limits that differ: what each was and becomes, in words, by what it is called."""
    changed = [key for key in {**old, **new} if key in _names and old.get(key) != new.get(key)]
    return {_names[key]: (_plain(old.get(key)), _plain(new.get(key))) for key in changed}


def _plain(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


@transaction.atomic
def put_thresholds(
    campaign: Campaign, new: Limits, *, read: Callable[[Mapping[str, Any]], Limits], action: str, reason: str, by: User,
    address: str = "",
) -> Campaign | None:  # fmt: skip
    """Keep other limits of one kind, as a change of the plan; `read` tells those that hold.

    Returns the campaign as it then is, None where nothing is new. Raises CampaignClosed.
    """
    # Locked, so that nobody's other limits are written over.
    locked = Campaign.objects.select_for_update(of=("self",)).select_related("place").get(pk=campaign.pk)
    require_not_ended(locked)
    said = differing(read(locked.thresholds).as_json(), new.as_json())
    if not said:
        return None
    values = {"thresholds": locked.thresholds | new.as_json()}
    write_with_history(locked, values, action=action, reason=reason, by=by, address=address, said=said)
    return locked
