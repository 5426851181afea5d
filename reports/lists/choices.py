"""The filters a list offers its reader: only what lies in the reader's scope and says something here."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from ledgers.day import soon_days
from ledgers.households.caretakers import possible_caretakers
from ledgers.rules import REASONS
from registry.access import scope_of
from registry.chips import CHIPS
from registry.models import MembershipKind, Place, Residency, Tag, Unit
from registry.querysets import within, within_any
from reports.lists.asked import (
    ALL,
    CLAIMANTS,
    DEFERRED,
    DOSED,
    FINISHING,
    LASTING,
    NO_REASON,
    ONLY,
    PAUSED,
    PERMANENT,
    REACHABLE,
    SECOND_DUE,
    SECOND_DUE_SOON,
    SOON,
    STAFF,
    STARTING,
    SUB_STATES,
    UNDECIDED,
    WINNABLE,
    Asked,
)
from reports.lists.people import Question, is_loose

# A list to choose from gets no longer than this; a village named first makes it short.
MOST_UNITS = 200
_ONLY = {
    DOSED: "打过针的",
    SECOND_DUE: "第二针应完成",
    SECOND_DUE_SOON: "第二针{days}天内到最迟应种日",
    CLAIMANTS: "自述已种（待凭证）",
    REACHABLE: "结束前能完成全程",
    SOON: "{days}天内将超期",
    FINISHING: "结束前能打完",
    STARTING: "结束前能打完（未错过末班车）",
    LASTING: "禁忌（没有期限）",
    DEFERRED: "缓种（有期限）",
}


@dataclass(frozen=True)
class Choice:
    """A select of the filter form; `options` are pairs of value and words, "" means all."""

    name: str
    label: str
    value: str
    options: list[tuple[str, str]]

    @property
    def html(self) -> SafeString:
        """Its options; a street's villages may be hundreds, too many for a template's loop on each page."""
        options = (
            f'<option value="{escape(value)}"{" selected" if value == self.value else ""}>{escape(words)}</option>'
            for value, words in self.options
        )
        return mark_safe("".join(options))  # noqa: S308 (escaped above)


@dataclass(frozen=True)
class Pill:
    """A filter as a chip with a count; the count is None until it is asked for."""

    key: str
    word: str
    query: str
    here: bool
    count: int | None = None


def choices_for(question: Question) -> list[Choice]:
    """Return the selects of the filter form; at most one query each for places, units, ages and tags."""
    asked = question.asked
    places = _places(question)
    village = asked.village or (places[0].code if len(places) == 1 else "")
    found = [
        Choice("district", "片区", asked.district, _districts(places) if len(places) > 1 else []),
        Choice("village", "村（社区）", asked.village, _named(places) if len(places) > 1 else []),
        Choice("group", "组（社）", asked.group, _groups(village)),
        Choice("caretaker", "包保人", asked.caretaker, _caretakers(question, village)),
        Choice("age", "年龄", asked.age, _ages(question)),
        Choice("unit", "单位", asked.unit, _units(question, village)),
        Choice("kind", "成员", asked.kind, [(STAFF, "职工和临聘"), *MembershipKind.choices] if asked.unit else []),
        Choice(
            "tag",
            "标签",
            asked.tag,
            [(name, name) for name in Tag.objects.order_by("pk").values_list("name", flat=True)],
        ),
        Choice("phase", "已完成的人" if asked.done else "还差的人", asked.phase, _phases(question)),
        Choice("reason", "能否动员", asked.reason, _winnable(asked)),
        Choice("only", "范围", asked.only, _only(question)),
    ]
    return [choice for choice in found if choice.options]


def _winnable(asked: Asked) -> list[tuple[str, str]]:
    """Beside a phase item: 台账三 has its reasons as chips."""
    return [(WINNABLE, "可动员")] if asked.reason == WINNABLE and asked.ledger != "unvaccinated" else []


def _only(question: Question) -> list[tuple[str, str]]:
    days = soon_days(question.campaign)
    return [(key, _ONLY[key].format(days=days)) for key in ONLY.get(question.asked.ledger, ())]


def _ages(question: Question) -> list[tuple[str, str]]:
    """The campaign's bands, and the sum of some where the list was opened from one."""
    bands = [(band.key, _band(band)) for band in question.campaign.age_bands.all()]
    chosen = question.asked.age
    if not chosen or chosen in dict(bands):
        return bands
    words = f"{chosen[:-1]}岁及以上" if chosen.endswith("+") else f"{chosen.replace('-', '–')}岁"
    return [*bands, (chosen, words)]


def _districts(places: list[Place]) -> list[tuple[str, str]]:
    names = dict.fromkeys(place.district_group for place in places if place.district_group)
    return [(name, name) for name in names]


def _phases(question: Question) -> list[tuple[str, str]]:
    """A list that was opened from a phase item says so and can be widened; others do not offer it."""
    return [(question.phase.key, question.phase.name)] if question.phase else []


