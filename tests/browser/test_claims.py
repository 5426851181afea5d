"""禁忌缓种待审核 and the pages of progress beside it in Chromium: they fit the screen, a claim is decided in place."""

import pytest

from ledgers.models import Exemption
from tests.browser.looks import fits
from tests.ledgers import make
from tests.reports import lists_cast


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.TODAY = make.day("08-16")


@pytest.fixture
def claims(baiping, huanggu):
    town = lists_cast.street(baiping, huanggu)
    who = lists_cast.fill(town)
    values = {"campaign": town.campaign, "state": "claimed", "diagnosis": "冠心病、高血压三级，近期住院治疗"}
    make.exemption(who["refuses"], "08-01", **values)
    make.exemption(who["silent"], "08-02", "10-31", institution=None, **values)
    make.member(make.unit("乌杨初级中学", "教育"), who["refuses"])


@pytest.mark.parametrize("screen", ["phone", "pc"])
def test_claims_fit_the_screen_and_are_decided_in_place(request, claims, staff, login, screen):
    page = login(request.getfixturevalue(screen), staff)
    page.goto("/progress/")
    assert fits(page)
    page.goto("/")
    page.get_by_role("link", name="去审核").click()
    assert fits(page)
    page.get_by_role("button", name="审核通过").click()
    page.get_by_text("已审核通过").wait_for()
    page.get_by_label("退回秦玉珍的原因").fill("缺诊断证明")
    page.get_by_role("button", name="退回").click()
    page.get_by_text("没有待审核的申请").wait_for()
    assert sorted(Exemption.objects.exclude(decided_entry=None).values_list("state", flat=True)) == [
        "approved", "rejected",
    ]  # fmt: skip
