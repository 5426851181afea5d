import io
import json

import pytest
from django.core.management import CommandError, call_command

from registry.commands import Refusal
from registry.models import IdentityDocument
from tests.ledgers import make

pytestmark = pytest.mark.django_db
ROW_KEYS = [
    "key", "name", "in_scope", "completed", "incomplete", "waiting", "due", "overdue", "excused", "exempt",
    "unvaccinated", "census_base", "goal", "first_dose", "full", "first_gap", "full_gap", "first_rate", "full_rate",
    "first_rate_registry", "full_rate_registry", "first_met", "full_met", "dropout_base", "dropout_lost",
    "dropout_rate", "dropout_rate_who",
]  # fmt: skip
ITEM_KEYS = [
    "key", "article", "start", "deadline", "cohort", "done", "remaining", "rate", "status", "required_pace", "pace",
    "forecast",
]  # fmt: skip
PERSON_KEYS = [
    "id_number", "name", "village", "in_scope", "ledger", "sub_state", "platform", "counted", "needed", "dose_dates",
    "completed_on", "next_from", "next_by", "exemption", "checks",
]  # fmt: skip


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def covid():
    return make.campaign()


@pytest.fixture
def street(covid):
    """One village with a base of 3: 1 completed, 1 overdue, 1 away without a dose; 1 unplaced; 1 outside."""
    village = make.village("500233003201", "高寨村", base=3, of=covid)
    done, late = make.resident(village), make.resident(village)
    make.resident(village, residency="away")
    make.resident(residency="unknown")
    visitor = make.resident(status="outside")
    for on in ("05-01", "06-01"):
        make.dose(done, on, campaign=covid)
    make.dose(late, "05-01", campaign=covid)
    make.stand(covid)
    works = make.unit("乌杨水厂", "水电气暖油")
    for person in (done, late, visitor):
        make.member(works, person)
    make.tag(late, "党员")
    return village


def test_ledger_summary_has_the_agreed_shape(street):
    answer = run("ledger_summary", "--as-of", "2021-08-16")

    assert list(answer) == ["as_of", "by", "residency", "rows", "total"]
    assert (answer["as_of"], answer["by"], answer["residency"]) == ("2021-08-16", "village", "all")
    assert [list(row) for row in [*answer["rows"], answer["total"]]] == [ROW_KEYS] * 3


def test_ledger_summary_by_village_counts_everybody_once(street):
    answer = run("ledger_summary", "--as-of", "2021-08-16")

    village, unplaced = answer["rows"]
    assert (village["key"], village["in_scope"], village["completed"], village["overdue"]) == ("500233003201", 3, 1, 1)
    assert (village["census_base"], village["goal"], village["first_dose"], village["first_gap"]) == (3, 3, 2, 1)
    assert (village["first_rate"], village["full_rate"], village["first_met"]) == (0.666667, 0.333333, False)
    assert (village["dropout_base"], village["dropout_lost"], village["dropout_rate"]) == (2, 1, 0.5)
    assert (unplaced["key"], unplaced["in_scope"], unplaced["goal"], unplaced["first_rate"]) == ("", 1, None, None)
    assert (answer["total"]["in_scope"], answer["total"]["census_base"]) == (4, 3)


def test_ledger_summary_of_permanent_residents_leaves_out_who_is_away_or_unplaced(street):
    answer = run("ledger_summary", "--as-of", "2021-08-16", "--residency", "permanent")

    assert [row["in_scope"] for row in answer["rows"]] == [2, 0]
    assert answer["total"]["first_dose"] == 2


def test_ledger_summary_by_unit_counts_members_from_outside(street):
    answer = run("ledger_summary", "--as-of", "2021-08-16", "--by", "unit")

    works, nobody = answer["rows"]
    assert (works["key"], works["in_scope"], works["first_dose"], works["first_rate_registry"]) == (
        "乌杨水厂", 3, 2, 0.666667,
    )  # fmt: skip
    assert (nobody["key"], nobody["in_scope"], answer["total"]["in_scope"]) == ("", 2, 5)
    assert answer["total"]["census_base"] is None


def test_ledger_summary_names_two_units_of_one_name_by_their_village(street):
    for place in ("500233003201", make.village("500233003202", "青岭村").code):
        make.unit("小学", "教育", place)

    answer = run("ledger_summary", "--as-of", "2021-08-16", "--by", "unit")

    assert [row["key"] for row in answer["rows"]] == ["乌杨水厂", "小学@500233003201", "小学@500233003202", ""]


def test_ledger_summary_by_age_and_tag(street):
    by_age = run("ledger_summary", "--as-of", "2021-08-16", "--by", "age")
    by_tag = run("ledger_summary", "--as-of", "2021-08-16", "--by", "tag")

    assert [row["key"] for row in by_age["rows"]] == ["12-14", "15-17", "18-59", "60-69", "70-79", "80+"]
    assert by_age["total"]["in_scope"] == 4
    assert [(row["key"], row["in_scope"]) for row in by_tag["rows"]] == [("党员", 1)]


def test_ledger_summary_of_a_village_without_a_base_leaves_the_total_without_one(street):
    make.village("500233003202", "青岭村")

    answer = run("ledger_summary", "--as-of", "2021-08-16")

    assert (answer["total"]["census_base"], answer["total"]["goal"], answer["total"]["first_met"]) == (None,) * 3


