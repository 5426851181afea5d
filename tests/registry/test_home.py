"""Home and menu: what each role finds first, and what upper floors may add."""

import re

import pytest

from registry import home
from registry.home import Card
from registry.models import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def contributions(monkeypatch):
    """An empty register, so that a test sees its own cards only."""
    monkeypatch.setattr(home, "_cards", [])
    monkeypatch.setattr(home, "_badges", {})
    monkeypatch.setattr(home, "_homes", {})


def test_cards_stand_in_their_order_and_leave_out_what_is_not_the_readers(contributions, staff, client_of):
    home.home_card(order=20)(lambda user: Card("待核实", "两份名单说法不一", "/x/", "去核实", count=17))
    home.home_card(order=10)(lambda user: Card("花名册", "正在读取", "/y/", "看进度"))
    home.home_card(order=5)(lambda user: None)
    text = client_of(staff).get("/").content.decode()
    assert text.index("正在读取") < text.index("两份名单说法不一")
    assert '<span class="big-number">17</span>' in text


@pytest.mark.parametrize(("cards", "heads"), [(2, ["待核实 0", "待核实 1"]), (3, ["待办"])])
def test_many_cards_of_a_kind_are_one_pile(contributions, staff, client_of, cards, heads):
    for number in range(cards):
        card = Card(f"待核实 {number}", "核实一次就记住", f"/x{number}/", "去核实", count=10 + number, pile="待办")
        home.home_card(order=number + 1)(lambda user, card=card: card)
    page = client_of(staff).get("/").content.decode()
    assert re.findall(r"</svg> ([^<]+)</h2>", page) == heads
    # A pile has a line for each, and no number of its own beside the one in the menu.
    assert ('class="big-number"' in page) == (cards == 2)
    assert all(f'href="/x{number}/"' in page for number in range(cards))


def test_home_without_anything_to_do_says_so(contributions, auditor, client_of):
    assert "现在没有等你办的事" in client_of(auditor).get("/").content.decode()


def test_leader_goes_where_a_floor_above_says(contributions, leader, client_of):
    home.home_is(Role.LEADER, "me")
    assert client_of(leader).get("/")["Location"] == "/me/"


def test_account_of_two_roles_keeps_the_page_of_cards(contributions, leader, street, client_of):
    home.home_is(Role.LEADER, "me")
    leader.grants.create(role=Role.STAFF, place=street)
    assert client_of(leader).get("/").status_code == 200


def test_count_beside_a_menu_entry_is_shown_unless_zero(contributions, sysadmin, client_of):
    home.menu_badge("accounts")(lambda user: 1234)
    assert '<span class="count">1,234</span>' in client_of(sysadmin).get("/").content.decode()
    home.menu_badge("accounts")(lambda user: 0)
    assert 'class="count"' not in client_of(sysadmin).get("/").content.decode()


def test_menu_offers_only_what_the_role_may_open(auditor, sysadmin, client_of):
    trail = client_of(auditor).get("/").content.decode()
    accounts = client_of(sysadmin).get("/").content.decode()
    assert ('href="/audit/"' in trail, 'href="/accounts/"' in trail) == (True, False)
    assert ('href="/audit/"' in accounts, 'href="/accounts/"' in accounts) == (False, True)


def test_brand_is_the_street_on_record(staff, client_of):
    assert "乌杨街道疫苗接种" in client_of(staff).get("/").content.decode()


def test_cadres_menu_speaks_a_cadres_words(cadre_baiping, client_of):
    text = client_of(cadre_baiping).get("/me/").content.decode()
    assert "今天要办" in text


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [("/nothing-here/", 404, "没有这个内容，或不归你管"), ("/accounts/", 403, "你的账号没有这项权限")],
)
def test_error_pages_speak_chinese_and_lead_back(cadre_baiping, client_of, address, status, words):
    answer = client_of(cadre_baiping).get(address)
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert 'href="/">回首页</a>' in answer.content.decode()


def test_crash_gives_a_page_without_details(staff, client_of, monkeypatch, caplog):
    def crash(user):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("registry.views.own.cards_for", crash)
    client = client_of(staff)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "系统出错" in answer.content.decode()
    assert "secret detail" not in answer.content.decode()


def test_offices_menu_stands_in_the_offices_order(staff, client_of):
    page = client_of(staff).get("/me/").content.decode()
    top = page[page.index('aria-label="主菜单"') : page.index("</nav>")]
    labels = re.findall(r"<(?:a|summary)[^>]*>([^<\s]+)", top)
    assert labels[:14] == [
        *("首页", "进度总览", "三本台账", "花名册", "核查名单", "待办", "待核实", "待归类", "待审核"),
        *("督办", "报送", "方案任务", "账号管理", "更多"),
    ]
    assert len(labels) == len(set(labels))


def test_one_entry_is_marked_as_the_readers_place(staff, client_of):
    page = client_of(staff).get("/zeroing/verify/").content.decode()
    top = page[page.index('aria-label="主菜单"') : page.index("</nav>")]
    assert re.findall(r'aria-current="page">([^<]+)', top) == ["清零核验"]


def test_leaders_menu_begins_with_the_dashboard_and_ends_with_what_waits(leader, client_of):
    page = client_of(leader).get("/me/").content.decode()
    top = page[page.index('aria-label="主菜单"') : page.index("</nav>")]
    labels = re.findall(r"<(?:a|summary)[^>]*>([^<\s]+)", top)
    assert labels[:9] == [
        *("进度总览", "督办", "预警", "三本台账", "入户排查", "报送", "方案任务", "导出放行", "更多"),
    ]
    assert "上级通报" in labels


def test_leader_of_a_village_is_offered_nothing_of_the_whole_street(baiping, client_of):
    page = client_of(make_user("lianxi", Role.LEADER, place=baiping)).get("/me/").content.decode()
    assert ("督办" in page, "上级通报" in page, "报送" in page) == (True, False, False)


def test_department_finds_its_units_under_their_own_word(department_user, client_of):
    page = client_of(department_user).get("/").content.decode()
    assert ("主管单位</a>" in page.replace("</span>", "").replace("\n", ""), "进度总览" in page) == (True, False)
