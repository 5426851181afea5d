"""The phone without signal, in Chromium: a wire that is really cut, pages closed and opened again."""

import random
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from ledgers.models import Visit
from registry.actions import disable_account, reset_password
from registry.models import Device, Household, Role, RoleGrant, User
from tests.browser.conftest import PIN, SEND_THRICE, SURVEY, make_door, remember_phone
from tests.ledgers.households import make_group

TODAY = "/today/"


def _type_pin(page: Page, pin: str = PIN) -> None:
    page.get_by_label("六位 PIN").fill(pin)
    page.get_by_role("button", name="打开").tap()


def test_household_is_recorded_without_signal_and_arrives_with_it(remembered, context, wire, households):
    wire.cut()
    remembered.goto(TODAY)
    expect(remembered.get_by_text("没有信号，看的是")).to_be_visible()
    expect(remembered.get_by_role("heading", name="今天要办")).to_be_visible()
    remembered.get_by_label("底部菜单").get_by_text("入户").tap()
    remembered.get_by_text("冉启华户").tap()
    _fill_in(remembered)
    expect(remembered.locator("#unsent")).to_contain_text("1 户未上传")
    remembered.close()
    page = context.new_page()
    page.goto(SURVEY)
    expect(page.locator("#unsent")).to_contain_text("1 户未上传")
    assert not Visit.objects.exists()
    wire.mend()
    page.goto("/field/unsent/")
    page.get_by_role("button", name="现在上传").tap()
    expect(page.get_by_role("heading", name="都已上传")).to_be_visible()
    assert Visit.objects.get().household == households[0]


def test_what_the_phone_keeps_is_nowhere_readable(remembered, wire):
    wire.cut()
    remembered.goto(SURVEY)
    kept = remembered.evaluate(EVERYTHING_KEPT)
    assert kept["records"] >= 2
    assert "冉启华" not in kept["text"] and "ranhongmei" not in kept["text"] and "户主" not in kept["text"]
    assert "wuyang-field" in kept["databases"]


# All records of the browser's storage, bytes read as text, and every cached page.
EVERYTHING_KEPT = """async () => {
  const read = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
    ? new TextDecoder().decode(value)
    : value && typeof value === "object" ? Object.values(value).map(read).join(" ") : String(value);
  let text = JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage}), records = 0;
  const databases = (await indexedDB.databases()).map((one) => one.name);
  for (const name of databases) {
    const db = await idb.openDB(name);
    for (const store of db.objectStoreNames) {
      for (const value of await db.getAll(store)) { text += read(value); records += 1; }
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) text += request.url + await (await cache.match(request)).text();
  }
  return { text, records, databases };
}"""


def test_page_closed_asks_for_the_pin_before_it_shows_anything(remembered, context, wire):
    wire.cut()
    page = _opened_later(remembered, context)
    expect(page.get_by_role("heading", name="输入 PIN")).to_be_visible()
    expect(page.get_by_text("冉启华").first).to_be_hidden()
    _type_pin(page)
    expect(page.get_by_text("冉启华").first).to_be_visible()


def _opened_later(page: Page, context: BrowserContext, address: str = SURVEY) -> Page:
    """Close the page, wait until nothing of it runs any more, and open it again."""
    page.evaluate("field.forget()")
    page.close()
    later = context.new_page()
    later.goto(address)
    return later


def test_wrong_pin_five_times_wipes_the_phone(remembered, context, wire, households):
    wire.cut()
    _record(remembered, households[0])
    page = _opened_later(remembered, context)
    for left in (4, 3, 2, 1):
        _type_pin(page, "111119")
        expect(page.get_by_role("alert")).to_contain_text(f"还可以试 {left} 次")
    page.reload()
    _type_pin(page, "111119")
    expect(page.get_by_role("alert")).to_contain_text("都已清空")
    assert page.evaluate(EVERYTHING_KEPT)["records"] == 0
    page.reload()
    expect(page.get_by_text("这部手机里没有存名单")).to_be_visible()


def test_right_pin_begins_the_count_anew(remembered, context, wire):
    wire.cut()
    page = _opened_later(remembered, context)
    for _ in range(4):
        _type_pin(page, "111119")
        expect(page.get_by_role("button", name="打开")).to_be_enabled()
    _type_pin(page)
    expect(page.get_by_text("冉启华").first).to_be_visible()
    assert page.evaluate("field.vault.record().then((record) => record.tries)") == 0


def _record(page: Page, household: Household) -> None:
    """Record a household in the shell, without signal."""
    page.goto(_card(household))
    _fill_in(page)


