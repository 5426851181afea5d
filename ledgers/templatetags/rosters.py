"""How an import stands in a list: its chip, what came of it, what to do next."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ledgers.models import RosterImport
from ledgers.rosters.showing import CHIPS, State
from registry.ages import age_on
from registry.models import Job, Source
from registry.templatetags.wuyang import icon, number

register = template.Library()

COUNTED = {"villages": "村（社区）", "units": "单位", "exemptions": "记录"}
NEXT = {
    State.READING: "看进度",
    State.PREVIEW: "去核对",
    State.REFUSED: "看原因",
    State.WRITING: "看进度",
    State.DONE: "看结果",
    State.DISCARDED: "看记录",
    State.UNDONE: "看结果",
}
COUNTS = {
    "created": "新增",
    "updated": "有变化",
    "unchanged": "无变化",
    "rejected": "退回",
    "conflicts": "待核实",
    "unassigned": "待归类",
    "doses_created": "新记入针次",
}


@register.simple_tag
def roster_chip(roster: RosterImport) -> SafeString:
    """The state of an import; one whose job gave up says how often it broke off."""
    if _failed(roster):
        return _chip("over", "over", f"中断 {roster.job.attempts} 次")
    if _waiting(roster):
        return _chip("neutral", "clock", "排队中")
    tone, symbol = CHIPS[State(roster.state)]
    return _chip("brand" if tone == "info" else tone, symbol, roster.get_state_display())


def _chip(tone: str, symbol: str, words: str) -> SafeString:
    return format_html('<span class="chip {}">{}{}</span>', tone, icon(symbol), words)


def _failed(roster: RosterImport) -> bool:
    return bool(roster.job and roster.job.state == Job.State.FAILED and _is_at_work(roster))


def _waiting(roster: RosterImport) -> bool:
    return bool(_is_at_work(roster) and (roster.job is None or roster.job.state == Job.State.WAITING))


def _is_at_work(roster: RosterImport) -> bool:
    return roster.state in (State.READING, State.WRITING)


@register.simple_tag
def roster_result(roster: RosterImport) -> str:
    """One sentence with the numbers that matter."""
    if roster.state == State.REFUSED:
        return roster.refusal
    if _failed(roster):
        return "程序中断；没有写入任何数据"
    if _is_at_work(roster):
        job = roster.job
        return f"已做 {number(job.done)} / 约 {number(job.total)}" if job and job.total else "文件已收到"
    counts = roster.counts
    if not counts:
        return ""
    said = [f"{number(counts.get('rows', 0))} 行"]
    said += [f"{words} {number(counts[name])}" for name, words in COUNTS.items() if counts.get(name)]
    if not counts.get("created") and not counts.get("updated") and not counts.get("rejected"):
        said = [said[0], "与在册一致，没有变化"]
    return "，".join(said)


@register.simple_tag
def roster_next(roster: RosterImport) -> str:
    return "再试一次" if _failed(roster) else NEXT[State(roster.state)]


@register.simple_tag
def roster_differences(roster: RosterImport) -> list[str]:
    """Say which counts came out otherwise than the preview had announced."""
    announced = roster.effects.get("announced") or {}
    if roster.state != State.DONE:
        return []
    return [
        f"{words} {number(announced[name])} → {number(roster.counts.get(name, 0))}"
        for name, words in COUNTS.items()
        if name in announced and announced[name] != roster.counts.get(name, 0)
    ]


@register.filter
def counted(kind: str) -> str:
    """What a row of this kind brings: 人员, or villages, units, records."""
    return COUNTED.get(kind, "人员")


@register.filter
def standing(source: str) -> str:
    """What a source counts for beside others (interfaces: The same dose again)."""
    return {Source.CLINIC: "可信度最高", Source.VERBAL: "不计针次，等凭证"}.get(source, "")


@register.filter
def age(birth_on: date, on: date) -> int:
    """Completed years; lists show the age and never the birth date (access.md)."""
    return age_on(birth_on, on)
