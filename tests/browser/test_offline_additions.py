"""Somebody new and a new household, entered in Chromium behind a wire that is cut, arrive once each."""

import pytest
from playwright.sync_api import Page, expect

from ledgers.models import Addition, Handover
from registry.models import Household, Resident
from tests.browser.conftest import SEND_THRICE, SURVEY
from tests.factories import make_number, make_resident


def _card(household: Household) -> str:
    return f"/survey/households/{household.pk}/"


def _fill_in(page: Page, **said: str) -> None:
    for name, value in said.items():
        page.locator(f"[name={name}]").fill(value)


def _add_member(page: Page, household: Household, **said: str) -> None:
    page.goto(_card(household))
    page.get_by_role("link", name="添加家庭成员").tap()
    expect(page.get_by_role("heading", name="添加家庭成员")).to_be_visible()
    _fill_in(page, **said)
    page.get_by_role("button", name="添加到这一户").tap()


def test_new_member_is_entered_without_signal_and_arrives_with_it(remembered, wire, households):
    number = make_number()
    wire.cut()
    _add_member(remembered, households[0], name="向小妹", number=number, relation="儿媳")
    expect(remembered.locator("#unsent")).to_contain_text("1 人未上传")
    expect(remembered.get_by_text("冉启华户：新成员向小妹，未上传")).to_be_visible()
    assert number not in remembered.evaluate(ALL_KEPT)
    assert not Resident.objects.filter(name="向小妹").exists()
    wire.mend()
    _send_all(remembered)
    added = households[0].members.get(name="向小妹")
    assert (added.documents.get().number, added.relation) == (number, "儿媳")
    assert number not in remembered.evaluate(ALL_KEPT)


# Whatever lies in the phone's storage, bytes read as text.
ALL_KEPT = """async () => {
  const read = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
    ? new TextDecoder().decode(value)
    : value && typeof value === "object" ? Object.values(value).map(read).join(" ") : String(value);
  const db = await field.vault.database();
  const found = await Promise.all([...db.objectStoreNames].map((name) => db.getAll(name)));
  return read(found) + JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage});
}"""


def _send_all(page: Page) -> None:
    page.goto("/field/unsent/")
    page.get_by_role("button", name="现在上传").tap()
    expect(page.get_by_role("heading", name="都已上传")).to_be_visible()


def test_new_household_with_its_people_is_entered_without_signal(remembered, context, wire, households):
    wire.cut()
    remembered.goto(SURVEY)
    remembered.get_by_role("link", name="添加一户").tap()
    _fill_in(remembered, name="罗玉兰", birth_on="1958-03-02", address="老供销社楼上")
    remembered.locator("[name=place]").select_option(label="3组")
    remembered.get_by_role("button", name="添加这一户").tap()
    # On with the family, at once; the page closed and opened again, too.
    expect(remembered.get_by_text("新的一户：罗玉兰户")).to_be_visible()
    _fill_in(remembered, name="罗军", birth_on="1981-09-09", relation="儿子")
    remembered.get_by_role("button", name="添加到这一户").tap()
    expect(remembered.locator("[data-added]")).to_contain_text("新成员罗军")
    expect(remembered.locator("#unsent")).to_contain_text("1 户、1 人未上传")
    page = context.new_page()
    remembered.close()
    page.goto(SURVEY)
    page.get_by_role("link", name="新的一户：罗玉兰户").tap()
    _fill_in(page, name="罗小妹", birth_on="2007-01-05", relation="孙女")
    page.get_by_role("button", name="添加到这一户").tap()
    expect(page.locator("#unsent")).to_contain_text("1 户、2 人未上传")
    wire.mend()
    _send_all(page)
    made = Household.objects.get(head="罗玉兰")
    assert (made.place.name, made.sequence, made.address) == ("3组", 4, "老供销社楼上")
    assert sorted(made.members.values_list("name", flat=True)) == ["罗军", "罗小妹", "罗玉兰"]


