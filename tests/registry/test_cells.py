"""Single cells: texts, dates and counts (interfaces, Cells and Dates)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.spreadsheets import cells
from registry.spreadsheets.cells import Day


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" 朱河社区 ", "朱河社区"),
        ("'朱河社区", "朱河社区"),
        ('="500233197306159769"', "500233197306159769"),
        ("=1+1", "=1+1"),
        ("朱河\u00a0社区\u200b", "朱河 社区"),
        ("一\n二", "一 二"),
        ("a\x00b\ud800", "ab"),
        ((2021, 7, 16), "2021-07-16"),
        ((2021, 7, 16, 8, 30, 0), "2021-07-16 08:30:00"),
        (12, "12"),
    ],
)
def test_text_of_a_cell(cell: cells.Cell, text: str) -> None:
    assert cells.text_of(cell) == text


@pytest.mark.parametrize(
    "cell",
    [
        20210716,
        "20210716",
        44393,
        44393.35,
        "44393",
        "44393.5",
        (2021, 7, 16),
        (2021, 7, 16, 8, 30, 0),
        "2021-07-16",
        "2021-7-16",
        "2021.7.16",
        "2021/7/16",
        "2021/07/16 10:20:05",
        "2021-07-16T10:20:05",
        "2021-07-16 08:30",
        "2021年7月16日",
        "2021年7月16号",
        "2021 年 7 月 16 日",
        "２０２１．７．１６",
        "2021。7。16",
        "2021.7.16.",
        "'2021-07-16",
        "2021年7月16日 上午9时30分",
        "2021年7月16日上午",
        "2021-07-16（星期五）",
    ],
)
def test_full_date_is_read_in_every_form(cell: cells.Cell) -> None:
    assert cells.read_day(cell).on() == date(2021, 7, 16)


@pytest.mark.parametrize("cell", ["7月16日", "7月16号", "7.16", "7-16", "7/16", 7.16, "07.16"])
def test_date_without_year_keeps_the_year_open(cell: cells.Cell) -> None:
    assert cells.read_day(cell) == Day(0, 7, 16)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2021-7", Day(2021, 7)),
        ("2021年7月", Day(2021, 7)),
        (202107, Day(2021, 7)),
        ("7月", Day(0, 7)),
        (7.4, Day(0, 7, 4)),
    ],
)
def test_what_is_missing_stays_missing(cell: cells.Cell, day: Day) -> None:
    assert cells.read_day(cell) == day


@pytest.mark.parametrize("cell", [7.1, 7.2, 7.3, 12.1, 2021.1])
def test_number_that_may_be_two_days_is_ambiguous(cell: float) -> None:
    assert cells.read_day(cell).problem == "date_ambiguous"


def test_number_in_a_text_file_is_as_ambiguous_as_in_a_workbook() -> None:
    assert cells.read_day("7.1", from_text_file=True).problem == "date_ambiguous"
    assert cells.read_day("7.10", from_text_file=True) == Day(0, 7, 10)


@pytest.mark.parametrize(
    "cell",
    ["21.7.16", "21年7月16日", "2021-06-31", "2021-13-01", "已打完", "√", "打了两针", "2021.7.16 2021.8.16",
     "2021-07-16、2021-08-16", "16日", "7", 7,
      2021, "2021", 210716, 0.5, -3, 7.165, "1/2/2021", "明天", "20210631", "7.32"],
)  # fmt: skip
def test_what_is_no_date_is_unreadable(cell: cells.Cell) -> None:
    assert cells.read_day(cell).problem == "date_unreadable"


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_in_every_usual_form(day: date) -> None:
    forms = [
        (day.year, day.month, day.day),
        f"{day:%Y%m%d}",
        int(f"{day:%Y%m%d}"),
        day.isoformat(),
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y/%m/%d} 23:59:59",
    ]
    assert {cells.read_day(form).on() for form in forms} == {day}


@given(st.dates(date(1930, 1, 1), date(2099, 12, 31)))
def test_serial_number_is_the_day_counted_from_1899(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert cells.read_day(serial).on() == cells.read_day(str(serial)).on() == day


@given(st.one_of(st.text(max_size=50), st.floats(allow_nan=False, allow_infinity=False), st.integers()))
def test_no_cell_breaks_the_readers(cell: str | float) -> None:
    day = cells.read_day(cell)
    assert day.problem or day.month
    cells.whole_number(cell)
    cells.quoted(cell)


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        (7, 16, date(2021, 7, 16)),
        (8, 25, date(2020, 8, 25)),
        (2, 29, None),
        (7, 21, date(2021, 7, 21)),
        (12, 1, date(2020, 12, 1)),
    ],
)
def test_newest_year_lies_between_first_use_and_today(month: int, day: int, expected: date | None) -> None:
    assert cells.newest_year(Day(0, month, day), first=date(2020, 7, 22), last=date(2021, 8, 20)) == expected


@given(st.dates(date(2020, 7, 22), date(2021, 8, 20)))
def test_newest_year_is_within_a_year_of_today(day: date) -> None:
    found = cells.newest_year(Day(0, day.month, day.day), first=date(2020, 7, 22), last=date(2021, 8, 20))
    assert found >= day
    assert found > date(2021, 8, 20) - timedelta(days=366)


@pytest.mark.parametrize(
    ("cell", "number"),
    [(156, 156), ("156", 156), ("1,560", 1560), ("156人", 156), ("１５６", 156), ("156.0", 156), (15.5, None),
     (-1, None),     ("约150", None), ((2021, 7, 1), None)],
)  # fmt: skip
def test_whole_number(cell: cells.Cell, number: int | None) -> None:
    assert cells.whole_number(cell) == number


def test_personal_numbers_in_a_quoted_cell_are_masked() -> None:
    assert cells.quoted("500233197306159769") == "50****"
    assert cells.quoted("电话13812345678") == "电话13****"
    assert cells.quoted("20210902") == "20210902"


@pytest.mark.parametrize("piece", ["2021-", "7.", "一", " ", "('", "1" * 10, "\u200b", "2021年"])
def test_hostile_length_is_cut_before_it_is_read(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert cells.read_day(text) in (cells.UNREADABLE, cells.read_day(""))
    assert len(cells.quoted(text)) <= 21
    assert cells.whole_number(text) is None
