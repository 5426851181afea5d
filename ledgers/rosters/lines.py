"""Which rows of a sheet are people or things, and which are lines around them (interfaces, Layout)."""

import re
from enum import Enum

from registry.spreadsheets.cells import DITTO, EMPTY, folded, text_of

_TOTAL = re.compile(
    r"^(?:本页|全[村组社]|全街道|.{0,15}(?:村|社区|居委会|组|社|街道))?(?:小计|合计|总计|共计|累计|总合计)(?:$|[:：(（\d])|"
    r"^共\d{1,6}[人户名]$"
)
_SIGNATURE = re.compile(
    r"^(?:填表人|填报人|审核人|制表人|制表|审核|复核人|经办人|登记人|负责人|单位负责人|分管领导|主要领导|填表单位|填报单位|"
    r"联系电话|填表日期|填报日期|填报时间|填表时间|制表日期|制表时间|统计时间|统计截止|截止时间|联系人|盖章|签字|签名)(?:\(.{0,10}\))?(?:[:：]|$)"
)
_NOTE = re.compile(
    r"^(?:备注|说明|填表说明|填报说明|注|注意|注意事项|附注|附)(?:[:：]|\d{0,2}[.、．:：])|^以下(?:空白|无正文)|^(?:空白|此页)$|"
    r"^(?:备注|说明|填表说明|填报说明|注意事项)$"
)
_GROUP = re.compile(
    r"^(?:.{0,20}(?:村|社区|居委会))?(第?(?:[一二三四五六七八九十百]{1,4}|\d{1,3})(?:村民小组|居民小组|小组|组|社|网格))(?:$|[:：(（])"
)
_VILLAGE = re.compile(r"^.{1,15}(?:村|社区|居委会|村委会)(?:$|[:：(（])")
# 村支书（签字）：, 驻村干部：, and what bears only a seal: no person's row begins with a label. 8:30 is a time.
_LABEL = re.compile(r"^[^\d:：]{1,20}[:：]|^.{0,20}(?:签字|签名|签章|盖章)(?:\)|$)")
# A line of one cell longer than this is a remark; names of minorities have up to 20 characters.
_MAX_NAME = 25


class Line(Enum):
    DATA = "data"
    BLANK = "blank"
    GROUP = "group"
    OTHER = "other"


class LineReader:
    """Tells rows apart, given the columns that say who or what a row is about."""

    def __init__(self, *, name: int, number: int | None, beside: set[int], headings: list[str], of_people: bool):
        """`beside` are the columns that alone make no row: 序号, 村, 组."""
        self._of_people = of_people
        self._name, self._number, self._beside = name, number, beside
        self._headings = [folded(heading) for heading in headings]

    def kind_of(self, cells: list) -> tuple[Line, str]:
        """Return what a row is, and the group that a group line names."""
        filled = [(index, text_of(cell)) for index, cell in enumerate(cells) if cell != "" and text_of(cell)]
        if not filled:
            return Line.BLANK, ""
        if self._has_number(cells):
            return Line.DATA, ""
        if self._is_header(filled):
            return Line.OTHER, ""
        texts = [text for _, text in filled]
        # Only what begins the row: a remark about a person may hold the same words.
        first = [folded(text) for text in texts[:2]]
        signs = (_SIGNATURE, _LABEL, _NOTE)
        if any(_TOTAL.match(text) for text in first) or any(sign.match(first[0]) for sign in signs):
            return Line.OTHER, ""
        distinct = set(texts)
        if self._of_people and len(distinct) == 1 and (match := _GROUP.match(first[0])):
            return Line.GROUP, match[1]
        return self._plain_line(filled, distinct), ""

    def _plain_line(self, filled: list[tuple[int, str]], distinct: set[str]) -> Line:
        columns = {index for index, _ in filled}
        if columns <= self._beside or all(text in EMPTY or text in DITTO for text in distinct):
            return Line.BLANK
        if len(columns) == 1:
            text = filled[0][1]
            could_be_a_person = len(text) <= _MAX_NAME and not _VILLAGE.match(folded(text))
            return Line.DATA if columns == {self._name} and (could_be_a_person or not self._of_people) else Line.OTHER
        return Line.DATA

    def _has_number(self, cells: list) -> bool:
        """Tell whether the row bears the number that makes it a row whatever else it says."""
        if self._number is None or self._number >= len(cells):
            return False
        cell = cells[self._number]
        if cell.__class__ is not str:
            return cell.__class__ is not tuple and cell >= 10**6
        return sum(character.isdigit() for character in cell[:60]) >= 8 and "：" not in cell and ":" not in cell

    def _is_header(self, filled: list[tuple[int, str]]) -> bool:
        """Tell whether the row repeats the header, wholly or one level of it."""
        own = [
            index < len(self._headings) and bool(text) and folded(text) in self._headings[index]
            for index, text in filled
        ]
        return len(own) > 1 and sum(own) * 3 >= len(own) * 2
