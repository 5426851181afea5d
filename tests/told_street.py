"""A small demonstration in which everything has happened, and the links that lead through its pages."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import Resolver404, resolve

_LINK = re.compile(r'href="(/[^"#]*)"')


@pytest.fixture
def told_street(transactional_db, settings, monkeypatch) -> None:
    """Every kind of page has something to show."""
    monkeypatch.setenv("TODAY", "2021-08-16")
    monkeypatch.setenv("DEMO", "1")
    settings.TODAY, settings.DEMO = None, False
    call_command("demo", "--no-serve", "--people", "600", stdout=StringIO())


def links_in(text: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in _LINK.findall(text)]


def route_of(address: str) -> str:
    """Return the name of the route that answers an address, "" for none."""
    try:
        return resolve(address.split("?")[0]).url_name or ""
    except Resolver404:
        return ""
