"""Our own ledgers sent back: handed out by the export, filled in as villages do, read again."""

import io
from datetime import date, datetime

import pytest
from django.core.files.base import ContentFile
from openpyxl import load_workbook

from ledgers.followups.words import day_promised
from ledgers.models import Dose, Exemption, Reason, RosterImport
from ledgers.rosters import actions
from ledgers.rosters.undoing import undo
from registry.accounts import system_user
from registry.jobs import run_now
from registry.models import Resident
from reports.exports.ledger_files import order_export
from reports.exports.order import Terms
from reports.lists.asked import Asked
from reports.lists.people import Question
from reports.models import Export
from tests.factories import make_resident
from tests.ledgers import make
from tests.sheets import identity_number

ON = date(2021, 8, 20)
RAN, TAN, QIN = (identity_number(birth, 920) for birth in ("19540302", "19800101", "19730615"))
UNVACCINATED = "unvaccinated"


@pytest.fixture(autouse=True)
def campaign(street, baiping, huanggu, settings):
    settings.TODAY = ON
    return make.campaign()


@pytest.fixture
def people(campaign, baiping):
    made = [
        make_resident(baiping, name, birth_on=birth, number=number, phone=phone, residency="local")
        for name, birth, number, phone in (
            ("冉启华", date(1954, 3, 2), RAN, "13800001111"),
            ("谭秀英", date(1980, 1, 1), TAN, ""),
            ("秦桂英", date(1973, 6, 15), QIN, ""),
        )
    ]
    return {one.name: one for one in made}


def handed_out(campaign, user, ledger=UNVACCINATED):
    """The sheet as a village gets it, to be written into."""
    export = order_export(
        Question(Asked(ledger=ledger, on=ON), campaign, user), terms=Terms("村（社区）核对名单"), by=user
    )
    run_now(export.job)
    return load_workbook(Export.objects.get(pk=export.pk).file.path)


def columns(sheet):
    return {cell.value: cell.column for row in sheet.iter_rows(min_row=3, max_row=4) for cell in row if cell.value}


def write(book, name, **filled):
    sheet = book["台账"]
    at = columns(sheet)
    line = next(row for row in range(5, sheet.max_row + 1) if sheet.cell(row, at["姓名"]).value == name)
    for heading, value in filled.items():
        sheet.cell(line, at[heading]).value = value


def send(campaign, book, *, by=None, kind="", name="台账三.xlsx"):
    stream = io.BytesIO()
    book.save(stream)
    file = ContentFile(stream.getvalue(), name=name)
    return actions.import_now(file, campaign=campaign, by=by or system_user(), source="roster", kind=kind)


def counts(decided):
    return {name: decided.counts[name] for name in ("rows", "created", "updated", "unchanged", "rejected")}


def reasons():
    return {
        one.resident.name: (one.code, one.note, one.promised_on) for one in Reason.objects.select_related("resident")
    }


def test_the_key_column_is_hidden_and_tells_nothing(campaign, people, staff):
    sheet = handed_out(campaign, staff)["台账"]
    at = columns(sheet)["行标识（勿删勿改）"]
    assert sheet.column_dimensions[sheet.cell(3, at).column_letter].hidden
    keys = {sheet.cell(row, at).value for row in range(5, 8)}
    assert len(keys) == 3
    assert not any(number[-8:] in key for key in keys for number in (RAN, TAN, QIN))


def test_untouched_ledger_changes_nothing(campaign, people, staff):
    Reason.objects.create(resident=people["冉启华"], campaign=campaign, code="51", entry=make.entry())
    decided = send(campaign, handed_out(campaign, staff))
    assert (decided.plan.kind, counts(decided)) == (
        "followup", {"rows": 3, "created": 0, "updated": 0, "unchanged": 3, "rejected": 0},
    )  # fmt: skip
    assert reasons() == {"冉启华": ("51", "", None)}


def test_what_changed_here_meanwhile_is_not_undone_by_an_untouched_row(campaign, people, staff):
    reason = Reason.objects.create(resident=people["冉启华"], campaign=campaign, code="51", entry=make.entry())
    book = handed_out(campaign, staff)
    reason.code = "4"
    reason.save()
    assert counts(send(campaign, book))["unchanged"] == 3
    assert reasons() == {"冉启华": ("4", "", None)}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("怀孕", "2"), ("打工", "51"), ("在外已打", "52"), ("卧床", "8"), ("不同意", "4"), ("打不通", "6"),
        ("儿女不让打，子女不同意", "44"), ("过敏体质", "1"), ("外出未种", "51"), ("41", "41"), ("下次再说", "10"),
        ("去广东了", "51"), ("去世了", "10"), ("7月在深圳打了第一针", "52"), ("在家没打过", "10"),
    ],
)  # fmt: skip
def test_usual_words_become_reason_codes_and_never_more(campaign, people, staff, words, code):
    book = handed_out(campaign, staff)
    write(book, "冉启华", 未接种原因=words)
    assert counts(send(campaign, book))["updated"] == 1
    assert reasons()["冉启华"][0] == code
    assert (Dose.objects.count(), Exemption.objects.count()) == (0, 0)


