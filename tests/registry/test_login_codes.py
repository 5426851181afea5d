"""Logging in by phone number and by a one-time code on paper; accounts by spreadsheet."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.login_codes import give_codes
from registry.models import AuditEntry, LoginCode, Role, User
from tests.factories import make_place, make_unit, make_user
from tests.sheets import xlsx

pytestmark = pytest.mark.django_db
PASSWORD = "wuliqiao-4127"
PHONE = "13900001111"


@pytest.fixture
def cadre(baiping):
    user = make_user("ranhongmei", Role.CADRE, place=baiping, password=PASSWORD, name="冉红梅")
    user.phone = PHONE
    user.save()
    return user


@pytest.fixture
def clerk(baiping):
    """The 文书 of 白坪村."""
    user = make_user("wenshu", Role.CADRE, place=baiping, name="文书")
    user.grants.update(may_give_codes=True)
    return user


def _login(client, username=PHONE, password=PASSWORD):
    return client.post("/login/", {"username": username, "password": password})


def _code(person, by) -> str:
    ((_, code),) = give_codes(User.objects.filter(pk=person.pk), by=by)
    return code


def test_login_by_phone_number(cadre, nobody):
    assert _login(nobody)["Location"] == "/"
    assert AuditEntry.objects.get().subject == f"user {cadre.pk}"


def test_phone_number_of_two_accounts_logs_nobody_in(cadre, huanggu, nobody):
    other = make_user("other", Role.CADRE, place=huanggu, password=PASSWORD)
    User.objects.filter(pk=other.pk).update(phone=PHONE)
    assert _login(nobody).status_code == 200


def test_phone_number_belongs_to_one_open_account(cadre, staff, baiping, client_of):
    answer = client_of(staff).post(
        "/accounts/new/", {"username": "new", "name": "新人", "phone": PHONE, "role": "cadre", "place": baiping.pk}
    )
    assert "这个手机号已经配给别的账号" in answer.content.decode()


def test_code_opens_once_and_leads_to_an_own_password(cadre, staff, nobody):
    code = _code(cadre, staff)
    _login(nobody, password=f"{code[:4]} {code[4:]}")
    assert nobody.get("/me/")["Location"] == "/me/password/"
    page = nobody.get("/me/password/").content.decode()
    assert "原密码" not in page
    nobody.post("/me/password/", {"new_password1": "qinshan-8821", "new_password2": "qinshan-8821"})
    assert nobody.get("/me/").status_code == 200
    nobody.post("/logout/")
    assert _login(nobody, password=code).status_code == 200
    assert _login(nobody, password="qinshan-8821").status_code == 302


def test_code_is_kept_as_a_hash_only_and_not_in_the_trail(cadre, staff):
    code = _code(cadre, staff)
    assert code not in str(list(LoginCode.objects.values())) + str(list(AuditEntry.objects.values()))


def test_old_code_ends_when_a_new_one_is_given(cadre, staff, nobody):
    old, _ = _code(cadre, staff), _code(cadre, staff)
    assert _login(nobody, password=old).status_code == 200


def test_code_ends_after_a_week(cadre, staff, nobody):
    code = _code(cadre, staff)
    LoginCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert _login(nobody, password=code).status_code == 200


def test_code_ends_after_five_wrong_tries_from_anywhere(cadre, staff, client):
    code = _code(cadre, staff)
    wrong = f"{(int(code) + 1) % 10**8:08}"
    for number in range(5):
        client.post("/login/", {"username": PHONE, "password": wrong}, REMOTE_ADDR=f"10.0.0.{number}")
    assert client.post("/login/", {"username": PHONE, "password": code}, REMOTE_ADDR="10.0.0.9").status_code == 200


def test_code_opens_no_closed_account(cadre, staff, nobody):
    code = _code(cadre, staff)
    User.objects.filter(pk=cadre.pk).update(is_active=False)
    assert _login(nobody, password=code).status_code == 200


def test_leavers_session_ends_at_once(cadre, staff, client_of):
    client = client_of(cadre)
    assert client.get("/me/").status_code == 200
    client_of(staff).post(f"/accounts/{cadre.pk}/disable/")
    assert client.get("/me/").status_code == 302


def test_clerk_gives_codes_to_cadres_of_the_own_village_only(clerk, cadre, cadre_huanggu, staff, client_of):
    client = client_of(clerk)
    page = client.get("/accounts/codes/").content.decode()
    assert [name in page for name in ("冉红梅", "秦大勇", "刘明")] == [True, False, False]
    client.post("/accounts/codes/", {"account": [cadre.pk, cadre_huanggu.pk, staff.pk, clerk.pk]})
    assert list(LoginCode.objects.values_list("user", flat=True)) == [cadre.pk]


def test_cadre_without_the_right_gives_no_codes(cadre, client_of):
    assert client_of(cadre).get("/accounts/codes/").status_code == 403


def test_clerk_gives_no_code_to_a_cadre_with_another_role(clerk, cadre, street, client_of):
    cadre.grants.create(role=Role.STAFF, place=street)
    client_of(clerk).post("/accounts/codes/", {"account": [cadre.pk]})
    assert not LoginCode.objects.exists()


def _sheet(*rows) -> SimpleUploadedFile:
    head = ("姓名", "手机号", "村（社区）", "组", "单位")
    return SimpleUploadedFile("干部.xlsx", xlsx([("乌杨街道网格员名单",), head, *rows]))


def _preview(client, *rows):
    return client.post("/accounts/import/", {"file": _sheet(*rows)})


def _approve(client, preview):
    signed = re.search(r'name="rows" value="([^"]+)"', preview.content.decode())[1]
    return client.post("/accounts/import/approve/", {"rows": signed})


def test_import_makes_accounts_with_codes_that_log_in(staff, baiping, waterworks, client_of, nobody):
    make_place(f"{baiping.code}003", "3组")
    client = client_of(staff)
    preview = _preview(
        client, ("谭秀英", 13900002222.0, "白坪", "3组", ""), ("周涛", "139-0000-3333", "", "", "乌杨水厂")
    )
    assert not User.objects.filter(phone="13900002222").exists()
    slips = _approve(client, preview).content.decode()
    grants = {
        str(grant) for phone in ("13900002222", "13900003333") for grant in User.objects.get(phone=phone).grants.all()
    }
    assert grants == {"村社干部 3组", "单位联系人 乌杨水厂"}
    codes = [code.replace(" ", "") for code in re.findall(r'class="code">([0-9 ]+)<', slips)]
    assert any(_login(nobody, "13900002222", code).status_code == 302 for code in codes)


def test_import_refuses_rows_with_their_reason_and_takes_the_others(staff, baiping, cadre, client_of):
    client = client_of(staff)
    preview = _preview(
        client,
        ("没号", "", "白坪村", "", ""),
        ("错村", "13900004444", "青岭村", "", ""),
        ("别人", PHONE, "白坪村", "", ""),
        ("好人", "13900005555", "白坪村", "", ""),
    )
    text = preview.content.decode()
    assert ["没有手机号" in text, "没有找到“青岭村”" in text, "已经是冉红梅的账号" in text] == [True, True, True]
    _approve(client, preview)
    assert list(User.objects.filter(phone__startswith="1390000").order_by("phone").values_list("name", flat=True)) == [
        "冉红梅", "好人",
    ]  # fmt: skip


def test_import_twice_changes_nothing(staff, baiping, client_of):
    client = client_of(staff)
    row = ("谭秀英", "13900002222", "白坪村", "", "")
    _approve(client, _preview(client, row))
    assert "已有 1 个" in _preview(client, row).content.decode()
    assert User.objects.filter(phone="13900002222").count() == 1


def test_import_never_gives_what_staff_may_not(staff, client_of):
    make_unit("别街水厂", make_place("500233004001", "别村"))
    preview = _preview(
        client_of(staff), ("外人", "13900002222", "别村", "", ""), ("外人乙", "13900003333", "", "", "别街水厂")
    )
    assert preview.content.decode().count("没有找到") == 2


def test_import_file_without_a_header_says_what_is_needed(staff, client_of):
    upload = SimpleUploadedFile("x.xlsx", xlsx([("序号", "金额"), (1, 2)]))
    answer = client_of(staff).post("/accounts/import/", {"file": upload})
    assert (answer.status_code, "要有“姓名”和“手机号”两栏" in answer.content.decode()) == (422, True)


def test_forged_rows_are_not_imported(staff, client_of):
    answer = client_of(staff).post("/accounts/import/approve/", {"rows": "x:y:z"})
    assert (answer["Location"], User.objects.filter(phone__startswith="139").exists()) == ("/accounts/import/", False)


def test_import_preview_asks_the_same_queries_for_one_row_and_for_three(staff, baiping, client_of):
    client = client_of(staff)
    rows = [(f"甲{n}", f"1390000600{n}", "白坪村", "", "") for n in range(4)]
    _preview(client, rows[0])
    counts = []
    for chosen in (rows[:1], rows[1:]):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            _preview(client, *chosen)
        counts.append(len(asked))
    assert counts[0] == counts[1]
