"""Whether a draft can begin: what is wrong with it, what is still missing, and for how many people it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from campaigns.models import Campaign, Product
from campaigns.plan_check import PlanError, check
from campaigns.plan_parts import plan_of
from campaigns.targets import target_lines
from registry.ages import born_by
from registry.models import Resident, Status
from registry.querysets import within


@dataclass(frozen=True)
class Readiness:
    """`problem` keeps the campaign from beginning; the `hints` are things to do, before or after."""

    problem: str
    hints: list[str]
    # People on record of the place and of age that day, before anything is known of their doses.
    people: int

    @property
    def is_ready(self) -> bool:
        return not self.problem


def readiness_of(campaign: Campaign, on: date) -> Readiness:
    """Check the draft as a whole, by the rule that plan files are held to."""
    try:
        check(plan_of(campaign))
        problem = ""
    except PlanError as error:
        problem = str(error)
    old_enough = Resident.objects.filter(
        within(campaign.place.prefix), status=Status.ACTIVE, birth_on__lte=born_by(campaign.min_age, on)
    )
    return Readiness(problem, _hints(campaign), old_enough.count())


def _hints(campaign: Campaign) -> list[str]:
    hints = []
    if not Product.objects.filter(platform__campaign=campaign).exists():
        hints.append("还没有写具体的疫苗：花名册里写的疫苗名称认不出来，都按疫苗不明算。")
    if not campaign.phase_items.exists():
        hints.append("还没有阶段任务：进度总览不显示时间表。")
    villages, whole = target_lines(campaign)
    missing = sum(line.census_base is None for line in villages)
    if missing and whole.assigned is None:
        hints.append(f"{missing} 个村（社区）还没有普查人数：开始以后在“目标任务数”里填，或导入村（社区）名册。")
    return hints
