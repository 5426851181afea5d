"""The fixtures themselves: an error on a page must be noticed, or every browser test is worth nothing."""

from playwright.sync_api import Page

from tests.browser.looks import fits


def test_a_page_watches_for_errors_and_foreign_requests(pc: Page, live_server, problems: list[str]) -> None:
    pc.goto("/static/css/no-such-file.css")
    pc.evaluate("() => { setTimeout(() => { throw new Error('broken') }, 0) }")
    pc.evaluate("() => fetch('http://127.0.0.1:9/elsewhere').catch(() => null)")
    pc.wait_for_timeout(200)
    kinds = {problem.partition(":")[0] for problem in problems}
    problems.clear()
    assert kinds == {"console", "script error", "request to another host"}


def test_a_page_wider_than_a_phone_is_told(phone: Page, live_server) -> None:
    phone.goto("/login/")
    assert fits(phone)
    phone.evaluate("document.body.lastElementChild.style.minWidth = '400px'")
    assert not fits(phone)
