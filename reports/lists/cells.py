"""The parts of a list that repeat hundreds of times on a page, made once here instead of by a template each."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from registry.templatetags.wuyang import icon, tail
from reports.lists.rows import Row

_WORDS = {"number": ("eye", "查看完整证件号"), "phone": ("phone", "查看完整电话")}


def add_cells(rows: list[Row], *, query: str, may_reveal: bool) -> None:
    """Give each row its link and its two masked values with the button that asks for the whole."""
    # Reversed once: the key stands where 0 stood.
    person, reveal = reverse("person", args=[0]), reverse("reveal", args=[0])
    symbols = {what: (icon(name), words) for what, (name, words) in _WORDS.items()}
    for row in rows:
        row.url = f"{person.replace('0', str(row.pk))}?{query}"
        address = reveal.replace("0", str(row.pk))
        row.number_cell = _masked(row.pk, "number", tail(row.number), address, symbols, may_reveal)
        row.phone_cell = _masked(row.pk, "phone", tail(row.phone, 4), address, symbols, may_reveal)


def _masked(
    pk: int, what: str, shown: str, address: str, symbols: dict[str, tuple[SafeString, str]], may_reveal: bool
) -> SafeString:
    """The same markup as parts/reveal.html."""
    text = conditional_escape(shown)
    value = f'<span id="{what}-{pk}" data-masked="{text}">{text}</span>'
    if not may_reveal or shown == "无":
        return mark_safe(f'<span class="masked">{value}</span>')  # noqa: S308 (escaped above)
    symbol, words = symbols[what]
    url = f"{address}?what={what}"
    button = (
        f'<a class="icon-button" href="{url}" hx-get="{url}" hx-target="#dialogs" aria-label="{words}">{symbol}</a>'
    )
    return mark_safe(f'<span class="masked">{value}{button}</span>')  # noqa: S308 (escaped above)
