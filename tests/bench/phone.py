"""`python -m tests.bench.phone URL USER PASSWORD`: a slow phone on a slow network, as figures; never a test.

Chromium at 360 × 640, the CPU six times slower, 400 kbit/s and 400 ms. Against a site that is running,
such as `make demo`. For each page: seconds until its button can be pressed, requests and bytes until then.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from tests.machine import CHROMIUM_FLAGS, find_chromium

SLOW_CPU = 6
NETWORK = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
PIN = "280641"


@dataclass
class Traffic:
    """Requests begun, and bytes on the wire, since the last reset."""

    requests: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def watch(self, session: CDPSession) -> None:
        session.on("Network.requestWillBeSent", self._begun)
        session.on("Network.requestServedFromCache", lambda event: self.requests.pop(event["requestId"], None))
        session.on("Network.loadingFinished", self._ended)

    def _begun(self, event: dict) -> None:
        if event["request"]["url"].startswith("http"):
            self.requests[event["requestId"]] = event["request"]["url"]

    def _ended(self, event: dict) -> None:
        self.size += int(event["encodedDataLength"])


def slow_page(context: BrowserContext) -> tuple[Page, Traffic]:
    page = context.new_page()
    session = context.new_cdp_session(page)
    traffic = Traffic()
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
    traffic.watch(session)
    return page, traffic


def measure(name: str, page: Page, traffic: Traffic, act: Callable[[], object], ready: str) -> None:
    """Print how long it takes until `ready` is there and the scripts have run."""
    traffic.requests.clear()
    traffic.size = 0
    began = time.perf_counter()
    act()
    page.locator(ready).first.wait_for()
    # Not by an expression: the pages' own policy lets nobody evaluate text.
    page.wait_for_load_state("domcontentloaded")
    page.locator("html.scripted").wait_for(state="attached")
    seconds = time.perf_counter() - began
    print(f"{name:<44} {seconds:5.2f} s  {len(traffic.requests):2} requests  {traffic.size / 1000:6.1f} kB", flush=True)
    for address in traffic.requests.values():
        print(f"    {address}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("username")
    parser.add_argument("password")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        context = browser.new_context(
            base_url=options.url, viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True, locale="zh-CN"
        )
        context.set_default_timeout(60_000)
        _log_in(context, options.username, options.password)
        _first_and_next(context)
        browser.close()


def _log_in(context: BrowserContext, username: str, password: str) -> None:
    """In another page, unmeasured; then what the browser kept of it is thrown away."""
    page = context.new_page()
    page.goto("/login/?password=1")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(password)
    page.locator("form[data-once] button.solid").click()
    page.locator("nav.bottom").wait_for()
    session = context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    page.close()


def _first_and_next(context: BrowserContext) -> None:
    page, traffic = slow_page(context)
    measure("入户, first open", page, traffic, lambda: page.goto("/survey/", wait_until="commit"), "nav.bottom a")
    page.wait_for_load_state("load")
    links = page.locator('main a[href*="/survey/places/"]')
    # All of them: a small street may have no door left to go to.
    group = f"{links.first.get_attribute('href')}?only=all"
    measure("households of a group", page, traffic, lambda: page.goto(group, wait_until="commit"), "nav.bottom a")
    page.wait_for_load_state("load")
    card = page.locator('main a[href*="/survey/households/"]').first.get_attribute("href") or ""
    measure("household card", page, traffic, lambda: page.goto(card, wait_until="commit"), "form.visit [value=visited]")
    page.wait_for_load_state("load")
    measure("今天要办", page, traffic, lambda: page.goto("/today/", wait_until="commit"), "nav.bottom a")


if __name__ == "__main__":
    main()
