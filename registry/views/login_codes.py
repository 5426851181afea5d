"""账号导入 and 登录码: many accounts from a spreadsheet, and one-time codes printed on paper."""

from __future__ import annotations

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from registry import account_import
from registry.access import requires
from registry.account_sheet import SheetRow, read_accounts
from registry.audit import address_of
from registry.login_codes import GOOD_FOR, accounts_given_codes_by, give_codes, shown_code
from registry.models import User
from registry.spreadsheets import Refused

_SALT = "registry.account_import"
# How long a preview may lie before it is approved.
_GOOD_SECONDS = 3600


@requires("accounts.manage")
@require_http_methods(["GET", "POST"])
def account_import_preview(request: HttpRequest) -> HttpResponse:
    """Take a spreadsheet and show what it would do; nothing is written yet."""
    if request.method == "GET":
        return render(request, "registry/account_import.html")
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Refused("no_rows", "先选一个表格文件。")
        rows = read_accounts(upload.read())
    except Refused as refused:
        return render(request, "registry/account_import.html", {"refusal": refused.sentence}, status=422)
    return _preview(request, rows)


def _preview(request: HttpRequest, rows: list[SheetRow]) -> HttpResponse:
    planned = account_import.plan_accounts(rows, by=request.user)
    good = [row for row in planned if not row.refusal]
    context = {
        "new": [row for row in good if row.account is None],
        "widened": [row for row in good if row.account and not row.is_known],
        "known": [row for row in good if row.is_known],
        "refused": [row for row in planned if row.refusal],
        "signed": signing.dumps(
            [[row.number, row.name, row.phone, row.village, row.group, row.grid, row.unit] for row in rows],
            salt=_SALT,
            compress=True,
        ),
    }
    return render(request, "registry/account_import_preview.html", context)


@requires("accounts.manage")
@require_POST
def account_import_approve(request: HttpRequest) -> HttpResponse:
    """Plan again from the rows that were previewed, as the registry now is, and make the accounts."""
    try:
        values = signing.loads(request.POST.get("rows", ""), salt=_SALT, max_age=_GOOD_SECONDS)
    except signing.BadSignature:
        messages.error(request, "核对页放得太久，没有写入：把表格再传一次。")
        return redirect("account_import")
    planned = account_import.plan_accounts([SheetRow(*row) for row in values], by=request.user)
    given = account_import.make_accounts(planned, by=request.user, address=address_of(request))
    if not given:
        messages.success(request, "没有新账号要建，已有账号的范围已补上。")
        return redirect("accounts")
    return _slips(request, given)


@requires("accounts.codes")
@require_http_methods(["GET", "POST"])
def login_codes(request: HttpRequest) -> HttpResponse:
    """Choose to whom a code is given (GET); make the codes and show the slips once (POST)."""
    people = accounts_given_codes_by(request.user)
    if request.method == "GET":
        found = people.order_by("name", "pk").prefetch_related(
            "grants__place", "grants__unit", "grants__department", "grants__grid"
        )
        return render(request, "registry/login_codes.html", {"people": found})
    chosen = people.filter(pk__in=[pk for pk in request.POST.getlist("account") if pk.isdigit()])
    given = give_codes(chosen, by=request.user, address=address_of(request))
    if not given:
        messages.error(request, "没有选人：在要发登录码的人前面打勾。")
        return redirect("login_codes")
    return _slips(request, given)


def _slips(request: HttpRequest, given: list[tuple[User, str]]) -> HttpResponse:
    slips = [(person, shown_code(code)) for person, code in given]
    context = {"slips": slips, "days": GOOD_FOR.days, "site": request.build_absolute_uri("/")}
    return render(request, "registry/login_slips.html", context)
