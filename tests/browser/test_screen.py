"""The chart on the wall as one sheet of paper, and the large screen that fills its screen and loses its connection."""

import re

import pytest
from playwright.sync_api import expect

from campaigns.models import Target
from tests.ledgers import make
from tests.reports import lists_cast


@pytest.fixture
def town(baiping, huanggu, settings):
    settings.TODAY = make.day("08-16")
    town = lists_cast.street(baiping, huanggu)
    Target.objects.create(campaign=town.campaign, place=baiping, census_base=10)
    for number in range(18):
        make.village(f"5002330033{number:02}", f"第{number}村", base=5, of=town.campaign)
    lists_cast.fill(town)
    return town


def test_chart_on_the_wall_is_one_sheet_of_a3(pc, town, leader, login):
    page = login(pc, leader)
    page.goto("/progress/wall/")
    paper = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", paper)
    # 420 × 297 mm in points, as Chromium rounds them.
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(1191, 842)}
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_large_screen_fills_the_screen_and_says_when_the_connection_is_lost(open_page, problems, town, leader, login):
    page = login(open_page(viewport={"width": 1920, "height": 1080}), leader)
    page.goto("/progress/screen/")
    page.get_by_role("button", name="打开大屏").click()
    expect(page.locator("#screen-state")).to_contain_text("核对过")
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [1920, 1080]
    page.context.set_offline(True)
    expect(page.locator("#screen-state")).to_contain_text("连接中断")
    page.context.set_offline(False)
    page.get_by_role("button", name="退出大屏").click()
    expect(page).to_have_url(re.compile("/login/"))
