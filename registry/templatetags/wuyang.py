"""How figures, days, masked values and states stand on the screen: one filter or tag each.

Filters receive the exact value; rounding happens here and nowhere else (rules 5).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from registry.access import may
from registry.chips import CHIPS
from registry.clock import moment_of
from registry.masking import hide_numbers
from registry.words import ACTIONS, DETAILS, SUBJECTS, VALUES

register = template.Library()

Exact = int | Decimal | Fraction
NOTHING = "—"
MINUS = "−"


def _units(value: Exact, digits: int, times: int = 1) -> int:
    """Round `times` an exact number half up, away from zero, and count it in its last digit; floats never come in."""
    # By its type: asking a Fraction for its class goes through abstract numbers, a thousand times a page.
    if type(value) is Fraction:
        part, whole = value.numerator * times * 10**digits, value.denominator
        units = (2 * abs(part) + whole) // (2 * whole)
        return units if part >= 0 else -units
    if type(value) is int:
        return value * times * 10**digits
    return int((Decimal(value) * times).scaleb(digits).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _written(units: int, digits: int) -> str:
    """134260, 2 → 1,342.60; in whole numbers, since a page of figures has a thousand of them."""
    whole, rest = divmod(abs(units), 10**digits)
    sign = MINUS if units < 0 else ""
    # Safe as it is: escaping each costs more than writing it.
    return SafeString(f"{sign}{whole:,}.{rest:0{digits}d}" if digits else f"{sign}{whole:,}")


def _is_missing(value: Exact | str | None) -> bool:
    """None, or "" as a variable arrives that a template was not given."""
    # By its type first: a Fraction is slow to tell that it is no text.
    return value is None or (isinstance(value, str) and not value)


@register.filter
def number(value: Exact | None, digits: int = 0) -> str:
    """13426 → 13,426; None → —."""
    return NOTHING if _is_missing(value) else _written(_units(value, int(digits)), int(digits))


@register.filter
def signed(value: Exact | None, digits: int = 0) -> str:
    """214 → +214, -10 → −10, 0 → 0."""
    text = number(value, digits)
    return SafeString(f"+{text}") if value and value > 0 and text != NOTHING else text


@register.filter
def rate(value: Exact | None, digits: int = 2) -> str:
    """A share as a percentage without its sign: 0.491 → 49.10."""
    return NOTHING if _is_missing(value) else _written(_units(value, int(digits), 100), int(digits))


@register.filter
def points(value: Exact | None, digits: int = 2) -> str:
    """A difference of shares in percentage points: 0.0042 → +0.42."""
    text = rate(value, digits)
    return SafeString(f"+{text}") if value and value > 0 and text.strip("0.") else text


@register.filter
def percent(value: Exact | None, digits: int = 2) -> str:
    """A share as a percentage: 0.491 → 49.10 %."""
    return NOTHING if _is_missing(value) else SafeString(f"{rate(value, digits)} %")


@register.filter
def limit(value: Decimal) -> str:
    """A share that stands in a plan, with the digits it has there: 0.90800 → 90.8 %, 0.05 → 5 %."""
    return f"{(Decimal(value) * 100).normalize():f} %"


@register.filter
def day(value: date | datetime | None) -> str:
    """8月16日."""
    value = _local(value)
    return f"{value.month}月{value.day}日" if value else NOTHING


@register.filter
def full_day(value: date | datetime | None) -> str:
    """2021年8月16日."""
    value = _local(value)
    return f"{value.year}年{day(value)}" if value else NOTHING


@register.filter
def iso_day(value: str) -> str:
    """2021-08-16 as it is kept in JSON → 8月16日."""
    return day(date.fromisoformat(value)) if value else NOTHING


@register.filter
def weekday(value: date | None) -> str:
    """星期一."""
    return f"星期{'一二三四五六日'[value.weekday()]}" if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """8月17日 00:40."""
    value = _local(value)
    return f"{day(value)} {value:%H:%M}" if value else NOTHING


@register.filter
def due(value: datetime | None) -> str:
    """The same of a moment that the office set itself: its business day, which TODAY may have fixed."""
    return f"{day(moment_of(value))} {moment_of(value):%H:%M}" if value else NOTHING


def _local(value: date | datetime | None) -> date | datetime | None:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def tail(value: str | None, digits: int = 2) -> str:
    """The only part of a number that a list may show: ****24 (access.md); phones take four digits."""
    return f"****{value[-int(digits) :]}" if value else "无"


@register.filter
def unnumbered(text: str) -> str:
    """A text that people typed, without the telephone and identity numbers in it (access.md)."""
    return hide_numbers(text or "")


@register.filter
def full_moment(value: datetime | None) -> str:
    """2021年8月17日 00:40:05, for the trail."""
    value = _local(value)
    return f"{full_day(value)} {value:%H:%M:%S}" if value else NOTHING


@register.filter
def duration(waited: timedelta) -> str:
    """90 seconds → 1 分钟; hours from the second on."""
    minutes = max(1, int(waited.total_seconds() // 60))
    return f"{minutes} 分钟" if minutes < 120 else f"{minutes // 60} 小时"


@register.filter
def action_word(action: str) -> str:
    """An action of the trail in words; a name without words stands as it is."""
    return ACTIONS.get(action, action)


@register.filter
def subject_word(subject: str) -> str:
    """`resident 5` → 人员 5."""
    model, _, key = subject.partition(" ")
    return f"{SUBJECTS.get(model, model)} {key}".strip()


@register.filter
def detail_words(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """An entry's detail as names and values; a pair is what was and what is."""
    return [(DETAILS.get(name, name), _detail_value(value)) for name, value in detail.items()]


