from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledgers.rules import (
    DoseFact,
    PlatformRule,
    VaccineTable,
    add_months,
    approval_refusal,
    can_be_won,
    dose_marks,
    excuse_periods,
    in_dropout_base,
    is_active,
    is_approved,
    is_in_force,
    is_permanent,
    ledger_of,
    stand_on,
    sub_state_of,
    timeline,
)
from registry.ages import age_on, born_by
from tests.ledgers.oracle import standing
from tests.ledgers.vaccines import TABLE, day, doses

# The worked examples of rules 2: doses, counted, completed on, next from, next by.
EXAMPLES = [
    ("i 06-01", 1, None, "06-22", "07-27"),
    ("i 06-01, i 06-14", 1, None, "07-05", "07-27"),
    ("i 06-01, i 06-15", 2, "06-15", None, None),
    ("i 06-01, i 06-10, i 07-01", 2, "07-01", None, None),
    ("i 06-01, i 06-10, i 06-20", 2, "06-20", None, None),
    ("i 07-16, i 07-28", 1, None, "08-18", "09-10"),
    ("i 06-01, i 07-22, i 07-25", 2, "07-22", None, None),
    ("i 07-10 s2", 2, "07-10", None, None),
    ("i 06-01 s1, i 06-10 s2", 1, None, "07-01", "07-27"),
    ("r 07-10 s2", 2, None, "08-07", "2022-01-10"),
    ("r 05-01 s1, r 07-10 s3", 3, "07-10", None, None),
    ("r 03-31, r 05-01", 2, None, "05-29", "09-30"),
    ("r 06-01, r 06-30, r 08-02", 3, "08-02", None, None),
    ("r 08-31, r 10-01", 2, None, "10-29", "2022-02-28"),
    ("a 07-01", 1, "07-01", None, None),
    ("i 06-01, a 07-10", 1, "07-10", None, None),
    ("i 06-01, r 07-10", 1, None, "06-22", "07-27"),
    ("u 06-01, u 06-25", 2, None, "07-23", "12-01"),
    ("i 06-01, u 06-25", 2, "06-25", None, None),
]


@pytest.mark.parametrize(("text", "counted", "completed_on", "next_from", "next_by"), EXAMPLES)
def test_timeline_gives_the_worked_examples(text, counted, completed_on, next_from, next_by):
    stand = timeline(doses(text), TABLE)[-1]

    found = (stand.counted, stand.completed_on, stand.next_from, stand.next_by)
    assert found == (counted, *(on and day(on) for on in (completed_on, next_from, next_by)))


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("i 06-01, a 07-10", "adenovirus"),
        ("i 06-01, r 07-10", "inactivated"),
        ("r 06-01, i 07-10", "recombinant"),
        ("i 06-01, r 07-10, r 08-10", "recombinant"),
        ("u 06-01", "unknown"),
        ("u 06-01, a 07-01, i 07-02", "adenovirus"),
    ],
)
def test_timeline_names_the_series_that_speaks(text, platform):
    assert timeline(doses(text), TABLE)[-1].platform == platform


def test_timeline_leaves_out_later_doses():
    stands = timeline(doses("u 07-04, a 07-11"), TABLE)

    before = stand_on(stands, day("07-10"))
    assert (before.platform, before.counted, before.needed) == ("unknown", 1, 3)
    assert (before.next_from, before.next_by) == (day("08-01"), day("08-29"))
    after = stand_on(stands, day("07-11"))
    assert (after.platform, after.counted, after.completed_on) == ("adenovirus", 1, day("07-04"))
    assert stand_on(stands, day("07-03")) is None


def test_timeline_has_one_row_from_each_dose_day_on():
    stands = timeline(doses("i 07-22, i 06-01, i 07-25"), TABLE)

    assert [(stand.since, stand.until) for stand in stands] == [
        (day("06-01"), day("07-22")),
        (day("07-22"), day("07-25")),
        (day("07-25"), None),
    ]


def test_timeline_without_doses_is_empty():
    assert timeline([], TABLE) == ()


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("i 06-01, i 06-14", ("too_early",)),
        ("i 06-01, i 07-22, i 07-25", ("extra",)),
        ("r 06-01, r 06-28", ("short_interval",)),
        ("r 06-01, r 06-29", ()),
        ("i 07-10 s2", ("dose_missing",)),
        ("i 06-01 s1, i 07-10 s2", ()),
        ("u 06-01, i 07-10 s2", ("product_unknown",)),
        ("i 06-01, i 06-05, r 07-10", ("too_early", "mixed_platform")),
        ("i 06-01, u 06-25", ("product_unknown",)),
    ],
)
def test_timeline_marks_what_is_odd(text, marks):
    assert timeline(doses(text), TABLE)[-1].marks == marks


def test_dose_marks_tell_each_dose():
    assert dose_marks(doses("i 06-01, i 06-10, i 07-01, i 08-01"), TABLE) == ((), ("too_early",), (), ("extra",))
    assert dose_marks(doses("u 06-01, a 07-01"), TABLE) == (("product_unknown",), ("extra",))
    assert dose_marks(doses("i 06-01, a 07-01"), TABLE) == (("mixed_platform",), ("mixed_platform",))


