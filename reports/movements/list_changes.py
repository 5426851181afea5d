"""Who came into a list and who left it between two days, both as known now: the list's own question asked twice.

What a figure counts is its list, so the difference of two days is the difference of two lists, whatever narrows
them: an age, a unit, a sub-state, a reason, a phase item.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.core.paginator import Page as Paged
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.urls import reverse

from ledgers.day import ledger
from ledgers.movements.between import moved_by_day
from ledgers.movements.known import Point
from ledgers.movements.rules import CAUSES
from ledgers.rules import REASONS
from registry.ages import age_on
from registry.chips import CHIPS
from registry.models import Place, Resident
from reports.lists.asked import PAUSED, WINNABLE
from reports.lists.choices import choices_for, where
from reports.lists.people import Question, people_asked
from reports.lists.tabs import WORDS
from reports.movements.people import OUTSIDE_WORDS, PAGE, Person, place_words, records_of

_REASONS = REASONS | {WINNABLE: "可动员", PAUSED: "医生现场暂缓"}
# What a day alone does to who has no new record, by the sub-state reached.
_REACHED = {"due": "到了最早可种日", "overdue": "过了最迟应种日", "excused": "暂缓生效", "waiting": "暂缓结束"}


@dataclass(frozen=True)
class ListChanges:
    """`came` and `went` are keys of residents, in their order."""

    now: Question
    then: Question
    came: list[int]
    went: list[int]

    @property
    def number(self) -> int:
        return len(self.came) - len(self.went)

    @property
    def title(self) -> str:
        """The list in words: 应种未种 · 12–17岁 · 可动员."""
        asked = self.now.asked
        chosen = [dict(one.options).get(one.value, "") for one in choices_for(self.now) if one.value]
        words = [WORDS[asked.ledger], CHIPS[asked.sub].word if asked.sub else "", *chosen]
        words.append(_REASONS.get(asked.reason, "") if asked.ledger == "unvaccinated" else "")
        return " · ".join(dict.fromkeys(word for word in words if word))

    @property
    def where(self) -> str:
        return where(self.now)

    @property
    def list_url(self) -> str:
        return f"{reverse('ledger', args=[self.now.asked.ledger])}?{self.now.asked.query()}"

    @property
    def page_query(self) -> str:
        return f"{self.now.asked.query()}&since={self.then.asked.on.isoformat()}&"

    def people(self, number: str | None) -> tuple[Paged, list[Person]]:
        """Return the paginator's page and its rows; a constant number of queries."""
        everybody = sorted([*((key, 1) for key in self.came), *((key, -1) for key in self.went)])
        shown = Paginator(everybody, PAGE).get_page(number)
        return shown, self._rows(dict(shown.object_list))

    def _rows(self, signs: dict[int, int]) -> list[Person]:
        campaign, keys = self.now.campaign, list(signs)
        span = (self.then.asked.on, self.now.asked.on)
        people = {one.pk: one for one in Resident.objects.filter(pk__in=keys).select_related("place")}
        places = dict(Place.objects.inside(campaign.place.prefix).values_list("code", "name"))
        ends = [_states(self.now, keys, on) for on in span]
        moved = moved_by_day(
            campaign, *map(Point, span), Resident.objects.all(), set(), by_person=True, among=keys, outside=True
        )
        causes = {mover.resident: mover.cause for mover in moved}
        records = records_of(campaign, keys, span)
        return [
            Person(
                name=people[key].name,
                cause=CAUSES.get(causes.get(key, "")) or _of_the_day(people[key].birth_on, span, states),
                before=_words(states[0]),
                after=_words(states[1]),
                number=sign,
                age=age_on(people[key].birth_on, span[1]),
                place=place_words(people[key].place_id, places),
                url=f"{reverse('person', args=[key])}?on={span[1].isoformat()}",
                records=records[key],
            )
            for key, sign in signs.items()
            for states in [[end.get(key, ("", "")) for end in ends]]
        ]


# Ledger and sub-state; two empty words for who is in none.
_State = tuple[str, str]


def list_changes(question: Question, since: date) -> ListChanges:
    """Ask for the list at its own day and at an earlier one; two queries for who differs."""
    then = replace(question, asked=replace(question.asked, on=min(since, question.asked.on)))
    return ListChanges(question, then, _without(question, then), _without(then, question))


def _without(one: Question, other: Question) -> list[int]:
    keys = people_asked(one).filter(~Exists(people_asked(other).order_by().filter(pk=OuterRef("pk"))))
    return list(keys.order_by().values_list("pk", flat=True))


def _states(question: Question, keys: list[int], on: date) -> dict[int, _State]:
    rows = ledger(question.campaign, on, outside=True).filter(pk__in=keys)
    return {key: (name, sub) for key, name, sub in rows.values_list("pk", "ledger", "sub_state")}


def _words(state: _State) -> str:
    name, sub = state
    return CHIPS[sub].word if sub else WORDS.get(name, OUTSIDE_WORDS)


def _of_the_day(birth_on: date, span: tuple[date, date], states: list[_State]) -> str:
    """What the calendar did to who has no new record and stands in the same ledger."""
    if states[0] != states[1]:
        return _REACHED.get(states[1][1], "日子到了")
    return "过了生日" if age_on(birth_on, span[0]) != age_on(birth_on, span[1]) else "日子到了"
