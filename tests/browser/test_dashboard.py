"""进度总览 in Chromium: on a phone nothing scrolls sideways, on a PC the chart and its table take turns."""

import pytest
from playwright.sync_api import expect

from tests.browser.looks import fits
from tests.reports.lists_cast import counted_street


@pytest.fixture
def town(baiping, huanggu):
    return counted_street(baiping, huanggu)


def test_dashboard_on_a_phone_fits_its_width(phone, town, staff, login):
    login(phone, staff)
    phone.goto("/progress/")
    expect(phone.get_by_role("heading", name="进度总览")).to_be_visible()
    assert fits(phone)
    # Phases to come are folded until asked for.
    later = phone.locator("#later-phases")
    expect(later).to_be_hidden()
    phone.get_by_role("button", name="个未开始的阶段").click()
    expect(later).to_be_visible()


def test_trend_is_a_chart_with_a_table_behind_it(pc, town, staff, login):
    login(pc, staff)
    pc.goto("/progress/")
    chart, table = pc.locator("#trend-chart"), pc.locator("#trend-table")
    pc.locator("#trend").scroll_into_view_if_needed()
    expect(chart.locator("canvas, svg").first).to_be_visible()
    expect(pc.locator("#trend-plain")).to_have_count(0)
    expect(table).to_be_hidden()
    pc.get_by_role("button", name="表", exact=True).click()
    expect(table).to_be_visible()
    expect(chart).to_be_hidden()


def test_village_on_a_phone_fetches_no_chart_until_asked(phone, town, cadre_baiping, login):
    login(phone, cadre_baiping)
    fetched: list[str] = []
    phone.on("request", lambda request: fetched.append(request.url))
    phone.goto(f"/progress/{town.baiping.code}/")
    phone.locator("#trend").scroll_into_view_if_needed()
    # What the server has drawn does until then.
    expect(phone.locator("#trend-plain")).to_be_visible()
    assert [url for url in fetched if "echarts" in url] == []
    phone.get_by_role("button", name="表", exact=True).click()
    phone.get_by_role("button", name="图", exact=True).click()
    expect(phone.locator("#trend-chart canvas, #trend-chart svg").first).to_be_visible()


def test_matrix_sorts_and_the_trend_is_drawn_without_scripts(open_page, town, staff, login):
    page = open_page(viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    login(page, staff)
    page.goto("/progress/")
    expect(page.locator("#trend-plain")).to_be_visible()
    expect(page.locator("#trend-table")).to_be_visible()
    page.locator("#villages thead").get_by_role("link", name="未种").click()
    assert page.locator("#village-rows td.first").first.inner_text().startswith("白坪村")
    assert page.url.endswith("sort=unvaccinated#villages")