@pytest.mark.parametrize("day", ["2021-13-01", "0001-01-01", "9999-12-31"])
def test_a_day_that_nobody_can_be_asked_about_is_wrong_usage(street, day):
    with pytest.raises(CommandError, match="as-of"):
        call_command("ledger_summary", f"--as-of={day}")


def test_ledger_summary_defaults_to_today(street, settings):
    settings.TODAY = make.day("06-01")

    assert run("ledger_summary")["as_of"] == "2021-06-01"


def test_phase_progress_has_the_agreed_shape(street):
    answer = run("phase_progress", "--as-of", "2021-08-16", "--village", "500233003201")

    assert (answer["as_of"], answer["village"], len(answer["items"])) == ("2021-08-16", "500233003201", 11)
    assert [list(item) for item in answer["items"]] == [ITEM_KEYS] * 11
    adults = answer["items"][3]
    assert (adults["key"], adults["cohort"], adults["done"], adults["status"]) == ("adults-first", 2, 2, "met")


def test_phase_progress_counts_key_groups_from_outside_for_the_whole_only(street):
    whole = run("phase_progress", "--as-of", "2021-08-16")["items"][1]
    village = run("phase_progress", "--as-of", "2021-08-16", "--village", "500233003201")["items"][1]

    assert (whole["key"], whole["cohort"], whole["done"], whole["status"]) == ("key-groups", 3, 2, "missed")
    assert (village["cohort"], village["done"], village["status"]) == (2, 2, "met")


def test_phase_progress_of_an_unknown_village_is_refused(street):
    with pytest.raises(Refusal) as refused:
        run("phase_progress", "--village", "500233003999")

    assert refused.value.code == "unknown_village"


def test_recompute_twice_changes_nothing(street):
    first = run("recompute", "--as-of", "2021-08-16")
    again = run("recompute", "--as-of", "2021-08-16")

    assert list(first) == ["as_of", "figures", "changed"]
    assert first["changed"] == first["figures"] > 0
    assert again == first | {"changed": 0}


NUMBER = "500233198001019006"


def test_person_tells_the_series_and_the_ledger(covid):
    person = make.resident(make.village("500233003201", "高寨村"), name="张三")
    IdentityDocument.objects.create(resident=person, number=NUMBER)
    make.dose(person, "06-01", campaign=covid)
    make.dose(person, "06-10", campaign=covid)
    make.exemption(person, "08-01", "08-31", campaign=covid, state="claimed")

    answer = run("person", NUMBER, "--as-of", "2021-08-16")

    assert list(answer) == PERSON_KEYS
    assert (answer["name"], answer["village"], answer["in_scope"]) == ("张三", "500233003201", True)
    assert (answer["ledger"], answer["sub_state"], answer["counted"], answer["needed"]) == (
        "incomplete",
        "overdue",
        1,
        2,
    )
    assert (answer["platform"], answer["dose_dates"]) == ("inactivated", ["2021-06-01", "2021-06-10"])
    assert (answer["completed_on"], answer["next_from"], answer["next_by"]) == (None, "2021-07-01", "2021-07-27")
    assert answer["exemption"] == {
        "kind": "deferral", "reason": "disease", "state": "claimed", "start": "2021-08-01", "end": "2021-08-31",
    }  # fmt: skip
    assert answer["checks"] == ["too_early"]


def test_person_out_of_scope_stands_in_no_ledger(covid):
    person = make.resident(birth="2015-01-01")
    IdentityDocument.objects.create(resident=person, number=NUMBER)

    answer = run("person", NUMBER, "--as-of", "2021-08-16")

    assert (answer["in_scope"], answer["ledger"], answer["sub_state"], answer["counted"]) == (False, None, None, 0)
    assert (answer["village"], answer["exemption"], answer["checks"]) == ("", None, [])


def test_person_reads_the_number_from_standard_input(covid, monkeypatch):
    IdentityDocument.objects.create(resident=make.resident(name="李四"), number=NUMBER)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NUMBER}\n"))

    assert run("person", "-", "--as-of", "2021-08-16")["name"] == "李四"


def test_an_unknown_number_is_refused(covid):
    with pytest.raises(Refusal) as refused:
        run("person", "500233198001019997")

    assert refused.value.code == "unknown_person"


def test_another_vaccine_needs_no_code():
    influenza = make.campaign("influenza-60")
    village = make.village("500233003201", "高寨村", base=2, of=influenza)
    done, open_ = make.resident(village, "1950-01-01"), make.resident(village, "1961-09-20")
    make.resident(village, "1980-01-01")
    make.dose(done, "09-20", "influenza-quadrivalent", campaign=influenza)
    make.stand(influenza)

    [row, _] = run("ledger_summary", "--as-of", "2021-09-20")["rows"]
    items = run("phase_progress", "--as-of", "2021-09-20")["items"]

    assert (row["in_scope"], row["completed"], row["unvaccinated"]) == (2, 1, 1)
    assert (row["goal"], row["full"], row["full_rate"], row["dropout_base"]) == (2, 1, 0.5, 0)
    assert [(item["key"], item["cohort"], item["done"]) for item in items] == [("overall", 2, 1), ("seniors-70", 1, 1)]
    assert open_.birth_on.year == 1961
