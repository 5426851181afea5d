"""What a department sees of the split: its own part of the task, and how many of it are done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from campaigns.models import Campaign, TargetShare
from campaigns.splitting.reading import held_shares
from registry.access import scope_of
from registry.models import User
from reports.splitting.weights import department_counts


@dataclass(frozen=True)
class OwnShare:
    share: TargetShare
    done: int

    @property
    def missing(self) -> int:
        return max(self.share.goal - self.done, 0)


def own_shares(user: User, campaign: Campaign, on: date) -> list[OwnShare]:
    """Return the parts of the account's departments; no query for an account of none."""
    own = scope_of(user).department_ids
    shares = [share for share in held_shares(campaign) if share.department_id in own] if own else []
    if not shares:
        return []
    _, done = department_counts(campaign, on)
    return [OwnShare(share, done[share.department_id]) for share in shares]
