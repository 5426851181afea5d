"""What stands around every page: brand, menu with counts, role (a context processor)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import cached_property

from campaigns.models import Campaign
from registry.access import may, scope_of
from registry.home import badge_for
from registry.models import Place, Role
from wuyang.menu import LEFT_OUT, ME, MENU, OF_THE_STREET, ON_PHONE, ON_TOP, OWN_WORDS, Entry, Gathered


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give templates `frame`; a partial that does not use it asks nothing of the database."""
    return {"frame": Frame(request)}


@dataclass
class Item:
    """A menu entry as this reader sees it on this page."""

    entry: Entry
    url: str
    here: bool
    count: int
    label: str
    short: str

    @property
    def icon(self) -> str:
        return self.entry.icon


@dataclass
class Fold:
    """Several entries under one word of the top menu, with the sum of their counts."""

    label: str
    items: list[Item]

    @property
    def here(self) -> bool:
        return any(item.here for item in self.items)

    @property
    def count(self) -> int:
        return sum(item.count for item in self.items)


class Frame:
    """Each part is worked out when a template first asks for it."""

    def __init__(self, request: HttpRequest):
        # A request refused before it was authenticated (a wrong host name) has no user yet.
        self.user = getattr(request, "user", None) or AnonymousUser()
        match = request.resolver_match
        self._here = (match.url_name or "") if match else ""
        self._path = request.path
        self._may_switch = request.method == "GET" and not (match and match.kwargs.keys() & {"pk", "key"})

    @property
    def reads_figures(self) -> bool:
        """Whether targets and changes of the plan concern this reader; a unit or clinic has none of its own."""
        return may(self.user, "figures.view")

    @property
    def is_demonstration(self) -> bool:
        return settings.DEMO

    @property
    def campaign(self) -> Campaign | None:
        """The campaign that the page shows, as its view asked for it; None on pages of none."""
        return getattr(self.user, "campaign_shown", None)

    @property
    def campaigns(self) -> list[Campaign]:
        """The campaigns one may go on to from here; only where there are several, or the one shown has ended."""
        shown, running = self.campaign, getattr(self.user, "campaigns_running", [])
        others = [campaign for campaign in running if shown is None or campaign.pk != shown.pk]
        return [shown, *others] if shown is not None and (others or not shown.is_active) else []

    @property
    def campaign_link(self) -> str:
        """Where another campaign is opened: this page, or home where the page is an act or a thing of one campaign."""
        return self._path if self._may_switch else reverse("home")

    @cached_property
    def street(self) -> Place | None:
        return Place.objects.filter(level=Place.Level.STREET).first()

    @cached_property
    def brand(self) -> str:
        """The site bears the name of its street, as the plan on record names it."""
        return f"{self.street or '街道'}疫苗接种"

    @cached_property
    def purpose(self) -> str:
        """忠县乌杨街道 and the campaign's name, for the login page."""
        if self.street is None:
            return "疫苗接种管理"
        county = Place.objects.filter(pk=self.street.code[:6].ljust(12, "0")).first()
        campaign = Campaign.objects.filter(is_default=True).first()
        name = str(campaign or "疫苗接种").removeprefix(self.street.name)
        return f"{county or ''}{self.street} {name}管理"

    @cached_property
    def _role(self) -> str:
        """The role that shapes the page for an account of several."""
        roles = scope_of(self.user).roles
        return next((role for role in ON_PHONE if role in roles), "")

    @property
    def in_the_field(self) -> bool:
        """Whether this reader's phone keeps pages for where there is no signal."""
        return Role.CADRE in scope_of(self.user).roles

    @property
    def role(self) -> str:
        return Role(self._role).label if self._role else ""

    @cached_property
    def all(self) -> list[Item]:
        return [self._item(entry, url) for entry, url in self._entries]

    @cached_property
    def _entries(self) -> list[tuple[Entry, str]]:
        """What this reader may open and has use for."""
        found = ((entry, _url(entry)) for entry in MENU)
        unused = LEFT_OUT.get(self._role, ()) + (() if self._has_a_street else OF_THE_STREET)
        return [
            (entry, url)
            for entry, url in found
            if url and entry.route not in unused and may(self.user, resolve(url).func.right)
        ]

    @property
    def _has_a_street(self) -> bool:
        prefixes = scope_of(self.user).prefixes(Role.STAFF, Role.LEADER)
        return any(len(prefix) <= Place.Level.STREET for prefix in prefixes)

    @cached_property
    def menu(self) -> list[Item | Fold]:
        """What stands in the top menu: a role's own choice, or all that does not fold away."""
        if self._role not in ON_TOP:
            return [item for item in self.all if not item.entry.folded]
        return [place for place in map(self._place, ON_TOP[self._role]) if place]

    @cached_property
    def more(self) -> Fold:
        """The rest, under 更多."""
        shown = {id(item) for place in self.menu for item in getattr(place, "items", [place])}
        return Fold("更多", [item for item in self.all if id(item) not in shown])

    def _place(self, chosen: str | Gathered) -> Item | Fold | None:
        routes = chosen.routes if isinstance(chosen, Gathered) else (chosen,)
        items = [self.by_route[route] for route in routes if route in self.by_route]
        if isinstance(chosen, Gathered) and items:
            return Fold(chosen.label, items)
        return items[0] if items else None

    @cached_property
    def by_route(self) -> dict[str, Item]:
        return {item.entry.route: item for item in self.all}

    @property
    def phone(self) -> list[Item]:
        """At most five for the thumb; the rest stands under 我的."""
        if not self.user.is_authenticated:
            return []
        wanted = ON_PHONE.get(self._role, ("home",))
        chosen = [self.by_route[route] for route in wanted if route in self.by_route]
        return [*chosen, self._item(ME, _url(ME))]

    @cached_property
    def _entry_here(self) -> str:
        """The entry this page belongs to: the one whose family says it most exactly (清零核验, not 清零)."""
        entries = [ME, *(entry for entry, _ in self._entries)]
        families = [(len(stem), each.route) for each in entries for stem in each.family if self._here.startswith(stem)]
        return max(families, default=(0, ""))[1]

    def _item(self, entry: Entry, url: str) -> Item:
        words = OWN_WORDS.get(self._role, {}).get(entry.route)
        here = entry.route == self._entry_here
        count = badge_for(entry.route, self.user)
        return Item(entry, url, here, count, words or entry.label, words or entry.short)


def _url(entry: Entry) -> str:
    try:
        return reverse(entry.route)
    except NoReverseMatch:
        return ""
