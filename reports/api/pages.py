"""接口令牌 in the browser: whose programs read our figures, made and withdrawn here; and the same CSV by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import get_campaign_for
from registry.access import places_given_by, requires, scope_of
from registry.audit import address_of
from registry.forms import DaysField, InputMixin
from registry.models import Place, Role, User
from registry.paging import page_asked
from reports.api.asked import RESIDENCIES, choice_asked, days_asked
from reports.api.csv_lines import csv_lines
from reports.api.figures import daily, reach_of
from reports.api.refusals import Refused
from reports.api.tokens import PER_HOUR, get_token_kept_by, make_token, tokens_kept_by, withdraw_token
from reports.api.views import csv_answer
from reports.models import ApiToken

MOST_DAYS = 366


class TokenForm(InputMixin, forms.Form):
    """Whose program, which place, how long."""

    name = forms.CharField(
        label="使用单位",
        max_length=60,
        help_text="哪个单位的哪个系统用，如：县疾控中心日报系统。",
        error_messages={"required": "写明哪个单位用。"},
    )
    place = forms.ModelChoiceField(label="范围", queryset=Place.objects.none(), empty_label=None)
    days = DaysField(
        label="有效天数",
        most=MOST_DAYS,
        then="到期再发",
        initial=180,
        help_text=f"最多 {MOST_DAYS} 天，到期自动失效，随时可以停用。",
    )

    def __init__(self, *args: object, giver: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        places = Place.objects.within_any(places_given_by(giver)).filter(level__lte=Place.Level.VILLAGE)
        self.fields["place"].queryset = places
        self.fields["place"].label_from_instance = _indented


def _indented(place: Place) -> str:
    return ("\u3000" if place.level == Place.Level.VILLAGE else "") + place.name


@dataclass(frozen=True)
class Line:
    """A token of the list and its state."""

    token: ApiToken
    state: str

    @property
    def dialog(self) -> str:
        return f"withdraw-{self.token.pk}"

    @property
    def question(self) -> str:
        return f"{self.token.name}的系统从下一次请求起就取不到数据，停用后不能恢复，只能重新发。"


@requires("tokens.manage")
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """Whose programs read figures: since when, how far, last used."""
    now = timezone.now()
    page = page_asked(request, tokens_kept_by(request.user))
    lines = [Line(token, _state(token, now)) for token in page]
    context = {"page": page, "lines": lines, "per_hour": PER_HOUR, "site": request.build_absolute_uri("/")[:-1]}
    return render(request, "reports/tokens.html", context)


def _state(token: ApiToken, now: datetime) -> str:
    if token.withdrawn_at:
        return "token_withdrawn"
    return "token_expired" if token.expires_at <= now else "token_holds"


@requires("tokens.manage")
@require_http_methods(["GET", "POST"])
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token; its secret is shown once, on the answer itself."""
    form = TokenForm(request.POST or None, giver=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        token, secret = make_token(**said, by=request.user, address=address_of(request))
        context = {"token": token, "secret": secret, "site": request.build_absolute_uri("/")[:-1]}
        return render(request, "reports/token_made.html", context)
    return render(request, "reports/token_new.html", {"form": form}, status=422 if form.errors else 200)


@requires("tokens.manage")
@require_POST
def token_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token; the program that bears it is refused from its next request on."""
    token = get_token_kept_by(request.user, pk)
    if withdraw_token(token, by=request.user, address=address_of(request)):
        messages.success(request, f"{token.name}的令牌已停用")
    else:
        messages.error(request, "这个令牌先前已经停用")
    return redirect("tokens")


@requires("figures.daily")
@require_safe
def daily_by_hand(request: HttpRequest) -> HttpResponse:
    """The CSV of daily figures for whoever reads the same figures on our pages, small cells and all."""
    campaign = get_campaign_for(request.user, request.GET.get("campaign") or None)
    codes = [_code(prefix) for prefix in scope_of(request.user).prefixes(Role.STAFF, Role.LEADER)]
    if campaign is None:
        # Its page says how a plan is loaded.
        return redirect("dashboard")
    reach = reach_of(campaign, list(Place.objects.filter(pk__in=codes)))
    if reach is None:
        raise Http404
    try:
        first, last = days_asked(request.GET, campaign)
        residency = choice_asked(request.GET, "residency", RESIDENCIES)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("dashboard")
    lines = csv_lines(daily(reach, first, last, residency, with_small=True))
    return csv_answer(lines, f"daily-{first}-{last}.csv")


def _code(prefix: str) -> str:
    return prefix.ljust(Place.Level.VILLAGE, "0")