def test_entries_sent_three_times_count_once(remembered, wire, households):
    wire.cut()
    _add_member(remembered, households[0], name="向小妹", birth_on="1990-05-01")
    expect(remembered.locator("#unsent")).to_contain_text("1 人未上传")
    # Another page, on which nothing is on its way.
    remembered.goto("/field/unsent/")
    remembered.evaluate("field.queue.entries().then((entries) => { window.entry = entries[0]; })")
    wire.mend()
    receipts = remembered.evaluate(SEND_THRICE)
    assert receipts == [Addition.objects.get().receipt] * 3
    assert Resident.objects.filter(name="向小妹").count() == 1


@pytest.mark.parametrize(
    "number, words", [("5002331990050112", "不是18位"), ("500233199005011234", "校验不通过"), ("", "要写一个")]
)
def test_number_that_cannot_be_is_said_at_the_door(remembered, wire, households, number, words):
    wire.cut()
    _add_member(remembered, households[0], name="向小妹", number=number)
    expect(remembered.get_by_role("alert")).to_contain_text(words)
    assert remembered.evaluate("field.queue.entries().then((entries) => entries.length)") == 0


def test_refused_newcomer_is_put_right_on_the_phone_and_sent_again(remembered, wire, households):
    number = make_number()
    make_resident(households[1].place, "谭小妹", household=households[1], number=number)
    wire.cut()
    _add_member(remembered, households[0], name="向小妹", number=number)
    expect(remembered.locator("#unsent")).to_contain_text("1 人未上传")
    wire.mend()
    remembered.goto("/field/unsent/")
    remembered.get_by_role("button", name="现在上传").tap()
    expect(remembered.get_by_text("这个号码登记的是别的姓名")).to_be_visible()
    expect(remembered.locator("#unsent")).to_contain_text("1 人等你看一下")
    remembered.get_by_role("link", name="改好再传").tap()
    expect(remembered.locator("[name=number]")).to_have_value(number)
    right = make_number()
    _fill_in(remembered, number=right)
    remembered.get_by_role("button", name="添加到这一户").tap()
    expect(remembered.locator("#unsent")).to_be_hidden()
    assert households[0].members.get(name="向小妹").documents.get().number == right


def test_who_is_on_another_villages_list_is_asked_for_from_the_tray(remembered, wire, households, huanggu):
    number = make_number()
    make_resident(huanggu, "向小妹", number=number)
    wire.cut()
    _add_member(remembered, households[0], name="向小妹", number=number)
    expect(remembered.locator("#unsent")).to_contain_text("1 人未上传")
    wire.mend()
    remembered.goto("/field/unsent/")
    remembered.get_by_role("button", name="现在上传").tap()
    remembered.get_by_role("button", name="请对方移交给白坪村").tap()
    expect(remembered.get_by_role("heading", name="都已上传")).to_be_visible()
    assert Handover.objects.get().resident.village_code == huanggu.pk


def test_with_signal_the_receipt_follows_at_once_and_errors_stand_beside_their_field(remembered, households):
    number = make_number()
    make_resident(households[1].place, "谭小妹", household=households[1], number=number)
    _add_member(remembered, households[0], name="向小妹", number=number)
    expect(remembered.get_by_text("这个号码登记的是别的姓名")).to_be_visible()
    expect(remembered.locator("[name=name]")).to_have_value("向小妹")
    assert remembered.evaluate("field.queue.entries().then((entries) => entries.length)") == 0
    _fill_in(remembered, number=make_number())
    remembered.get_by_role("button", name="添加到这一户").tap()
    expect(remembered.get_by_role("status")).to_contain_text("已收到，回执号")
    expect(remembered.get_by_role("heading", name="冉启华户")).to_be_visible()
    assert households[0].members.filter(name="向小妹").exists()


def test_what_is_being_filled_in_stays_when_the_signal_comes_back(remembered, wire, households):
    wire.cut()
    remembered.goto(_card(households[0]))
    remembered.get_by_role("link", name="添加家庭成员").tap()
    _fill_in(remembered, name="向小妹")
    wire.mend()
    with remembered.expect_response("**/field/bundle/**"):
        remembered.evaluate("window.dispatchEvent(new Event('online')); field.contact.refresh()")
    expect(remembered.locator("[name=name]")).to_have_value("向小妹")
