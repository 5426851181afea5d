"""The sentence why a person stands where they stand, and what to do next (rules 4). Pure: the day is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledgers.rules import Ledger, Stand, SubState

_NUMBERS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Place:
    """Where a person stands at `on`; `ledger` None: in none, for the reason in `gone`."""

    on: date
    ledger: Ledger | None
    sub_state: SubState | None = None
    stand: Stand | None = None
    # 灭活, and whatever the plan calls its other platforms.
    platform: str = ""
    exemption: str = ""
    exempt_until: date | None = None
    # Why a person is in no ledger: 未满12岁, 已迁出 …
    gone: str = ""
    has_claim: bool = False
    has_statement: bool = False


def nth(number: int) -> str:
    """1 → 第一针."""
    return f"第{_NUMBERS[number] if number < len(_NUMBERS) else number}针"


def day(value: date) -> str:
    return f"{value.month}月{value.day}日"


def why_sentence(place: Place) -> str:
    """Say in one sentence why the person stands there (rules 4)."""
    if place.ledger is None:
        return f"不在三本台账里：{place.gone}。"
    return {
        "completed": _why_completed,
        "incomplete": _why_incomplete,
        "exempt": _why_exempt,
        "unvaccinated": _why_unvaccinated,
    }[place.ledger](place)


def next_step(place: Place) -> str:
    """Say what to do next; "" where nothing is to be done."""
    if place.ledger == "unvaccinated":
        if place.has_claim:
            return "禁忌缓种申请还在审核，审核通过前仍按应种未种统计。"
        if place.has_statement:
            return "本人说在外已种，先要接种凭证或渝康码截图，拿到后登记，不用再通知去种。"
        return "联系本人约好接种日期；不能接种的，凭二级及以上医院的诊断证明申请禁忌缓种。"
    if place.ledger == "incomplete" and place.stand is not None:
        return _next_of_incomplete(place, place.stand)
    if place.ledger == "exempt" and place.exempt_until:
        return f"缓种到 {day(place.exempt_until)} 为止，到期后重新联系。"
    return ""


def _why_completed(place: Place) -> str:
    stand = place.stand
    ended = day(stand.completed_on) if stand and stand.completed_on else ""
    return f"在“已完成接种”台账：{place.platform}疫苗共 {stand.needed if stand else 0} 针，{ended} 打完。"


def _why_incomplete(place: Place) -> str:
    stand = place.stand
    if stand is None or stand.next_from is None or stand.next_by is None:
        return "在“未完成全程接种”台账。"
    head = f"在“未完成全程接种”台账：{day(stand.first_on)} 打了第一针{place.platform}疫苗"
    if stand.counted > 1:
        head += f"，已打 {stand.counted} 针"
    coming = nth(stand.counted + 1)
    tail = {
        "waiting": f"{coming}最早 {day(stand.next_from)} 可以打，间隔还差 {(stand.next_from - place.on).days} 天。",
        "due": f"{coming}现在可以打，最迟应在 {day(stand.next_by)} 打。",
        "overdue": f"{coming}最迟应在 {day(stand.next_by)} 打，已超期 {(place.on - stand.next_by).days} 天。",
        "excused": f"{coming}因{place.exemption or '禁忌缓种'}暂缓。",
    }
    return f"{head}，{tail[place.sub_state or 'due']}"


def _why_exempt(place: Place) -> str:
    until = f"，到 {day(place.exempt_until)} 为止" if place.exempt_until else ""
    return f"在“禁忌缓种登记”：没有接种记录，{place.exemption}已审核通过{until}。"


def _why_unvaccinated(place: Place) -> str:
    also = "，禁忌缓种申请还没有审核" if place.has_claim else ""
    also += "，自述已种还没有凭证，不计入" if place.has_statement else ""
    return f"在“应种未种”台账：截至 {day(place.on)} 没有接种记录，也没有生效的禁忌缓种{also}。"


def _next_of_incomplete(place: Place, stand: Stand) -> str:
    if stand.needs_product:
        return "先核实疫苗：有一针没有写明疫苗或两种疫苗混种，查清以前不通知接种。"
    coming = nth(stand.counted + 1)
    return {
        "waiting": f"间隔没有到，不用催；{day(stand.next_from)} 起再通知打{coming}。" if stand.next_from else "",
        "due": f"通知去打{coming}，约好日期。",
        "overdue": f"直接补{coming}即可，不用重打第一针。",
        "excused": "暂缓期内不催，到期后再联系。",
    }[place.sub_state or "due"]
