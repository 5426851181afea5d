"""What happened to a person, newest first: doses, statements, exemptions, changes, conflicts, with source and who."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from campaigns.models import Campaign
from ledgers.models import Conflict, Contact, Dose, Exemption, Merge, Statement, VisitAnswer
from ledgers.rules import REASONS, Stand
from ledgers.why import day, nth
from registry.masking import hide_numbers
from registry.models import Entry, Place, Residency, Resident, ResidentChange, Status

FIELDS = {
    "place_id": "村组", "place": "村组", "registered_village_id": "户籍村", "registered_village": "户籍村",
    "residency": "人口类型", "status": "状态", "status_on": "变动日期", "status_stated": "状态", "name": "姓名",
    "birth_on": "出生日期", "sex": "性别", "household_id": "户", "household": "户", "relation": "与户主关系",
    "address": "现住址", "registered_address": "户籍地址", "guardian": "监护人", "caretaker": "包保人",
    "remarks": "备注", "unit": "单位", "phone": "联系电话", "tag": "标签", "document": "证件号码",
    "exemption_end": "缓种至", "exemption_end_on": "缓种至", "exemption_start_on": "诊断日期",
    "exemption_reason": "禁忌缓种原因", "exemption_institution": "诊断机构", "exemption_diagnosis": "诊断",
    "exemption_state": "禁忌缓种申请", "member_kind": "人员类别", "member_class_name": "班级",
    "member_consent": "知情同意", "reason": "未种原因", "reason_note": "未种原因的说明", "promised_on": "约定的日子",
    "away_to": "外出地", "away_since": "外出时间",
}  # fmt: skip
# Of these the page names the field only: the values are personal, not for every reader.
_PRIVATE = ("phone", "birth_on", "document", "exemption_institution", "exemption_diagnosis")


@dataclass(frozen=True)
class Event:
    """One line of 经过; `kind` is what the page filters by: dose, change or claim."""

    on: date
    kind: str
    icon: str
    tone: str
    text: str
    note: str
    order: int = 0


def source_of(entry: Entry | None, row: int | None = None) -> str:
    """Name where something came from: a roster and its row, or who typed it and when."""
    if entry is None:
        return ""
    roster = getattr(entry, "roster", None)
    if roster is not None:
        return f"{roster.name}，第 {row} 行" if row else roster.name
    at = timezone.localtime(entry.at)
    label = f"{hide_numbers(entry.label)}，" if entry.label else ""
    return f"{label}{entry.by}，{at.month}月{at.day}日 {at:%H:%M} 录入"


def events_of(resident: Resident, campaign: Campaign, stand: Stand | None, on: date) -> list[Event]:
    """Return the events, of doses only those up to `on`: a past day is seen with what is known now (rules).

    A constant number of queries, however many events there are.
    """
    found = [
        *_doses(_entries(Dose.objects.filter(resident=resident, campaign=campaign, given_on__lte=on), "ended_entry")),
        *_statements(_entries(Statement.objects.filter(resident=resident, campaign=campaign, month__lte=on))),
        *_exemptions(_entries(Exemption.objects.filter(resident=resident, campaign=campaign), "decided_entry")),
        *_changes(_entries(ResidentChange.objects.filter(resident=resident))),
        *_merges(Merge.objects.filter(kept=resident).select_related("entry__by", "undone_entry__by")),
        *_conflicts(_entries(Conflict.objects.filter(resident=resident))),
        *_contacts(Contact.objects.filter(resident=resident, campaign=campaign).select_related("by")),
        *_visits(VisitAnswer.objects.filter(resident=resident, visit__campaign=campaign)),
        *_derived(stand, on),
    ]
    entry = Entry.objects.filter(pk=resident.entry_id).select_related("by", "roster").first()
    if entry:
        found.append(Event(_day_of(entry), "change", "file", "neutral", "登记入册", source_of(entry), order=-1))
    return sorted(found, key=lambda event: (event.on, event.order), reverse=True)


def _entries(queryset: Iterable, *further: str) -> Iterable:
    return queryset.select_related("entry__by", "entry__roster", *(f"{name}__by" for name in further))


def _day_of(entry: Entry) -> date:
    return timezone.localdate(entry.at)


def _doses(doses: Iterable[Dose]) -> Iterable[Event]:
    words = {
        Dose.State.LIVE: ("打了一针", "half", "brand"),
        Dose.State.WAITING: ("一针待核实", "scale", "attention"),
        Dose.State.SUPERSEDED: ("一针的记录未采用", "minus", "neutral"),
        Dose.State.CORRECTED: ("一针的记录已更正", "pencil", "neutral"),
        Dose.State.REMOVED: ("一针的记录已删除", "minus", "neutral"),
    }
    for dose in doses.select_related("product__platform"):
        text, icon, tone = words[dose.state]
        if dose.state == Dose.State.LIVE and dose.stated_number:
            text = f"打了{nth(dose.stated_number)}"
        product = f"，{dose.product}（{dose.product.platform}）" if dose.product else "，疫苗不明"
        site = f"，{dose.site}" if dose.site else ""
        note = f"{dose.get_source_display()}：{source_of(dose.entry, dose.row)}"
        if dose.ended_entry:
            note += f"；{source_of(dose.ended_entry)}"
        yield Event(dose.given_on, "dose", icon, tone, f"{text}{product}{site}", note)


def _statements(statements: Iterable[Statement]) -> Iterable[Event]:
    for said in statements:
        when = day(said.given_on) if said.given_on else f"{said.month.year}年{said.month.month}月"
        closed = "，已有接种记录证实" if said.closed_entry_id else "，待凭证"
        yield Event(
            _day_of(said.entry),
            "claim",
            "info",
            "neutral",
            f"自述 {when} 已种{closed}",
            source_of(said.entry, said.row),
        )


def _exemptions(exemptions: Iterable[Exemption]) -> Iterable[Event]:
    for claim in exemptions:
        kind = claim.get_kind_display()
        yield Event(
            _day_of(claim.entry), "claim", "diamond", "exempt", f"申请{kind}", source_of(claim.entry, claim.row)
        )
        if claim.decided_entry:
            text = f"{kind}{claim.get_state_display()}"
            yield Event(
                _day_of(claim.decided_entry), "claim", "diamond", "exempt", text, source_of(claim.decided_entry), 1
            )


def _changes(changes: Iterable[ResidentChange]) -> Iterable[Event]:
    changes = list(changes)
    codes = {value for c in changes if c.field.startswith(("place", "registered_v")) for value in (c.old, c.new)}
    words = dict(Place.objects.filter(pk__in=codes).values_list("code", "name"))
    words |= dict(Residency.choices) | dict(Status.choices)
    for change in changes:
        name = FIELDS.get(change.field, change.field)
        if change.field in _PRIVATE or change.field.startswith("household"):
            text = f"更正{name}"
        else:
            told = REASONS if change.field == "reason" else words
            text = f"{name}：{_said(change.old, told)} → {_said(change.new, told)}"
        yield Event(_day_of(change.entry), "change", "pencil", "neutral", text, source_of(change.entry))


def _merges(merges: Iterable[Merge]) -> Iterable[Event]:
    for merge in merges:
        name = merge.record["resident"]["fields"]["name"]
        text = f"并入重复的一条记录（{name}）"
        yield Event(_day_of(merge.entry), "change", "people", "neutral", text, source_of(merge.entry))
        if merge.undone_entry:
            note = source_of(merge.undone_entry)
            yield Event(_day_of(merge.undone_entry), "change", "undo", "neutral", "撤销并入，两条记录分开", note, 1)


def _said(value: str, words: dict[str, str]) -> str:
    return words.get(value, hide_numbers(value)) or "空"


def _conflicts(conflicts: Iterable[Conflict]) -> Iterable[Event]:
    for conflict in conflicts.select_related("decided_by"):
        text = f"待核实：{conflict.get_kind_display()}"
        yield Event(
            _day_of(conflict.entry), "change", "scale", "attention", text, source_of(conflict.entry, conflict.row)
        )
        if conflict.decided_at:
            when = timezone.localtime(conflict.decided_at)
            note = f"{conflict.decided_by}，{when.month}月{when.day}日 {when:%H:%M}"
            text = f"已核实：{conflict.get_kind_display()}，{conflict.get_decision_display()}"
            yield Event(when.date(), "change", "scale", "done", text, note, 1)


def _contacts(contacts: Iterable[Contact]) -> Iterable[Event]:
    for contact in contacts:
        when = timezone.localtime(contact.at)
        agreed = contact.promised_on or contact.again_on
        text = f"{contact.get_way_display()}：{contact.get_outcome_display()}" + (f" {day(agreed)}" if agreed else "")
        note = f"{contact.by}，{when.month}月{when.day}日 {when:%H:%M}"
        yield Event(when.date(), "contact", "phone", "brand", text, note)


def _visits(answers: Iterable[VisitAnswer]) -> Iterable[Event]:
    for answer in answers.select_related("visit__by").order_by("pk"):
        visit = answer.visit
        when = timezone.localtime(visit.at)
        with_whom = f"，与{visit.spoke_with}" if visit.spoke_with else ""
        refused = f"；没有写入：{answer.refusal}" if answer.refusal else ""
        text = f"{visit.get_outcome_display()}{with_whom}：{answer.get_kind_display()}{refused}"
        note = f"{visit.by}，{when.month}月{when.day}日 {when:%H:%M}"
        yield Event(when.date(), "contact", "pin", "brand", text, note)


def _derived(stand: Stand | None, on: date) -> Iterable[Event]:
    """Days that follow from the doses: the interval has passed, the next dose has become late."""
    if stand is None or stand.next_from is None or stand.next_by is None:
        return
    coming = nth(stand.counted + 1)
    if stand.next_from <= on:
        yield Event(stand.next_from, "dose", "clock", "neutral", f"{coming}间隔已到", "按最近一针推算")
    if stand.next_by < on:
        late = f"最迟 {day(stand.next_by)}，按第一针推算"
        yield Event(date.fromordinal(stand.next_by.toordinal() + 1), "dose", "over", "over", f"{coming}转为超期", late)
