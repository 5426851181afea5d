"""What campaigns put on the home page and into the menu: 督办单 to answer, and answers to judge."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from campaigns.models import Nudge
from campaigns.models.nudges import NudgeQuerySet
from campaigns.nudges.access import nudges_answered_by, nudges_visible_to
from campaigns.nudges.reading import NudgeCounts, counts_of
from registry.access import may
from registry.clock import today
from registry.home import Card, home_card, menu_badge
from registry.models import User


@menu_badge("nudges")
def nudges_waiting(user: User) -> int:
    """Sheets that wait for an answer of this account's village or unit."""
    return _own(user).waiting if may(user, "nudge.answer") else 0


# Late or not, a sheet that asks for an answer is the first thing that others wait for.
@home_card(order=35)
def nudges_to_answer(user: User) -> Card | None:
    counts = _own(user) if may(user, "nudge.answer") else None
    if counts is None or not counts.waiting:
        return None
    tone = "over" if counts.late else "attention"
    text = f"其中 {counts.late} 张逾期，先反馈" if counts.late else "写明办了什么、还差什么"
    return Card("督办单待反馈", text, reverse("nudges"), "去反馈", counts.waiting, "flag", tone)


@home_card(order=36)
def nudges_to_judge(user: User) -> Card | None:
    counts = _sent(user) if may(user, "nudge.send") else None
    if counts is None or not counts.answered + counts.late:
        return None
    if not counts.answered:
        text = "过了反馈期限还没反馈，打个电话问一问"
        return Card("督办单逾期", text, f"{reverse('nudges')}?show=late", "看逾期的", counts.late, "flag", "over")
    text = f"办好的销号，没办好的退回重办{f'；另有 {counts.late} 张逾期没反馈' if counts.late else ''}"
    url = f"{reverse('nudges')}?show=answered"
    return Card("督办单待销号", text, url, "去销号", counts.answered, "flag", "over" if counts.late else "brand")


def _own(user: User) -> NudgeCounts:
    return _counted(user, "_nudges_own", nudges_answered_by)


def _sent(user: User) -> NudgeCounts:
    return _counted(user, "_nudges_sent", nudges_visible_to)


def _counted(user: User, kept: str, of: Callable[[User], NudgeQuerySet]) -> NudgeCounts:
    """Count once per page: the menu and the card ask for the same."""
    found = getattr(user, kept, None)
    if found is None:
        found = counts_of(of(user).filter(campaign__is_active=True, state__in=_OPEN), today())
        setattr(user, kept, found)
    return found


_OPEN = [Nudge.State.SENT, Nudge.State.RETURNED, Nudge.State.ANSWERED]
