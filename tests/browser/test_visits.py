"""入户登记 on a phone of 360 x 640: counted in taps, with one hand, also without JavaScript."""

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from campaigns.models import Campaign
from ledgers.models import Dose, Reason, Visit
from ledgers.notes import new_entry, note_reason
from registry.models import Household
from tests.ledgers import make

SMALL = {"width": 360, "height": 640}
TOUCH = 44


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.TODAY = make.day("08-16")


@pytest.fixture
def home(baiping):
    """A household of five, its head overdue for the second dose."""
    campaign = make.campaign()
    group = make.group(baiping, 3)
    made = Household.objects.create(village=baiping, place=group, sequence=12, head="冉启华", entry=make.entry())
    for name in ("冉启华", "谭桂英", "冉军", "向小妹", "冉子涵"):
        who = make.resident(group, name=name, household=made)
        make.dose(who, "06-12", "sinovac", campaign=campaign)
    make.stand(campaign)
    return made


@pytest.fixture
def phone(open_page):
    return open_page(viewport=SMALL, device_scale_factor=2, has_touch=True, is_mobile=True)


class Thumb:
    """Taps, and counts them."""

    def __init__(self):
        self.taps = 0

    def tap(self, target):
        target.tap()
        self.taps += 1


def open_card(page, thumb, home):
    page.goto(reverse("survey_group", args=[home.place_id]))
    thumb.tap(page.locator(f'a[href="/survey/households/{home.pk}/"]').first)
    page.get_by_role("heading", name="3组-012户 冉启华户").wait_for()


def test_household_as_before_takes_at_most_four_taps(home, phone, login, cadre_baiping):
    page, thumb = login(phone, cadre_baiping), Thumb()
    open_card(page, thumb, home)
    thumb.tap(page.get_by_text("5 人都同上次"))
    thumb.tap(page.get_by_role("button", name="完成本户"))
    page.get_by_text("已收到，回执号").wait_for()
    assert thumb.taps <= 4
    assert Visit.objects.get().answers.filter(kind="same").count() == 5


def test_household_with_a_new_dose_takes_at_most_nine_taps(home, phone, login, cadre_baiping):
    page, thumb = login(phone, cadre_baiping), Thumb()
    open_card(page, thumb, home)
    ran = page.locator("[data-member]", has_text="冉启华")
    for words in ("有变化", "打了新的一针", "渝康码", "今天"):
        thumb.tap(ran.locator(".answer:visible", has_text=words))
    thumb.tap(page.get_by_text("其余 4 人都同上次"))
    thumb.tap(page.get_by_role("button", name="完成本户"))
    page.get_by_text("已收到，回执号").wait_for()
    assert thumb.taps <= 9
    dose = Dose.objects.get(source="health_code")
    assert (dose.given_on, dose.product.key) == (make.day("08-16"), "sinovac")


def test_button_counts_who_is_left_and_shows_them(home, phone, login, cadre_baiping):
    page = login(phone, cadre_baiping)
    page.goto(f"/survey/households/{home.pk}/")
    page.locator("[data-member]", has_text="谭桂英").get_by_text("同上次", exact=True).tap()
    button = page.locator(".visit-bar .solid")
    assert "".join(button.inner_text().split()) == "完成本户（还有4人）"
    button.tap()
    assert page.locator(".member.missing").count() == 4
    assert not Visit.objects.exists()


def test_what_an_answer_lacks_is_said_at_the_door(home, phone, login, cadre_baiping):
    page = login(phone, cadre_baiping)
    page.goto(f"/survey/households/{home.pk}/")
    ran = page.locator("[data-member]", has_text="冉启华")
    page.get_by_text("5 人都同上次").tap()
    for words, lacks in (
        ("有变化", "选一下是什么变化"), ("打了新的一针", "选一下凭什么登记"), ("渝康码", "选哪天打的"),
        ("搬走、去世等", "选搬走、去世还是不是这户"), ("去世", "写明哪天"),
    ):  # fmt: skip
        ran.locator(".answer:visible", has_text=words).last.tap()
        page.get_by_role("button", name="完成本户").tap()
        expect(ran.get_by_role("alert")).to_contain_text(lacks)
    ran.locator("[name$=gone_on]").fill("2021-08-15")
    page.get_by_role("button", name="完成本户").tap()
    expect(ran.get_by_role("alert")).to_contain_text("去世要再确认一次")
    assert not Visit.objects.exists()
    ran.locator("[name$=certain]").tap()
    page.get_by_role("button", name="完成本户").tap()
    page.get_by_text("已收到，回执号").wait_for()
    assert home.members.get(name="冉启华").status == "deceased"


@pytest.mark.parametrize("scripts", [True, False])
def test_every_answer_fits_a_small_phone_and_a_thumb(home, open_page, login, cadre_baiping, scripts):
    page = login(open_page(viewport=SMALL, has_touch=True, is_mobile=True, java_script_enabled=scripts), cadre_baiping)
    page.goto(f"/survey/households/{home.pk}/")
    ran = page.locator("[data-member]", has_text="冉启华")
    ran.get_by_text("有变化", exact=True).tap()
    for words in ("打了新的一针", "约好日期", "没打的原因", "禁忌或缓种", "外出", "搬走、去世等"):
        ran.locator(".answer:visible", has_text=words).tap()
        assert ran.locator(".of:visible").count() == 1
        for box in [one.bounding_box() for one in ran.locator(".answer:visible, .input:visible").all()]:
            assert box["height"] >= TOUCH
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= SMALL["width"]


def test_sides_of_a_difference_stand_one_above_the_other(home, phone, login, cadre_baiping, staff):
    page = login(phone, cadre_baiping)
    page.goto(f"/survey/households/{home.pk}/")
    who = home.members.get(name="谭桂英")
    promised = {"code": "7", "promised_on": make.day("08-19"), "entry": new_entry(staff, "verbal", "电话")}
    with transaction.atomic():
        note_reason(who, Campaign.objects.get(), **promised)
    tan = page.locator("[data-member]", has_text="谭桂英")
    for words in ("有变化", "约好日期", "明天"):
        tan.locator(".answer:visible", has_text=words).tap()
    page.get_by_text("其余 4 人都同上次").tap()
    page.get_by_role("button", name="完成本户").tap()
    mine, theirs = page.get_by_role("button", name="用我的"), page.get_by_role("button", name="用刘明的")
    assert mine.bounding_box()["y"] < theirs.bounding_box()["y"]
    theirs.tap()
    page.get_by_text("已按你选的登记").wait_for()
    assert Reason.objects.get().promised_on == make.day("08-19")


def test_card_works_without_javascript(home, open_page, login, cadre_baiping):
    page = login(open_page(viewport=SMALL, has_touch=True, is_mobile=True, java_script_enabled=False), cadre_baiping)
    page.goto(f"/survey/households/{home.pk}/")
    page.get_by_text("其余的人都同上次").tap()
    page.get_by_role("button", name="完成本户").tap()
    page.get_by_text("已收到，回执号").wait_for()
