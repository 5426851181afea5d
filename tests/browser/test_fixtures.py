"""The fixtures themselves: an error on a page must be noticed, or every browser test is worth nothing."""

from playwright.sync_api import Page


def test_a_page_watches_for_errors_and_foreign_requests(pc: Page, live_server, problems: list[str]) -> None:
    pc.goto("/static/css/no-such-file.css")
    pc.evaluate("() => { setTimeout(() => { throw new Error('broken') }, 0) }")
    pc.evaluate("() => fetch('http://127.0.0.1:9/elsewhere').catch(() => null)")
    pc.wait_for_timeout(200)
    kinds = {problem.partition(":")[0] for problem in problems}
    problems.clear()
    assert kinds == {"console", "script error", "request to another host"}