def _card(household: Household) -> str:
    return f"/survey/households/{household.pk}/"


def _fill_in(page: Page) -> None:
    page.locator("label.rest").tap()
    page.get_by_role("button", name="完成本户").tap()
    expect(page.get_by_role("status")).to_contain_text("存在这部手机里")


@pytest.mark.parametrize("hours", [49, -1])
def test_names_are_gone_after_48_hours_and_after_the_clock_was_set_back(remembered, context, wire, households, hours):
    wire.cut()
    _record(remembered, households[0])
    page = context.new_page()
    page.clock.set_fixed_time(datetime.now() + timedelta(hours=hours))
    page.goto(SURVEY)
    expect(page.get_by_text("名单超过48小时")).to_be_visible()
    assert page.evaluate("field.vault.database().then((db) => db.count('pages'))") == 0
    page.goto("/field/unsent/")
    expect(page.get_by_text("只能上传，不能再看")).to_be_visible()
    expect(page.locator("#field")).not_to_contain_text("冉启华")
    wire.mend()
    page.get_by_role("button", name="现在上传").tap()
    expect(page.get_by_role("heading", name="都已上传")).to_be_visible()
    assert Visit.objects.count() == 1


def test_names_are_still_there_after_47_hours(remembered, context, wire):
    wire.cut()
    page = context.new_page()
    page.clock.set_fixed_time(datetime.now() + timedelta(hours=47))
    page.goto(SURVEY)
    expect(page.get_by_text("冉启华").first).to_be_visible()


def test_account_disabled_wipes_the_phone_at_the_first_contact(
    remembered, context, wire, staff, cadre_baiping, households
):
    wire.cut()
    _record(remembered, households[0])
    disable_account(cadre_baiping, by=staff)
    wire.mend()
    page = _opened_later(remembered, context)
    _type_pin(page)
    expect(page.get_by_role("heading", name="这部手机的登录已停用")).to_be_visible()
    assert page.evaluate("field.vault.database().then((db) => db.count('pages'))") == 0
    wire.cut()
    page.goto(_card(households[0]))
    expect(page.locator("#field")).not_to_contain_text("冉启华")
    assert not Visit.objects.exists()


def test_right_withdrawn_wipes_the_phone_although_the_session_lives(remembered, wire, cadre_baiping, households):
    RoleGrant.objects.filter(user=cadre_baiping).update(role=Role.AUDITOR, place=None)
    found = remembered.evaluate("field.contact.refresh()")
    assert found == {"withdrawn": True}
    assert remembered.evaluate("field.vault.database().then((db) => db.count('pages'))") == 0


def test_unsent_entries_outlive_a_new_password_and_arrive_after_the_login(
    remembered, context, wire, staff, cadre_baiping, households, enter
):
    wire.cut()
    _record(remembered, households[0])
    reset_password(cadre_baiping, by=staff)
    User.objects.filter(pk=cadre_baiping.pk).update(must_change_password=False)
    wire.mend()
    page = _opened_later(remembered, context)
    _type_pin(page)
    # Refused by the server, the phone gives up its secret; who taps faster than that does so at the next contact.
    expect(page.get_by_role("heading", name="这部手机的登录已停用")).to_be_visible()
    assert page.evaluate("field.vault.record().then((kept) => kept.secret)") is None
    page.get_by_role("link", name="用账号密码登录").tap()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.evaluate("field.forget()")
    cadre_baiping.refresh_from_db()
    page = enter(cadre_baiping)
    page.locator("#unsent").tap()
    _type_pin(page)
    expect(page.get_by_role("heading", name="都已上传")).to_be_visible()
    assert Visit.objects.get().household == households[0]
    # The first contact has remembered the phone again, under the same PIN.
    assert Device.objects.filter(ended_at__isnull=True).count() == 1
    assert page.evaluate("field.vault.record().then((kept) => kept.secret)") is not None


def test_login_by_password_replaces_a_secret_that_may_be_dead(remembered, wire, enter, cadre_baiping, context):
    device = Device.objects.get()
    # Ended while the phone lay in a drawer; the password opens a session that names no phone.
    Device.objects.update(ended_at=device.created_at)
    page = enter(cadre_baiping)
    assert page.evaluate("field.contact.refresh().then((found) => found.remembered)") is False
    assert Device.objects.filter(ended_at__isnull=True).count() == 1
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    later = _opened_later(page, context, "/me/")
    _type_pin(later)
    expect(later.get_by_role("heading", name="我的", exact=True)).to_be_visible()


