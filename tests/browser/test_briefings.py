"""The office closes its day in Chromium: the report is read, its text copied without https, and marked as sent."""

import pytest

from reports.models import Sending
from tests.browser.looks import fits
from tests.reports import lists_cast
from tests.reports.briefing_cast import FIRST, issue, town


@pytest.fixture
def made(settings, baiping, huanggu):
    settings.TODAY = FIRST
    place = town(baiping, huanggu)
    lists_cast.fill(place)
    return issue(place.campaign, FIRST)


@pytest.mark.parametrize("screen", ["phone", "pc"])
def test_report_is_copied_for_the_group_and_marked_as_sent(request, made, staff, login, screen):
    page = login(request.getfixturevalue(screen), staff)
    page.goto("/briefings/")
    assert fits(page)
    page.get_by_role("link", name="核对、报送今天的日报").click()
    page.get_by_role("button", name="复制这段文字").click()
    page.get_by_text("已复制").wait_for()
    assert page.evaluate("getSelection().toString()").startswith("【乌杨街道接种日报】截至2021年8月16日")
    assert fits(page)
    page.get_by_label("报给").fill("县指挥部")
    page.get_by_role("button", name="标为已报送").click()
    page.get_by_text("已报给县指挥部").wait_for()
    assert Sending.objects.get().issue == made
