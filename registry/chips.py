"""The states that people, phases, imports and jobs can be in, as shape, word and tint (mockups 11)."""

from typing import NamedTuple


class Chip(NamedTuple):
    word: str
    icon: str
    tone: str


DONE, BRAND, ATTENTION, OVER, EXEMPT, NEUTRAL = "done", "brand", "attention", "over", "exempt", "neutral"

CHIPS: dict[str, Chip] = {
    # Ledgers and their sub-states (rules 2-4)
    "completed": Chip("已完成", "done", DONE),
    "incomplete": Chip("未完成", "half", BRAND),
    "unvaccinated": Chip("应种未种", "ring", ATTENTION),
    "exempt": Chip("禁忌缓种", "diamond", EXEMPT),
    "waiting": Chip("间隔未到", "clock", NEUTRAL),
    "due": Chip("到期可种", "calendar", BRAND),
    "overdue": Chip("超期未种", "over", OVER),
    "excused": Chip("暂缓中", "diamond", EXEMPT),
    "out_of_scope": Chip("不在范围", "dashed", NEUTRAL),
    "unplaced": Chip("待归类", "dashed", NEUTRAL),
    # Phases (rules 6)
    "upcoming": Chip("未开始", "clock", NEUTRAL),
    "on_track": Chip("序时推进", "half", BRAND),
    "at_risk": Chip("有风险", "risk", ATTENTION),
    "behind": Chip("滞后", "behind", ATTENTION),
    "met": Chip("已完成", "done", DONE),
    "missed": Chip("逾期未完成", "over", OVER),
    "over_limit": Chip("超过限值", "over", OVER),
    "within_limit": Chip("限值以内", "done", DONE),
    # Exemption claims
    "claimed": Chip("待审核", "clock", NEUTRAL),
    "approved": Chip("已通过", "done", DONE),
    "rejected": Chip("已退回", "undo", ATTENTION),
    "withdrawn": Chip("已撤回", "undo", NEUTRAL),
    # Exports with full numbers
    "release_asked": Chip("待放行", "clock", ATTENTION),
    "release_released": Chip("已放行", "done", DONE),
    "release_declined": Chip("已退回", "undo", ATTENTION),
    "release_withdrawn": Chip("已撤回", "undo", NEUTRAL),
    "release_lapsed": Chip("已过期", "clock", NEUTRAL),
    "token_holds": Chip("在用", "done", DONE),
    "token_expired": Chip("已到期", "clock", NEUTRAL),
    "token_withdrawn": Chip("已停用", "minus", NEUTRAL),
    "standing_holds": Chip("有效", "done", DONE),
    "standing_over": Chip("已到期", "clock", NEUTRAL),
    "standing_void": Chip("已失效", "wrong", NEUTRAL),
    "standing_withdrawn": Chip("已收回", "undo", NEUTRAL),
    # Sources
    "clinic": Chip("接种点记录", "done", DONE),
    "roster": Chip("花名册", "done", DONE),
    "certificate": Chip("接种凭证", "eye", NEUTRAL),
    "health_code": Chip("渝康码", "eye", NEUTRAL),
    "verbal": Chip("自述（待凭证）", "info", NEUTRAL),
    # Trust in a dose
    "said": Chip("自述", "info", NEUTRAL),
    "seen": Chip("看过凭证", "eye", NEUTRAL),
    "confirmed": Chip("花名册已核", "done", DONE),
    # Work
    "job_waiting": Chip("排队中", "clock", NEUTRAL),
    "job_running": Chip("进行中", "half", BRAND),
    "job_done": Chip("已完成", "done", DONE),
    "job_failed": Chip("中断", "over", OVER),
    "open": Chip("待核实", "scale", ATTENTION),
    "decided": Chip("已核实", "done", DONE),
    # Campaigns
    "campaign_running": Chip("进行中", "half", BRAND),
    "campaign_ended": Chip("已结束", "minus", NEUTRAL),
    "campaign_draft": Chip("筹备中", "clock", NEUTRAL),
    # Accounts
    "account_active": Chip("在用", "done", DONE),
    "account_disabled": Chip("已停用", "minus", NEUTRAL),
    # For texts of their own: {% chip "neutral" "第 3 次" %}
    "done": Chip("", "done", DONE),
    "info": Chip("", "info", BRAND),
    "attention": Chip("", "risk", ATTENTION),
    "over": Chip("", "over", OVER),
    "neutral": Chip("", "clock", NEUTRAL),
}
