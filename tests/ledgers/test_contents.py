import pytest

from ledgers.rosters.contents import content_of


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("51222319850101123", "****（17位）"),
        ("50023319540302901X", "****（18位）"),
        ("13800001111、13900002222", "****11、****22"),
        (13800001111, "****11"),
        ("5.12223E+17", "5.12223E+17"),
        ("20210716", "20210716"),
        ("已打完", "已打完"),
        (7.1, "7.1"),
        ((2021, 9, 9), "2021-09-09"),
        ("", ""),
    ],
)
def test_a_cell_is_shown_without_the_numbers_of_people(cell, shown):
    assert content_of(cell) == shown
