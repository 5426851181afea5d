"""What the rendered dashboard is kept by for a minute: its figures, its address and who reads it.

A street of 300 villages takes ten times as long to render as to read from its stored figures.
"""

from __future__ import annotations

from registry.access import scope_of
from registry.models import User
from reports.dashboard.frame import Frame
from reports.figures import kept_total
from reports.models import FactsClock


def has_people(frame: Frame) -> bool:
    """Tell whether anybody is in scope on the day; counts the day first if its figures are not fresh."""
    return frame.computed_at is not None and kept_total(frame.campaign, frame.on).counts.all.in_scope > 0


def stamp_of(user: User, frame: Frame) -> str:
    """Return what must be equal for a kept page to be the page: any change of facts, plan or rights gives another.

    Call it once the day's figures are fresh: the moment they were counted is part of it.
    """
    scope = scope_of(user)
    changes = FactsClock.objects.filter(campaign=frame.campaign).values_list("changes", flat=True).first()
    reach = (sorted(scope.places.items()), sorted(scope.unit_ids), sorted(scope.department_ids))
    rights = (user.pk, user.name, sorted(scope.roles), reach, scope.may_approve)
    return repr((frame.campaign.pk, frame.day, frame.link_query, frame.sort, changes, frame.computed_at, rights))
