"""How figures, days and masked values stand on the screen."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template

from registry.chips import CHIPS
from registry.templatetags import wuyang
from registry.words import ACTIONS


@pytest.mark.parametrize(
    ("value", "shown"),
    [(13426, "13,426"), (0, "0"), (-231, "−231"), (None, "—"), ("", "—"), (Decimal("246.35"), "246")],
)
def test_number(value, shown):
    assert wuyang.number(value) == shown


def test_number_rounds_half_up_to_the_digits_asked_for():
    assert wuyang.number(Fraction(1227, 100), 1) == "12.3"
    assert wuyang.number(Decimal("0.25"), 1) == "0.3"


@pytest.mark.parametrize(("value", "shown"), [(214, "+214"), (-10, "−10"), (0, "0"), (None, "—")])
def test_signed(value, shown):
    assert wuyang.signed(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(13912, 28336), "49.10"),
        (Fraction(19297, 28336), "68.10"),
        (Fraction(706, 11206), "6.30"),
        (Fraction(1, 3), "33.33"),
        (Decimal("1.2"), "120.00"),
        (None, "—"),
    ],
)
def test_rate_rounds_only_here(share, shown):
    assert wuyang.rate(share) == shown


def test_percent_has_a_space_before_its_sign():
    assert wuyang.percent(Fraction(1, 2)) == "50.00 %"
    assert wuyang.percent(None) == "—"


@pytest.mark.parametrize(("share", "shown"), [("0.90800", "90.8 %"), ("0.05000", "5 %"), ("1.00000", "100 %")])
def test_limit_has_the_digits_of_the_plan(share, shown):
    assert wuyang.limit(Decimal(share)) == shown


def test_days_and_moments_are_those_of_shanghai():
    late = datetime(2021, 8, 16, 16, 40, 5, tzinfo=UTC)
    assert wuyang.day(date(2021, 8, 16)) == "8月16日"
    assert wuyang.full_day(date(2021, 8, 16)) == "2021年8月16日"
    assert wuyang.weekday(date(2021, 8, 16)) == "星期一"
    assert wuyang.moment(late) == "8月17日 00:40"
    assert wuyang.full_moment(late) == "2021年8月17日 00:40:05"
    assert [wuyang.day(None), wuyang.moment(None)] == ["—", "—"]


@pytest.mark.parametrize(
    ("value", "digits", "shown"), [("500233195403029024", 2, "****24"), ("13900006032", 4, "****6032"), ("", 2, "无")]
)
def test_tail_shows_no_more_than_a_list_may(value, digits, shown):
    assert wuyang.tail(value, digits) == shown


def _render(source: str, **context) -> str:
    return Template("{% load wuyang %}" + source).render(Context(context))


def test_chip_is_shape_word_and_tint():
    html = _render("{% chip 'overdue' '超期 9 天' %}")
    assert html.startswith('<span class="chip over"><svg')
    assert "icons.svg#over" in html
    assert html.endswith("超期 9 天</span>")


def test_bar_stops_at_its_end_and_puts_the_full_over_the_first():
    html = _render("{% bar full=full first=first goal=goal %}", full=Fraction(1, 3), first=2, goal=Decimal("0.908"))
    assert re.findall(r'class="(\w+)" y="4" width="([\d.]+%)"', html) == [
        ("track", "100%"),
        ("first", "100.00%"),
        ("full", "33.33%"),
    ]
    assert 'x1="90.80%"' in html


@pytest.mark.parametrize(
    ("page", "shown"),
    [(1, [1, 2, None, 49]), (2, [1, 2, 3, None, 49]), (20, [1, None, 19, 20, 21, None, 49]), (49, [1, None, 48, 49])],
)
def test_pages_offered(page, shown):
    assert wuyang.page_numbers(Paginator(range(490), 10).page(page)) == shown


def test_detail_of_an_entry_reads_as_words():
    detail = {"what": "number", "name": ["冉红梅", ""], "counts": {"created": 3, "updated": 0}, "rows": [1, 2, 3]}
    assert wuyang.detail_words(detail) == [
        ("看了", "证件号"),
        ("姓名", "冉红梅 → 空"),
        ("结果", "新增 3"),
        ("行数", "3 项"),
    ]


def test_every_shape_named_is_in_the_sprite():
    sprite = set(re.findall(r'symbol id="([\w-]+)"', (settings.BASE_DIR / "static/img/icons.svg").read_text()))
    named = {chip.icon for chip in CHIPS.values()}
    for path in _project("*.html"):
        named |= set(re.findall(r"\{% icon \"([\w-]+)\"", path.read_text()))
    assert named <= sprite


def test_every_action_of_the_trail_has_its_words():
    recorded = set()
    for path in _project("*.py"):
        recorded |= set(re.findall(r"\brecord\(\s*\"([a-z_.]+)\"", path.read_text()))
    assert recorded - set(ACTIONS) == set()


def _project(pattern: str) -> list[Path]:
    folders = ("templates", "registry", "campaigns", "ledgers", "reports", "wuyang")
    return [path for folder in folders for path in (settings.BASE_DIR / folder).rglob(pattern)]


def test_yes_and_no_of_a_change_are_words():
    assert wuyang.detail_words({"is_active": [True, False]}) == [("进行中", "是 → 否")]
