"""The sentences of the daily briefing, made from its figures: none without a number (mock-ups: Principles)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledgers.rules import LOST_REASONS
from reports.briefing.pressure import alert_sentences, nudge_sentences
from reports.briefing.table import Line, New, Report
from reports.briefing.words import day, percent_words, since_words, until_words
from reports.rates import percent

# How many villages are named as the first and as the last.
NAMED = 3
STATUS = {
    "on_track": "序时推进", "at_risk": "有风险", "behind": "滞后", "met": "已完成", "missed": "逾期未完成",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A numbered part of the briefing."""

    title: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.sentences)


def parts_of(report: Report) -> list[Part]:
    """Return the parts in their order; one that has nothing to say is left out."""
    parts = [
        Part("总体进度", overall(report)),
        Part("各村（社区）", villages(report)),
        Part("后续针次和脱失率", follow_up(report)),
        Part("还没有打第一针的", undosed(report)),
        Part("阶段任务", phases(report)),
        Part("预警和督办", pressure(report)),
    ]
    return [part for part in parts if part.sentences]


def overall(report: Report) -> tuple[str, ...]:
    cover = report.total.coverage
    first = f"{until_words(report)}，{report.campaign['place']}常住口径已接种第一针 {cover.first_dose:,} 人"
    first += f"，第一针接种率 {rate(cover.first_rate)}；" if cover.first_rate is not None else "；"
    first += f"完成全程 {cover.full:,} 人"
    first += f"，全程接种率 {rate(cover.full_rate)}。" if cover.full_rate is not None else "。"
    return (first, _goal(report), f"{new_sentence(report)}（{since_words(report)}）。")


def _goal(report: Report) -> str:
    total = report.total
    goal = total.coverage.goal
    if goal is None:
        return "还有村没有普查人数，全街道目标算不出。"
    judged = "第一针" if report.demands.judged_by == "first" else "全程"
    if not total.judged_gap:
        return f"按{judged}算，目标任务 {goal:,} 人已经达到。"
    left = (date.fromisoformat(report.campaign["end_on"]) - report.on).days
    end = f"，距{day(date.fromisoformat(report.campaign['end_on']))}还有 {left} 天" if left >= 0 else ""
    return f"按{judged}算，目标任务 {goal:,} 人，还差 {total.judged_gap:,} 人{end}。"


def new_sentence(report: Report) -> str:
    """本期新增 with what it is made of, where it is more than doses given in the period."""
    first = report.total.new[0]
    doses = report.total.new_doses.total
    words = (
        f"本期第一针新增 {signed(first.total)} 人{made_of(first)}，全程新增 {signed(report.total.new_full.total)} 人"
    )
    words += made_of(report.total.new_full)
    return f"{words}，各针次合计 {signed(doses)} 针次" if report.numbers > 1 else words


def made_of(new: New) -> str:
    """（本期接种 30、补录以前 5、更正 −1、人员变动 2）; "" where all were given in the period."""
    if new.given == new.total and not new.late:
        return ""
    named = [("本期接种", new.given), ("补录以前", new.late), ("更正", new.corrected), ("人员变动", new.people)]
    return f"（{'、'.join(f'{name} {signed(count)}' for name, count in named if count)}）"


def villages(report: Report) -> tuple[str, ...]:
    ranked = report.ranked
    if not ranked:
        return ()
    said = []
    met = [line for line in report.villages if not line.judged_gap and line.coverage.goal is not None]
    said.append(f"{len(report.villages)} 个村（社区）中 {len(met)} 个已达到目标任务数。")
    if len(ranked) > 2 * NAMED:
        said.append(f"排在前面的是{_named(ranked[:NAMED])}；排在后面的是{_named(ranked[-NAMED:])}。")
    else:
        said.append(f"接种率依次是{_named(ranked)}。")
    idle = [line.name for line in report.villages if line.new[0].given <= 0]
    if idle:
        said.append(f"本期没有打第一针的有 {len(idle)} 个：{'、'.join(idle)}。")
    return tuple(said)


def _named(lines: Sequence[Line]) -> str:
    return "、".join(f"{line.name} {rate(line.judged_rate)}" for line in lines)


def follow_up(report: Report) -> tuple[str, ...]:
    permanent, cover = report.total.permanent, report.total.coverage
    waiting = f"间隔未到 {permanent.waiting:,} 人、暂缓中 {permanent.excused:,} 人"
    if "excused" in report.total.withheld:
        waiting = f"间隔未到和暂缓中 {permanent.waiting + permanent.excused:,} 人"
    first = (
        f"未完成全程接种 {permanent.incomplete:,} 人，其中到期可种 {permanent.due:,} 人、"
        f"超期未种 {permanent.overdue:,} 人、{waiting}。"
    )
    if cover.dropout_rate is None:
        return (first, "第二针还没有人到最迟应种日，脱失率算不出。")
    state = "低于" if cover.dropout_met else "没有低于"
    second = (
        f"脱失率（超期口径）{rate(cover.dropout_rate)}，{state} {percent_words(report.demands.dropout_limit)} 的限值；"
    )
    second += f"累计脱失率 {rate(cover.dropout_rate_who)}。"
    worst = [line for line in report.villages if not line.coverage.dropout_met]
    worst.sort(key=lambda line: (-(line.coverage.dropout_rate or 0), line.key))
    if not worst:
        return (first, second)
    named = "、".join(f"{line.name} {rate(line.coverage.dropout_rate)}" for line in worst[:NAMED])
    more = "最高的是" if len(worst) > NAMED else ""
    return (first, second, f"超过限值的村（社区）有 {len(worst)} 个，{more}{named}。")


