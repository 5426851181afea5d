"""What happens to any page: a session that ended under htmx, a database that is busy."""

import pytest
from django.db import OperationalError

from registry.models import AuditEntry

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/accounts/?q=1"}


def test_part_of_a_page_asked_for_after_the_session_ended_sends_the_page_to_the_login(nobody):
    answer = nobody.get("/accounts/", headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/login/?next=%2Faccounts%2F")


def test_other_redirects_stay_as_they_are(staff, client_of):
    assert client_of(staff).post("/me/type-size/", headers=HTMX).status_code == 302


def test_busy_database_is_told_in_words(staff, client_of, monkeypatch, caplog):
    def locked(user):
        raise OperationalError("database is locked")

    monkeypatch.setattr("registry.views.own.cards_for", locked)
    answer = client_of(staff).get("/")
    assert answer.status_code == 503
    assert "可能正在入库花名册" in answer.content.decode()
    assert "刘明" not in answer.content.decode()


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        # Without a proxy the header is anybody's to write.
        (0, "1.2.3.4", "127.0.0.1"),
        (1, "10.1.2.3", "10.1.2.3"),
        (1, "6.6.6.6, 10.1.2.3", "10.1.2.3"),
        (2, "6.6.6.6, 10.1.2.3, 10.0.0.1", "10.1.2.3"),
        (2, "10.1.2.3", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_address_in_the_trail_is_what_our_own_proxies_saw(settings, nobody, proxies, header, address):
    settings.PROXIES = proxies
    nobody.post("/login/", {"username": "x", "password": "y"}, HTTP_X_FORWARDED_FOR=header)
    assert AuditEntry.objects.get(action="login.failed").address == address
