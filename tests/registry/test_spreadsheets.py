"""Formats told by content, hostile files, and where headers and rows are (interfaces, Layout; reliability S05)."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from registry.spreadsheets import Limits, Refused
from registry.spreadsheets import child as child_module
from registry.spreadsheets.child import ChildBook, open_book
from registry.spreadsheets.header import find_header, forms_of
from registry.spreadsheets.sniff import Format, sniff
from registry.spreadsheets.workbook import filled_down, open_here
from tests.sheets import csv_text, with_error_cell, xlsx

MESSY = Path(__file__).parents[1] / "rosters" / "messy"
TABLE = [["姓名", "证件号码"], ["张三", "500233197306159769"]]
TEXT = csv_text(*TABLE)
WORKBOOK = xlsx(TABLE)


def rows_of(data: bytes, index: int = 0) -> list[list]:
    book = open_book(data, sniff(data, Limits()))
    try:
        return list(book.rows(index))
    finally:
        book.close()


def refusal_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as caught:
        form = sniff(data, limits or Limits())
        book = open_book(data, form)
        try:
            list(book.rows(0))
        finally:
            book.close()
    return caught.value.code


def repacked(data: bytes, *, add: dict[str, bytes] | None = None, drop: str = "") -> bytes:
    """Return a zip with parts added and those whose name begins with `drop` left out."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if not (drop and name.startswith(drop)) and name not in (add or {}):
                target.writestr(name, source.read(name))
        for name, content in (add or {}).items():
            target.writestr(name, content)
    return output.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        csv_text(*[["name", "number"], ["a", "b"]]).encode("utf-16-le"),
        TEXT.encode("gb18030"),
        csv_text(*TABLE, delimiter="\t").encode("gb18030"),
        csv_text(*TABLE, delimiter=";").encode(),
        csv_text(*TABLE, delimiter="\t").encode("utf-16"),
    ],
)
def test_text_is_read_in_every_encoding_and_with_every_separator(data: bytes) -> None:
    rows = rows_of(data)
    assert rows in (TABLE, [["name", "number"], ["a", "b"]])


def test_rare_characters_of_gb18030_survive() -> None:
    assert rows_of(csv_text(["姓名", "村"], ["王䶮𠮷", "朱河"]).encode("gb18030"))[1] == ["王䶮𠮷", "朱河"]


def test_separator_inside_a_cell_is_not_the_separator() -> None:
    text = csv_text(["姓名", "村", "备注"], ["张三", "朱河", "a;b;c;d"], ["李四", "朱河", "e;f"])
    assert rows_of(text.encode())[1] == ["张三", "朱河", "a;b;c;d"]


def test_blank_lines_and_line_breaks_in_cells_count_as_the_spreadsheet_counts() -> None:
    rows = rows_of('姓名,备注\r\n\r\n张三,"第一行\n第二行"\r\n李四,\r\n'.encode())
    assert [row[0] if row else "" for row in rows] == ["姓名", "", "张三", "李四"]


def test_html_called_xls_is_read_with_its_spans() -> None:
    html = (
        "<html><head><meta charset='gb2312'></head><body><table><tr><td>标题</td></tr></table><table>"
        "<tr><th rowspan=2>姓名</th><th colspan=2>第一针</th></tr><tr><th>时间<th>厂家</tr>"
        "<tr><td>张&nbsp;三</td><td>2021-07-16<td>北京生物</tr></table></body></html>"
    )
    assert rows_of(html.encode("gb18030")) == [
        ["姓名", "第一针", ""],
        ["姓名", "时间", "厂家"],
        ["张\xa0三", "2021-07-16", "北京生物"],
    ]


def test_old_workbook_under_any_name_is_read() -> None:
    rows = rows_of((MESSY / "old.xls").read_bytes())
    assert rows[1][:4] == ["覃涛华", "500233198702229997", 1, (2021, 7, 5)]


def test_ods_is_read() -> None:
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        '<office:body><office:spreadsheet><table:table table:name="一">'
        '<table:table-row><table:table-cell office:value-type="string"><text:p>姓名</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    assert rows_of(output.getvalue()) == [["姓名", 12]]


def test_error_cell_comes_as_its_text() -> None:
    assert rows_of(with_error_cell(TABLE, 2, 2, "#N/A"))[1] == ["张三", "#N/A"]


