"""The frame in Chromium: login, menus, dialogs, one press one effect, large type; phone and PC."""

import pytest
from playwright.sync_api import Page, expect

from registry.models import AuditEntry
from tests.browser.looks import fits
from tests.cast import PASSWORD


def test_login_on_a_phone_by_keyboard(phone: Page, cadre):
    phone.goto("/")
    phone.get_by_label("手机号或账号").fill("ranhongmei")
    password = phone.get_by_label("密码或登录码")
    password.fill(PASSWORD)
    phone.get_by_label("显示密码").tap()
    expect(password).to_have_attribute("type", "text")
    password.press("Enter")
    expect(phone.get_by_role("heading", name="今天要办")).to_be_visible()
    expect(phone.get_by_label("底部菜单").get_by_text("我的")).to_be_visible()


def test_wrong_password_stays_on_the_page_with_a_sentence(pc: Page, cadre):
    pc.goto("/login/")
    pc.get_by_label("手机号或账号").fill("ranhongmei")
    pc.get_by_label("密码或登录码").fill("not-this-one")
    pc.get_by_role("button", name="登录", exact=True).click()
    expect(pc.get_by_role("alert")).to_contain_text("账号或密码不对")
    expect(pc.get_by_label("手机号或账号")).to_have_value("ranhongmei")


def test_account_menu_opens_closes_and_logs_out(pc: Page, staff, login):
    login(pc, staff).goto("/")
    pc.get_by_text("刘明（街道专班）").first.click()
    expect(pc.get_by_role("link", name="修改密码")).to_be_visible()
    pc.get_by_role("heading", name="今天要办").click()
    expect(pc.get_by_role("link", name="修改密码")).to_be_hidden()
    pc.get_by_text("刘明（街道专班）").first.click()
    pc.get_by_role("button", name="退出登录").click()
    expect(pc.get_by_role("heading", name="登录")).to_be_visible()


def test_disabling_asks_first_and_happens_once(pc: Page, staff, cadre, login):
    login(pc, staff).goto(f"/accounts/{cadre.pk}/")
    pc.get_by_role("button", name="停用账号").click()
    dialog = pc.get_by_role("dialog")
    expect(dialog).to_contain_text("立即退出登录")
    dialog.get_by_role("button", name="不了").click()
    expect(dialog).to_be_hidden()
    pc.get_by_role("button", name="停用账号").click()
    dialog.get_by_role("button", name="停用账号").dblclick()
    expect(pc.get_by_role("status")).to_contain_text("冉红梅的账号已停用")
    assert AuditEntry.objects.filter(action="account.disable").count() == 1


def test_role_shows_the_scope_that_belongs_to_it(pc: Page, staff, waterworks, login):
    login(pc, staff).goto("/accounts/new/")
    expect(pc.get_by_label("单位", exact=True)).to_be_hidden()
    pc.get_by_label("角色").select_option("unit")
    expect(pc.get_by_label("单位")).to_be_visible()
    expect(pc.get_by_label("范围（地方）")).to_be_hidden()


def test_large_type_enlarges_everything_and_still_fits_a_phone(phone: Page, staff, cadre, login):
    login(phone, staff).goto("/me/")
    before = phone.evaluate("getComputedStyle(document.body).fontSize")
    phone.get_by_role("button", name="打开大字版").tap()
    expect(phone.get_by_role("button", name="换回普通字号")).to_be_visible()
    after = phone.evaluate("getComputedStyle(document.body).fontSize")
    assert (before, after) == ("16px", "19px")
    for address in ("/", "/me/", "/accounts/", "/accounts/new/", f"/accounts/{cadre.pk}/", "/me/password/"):
        phone.goto(address)
        assert fits(phone), address


def test_trail_and_not_found_fit_a_phone(phone: Page, auditor, login, problems):
    login(phone, auditor).goto("/audit/")
    assert fits(phone)
    phone.get_by_role("button", name="核对整条日志").tap()
    expect(phone.get_by_role("status")).to_contain_text("日志完整")
    phone.goto("/nothing-here/")
    expect(phone.get_by_role("heading", name="没有这个内容，或不归你管")).to_be_visible()
    # The browser reports the 404 of the page itself; nothing else may be wrong.
    assert [problem for problem in problems if "404" not in problem] == []
    problems.clear()


def test_not_allowed_and_not_found_have_no_fault_of_script_on_a_cadres_phone(phone: Page, cadre, login, problems):
    login(phone, cadre).goto("/audit/")
    expect(phone.get_by_role("heading", name="你的账号没有这项权限")).to_be_visible()
    phone.goto("/nothing-here/")
    expect(phone.get_by_role("heading", name="没有这个内容，或不归你管")).to_be_visible()
    assert [problem for problem in problems if "403" not in problem and "404" not in problem] == []
    problems.clear()


@pytest.mark.parametrize("width", [360, 720, 899, 900, 1024, 1280])
def test_frame_fits_every_width(open_page, staff, login, width):
    page = login(open_page(viewport={"width": width, "height": 740}), staff)
    page.goto("/me/")
    assert fits(page)
    assert page.get_by_label("底部菜单").is_visible() == (width < 900)


@pytest.mark.parametrize("address", ["/", "/me/", "/accounts/", "/accounts/new/"])
def test_every_target_of_a_phone_is_44_px_high(phone: Page, staff, cadre, login, address):
    login(phone, staff).goto(address)
    small = phone.evaluate(
        """[...document.querySelectorAll('.button, .bottom a, .input, select, .icon-button')]
        .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML)"""
    )
    assert small == []
