"""Numbers of people inside texts: hidden however they are written; dates and counts stay."""

import pytest

from registry.masking import hide_numbers


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("51222319850101123", "****（17位）"),
        ("50023319540302901X", "****（18位）"),
        ("500233 19540302 901X 冉启华", "****（18位） 冉启华"),
        ("500233-540302-901", "****（15位）"),
        ("13800001111、13900002222", "****11、****22"),
        ("138 0000 1111", "****11"),
        ("儿子139-0000-2222", "儿子****22"),
        ("E12345678", "****78"),
        ("20210716", "20210716"),
        ("2021-07-16 08:30", "2021-07-16 08:30"),
        ("2021-07-16、2021-08-13", "2021-07-16、2021-08-13"),
        ("白坪村3组12号", "白坪村3组12号"),
        ("", ""),
    ],
)
def test_a_text_is_shown_without_the_numbers_of_people(text, shown):
    assert hide_numbers(text) == shown
