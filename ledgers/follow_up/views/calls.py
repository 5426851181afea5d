"""One card: dial, hear what each person says, note it for all of them at once."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.follow_up.access import get_card_for
from ledgers.follow_up.calls import Answer, Outcome, record_call, record_told
from ledgers.follow_up.cards import Card, Person
from ledgers.follow_up.forms import OutcomeForm
from ledgers.follow_up.leases import give_back, take
from ledgers.follow_up.wording import message_of
from ledgers.models import Contact
from ledgers.notes import NoteRefused
from registry import audit
from registry.access import may, requires
from registry.audit import address_of
from registry.clock import today
from registry.models import Resident

_NOBODY = "这一户现在没有要联系的人：打完了、约好了、医生让等，或家里 30 天内办过丧事"
_TEMPLATE = "ledgers/follow_up/card.html"
Lines = list[tuple[Person, OutcomeForm]]


@requires("follow_up.call")
@require_http_methods(["GET", "POST"])
def follow_up_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a card (GET); dialing takes the lease and shows the number, which is written to the trail (POST)."""
    campaign = get_campaign_for(request.user, None)
    resident, card = get_card_for(request, pk, campaign, today())
    if card is None:
        return _nobody(request, pk)
    number = ""
    if request.method == "POST" and card.phone and not card.is_wrong_number:
        if take(resident, by=request.user, now=timezone.now()) is None:
            # Read again: the colleague may have come between.
            _, card = get_card_for(request, pk, campaign, today())
        else:
            number = _dialed(request, card)
    lines = [(person, _form(request, person)) for person in card.people] if card else []
    return _page(request, resident, card, campaign, lines, number=number) if card else _nobody(request, pk)


@requires("follow_up.call")
@require_POST
def follow_up_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what came of the call; `family` is a day that everybody promised in one tap."""
    campaign = get_campaign_for(request.user, None)
    resident, card = get_card_for(request, pk, campaign, today())
    if card is None:
        return _nobody(request, pk)
    lines = [(person, _form(request, person, request.POST)) for person in card.people]
    answers = _family(request, card) if "family" in request.POST else _answers(card, lines)
    if answers is None:
        return _page(request, resident, card, campaign, lines, status=422)
    if not answers:
        messages.error(request, "没有选结果，什么也没有写入：给说到的人各选一个结果")
        return redirect("follow_up_card", pk)
    try:
        record_call(
            answers, campaign, key=_key(request), at=timezone.now(), on=today(), by=request.user,
            address=address_of(request),
        )  # fmt: skip
    except NoteRefused as refused:
        messages.error(request, f"没有写入：{refused}")
        return redirect("follow_up_card", pk)
    give_back(resident, by=request.user)
    messages.success(request, f"已记下{'、'.join(_said(answer) for answer in answers)}")
    return redirect(_next(request, answers))


@requires("follow_up.call")
@require_POST
def follow_up_told(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the message was sent to everybody on the card whom it names."""
    campaign = get_campaign_for(request.user, None)
    _, card = get_card_for(request, pk, campaign, today())
    told = [person.pk for person in card.asked if not person.needs_product] if card else []
    if not told:
        return _nobody(request, pk)
    number = record_told(
        told, campaign, way=Contact.Way.MESSAGE, at=timezone.now(), by=request.user, address=address_of(request)
    )
    messages.success(request, f"已记下：短信微信通知 {number} 人")
    return redirect(_back(request))


def _nobody(request: HttpRequest, pk: int) -> HttpResponse:
    messages.info(request, _NOBODY)
    return redirect("person", pk)


def _page(
    request: HttpRequest,
    resident: Resident,
    card: Card,
    campaign: Campaign,
    lines: Lines,
    *,
    number: str = "",
    status: int = 200,
) -> HttpResponse:
    tomorrow = today() + timedelta(days=1)
    context = {
        "resident": resident,
        "card": card,
        "lines": lines,
        "number": number,
        "key": uuid4(),
        "back": _back(request),
        "days": [tomorrow, tomorrow + timedelta(days=1)],
        "invited": [person for person in card.asked if person.is_invited],
        "message": message_of(card, campaign, resident, caller=request.user, on=today()),
        "may_reveal": may(request.user, "person.reveal"),
    }
    return render(request, _TEMPLATE, context, status=status)


def _dialed(request: HttpRequest, card: Card) -> str:
    """The whole number, asked for to call and nothing else (access.md)."""
    phone = card.phone
    audit.record(
        "resident.reveal",
        by=request.user,
        subject=f"resident {phone.resident_id}",
        detail={"what": "phone", "reason": "call"},
        address=address_of(request),
    )
    return phone.number


def _form(request: HttpRequest, person: Person, data: object = None) -> OutcomeForm:
    tomorrow = today() + timedelta(days=1)
    initial = {"promised_on": tomorrow, "again_on": tomorrow}
    return OutcomeForm(
        data, prefix=f"p{person.pk}", today=today(), is_invited=person.is_invited, initial=None if data else initial
    )


def _family(request: HttpRequest, card: Card) -> list[Answer] | None:
    """Everybody who may be invited promised the same day; None where the day is none."""
    try:
        day = date.fromisoformat(request.POST["family"] or request.POST.get("family_on", ""))
    except ValueError:
        day = None
    if day is None or day < today():
        messages.error(request, "写明全家约好哪一天，从今天算起")
        return None
    residents = Resident.objects.in_bulk([person.pk for person in card.asked if person.is_invited])
    return [Answer(resident, Outcome.PROMISED, day) for resident in residents.values()]


def _answers(card: Card, lines: Lines) -> list[Answer] | None:
    """An answer for each person of whom something was chosen; None where a form is not right."""
    # All are looked at, so that each says what it lacks.
    right = [form.is_valid() for person, form in lines if person.is_asked]
    if not all(right):
        return None
    residents = Resident.objects.in_bulk([person.pk for person, _ in lines])
    dialed = card.phone.number if card.phone else ""
    return [
        Answer(residents[person.pk], form.cleaned_data["outcome"], form.day, form.cleaned_data["phones"], dialed)
        for person, form in lines
        if person.is_asked and form.cleaned_data["outcome"]
    ]


def _key(request: HttpRequest) -> UUID:
    """The key made with the page, so that a call sent twice counts once."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _said(answer: Answer) -> str:
    words = f"{answer.resident.name}{Outcome(answer.outcome).label}"
    return f"{words} {answer.day.month}月{answer.day.day}日" if answer.day else words


def _next(request: HttpRequest, answers: list[Answer]) -> str:
    """Who is done elsewhere has a dose to record next, where the account may; else back to the list."""
    done = [answer.resident.pk for answer in answers if answer.outcome == Outcome.DONE_ELSEWHERE]
    return reverse("dose_new", args=done[:1]) if done and may(request.user, "dose.add") else _back(request)


def _back(request: HttpRequest) -> str:
    """The list or the day's cards the reader came from; never another site."""
    back = request.POST.get("back") or request.GET.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else reverse("follow_up")
