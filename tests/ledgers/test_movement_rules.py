"""The ladder of causes: each line with a way that it names, and the order between lines (rules 4, Movements)."""

import pytest

from ledgers.movements.rules import ABSENT, CAUSES, LADDER, MEASURES, Path, State, cause_at, cause_of, has, split_of

VILLAGE, OTHER, STREET = "500233003215", "500233003210", "500233003000"


def state(ledger="unvaccinated", counted=0, place=VILLAGE, status="active", birth="1980-01-01", permanent=True):
    return State(place, ledger, permanent, counted, status, birth)


NEVER = state()
ONE = state("incomplete", 1)
TWO = state("completed", 2)
EXEMPT = state("exempt")
CHILD = state("")
DEAD = state("", status="deceased")

# opening as known then, the opening as known now, closing; was corrected, was merged.
WAYS = [
    ("merged", NEVER, ABSENT, ABSENT, False, True),
    ("withdrawn", NEVER, ABSENT, ABSENT, False, False),
    ("deceased", ONE, ONE, state("", 1, status="deceased"), False, False),
    ("deceased", ONE, DEAD, DEAD, False, False),
    ("moved_out", NEVER, NEVER, state("", status="moved_out"), False, False),
    ("outside", NEVER, state("", status="outside"), state("", status="outside"), False, False),
    ("birth_corrected", NEVER, state("", birth="2010-01-01"), state("", birth="2010-01-01"), False, False),
    ("moved", NEVER, state("", place="500233004201"), state("", place="500233004201"), False, False),
    ("registered", ABSENT, NEVER, NEVER, False, False),
    ("registered", ABSENT, NEVER, ONE, False, False),
    ("birth_corrected", state("", birth="2010-01-01"), NEVER, NEVER, False, False),
    ("returned", DEAD, NEVER, NEVER, False, False),
    ("moved", state("", place="500233004201"), NEVER, NEVER, False, False),
    ("birthday", CHILD, CHILD, NEVER, False, False),
    ("birthday", CHILD, CHILD, ONE, False, False),
    ("excused", NEVER, NEVER, EXEMPT, False, False),
    ("excuse_learnt", NEVER, EXEMPT, EXEMPT, False, False),
    ("excuse_ended", EXEMPT, EXEMPT, NEVER, False, False),
    ("excuse_withdrawn", EXEMPT, NEVER, NEVER, False, False),
    ("given", NEVER, NEVER, ONE, False, False),
    ("given", EXEMPT, EXEMPT, ONE, False, False),
    ("given", ONE, ONE, TWO, False, False),
    ("late", NEVER, ONE, ONE, False, False),
    ("late", ONE, TWO, TWO, False, False),
    # The first learnt of now, the second given in the period: the ledger was reached by what was given.
    ("given", NEVER, ONE, TWO, False, False),
    ("corrected", TWO, ONE, ONE, True, False),
    ("corrected", ONE, NEVER, NEVER, True, False),
    ("corrected", ONE, TWO, TWO, True, False),
]


@pytest.mark.parametrize(("cause", "opening", "learnt", "closing", "corrected", "merged"), WAYS)
def test_cause(cause, opening, learnt, closing, corrected, merged):
    assert cause_of(Path(opening, learnt, closing, corrected, merged)) == cause


def test_every_line_of_the_ladder_has_its_way_and_its_words():
    assert {way[0] for way in WAYS} == {cause for cause, _ in LADDER}
    assert set(CAUSES) == {cause for cause, _ in LADDER} | {"placed", "residency", "joined", "left"}


@pytest.mark.parametrize(
    ("cause", "opening", "closing", "rows", "permanent"),
    [
        ("given", NEVER, ONE, ("a", "a"), False),
        # Another village comes before the dose that went with it, for the village that lost the person.
        ("moved", NEVER, state("incomplete", 1, OTHER), (VILLAGE, OTHER), False),
        ("placed", state(place=STREET), NEVER, ("", VILLAGE), False),
        ("residency", NEVER, state(permanent=False), ("a", "a"), True),
        ("given", NEVER, state("incomplete", 1, permanent=False), ("a", "a"), False),
        # 类型未定 counts as permanent from the day a village has claimed the person.
        ("placed", state(place=STREET, permanent=False), NEVER, ("a", "a"), True),
        ("birthday", CHILD, NEVER, ("", VILLAGE), False),
    ],
)
def test_cause_at_a_row(cause, opening, closing, rows, permanent):
    path = Path(opening, opening, closing)
    own = "" if opening.ledger == closing.ledger else cause_of(path)
    assert cause_at(path, *rows, own, permanent=permanent) == cause


@pytest.mark.parametrize(
    ("who", "counted"),
    [
        (NEVER, []),
        (ONE, ["first"]),
        (TWO, ["first", "second", "full"]),
        # One dose completes an adenovirus series.
        (state("completed", 1), ["first", "full"]),
        (state("completed", 3), ["first", "second", "third", "full"]),
        # Doses of who is in no ledger count nowhere.
        (state("", 2), []),
    ],
)
def test_measures(who, counted):
    assert [measure for measure in MEASURES if has(who, measure)] == counted


@pytest.mark.parametrize(
    ("part", "opening", "learnt", "closing", "corrected"),
    [
        ("given", NEVER, NEVER, ONE, False),
        ("late", NEVER, ONE, ONE, False),
        ("late", NEVER, ONE, TWO, False),
        ("corrected", NEVER, ONE, ONE, True),
        ("corrected", ONE, NEVER, NEVER, True),
        ("people", ABSENT, ONE, ONE, False),
        ("people", ONE, ONE, state("", 1, status="deceased"), False),
    ],
)
def test_split_of_first_doses(part, opening, learnt, closing, corrected):
    assert split_of(Path(opening, learnt, closing, corrected), "first", same_row=True) == part


def test_who_comes_from_another_row_is_no_new_dose():
    path = Path(ONE, ONE, state("incomplete", 1, OTHER))
    assert split_of(path, "first", same_row=False) == "people"