def test_empty_rows_and_columns_before_the_table_keep_their_places() -> None:
    data = xlsx([[], [], [None, None, "姓名"], [None, None, "张三"]])
    assert rows_of(data)[2:] == [["", "", "姓名"], ["", "", "张三"]]


def test_cells_merged_downwards_repeat_their_value() -> None:
    data = xlsx([["村", "姓名"], ["朱河社区", "张三"], [None, "李四"], ["青岭村", "王五"]], merged=["A2:A3"])
    assert [row[0] for row in rows_of(data)] == ["村", "朱河社区", "朱河社区", "青岭村"]


def test_title_merged_sideways_is_not_repeated() -> None:
    assert list(filled_down([["一组", "", ""]], [(0, 0, 0, 2)])) == [["一组", "", ""]]


def test_hidden_rows_columns_and_sheets_are_read() -> None:
    workbook = load_workbook(io.BytesIO(xlsx(TABLE, [["x"]], names=["甲", "乙"])))
    workbook["甲"].row_dimensions[2].hidden = True
    workbook["甲"].column_dimensions["B"].hidden = True
    workbook["乙"].sheet_state = "hidden"
    output = io.BytesIO()
    workbook.save(output)
    book = open_here(output.getvalue(), Format.WORKBOOK)
    assert list(book.rows(0)) == TABLE
    assert [sheet.hidden for sheet in book.sheets] == [False, True]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \r\n\t\n",
        "这不是表格".encode() * 50,
        b"%PDF-1.4 ...",
        b"<?xml version='1.0'?><a>1,2</a>",
        b"<html><body>no table, really</body></html>",
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + b"\0" * 2000,
        bytes(range(256)) * 20,
        "姓名,村\n张".encode() + b"\xff\xfe\xff",
        xlsx(TABLE)[:-400],
        xlsx(TABLE)[:300],
    ],
)
def test_what_is_no_spreadsheet_is_refused_as_such(data: bytes) -> None:
    assert refusal_of(data) == "not_a_spreadsheet"


def test_word_document_is_no_spreadsheet() -> None:
    assert refusal_of(repacked(xlsx(TABLE), add={"word/document.xml": b"<w/>"}, drop="xl/")) == "not_a_spreadsheet"


def test_file_over_the_limit_is_too_large() -> None:
    assert refusal_of(TEXT.encode(), Limits(max_bytes=20)) == "too_large"


def test_size_is_asked_before_safety() -> None:
    assert refusal_of(xlsx(TABLE), Limits(max_bytes=20, max_unpacked_bytes=20)) == "too_large"


def test_workbook_that_unpacks_beyond_the_limit_is_unsafe() -> None:
    assert refusal_of(xlsx(TABLE), Limits(max_unpacked_bytes=2000)) == "unsafe"


