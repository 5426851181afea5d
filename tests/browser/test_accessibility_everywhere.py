"""No serious fault of accessibility on any page that links lead to, in a demonstration where everything has happened.

Each page once, as the first role that finds it: a walk over the links of every role's pages with the test client,
then Chromium with axe-core on one address of each route.
"""

from collections import deque

import pytest
from django.test import Client
from playwright.sync_api import Page

from registry.models import Role, User
from tests.browser.looks import faults
from tests.routes import all_routes
from tests.told_street import links_in, route_of, told_street

__all__ = ["told_street"]

# What a page looks like does not depend on the database.
pytestmark = pytest.mark.sqlite

# Whose page it is first; a role further on adds what those before it do not see.
ROLES = (Role.CADRE, Role.UNIT, Role.STAFF, Role.CLINIC, Role.LEADER, Role.DEPARTMENT, Role.AUDITOR, Role.SYSADMIN)
ON_PHONES = (Role.CADRE, Role.UNIT)


def _user_of(role: str) -> User:
    return User.objects.filter(grants__role=role, is_active=True).order_by("pk").first()


def _pages_of(user: User, done: set[str]) -> dict[str, str]:
    """Return an address for each route that the account's pages lead to, that is a page and not among `done`."""
    client = Client()
    client.force_login(user, backend="registry.backends.AccountBackend")
    waiting = deque(["/", *(route.url for route in all_routes() if not route.names_an_object)])
    tried: set[str] = set()
    found: dict[str, str] = {}
    while waiting:
        address = waiting.popleft()
        name = route_of(address)
        if not name or name in tried:
            continue
        tried.add(name)
        answer = client.get(address)
        if answer.status_code in (301, 302):
            waiting.append(answer["Location"])
        elif answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            text = answer.content.decode()
            # A part that a page fetches for itself is looked at with its page.
            if "<html" in text:
                found[name] = address
            waiting.extend(links_in(text))
        answer.close()
    return {name: address for name, address in found.items() if name not in done}


@pytest.mark.slow
def test_no_page_has_a_serious_fault(told_street, phone: Page, pc: Page, login):
    found, looked_at = {}, set()
    for role in ROLES:
        user = _user_of(role)
        page = login(phone if role in ON_PHONES else pc, user)
        for name, address in _pages_of(user, looked_at).items():
            looked_at.add(name)
            page.goto(address, wait_until="load")
            if wrong := faults(page):
                found[f"{role} {address}"] = wrong
    assert found == {}
    # A walk that loses its way would find nothing wrong.
    assert len(looked_at) > 100
