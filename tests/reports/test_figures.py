import json
from datetime import date

import pytest

from ledgers.models import Dose
from ledgers.signals import facts_changed
from ledgers.standings import announce, rebuild
from registry.accounts import system_user
from registry.jobs import due, run_now
from registry.models import AuditEntry, Job
from reports import figures, refresh, storing
from reports.models import Figure, PhaseFigure
from tests.ledgers import make

pytestmark = pytest.mark.django_db
ON = make.day("08-16")


@pytest.fixture
def covid():
    return make.campaign()


@pytest.fixture
def village(covid):
    return make.village("500233003201", "高寨村", base=4, of=covid)


@pytest.fixture
def people(covid, village):
    """One of no group, two of the first group, one in 待归类; the first two have a dose."""
    first = make.group(village, 1)
    found = [make.resident(village), make.resident(first), make.resident(first), make.resident()]
    for person in found[:2]:
        make.dose(person, "07-20", campaign=covid)
    make.stand(covid)
    return found


def scopes(rows):
    return {key: row.counts.all.in_scope for key, row in rows.items()}


def test_a_day_is_counted_once_and_kept(covid, people, django_assert_max_num_queries):
    assert figures.total_at(covid, ON).counts.all.in_scope == 4
    with django_assert_max_num_queries(4):
        assert figures.total_at(covid, ON).counts.permanent.first_dose == 2


def test_villages_and_groups_add_up(covid, people):
    assert scopes(figures.places_at(covid, ON, "500233003", 12)) == {"": 1, "500233003201": 3, "total": 4}
    assert scopes(figures.places_at(covid, ON, "500233003201", 15)) == {
        "500233003201": 1,
        "500233003201001": 2,
        "total": 3,
    }


def test_units_ages_and_tags_are_kept_too(covid, people):
    works = make.unit("乌杨水厂", "水电气暖油")
    make.member(works, people[0])
    make.tag(people[1], "党员")

    assert scopes(figures.rows_at(covid, ON, "unit")) == {str(works.pk): 1, "": 3}
    make.member(works, people[2], "student")
    storing.mark_stale(covid, None, None)
    assert scopes(figures.rows_at(covid, ON, "staff")) == {str(works.pk): 1}
    assert scopes(figures.rows_at(covid, ON, "tag")) == {"党员": 1}
    assert figures.rows_at(covid, ON, "age")["18-59"].counts.all.in_scope == 4


def test_a_change_makes_its_days_stale_and_they_are_counted_anew(covid, people):
    storing.ensure(covid, make.day("07-10"))
    storing.ensure(covid, ON)
    make.dose(people[2], "08-01", campaign=covid)
    rebuilt = rebuild(covid, [people[2].pk])

    announce(covid, rebuilt.residents, rebuilt.since)

    assert storing.is_fresh(covid, make.day("07-10"))
    assert not storing.is_fresh(covid, ON)
    assert figures.total_at(covid, ON).counts.permanent.first_dose == 3


def test_a_change_of_one_village_leaves_the_others_fresh(covid, people):
    make.resident(make.village("500233003202", "青岭村"))
    storing.ensure(covid, ON)

    announce(covid, [people[1].pk], None)

    fresh = Figure.objects.filter(by="place", is_stale=False).order_by("key").values_list("key", flat=True)
    assert list(fresh) == ["500233003000", "500233003201000", "500233003202", "500233003202000"]


def test_facts_that_change_while_they_are_counted_are_not_kept_as_fresh(covid, people, monkeypatch):
    counted = storing.count_day

    def interrupted(campaign, on):
        found = counted(campaign, on)
        announce(covid, [people[0].pk], None)
        return found

    monkeypatch.setattr(storing, "count_day", interrupted)
    storing.store(covid, ON)

    assert not storing.is_fresh(covid, ON)


def test_the_trend_shows_fresh_days_and_counts_none(covid, people):
    storing.ensure(covid, ON)

    assert list(figures.trend(covid, [make.day("08-09"), ON])) == [ON]
    assert figures.trend(covid, [ON], "500233003201")[ON].counts.permanent.first_dose == 2


def test_a_day_that_is_only_compared_with_is_counted_of_places_alone(covid, people):
    figures.pages_rows(covid, ON, [make.day("08-15")])

    kept = Figure.objects.filter(on=make.day("08-15")).order_by("by").values_list("by", flat=True).distinct()
    assert list(kept) == ["place", "total"]
    assert (storing.is_fresh(covid, ON), storing.is_fresh(covid, make.day("08-15"))) == (True, False)
    # Asked for by itself, all of it is counted.
    assert figures.rows_at(covid, make.day("08-15"), "age")["18-59"].counts.all.in_scope == 4
    assert storing.is_fresh(covid, make.day("08-15"))