def test_a_stated_number_leaves_the_missing_day_empty():
    stand = timeline(doses("r 07-10 s2"), TABLE)[-1]

    assert stand.dose_days == (None, day("07-10"))
    assert (stand.first_on, stand.second_due_on) == (day("07-10"), day("09-04"))


def test_the_next_product_is_asked_for_when_it_is_unknown_or_mixed():
    assert timeline(doses("u 06-01"), TABLE)[-1].needs_product
    assert timeline(doses("i 06-01, r 07-10"), TABLE)[-1].needs_product
    assert not timeline(doses("i 06-01"), TABLE)[-1].needs_product
    assert not timeline(doses("u 06-01, a 07-10"), TABLE)[-1].needs_product


def test_a_plan_with_one_platform_takes_unknown_products_into_it():
    table = VaccineTable([PlatformRule("influenza", doses=1)])

    stand = timeline([DoseFact(day("09-20"), None)], table)[-1]

    assert (stand.platform, stand.completed_on, stand.marks) == ("influenza", day("09-20"), ("product_unknown",))


days = st.integers(0, 100).map(lambda number: date(2021, 5, 1) + timedelta(days=number))
letters = st.sampled_from(["inactivated", "inactivated", "adenovirus", "recombinant", "recombinant", None])
stated = st.sampled_from([None, None, 1, 2, 3])


def records(platforms=letters, numbers=stated, most=5):
    fact = st.builds(DoseFact, days, platforms, numbers)
    return st.lists(fact, max_size=most, unique_by=lambda dose: dose.given_on)


@given(records(), days)
def test_timeline_agrees_with_the_slow_reading_of_the_rules(facts, on):
    stand = stand_on(timeline(facts, TABLE), on)
    expected = standing(facts, TABLE, on)

    assert (stand is None) == (expected is None)
    if stand is not None:
        assert stand._asdict() | expected | {"marks": stand.marks} == stand._asdict()
        assert set(stand.marks) == expected["marks"]


def _is_not_backwards(before, after):
    if before is None:
        return True
    if before.completed_on:
        return after.completed_on is not None and after.completed_on <= before.completed_on
    return after.completed_on is not None or after.counted >= before.counted


@given(records(), st.builds(DoseFact, days, letters, stated), days)
def test_a_further_record_moves_nobody_backwards(facts, further, on):
    assume(further.given_on not in {dose.given_on for dose in facts})
    before = stand_on(timeline(facts, TABLE), on)
    after = stand_on(timeline([*facts, further], TABLE), on)

    # The two exceptions of rules 2: a dose counted by its stated number, or joined as unknown, came too early.
    every = [*facts, further]
    may_show = any(dose.stated or dose.platform is None for dose in every)
    shows_too_early = after is not None and "too_early" in after.marks
    assert _is_not_backwards(before, after) or (may_show and shows_too_early)


@given(records(st.sampled_from(["inactivated", "adenovirus", "recombinant"]), st.none()), days, days, letters)
def test_a_further_record_without_the_exceptions_moves_nobody_backwards(facts, given_on, on, platform):
    assume(platform is not None and given_on not in {dose.given_on for dose in facts})
    before = stand_on(timeline(facts, TABLE), on)

    after = stand_on(timeline([*facts, DoseFact(given_on, platform)], TABLE), on)

    assert _is_not_backwards(before, after)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [("2021-03-31", 6, "2021-09-30"), ("2021-08-31", 6, "2022-02-28"), ("2021-07-10", 6, "2022-01-10")],
)
def test_add_months_ends_on_the_last_day_of_a_shorter_month(start, months, expected):
    assert add_months(day(start), months) == day(expected)


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        ("2008-02-29", "2021-02-28", 12),
        ("2008-02-29", "2022-02-28", 13),
        ("2008-02-29", "2022-03-01", 14),
        ("2009-08-16", "2021-08-15", 11),
        ("2009-08-16", "2021-08-16", 12),
    ],
)
def test_age_is_in_completed_years(birth, on, age):
    assert age_on(day(birth), day(on)) == age


@given(
    st.dates(date(1900, 1, 1), date(2021, 12, 31)), st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(0, 99)
)
def test_born_by_agrees_with_age(birth, on, age):
    assert (birth <= born_by(age, on)) == (age_on(birth, on) >= age)


WIBP = ((18, date(2020, 7, 22)), (0, date(2021, 8, 18)))


@pytest.mark.parametrize(
    ("approvals", "age", "on", "expected"),
    [(WIBP, 17, "08-17", False), (WIBP, 17, "08-18", True), (WIBP, 18, "07-01", True), ((), 12, "07-01", True)],
)
def test_is_approved_by_age_and_day(approvals, age, on, expected):
    assert is_approved(approvals, age, day(on)) is expected


