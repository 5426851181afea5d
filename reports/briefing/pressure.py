"""Open alerts and open 督办单 as the briefing tells them: counts and places, as they stood when it was made."""

from __future__ import annotations

from datetime import date
from typing import Any

from campaigns.models import Campaign, Nudge
from campaigns.nudges.reading import counts_of, open_nudges
from reports.alerts.reading import alerts_of_day, open_alerts
from reports.models import Alert

# How many places are named of each rule.
NAMED = 5


def pressure_of(campaign: Campaign, on: date) -> dict[str, Any]:
    """Return what is open and what the day brought, in plain JSON; four queries."""
    return {"alerts": _alerts(campaign, on), "nudges": _nudges(campaign, on)}


def _alerts(campaign: Campaign, on: date) -> dict[str, Any]:
    found, today = open_alerts(campaign), alerts_of_day(campaign, on)
    return {
        "open": len(found),
        "raised": sum(line.alert.raised_on == on for line in today),
        "ended": sum(line.alert.ended_on == on for line in today),
        "whole": [line.sentence for line in found if not line.is_of_a_village],
        "villages": [
            {"name": str(Alert.Rule(rule).label), "places": places}
            for rule in Alert.Rule.values
            if (places := _places(found, rule))
        ],
    }


def _places(found: list, rule: str) -> list[str]:
    """The villages of a rule, each once, though several phase items may alert it."""
    return list(dict.fromkeys(line.place.name for line in found if line.alert.rule == rule and line.is_of_a_village))


def _nudges(campaign: Campaign, on: date) -> dict[str, Any]:
    counts = counts_of(Nudge.objects.filter(campaign=campaign), on)
    late = [line for line in open_nudges(campaign, on) if line.days_late]
    return {
        "open": counts.open,
        "waiting": counts.waiting,
        "answered": counts.answered,
        "closed": counts.closed,
        "late": [str(line.nudge.village or line.nudge.unit) for line in late],
    }


def alert_sentences(said: dict[str, Any]) -> list[str]:
    """Say the alerts; nothing where none is open and none came or went."""
    if not (said["open"] or said["raised"] or said["ended"]):
        return []
    head = f"现有预警 {said['open']} 条，今天新增 {said['raised']} 条、解除 {said['ended']} 条。"
    whole = [f"全辖区：{'；'.join(said['whole'])}。"] if said["whole"] else []
    rules = [f"{one['name']}的村（社区）{len(one['places'])} 个：{_named(one['places'])}。" for one in said["villages"]]
    return [head, *whole, *rules]


def nudge_sentences(said: dict[str, Any]) -> list[str]:
    """Say the sheets; nothing where none was ever sent."""
    if not (said["open"] or said["closed"]):
        return []
    head = f"督办单未销号 {said['open']} 张，其中待反馈 {said['waiting']} 张、已反馈待销号 {said['answered']} 张，"
    late = f"逾期未反馈 {len(said['late'])} 张：{_named(list(dict.fromkeys(said['late'])))}。" if said["late"] else ""
    return [f"{head}累计销号 {said['closed']} 张。", *filter(None, [late])]


def _named(places: list[str]) -> str:
    more = "等" if len(places) > NAMED else ""
    return "、".join(places[:NAMED]) + more
