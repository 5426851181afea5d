"""Looking at the rules: what holds now and was not open is raised, what is open and holds no more has ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.targets import target_lines
from registry.models import Place
from reports.alerts.activity import active_since
from reports.alerts.rules import DROPOUT, SILENT, Finding, Thresholds, is_dropout_near, read_thresholds
from reports.dashboard.lines import line_of
from reports.dashboard.links import Lists
from reports.dashboard.remainder import remainder_of
from reports.figure_rows import Row
from reports.figures import TOTAL, places_at
from reports.models import Alert
from reports.phases_by_place import phases_by_place


@dataclass(frozen=True)
class Checked:
    """What a look changed, and how many alerts are open after it."""

    raised: int
    ended: int
    open: int


def check_alerts(campaign: Campaign, on: date) -> Checked:
    """Look at every rule for every village and the whole at `on`, today's business day. Safe to run twice.

    The day's figures are counted first where they are not fresh. An ended campaign has no alerts.
    """
    found = {one.key: one for one in findings(campaign, on)}
    with transaction.atomic():
        # Locked, so that two looks at once raise nothing twice.
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        standing = {(one.rule, one.place_id, one.phase_id): one for one in _open(campaign)}
        new = [one for key, one in found.items() if key not in standing]
        over = [one.pk for key, one in standing.items() if key not in found]
        _raise(campaign, new, on)
        Alert.objects.filter(pk__in=over).update(ended_on=on, ended_at=timezone.now())
        _refresh([one for key, one in standing.items() if key in found], found)
    return Checked(len(new), len(over), len(found))


def findings(campaign: Campaign, on: date) -> list[Finding]:
    """Return what holds at `on`; nothing outside the campaign's days."""
    if not campaign.is_active or not campaign.start_on <= on <= campaign.end_on:
        return []
    thresholds = read_thresholds(campaign.thresholds)
    rows = places_at(campaign, on, campaign.place.prefix, Place.Level.VILLAGE)
    # 待归类 is no place that could do anything.
    villages = {key: row for key, row in rows.items() if key not in ("", TOTAL)}
    return [
        *_phases(campaign, on, thresholds),
        *_dropouts({campaign.place_id: rows[TOTAL]} | villages, thresholds),
        *_silent(campaign, on, villages, thresholds),
    ]


def _phases(campaign: Campaign, on: date, thresholds: Thresholds) -> Iterator[Finding]:
    villages, whole = target_lines(campaign)
    goals = {line.place.code: line.goal for line in [*villages, whole]}
    for (item, place), line in phases_by_place(campaign, on, goals).items():
        state = line.progress
        # Where no goal is known nobody can say that it will be missed.
        if state.status in thresholds.alert_phases and state.remaining is not None:
            yield Finding(state.status, place, item, {"remaining": state.remaining, "winnable": line.counts.winnable})


def _dropouts(rows: Mapping[str, Row], thresholds: Thresholds) -> Iterator[Finding]:
    for place, row in rows.items():
        people = row.counts.permanent
        if is_dropout_near(people.dropout_lost, people.dropout_base, thresholds.alert_dropout):
            figures = {"lost": people.dropout_lost, "base": people.dropout_base}
            yield Finding(DROPOUT, place, None, figures, str(thresholds.as_json()["alert_dropout"]))


def _silent(campaign: Campaign, on: date, villages: Mapping[str, Row], thresholds: Thresholds) -> Iterator[Finding]:
    """A village that left no trace on so many whole days, nor today so far, and has somebody left to see to."""
    days = thresholds.alert_silent_days
    since = on - timedelta(days=days or 0)
    if days is None or since < campaign.start_on:
        return
    active = active_since(campaign, since)
    for code, row in villages.items():
        left = _left(campaign, on, row)
        if code not in active and left:
            yield Finding(SILENT, code, None, {"open": left}, str(days))


def _left(campaign: Campaign, on: date, row: Row) -> int:
    """Count who could be seen to today: 可动员, due and overdue (常住口径)."""
    people = row.counts.permanent
    line = line_of("", "", row, campaign)
    return remainder_of(line, Lists(on)).winnable + people.due + people.overdue


def _open(campaign: Campaign) -> list[Alert]:
    return list(Alert.objects.filter(campaign=campaign, ended_at__isnull=True))


def _raise(campaign: Campaign, new: list[Finding], on: date) -> None:
    now = timezone.now()
    Alert.objects.bulk_create([
        Alert(
            campaign=campaign, rule=one.rule, place_id=one.place, phase_id=one.phase, figures=dict(one.figures),
            threshold=one.threshold, raised_on=on, raised_at=now,
        )
        for one in new
    ])  # fmt: skip


def _refresh(standing: list[Alert], found: Mapping[tuple, Finding]) -> None:
    """Keep the figures of what goes on up to date; the moment and the threshold that raised it stay."""
    changed = []
    for alert in standing:
        figures = dict(found[alert.rule, alert.place_id, alert.phase_id].figures)
        if figures != alert.figures:
            alert.figures = figures
            changed.append(alert)
    Alert.objects.bulk_update(changed, ["figures"], batch_size=1000)
