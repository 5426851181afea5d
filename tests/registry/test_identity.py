"""Identity numbers, names and phones as rosters write them (interfaces, Identity numbers; domain 4)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import identity, names, phones
from tests.sheets import identity_number

TODAY = date(2021, 8, 20)
GOOD = "500233197306159769"


def code_of(raw: str | float) -> str:
    with pytest.raises(identity.InvalidNumber) as caught:
        identity.read_number(raw, today=TODAY)
    return caught.value.code


@pytest.mark.parametrize(
    "raw",
    [
        GOOD,
        "５００２３３１９７３０６１５９７６９",
        "500233 19730615 9769",
        "'500233197306159769",
        "‘500233197306159769",
        "500233-19730615-9769",
        "500233197306159769\u00a0\u200b\ufeff",
        "\t500233197306159769 ",
    ],
)
def test_number_is_read_however_it_is_dressed(raw: str) -> None:
    assert identity.read_number(raw, today=TODAY).number == GOOD


@pytest.mark.parametrize("letter", ["x", "X", "ｘ", "Ｘ", "×", "х", "Х", "Ⅹ", "ⅹ"])
def test_check_letter_is_read_in_every_form(letter: str) -> None:
    assert identity.read_number("50023319630111951" + letter, today=TODAY).number == "50023319630111951X"


def test_number_tells_birth_date_and_sex() -> None:
    found = identity.read_number(GOOD, today=TODAY)
    assert (found.birth_on, found.sex) == (date(1973, 6, 15), "F")


def test_old_number_gets_its_century_and_check_digit() -> None:
    assert identity.read_number("500233670711976", today=TODAY).number == identity_number("19670711", 976)


def test_old_number_stored_as_number_loses_nothing() -> None:
    assert identity.read_number(500233670711976.0, today=TODAY).birth_on == date(1967, 7, 11)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("50023319730615976", "id_length"),
        ("5002331973061597691", "id_length"),
        ("张三", "id_length"),
        ("50023367071197A", "id_length"),
        ("500233197306159768", "id_checksum"),
        ("50023319730615976*", "id_checksum"),
        ("5002331973O6159769", "id_checksum"),
        (identity_number("19731315"), "id_birth_date"),
        (identity_number("20210821"), "id_birth_date"),
        (identity_number("19000820"), "id_birth_date"),
        ("500233671311976", "id_birth_date"),
        (500233197306159769, "id_precision_lost"),
        (5.00233197306159769e17, "id_precision_lost"),
        ("5.00233E+17", "id_precision_lost"),
        ("5.12e17", "id_precision_lost"),
        (12345678, "id_length"),
    ],
)
def test_number_of_nobody_is_refused_with_its_code(raw: str | float, code: str) -> None:
    assert code_of(raw) == code


def test_a_hundred_and_twenty_years_are_not_too_many() -> None:
    assert identity.read_number(identity_number("19010820"), today=TODAY).birth_on == date(1901, 8, 20)


@pytest.mark.parametrize(("region", "known"), [("500233", True), ("512223", True), ("810000", True), ("992233", False)])
def test_region_is_only_told(region: str, known: bool) -> None:
    number = identity_number("19730615", region=region)
    assert identity.read_number(number, today=TODAY).region_is_known is known


@given(st.dates(date(1902, 1, 1), date(2021, 8, 20)), st.integers(900, 999), st.integers(0, 9))
def test_check_digit_agrees_with_the_definition(birth: date, order: int, wrong: int) -> None:
    number = identity_number(birth.strftime("%Y%m%d"), order)
    assert identity.read_number(number, today=TODAY).birth_on == birth
    if str(wrong) != number[17]:
        assert code_of(number[:17] + str(wrong)) == "id_checksum"


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        identity.read_number(text, today=TODAY)
    except identity.InvalidNumber as problem:
        assert problem.code in identity.SENTENCES
    phones.read_phones(text)
    names.pinyin_of(names.clean_name(text))


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("居民身份证", "resident"),
        ("户口簿", "resident"),
        ("护照", "passport"),
        ("台胞证", "taiwan_pass"),
        ("军官证", "military"),
        ("会员卡", ""),
    ],
)
def test_document_kind_is_read(words: str, kind: str) -> None:
    assert identity.document_kind(words) == kind


def test_other_number_is_cleaned_and_not_checked() -> None:
    assert identity.read_other_number(" e1234 5678 ") == "E12345678"


@pytest.mark.parametrize("raw", [1.23e17, "1.23E+17"])
def test_other_number_that_lost_its_last_digits_is_refused(raw: str | float) -> None:
    with pytest.raises(identity.InvalidNumber) as caught:
        identity.read_other_number(raw)
    assert caught.value.code == "id_precision_lost"


def test_masked_number_hides_the_birth_date() -> None:
    assert identity.masked(GOOD) == "5002****69"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阿依古丽·买买提", "阿依古丽•买买提"),
        ("阿依古丽·买买提", "阿依古丽．买买提"),
        ("张　伟", "张伟"),
        ("欧阳 丽华", "欧阳丽华"),
        ("髙峯", "高峰"),
        ("張偉", "张伟"),
        ("王?", "王䶮"),
        ("john smith", "John Smith"),
    ],
)
def test_same_name_written_differently(one: str, other: str) -> None:
    assert names.same_name(one, other)


@pytest.mark.parametrize(("one", "other"), [("肖伟", "萧伟"), ("付红", "傅红"), ("闫军", "阎军"), ("王丽", "王莉")])
def test_variant_sounds_the_same_and_is_another_name(one: str, other: str) -> None:
    assert names.sounds_same(one, other)
    assert not names.same_name(one, other)


@pytest.mark.parametrize(("one", "other"), [("张伟", "李伟"), ("张伟", "张伟国"), ("完全不同", "梁宇敏"), ("", "")])
def test_other_names_do_not_sound_the_same(one: str, other: str) -> None:
    assert not names.sounds_same(one, other)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("张伟", ("zhangwei", "zw")),
        ("曾强", ("zengqiang", "zq")),
        ("单小红", ("shanxiaohong", "sxh")),
        ("尉迟恭", ("yuchigong", "ycg")),
        ("阿依古丽·买买提", ("ayigulimaimaiti", "ayglmmt")),
    ],
)
def test_pinyin_reads_surnames_as_surnames(name: str, expected: tuple[str, str]) -> None:
    assert names.pinyin_of(name) == expected


@pytest.mark.parametrize(("raw", "clean"), [("高  磊涵", "高磊涵"), ("张·三", "张·三"), ("Li  Ming", "Li Ming")])
def test_name_is_shown_clean(raw: str, clean: str) -> None:
    assert names.clean_name(raw) == clean


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("13812345678", (("13812345678", ""),)),
        (13812345678, (("13812345678", ""),)),
        (13812345678.0, (("13812345678", ""),)),
        ("138 1234 5678", (("13812345678", ""),)),
        ("+86-13812345678", (("13812345678", ""),)),
        ("13812345678/13912345678", (("13812345678", ""), ("13912345678", ""))),
        ("13812345678、13912345678\n", (("13812345678", ""), ("13912345678", ""))),
        ("１３８１２３４５６７８", (("13812345678", ""),)),
        ("023-54212345", (("02354212345", ""),)),
        ("54212345", (("54212345", ""),)),
        ("本人13812345678，儿子13912345678", (("13812345678", "self"), ("13912345678", "family"))),
    ],
)
def test_phones_of_a_cell(raw: str | float, found: tuple) -> None:
    assert phones.read_phones(raw) == (found, True)


@pytest.mark.parametrize("raw", ["1381234567", "不详", "13812345678/1391234", "12345"])
def test_phone_that_is_none_is_told(raw: str) -> None:
    assert phones.read_phones(raw)[1] is False


def test_phone_of_a_guardian_column_is_the_guardians() -> None:
    assert phones.read_phones("13812345678", "guardian")[0] == (("13812345678", "guardian"),)
