"""All routes of the site as the resolver knows them, with an address to try each at."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver, reverse

# A value per converter that names nothing on record.
SAMPLES = {
    "IntConverter": 999_999_999,
    "StringConverter": "nothing",
    "SlugConverter": "nothing",
    "UUIDConverter": "00000000-0000-4000-8000-000000000000",
    "PathConverter": "nothing",
}


class Route(NamedTuple):
    name: str
    view: Callable
    names_an_object: bool
    url: str

    @property
    def right(self) -> str:
        return getattr(self.view, "right", "")


def all_routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, {}))


def _walk(patterns: list[URLPattern | URLResolver], above: dict) -> Iterator[Route]:
    for item in patterns:
        converters = above | item.pattern.converters
        if isinstance(item, URLResolver):
            yield from _walk(item.url_patterns, converters)
        else:
            sample = {name: SAMPLES[type(converter).__name__] for name, converter in converters.items()}
            yield Route(item.name, item.callback, bool(sample), reverse(item.name, kwargs=sample))