@pytest.mark.parametrize(("word", "code"), [("禁忌", "1"), ("缓种", "2")])
def test_ticked_exemption_is_only_awaiting_its_proof(campaign, people, staff, word, code):
    book = handed_out(campaign, staff)
    write(book, "冉启华", **{"是否禁忌/缓种": word})
    send(campaign, book)
    assert (reasons()["冉启华"][0], Exemption.objects.count()) == (code, 0)


def test_promise_note_caretaker_and_phone_are_taken(campaign, people, staff):
    book = handed_out(campaign, staff)
    write(
        book,
        "冉启华",
        预计接种时间=datetime(2021, 8, 30),
        动员情况="上门说通了",
        包保责任人="冉红梅",
        联系电话="13900003333",
    )
    assert counts(send(campaign, book))["updated"] == 1
    assert reasons()["冉启华"] == ("7", "上门说通了", date(2021, 8, 30))
    person = Resident.objects.get(pk=people["冉启华"].pk)
    assert person.caretaker == "冉红梅"
    assert sorted(person.phones.values_list("number", flat=True)) == ["13800001111", "13900003333"]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("8月25日打", date(2021, 8, 25)),
        ("25号来打", date(2021, 8, 25)),
        ("约好3号去卫生院", date(2021, 9, 3)),
        ("已约25号", date(2021, 8, 25)),
        ("8月18日打", None),
        ("8月20日打了", None),
        ("20号已打", None),
        ("8月40日打", None),
        ("25号或26号打", None),
        ("25号赶场", None),
        ("3月5日去打", None),
    ],
)
def test_day_within_the_words_is_a_promise_only_when_it_lies_ahead(words, day):
    assert day_promised(words, ON) == day


def test_day_promised_in_the_efforts_is_taken_with_them(campaign, people, staff):
    book = handed_out(campaign, staff)
    write(book, "冉启华", 动员情况="25号来打")
    assert counts(send(campaign, book))["updated"] == 1
    assert reasons()["冉启华"] == ("7", "25号来打", date(2021, 8, 25))
    assert Dose.objects.count() == 0


def test_a_refusal_ends_the_day_promised_before(campaign, people, staff):
    promised = {"code": "7", "promised_on": date(2021, 8, 18)}
    Reason.objects.create(resident=people["冉启华"], campaign=campaign, entry=make.entry(), **promised)
    book = handed_out(campaign, staff)
    write(book, "冉启华", 未接种原因="不愿意")
    send(campaign, book)
    assert reasons()["冉启华"] == ("4", "", None)


def test_rows_deleted_and_sorted_are_known_by_their_keys(campaign, people, staff):
    book = handed_out(campaign, staff)
    write(book, "秦桂英", 未接种原因="打工")
    sheet = book["台账"]
    first, last = ([cell.value for cell in sheet[row]] for row in (5, 7))
    for column, (one, other) in enumerate(zip(first, last, strict=True), start=1):
        sheet.cell(5, column).value, sheet.cell(7, column).value = other, one
    sheet.delete_rows(6)
    assert counts(send(campaign, book)) == {"rows": 2, "created": 0, "updated": 1, "unchanged": 1, "rejected": 0}
    assert reasons()["秦桂英"][0] == "51"


def test_columns_moved_and_deleted_are_read_by_their_headings(campaign, people, staff):
    book = handed_out(campaign, staff)
    write(book, "秦桂英", 未接种原因="卧床")
    sheet = book["台账"]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.delete_cols(columns(sheet)["户籍地址"])
    moved = columns(sheet)["未接种原因"]
    cells = [sheet.cell(row, moved).value for row in range(1, sheet.max_row + 1)]
    sheet.delete_cols(moved)
    sheet.insert_cols(1)
    for row, value in enumerate(cells, start=1):
        sheet.cell(row, 1).value = value
    assert counts(send(campaign, book))["updated"] == 1
    assert reasons()["秦桂英"][0] == "8"


