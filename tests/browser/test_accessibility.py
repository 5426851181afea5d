"""No serious fault of accessibility on any page of the menu, for each role (axe-core, WCAG 2 A and AA)."""

import pytest
from django.test import RequestFactory

from registry.models import Household, Role, User
from tests.browser.looks import faults
from tests.factories import make_resident
from tests.ledgers import make
from tests.ledgers.households import make_group, make_household
from wuyang.frame import Frame

# What a page looks like does not depend on the database.
pytestmark = pytest.mark.sqlite


@pytest.fixture
def street_with_people(baiping, waterworks):
    campaign = make.campaign()
    group = make_group(baiping, 3)
    make_resident(group, "冉启华", household=make_household(group, 17), relation="本人", phone="19912345678")
    return campaign


def _addresses(user: User) -> list[str]:
    request = RequestFactory().get("/")
    request.user, request.resolver_match = user, None
    return [*(item.url for item in Frame(request).all), "/me/", "/me/password/"]


@pytest.mark.parametrize("role", Role.values)
def test_no_page_of_the_menu_has_a_serious_fault(role, everybody, street_with_people, phone, login):
    user = everybody[role]
    login(phone, user)
    found = {}
    for address in _addresses(user):
        phone.goto(address)
        if wrong := faults(phone):
            found[address] = wrong
    assert found == {}


def test_household_card_has_no_serious_fault(cadre_baiping, street_with_people, phone, login):
    login(phone, cadre_baiping).goto("/survey/")
    for address in phone.evaluate(
        "[...document.querySelectorAll('main a[href^=\"/survey/\"]')].map((a) => a.pathname)"
    ):
        phone.goto(address)
        assert faults(phone) == []
    phone.goto(f"/survey/households/{Household.objects.get().pk}/")
    phone.locator("label", has_text="有变化").tap()
    assert faults(phone) == []


def test_login_and_the_pages_without_signal_have_no_serious_fault(phone, db):
    for address in ("/login/", "/field/", "/field/unsent/"):
        phone.goto(address)
        assert faults(phone) == [], address


def test_a_fault_would_be_found(phone, db):
    phone.goto("/login/")
    phone.evaluate("document.querySelectorAll('label').forEach((label) => label.remove())")
    assert any(fault.startswith("label") for fault in faults(phone))
