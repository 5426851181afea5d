"""Identity numbers (GB 11643) and other numbered documents (interfaces, Identity numbers; domain 4)."""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import NamedTuple

RESIDENT = "resident"
MAX_AGE = 120

# What people and systems write around a number or instead of its X.
_CLEAN = str.maketrans(
    dict.fromkeys(" \t\r\n-'‘’`´\"\xa0\u3000\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\xad‐‑‒–—−")
    | dict.fromkeys("x×хХχΧ✕✖", "X")
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SCIENTIFIC = re.compile(r"\d(?:\.\d{1,20})?[Ee]\+?\d{1,3}")
# The first two digits: provinces, and the residence permits of 港澳台. Region tables finer than
# this refuse real people (domain 4.2), so the province is all we look at, for a warning only.
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)

SENTENCES = {
    "id_missing": "没有填写证件号码，请补上后重新导入。",
    "id_length": "身份证号不是18位（旧号15位），请对照证件核对后重新填写。",
    "id_checksum": "身份证号校验不通过，多半有一位写错，请对照证件核对后重新填写。",
    "id_birth_date": "身份证号里的出生日期不存在、晚于今天或超过120年，请对照证件核对后重新填写。",
    "id_precision_lost": "身份证号被表格存成了数字，后几位已丢失；请把这一列设为文本格式后重新填写。",
    "id_region": "身份证号开头的地区代码不常见，请核对；这一行仍会导入。",
}

# 证件类型 as written → the key under which documents are kept.
_DOCUMENT_KINDS = {
    RESIDENT: "居民身份证 身份证 二代身份证 临时身份证 临时居民身份证 户口簿 户口本 居民户口簿 公民身份号码 "
    "港澳台居民居住证 港澳居民居住证 台湾居民居住证 居住证 01 1 02 2",
    "passport": "护照 中国护照 外国护照 普通护照 因私护照 03 3",
    "military": "军官证 士兵证 士官证 警官证 文职证 军人证 军官证件 04 4",
    "driving": "驾驶证 机动车驾驶证 05 5",
    "hk_macau_pass": "港澳居民来往内地通行证 港澳通行证 回乡证 港澳居民通行证 06 6",
    "taiwan_pass": "台湾居民来往大陆通行证 台胞证 台湾通行证 台湾居民通行证 07 7",
    "foreign_permanent": "外国人永久居留身份证 外国人永久居留证 外国人居留证",
    "birth_certificate": "出生医学证明 出生证 出生证明",
    "other": "其他 其它 其他证件 其他法定有效证件 99",
}
_KIND_OF = {word: kind for kind, words in _DOCUMENT_KINDS.items() for word in words.split()}
DOCUMENT_NAMES = {kind: words.split()[0] for kind, words in _DOCUMENT_KINDS.items()}


class InvalidNumber(ValueError):
    """A number that cannot be anybody's; `code` is one of the id_* codes of interfaces."""

    def __init__(self, code: str):
        self.code = code
        self.sentence = SENTENCES[code]
        super().__init__(self.sentence)


class IdentityNumber(NamedTuple):
    number: str
    birth_on: date
    sex: str

    @property
    def region_is_known(self) -> bool:
        return self.number[:2] in _PROVINCES


def check_digit(body: str) -> str:
    """Return the check character of 17 digits (ISO 7064 MOD 11-2); ValueError for anything else."""
    if len(body) != 17:
        raise ValueError("17 digits are needed")
    # In the parts that many people share: region, birth date, order code.
    return _CHECKS[(_weighed(body[:6], 0) + _weighed(body[6:14], 6) + _weighed(body[14:], 14)) % 11]


@lru_cache(maxsize=50_000)
def _weighed(digits: str, start: int) -> int:
    weights = _WEIGHTS[start : start + len(digits)]
    return sum([weight * "0123456789".index(digit) for weight, digit in zip(weights, digits, strict=True)])


def clean_number(raw: str) -> str:
    """Return the number as it is compared: NFKC, no spaces, hyphens or apostrophes, X upper case."""
    if raw.isascii() and raw.isalnum():
        return raw.upper()
    return unicodedata.normalize("NFKC", raw[:200].translate(_CLEAN)).translate(_CLEAN).upper()


def read_number(raw: str | int | float, *, today: date) -> IdentityNumber:
    """Read a resident identity number of 18 or 15 characters (interfaces, Identity numbers).

    A number that the spreadsheet stored as a number of 16 digits or more has lost its last
    digits; it is refused and never repaired. Raises InvalidNumber.
    """
    if raw.__class__ is not str:
        if abs(raw) >= 10**15:
            raise InvalidNumber("id_precision_lost")
        raw = f"{raw:.0f}" if raw == int(raw) else str(raw)
    number = clean_number(raw)
    if len(number) == 15 and _are_digits(number):
        number = f"{number[:6]}19{number[6:]}"
        number += check_digit(number)
    elif len(number) != 18:
        raise InvalidNumber("id_precision_lost" if _SCIENTIFIC.fullmatch(number) else "id_length")
    elif not _are_digits(number[:17]) or check_digit(number[:17]) != number[17]:
        raise InvalidNumber("id_checksum")
    return IdentityNumber(number, _birth_on(number[6:14], today), "M" if number[16] in "13579" else "F")


def readable_part(raw: str | int | float) -> str:
    """Return the first 14 digits of a number that cannot be anybody's, "" where fewer are left.

    For looking whom it may mean beside the name, never for repairing it.
    """
    if raw.__class__ is not str:
        raw = f"{raw:.0f}" if abs(raw) < 10**18 else ""
    digits = clean_number(raw)[:14]
    return digits if len(digits) == 14 and _are_digits(digits) else ""


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


@lru_cache(maxsize=50_000)
def _birth_on(digits: str, today: date) -> date:
    try:
        birth_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise InvalidNumber("id_birth_date") from None
    years = today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))
    if birth_on > today or years > MAX_AGE:
        raise InvalidNumber("id_birth_date")
    return birth_on


def document_kind(words: str) -> str:
    """Return the key of a 证件类型 as written; "" for words that name none."""
    text = unicodedata.normalize("NFKC", words).translate(_CLEAN)
    return _KIND_OF.get(text) or _KIND_OF.get(text.split("(")[0], "")


def read_other_number(raw: str | int | float) -> str:
    """Clean the number of a document other than the identity card; raises InvalidNumber."""
    if raw.__class__ is not str:
        if abs(raw) >= 10**15:
            raise InvalidNumber("id_precision_lost")
        raw = f"{raw:.0f}" if raw == int(raw) else str(raw)
    number = clean_number(raw)
    if "+" in number and _SCIENTIFIC.fullmatch(number):
        raise InvalidNumber("id_precision_lost")
    if not 4 <= len(number) <= 40:
        raise InvalidNumber("id_length")
    return number


def masked(number: str) -> str:
    """Show a document's number without its middle, which holds the birth date."""
    return f"{number[:4]}****{number[-2:]}" if len(number) > 8 else "****"
