"""The county's figure of a day beside ours: the difference, and what is known to make it up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import Exists, Max, OuterRef, QuerySet

from campaigns.models import Campaign
from ledgers.day import ledger, of_ledger, permanent
from ledgers.earlier import done_on
from ledgers.models import Dose
from ledgers.reasons import open_statements
from ledgers.summary import Counts, by_place, by_village, total_of
from registry.models import Entry, Resident, Source
from reports.briefing.table import read_report
from reports.briefing.words import day
from reports.models import CountyFigure, Issue
from reports.rules import PACE_DAYS

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
    # What the day's report told; null where none was made. What was learnt since is no part of the difference now.
    reported: int | None = None

    @property
    def learnt(self) -> int:
        """By how many the day's figure has changed since it was reported: late entries, corrections."""
        return 0 if self.reported is None else self.ours - self.reported

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
    issue = Issue.objects.filter(campaign=campaign, on=on).order_by("-correction").first()
    measures = []
    for name, words in MEASURES.items():
        county = getattr(figure, name)
        if county is not None:
            own = getattr(total.permanent, name)
            waiting = getattr(unplaced.all, name) if unplaced else 0
            parts = [*_parts(campaign, on, name, total.all, own, waiting), _not_imported(campaign, on, name)]
            measures.append(Beside(words, county, own, parts, _reported(issue, name)))
    imported = Entry.objects.filter(source=Source.CLINIC, doses__campaign=campaign).order_by("-at").first()
    claimants = _permanent(campaign, on).filter(pk__in=open_statements(campaign, on).values("resident_id"))
    return CountyDay(figure, measures, claimants.exclude(of_ledger("completed")).count(), imported)


def _parts(campaign: Campaign, on: date, name: str, everybody: Counts, own: int, waiting: int) -> Iterator[Part]:
    outsiders = getattr(everybody, name) - own - waiting
    yield Part("外出和流动人员打了针", outsiders, "县里按接种点统计，我们只算常住口径")
    yield Part("待归类的人打了针", waiting, "还没有哪个村认领，认领后并入常住口径")
    yield Part("本辖区的人在外地打的", -_elsewhere(campaign, on, name), "凭接种凭证或渝康码登记，不在本县接种点记录里")


def _not_imported(campaign: Campaign, on: date, name: str) -> Part:
    """Estimate whom the clinic's records of the last days hold, where none of those days has come in yet."""
    words = "接种点还没导入的（推算）"
    last = _clinic_doses(campaign, on).aggregate(last=Max("given_on"))["last"]
    if last is None:
        return Part(words, 0, "还没有导入过接种点记录，推算不出")
    days = (on - last).days
    if not days:
        return Part(words, 0, f"接种点记录已经导到 {day(last)}")
    pace = _pace(campaign, last, name)
    return Part(
        words, round(pace * days), f"接种点记录只导到 {day(last)}，缺 {days} 天，按之前7天日均 {float(pace):.1f} 人推算"
    )


def _pace(campaign: Campaign, last: date, name: str) -> Fraction:
    """Return by how many permanent residents a day the measure grew in the seven days up to the last one known."""
    week_ago = last - timedelta(days=PACE_DAYS)
    days = done_on(campaign, [week_ago, last]).values()
    grown = sum(getattr(found[last], name) - getattr(found[week_ago], name) for found in days)
    return Fraction(max(grown, 0), PACE_DAYS)


def _clinic_doses(campaign: Campaign, on: date) -> QuerySet[Dose]:
    return Dose.objects.filter(campaign=campaign, source=Source.CLINIC, state=Dose.State.LIVE, given_on__lte=on)


def _reported(issue: Issue | None, name: str) -> int | None:
    if issue is None:
        return None
    cover = read_report(issue.figures).total.coverage
    return getattr(cover, name)


def _elsewhere(campaign: Campaign, on: date, name: str) -> int:
    shown = Dose.objects.filter(
        resident=OuterRef("pk"), campaign=campaign, state=Dose.State.LIVE, source__in=_ELSEWHERE, given_on__lte=on
    )
    condition = of_ledger("completed") if name == "full" else of_ledger("completed") | of_ledger("incomplete")
    return _permanent(campaign, on).filter(condition).filter(Exists(shown)).count()


def _permanent(campaign: Campaign, on: date) -> QuerySet[Resident]:
    return ledger(campaign, on).filter(permanent())