def _detail_value(value: Any) -> str:
    if isinstance(value, dict):
        return "，".join(f"{DETAILS.get(name, name)} {inner}" for name, inner in value.items() if inner)
    if isinstance(value, list) and len(value) == 2:
        return f"{_one_value(value[0])} → {_one_value(value[1])}"
    if isinstance(value, list):
        return f"{len(value)} 项"
    return _one_value(value) if isinstance(value, str | bool) else str(value)


def _one_value(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(VALUES.get(value, value) if isinstance(value, str) else value or "") or "空"


@register.inclusion_tag("parts/reveal.html", takes_context=True)
def reveal(context: dict[str, Any], pk: int, what: str, shown: str) -> dict[str, Any]:
    """A masked value (****24) and, for those who may, the way to the full one; `what` is number or phone."""
    allowed = shown != "无" and may(context["request"].user, "person.reveal")
    url = f"{reverse('reveal', args=[pk])}?what={what}"
    return {"pk": pk, "what": what, "shown": shown, "allowed": allowed, "url": url}


@register.simple_tag
@cache
def icon(name: str, tone: str = "", size: str = "") -> SafeString:
    """One symbol of static/img/icons.svg, in the colour of its text or of `tone`."""
    classes = " ".join(filter(None, ["icon", tone and f"tone-{tone}", size]))
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, static("img/icons.svg"), name
    )


@register.simple_tag
def chip(state: str, text: str = "") -> SafeString:
    """A state as shape, word and tint; `text` says more than the word does (超期 9 天)."""
    found = CHIPS[state]
    return format_html('<span class="chip {}">{}{}</span>', found.tone, icon(found.icon), text or found.word)


@register.simple_tag
def state_icon(state: str) -> SafeString:
    """The shape of a state alone, for where the word stands beside it."""
    return icon(CHIPS[state].icon, CHIPS[state].tone)


@register.simple_tag
def bar(
    full: Exact | None = None, first: Exact | None = None, goal: Exact | None = None, fill: str = "", label: str = ""
) -> SafeString:
    """A progress bar: shares of 1 for the dark part, the light part under it, and the black tick.

    Over 1 the bar stops at its end. `fill` names another colour for the dark part (over, done …).
    """
    dark, light, tick = _width(full), _width(first), _width(goal)
    # Written out: a page has hundreds of bars, and a template takes ten times as long.
    parts = ['<rect class="track" y="4" width="100%" height="10" rx="2"/>']
    if light:
        kind = "first" if dark else "first-alone"
        parts.append(f'<rect class="{kind}" y="4" width="{light}" height="10" rx="2"/>')
    if dark:
        parts.append(f'<rect class="{conditional_escape(fill or "full")}" y="4" width="{dark}" height="10" rx="2"/>')
    if tick:
        parts.append(f'<line class="tick" x1="{tick}" x2="{tick}" y1="0" y2="18"/>')
    drawn = f'<svg class="bar" role="img" aria-label="{conditional_escape(label)}">{"".join(parts)}</svg>'
    return mark_safe(drawn)  # noqa: S308 (escaped above, the rest is figures)


def _width(share: Exact | None) -> str | None:
    return None if _is_missing(share) else f"{_written(min(max(_units(share, 2, 100), 0), _WHOLE), 2)}%"


# In hundredths of a per cent.
_WHOLE = 100_00


@register.simple_tag
def page_numbers(page: Any) -> list[int | None]:
    """The pages to offer: first, last, and those around this one; None stands for a gap."""
    last, here = page.paginator.num_pages, page.number
    shown = sorted({1, last, *range(max(1, here - 1), min(last, here + 1) + 1)})
    numbers: list[int | None] = []
    for n in shown:
        if numbers and n - (numbers[-1] or 0) > 1:
            numbers.append(None)
        numbers.append(n)
    return numbers


@register.simple_tag
def field(bound: Any, hint: str = "") -> SafeString:
    """A form field with label, hint, error and control in this order."""
    return render_to_string("parts/field.html", {"field": bound, "hint": hint or bound.help_text})
