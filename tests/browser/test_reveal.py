"""A masked number in Chromium: asked for with a reason, shown in its place, hidden again after 30 seconds."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from registry.models import AuditEntry
from tests.factories import make_number, make_resident

NUMBER = make_number()


@pytest.fixture
def page_with_number(baiping, cadre_baiping, login):
    """Put the part that lists use into a page of the cadre, as a list would."""

    def put(page: Page) -> Page:
        resident = make_resident(baiping, "冉启华", number=NUMBER, phone="13900006032")
        parts = [
            _part(resident.pk, "number", f"****{NUMBER[-2:]}"),
            _part(resident.pk, "phone", "****6032"),
        ]
        page.clock.install()
        login(page, cadre_baiping).goto("/me/")
        page.evaluate(
            """(html) => {
                document.querySelector("main .card").insertAdjacentHTML("beforeend", html);
                htmx.process(document.body);
            }""",
            "".join(parts),
        )
        return page

    return put


def _part(pk: int, what: str, shown: str) -> str:
    url = f"/residents/{pk}/reveal/?what={what}"
    context = {"pk": pk, "what": what, "shown": shown, "allowed": True, "url": url, "user": AnonymousUser()}
    return render_to_string("parts/reveal.html", context)


def _ask(page: Page, what: str, reason: str) -> None:
    page.get_by_label(f"查看完整{what}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"看冉启华的{what}")
    dialog.get_by_label(reason).check()
    dialog.get_by_role("button", name=f"看{what}").click()
    expect(dialog).to_be_hidden()
    # Its clock runs from here.
    expect(page.locator("[data-revealed]")).to_have_count(0)


def test_number_is_shown_for_thirty_seconds_and_left_in_the_trail(pc: Page, page_with_number):
    page = page_with_number(pc)
    _ask(page, "证件号", "核对接种记录")
    expect(page.get_by_text(NUMBER)).to_be_visible()
    page.clock.fast_forward(29_000)
    expect(page.get_by_text(NUMBER)).to_be_visible()
    page.clock.fast_forward(2_000)
    expect(page.get_by_text(NUMBER)).to_be_hidden()
    expect(page.get_by_text(f"****{NUMBER[-2:]}")).to_be_visible()
    assert AuditEntry.objects.get(action="resident.reveal").detail == {"what": "number", "reason": "records"}


def test_number_can_be_asked_for_again(pc: Page, page_with_number):
    page = page_with_number(pc)
    for _ in range(2):
        _ask(page, "证件号", "本人来电查询")
        page.clock.fast_forward(31_000)
        expect(page.get_by_text(NUMBER)).to_be_hidden()
    assert AuditEntry.objects.filter(action="resident.reveal").count() == 2


def test_reason_is_asked_for_and_no_is_an_answer(phone: Page, page_with_number):
    page = page_with_number(phone)
    page.get_by_label("查看完整证件号").tap()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="看证件号").tap()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="不看了").tap()
    expect(dialog).to_be_hidden()
    assert not AuditEntry.objects.filter(action="resident.reveal").exists()


def test_phone_is_shown_as_a_link_to_dial(phone: Page, page_with_number):
    page = page_with_number(phone)
    _ask(page, "电话", "更正人员资料")
    expect(page.get_by_role("link", name="13900006032")).to_have_attribute("href", "tel:13900006032")
