"""The menu: one table for all four floors, in the words of the glossary; rights come from the views."""

from typing import NamedTuple

from registry.models import Role


class Entry(NamedTuple):
    route: str
    label: str
    icon: str
    # Names of the routes that belong under this entry begin with one of these.
    family: tuple[str, ...]
    # The word on the bottom bar of phones, where five stand side by side.
    short: str = ""
    # Entries that few people need every day fold away under 更多.
    folded: bool = False


MENU = [
    Entry("home", "首页", "home", ("home",), "首页"),
    Entry("today", "今天要办", "calendar", ("today",), "今天要办"),
    Entry("dashboard", "进度总览", "chart", ("dashboard", "village", "wall", "screen", "units"), "总览"),
    Entry("survey", "入户排查", "pin", ("survey", "household", "rounds", "caretakers", "grid", "loose"), "入户"),
    Entry("follow_up", "催种", "phone", ("follow_up",), "催种"),
    Entry("follow_up_home_visits", "上门接种", "pin", ("follow_up_home_visits",), "上门"),
    Entry("nudges", "督办", "flag", ("nudge",), "督办"),
    Entry("digest", "一日一报", "report", ("digest",), "一报", folded=True),
    Entry("alerts", "预警", "risk", ("alert",), "预警", folded=True),
    Entry("ledger", "三本台账", "list", ("ledger", "person"), "台账"),
    Entry("balance", "台账变动", "arrow", ("balance",), "台账变动", folded=True),
    Entry("rosters", "花名册", "files", ("roster",), "花名册"),
    Entry("checklists", "核查名单", "check", ("checklist",), "核查"),
    Entry("checklist_questions", "核查名单", "check", ("checklist_",), "核查"),
    Entry("conflicts", "待核实", "scale", ("conflict",), "待核实"),
    Entry("unplaced", "待归类", "pin", ("unplaced",), "待归类"),
    Entry("handovers", "人员变动", "arrow", ("handover",), "变动", folded=True),
    Entry("claims", "待审核", "diamond", ("claim",), "审核"),
    Entry("exemptions", "禁忌缓种", "diamond", ("exemption",), "缓种", folded=True),
    Entry("own_units", "单位人员", "units", ("own_units", "unit_"), "人员", folded=True),
    Entry("zeroing", "清零", "flag", ("zeroing",), "清零", folded=True),
    Entry("county", "上级通报", "chart", ("county",), "通报", folded=True),
    Entry("doubts", "请核一核", "search", ("doubt", "revisit"), "核一核", folded=True),
    Entry("zeroing_verify", "清零核验", "flag", ("zeroing_verify",), "核验", folded=True),
    Entry("briefings", "报送", "report", ("briefing",), "报送"),
    Entry("plan", "方案任务", "plan", ("plan", "phase", "campaign", "target"), "方案", folded=True),
    Entry("person_lookup", "按证件号码查人", "search", ("person_lookup",), "查人", folded=True),
    Entry("export_releases", "导出放行", "shield", ("export_release", "standing"), "放行", folded=True),
    Entry("sent_back", "填回的台账", "upload", ("sent_back",), "填回", folded=True),
    Entry("list_match", "名单比对", "scale", ("list_match",), "比对", folded=True),
    Entry("exports", "导出记录", "download", ("export",), "导出", folded=True),
    Entry("accounts", "账号管理", "people", ("account",), "账号", folded=True),
    Entry("tokens", "接口令牌", "key", ("token",), "接口", folded=True),
    Entry("audit", "操作日志", "shield", ("audit",), "日志"),
]
ME = Entry("me", "我的", "person", ("me", "password"), "我的")


class Gathered(NamedTuple):
    """Entries that share one place in the top menu, under a word and a count of their own."""

    label: str
    routes: tuple[str, ...]


# The top menu of roles with many entries, in its own order (glossary); the others fold away under 更多.
ON_TOP: dict[str, tuple[str | Gathered, ...]] = {
    Role.STAFF: (
        "home",
        "dashboard",
        "ledger",
        "rosters",
        "checklists",
        Gathered("待办", ("conflicts", "unplaced", "claims")),
        "nudges",
        "briefings",
        "plan",
        "accounts",
    ),
    Role.LEADER: ("dashboard", "nudges", "alerts", "ledger", "survey", "briefings", "plan", "export_releases"),
}

# What a role's thumb needs first; the rest stands under 我的.
ON_PHONE: dict[str, tuple[str, ...]] = {
    Role.CADRE: ("today", "survey", "follow_up", "ledger"),
    Role.UNIT: ("home", "own_units", "ledger", "zeroing"),
    Role.CLINIC: ("home", "rosters", "conflicts", "person_lookup"),
    Role.STAFF: ("home", "dashboard", "ledger", "rosters"),
    Role.LEADER: ("dashboard", "nudges", "ledger", "export_releases"),
    Role.AUDITOR: ("home", "audit"),
    Role.SYSADMIN: ("home", "accounts"),
    Role.DEPARTMENT: ("home", "dashboard", "ledger"),
}

# The words of some roles for the same entries; a department's 进度总览 are the units of its trades.
OWN_WORDS = {Role.CADRE: {"ledger": "名单"}, Role.DEPARTMENT: {"dashboard": "主管单位"}}
# Entries a role may open and has no use for: a cadre's home is 今天要办, a leader's 进度总览, staff find
# 上门接种 under 催种 and what they are asked of a list on its own page.
LEFT_OUT: dict[str, tuple[str, ...]] = {
    Role.CADRE: ("home",),
    Role.LEADER: ("home",),
    Role.STAFF: ("today", "follow_up_home_visits", "checklist_questions"),
}
# What is of the street as a whole: the leader of a few villages finds nothing there.
OF_THE_STREET = ("county", "briefings")
