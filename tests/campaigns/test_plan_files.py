from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from campaigns.plan_files import DEFAULT_PLAN, PlanError, asks_less, plan_path, read_plan

WUYANG = plan_path(DEFAULT_PLAN).read_text(encoding="utf-8")


def test_read_plan_gives_the_figures_of_the_2021_plan():
    campaign = read_plan(WUYANG).campaign

    assert (campaign.start_on, campaign.end_on) == (date(2021, 7, 1), date(2021, 10, 31))
    assert (campaign.goal_rate, campaign.dropout_limit) == (Decimal("0.908"), Decimal("0.05"))
    assert (campaign.min_age, campaign.judged_by) == (12, "first")
    assert campaign.first_use_on == date(2020, 7, 22)


@pytest.mark.parametrize(
    ("key", "article", "start_on", "deadline_on"),
    [
        ("overall", "四", date(2021, 7, 1), date(2021, 10, 31)),
        ("key-groups", "五（一）", date(2021, 7, 1), date(2021, 7, 31)),
        ("adults-first-july", "五（二）", date(2021, 7, 16), date(2021, 7, 31)),
        ("adults-first", "五（二）", date(2021, 7, 16), date(2021, 8, 31)),
        ("adults-follow-up", "五（二）", date(2021, 8, 1), date(2021, 8, 20)),
        ("abroad-first", "五（二）", date(2021, 8, 1), date(2021, 8, 20)),
        ("gap-filling", "五（二）", date(2021, 9, 1), date(2021, 10, 31)),
        ("teens-15-17-first", "五（三）", date(2021, 8, 21), date(2021, 9, 5)),
        ("teens-12-14-first", "五（三）", date(2021, 9, 1), date(2021, 9, 20)),
        ("teens-15-17-second", "五（三）", date(2021, 9, 1), date(2021, 9, 20)),
        ("teens-12-14-second", "五（三）", date(2021, 10, 1), date(2021, 10, 31)),
    ],
)
def test_read_plan_gives_the_phase_items_of_rules_6(key, article, start_on, deadline_on):
    phase = next(phase for phase in read_plan(WUYANG).phases if phase.key == key)

    assert (phase.article, phase.start_on, phase.deadline_on) == (article, start_on, deadline_on)


def test_read_plan_marks_the_23_trades_of_article_5_1_as_key():
    keys = [trade.name for trade in read_plan(WUYANG).trades if trade.is_key]

    assert keys == [
        "机关",
        "企事业单位",
        "交通运输",
        "仓储",
        "邮政快递",
        "福利",
        "养老",
        "殡葬",
        "水电气暖油",
        "通讯",
        "金融",
        "环卫",
        "医疗卫生",
        "教育",
        "住宿",
        "餐饮",
        "批发",
        "零售",
        "中介",
        "制造",
        "建筑",
        "采矿",
        "小区物业",
    ]


def test_no_alias_names_two_products():
    plan = read_plan(WUYANG)
    names = [
        name.casefold()
        for platform in plan.platforms
        for product in platform.products
        for name in {product.name, product.manufacturer, *product.aliases} - {""}
    ]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("min_age = 12", "min_age = 11", "年龄段应从最低年龄起，首尾相接。"),
        ('"80+"]', '"80-99"]', "最后一个年龄段应不设上限。"),
        ('"80+"]', '"80 up"]', "年龄段“80 up”应写作 12-14 或 80+。"),
        ("min_age = 12", "", "campaign wuyang-2021：缺少 min_age。"),
        ("min_age = 12", 'min_age = "12"', "campaign wuyang-2021：min_age 的值 12 不合要求。"),
        ("min_age = 12", "min_age = 12\nlucky_number = 8", "campaign wuyang-2021：不认识的项 lucky_number。"),
        ('judged_by = "first"', 'judged_by = "both"', "judged_by 应为 first 或 full。"),
        ('place = "500233003000"', 'place = "500233009000"', "places 中没有 campaign 的地区 500233009000。"),
        ('key = "adults-first-july"', 'key = "overall"', "phases 中重复：overall。"),
        ("deadline_on = 2021-09-05", "deadline_on = 2021-08-05", "阶段任务“15—17岁第一针”：截止日不能早于开始日。"),
        ('tag = "出国"\n', "", "阶段任务“出国人员第一针”：目标人群是“标签”的要写明哪个标签，别的不写。"),
        ('department = "乌杨卫生院"', 'department = "卫生局"', "trades 医疗卫生：departments 中没有 卫生局。"),
        ('key = "wibp"', 'key = "bibp"', "products 中重复：bibp。"),
        (
            "is_unknown = true\n",
            "",
            "疫苗种类里要有且只有一行“疫苗不明”，没写疫苗名称的记录按它算；只有一种疫苗时可以没有。",
        ),
        (
            "due_by = [{ dose = 2, days = 56 }]\n",
            "",
            "疫苗种类“灭活”：打 2 针的要依次写明第二针最迟在第一针后多久。",
        ),
    ],
)
def test_read_plan_with_a_mistake_names_it(old, new, sentence):
    assert old in WUYANG

    with pytest.raises(PlanError) as refused:
        read_plan(WUYANG.replace(old, new, 1))

    assert str(refused.value) == sentence


def test_read_plan_of_broken_toml_says_so():
    with pytest.raises(PlanError, match=r"^方案文件不是有效的 TOML"):
        read_plan("[campaign")


@pytest.mark.parametrize(
    "laxer",
    [
        {"doses": 2},
        {"recommended_gap_days": 21},
        {"too_early_days": 13},
        {"due_by": [{"dose": 2, "days": 57}, {"dose": 3, "months": 6}]},
        {"due_by": [{"dose": 2, "days": 56}, {"dose": 3, "months": 7}]},
    ],
)
def test_an_unknown_row_that_asks_less_is_laxer(laxer):
    platforms = {row.key: row for row in read_plan(WUYANG).platforms}
    unknown = platforms["unknown"]

    assert not any(asks_less(unknown, row) for row in platforms.values())
    assert any(asks_less(replace(unknown, **laxer), row) for row in platforms.values())


def test_read_plan_refuses_an_unknown_row_that_asks_less():
    head, unknown, tail = WUYANG.partition('key = "unknown"')

    with pytest.raises(PlanError, match="疫苗不明的“未知”要求不能低于“灭活”"):
        read_plan(head + unknown + tail.replace("too_early_days = 14", "too_early_days = 13", 1))


def test_plan_path_of_an_unknown_name_is_refused():
    with pytest.raises(PlanError, match="没有名为“nope”的方案文件"):
        plan_path("nope")
