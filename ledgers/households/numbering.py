"""The number of a household on the walk through its place (3组-017户), given once and kept."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from registry.models import Household

# How rosters name the member who opens a household.
HEADS = ("户主", "本人")

# Where each household without a number stands: the group of its head, else of most of its members,
# else where it stood; then the next free numbers of that place, in the order in which rosters named
# the households. One statement, because a street has 15,000 households and an import waits for it.
_NUMBER = """
WITH wanted AS (
    SELECT id, village_id, place_id, head FROM registry_household
    WHERE sequence IS NULL AND merged_into_id IS NULL AND village_id IN ({villages})
), lived AS (
    -- The members come with the households in one join: a second one, on tables nobody has analysed
    -- since an import filled them, was planned as a loop over all pairs.
    SELECT wanted.id, COALESCE(member.place_id, wanted.place_id) AS place_id, ROW_NUMBER() OVER (
        PARTITION BY wanted.id
        ORDER BY MAX(CASE WHEN member.relation IN ({heads}) THEN 1 ELSE 0 END) DESC,
            MAX(CASE WHEN member.name = wanted.head THEN 1 ELSE 0 END) DESC,
            COUNT(*) DESC, member.place_id
    ) AS choice
    FROM wanted LEFT JOIN registry_resident member ON member.household_id = wanted.id
        AND LENGTH(member.place_id) = 15 AND SUBSTR(member.place_id, 1, 12) = wanted.village_id
    GROUP BY wanted.id, wanted.place_id, member.place_id
), placed AS (
    SELECT id, place_id FROM lived WHERE choice = 1
), taken AS (
    SELECT place_id, MAX(sequence) AS last FROM registry_household
    WHERE village_id IN ({villages}) GROUP BY place_id
), numbered AS (
    SELECT placed.id, placed.place_id, COALESCE(taken.last, 0)
        + ROW_NUMBER() OVER (PARTITION BY placed.place_id ORDER BY placed.id) AS sequence
    FROM placed LEFT JOIN taken ON taken.place_id = placed.place_id
)
UPDATE registry_household SET place_id = numbered.place_id, sequence = numbered.sequence
FROM numbered WHERE registry_household.id = numbered.id
"""


def number_households(villages: Iterable[str]) -> None:
    """Number the households of these villages (codes) that have no number yet.

    A number once given never changes here, and that of a household merged away is not given again.
    One query; the caller's transaction.
    """
    codes = sorted(set(villages))
    if not codes:
        return
    marks = ", ".join(["%s"] * len(codes))
    statement = _NUMBER.format(villages=marks, heads=", ".join(["%s"] * len(HEADS)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*codes, *HEADS, *codes])


def next_sequence(place: str) -> int:
    """Return the first number after the last one of a place; the caller holds its lock or its transaction."""
    last = Household.objects.filter(place_id=place).order_by("-sequence").exclude(sequence=None)
    return (last.values_list("sequence", flat=True).first() or 0) + 1


def label(place: str, sequence: int | None) -> str:
    """A household's number in the village's own words, 组 or 社 as the place is named: 3组-017户."""
    return f"{place}-{sequence:03d}户" if sequence else f"{place}（未编号）"


def label_of(household: Household) -> str:
    """`label` of a household whose `place` is at hand."""
    return label(household.place.name, household.sequence)
