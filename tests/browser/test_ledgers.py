"""The ledger lists and the person's page in Chromium: they fit the screen, filter, search, and lead on."""

import pytest

from tests.browser.looks import fits
from tests.ledgers import make
from tests.reports.lists_cast import people, town

__all__ = ["people", "town"]


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.TODAY = make.day("08-16")


@pytest.mark.parametrize("screen", ["phone", "pc"])
def test_lists_and_person_fit_the_screen(request, people, staff, login, screen):
    page = login(request.getfixturevalue(screen), staff)
    for address in ("/ledgers/unvaccinated/", "/ledgers/incomplete/", "/ledgers/completed/", "/ledgers/exempt/"):
        page.goto(address)
        assert fits(page)
    page.goto(f"/people/{people['overdue'].pk}/")
    assert fits(page)
    assert page.get_by_text("已超期 9 天。").first.is_visible()


def test_purposes_of_an_export_are_easy_to_tap(people, staff, login, phone):
    page = login(phone, staff)
    page.goto("/exports/new/?ledger=unvaccinated")
    lines = page.locator("label:has(input[type=radio])")
    assert lines.count() > 1
    assert all(line.bounding_box()["height"] >= 44 for line in lines.all())


# What Chromium keeps free for the cross that empties the field.
CROSS = 18
HINT_ROOM = """field => {
  const style = getComputedStyle(field), pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontSize} ${style.fontFamily}`;
  const inside = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return inside - pen.measureText(field.placeholder).width;
}"""


def test_hint_of_the_search_is_not_cut_off(people, staff, login, pc):
    page = login(pc, staff)
    page.goto("/ledgers/unvaccinated/")
    assert page.locator("input[type=search][name=search]").evaluate(HINT_ROOM) >= CROSS


def test_choosing_a_filter_narrows_the_list_and_its_total_follows(people, staff, login, pc):
    page = login(pc, staff)
    page.goto("/ledgers/unvaccinated/")
    page.locator("select[name=tag]").select_option("党员")
    page.wait_for_url("**tag=*")
    page.get_by_text("共 1 人").wait_for()
    assert page.locator("tbody tr").count() == 1
    page.get_by_text("清除筛选").click()
    page.get_by_text("共 3 人").wait_for()


def test_search_keeps_the_name_out_of_the_address(people, staff, login, phone):
    page = login(phone, staff)
    page.goto("/ledgers/unvaccinated/")
    page.get_by_role("searchbox").fill("陈建军")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**found=1*")
    assert page.locator("tbody tr").count() == 1
    assert "%E9%99%88" not in page.url


def test_from_the_list_to_the_person(people, cadre_baiping, login, phone):
    page = login(phone, cadre_baiping)
    page.goto("/ledgers/incomplete/?sub=overdue")
    page.get_by_role("link", name="罗德芳").click()
    page.get_by_role("heading", name="针次时间").wait_for()
    assert page.get_by_role("link", name="登记接种").is_visible()
