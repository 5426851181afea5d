"""The rosters of a street and of real offices, sent in through the pages as a person would."""

import json
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ledgers.models import RosterImport
from ledgers.summary import by_place, by_village
from registry.models import Resident
from registry.tasks import sweep_jobs
from tests.browser.looks import fits
from tests.ledgers import make
from tests.ledgers.pages import RESIDENTS, work
from tests.worker.conftest import worker  # noqa: F401

ROSTERS = Path(__file__).resolve().parent.parent / "rosters"
LEDGERS = ("in_scope", "completed", "incomplete", "waiting", "due", "overdue", "excused", "exempt", "unvaccinated")
COUNTS = ("rows", "created", "updated", "unchanged", "rejected", "conflicts", "doses_created")


def choose(page: Page, path: Path | dict, village: str = "") -> None:
    """Choose a file on the rosters page and send it."""
    page.goto("/rosters/")
    page.locator("input[type=file]").set_input_files(path)
    if village:
        page.get_by_label("没写村（社区）的行").select_option(village)
    page.get_by_role("button", name="上传并核对").click()
    page.wait_for_url("**/rosters/*/")


def let_it_be_read(page: Page) -> None:
    """Do the waiting jobs and look again; that the page finds out by itself has a test of its own."""
    work()
    page.reload()
    page.locator("#messages, .notice.over").first.wait_for()


def bring_in(page: Page, path: Path, village: str = "") -> RosterImport:
    """Send a file, have it read, approve it by a double click, have it written."""
    choose(page, path, village)
    let_it_be_read(page)
    approve = page.get_by_role("button", name="确认入库")
    if approve.count():
        approve.dblclick()
        page.get_by_role("heading", name="正在入库").first.wait_for()
        work()
        page.reload()
        page.get_by_role("heading", name="已入库").wait_for()
    return RosterImport.objects.latest("pk")


@pytest.mark.slow
def test_a_street_comes_in_and_its_ledgers_are_right(street, staff, login, pc: Page, settings):
    settings.TODAY = date(2021, 10, 31)
    campaign = make.campaign()
    login(pc, staff)
    for path in sorted((ROSTERS / "street").glob("[1-6]-*")):
        assert bring_in(pc, path).state == "done"
        expect(pc.get_by_role("heading", name="确认入库")).to_be_visible()
    expected = json.loads((ROSTERS / "street" / "expected.json").read_text(encoding="utf-8"))
    for on, blocks in expected.items():
        found = by_village(by_place(campaign, date.fromisoformat(on)))
        shown = {code: {name: getattr(found[code].all, name) for name in LEDGERS} for code in blocks["by village"]}
        assert shown == {code: {name: row[name] for name in LEDGERS} for code, row in blocks["by village"].items()}


@pytest.mark.slow
def test_messy_files_are_told_apart(street, staff, login, pc: Page, settings):
    settings.TODAY = date(2021, 8, 20)
    make.campaign()
    login(pc, staff)
    bring_in(pc, ROSTERS / "street" / "1-villages.xlsx")
    for case in json.loads((ROSTERS / "messy" / "expected.json").read_text(encoding="utf-8")):
        village = case["args"][1] if case["args"] else ""
        roster = bring_in(pc, ROSTERS / "messy" / case["file"], village)
        wanted = case["expect"]
        if "refused" in wanted:
            expect(pc.get_by_role("alert")).to_contain_text("没有写入任何数据")
            assert (case["file"], roster.refusal_code) == (case["file"], wanted["refused"])
            continue
        told = {name: roster.counts[name] for name in COUNTS if name in wanted}
        assert (case["file"], told) == (case["file"], {name: wanted[name] for name in told})
        figures = [value.inner_text().replace(",", "") for value in pc.locator(".roster-figures .value").all()[:4]]
        assert sum(map(int, figures)) == roster.counts["rows"]


def test_dropped_files_are_named_before_they_are_sent(street, baiping, staff, login, pc: Page):
    make.campaign()
    login(pc, staff).goto("/rosters/")
    two = [{"name": name, "mimeType": "text/csv", "buffer": RESIDENTS} for name in ("甲村.csv", "乙村.csv")]
    pc.locator("input[type=file]").set_input_files(two)
    expect(pc.get_by_text("甲村.csv")).to_be_visible()
    pc.get_by_role("button", name="上传 2 个文件并核对").click()
    expect(pc.get_by_text("收到 2 个文件")).to_be_visible()
    # The same bytes twice within a minute are one upload.
    assert RosterImport.objects.count() == 1


@pytest.mark.worker
def test_the_page_goes_on_by_itself_while_a_worker_reads_and_writes(worker, street, baiping, staff, login, pc: Page):  # noqa: F811
    make.campaign()
    login(pc, staff)
    choose(pc, {"name": "白坪村.csv", "mimeType": "text/csv", "buffer": RESIDENTS})
    pc.get_by_role("button", name="确认入库 2 行").click()
    undo = pc.get_by_role("button", name="撤销本次导入")
    for _ in range(6):
        if undo.count():
            break
        pc.wait_for_timeout(5_000)
        # As beat does each minute: a message lost on a busy machine delays a job and never loses it.
        sweep_jobs()
    expect(undo).to_be_visible()
    assert Resident.objects.count() == 2


@pytest.mark.parametrize("screen", ["phone", "pc"])
def test_pages_of_an_import_fit_the_screen(screen, request, street, baiping, staff, login):
    make.campaign()
    page = login(request.getfixturevalue(screen), staff)
    choose(page, {"name": "白坪村.csv", "mimeType": "text/csv", "buffer": RESIDENTS})
    narrow = [fits(page)]
    let_it_be_read(page)
    for path in ("", "layout/"):
        page.goto(f"/rosters/{RosterImport.objects.get().pk}/{path}")
        narrow.append(fits(page))
    for path in ("/rosters/", "/conflicts/", "/unplaced/", "/plan/", "/plan/phases/", "/plan/targets/"):
        page.goto(path)
        narrow.append(fits(page))
    assert narrow == [True] * 9


def test_tabs_change_in_place_and_can_be_gone_back_from(street, baiping, staff, login, pc: Page):
    make.campaign()
    login(pc, staff)
    choose(pc, {"name": "白坪村.csv", "mimeType": "text/csv", "buffer": RESIDENTS})
    let_it_be_read(pc)
    expect(pc.get_by_role("cell", name="秦桂英")).to_be_visible()
    pc.get_by_role("link", name="待归类 1").click()
    expect(pc.get_by_role("cell", name="谭秀英")).to_be_visible()
    pc.go_back()
    expect(pc.get_by_role("cell", name="秦桂英")).to_be_visible()


def test_discarding_asks_first(street, baiping, staff, login, pc: Page):
    make.campaign()
    login(pc, staff)
    choose(pc, {"name": "白坪村.csv", "mimeType": "text/csv", "buffer": RESIDENTS})
    let_it_be_read(pc)
    pc.get_by_role("button", name="放弃这次导入").click()
    pc.get_by_role("button", name="不了").click()
    assert RosterImport.objects.get().state == "preview"
    pc.get_by_role("button", name="放弃这次导入").click()
    pc.get_by_role("button", name="放弃导入").click()
    expect(pc.get_by_text("没有写入任何数据").first).to_be_visible()
    assert RosterImport.objects.get().state == "discarded"
