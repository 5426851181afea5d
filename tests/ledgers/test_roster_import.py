"""The rosters to develop against, through the command: counts as `tests/rosters` expects them."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from ledgers.models import Dose, RosterImport, RosterMessage
from ledgers.rosters import actions, plan
from registry.accounts import system_user
from registry.commands import Refusal
from registry.models import AuditEntry, Resident
from tests.ledgers import make
from tests.ledgers.importing import ANNA, BERT, CARL, LONG, WIDE, bring, campaign, codes, counts, who

__all__ = ["campaign"]

ROSTERS = Path(__file__).parents[1] / "rosters"
KEYS = ("rows", "created", "updated", "unchanged", "rejected", "unassigned", "conflicts", "doses_created")


def run(path: Path, *args: str) -> dict[str, Any]:
    answer = StringIO()
    call_command("import_roster", str(path), *args, "--json", stdout=answer, stderr=StringIO())
    return json.loads(answer.getvalue())


def figures(path: Path) -> tuple[int, ...]:
    found = run(path)
    return tuple(found[key] for key in KEYS)


@pytest.mark.django_db
@pytest.mark.parametrize("chunk", [plan.CHUNK_ROWS, 3])
def test_messy_rosters_give_what_is_expected(settings, monkeypatch, chunk):
    monkeypatch.setattr(plan, "CHUNK_ROWS", chunk)
    settings.TODAY = make.day("2021-08-20")
    make.campaign()
    run(ROSTERS / "street" / "1-villages.xlsx")
    for case in json.loads((ROSTERS / "messy" / "expected.json").read_text(encoding="utf-8")):
        expected = dict(case["expect"])
        if "refused" in expected:
            with pytest.raises(Refusal) as refusal:
                run(ROSTERS / "messy" / case["file"])
            assert refusal.value.code == expected["refused"]
            continue
        found = run(ROSTERS / "messy" / case["file"], *case["args"])
        codes = [error["code"] for error in found["errors"]]
        assert {code: codes.count(code) for code in expected.pop("codes", {})} == case["expect"].get("codes", {})
        assert {key: found[key] for key in expected} == expected
        assert found["rows"] == sum(found[key] for key in ("created", "updated", "unchanged", "rejected"))


@pytest.mark.django_db
@pytest.mark.slow
def test_street_rosters_in_their_order_and_again(settings):
    settings.TODAY = make.day("2021-10-31")
    make.campaign()
    files = sorted((ROSTERS / "street").glob("[1-6]-*"))
    first = [figures(path) for path in files]
    assert first == [
        (8, 8, 0, 0, 0, 0, 0, 0),
        (7, 7, 0, 0, 0, 0, 0, 0),
        (2000, 2000, 0, 0, 0, 20, 0, 0),
        (1458, 0, 1458, 0, 0, 0, 0, 2534),
        (2534, 0, 2534, 0, 0, 0, 0, 0),
        (121, 121, 0, 0, 0, 0, 0, 0),
    ]
    again = [figures(path) for path in files]
    assert again == [(rows, 0, 0, rows, 0, 0, 0, 0) for rows, *_ in first]


def test_the_document_has_exactly_the_keys_of_the_contract(campaign):
    document = run(ROSTERS / "messy" / "known0.xlsx")
    assert list(document) == ["file", "kind", "sheet", "header_row", *KEYS, "warnings", "errors"]
    assert (document["file"], document["kind"], document["header_row"]) == ("known0.xlsx", "doses_long", 1)


def test_dry_run_keeps_nothing(campaign):
    document = run(ROSTERS / "messy" / "known0.xlsx", "--dry-run")
    assert (document["created"], document["doses_created"]) == (4, 4)
    assert not Resident.objects.exists()
    assert not RosterImport.objects.exists()


@pytest.mark.parametrize(
    ("args", "code"),
    [(["--by", "nobody"], "unknown_user"), (["--village", "999999999999"], "unknown_village"),
     (["--campaign", "none"], "unknown_campaign")],
)  # fmt: skip
def test_command_refuses_what_it_does_not_know(campaign, args, code):
    with pytest.raises(Refusal) as refusal:
        run(ROSTERS / "messy" / "known0.xlsx", *args)
    assert refusal.value.code == code


def test_missing_file_is_refused(campaign):
    with pytest.raises(Refusal) as refusal:
        run(ROSTERS / "no such file.xlsx")
    assert refusal.value.code == "not_found"


def _people(count: int) -> list[list]:
    from tests.sheets import identity_number

    numbers = (identity_number(f"19{60 + n % 40}0{1 + n % 9}1{n % 9}", 900 + n % 99) for n in range(9 * count))
    unique = list(dict.fromkeys(numbers))[:count]
    assert len(unique) == count
    return [WIDE, *([f"人{n}", number, "朱河社区", "2021-06-01", "北京生物", "2021-07-01", "北京生物"]
                    for n, number in enumerate(unique))]  # fmt: skip


def test_query_count_is_the_same_at_10_and_1000_rows(campaign, monkeypatch):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    monkeypatch.setattr(plan, "CHUNK_ROWS", 4000)
    bring(campaign, *_people(5))
    asked = []
    for size in (10, 1000):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            bring(campaign, *_people(size))
        asked.append(len([q for q in queries if "INSERT INTO" not in q["sql"]]))
    assert asked[0] == asked[1]


def test_preview_says_what_approval_then_does(campaign):
    from django.core.files.base import ContentFile

    from ledgers.rosters.pipeline import decide
    from tests.sheets import csv_text

    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    rows = [LONG, ["甄安", ANNA, "2", "2021-08-10", "北京生物"], ["白贝", BERT, "1", "2021-08-10", "北京生物"]]
    file = ContentFile(csv_text(*rows).encode(), name="两人.csv")
    roster = actions.keep(file, campaign=campaign, by=system_user(), source="roster")
    actions.preview(roster, lambda *_: None)
    roster.refresh_from_db()
    assert (roster.state, roster.counts["created"], roster.counts["updated"]) == ("preview", 1, 1)
    before, after = roster.effects["before"], roster.effects["after"]
    assert (before["incomplete"], after["incomplete"]) == (1, 1)
    assert (before["completed"], after["completed"], after["in_scope"]) == (0, 1, 2)
    assert Dose.objects.count() == 1
    assert actions.approve(roster, by=system_user())
    assert not actions.approve(roster, by=system_user())
    decided = actions.write(roster, lambda *_: None)
    roster.refresh_from_db()
    assert (roster.state, counts(decided)) == ("done", counts(decided))
    assert roster.counts == decided.counts
    assert actions.write(roster, lambda *_: None) is None
    assert decide is not None
    assert Dose.objects.count() == 3
    assert AuditEntry.objects.filter(action="roster.import").count() == 2


def test_what_changed_between_preview_and_approval_is_decided_anew(campaign):
    from django.core.files.base import ContentFile

    from tests.sheets import csv_text

    rows = [LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"]]
    file = ContentFile(csv_text(*rows).encode(), name="一人.csv")
    roster = actions.keep(file, campaign=campaign, by=system_user(), source="roster")
    actions.preview(roster, lambda *_: None)
    bring(campaign, [*LONG, "备注"], [*rows[1], ""])
    roster.refresh_from_db()
    actions.approve(roster, by=system_user())
    actions.write(roster, lambda *_: None)
    roster.refresh_from_db()
    assert (roster.counts["created"], roster.counts["unchanged"]) == (0, 1)
    assert roster.effects["announced"]["created"] == 1
    assert Dose.objects.count() == 1


def test_discarded_roster_is_not_written(campaign):
    from django.core.files.base import ContentFile

    from tests.sheets import csv_text

    file = ContentFile(csv_text(LONG, ["甄安", ANNA, "1", "2021-07-10", ""]).encode(), name="x.csv")
    roster = actions.keep(file, campaign=campaign, by=system_user(), source="roster")
    actions.preview(roster, lambda *_: None)
    assert actions.discard(roster, by=system_user())
    assert not actions.approve(roster, by=system_user())
    assert actions.write(roster, lambda *_: None) is None
    assert not Resident.objects.exists()


def test_chosen_columns_are_read_and_remembered_for_the_sender(campaign):
    from django.core.files.base import ContentFile

    from tests.sheets import csv_text

    def roster_of(*rows: list) -> RosterImport:
        file = ContentFile(csv_text(["姓名", "身份证号", "他处"], *rows).encode(), name="x.csv")
        roster = actions.keep(file, campaign=campaign, by=system_user(), source="roster")
        actions.preview(roster, lambda *_: None)
        roster.refresh_from_db()
        return roster

    roster = roster_of(["甄安", ANNA, "朱河街1号"])
    assert roster.layout["columns"][2]["field"] == ""
    actions.rechoose(roster, kind="residents", columns={"2": "address"}, by=system_user())
    roster.refresh_from_db()
    actions.preview(roster, lambda *_: None)
    roster.refresh_from_db()
    assert roster.layout["columns"][2]["field"] == "address"
    assert roster_of(["白贝", BERT, "朱河街2号"]).layout["columns"][2]["field"] == "address"


def test_rejected_rows_come_back_with_cells_row_number_and_reason(campaign):
    import io

    from openpyxl import load_workbook

    bad = ["=1+1", "50023319730615901", "1", "2021-07-10", "北京生物"]
    decided = bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"], bad)
    assert decided.counts["rejected"] == 1
    sheet = load_workbook(io.BytesIO(actions.rejected_rows_workbook(RosterImport.objects.get()))).active
    heading, row = list(sheet.iter_rows(values_only=True))
    assert heading == ("原行号", *LONG, "退回原因")
    assert row[:6] == ("3", *bad)
    assert "18" in row[6]
    assert all(cell.data_type == "s" for cell in sheet[2])
    assert RosterMessage.objects.filter(level="error").count() == 1


PERSON = ["姓名", "证件号码", "出生日期", "村"]


def test_row_without_a_number_finds_who_came_with_one_before(campaign):
    rows = [
        ["冉启华", ANNA, "", "朱河社区"], ["谭秀英", BERT, "", "朱河社区"],
        ["冉启华", "", "1973-06-15", "朱河社区"], ["秦大明", CARL, "", "朱河社区"],
    ]  # fmt: skip
    decided = bring(campaign, PERSON, *rows, kind="residents")
    assert (counts(decided), codes(decided)) == ({"rows": 4, "created": 3, "unchanged": 1}, [(4, "duplicate_row")])


def test_row_with_a_number_finds_who_came_without_one_before(campaign):
    rows = [
        ["冉启华", "", "1973-06-15", "朱河社区"], ["谭秀英", BERT, "", "朱河社区"],
        ["冉启华", ANNA, "", "朱河社区"], ["冉启华", ANNA, "", "朱河社区"],
    ]  # fmt: skip
    decided = bring(campaign, PERSON, *rows, kind="residents")
    assert counts(decided) == {"rows": 4, "created": 2, "updated": 1, "unchanged": 1}
    assert who(ANNA).name == "冉启华"
