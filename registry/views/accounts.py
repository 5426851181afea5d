"""账号管理: accounts, their roles and scopes."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry import actions
from registry.access import accounts_kept_by, get_account_for, grants_given_by, requires, roles_given_by
from registry.audit import address_of
from registry.forms import AccountForm, GrantForm
from registry.models import Role, User

PER_PAGE = 50


@requires("accounts.manage")
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts the reader keeps, by name, with search and role."""
    text, role = request.GET.get("q", "").strip()[:60], request.GET.get("role", "")
    found = _search(accounts_kept_by(request.user), text, role)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    roles = [(r, Role(r).label) for r in Role if r in roles_given_by(request.user)]
    context = {"page": page, "q": text, "role": role, "roles": roles, "query": f"q={text}&role={role}&"}
    return render(request, "registry/accounts.html", context)


def _search(people: QuerySet[User], text: str, role: str) -> QuerySet[User]:
    if text:
        people = people.filter(Q(name__icontains=text) | Q(username__icontains=text))
    if role in Role.values:
        people = people.filter(grants__role=role).distinct()
    scopes = ("grants__place", "grants__unit", "grants__department", "grants__grid")
    return people.prefetch_related(*scopes).order_by("-is_active", "name", "pk")


@requires("accounts.manage")
@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    """Make an account with its first role; its initial password is shown once, on the answer itself."""
    form = AccountForm(request.POST or None)
    grant = GrantForm(request.POST or None, giver=request.user)
    if request.method == "POST" and all([form.is_valid(), grant.is_valid()]):
        password = actions.create_account(form.instance, grant.instance, by=request.user, address=address_of(request))
        return _show_password(request, form.instance, password)
    context = {"form": form, "grant_form": grant}
    return render(request, "registry/account_new.html", context, status=422 if form.errors or grant.errors else 200)


@requires("accounts.manage")
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an account and change who it says it is."""
    person = get_account_for(request.user, pk)
    form = AccountForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        actions.change_account(form.instance, form.changed_data, by=request.user, address=address_of(request))
        messages.success(request, f"{person}的资料已保存")
        return redirect("account", pk)
    return _show(request, person, form=form, status=422 if form.errors else 200)


@requires("accounts.manage")
@require_POST
def account_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one more role."""
    person = get_account_for(request.user, pk)
    _not_oneself(request, person)
    form = GrantForm(request.POST, giver=request.user)
    if form.is_valid():
        try:
            actions.add_grant(person, form.instance, by=request.user, address=address_of(request))
        except actions.GrantRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{person}：已增加{form.instance}")
            return redirect("account", pk)
    return _show(request, person, grant_form=form, status=422)


@requires("accounts.manage")
@require_POST
def account_revoke(request: HttpRequest, pk: int, grant_pk: int) -> HttpResponse:
    """Take one role away."""
    person = get_account_for(request.user, pk)
    _not_oneself(request, person)
    grant = get_object_or_404(grants_given_by(request.user), pk=grant_pk, user=person)
    name = str(grant)
    try:
        actions.remove_grant(grant, by=request.user, address=address_of(request))
    except actions.GrantRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{person}：已去掉{name}")
    return redirect("account", pk)


@requires("accounts.manage")
@require_POST
def account_disable(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_account_for(request.user, pk)
    _not_oneself(request, person)
    actions.disable_account(person, by=request.user, address=address_of(request))
    messages.success(request, f"{person}的账号已停用，登录已退出")
    return redirect("account", pk)


@requires("accounts.manage")
@require_POST
def account_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a new initial password, which also opens a disabled account again."""
    person = get_account_for(request.user, pk)
    _not_oneself(request, person)
    password = actions.reset_password(person, by=request.user, address=address_of(request))
    return _show_password(request, person, password)


def _not_oneself(request: HttpRequest, person: User) -> None:
    """Nobody locks themselves out or widens their own rights."""
    if person == request.user:
        raise PermissionDenied


def _show_password(request: HttpRequest, person: User, password: str) -> HttpResponse:
    return render(request, "registry/account_password.html", {"person": person, "password": password})


def _show(
    request: HttpRequest,
    person: User,
    *,
    form: AccountForm | None = None,
    grant_form: GrantForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "person": User.objects.get(pk=person.pk),
        "grants": person.grants.select_related("place", "unit", "department", "grid"),
        "form": form or AccountForm(instance=person),
        "grant_form": grant_form or GrantForm(giver=request.user),
    }
    return render(request, "registry/account.html", context, status=status)
