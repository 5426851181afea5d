"""Charts as Word keeps them: DrawingML with the numbers inside, drawn by the reader's own program and fonts.

See docs/decisions for why not a picture. Each chart brings its numbers along as a workbook, so that whoever
receives the file can check and change them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import xlsxwriter
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Emu

_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NS = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


@dataclass(frozen=True)
class Series:
    name: str
    values: Sequence[float]
    colour: str


@dataclass(frozen=True)
class Chart:
    """Horizontal bars, one group per category, first category on top; `limit` is drawn as a black line across."""

    title: str
    categories: Sequence[str]
    series: Sequence[Series]
    number_format: str = "0%"


def add_chart(document: Document, chart: Chart, width: Emu, height: Emu, number: int) -> None:
    """Append a paragraph with the chart to the document."""
    package = document.part.package
    book = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _BOOK_TYPE, _workbook(chart), package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _TYPE, b"", package)
    book_id = part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
    part._blob = chart_xml(chart, book_id).encode()
    chart_id = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    paragraph = document.add_paragraph()
    # A line of a fixed height would cut the chart off.
    paragraph.paragraph_format.line_spacing = 1.0
    run = paragraph.add_run()
    run._r.append(parse_xml(_drawing(chart, chart_id, width, height, number)))


def chart_xml(chart: Chart, book_id: str) -> str:
    """Return the chart part: bars with labels, axes without lines, a legend below."""
    series = "".join(_series(index, one, chart) for index, one in enumerate(chart.series))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {_NS}>'
        '<c:roundedCorners val="0"/><c:chart>'
        f"<c:title><c:tx><c:rich><a:bodyPr/><a:p>{_text(1200, bold=True)}"
        f'<a:r><a:rPr lang="zh-CN" sz="1200" b="1"/><a:t>{escape(chart.title)}</a:t></a:r></a:p></c:rich></c:tx>'
        '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{series}<c:gapWidth val="45"/><c:overlap val="0"/><c:axId val="111"/><c:axId val="112"/></c:barChart>'
        '<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="l"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'{_line("8793A0")}{_properties(900)}<c:crossAx val="112"/><c:crosses val="autoZero"/>'
        '<c:auto val="1"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="0"/></c:catAx>'
        '<c:valAx><c:axId val="112"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="t"/><c:majorGridlines>{_line("DCE2E8")}</c:majorGridlines>'
        f'<c:numFmt formatCode="{chart.number_format}" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{_line("FFFFFF")}{_properties(900)}'
        '<c:crossAx val="111"/><c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
        '</c:plotArea><c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>'
        f'<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f'<c:externalData r:id="{book_id}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _series(index: int, series: Series, chart: Chart) -> str:
    column, last = "BCDEFG"[index], len(chart.categories) + 1
    names = "".join(f'<c:pt idx="{n}"><c:v>{escape(name)}</c:v></c:pt>' for n, name in enumerate(chart.categories))
    values = "".join(f'<c:pt idx="{n}"><c:v>{value!r}</c:v></c:pt>' for n, value in enumerate(series.values))
    count = f'<c:ptCount val="{len(chart.categories)}"/>'
    return (
        f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/>'
        f'<c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>{escape(series.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{series.colour}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
        f'<c:dLbls><c:numFmt formatCode="0.0%" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr>{_properties(800)}'
        '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache>{count}{names}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${last}</c:f><c:numCache>"
        f"<c:formatCode>0.00%</c:formatCode>{count}{values}</c:numCache></c:numRef></c:val></c:ser>"
    )


def _text(size: int, *, bold: bool = False) -> str:
    return f'<a:pPr><a:defRPr sz="{size}" b="{int(bold)}"/></a:pPr>'


def _properties(size: int) -> str:
    return f'<c:txPr><a:bodyPr/><a:p>{_text(size)}<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'


def _line(colour: str) -> str:
    return f'<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln></c:spPr>'


def _workbook(chart: Chart) -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        sheet, percent = book.add_worksheet("Sheet1"), book.add_format({"num_format": "0.00%"})
        for row, name in enumerate(chart.categories, start=1):
            sheet.write_string(row, 0, name)
        for column, series in enumerate(chart.series, start=1):
            sheet.write_string(0, column, series.name)
            for row, value in enumerate(series.values, start=1):
                sheet.write_number(row, column, value, percent)
    return output.getvalue()


def _drawing(chart: Chart, chart_id: str, width: Emu, height: Emu, number: int) -> str:
    return (
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        f'{_NS}><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{100 + number}" name="chart{number}" descr="{escape(chart.title)}"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{chart_id}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
