"""The daily briefing as Word: sentences made from the figures, a chart, the table of villages, lines to sign."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from reports.briefing.charts import Chart, Series, add_chart
from reports.briefing.sentences import parts_of, rate, signed
from reports.briefing.small import given
from reports.briefing.stamp import Stamp
from reports.briefing.table import Line, Report
from reports.briefing.words import percent_words, small_words, until_words
from reports.exports.cells import safe_cell

BODY, HEADING = "仿宋", "黑体"
NUMERALS = "一二三四五六七八九"
FULL_BLUE, FIRST_BLUE = "1D5FA6", "A9C8E8"
# Narrow columns of figures on a sheet of A4 across.
_HEADINGS = (
    "名次", "村（社区）", "目标任务数", "第一针新增", "第一针累计", "第一针接种率", "还差（人）", "全程累计",
    "全程接种率", "间隔未到", "到期可种", "超期未种", "脱失率", "应种未种", "禁忌缓种", "联村领导",
)  # fmt: skip
_WIDTHS = (10, 24, 16, 15, 17, 19, 16, 17, 19, 15, 15, 15, 17, 15, 15, 20)


def write_document(report: Report, stamp: Stamp) -> bytes:
    """Return the briefing as .docx."""
    document = Document()
    _set_up(document, report, stamp)
    _head(document, report, stamp)
    for number, part in enumerate(parts_of(report)):
        _paragraph(document, f"{NUMERALS[number]}、{part.title}", HEADING, indent=True)
        _paragraph(document, part.text, indent=True)
    if stamp.correction:
        _correction(document, stamp)
    if any(line.coverage.first_rate is not None for line in report.villages):
        add_chart(document, rates_chart(report), Mm(156), Mm(min(30 + 7 * len(report.villages), 215)), 1)
    _sign(document)
    _table_section(document, report)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def rates_chart(report: Report) -> Chart:
    """First dose and full course per village, in the order of their ranks."""
    lines = [line for line in report.ranked if line.coverage.first_rate is not None]
    return Chart(
        title=f"各村（社区）接种率（目标 {percent_words(report.demands.goal_rate)}）",
        categories=[line.name for line in lines],
        series=[
            Series("第一针接种率", [round(float(line.coverage.first_rate), 4) for line in lines], FIRST_BLUE),
            Series("全程接种率", [round(float(line.coverage.full_rate), 4) for line in lines], FULL_BLUE),
        ],
    )


def _set_up(document: Doc, report: Report, stamp: Stamp) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = (
        Mm(27),
        Mm(27),
        Mm(30),
        Mm(25),
    )
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = Pt(26)
    properties = document.core_properties
    properties.title, properties.subject = f"{report.campaign['name']}日报", stamp.number
    properties.author = report.figures["where"]
    properties.comments = "只含汇总数，不含个人信息"
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(footer.add_run(f"{stamp.number}　{until_words(report)}　第 "), "宋体", 9)
    _page_number(footer)
    _font(footer.add_run(" 页"), "宋体", 9)


def _head(document: Doc, report: Report, stamp: Stamp) -> None:
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(34)
    run = _font(title.add_run(f"{report.campaign['name']}日报"), "宋体", 20)
    run.bold, run.font.color.rgb = True, RGBColor(0xA9, 0x2B, 0x1D)
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(line.add_run(f"{stamp.words}　　{report.figures['where']}　　{until_words(report)}"), BODY, 12)
    _border_below(line)


def _correction(document: Doc, stamp: Stamp) -> None:
    _paragraph(document, f"更正说明（更正 {stamp.correction}）", HEADING, indent=True)
    said = "；".join(f"{one.place}{one.what}原报 {one.old}，更正为 {one.new}" for one in stamp.changed)
    _paragraph(document, f"原因：{stamp.reason}。{said}。", indent=True)


def _sign(document: Doc) -> None:
    _paragraph(document, "填报：　　　　　　审核：　　　　　　签发：", indent=True)


def _paragraph(document: Doc, text: str, font: str = BODY, *, indent: bool = False) -> Paragraph:
    paragraph = document.add_paragraph()
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(28)
    if font == HEADING:
        paragraph.paragraph_format.keep_with_next = True
    _font(paragraph.add_run(safe_cell(text)), font, 14)
    return paragraph


def _font(run: Run, name: str, size: float) -> Run:
    run.font.name, run.font.size = name, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
    return run


def _table_section(document: Doc, report: Report) -> None:
    """The table on a sheet of A4 across, its heading repeated on each page."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(14)
    section.top_margin, section.bottom_margin = Mm(16), Mm(14)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(title.add_run("村（社区）进度表（常住口径）"), HEADING, 14)
    rows = [_cells(report, line) for line in (*report.lines, *report.districts, report.total)]
    table = document.add_table(rows=1 + len(rows), cols=len(_HEADINGS))
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Mm(width)
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for number, cells in enumerate([_HEADINGS, *rows]):
        _fill(table, number, cells, bold=number in (0, len(rows)))
    _repeat(table)
    note = document.add_paragraph()
    note.paragraph_format.line_spacing = Pt(14)
    _font(note.add_run(_note(report)), "宋体", 8)


def _note(report: Report) -> str:
    heading = report.campaign["census_heading"] or "普查常住人口"
    return f"接种率＝接种人数÷{heading}；合计按总数重算。{small_words(report)}"


def _cells(report: Report, line: Line) -> Sequence[str]:
    cover, permanent, few = line.coverage, line.permanent, report.campaign["small_cell"]
    numbers: list[int | str | None] = [
        line.rank, line.name, cover.goal, signed(line.new[0].total), cover.first_dose, _rate(cover.first_rate),
        line.judged_gap, cover.full, _rate(cover.full_rate), given(line, "waiting", few), permanent.due,
        permanent.overdue, _rate(cover.dropout_rate), given(line, "unvaccinated", few), given(line, "exempt", few),
        line.leader,
    ]  # fmt: skip
    return ["—" if cell is None else f"{cell:,}" if isinstance(cell, int) else cell for cell in numbers]


def _rate(value: object) -> str:
    return rate(value)


def _fill(table: Table, number: int, cells: Sequence[str], *, bold: bool) -> None:
    # Asking a row for its cells is dear: once a row.
    for index, (cell, text) in enumerate(zip(table.rows[number].cells, cells, strict=True)):
        cell.width = Mm(_WIDTHS[index])
        _narrow(cell)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.line_spacing = Pt(13)
        is_text = index in (1, len(cells) - 1)
        middle = number == 0 or index == 0
        paragraph.alignment = (
            WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.LEFT if is_text else WD_ALIGN_PARAGRAPH.RIGHT
        )
        _font(paragraph.add_run(safe_cell(text)), "宋体", 9).bold = bold


def _narrow(cell: _Cell) -> None:
    """Margins of half a millimetre left and right, so that sixteen columns fit."""
    properties = cell._tc.get_or_add_tcPr()
    margins = OxmlElement("w:tcMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "40")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.append(margins)


def _repeat(table: Table) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    properties.append(header)


def _border_below(paragraph: Paragraph) -> None:
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "A92B1D")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    # Word wants the parts of a paragraph's properties in the order of its schema.
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _page_number(paragraph: Paragraph) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = _font(paragraph.add_run("1"), "宋体", 9)
    field.append(run._r)
    paragraph._p.append(field)
