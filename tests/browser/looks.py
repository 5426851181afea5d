"""What is wrong with the looks of a page, asked only of a page that has loaded.

A press that leads to another page returns when that page begins, when it may not hold a single element yet.
"""

from django.conf import settings
from playwright.sync_api import Page

AXE = settings.BASE_DIR / "tests" / "vendor" / "axe-core-4.14.1" / "axe.min.js"
RUN = """async () => {
  const found = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa"], resultTypes: ["violations"] });
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes[0].target} ${one.nodes[0].html.slice(0, 160)}`);
}"""


def fits(page: Page) -> bool:
    """Whether nothing makes the page scroll sideways.

    Beside the screen's width, not the window's: a phone's browser widens its window to what it is given.
    """
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= screen.width")


def faults(page: Page) -> list[str]:
    """Serious faults of accessibility (axe-core, WCAG 2 A and AA): rule, where, the element."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN)
