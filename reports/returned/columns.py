"""Our columns in a sender's sheet, and the headings under which senders leave room for them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from registry.spreadsheets.header import forms_of

# Shorter words end many headings: 组 ends 工作组.
_TELLING = 4


@dataclass(frozen=True)
class OwnColumn:
    """A column of ours: the heading we write, and those of senders that ask for the same."""

    key: str
    heading: str
    asked_as: tuple[str, ...] = ()


def _column(key: str, heading: str, asked_as: str = "") -> OwnColumn:
    return OwnColumn(key, heading, (heading, *asked_as.split()))


def _dose(number: int, word: str) -> OwnColumn:
    which = [f"第{word}针", f"第{word}剂", f"第{number}针", f"第{number}剂", *(("首针", "首剂") if number == 1 else ())]
    asked = [f"{name}{what}" for name in which for what in ("时间", "日期", "接种时间", "接种日期")]
    return _column(f"dose{number}", f"第{word}针时间", " ".join(asked))


_DOSES = tuple(_dose(number, word) for number, word in enumerate("一二三", 1))
_RESULT = _column(
    "result", "核查结果", "核实结果 核查情况 核实情况 反馈情况 反馈结果 排查结果 排查情况 落实情况 核查反馈"
)
_STATE = _column("state", "接种状态", "是否接种 接种情况 是否已接种 是否接种疫苗 疫苗接种情况 是否完成接种")
_REASON = _column("reason", "未种原因", "未接种原因 未接种的原因 未种原因 不能接种原因 原因")
_VILLAGE = _column(
    "village",
    "责任村（社区）",
    "所属村（社区） 所属村 所在村 所在村社 村（社区） 村居 所在村居 所属村居 村社区 所属社区",
)
_GROUP = _column("group", "组", "村民小组 所在组 组/社 组社")

CHECKLIST = (
    _RESULT, _STATE, *_DOSES, _REASON, _VILLAGE, _GROUP, _column("by", "回报人", "核查人 核实人"),
    _column("at", "回报时间", "核查时间 核实时间 反馈时间"),
)  # fmt: skip
MATCHED = (
    _VILLAGE, _GROUP, _column("residency", "人口类型", "人员性质 居住类型"),
    _column("counted", "已种针次", "接种针次 已种剂次"), *_DOSES,
    _column("platform", "疫苗种类", "疫苗类型"), _STATE, _REASON,
)  # fmt: skip


def left_for(columns: tuple[OwnColumn, ...], headings: list[str], empty: set[int]) -> dict[int, int]:
    """Return which of ours the sender left a column for: position of ours → index of theirs, each used once."""
    found: dict[int, int] = {}
    for position, column in enumerate(columns):
        wanted = {forms_of(words)[0] for words in column.asked_as}
        free = (index for index in sorted(empty) if index not in found.values())
        theirs = next((index for index in free if _asks_for(headings[index], wanted)), None)
        if theirs is not None:
            found[position] = theirs
    return found


def _asks_for(heading: str, wanted: set[str]) -> bool:
    """Whether a heading is one of these, or under a common heading ends with one (核查 over 核查结果)."""
    forms = forms_of(heading)
    return bool(wanted.intersection(forms)) or any(
        forms[0].endswith(words) for words in wanted if len(words) >= _TELLING
    )