def test_bomb_of_zeros_is_unsafe() -> None:
    bomb = repacked(xlsx(TABLE), add={"xl/media/a.bin": b"\0" * (40 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert refusal_of(bomb) == "unsafe"


def test_billion_laughs_are_unsafe() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    assert refusal_of(repacked(xlsx(TABLE), add={"xl/worksheets/sheet1.xml": laughs})) == "unsafe"


def test_sheet_that_claims_all_rows_and_columns_harms_only_its_reader() -> None:
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    assert refusal_of(repacked(xlsx(TABLE), add={"xl/worksheets/sheet1.xml": sheet})) == "unsafe"


def test_workbook_of_macros_only_is_unsafe_and_one_with_sheets_is_read() -> None:
    macros = {"xl/vbaProject.bin": b"x"}
    assert refusal_of(repacked(xlsx(TABLE), add=macros, drop="xl/worksheets/")) == "unsafe"
    assert rows_of(repacked(xlsx(TABLE), add=macros)) == TABLE


def test_formula_that_lives_by_another_file_is_unsafe() -> None:
    link = {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    assert refusal_of(repacked(xlsx([["姓名", "=[1]Sheet1!A1"]]), add=link)) == "unsafe"
    assert rows_of(repacked(xlsx(TABLE), add=link)) == TABLE


def test_locked_files_are_encrypted() -> None:
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    locked = container + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    assert refusal_of(locked) == "encrypted"
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
        archive.writestr("content.xml", "???")
    assert refusal_of(output.getvalue()) == "encrypted"


def test_nul_bytes_and_long_cells_do_no_harm() -> None:
    rows = rows_of(csv_text(["姓名", "村"], ["张\0三", "长" * 100_000]).encode())
    assert rows[1][0] == "张\0三"
    assert len(rows[1][1]) == 100_000


def test_unclosed_quote_is_refused_with_a_sentence() -> None:
    text = '姓名,村\n张三,"' + "长长长长长长长长\n" * 20_000
    with pytest.raises(Refused) as caught:
        rows_of(text.encode())
    assert "引号" in caught.value.sentence


def test_large_text_is_read_in_a_child() -> None:
    text = csv_text(["姓名", "村"], *[["张三", "朱河社区"]] * 60_000).encode()
    book = open_book(text, Format.TEXT)
    assert isinstance(book, ChildBook)
    assert sum(1 for _ in book.rows(0)) == 60_001
    book.close()


def test_child_that_dies_is_a_refusal_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    book = ChildBook(xlsx(TABLE), Format.WORKBOOK)
    process = book._process
    process.kill()
    with pytest.raises(Refused) as caught:
        list(book.rows(0))
    assert caught.value.code == "unsafe"
    assert process.returncode == -9


def test_child_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "ANSWER_SECONDS", 0.0)
    with pytest.raises(Refused):
        ChildBook(xlsx(TABLE), Format.WORKBOOK)


def test_rows_may_be_asked_for_twice() -> None:
    book = ChildBook(xlsx(TABLE), Format.WORKBOOK)
    assert list(book.rows(0)) == list(book.rows(0)) == TABLE
    book.close()


def test_heading_forms() -> None:
    assert forms_of(" 身份证号\n（18位）* ") == ("身份证号(18位)", "身份证号", "身份证号18位")
    assert forms_of("村（社区）：") == ("村(社区)", "村", "村社区")


KNOWN = {"姓名", "第一针时间", "第一针厂家", "第二针时间", "第一针", "第二针", "时间", "厂家"}


def header_of(rows: list[list], merged: list | None = None) -> tuple[int, int, list[str]] | None:
    found = find_header(
        rows,
        merged or [],
        is_known=KNOWN.__contains__,
        score=lambda headings: len(KNOWN.intersection(headings)) if "姓名" in headings else 0,
    )
    return (found.top, found.bottom, found.headings) if found else None


def test_header_below_titles_is_found() -> None:
    assert header_of([["标题"], [], ["姓名", "时间"], ["张三", "2021-07-16"]]) == (2, 2, ["姓名", "时间"])


@pytest.mark.parametrize("merged", [[(0, 1, 0, 2), (0, 3, 0, 4), (0, 0, 1, 0)], []])
def test_header_of_two_levels_is_put_together(merged: list) -> None:
    rows = [["姓名", "第一针", "", "第二针", ""], ["", "时间", "厂家", "时间", "厂家"], ["张三", "", "", "", ""]]
    top, bottom, headings = header_of(rows, merged)
    assert (top, bottom) == (0, 1)
    assert headings == ["姓名", "第一针时间", "第一针厂家", "第二针时间", "厂家"]


def test_row_of_data_is_no_second_level() -> None:
    assert header_of([["姓名", "时间"], ["时间", "厂家"]])[:2] == (0, 0)


def test_header_beyond_the_thirtieth_row_is_not_looked_for() -> None:
    assert header_of([["x"]] * 30 + [["姓名", "时间"]]) is None
    assert header_of([["x"]] * 29 + [["姓名", "时间"]])[:2] == (29, 29)


@given(
    st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)), st.sampled_from([b"", b"<html><table>"])
)
def test_no_bytes_break_the_text_readers(data: bytes, before: bytes) -> None:
    try:
        form = sniff(before + data, Limits())
        if form is not Format.WORKBOOK:
            list(open_here(before + data, form).rows(0))
    except Refused as refused:
        assert refused.sentence


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=8))
def test_no_damaged_zip_breaks_the_sniffer(place: int, noise: bytes) -> None:
    data = bytearray(WORKBOOK)
    data[place : place + len(noise)] = noise
    try:
        sniff(bytes(data), Limits())
    except Refused as refused:
        assert refused.code in {"not_a_spreadsheet", "unsafe", "encrypted"}