def test_logout_with_unsent_entries_asks_first_and_then_wipes(remembered, wire, households):
    remembered.goto("/me/")
    wire.cut()
    remembered.evaluate(
        "(pk) => field.key().then((key) => field.queue.save(key, { household: pk, fields: [] }, '3组'))",
        households[0].pk,
    )
    remembered.get_by_role("button", name="退出登录").last.tap()
    dialog = remembered.get_by_role("dialog")
    expect(dialog).to_contain_text("还有 1 户没有上传")
    wire.mend()
    dialog.get_by_role("button", name="仍要退出").tap()
    expect(remembered.get_by_role("heading", name="登录")).to_be_visible()
    assert remembered.evaluate(EVERYTHING_KEPT)["records"] == 0
    assert Device.objects.get().ended_at is not None


def test_other_account_on_the_same_phone_sees_nothing_of_the_first(remembered, enter, cadre_huanggu, wire):
    page = enter(cadre_huanggu)
    page.goto("/me/")
    expect(page.get_by_text("这部手机记着另一个账号的资料")).to_be_visible()
    page.evaluate("field.key()")
    wire.cut()
    page.goto("/me/")
    expect(page.locator("#field")).not_to_contain_text("秦大勇")


def test_phone_without_the_pin_opens_no_kept_page_when_never_remembered(enter, cadre_baiping, households, wire):
    page = enter(cadre_baiping)
    page.get_by_role("button", name="以后再说").tap()
    page.reload()
    expect(page.get_by_role("button", name="记住这部手机")).to_be_hidden()
    assert page.evaluate(EVERYTHING_KEPT)["records"] == 0


@pytest.mark.parametrize("pin, again, words", [
    ("12345", "12345", "六位数字"), ("123456", "123456", "太好猜"), ("777777", "777777", "太好猜"),
    (PIN, "280642", "不一样"),
])  # fmt: skip
def test_weak_or_mistyped_pin_is_refused(enter, cadre_baiping, households, pin, again, words):
    page = enter(cadre_baiping)
    page.get_by_role("button", name="记住这部手机").tap()
    page.get_by_label("六位 PIN").fill(pin)
    page.get_by_label("再输一次").fill(again)
    page.get_by_role("dialog").get_by_role("button", name="记住这部手机").tap()
    expect(page.get_by_role("alert")).to_contain_text(words)
    assert not Device.objects.exists()


def test_session_that_ended_opens_again_with_the_pin_alone(remembered, context):
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page = _opened_later(remembered, context, "/me/")
    _type_pin(page)
    expect(page.get_by_role("heading", name="我的", exact=True)).to_be_visible()


def test_entry_sent_three_times_counts_once(remembered, wire, households):
    wire.cut()
    _record(remembered, households[0])
    remembered.evaluate("field.queue.entries().then((entries) => { window.entry = entries[0]; })")
    wire.mend()
    receipts = remembered.evaluate(SEND_THRICE)
    assert len(receipts) == 3 and len(set(receipts)) == 1
    assert Visit.objects.count() == 1


@pytest.mark.slow
def test_200_households_arrive_once_each_through_a_wire_that_is_cut(enter, cadre_baiping, households, wire, baiping):
    group = make_group(baiping, 4)
    more = [make_door(group, n, f"户主{n}") for n in range(1, 198)]
    page = enter(cadre_baiping)
    remember_phone(page)
    wire.cut()
    page.goto(SURVEY)
    expect(page.get_by_text("户主197户")).to_be_visible()
    keys = [one.pk for one in [*households, *more]]
    random.Random(17).shuffle(keys)
    assert page.evaluate(FILL_IN_ALL, keys) == 200
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/field/send/") else None)
    wire.mend()
    # While entries go up, while an answer comes back, and both once more.
    wire.cut_after((6_000, True), (700, False), (9_000, True), (900, False))
    for _ in range(4):
        page.evaluate("field.queue.send()")
    assert wire.cuts == 4
    assert page.evaluate("field.queue.entries().then((entries) => entries.length)") == 0
    assert sorted(Visit.objects.values_list("household", flat=True)) == sorted(keys)
    # Ten at once; what was cut went again.
    assert len(sent) > 20


# Each card opened, its form filled in and sent by its button, as fingers would, only faster.
FILL_IN_ALL = """async (keys) => {
  for (const pk of keys) {
    history.pushState(null, "", `/survey/households/${pk}/`);
    await field.reopen();
    document.querySelector("form[data-household] [value=same]").click();
    const saved = new Promise((resolve) => document.addEventListener("field:saved", resolve, { once: true }));
    document.querySelector("form[data-household] [value=visited]").click();
    await saved;
  }
  return (await field.queue.entries()).length;
}"""