def where(question: Question) -> str:
    """Name whom the tabs are about: the place or units, as they stand in the heading."""
    asked = question.asked
    if asked.group or asked.village:
        return _named_place(asked.group or asked.village)
    if asked.district:
        return asked.district
    scope = scope_of(question.user)
    if question.places:
        codes = [prefix.ljust(Place.Level.VILLAGE, "0") for prefix in question.places]
        return "、".join(Place.objects.filter(pk__in=codes).order_by("pk").values_list("name", flat=True))
    units = Unit.objects.filter(pk__in=scope.unit_ids).order_by("name").values_list("name", flat=True)
    return "、".join(units) or "本部门主管单位"


def _named_place(code: str) -> str:
    if code[9:12] == "000":
        return "待归类"
    if is_loose(code):
        return f"{Place.objects.get(pk=code[: Place.Level.VILLAGE])} 未分组"
    names = Place.objects.filter(pk__in={code[:12], code}).order_by("pk").values_list("name", flat=True)
    return " ".join(names)


def residency_choice(asked: Asked) -> Choice:
    """Both populations, then each 人口类型 within 全口径."""
    options = [(ALL, "全口径"), (PERMANENT, "常住口径"), *Residency.choices]
    if asked.residency == UNDECIDED:
        # Without 待归类, whom 常住口径 does not count: named only where the dashboard led to it.
        options.append((UNDECIDED, "类型未定（计入常住）"))
    return Choice("residency", "人口", asked.residency, options)


def pills_for(asked: Asked, counts: dict[str, int] | None = None) -> list[Pill]:
    """Return 台账二's sub-states or 台账三's reasons as chips; none for the other two."""
    field, words = _pill_words(asked)
    if not words:
        return []
    here = getattr(asked, field)
    total = sum(counts.values()) if counts is not None else None
    pills = [Pill("", "全部", asked.query(**{field: ""}), not here, total)]
    for key, word in words.items():
        count = None if counts is None or key in (WINNABLE, PAUSED) else _count(counts, key)
        if counts is None or count or here == key:
            pills.append(Pill(key, word, asked.query(**{field: key}), here == key, count))
    return pills


def _pill_words(asked: Asked) -> tuple[str, dict[str, str]]:
    if asked.ledger == "incomplete":
        return "sub", {key: CHIPS[key].word for key in SUB_STATES}
    if asked.ledger == "unvaccinated":
        # The finer codes of 4, 5 and 6 are found under the whole.
        words = {k: w for k, w in REASONS.items() if len(k) == 1 or k == "10"} | {NO_REASON: "未填原因"}
        # Overlaps with the others, so it is named only where the dashboard led to it.
        overlapping = {WINNABLE: "可动员", PAUSED: "医生现场暂缓（再问日未到）"}
        return "reason", words | {key: word for key, word in overlapping.items() if asked.reason == key}
    return "", {}


def _count(counts: dict[str, int], key: str) -> int:
    if key == NO_REASON:
        return counts.get("", 0)
    if key in SUB_STATES or key == "10":
        return counts.get(key, 0)
    return sum(n for code, n in counts.items() if code.startswith(key) and code != "10")


def _places(question: Question) -> list[Place]:
    """Villages of the scope; the street itself, for 待归类, where the whole street is in it."""
    inside = within_any(question.places, "code")
    levels = [Place.Level.VILLAGE, Place.Level.STREET]
    return list(Place.objects.filter(inside, level__in=levels).order_by("-level", "code"))


def _named(places: list[Place]) -> list[tuple[str, str]]:
    return [(p.code, "待归类" if p.level == Place.Level.STREET else p.name) for p in places]


def _groups(village: str) -> list[tuple[str, str]]:
    if not village or village[9:12] == "000":
        return []
    groups = Place.objects.filter(within(village, "code"), level=Place.Level.GROUP).order_by("code")
    named = list(groups.values_list("code", "name"))
    return [*named, (f"{village}000", "未分组")] if named and len(village) == Place.Level.VILLAGE else named


def _band(band: object) -> str:
    return f"{band.from_age}岁及以上" if band.to_age is None else f"{band.from_age}–{band.to_age}岁"


def _caretakers(question: Question, village: str) -> list[tuple[str, str]]:
    """The cadres of the village; the whole street's would be too many, and 台账一 needs nobody's care."""
    if not village or question.asked.ledger not in ("incomplete", "unvaccinated"):
        return []
    return [(str(user.pk), str(user)) for user in possible_caretakers(village)]


def _units(question: Question, village: str) -> list[tuple[str, str]]:
    """Units of the village, or of the whole scope where they are few enough to choose from."""
    scope = scope_of(question.user)
    inside = Q(pk__in=scope.unit_ids)
    inside |= within_any([village] if village else question.places)
    if scope.department_ids:
        inside |= Q(department_id__in=scope.department_ids) | Q(
            department__isnull=True, trade__department_id__in=scope.department_ids
        )
    units = list(Unit.objects.filter(inside).order_by("place_id", "name").values_list("pk", "name")[: MOST_UNITS + 1])
    options = [(str(pk), name) for pk, name in units] if len(units) <= MOST_UNITS else []
    chosen = question.asked.unit
    if chosen and chosen not in dict(options):
        options += [(chosen, _unit_name(chosen))]
    return options


def _unit_name(chosen: str) -> str:
    """A list opened from a figure may name a unit that the select does not hold."""
    found = Unit.objects.filter(pk=int(chosen)).values_list("name", flat=True).first() if chosen.isdigit() else None
    return found or chosen
