"""A request for a host that is not ours is refused before anybody is known: the page must not need a user."""

import pytest


@pytest.mark.django_db
def test_wrong_host_is_refused_with_a_page(nobody):
    answer = nobody.get("/", headers={"host": "example.invalid"})
    assert answer.status_code == 400
    assert "回首页" in answer.content.decode()
