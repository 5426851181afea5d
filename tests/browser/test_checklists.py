"""核查名单 in Chromium: staff move the due hour, a cadre answers from a phone, takes it back and answers anew."""

import pytest

from tests.browser.looks import faults, fits
from tests.factories import make_resident
from tests.ledgers import make
from tests.ledgers.lists import QIN, RAN, brought, row_of, sheet


@pytest.fixture
def checklist(baiping, huanggu, settings):
    settings.TODAY = make.day("08-20")
    campaign = make.campaign()
    make_resident(baiping, "冉启华", number=RAN, phone="13800001111", residency="local")
    return brought(campaign, sheet([1, "冉启华", RAN, "", "", ""], [2, "秦桂英", QIN, "", "", ""]))


def _is_well(page) -> None:
    assert fits(page)
    assert faults(page) == []


def test_cadre_answers_takes_back_and_answers_anew(checklist, cadre_baiping, phone, login, problems):
    login(phone, cadre_baiping).goto("/checklists/questions/")
    _is_well(phone)
    phone.get_by_role("button", name="不愿意").click()
    phone.get_by_role("button", name="撤销").click()
    phone.get_by_role("button", name="联系不上").click()
    phone.get_by_role("button", name="撤销").wait_for()
    assert row_of(checklist, 3).answer == "unreached"
    phone.goto("/checklists/questions/")
    phone.get_by_text("冉启华").wait_for()
    _is_well(phone)
    assert problems == []


def test_staff_see_the_list_move_its_due_hour_and_hand_it_back(checklist, staff, open_page, login, problems):
    for width in (360, 1440):
        page = login(open_page(viewport={"width": width, "height": 900}), staff)
        for path in ("", "differences/", "return/"):
            page.goto(f"/checklists/{checklist.pk}/{path}")
            _is_well(page)
        for path in ("/checklists/", "/list-match/", "/ledgers-back/"):
            page.goto(path)
            _is_well(page)
    page.goto(f"/checklists/{checklist.pk}/")
    page.get_by_text("改回报时限").click()
    page.get_by_label("回报日期").fill("2099-01-02")
    page.get_by_label("几点以前").fill("17:00")
    page.get_by_role("button", name="改时限").click()
    page.get_by_text("回报时限改到 1月2日 17:00").wait_for()
    assert problems == []
