"""Answers at the door become facts: one small function for each kind, all under the entry of the visit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaigns.models import Campaign, Institution, Product
from ledgers import exemptions, notes
from ledgers.corrections import CorrectionRefused, DoseFacts, add_dose
from ledgers.exemptions import ExemptionRefused
from ledgers.models import Exemption, Standing, VisitAnswer
from ledgers.notes import NoteRefused
from ledgers.survey.told import Answer, day_of
from registry.models import Entry, Resident, Source, User

Kind = VisitAnswer.Kind
# What an answer that cannot become a fact raises; each message is the sentence for the page.
REFUSALS = (NoteRefused, CorrectionRefused, ExemptionRefused)
# How a dose was shown at the door → its source; a photo of the paper proves what the paper proves.
PROOFS = {
    "certificate": Source.CERTIFICATE.value,
    "health_code": Source.HEALTH_CODE.value,
    "photo": Source.CERTIFICATE.value,
}
AWAY_REASON, ELSEWHERE_REASON = "51", "52"


@dataclass(frozen=True)
class Act:
    """The visit that answers belong to; `said_on` is its day, which lies before `today` where it arrived late."""

    campaign: Campaign
    entry: Entry
    by: User
    today: date
    said_on: date
    address: str = ""


def apply(answer: Answer, resident: Resident, act: Act) -> None:
    """Write what an answer says. Raises one of REFUSALS, having written nothing that stays."""
    _APPLY[Kind(answer.kind)](answer, resident, act)


def fields_of(answer: Answer) -> dict[str, str]:
    """Return the fields of which a person has one value each, and the value that the answer wants, as text."""
    detail = answer.detail
    if answer.kind == Kind.PROMISE:
        return {"reason": notes.PROMISED_REASON, "promised_on": _text(detail, "on")}
    if answer.kind == Kind.REASON:
        return {"reason": detail.get("code", ""), "promised_on": _text(detail, "on")}
    if answer.kind == Kind.AWAY:
        return {"away_to": detail.get("to", "").strip(), "away_since": _text(detail, "since")}
    if answer.kind in (Kind.MOVED_OUT, Kind.DECEASED):
        return {"status": answer.kind}
    return {"household_id": ""} if answer.kind == Kind.NOT_HERE else {}


def _text(detail: dict[str, Any], name: str) -> str:
    value = day_of(detail.get(name))
    return value.isoformat() if value else ""


def _same(answer: Answer, resident: Resident, act: Act) -> None:
    """同上次 writes nothing: that somebody asked stands in the visit."""


def _dose(answer: Answer, resident: Resident, act: Act) -> None:
    given_on, proof = day_of(answer.detail.get("given_on")), PROOFS.get(answer.detail.get("proof", ""))
    if given_on is None:
        raise NoteRefused("写明哪一天打的这一针。")
    if proof is None:
        raise NoteRefused("选一下这一针是凭什么登记的：接种凭证、渝康码、照片，或者本人自述。")
    facts = DoseFacts(given_on, _product(answer, act.campaign), answer.detail.get("stated_number"))
    add_dose(
        resident, act.campaign, facts, source=proof, today=act.today, by=act.by, address=act.address, entry=act.entry
    )


def _statement(answer: Answer, resident: Resident, act: Act) -> None:
    month = day_of(answer.detail.get("month")) or day_of(answer.detail.get("given_on"))
    if month is None:
        raise NoteRefused("写明哪个月打的，记得月份就够了。")
    notes.note_statement(
        resident, act.campaign, month=month, given_on=day_of(answer.detail.get("given_on")),
        product=_product(answer, act.campaign), entry=act.entry,
    )  # fmt: skip


def _product(answer: Answer, campaign: Campaign) -> Product | None:
    key = answer.detail.get("product", "")
    return Product.objects.filter(platform__campaign=campaign, key=key).first() if key else None


def _reason(answer: Answer, resident: Resident, act: Act) -> None:
    code, on = answer.detail.get("code", ""), day_of(answer.detail.get("on"))
    if not code:
        raise NoteRefused("选一个没打的原因。")
    note = answer.detail.get("note", "")
    notes.note_reason(resident, act.campaign, code=code, note=note, promised_on=on, entry=act.entry)


def _promise(answer: Answer, resident: Resident, act: Act) -> None:
    on = day_of(answer.detail.get("on"))
    # Promised at a door without signal for a day that has gone by until it arrived, it was promised all the same.
    if on is not None and on < act.said_on:
        raise NoteRefused("约好的日期已经过了，另选一天。")
    notes.note_reason(resident, act.campaign, code=notes.PROMISED_REASON, promised_on=on, entry=act.entry)


def _exemption(answer: Answer, resident: Resident, act: Act) -> None:
    detail = answer.detail
    start_on, kind, ground = day_of(detail.get("start_on")), detail.get("kind"), detail.get("reason")
    if kind not in Exemption.Kind.values or ground not in Exemption.Ground.values or start_on is None:
        raise NoteRefused("写明是禁忌还是缓种、什么原因、哪一天诊断的。")
    name = detail.get("institution", "").strip()[:120]
    # A new one has no level, so it proves nothing until somebody says which it has (rules 3).
    institution = Institution.objects.get_or_create(campaign=act.campaign, name=name)[0] if name else None
    exemptions.claim(
        resident, act.campaign, kind=kind, reason=ground, start_on=start_on, end_on=day_of(detail.get("end_on")),
        institution=institution, diagnosis=answer.diagnosis, by=act.by, address=act.address, entry=act.entry,
    )  # fmt: skip


def _away(answer: Answer, resident: Resident, act: Act) -> None:
    detail = answer.detail
    if not detail.get("to", "").strip():
        raise NoteRefused("写明外出到哪里，写到市或县就够了。")
    since, month = day_of(detail.get("since")), day_of(detail.get("month"))
    if since is not None and since > act.today:
        raise NoteRefused("外出时间在今天以后，请再问一遍。")
    notes.note_away(resident, to=detail["to"], since=since, entry=act.entry)
    if month is not None:
        notes.note_statement(resident, act.campaign, month=month, entry=act.entry)
    if detail.get("elsewhere"):
        notes.note_reason(resident, act.campaign, code=ELSEWHERE_REASON, entry=act.entry)
    elif not Standing.objects.filter(resident=resident, campaign=act.campaign).exists():
        notes.note_reason(resident, act.campaign, code=AWAY_REASON, entry=act.entry)


def _moved_out(answer: Answer, resident: Resident, act: Act) -> None:
    notes.note_moved_out(resident, on=_gone_on(answer), entry=act.entry)


def _deceased(answer: Answer, resident: Resident, act: Act) -> None:
    if not answer.detail.get("certain"):
        raise NoteRefused(f"{resident.name}去世要再确认一次，才写入。")
    notes.note_deceased(resident, on=_gone_on(answer), entry=act.entry)


def _gone_on(answer: Answer) -> date:
    on = day_of(answer.detail.get("on"))
    if on is None:
        raise NoteRefused("写明是哪一天，记不准就写大概的一天。")
    return on


def _not_here(answer: Answer, resident: Resident, act: Act) -> None:
    """Out of this household only; whose village the person is stays as it was (待并户)."""
    notes.change_resident(resident, {"household_id": None}, act.entry)


_APPLY: dict[str, Callable[[Answer, Resident, Act], None]] = {
    Kind.SAME: _same,
    Kind.DOSE: _dose,
    Kind.STATEMENT: _statement,
    Kind.REASON: _reason,
    Kind.PROMISE: _promise,
    Kind.EXEMPTION: _exemption,
    Kind.AWAY: _away,
    Kind.MOVED_OUT: _moved_out,
    Kind.DECEASED: _deceased,
    Kind.NOT_HERE: _not_here,
}