def test_recompute_twice_changes_nothing(covid, people):
    first = storing.recompute(covid, ON)
    again = storing.recompute(covid, ON)

    assert first.changed == first.figures
    assert (again.figures, again.changed, again.drifted) == (first.figures, 0, ())


def test_a_row_whose_key_nobody_has_any_more_is_dropped(covid, people):
    link = make.tag(people[0], "党员")
    storing.recompute(covid, ON)
    link.delete()

    assert storing.recompute(covid, ON).changed == 1
    assert not Figure.objects.filter(by="tag").exists()


def test_phases_are_judged_from_stored_counts(covid, people):
    lines = {line.item.key: line for line in figures.phases_at(covid, ON)}

    adults = lines["adults-first"]
    assert (adults.progress.cohort, adults.progress.done, adults.progress.remaining) == (4, 2, 2)
    assert adults.counts.winnable == 2
    assert (lines["overall"].progress.cohort, lines["overall"].progress.done) == (4, 2)
    in_village = {line.item.key: line.progress for line in figures.phases_at(covid, ON, "500233003201")}
    assert (in_village["adults-first"].cohort, in_village["adults-first"].done) == (3, 2)


def test_phases_past_their_deadline_keep_the_figures_of_that_day(covid, people):
    figures.phases_at(covid, ON)

    assert PhaseFigure.objects.filter(item__key="key-groups").values_list("on", flat=True).distinct().get() == date(
        2021, 7, 31
    )


def test_a_moved_window_is_counted_anew(covid, people):
    figures.phases_at(covid, ON)
    item = covid.phase_items.get(key="adults-first")
    covid.phase_items.filter(pk=item.pk).update(start_on="2021-07-21")

    assert [missing.key for missing in storing.missing_phases(covid, ON)] == ["adults-first"]
    line = next(line for line in figures.phases_at(covid, ON) if line.item.key == "adults-first")
    assert line.counts.baseline == 2


def test_a_change_asks_for_one_refresh(covid, people):
    for _ in range(3):
        facts_changed.send(sender=Dose, campaign=covid, places={"500233003201"}, since=None)

    assert Job.objects.filter(kind=refresh.KIND, state="waiting").count() == 1


def test_the_refresh_counts_the_shown_days(covid, people, settings):
    settings.TODAY = ON
    announce(covid, [people[0].pk], None)

    result = run_now(Job.objects.get(kind=refresh.KIND)).result

    days = refresh.shown_days(covid, ON)
    assert result == {"days": len(days), "drifted": 0}
    assert set(figures.trend(covid, days)) == set(days)
    assert days[:2] == [ON, make.day("08-15")]
    assert {make.day("06-30"), make.day("07-01"), make.day("07-08"), make.day("07-31")} <= set(days)


def test_the_refresh_gives_way_day_by_day_to_what_a_person_waits_for(covid, people, settings):
    settings.TODAY = ON
    announce(covid, [people[0].pk], None)
    upload = Job.objects.create(kind="roster.preview", created_by=system_user())
    days = refresh.shown_days(covid, ON)
    first = Job.objects.get(kind=refresh.KIND)

    assert run_now(first).result == {"days": 1, "drifted": 0}
    assert set(figures.trend(covid, days)) == {ON}
    second = Job.objects.get(kind=refresh.KIND, state="waiting")
    assert due() == [upload.pk, second.pk]

    assert run_now(second).result == {"days": 2, "drifted": 0}
    Job.objects.filter(pk=upload.pk).update(state="done")
    assert run_now(Job.objects.get(kind=refresh.KIND, state="waiting")).result == {"days": len(days), "drifted": 0}
    assert set(figures.trend(covid, days)) == set(days)
    assert not Job.objects.filter(state="waiting").exists()


def test_the_nightly_check_reports_a_fresh_figure_that_is_wrong(covid, people, settings, caplog):
    settings.TODAY = ON
    storing.recompute(covid, ON)
    total = Figure.objects.get(on=ON, by="total")
    Figure.objects.filter(pk=total.pk).update(counts=total.counts | {"all": {"in_scope": 99}})

    [job] = refresh.refresh_nightly()
    result = run_now(job).result

    assert result["drifted"] == 1
    assert AuditEntry.objects.get(action="figures.drift").detail == {"rows": ["2021-08-16 total "], "count": 1}
    assert "differed from the facts" in caplog.text
    assert figures.total_at(covid, ON).counts.all.in_scope == 4


def test_stored_counts_hold_no_zeros(covid, people):
    storing.ensure(covid, ON)

    counts = Figure.objects.get(by="total", on=ON).counts
    assert json.dumps(counts["said"]) == "{}"
    assert 0 not in counts["all"].values()
