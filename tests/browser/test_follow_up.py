"""A cadre's morning on a phone of 360 × 640: the day's doors, one call, an outcome for the whole family."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from ledgers.models import CallLease, Contact
from tests.browser.conftest import PHONE
from tests.browser.looks import fits
from tests.ledgers import make
from tests.ledgers.follow_up import TODAY, household, person

SMALL = PHONE | {"height": 640}


@pytest.fixture
def family(baiping, monkeypatch):
    monkeypatch.setattr(settings, "TODAY", TODAY)
    campaign = make.campaign()
    home = household(make.group(baiping, 3), 17)
    found = [
        person(home.place, "overdue", of=campaign, home=home, name="冉启华", phone="13800000001", relation="户主"),
        person(home.place, "due", of=campaign, home=home, name="谭秀英"),
    ]
    make.stand(campaign)
    return found


@pytest.fixture
def small(open_page, login, cadre_baiping) -> Page:
    page = open_page(viewport=SMALL, device_scale_factor=2, has_touch=True, is_mobile=True)
    # A telephone takes the number; here nothing may leave the page.
    page.add_init_script("addEventListener('click', e => e.target.closest('a[href^=\"tel:\"]') && e.preventDefault())")
    return login(page, cadre_baiping)


def _low_targets(page: Page) -> list[str]:
    """Buttons and links with a button's look that a thumb would miss."""
    script = """() => [...document.querySelectorAll('main button, main .button, main .pill, main .said')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 40).map(e => e.textContent)"""
    return page.evaluate(script)


def test_family_is_called_from_the_days_cards_and_promises_in_one_tap(family, small: Page):
    small.goto("/")
    expect(small.get_by_role("heading", name="今天要办")).to_be_visible()
    expect(small.get_by_text("第二针已超期 9 天")).to_be_visible()
    assert (fits(small), _low_targets(small)) == (True, [])
    small.get_by_role("button", name="打电话").tap()
    expect(small.get_by_role("link", name="13800000001")).to_be_visible()
    assert (fits(small), _low_targets(small)) == (True, [])
    small.get_by_role("button", name="全家约 8月18日").tap()
    expect(small.get_by_role("status")).to_contain_text("谭秀英约定接种日 8月18日")
    expect(small.get_by_text("今天已完成 1 户")).to_be_visible()
    assert Contact.objects.filter(outcome="promised", promised_on="2021-08-18").count() == 2
    assert not CallLease.objects.exists()


def test_each_of_a_family_gets_an_outcome_from_the_worklist(family, small: Page):
    small.goto("/follow-up/")
    expect(small.get_by_label("名单").get_by_text("1").first).to_be_visible()
    assert (fits(small), _low_targets(small)) == (True, [])
    small.get_by_role("link", name="记结果").tap()
    ran, tan = small.get_by_role("group", name="冉启华"), small.get_by_role("group", name="谭秀英")
    expect(ran.get_by_label("哪一天再打")).to_be_hidden()
    ran.get_by_text("没人接").tap()
    tan.get_by_text("改天再打").tap()
    tan.get_by_label("哪一天再打").fill("2021-08-20")
    small.get_by_role("button", name="记下结果").tap()
    expect(small.get_by_role("status")).to_contain_text("冉启华没人接")
    assert dict(Contact.objects.values_list("resident__name", "outcome")) == {
        "冉启华": "no_answer", "谭秀英": "call_again",
    }  # fmt: skip
    expect(small.get_by_text("上次电话：没人接")).to_be_visible()