def undosed(report: Report) -> tuple[str, ...]:
    permanent, said = report.total.permanent, report.figures["said"]
    claims = f"另有 {said['claimants']:,} 人自述已种，凭证未到，没有计入。" if said["claimants"] else ""
    if "exempt" in report.total.withheld:
        # What can be done with them adds up to those unvaccinated, which would tell the few exempt.
        few = permanent.unvaccinated + permanent.exempt
        return tuple(filter(None, (f"常住人口没有打第一针的 {few:,} 人，含禁忌缓种（有佐证）。", claims)))
    lost = {code: _sum(said["reasons"], code) for code in LOST_REASONS}
    winnable = permanent.unvaccinated - said["paused"] - sum(lost.values())
    unwilling, away, unreachable = (lost[code] for code in LOST_REASONS)
    words = (
        f"常住人口应种未种 {permanent.unvaccinated:,} 人，其中可动员 {winnable:,} 人、不愿意 {unwilling:,} 人、"
        f"外出 {away:,} 人、联系不上 {unreachable:,} 人、医生现场暂缓 {said['paused']:,} 人；"
        f"全口径应种未种 {report.total.everybody.unvaccinated:,} 人。"
    )
    exempt = f"禁忌缓种（有佐证）{permanent.exempt:,} 人。" if permanent.exempt else ""
    return tuple(filter(None, (words, exempt, claims)))


def _sum(reasons: dict[str, int], code: str) -> int:
    """A reason with the two-digit codes that refine it; 10 refines nothing."""
    return sum(count for other, count in reasons.items() if other != "10" and other.startswith(code))


def phases(report: Report) -> tuple[str, ...]:
    """The items that run or were missed; what is met and what is to come is counted."""
    rows = report.figures["phases"]
    # What was wanted "mainly" by a day that is past is judged by the item that follows it.
    said = [
        _phase(row)
        for row in rows
        if row["status"] not in ("upcoming", "met") and not (row["is_soft"] and row["status"] == "missed")
    ]
    met, coming = (sum(row["status"] == status for row in rows) for status in ("met", "upcoming"))
    head = f"{len(rows)} 项阶段任务，已完成 {met} 项，未开始 {coming} 项。" if rows else ""
    return tuple(filter(None, (head, *said)))


def _phase(row: dict) -> str:
    deadline = day(date.fromisoformat(row["deadline"]))
    words = f"{row['name']}（{deadline}前）{STATUS[row['status']]}"
    if row["remaining"] is None:
        return f"{words}，目标算不出。"
    words += f"，还差 {row['remaining']:,} 人"
    if row["required_pace"] is not None and row["pace"] is not None:
        words += f"，每天需完成 {row['required_pace']:.1f} 人，近7天日均 {row['pace']:.1f} 人"
    return f"{words}。"


def pressure(report: Report) -> tuple[str, ...]:
    said = report.figures["pressure"]
    return (*alert_sentences(said["alerts"]), *nudge_sentences(said["nudges"]))


def chat_text(report: Report, number: str, most: int = 300) -> str:
    """A text for the chat group, at most `most` characters: what fits of it, the most important first."""
    total, cover = report.total, report.total.coverage
    pieces = [
        f"【{report.campaign['place']}接种日报】{until_words(report)}",
        f"第一针 {cover.first_dose:,} 人（{rate(cover.first_rate)}），"
        f"本期 {signed(total.new[0].total)}{made_of(total.new[0])}",
        f"全程 {cover.full:,} 人（{rate(cover.full_rate)}），本期 {signed(total.new_full.total)}",
        f"离目标还差 {total.judged_gap:,} 人" if total.judged_gap else "已达到目标任务数" if cover.goal else "",
        f"超期未种 {total.permanent.overdue:,} 人，脱失率 {rate(cover.dropout_rate)}",
        f"前{NAMED}名：{_short(report.ranked[:NAMED])}" if len(report.ranked) > NAMED else "",
        f"后{NAMED}名：{_short(report.ranked[-NAMED:])}" if len(report.ranked) > NAMED else "",
    ]
    return fitted([piece for piece in pieces if piece], f"编号 {number}", most)


def _short(lines: Sequence[Line]) -> str:
    return "、".join(f"{line.name}{rate(line.judged_rate)}" for line in lines)


def fitted(pieces: Sequence[str], last: str, most: int) -> str:
    """Join what fits, a line each, and the last line in any case."""
    text = ""
    for piece in pieces:
        if len(text) + len(piece) + 1 + len(last) > most:
            break
        text += f"{piece}\n"
    return f"{text}{last}"


def rate(value: Fraction | None) -> str:
    return percent(value)


def signed(count: int) -> str:
    return f"{count:,}" if count >= 0 else f"−{-count:,}"