def test_a_dose_given_too_young_is_marked_and_counts():
    stand = timeline([DoseFact(day("07-01"), "adenovirus", None, True)], TABLE)[-1]

    assert (stand.counted, stand.marks) == (1, ("product_age",))


@pytest.mark.parametrize(
    ("text", "excused", "on", "ledger", "sub_state"),
    [
        (None, False, "08-01", "unvaccinated", None),
        (None, True, "08-01", "exempt", None),
        ("i 06-01", False, "06-21", "incomplete", "waiting"),
        ("i 06-01", False, "06-22", "incomplete", "due"),
        ("i 06-01", False, "07-27", "incomplete", "due"),
        ("i 06-01", False, "07-28", "incomplete", "overdue"),
        ("i 06-01", True, "07-28", "incomplete", "excused"),
        ("a 06-01", True, "07-28", "completed", None),
    ],
)
def test_everybody_stands_in_exactly_one_ledger(text, excused, on, ledger, sub_state):
    stand = stand_on(timeline(doses(text) if text else [], TABLE), day(on))

    assert ledger_of(stand, excused=excused) == ledger
    assert sub_state_of(stand, day(on), excused=excused) == sub_state


@pytest.mark.parametrize(
    ("text", "excused", "on", "expected"),
    [
        ("i 06-01", False, "07-27", False),
        ("i 06-01", False, "07-28", True),
        ("i 06-01", True, "07-28", False),
        ("i 06-01, i 06-22", True, "07-28", True),
        ("a 06-01", False, "07-28", False),
        ("r 06-01, r 07-01", False, "07-28", True),
    ],
)
def test_the_dropout_base_holds_those_whose_second_dose_was_due_before_the_day(text, excused, on, expected):
    stand = stand_on(timeline(doses(text), TABLE), day(on))

    assert in_dropout_base(stand, day(on), excused=excused) is expected


def test_who_left_is_gone_from_that_day_on():
    assert is_active("moved_out", day("08-01"), day("07-31"))
    assert not is_active("deceased", day("08-01"), day("08-01"))
    assert is_active("active", None, day("08-01"))
    assert not is_active("outside", None, day("08-01"))


def test_permanent_residents_are_those_the_census_counts():
    assert is_permanent("local", is_placed=False)
    assert is_permanent("unknown", is_placed=True)
    assert not is_permanent("unknown", is_placed=False)
    assert not is_permanent("away", is_placed=True)


def test_excuse_periods_merge_what_overlaps_or_touches():
    periods = excuse_periods(
        [
            (day("08-10"), day("08-20")),
            (day("07-01"), day("07-31")),
            (day("08-01"), day("08-05")),
            (day("08-12"), day("08-13")),
        ]
    )

    assert periods == ((day("07-01"), day("08-06")), (day("08-10"), day("08-21")))
    assert excuse_periods([(day("07-01"), None), (day("08-01"), day("08-05"))]) == ((day("07-01"), None),)


@given(st.lists(st.tuples(days, st.integers(0, 30) | st.none()), max_size=5), days)
def test_excuse_periods_cover_the_days_that_an_exemption_covers(spans, on):
    exemptions = [(start, None if length is None else start + timedelta(days=length)) for start, length in spans]
    periods = excuse_periods(exemptions)

    covering = [since for since, until in periods if since <= on and (until is None or on < until)]
    assert len(covering) == any(is_in_force("approved", start, end, on) for start, end in exemptions)


def test_only_an_approved_exemption_is_in_force():
    assert not is_in_force("claimed", day("07-01"), None, day("08-01"))
    assert not is_in_force("approved", day("08-02"), None, day("08-01"))
    assert is_in_force("approved", day("07-01"), day("08-01"), day("08-01"))


@pytest.mark.parametrize(
    ("kind", "reason", "level", "end_on", "refusal"),
    [
        ("contraindication", "disease", 2, None, None),
        ("contraindication", "disease", 1, None, "疾病或过敏须有二级及以上医疗机构的诊断证明。"),
        ("contraindication", "allergy", None, None, "疾病或过敏须有二级及以上医疗机构的诊断证明。"),
        ("deferral", "pregnancy", None, date(2021, 12, 1), None),
        ("deferral", "disease", 3, None, "缓种须写明缓种至哪一天。"),
    ],
)
def test_approval_asks_for_evidence_and_an_end(kind, reason, level, end_on, refusal):
    assert approval_refusal(kind=kind, reason=reason, level=level, end_on=end_on) == refusal


@pytest.mark.parametrize(
    ("code", "ask_again_on", "expected"),
    [
        ("", None, True),
        ("1", None, True),
        ("10", None, True),
        ("3", "08-20", False),
        ("3", "08-16", True),
        ("41", None, False),
        ("52", None, False),
        ("61", None, False),
        ("7", "08-20", True),
    ],
)
def test_can_be_won_follows_the_reason(code, ask_again_on, expected):
    assert can_be_won(code, ask_again_on and day(ask_again_on), day("08-16")) is expected
