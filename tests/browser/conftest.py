"""Chromium against a live server: phone and PC pages on which any error at all fails the test."""

import os
from collections.abc import Callable, Iterator
from threading import Condition

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from registry.models import Household, Place, User
from tests.browser.wire import Wire
from tests.factories import make_resident
from tests.ledgers import make
from tests.ledgers.households import make_group, make_household
from tests.machine import CHROMIUM_FLAGS, find_chromium

PHONE = {"width": 360, "height": 740}
PC = {"width": 1440, "height": 900}


# Milliseconds; only a failure takes so long. Stretching a PIN and starting a worker take their time on a busy machine.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives Chromium; where a busy machine was the reason, the second try passes, and it is printed."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker("browser")
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium found (install chromium, or set CHROMIUM to its path)")
    # Playwright keeps an event loop running in this thread; the ORM is used between its calls, never within.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class _InFlight:
    """How many requests the process is answering; the live server answers in threads of its own."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._number = 0
        # Strongly: a weak reference to a bound method would end at once.
        request_started.connect(self._begin, weak=False)
        request_finished.connect(self._end, weak=False)

    def _begin(self, **_: object) -> None:
        self._add(1)

    def _end(self, **_: object) -> None:
        self._add(-1)

    def _add(self, number: int) -> None:
        with self._changed:
            self._number += number
            self._changed.notify_all()

    def wait(self) -> None:
        """Wait until the last answer is given, a few seconds at most."""
        with self._changed:
            self._changed.wait_for(lambda: self._number <= 0, timeout=5)


IN_FLIGHT = _InFlight()


@pytest.fixture
def problems() -> list[str]:
    """What went wrong on the pages of a test; a test that provokes an error takes it out again."""
    return []


@pytest.fixture
def open_page(chromium: Browser, live_server: LiveServer, problems: list[str]) -> Iterator[Callable[..., Page]]:
    """Open pages that write console errors, page errors and requests to other hosts into `problems`."""
    contexts = []

    def open_it(**options) -> Page:
        context = chromium.new_context(base_url=live_server.url, locale="zh-CN", **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        _watch(page, live_server.url, problems)
        return page

    yield open_it
    for context in contexts:
        context.close()
    # The tables are emptied next, and would lock with a page's last request.
    IN_FLIGHT.wait()
    assert problems == []


def _watch(page: Page, own: str, problems: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((own, "data:", "blob:")):
            problems.append(f"request to another host: {request.url}")

    page.on("console", on_console)
    page.on("request", on_request)
    page.on("pageerror", lambda error: problems.append(f"script error: {error}"))


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    return open_page(viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True)


@pytest.fixture
def pc(open_page: Callable[..., Page]) -> Page:
    return open_page(viewport=PC)


@pytest.fixture
def login(live_server: LiveServer) -> Callable[[Page, User], Page]:
    """Log an account in by its session cookie, without the login page."""

    def login_as(page: Page, user: User) -> Page:
        client = Client()
        client.force_login(user, backend="registry.backends.AccountBackend")
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return page

    return login_as


# A phone of the field, behind a wire that can be cut.
PIN = "280641"
SURVEY = "/survey/"


@pytest.fixture
def wire(live_server: LiveServer) -> Iterator[Wire]:
    made = Wire(live_server.thread.host, live_server.thread.port)
    yield made
    made.close()


@pytest.fixture
def households(baiping) -> list[Household]:
    make.campaign()
    group = make_group(baiping, 3)
    return [make_door(group, n, head) for n, head in enumerate(("冉启华", "谭秀英", "向国强"), 1)]


def make_door(group: Place, sequence: int, head: str) -> Household:
    """A household of one."""
    household = make_household(group, sequence, head=head)
    make_resident(group, head, household=household, relation="本人")
    return household


@pytest.fixture
def context(chromium: Browser, wire: Wire) -> Iterator[BrowserContext]:
    """A phone of its own: what one page keeps, the next finds."""
    made = chromium.new_context(
        base_url=wire.url, locale="zh-CN", viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True
    )
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()
    IN_FLIGHT.wait()


@pytest.fixture
def enter(context: BrowserContext, wire: Wire) -> Callable[[User], Page]:
    """Log in by cookie and open the home page."""

    def as_user(user: User) -> Page:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": wire.url}])
        page = context.new_page()
        page.goto(SURVEY)
        return page

    return as_user


def remember_phone(page: Page) -> None:
    page.get_by_role("button", name="记住这部手机").tap()
    page.get_by_label("六位 PIN").fill(PIN)
    page.get_by_label("再输一次").fill(PIN)
    page.get_by_role("dialog").get_by_role("button", name="记住这部手机").tap()
    expect(page.get_by_role("status")).to_contain_text("没有信号也能用")


@pytest.fixture
def remembered(enter, cadre_baiping, households) -> Page:
    page = enter(cadre_baiping)
    remember_phone(page)
    return page


# As if the answer had been lost on the way. Where the page itself was quicker and took the entry, it is put back.
SEND_THRICE = """async () => {
  const receipts = [];
  for (let n = 0; n < 9 && receipts.length < 3; n += 1) {
    await field.vault.write(["entries"], (store) => store("entries").put(window.entry));
    receipts.push(...(await field.queue.send()).receipts);
  }
  return receipts;
}"""
