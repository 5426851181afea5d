"""The named cast: places and accounts that access tests speak of, each the same everywhere."""

from collections.abc import Callable

import pytest
from django.test import Client

from registry.models import Department, Place, Role, Unit, User
from tests.factories import make_place, make_unit, make_user

# Of `cadre`, who logs in by hand.
PASSWORD = "wuliqiao-4127"


@pytest.fixture
def county(db) -> Place:
    return make_place("500233000000", "忠县")


@pytest.fixture
def street(county) -> Place:
    return make_place("500233003000", "乌杨街道")


@pytest.fixture
def baiping(street) -> Place:
    return make_place("500233003215", "白坪村")


@pytest.fixture
def huanggu(street) -> Place:
    return make_place("500233003210", "黄谷村")


@pytest.fixture
def zhuhe(street) -> Place:
    return make_place("500233003001", "朱河社区")


@pytest.fixture
def waterworks(baiping) -> Unit:
    return make_unit("乌杨水厂", baiping)


@pytest.fixture
def economy_office(db) -> Department:
    # A loaded plan brings its own.
    return Department.objects.get_or_create(name="经发办")[0]


@pytest.fixture
def cadre_baiping(baiping) -> User:
    return make_user("ranhongmei", Role.CADRE, place=baiping, name="冉红梅")


@pytest.fixture
def cadre(cadre_baiping) -> User:
    """Somebody who comes in by the login page; setting a password takes time, so the others have none."""
    cadre_baiping.set_password(PASSWORD)
    cadre_baiping.save()
    return cadre_baiping


@pytest.fixture
def cadre_huanggu(huanggu) -> User:
    return make_user("qindayong", Role.CADRE, place=huanggu, name="秦大勇")


@pytest.fixture
def unit_contact(waterworks) -> User:
    return make_user("zhoutao", Role.UNIT, unit=waterworks, name="周涛")


@pytest.fixture
def department_user(economy_office) -> User:
    return make_user("luojing", Role.DEPARTMENT, department=economy_office, name="罗静")


@pytest.fixture
def clinic_user(street) -> User:
    return make_user("limin", Role.CLINIC, place=street, name="李敏")


@pytest.fixture
def staff(street) -> User:
    return make_user("liuming", Role.STAFF, place=street, name="刘明")


@pytest.fixture
def leader(street) -> User:
    return make_user("wangjianhua", Role.LEADER, place=street, name="王建华")


@pytest.fixture
def auditor(db) -> User:
    return make_user("tanyong", Role.AUDITOR, name="谭勇")


@pytest.fixture
def sysadmin(db) -> User:
    return make_user("xiangyang", Role.SYSADMIN, name="向阳")


@pytest.fixture
def everybody(
    cadre_baiping, unit_contact, department_user, clinic_user, staff, leader, auditor, sysadmin
) -> dict[str, User]:
    """One account of each role."""
    return {
        Role.CADRE: cadre_baiping,
        Role.UNIT: unit_contact,
        Role.DEPARTMENT: department_user,
        Role.CLINIC: clinic_user,
        Role.STAFF: staff,
        Role.LEADER: leader,
        Role.AUDITOR: auditor,
        Role.SYSADMIN: sysadmin,
    }


@pytest.fixture
def nobody() -> Client:
    """Somebody who has not logged in."""
    return Client()


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Log an account in: `client_of(staff).get(...)`."""

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return enter
