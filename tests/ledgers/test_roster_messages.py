"""Where a roster's messages stand: under the headings that the file itself has, at the row it shows."""

import re

from registry.templatetags.wuyang import detail_words
from tests.ledgers.importing import ANNA, BERT, CARL, LONG, bring, campaign, counts
from tests.sheets import identity_number

__all__ = ["campaign"]


def columns(decided):
    return [(message.row, message.column, message.code) for message, _, _ in decided.plan.messages]


def test_marks_of_a_wide_row_stand_at_their_own_dates(campaign):
    heading = ["姓名", "身份证号", "首针时间", "第2针时间", "第三针时间", "生产厂家"]
    decided = bring(campaign, heading, ["安娜", ANNA, "2021-06-01", "2021-06-10", "2021-07-01", "北京生物"])
    assert columns(decided) == [(2, "第2针时间", "too_early")]


def test_a_conflict_between_doses_stands_at_the_date_that_waits(campaign):
    heading = ["姓名", "身份证号", "第一针时间", "第二针时间", "厂家"]
    bring(campaign, heading, ["安娜", ANNA, "2021-06-01", "2021-07-01", "北京生物"])
    decided = bring(campaign, heading, ["安娜", ANNA, "2021-06-01", "2021-07-02", "北京生物"])
    assert columns(decided) == [(2, "第二针时间", "dose_conflict")]


def test_a_conflict_between_fields_stands_under_the_heading_of_the_file(campaign):
    bring(campaign, ["姓名", "身份证号", "村居", "人员性质"], ["安娜", ANNA, "朱河社区", "常住"])
    decided = bring(campaign, ["姓名", "身份证号", "现住村（社区）", "居住类型"], ["安娜", ANNA, "青岭村", "租户"])
    assert columns(decided) == [(2, "现住村（社区）", "field_conflict"), (2, "居住类型", "field_conflict")]


def test_somebody_not_of_this_street_waits_for_no_village(campaign):
    rows = [["安娜", ANNA, "非本辖区"], ["白贝", BERT, "迁出"], ["卡尔", CARL, ""]]
    decided = bring(campaign, ["姓名", "身份证号", "状态"], *rows)
    assert counts(decided) == {"rows": 3, "created": 3, "unassigned": 1}


def test_a_kind_of_vaccine_that_nobody_under_18_may_have_is_marked_without_its_maker(campaign):
    minor, other = identity_number("20050505", 904), identity_number("20050505", 905)
    rows = [["安娜", minor, 1, "2021-08-01", "腺病毒载体疫苗"], ["白贝", other, 1, "2021-08-01", "灭活疫苗"]]
    decided = bring(campaign, LONG, *rows)
    assert columns(decided) == [(2, "接种日期", "product_age")]


def test_an_unknown_village_stands_under_the_column_of_codes(campaign):
    decided = bring(campaign, ["姓名", "身份证号", "村（社区）代码"], ["甄安", ANNA, "500233003999"])
    assert columns(decided) == [(2, "村（社区）代码", "village_unknown")]


def test_the_trail_tells_an_imports_file_and_counts_in_words(campaign):
    decided = bring(campaign, LONG, ["安娜", ANNA, "2021-06-01", "1", "北京生物"])
    shown = detail_words({"file": "花名册.xlsx", "counts": dict.fromkeys(decided.counts, 1)})
    assert shown[0] == ("文件", "花名册.xlsx")
    assert re.search("[a-z_]", shown[1][1]) is None
