"""Showing one person's full number or phone: by POST, with a reason, written to the trail (access.md)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from registry.access import requires
from registry.audit import address_of, record
from registry.forms import RevealForm
from registry.models import Resident
from registry.person_access import get_person_for


@requires("person.reveal")
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a reason (GET), then show the number (POST); inside a list both come as parts of the page."""
    resident = get_person_for(request, pk)
    form = RevealForm(request.POST or None, initial={"what": request.GET.get("what", "number")})
    if request.method == "POST" and form.is_valid():
        return _shown(request, resident, form.cleaned_data)
    what = "phone" if form["what"].value() == "phone" else "number"
    template = "registry/reveal_dialog.html" if request.htmx else "registry/reveal.html"
    response = render(request, template, {"resident": resident, "form": form, "what": what})
    if form.errors:
        # The answer was to replace the number: put the question back instead.
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialogs", "innerHTML"
    return response


def _shown(request: HttpRequest, resident: Resident, asked: dict[str, str]) -> HttpResponse:
    what = asked["what"]
    related = resident.phones if what == "phone" else resident.documents
    values = list(related.order_by("pk").values_list("number", flat=True))
    record(
        "resident.reveal",
        by=request.user,
        subject=f"resident {resident.pk}",
        detail={"what": what, "reason": asked["reason"]},
        address=address_of(request),
    )
    context = {"resident": resident, "what": what, "values": values, "reason": asked["reason"]}
    return render(request, "registry/revealed.html" if request.htmx else "registry/revealed_page.html", context)
