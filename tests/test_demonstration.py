import pytest
from django.test import Client
from pytest_django.fixtures import Settings

WORDS = "演示数据，人员均为虚构"


@pytest.mark.django_db
@pytest.mark.parametrize("demo", [True, False])
def test_pages_of_a_demonstration_say_so(client: Client, settings: Settings, demo: bool) -> None:
    settings.DEMO = demo
    assert (WORDS in client.get("/login/").content.decode()) is demo
