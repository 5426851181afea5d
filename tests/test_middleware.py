"""What happens to any page: a session that ended under htmx, a database that is busy."""

import pytest
from django.db import OperationalError

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
