"""督办: the list, a new sheet, one sheet with its history, answers and what comes of them, one sheet on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.asked import with_campaign
from campaigns.links import address_in
from campaigns.models import Campaign, Nudge
from campaigns.nudges import access, actions
from campaigns.nudges.actions import NudgeRefused
from campaigns.nudges.rules import Situation, first_sentence
from registry.access import may, requires
from registry.audit import address_of
from registry.clock import today
from reports.nudges.forms import AboutForm, AnswerForm, JudgeForm, SendForm
from reports.nudges.pages import list_page, sheet_of, situation_now
from reports.nudges.situations import About, Situations, links_of


@requires("nudge.view")
@require_safe
@with_campaign
def nudges(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The sheets that the account sent, presses for or has to answer, late ones first."""
    page = list_page(request.user, campaign, today(), request.GET.get("show", ""), request.GET.get("page"))
    return render(request, "reports/nudges/list.html", {"list": page, "may_send": may(request.user, "nudge.send")})


@requires("nudge.send")
@require_http_methods(["GET", "HEAD", "POST"])
@with_campaign
def nudge_new(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """First to whom and about what, then the words, begun from today's figures."""
    asked = request.GET if {"to", "subject"} & set(request.GET) else None
    chosen = AboutForm(asked, user=request.user, campaign=campaign, on=today())
    if not chosen.is_valid():
        wrong = 422 if chosen.errors else 200
        return render(request, "reports/nudges/choose.html", {"form": chosen, "campaign": campaign}, status=wrong)
    if len(chosen.abouts) > 1:
        return _new_for_several(request, campaign, chosen.abouts)
    [about] = chosen.abouts
    situation = situation_now(request.user, campaign, today(), about)
    sentence = first_sentence(about.of.name, situation, today())
    form = SendForm(request.POST or None, today=today(), sentence=sentence)
    if request.method == "POST" and form.is_valid():
        sent = _done(request, form, lambda: actions.send(
            about.of, campaign, subject=about.subject, phase=about.phase, situation=situation, on=today(),
            by=request.user, address=address_of(request), **form.cleaned_data,
        ))  # fmt: skip
        if sent:
            messages.success(request, f"已下发给{about.of}：{sent}，{sent.due_on.month}月{sent.due_on.day}日前反馈")
            return redirect("nudge", sent.pk)
    links = links_of(campaign, today(), about)
    context = {"form": form, "about": about, "campaign": campaign, "now": situation, "links": links, "on": today()}
    return render(request, "reports/nudges/new.html", context, status=422 if form.errors else 200)


def _new_for_several(request: HttpRequest, campaign: Campaign, abouts: list[About]) -> HttpResponse:
    """The same words to several, each begun with its own figures; who has an open sheet already keeps that one."""
    situations = Situations(campaign, today(), [abouts[0].phase])
    drafts = [(one, situation := situations.of(one), first_sentence(one.of.name, situation, today())) for one in abouts]
    form = SendForm(request.POST or None, today=today(), taken=max(len(sentence) for *_, sentence in drafts))
    if request.method == "POST" and form.is_valid():
        sent, refused = _send_each(request, campaign, drafts, form.cleaned_data)
        if sent:
            due, names = form.cleaned_data["due_on"], "、".join(str(one.of) for one in sent)
            messages.success(request, f"已下发 {len(sent)} 张给{names}，{due.month}月{due.day}日前反馈")
        for words in refused:
            messages.error(request, words)
        return redirect(address_in(campaign, "nudges"))
    context = {"form": form, "drafts": drafts, "campaign": campaign, "on": today()}
    return render(request, "reports/nudges/new_several.html", context, status=422 if form.errors else 200)


def _send_each(
    request: HttpRequest, campaign: Campaign, drafts: list[tuple[About, Situation, str]], said: dict[str, Any]
) -> tuple[list[Nudge], list[str]]:
    """Return the sheets that went out, and why the others did not."""
    sent, refused = [], []
    for about, situation, sentence in drafts:
        try:
            sent.append(actions.send(
                about.of, campaign, subject=about.subject, phase=about.phase, text=sentence + said["text"],
                due_on=said["due_on"], situation=situation, on=today(), by=request.user, address=address_of(request),
            ))  # fmt: skip
        except NudgeRefused as reason:
            refused.append(str(reason))
    return sent, refused


@requires("nudge.view")
@require_safe
def nudge(request: HttpRequest, pk: int) -> HttpResponse:
    return _sheet(request, access.get_nudge_for(request.user, pk))


@requires("nudge.view")
@require_safe
def nudge_print(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet on A4, with room for signatures."""
    found = access.get_nudge_for(request.user, pk)
    return render(request, "reports/nudges/print.html", {"sheet": sheet_of(request.user, found, today())})


@requires("nudge.answer")
@require_POST
def nudge_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """反馈, by the village or the unit."""
    found = access.get_nudge_to_answer(request.user, pk)
    form = AnswerForm(request.POST)
    said = {"on": today(), "by": request.user, "address": address_of(request)}
    if form.is_valid() and _done(request, form, lambda: actions.answer(found, **form.cleaned_data, **said)):
        messages.success(request, f"已反馈{found}，等下发人销号")
        return redirect("nudge", pk)
    return _sheet(request, found, answer=form)


@requires("nudge.send")
@require_POST
def nudge_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """销号 or 退回重办, by the sender or staff."""
    found = access.get_nudge_to_judge(request.user, pk)
    form = JudgeForm(request.POST, today=today())
    said: dict[str, Any] = {"on": today(), "by": request.user, "address": address_of(request)}
    returns = request.POST.get("decision") == "return"
    if form.is_valid():
        said["text"] = form.cleaned_data["text"]
        act = actions.give_back if returns else actions.close
        more = {"due_on": form.cleaned_data["due_on"]} if returns else {}
        if _done(request, form, lambda: act(found, **said, **more)):
            messages.success(request, f"{found}{'已退回重办' if returns else '已销号'}")
            return redirect("nudge", pk)
    return _sheet(request, found, judge=form)


def _done(request: HttpRequest, form: Any, act: Callable[[], Nudge]) -> Nudge | None:
    """Take a step; a refusal stands above the form, and nothing was written."""
    try:
        return act()
    except NudgeRefused as refused:
        form.add_error(None, str(refused))
        return None


def _sheet(request: HttpRequest, found: Nudge, **forms: Any) -> HttpResponse:
    wrong = any(form.errors for form in forms.values())
    context = {
        "sheet": sheet_of(request.user, found, today()),
        "answer": forms.get("answer") or AnswerForm(),
        "judge": forms.get("judge") or JudgeForm(today=today()),
        "may_answer": access.may_answer(request.user, found),
        "may_judge": access.may_judge(request.user, found),
    }
    return render(request, "reports/nudges/sheet.html", context, status=422 if wrong else 200)
