"""Chromium against a live server: phone and PC pages on which any error at all fails the test."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from registry.models import User
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