def test_untouched_ledger_without_the_hidden_column_changes_nothing(campaign, people, staff, cadre_baiping):
    # The ledger names the cadre of the place, whom no person's own record names.
    book = handed_out(campaign, staff)
    sheet = book["台账"]
    assert sheet.cell(5, columns(sheet)["包保责任人"]).value == cadre_baiping.name
    sheet.delete_cols(columns(sheet)["行标识（勿删勿改）"])
    assert counts(send(campaign, book))["updated"] == 0


def test_rows_sorted_without_the_hidden_column_are_refused_not_mistaken(campaign, people, staff):
    book = handed_out(campaign, staff)
    write(book, "秦桂英", 未接种原因="打工")
    sheet = book["台账"]
    at = columns(sheet)["行标识（勿删勿改）"]
    one, other = sheet.cell(5, at).value, sheet.cell(6, at).value
    sheet.cell(5, at).value, sheet.cell(6, at).value = other, one
    decided = send(campaign, book)
    assert counts(decided)["rejected"] == 2
    assert {message.code for message, _, _ in decided.plan.messages} == {"row_swapped"}


def test_ledger_without_its_keys_is_known_by_name_and_masked_number(campaign, people, staff):
    book = handed_out(campaign, staff)
    write(book, "秦桂英", 未接种原因="打工")
    book["台账"].delete_cols(columns(book["台账"])["行标识（勿删勿改）"])
    assert counts(send(campaign, book, kind="followup")) == {
        "rows": 3, "created": 0, "updated": 1, "unchanged": 2, "rejected": 0,
    }  # fmt: skip


def test_ledger_with_full_numbers_is_known_by_them(campaign, people, staff):
    book = handed_out(campaign, staff)
    sheet = book["台账"]
    sheet.delete_cols(columns(sheet)["行标识（勿删勿改）"])
    at = columns(sheet)
    for row in range(5, 8):
        name = sheet.cell(row, at["姓名"]).value
        sheet.cell(row, at["身份证号码"]).value = people[name].documents.get().number
    write(book, "冉启华", 未接种原因="怀孕")
    assert counts(send(campaign, book, kind="followup"))["updated"] == 1
    assert reasons() == {"冉启华": ("2", "怀孕", None)}


def test_row_nobody_is_meant_by_is_rejected(campaign, people, staff):
    book = handed_out(campaign, staff)
    sheet = book["台账"]
    at = columns(sheet)
    sheet.cell(5, at["行标识（勿删勿改）"]).value = "k" + "A" * 72
    sheet.cell(5, at["姓名"]).value = "查无人"
    decided = send(campaign, book)
    assert [message.code for message, _, _ in decided.plan.messages] == ["person_unknown"]


def test_cadre_fills_in_its_own_village_only(campaign, people, staff, cadre_huanggu):
    book = handed_out(campaign, staff)
    write(book, "冉启华", 未接种原因="打工")
    decided = send(campaign, book, by=cadre_huanggu)
    assert (counts(decided)["rejected"], Reason.objects.count()) == (3, 0)


def test_ledger_sent_back_twice_changes_nothing_more(campaign, people, staff):
    book = handed_out(campaign, staff)
    write(book, "冉启华", 未接种原因="打工", 动员情况="说年底回来")
    send(campaign, book)
    book["台账"]["A1"].value = "再发一遍"
    assert counts(send(campaign, book)) == {"rows": 3, "created": 0, "updated": 0, "unchanged": 3, "rejected": 0}


def test_sending_back_is_undone(campaign, people, staff):
    Reason.objects.create(resident=people["冉启华"], campaign=campaign, code="8", note="卧床", entry=make.entry())
    book = handed_out(campaign, staff)
    write(book, "冉启华", 未接种原因="不愿意", 联系电话="13900003333", 包保责任人="冉红梅")
    write(book, "秦桂英", 未接种原因="打工")
    send(campaign, book)
    undo(RosterImport.objects.latest("pk"), by=staff)
    assert reasons() == {"冉启华": ("8", "卧床", None)}
    person = Resident.objects.get(pk=people["冉启华"].pk)
    assert (person.caretaker, person.phones.count()) == ("", 1)


def test_ledger_two_is_read_under_its_two_level_header(campaign, people, staff):
    make.dose(people["冉启华"], "06-01", campaign=campaign)
    make.stand(campaign)
    book = handed_out(campaign, staff, "incomplete")
    sheet = book["台账"]
    sheet.cell(5, columns(sheet)["未种原因"]).value = "在外打工"
    decided = send(campaign, book, name="台账二.xlsx")
    assert (decided.plan.kind, counts(decided)["updated"]) == ("followup", 1)
    assert reasons()["冉启华"][0] == "51"
