"""A second campaign set up from nothing, and a change rehearsed, in Chromium: what a clerk does, click by click."""

import pytest
from playwright.sync_api import expect

from campaigns.models import Campaign
from tests.browser.looks import fits
from tests.ledgers import make


@pytest.fixture
def covid(baiping, settings) -> Campaign:
    settings.TODAY = make.day("08-16")
    covid = make.campaign()
    for birth in ("1940-01-01", "1950-01-01", "1990-01-01"):
        who = make.resident(baiping, birth)
        make.dose(who, "06-01", campaign=covid)
        make.dose(who, "06-16", campaign=covid)
    make.stand(covid)
    return covid


def test_influenza_is_set_up_from_nothing_and_has_its_own_dashboard_and_ledgers(covid, pc, staff, login):
    login(pc, staff)
    pc.goto("/plan/campaigns/")
    pc.get_by_role("link", name="新建接种工作").click()
    pc.get_by_label("名称", exact=True).fill("乌杨街道2021年老年人流感疫苗接种")
    pc.get_by_label("疫苗种类").fill("流感")
    pc.get_by_label("最低年龄").fill("60")
    pc.get_by_label("目标接种率").fill("60")
    pc.get_by_role("button", name="下一步：疫苗").click()
    pc.get_by_role("link", name="新增疫苗", exact=True).click()
    pc.get_by_label("疫苗", exact=True).fill("四价流感疫苗")
    pc.get_by_label("花名册里的别名").fill("华兰生物\n四价流感")
    pc.get_by_role("button", name="保存疫苗").click()
    pc.get_by_role("link", name="下一步：阶段任务").click()
    pc.get_by_role("link", name="下一步：检查并开始").click()
    expect(pc.get_by_text("在册的人里有 2 人满 60 岁")).to_be_visible()
    pc.get_by_role("button", name="开始这项接种工作").click()
    expect(pc.get_by_role("heading", name="进度总览")).to_be_visible()
    expect(pc.locator(".campaign-bar")).to_contain_text("乌杨街道2021年老年人流感疫苗接种")
    # The ledgers are its own: nobody has had this vaccine, whatever the other campaign knows.
    pc.goto("/ledgers/unvaccinated/")
    expect(pc.locator("main")).to_contain_text("2 人")
    pc.locator(".campaign-bar summary").click()
    pc.get_by_role("link", name=f"换到 {covid.name}").click()
    expect(pc.locator(".campaign-bar summary")).to_contain_text(covid.name)


def test_a_change_is_rehearsed_on_a_phone_and_applied_by_one_button(covid, phone, staff, login):
    login(phone, staff)
    phone.goto("/plan/campaigns/wuyang-2021/edit/platform/inactivated/")
    assert fits(phone)
    phone.get_by_label("针次", exact=True).fill("3")
    phone.get_by_label("最迟时间").fill("56天、6个月")
    phone.get_by_label("为什么改").fill("县指挥部通知")
    phone.get_by_role("button", name="看看会影响多少人").click()
    expect(phone.get_by_text("这项改动会移动 3 人：3 人由已完成接种转为未完成全程接种。")).to_be_visible()
    assert fits(phone)
    phone.get_by_role("button", name="按这个改，移动 3 人").click()
    expect(phone.get_by_text("修改疫苗种类“灭活”")).to_be_visible()
    assert fits(phone)
