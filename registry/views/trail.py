"""操作日志: what the auditor reads and checks."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from registry.access import requires
from registry.audit import address_of, record, verify
from registry.forms import TrailForm
from registry.models import AuditEntry

PER_PAGE = 50


@requires("audit.view")
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """List the trail, newest first, by day, account and action."""
    form = TrailForm(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    entries = _narrowed(AuditEntry.objects.select_related("user").order_by("-number"), filters)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    query = urlencode({name: value for name, value in request.GET.items() if name != "page" and value})
    return render(request, "registry/audit.html", {"form": form, "page": page, "query": f"{query}&" if query else ""})


def _narrowed(entries: QuerySet[AuditEntry], filters: dict[str, Any]) -> QuerySet[AuditEntry]:
    if filters.get("day"):
        # A range, not a function of the column, so that its index serves.
        start = timezone.make_aware(datetime.combine(filters["day"], time.min))
        entries = entries.filter(at__gte=start, at__lt=start + timedelta(days=1))
    if filters.get("action"):
        entries = entries.filter(action=filters["action"])
    if filters.get("user"):
        entries = entries.filter(Q(user__name__icontains=filters["user"]) | Q(user__username=filters["user"]))
    return entries


@requires("audit.view")
@require_POST
def audit_verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and say whether it is whole; that it was checked is an entry itself."""
    problems = verify()
    record("audit.verify", by=request.user, detail={"问题": len(problems)}, address=address_of(request))
    if problems:
        messages.error(request, f"日志不完整，{len(problems)} 处：{'；'.join(problems[:3])}")
    else:
        messages.success(request, "日志完整：没有改动、缺失或截断")
    return redirect("audit")
