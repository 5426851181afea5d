"""督办: when a sheet is late, and the first sentence written from the figures."""

from datetime import date

import pytest

from campaigns.nudges.rules import Situation, days_late, first_sentence

DUE = date(2021, 8, 18)
ON = date(2021, 8, 16)


@pytest.mark.parametrize(
    ("on", "days"), [(date(2021, 8, 17), 0), (DUE, 0), (date(2021, 8, 19), 1), (date(2021, 9, 1), 14)]
)
def test_sheet_is_late_from_the_day_after_its_due_day(on, days):
    assert days_late(DUE, on) == days


@pytest.mark.parametrize(
    ("situation", "sentence"),
    [
        (
            Situation(
                38, 21, 6, phase="18岁及以上第一针", deadline_on=date(2021, 8, 31), status="滞后", required_pace=3
            ),
            "截至8月16日，白坪村“18岁及以上第一针”（8月31日截止）还差 38 人，滞后，"
            "其中可动员 21 人，超期未种 6 人。每天需完成 3 人。",
        ),
        (
            Situation(1203, 810, 0, what="离目标任务数"),
            "截至8月16日，白坪村离目标任务数还差 1,203 人，其中可动员 810 人。",
        ),
        (Situation(0, 4, 2, what="离目标任务数"), "截至8月16日，白坪村离目标任务数还差 0 人，超期未种 2 人。"),
        (Situation(None, None, 6), "截至8月16日，白坪村超期未种 6 人。"),
        (Situation(), ""),
    ],
)
def test_first_sentence_is_made_of_the_figures(situation, sentence):
    assert first_sentence("白坪村", situation, ON) == sentence


def test_what_a_sheet_keeps_are_numbers_alone():
    assert Situation(38, None, 0, phase="18岁及以上第一针").as_json() == {"remaining": 38, "overdue": 0}
