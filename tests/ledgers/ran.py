"""冉启华 of 白坪村 on 16 August 2021 under the 2021 plan, and the doctor who may decide on an exemption."""

import pytest

from registry.models import Role
from tests.factories import make_user
from tests.ledgers import make

ON = make.day("08-16")


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.TODAY = ON


@pytest.fixture
def campaign(street):
    return make.campaign()


@pytest.fixture
def ran(baiping, campaign):
    return make.resident(baiping, "1954-03-02", name="冉启华")


@pytest.fixture
def approver(street):
    return make_user("luoyi", Role.CLINIC, place=street, name="罗医生", may_approve=True)
