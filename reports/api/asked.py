"""Reading what a program asks for: each parameter checked, each refusal with a code and a sentence."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict

from campaigns.choice import campaign_for
from campaigns.models import Campaign
from registry.clock import today
from registry.commands import Refusal
from registry.models import Place
from reports.api.figures import AGE, TAG, UNIT, VILLAGE, Reach, reach_of
from reports.api.refusals import Refused
from reports.models import ApiToken

BY = (VILLAGE, UNIT, AGE, TAG)
RESIDENCIES = ("all", "permanent")
# A quarter of a year: days not counted yet are counted while the answer is written.
MOST_DAYS = 92


def reach_asked(token: ApiToken, parameters: QueryDict) -> Reach:
    """Return the campaign asked for, cut down to the token's place."""
    try:
        campaign = campaign_for(parameters.get("campaign") or None)
    except Refusal as refusal:
        status = 404 if refusal.code == "unknown_campaign" else 409
        raise Refused(status, refusal.code, _without_option(refusal.sentence)) from None
    reach = reach_of(campaign, [token.place])
    # What is still being set up is the office's own affair.
    if reach is None or campaign.is_draft:
        raise Refused(404, "unknown_campaign", f"{token.place.name}没有这项接种工作。")
    return reach


def _without_option(sentence: str) -> str:
    # The commands' sentence names their option.
    return sentence.replace("--campaign", "参数 campaign")


def day_asked(parameters: QueryDict, name: str, campaign: Campaign, last: date | None = None) -> date:
    """Return a day of the campaign's pages; without one today. `last` is the last day that may be asked."""
    text = parameters.get(name, "")
    last = last or max(today(), campaign.end_on)
    try:
        day = date.fromisoformat(text) if text else min(today(), last)
    except ValueError:
        raise Refused(422, "day_unreadable", f"参数 {name} 要写成 2021-08-16 这样的日期。") from None
    if not campaign.first_use_on <= day <= last:
        raise Refused(422, "day_outside", f"参数 {name} 只能在 {campaign.first_use_on} 到 {last} 之间。")
    return day


def days_asked(parameters: QueryDict, campaign: Campaign) -> tuple[date, date]:
    """Return the first and the last day of a table by day, both inclusive; without them the last week."""
    last = day_asked(parameters, "to", campaign, today())
    first = day_asked(parameters, "from", campaign, today()) if parameters.get("from") else _week_before(last, campaign)
    if first > last:
        raise Refused(422, "days_reversed", "参数 from 不能晚于 to。")
    if (last - first).days >= MOST_DAYS:
        raise Refused(422, "too_many_days", f"一次最多取 {MOST_DAYS} 天，分几次取。")
    return first, last


def _week_before(last: date, campaign: Campaign) -> date:
    return max(date.fromordinal(last.toordinal() - 6), campaign.first_use_on)


def choice_asked(parameters: QueryDict, name: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices; without one the first."""
    value = parameters.get(name) or choices[0]
    if value not in choices:
        raise Refused(422, f"{name}_unknown", f"参数 {name} 只能是 {'、'.join(choices)}。")
    return value


def by_asked(parameters: QueryDict, reach: Reach) -> str:
    """Return the table asked for; only villages are told apart below the campaign's whole place."""
    by = choice_asked(parameters, "by", BY)
    if by != VILLAGE and not reach.is_whole:
        raise Refused(403, "by_beyond_scope", "这个令牌的范围只是一部分村（社区），只能按 village 取。")
    return by


def village_asked(parameters: QueryDict, reach: Reach) -> str:
    """Return the village whose phases are asked for, "" for the whole; a village's token means its village."""
    whole = "" if reach.is_whole else reach.place.code
    code = parameters.get("village") or whole
    if not code:
        return ""
    if not (reach.holds(code) and Place.objects.filter(pk=code, level=Place.Level.VILLAGE).exists()):
        raise Refused(404, "unknown_village", f"范围内没有代码为“{code}”的村（社区）。")
    return code
