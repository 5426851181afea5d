"""No page offers its reader a link that is closed to them: a walk over the links of every account's pages."""

from collections import deque

import pytest
from django.test import Client

from registry.models import User
from tests.told_street import links_in, route_of, told_street

__all__ = ["told_street"]
# What stands on a page does not depend on the database.
pytestmark = [pytest.mark.sqlite, pytest.mark.slow]


def _walk(user: User) -> tuple[int, dict[str, str]]:
    """Return how many routes were opened, one page of each, and the closed ones with the page that leads there."""
    client = Client()
    client.force_login(user, backend="registry.backends.AccountBackend")
    waiting = deque([("/", "")])
    opened: set[str] = set()
    closed = {}
    while waiting:
        address, before = waiting.popleft()
        name = route_of(address)
        if not name or name in opened:
            continue
        opened.add(name)
        answer = client.get(address)
        if answer.status_code in (301, 302):
            waiting.append((answer["Location"], before))
        elif answer.status_code != 200:
            closed[address] = f"{answer.status_code}, offered by {before}"
        elif answer["Content-Type"].startswith("text/html"):
            waiting.extend((link, address) for link in links_in(answer.content.decode()))
        answer.close()
    return len(opened), closed


def test_no_page_offers_a_link_that_is_closed(told_street):
    opened, found = {}, {}
    for user in User.objects.filter(is_active=True, grants__isnull=False).distinct():
        opened[user.username], closed = _walk(user)
        if closed:
            found[user.username] = closed
    assert found == {}
    # A walk that loses its way would find nothing closed.
    assert sum(opened.values()) > 200
