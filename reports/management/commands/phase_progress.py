"""`manage.py phase_progress`: rules 6 from the facts (interfaces: Commands)."""

from functools import cache
from typing import Any

from django.core.management.base import CommandParser

from campaigns.choice import campaign_for
from campaigns.models import Campaign
from ledgers.summary import by_place
from registry.ages import asked_day
from registry.clock import today
from registry.commands import JsonCommand, Refusal
from registry.models import Place
from reports.phase_counts import ItemCounts, count_items
from reports.phases import PhaseLine, goals_of, judge
from reports.rates import percent


class Command(JsonCommand):
    help = "方案阶段任务的进度（由接种记录直接计算）。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", type=asked_day, default=None, help="ISO date; default: today")
        parser.add_argument("--village", default=None, help="a village's code of 12 digits; default: the whole")
        parser.add_argument("--campaign", default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["as_of"] or today()
        campaign = campaign_for(options["campaign"])
        village = options["village"]
        if village:
            _check_village(campaign, village)
        items = list(campaign.phase_items.all())
        counted = count_items(campaign, items, on, cache(lambda day: by_place(campaign, day)))
        place = village or campaign.place_id
        goal = goals_of(campaign)[place]
        lines = [judge(campaign, item, counted[item.pk].get(place, ItemCounts()), goal, on) for item in items]
        document = {"as_of": on.isoformat(), "village": village, "items": [line.as_json() for line in lines]}
        self.answer(document, "\n".join(map(_text, lines)), as_json=options["json"])


def _check_village(campaign: Campaign, code: str) -> None:
    if not Place.objects.villages().inside(campaign.place.prefix).filter(code=code).exists():
        raise Refusal("unknown_village", f"{campaign.place.name}没有代码为“{code}”的村（社区），请核对代码。")


STATUS = {
    "upcoming": "未开始",
    "on_track": "序时推进",
    "at_risk": "有风险",
    "behind": "滞后",
    "met": "已完成",
    "missed": "逾期未完成",
}


def _text(line: PhaseLine) -> str:
    item, found = line.item, line.progress
    return (
        f"{item.name}（{item.article}，{item.start_on}至{item.deadline_on}）：{STATUS[found.status]}，"
        f"目标人群 {found.cohort}，已完成 {found.done}（{percent(found.rate)}），还差 {found.remaining}，"
        f"其中可动员 {line.counts.winnable}"
    )
