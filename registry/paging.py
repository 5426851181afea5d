"""Lists page by page: one way for every list of the site; shown by `parts/pagination.html`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE = 50


def page_asked(
    request: HttpRequest, found: QuerySet | Sequence[Any], *, name: str = "page", per_page: int = PER_PAGE
) -> Page:
    """Return the page that the address asks for, the nearest one there is for any other.

    A page with two lists names the parameter of the second; the template is told the same `name`.
    """
    return Paginator(found, per_page).get_page(request.GET.get(name))
