"""Which kind of roster some headings are of, and which field each column holds (interfaces, Rosters)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from ledgers.rosters.resources import RESOURCES, ROW_KEY_HEADING, DoseResource, resource_of
from registry.spreadsheets.header import forms_of

# Words for a dose in a heading: 第一针, 首剂, 第2剂次, 三针.
_DOSE = re.compile(r"第?([一二三123首])(?:针剂|剂次|针次|剂|针|次)")
_DOSE_NUMBERS = {"一": 1, "二": 2, "三": 3, "首": 1, "1": 1, "2": 2, "3": 3}
_CAMPAIGN = re.compile(r"^(?:新冠病毒|新型冠状病毒|新冠|流感)(?:疫苗)?(?=.)")
_DATE_WORDS = frozenset(
    ["", "接种时间", "接种日期", "时间", "日期", "接种", "实际接种时间", "实际接种日期", "接种年月日"]
)
_PARTS = ("product", "maker", "lot", "site")
# Words that name a part of a dose only behind its number: 第一针地点.
_PART_WORDS = {"名称": "product", "种类": "product", "企业": "maker", "地点": "site", "单位": "site"}
# Only a roster of exemptions has these; two of them outweigh columns of doses.
_OF_EXEMPTIONS = frozenset(["institution", "level", "start_on", "end_on", "approved", "exemption_kind"])
# These words for a reason mean an exemption only beside such columns (未接种原因 never does).
_REASONS_OF_EXEMPTIONS = frozenset(["禁忌症", "不宜接种原因", "不能接种原因"])


@dataclass(frozen=True, slots=True)
class Recognition:
    """A kind, and the field of each column, "" for a column that is not used."""

    kind: str
    fields: list[str]

    @property
    def score(self) -> int:
        return sum(1 for field in self.fields if field)


def recognise(
    headings: list[str], *, kind: str = "", columns: Mapping[int, str] | None = None, census_heading: str = ""
) -> Recognition | None:
    """Return the kind of these headings and their fields; None where no kind's needs are met.

    Lists that come back are told by our own row key alone, or chosen.
    """
    if not kind and any(ROW_KEY_HEADING in heading for heading in headings):
        kind = "followup"
    found = {
        name: Recognition(name, _fields(headings, name, columns or {}, census_heading))
        for name in ([kind] if kind else RESOURCES)
    }
    met = [name for name, recognition in found.items() if _needs_are_met(name, set(recognition.fields))]
    if kind:
        return found[kind] if met else None
    best = _most_specific(met, found)
    return found[best] if best else None


def is_known(heading: str) -> bool:
    """Tell whether any kind of roster has such a column; what only lists that come back have tells no header."""
    return bool(_dose_field(heading)) or any(form in _all_headings() for form in forms_of(heading))


def _most_specific(met: list[str], found: dict[str, Recognition]) -> str:
    """Choose among the kinds whose needs are met."""
    if "exemptions" in met:
        extras = len(_OF_EXEMPTIONS & set(found["exemptions"].fields))
        if extras >= 2 or not {"doses_wide", "doses_long"} & set(met):
            return "exemptions"
    if {"villages", "units"} & set(met):
        # A person has a name of a person; 名称 and 单位名称 alone are no people.
        people = {"residents", "doses_wide", "doses_long"} & set(met)
        if not people:
            return "villages" if "villages" in met else "units"
    return next((name for name in ("doses_wide", "doses_long", "residents") if name in met), "")


def _needs_are_met(kind: str, fields: set[str]) -> bool:
    return all(fields.intersection(any_of) for any_of in resource_of(kind).needs)


def _fields(headings: list[str], kind: str, columns: Mapping[int, str], census_heading: str) -> list[str]:
    """Return the field of each column; a field is given once, to the first column that names it."""
    known = _headings_of(kind)
    if kind == "villages" and census_heading:
        known = {form: field for form, field in known.items() if field != "census_base"}
        known |= dict.fromkeys(forms_of(census_heading), "census_base")
    taken = {field for field in columns.values() if field}
    named = [columns.get(index, _field(heading, kind, known)) for index, heading in enumerate(headings)]
    if kind == "doses_wide":
        named = _numbered(named)
    fields = []
    for index, field in enumerate(named):
        if index not in columns and field in taken:
            field = ""
        fields.append(field if field in resource_of(kind).fields else "")
        taken.add(field)
    if kind == "exemptions" and "exemption_reason" not in taken and taken & _OF_EXEMPTIONS:
        _take_reason(headings, fields)
    return fields


def _numbered(named: list[str]) -> list[str]:
    """Give the same heading behind each dose's date (时间 厂家 批号 时间 厂家 批号) to the dose before it."""
    numbered = list(named)
    dose = ""
    for index, field in enumerate(named):
        if field.endswith("_given_on") and field.startswith("dose"):
            dose = field.removesuffix("given_on")
        elif field in _PARTS and dose and named.count(field) > 1:
            numbered[index] = dose + field
    return numbered


def _take_reason(headings: list[str], fields: list[str]) -> None:
    for index, heading in enumerate(headings):
        if fields[index] == "reason" and _REASONS_OF_EXEMPTIONS.intersection(forms_of(heading)):
            fields[index] = "exemption_reason"


def _field(heading: str, kind: str, known: Mapping[str, str]) -> str:
    if kind == "doses_wide" and (field := _dose_field(heading)):
        return field
    return next((known[form] for form in forms_of(heading) if form in known), "")


@cache
def _dose_field(heading: str) -> str:
    """Return dose2_lot for 第二针批号, 批号（第二针） or 批号2; "" for a heading of no single dose."""
    text = forms_of(heading)[2]
    marks = _DOSE.findall(text)
    if len(marks) == 1:
        number, rest = marks[0], _CAMPAIGN.sub("", _DOSE.sub("", text))
    elif not marks and text[-1:] in {"1", "2", "3"}:
        number, rest = text[-1], text[:-1]
        if rest == "":
            return ""
    else:
        return ""
    part = "given_on" if rest in _DATE_WORDS else _dose_parts().get(rest, "")
    return f"dose{_DOSE_NUMBERS[number]}_{part}" if part else ""


@cache
def _dose_parts() -> dict[str, str]:
    return _by_form((part, DoseResource.fields[part].headings) for part in _PARTS) | _PART_WORDS


@cache
def _headings_of(kind: str) -> dict[str, str]:
    """Return heading → field of a kind; its own columns come before those of people in general."""
    own = list(resource_of(kind).headings().items())
    inherited = set(RESOURCES["residents"].fields) if kind != "residents" else set()
    return _by_form(sorted(own, key=lambda item: item[0] in inherited))


def _by_form(columns: Iterable[tuple[str, list[str]]]) -> dict[str, str]:
    found: dict[str, str] = {}
    exact: dict[str, str] = {}
    for field, headings in columns:
        for heading in headings:
            full, _, opened = forms_of(heading)
            exact.setdefault(full, field)
            found.setdefault(opened, field)
    return found | exact


@cache
def _all_headings() -> frozenset[str]:
    return frozenset(form for kind in RESOURCES for form in _headings_of(kind))
