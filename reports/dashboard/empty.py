"""进度总览 before anybody is on record: why it is empty, and the next step."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.targets import target_lines
from registry.models import Resident, User
from registry.templatetags.wuyang import limit, number
from reports.dashboard.frame import Frame
from reports.dashboard.pages import Page, url_for, where_is


@dataclass(frozen=True)
class EmptyPage(Page):
    villages: int
    census_base: int | None
    import_url: str
    # Name of each figure and what it waits for: never a 0 that nobody counted.
    waits: list[tuple[str, str]]
    # Nobody was counted.
    computed_at = None


def empty_page(user: User, frame: Frame) -> EmptyPage | None:
    """Return the page of a street without residents; None where there is anybody."""
    campaign = frame.campaign
    if Resident.objects.inside(campaign.place.prefix).exists():
        return None
    villages, whole = target_lines(campaign)
    goal = "" if whole.goal is None else f"目标 {number(whole.goal)} 人，"
    return EmptyPage(
        frame=frame,
        where=where_is(campaign.place),
        villages=len(villages),
        census_base=whole.census_base,
        import_url=url_for(user, "rosters"),
        waits=[
            ("第一针接种率", f"{goal or f'目标 {limit(campaign.goal_rate)}，'}导入后计算"),
            ("全程接种率", f"{goal or f'目标 {limit(campaign.goal_rate)}，'}导入后计算"),
            ("脱失率", f"限值 {limit(campaign.dropout_limit)}以下，导入后计算"),
            ("应种未种", "导入后计算"),
        ],
    )
