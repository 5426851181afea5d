"""When something looks too good to be true, and how it is asked (issue: Too good to be true). Pure, no clock.

A question is no accusation: a village may sit together for a meeting and sign ten households in ten minutes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

FAST, SAME_MOMENT, NO_REFUSAL, AWAY = "fast", "same_moment", "no_refusal", "away"


@dataclass(frozen=True)
class Limits:
    """From where on a question is asked: data of the campaign, under these names in its thresholds; null: never."""

    doubt_fast_households: int | None = 10
    doubt_fast_minutes: int = 10
    # So many households of one account with the very same moment.
    doubt_same_moment_households: int | None = 3
    # So many visited households of a village without anybody unwilling.
    doubt_no_refusal_households: int | None = 100
    # Share of a village's people moved to 外出 in one day.
    doubt_away_share: Decimal | None = Decimal("0.05")

    def as_json(self) -> dict[str, Any]:
        values = asdict(self)
        share = self.doubt_away_share
        return values | {"doubt_away_share": None if share is None else f"{share.normalize():f}"}


def read_limits(said: Mapping[str, Any]) -> Limits:
    """Read a campaign's thresholds; what it does not say stands as the street began with it."""
    known = {item.name: said[item.name] for item in fields(Limits) if item.name in said}
    share = known.get("doubt_away_share")
    if share is not None:
        known["doubt_away_share"] = Decimal(str(share))
    return Limits(**known)


class Call(NamedTuple):
    """A visit as the rules see it."""

    account: int
    village: str
    household: int
    at: datetime


@dataclass(frozen=True)
class Finding:
    """A rule that holds on a day: whose account or which village, and plain figures."""

    rule: str
    village: str = ""
    account: int | None = None
    figures: Mapping[str, Any] | None = None
    limit: str = ""


def too_fast(calls: Iterable[Call], limits: Limits) -> list[Finding]:
    """Name accounts that recorded so many households within so many minutes, with the densest stretch of the day."""
    if limits.doubt_fast_households is None:
        return []
    found = []
    for account, own in _by_account(calls).items():
        most, since, until = _densest(own, timedelta(minutes=limits.doubt_fast_minutes))
        if most >= limits.doubt_fast_households:
            figures = {"households": most, "from": since.isoformat(), "to": until.isoformat()}
            limit = f"{limits.doubt_fast_minutes} 分钟内 {limits.doubt_fast_households} 户"
            found.append(Finding(FAST, own[0].village, account, figures, limit))
    return found


def same_moment(calls: Iterable[Call], limits: Limits) -> list[Finding]:
    """Name accounts that recorded several households at the very same second."""
    if limits.doubt_same_moment_households is None:
        return []
    found = []
    for account, own in _by_account(calls).items():
        households: dict[datetime, set[int]] = defaultdict(set)
        for call in own:
            households[call.at.replace(microsecond=0)].add(call.household)
        at, same = max(households.items(), key=lambda item: len(item[1]))
        if len(same) >= limits.doubt_same_moment_households:
            figures = {"households": len(same), "at": at.isoformat()}
            limit = f"同一秒 {limits.doubt_same_moment_households} 户"
            found.append(Finding(SAME_MOMENT, own[0].village, account, figures, limit))
    return found


def no_refusal(households: Mapping[str, int], unwilling: Mapping[str, int], limits: Limits) -> list[Finding]:
    """Name villages where many households were visited and nobody is unwilling, by village code."""
    enough = limits.doubt_no_refusal_households
    if enough is None:
        return []
    return [
        Finding(NO_REFUSAL, village, None, {"households": number}, f"{enough} 户")
        for village, number in households.items()
        if number >= enough and not unwilling.get(village)
    ]


def many_away(moved: Mapping[str, int], people: Mapping[str, int], limits: Limits) -> list[Finding]:
    """Name villages of whose people so large a share, exactly, was moved to 外出 in one day."""
    share = limits.doubt_away_share
    if share is None:
        return []
    return [
        Finding(AWAY, village, None, {"away": number, "people": people[village]}, f"{(share * 100).normalize():f} %")
        for village, number in moved.items()
        if people.get(village) and number >= share * people[village]
    ]


def question(rule: str, figures: Mapping[str, Any], who: str) -> str:
    """Ask what was found as one question; `who` is the account's or the village's name."""
    if rule == FAST:
        since, until = (datetime.fromisoformat(figures[name]) for name in ("from", "to"))
        return f"{who} {since:%H:%M} 到 {until:%H:%M} 登记了 {figures['households']} 户，是一起集中登记的吗？"
    if rule == SAME_MOMENT:
        at = datetime.fromisoformat(figures["at"])
        return f"{who} 有 {figures['households']} 户的走访时间都是 {at:%H:%M:%S}，是事后一起补的吗？"
    if rule == NO_REFUSAL:
        return f"{who}走访了 {figures['households']} 户，没有一个人不愿意接种，都问到了吗？"
    return f"{who}一天里有 {figures['away']} 人改为外出（共 {figures['people']} 人），依据是什么？"


def _by_account(calls: Iterable[Call]) -> dict[int, list[Call]]:
    found: dict[int, list[Call]] = defaultdict(list)
    for call in sorted(calls, key=lambda call: call.at):
        found[call.account].append(call)
    return found


def _densest(calls: Sequence[Call], span: timedelta) -> tuple[int, datetime, datetime]:
    """Slide over the calls in order of time: most distinct households within `span`, and from when to when."""
    inside: Counter[int] = Counter()
    best, since, until, first = 0, calls[0].at, calls[0].at, 0
    for call in calls:
        inside[call.household] += 1
        while call.at - calls[first].at > span:
            inside[calls[first].household] -= 1
            first += 1
        households = len(+inside)
        if households > best:
            best, since, until = households, calls[first].at, call.at
    return best, since, until
