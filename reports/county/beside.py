"""The county's figure of a day beside ours: the difference, and what is known to make it up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from campaigns.models import Campaign
from ledgers.day import ledger, of_ledger, permanent
from ledgers.models import Dose
from ledgers.reasons import open_statements
from ledgers.summary import Counts, by_place, by_village, total_of
from registry.models import Entry, Resident, Source
from reports.models import CountyFigure

# Whoever shows these was vaccinated where the clinic's system does not reach.
_ELSEWHERE = (Source.CERTIFICATE, Source.HEALTH_CODE)
MEASURES = {"first_dose": "第一针", "full": "全程"}


@dataclass(frozen=True)
class Part:
    """A known part of the difference, with its sign: what the county has and we have not is positive."""

    words: str
    number: int
    why: str


@dataclass(frozen=True)
class Beside:
    """One measure of a day: `rest` is what no part explains; null figures where the county published none."""

    words: str
    county: int
    ours: int
    parts: list[Part]

    @property
    def difference(self) -> int:
        return self.county - self.ours

    @property
    def more(self) -> int:
        """By how many we have more than the county."""
        return max(0, -self.difference)

    @property
    def rest(self) -> int:
        return self.difference - sum(part.number for part in self.parts)


@dataclass(frozen=True)
class CountyDay:
    """A day's comparison. `claimants` say to be vaccinated without proof and are in neither; `imported` is the last
    record of the clinic that came in: what is younger the county has and we have not."""

    figure: CountyFigure
    measures: list[Beside]
    claimants: int
    imported: Entry | None


def beside(figure: CountyFigure) -> CountyDay:
    """Compare what the county published with the ledgers of that day as known now; permanent residents are ours."""
    campaign, on = figure.campaign, figure.on
    places = by_place(campaign, on)
    total, unplaced = total_of(places), by_village(places).get("")
    measures = []
    for name, words in MEASURES.items():
        county = getattr(figure, name)
        if county is not None:
            own = getattr(total.permanent, name)
            waiting = getattr(unplaced.all, name) if unplaced else 0
            parts = list(_parts(campaign, on, name, total.all, own, waiting))
            measures.append(Beside(words, county, own, parts))
    imported = Entry.objects.filter(source=Source.CLINIC, doses__campaign=campaign).order_by("-at").first()
    claimants = _permanent(campaign, on).filter(pk__in=open_statements(campaign, on).values("resident_id"))
    return CountyDay(figure, measures, claimants.exclude(of_ledger("completed")).count(), imported)


def _parts(campaign: Campaign, on: date, name: str, everybody: Counts, own: int, waiting: int) -> Iterator[Part]:
    outsiders = getattr(everybody, name) - own - waiting
    yield Part("外出和流动人员打了针", outsiders, "县里按接种点统计，我们只算常住口径")
    yield Part("待归类的人打了针", waiting, "还没有哪个村认领，认领后并入常住口径")
    yield Part("本辖区的人在外地打的", -_elsewhere(campaign, on, name), "凭接种凭证或渝康码登记，不在本县接种点记录里")


def _elsewhere(campaign: Campaign, on: date, name: str) -> int:
    shown = Dose.objects.filter(
        resident=OuterRef("pk"), campaign=campaign, state=Dose.State.LIVE, source__in=_ELSEWHERE, given_on__lte=on
    )
    condition = of_ledger("completed") if name == "full" else of_ledger("completed") | of_ledger("incomplete")
    return _permanent(campaign, on).filter(condition).filter(Exists(shown)).count()


def _permanent(campaign: Campaign, on: date) -> QuerySet[Resident]:
    return ledger(campaign, on).filter(permanent())
