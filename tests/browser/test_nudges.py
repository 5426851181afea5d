"""督办 in Chromium: a leader sends a sheet from a phone, the village answers from a phone, and it is struck off."""

import pytest

from campaigns.models import Nudge, Target
from tests.browser.looks import faults, fits
from tests.ledgers import make


@pytest.fixture
def town(baiping, settings):
    settings.TODAY = make.day("08-16")
    campaign = make.campaign()
    Target.objects.create(campaign=campaign, place=baiping, census_base=10)
    make.resident(baiping, name="冉启华")
    make.stand(campaign)
    return campaign


def test_sheet_goes_to_the_village_and_back(town, leader, cadre_baiping, open_page, login, problems):
    sender = login(open_page(viewport={"width": 360, "height": 740}), leader)
    sender.goto("/nudges/")
    sender.get_by_role("link", name="下发一张督办单").click()
    sender.get_by_label("发给谁").select_option(label="白坪村")
    sender.get_by_label("督办什么").select_option(label="第一针接种")
    sender.get_by_role("button", name="看数、写要求").click()
    words = sender.get_by_label("要求")
    assert words.input_value() == "截至8月16日，白坪村离目标任务数还差 10 人，其中可动员 1 人。"
    assert (fits(sender), faults(sender)) == (True, [])
    words.fill(f"{words.input_value()}三天内逐户动员。")
    sender.get_by_role("button", name="下发给白坪村").click()
    sender.get_by_text("已下发给白坪村").wait_for()

    village = login(open_page(viewport={"width": 360, "height": 740}), cadre_baiping)
    village.goto("/today/")
    village.get_by_role("link", name="督办单待反馈").click()
    village.get_by_role("link", name="白坪村").click()
    assert (fits(village), faults(village)) == (True, [])
    village.get_by_label("办理情况").fill("走了 30 户，约好 12 人。")
    village.get_by_role("button", name="反馈这张督办单").click()
    village.get_by_text("等下发人销号").first.wait_for()

    sender.reload()
    sender.get_by_role("button", name="销号这张督办单").click()
    sender.get_by_text("督办第 1 号已销号").wait_for()
    assert (Nudge.objects.get().state, problems) == ("closed", [])
