"""Writing a measure and changing it; each wording stays."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign, Measure
from registry import audit
from registry.models import Place, User


class MeasureRefused(Exception):
    """A measure that cannot be written; its text is one sentence that says what to do."""


@transaction.atomic
def write_measure(
    campaign: Campaign,
    village: Place,
    *,
    text: str,
    responsible: str,
    start_on: date,
    due_on: date,
    state: str = Measure.State.GOING,
    follows: Measure | None = None,
    by: User,
    address: str = "",
) -> Measure | None:
    """Write a measure, or with `follows` another wording of one; None where nothing differs.

    Raises MeasureRefused where somebody else changed it meanwhile.
    """
    require_open(campaign)
    said = {"text": text, "responsible": responsible, "start_on": start_on, "due_on": due_on, "state": state}
    if follows and all(getattr(follows, name) == value for name, value in said.items()):
        return None
    try:
        with transaction.atomic():
            made = Measure.objects.create(
                campaign=campaign, village=village, follows=follows, by=by, at=timezone.now(), **said
            )
    except IntegrityError as error:
        raise MeasureRefused("这条措施刚被别人改过，回到村页看现在的写法再改。") from error
    detail = {"地方": village.name, "措施": text[:100]}
    audit.record("measure.write", by=by, subject=f"measure {made.pk}", detail=detail, address=address)
    return made
