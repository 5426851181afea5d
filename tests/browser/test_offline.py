"""The phone without signal, in Chromium: a wire that is really cut, pages closed and opened again."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from ledgers.models import Visit
from registry.models import Household, User
from tests.browser.conftest import PHONE
from tests.browser.wire import Wire
from tests.ledgers import make
from tests.ledgers.households import make_group, make_household

PIN = "280641"
HOME = "/"


@pytest.fixture
def wire(live_server: LiveServer) -> Iterator[Wire]:
    made = Wire(live_server.thread.host, live_server.thread.port)
    yield made
    made.close()


@pytest.fixture
def households(baiping) -> list[Household]:
    make.campaign()
    group = make_group(baiping, 3)
    return [make_household(group, n, head=head) for n, head in enumerate(("冉启华", "谭秀英", "向国强"), 1)]


@pytest.fixture
def context(chromium: Browser, wire: Wire) -> Iterator[BrowserContext]:
    """A phone of its own: what one page keeps, the next finds."""
    made = chromium.new_context(
        base_url=wire.url, locale="zh-CN", viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True
    )
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def enter(context: BrowserContext, wire: Wire) -> Callable[[User], Page]:
    """Log in by cookie and open the home page."""

    def as_user(user: User) -> Page:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": wire.url}])
        page = context.new_page()
        page.goto(HOME)
        return page

    return as_user


def _remember(page: Page) -> None:
    page.get_by_role("button", name="记住这部手机").tap()
    page.get_by_label("六位 PIN").fill(PIN)
    page.get_by_label("再输一次").fill(PIN)
    page.get_by_role("dialog").get_by_role("button", name="记住这部手机").tap()
    expect(page.get_by_role("status")).to_contain_text("没有信号也能用")


@pytest.fixture
def remembered(enter, cadre_baiping, households) -> Page:
    page = enter(cadre_baiping)
    _remember(page)
    return page


def _type_pin(page: Page, pin: str = PIN) -> None:
    page.get_by_label("六位 PIN").fill(pin)
    page.get_by_role("button", name="打开").tap()


def test_household_is_recorded_without_signal_and_arrives_with_it(remembered, context, wire, households):
    wire.cut()
    remembered.goto(HOME)
    expect(remembered.get_by_text("没有信号，看的是")).to_be_visible()
    remembered.get_by_text("冉启华户").tap()
    remembered.get_by_role("button", name="完成本户").tap()
    expect(remembered.get_by_role("status")).to_contain_text("存在这部手机里")
    expect(remembered.locator("#unsent")).to_contain_text("1 户未上传")
    remembered.close()
    page = context.new_page()
    page.goto(HOME)
    expect(page.locator("#unsent")).to_contain_text("1 户未上传")
    assert not Visit.objects.exists()
    wire.mend()
    page.goto("/field/unsent/")
    page.get_by_role("button", name="现在上传").tap()
    expect(page.get_by_role("heading", name="都已上传")).to_be_visible()
    assert Visit.objects.get().household == households[0]
