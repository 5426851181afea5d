"""Every route of the site is sent a filled form about an ended campaign, and nothing of the campaign changes."""

import pytest
from django.apps import apps
from django.urls import resolve, reverse
from django.utils import timezone

from campaigns.models import Campaign
from ledgers.checklists.answers import Said, answer
from ledgers.doubts.revisits import draw
from ledgers.households.rounds import begin_round
from ledgers.models import Doubt, Revisit, Visit, Zeroing
from registry.models import Household, Role
from registry.rights import RIGHTS
from tests.campaigns.nudges import send
from tests.ledgers import make
from tests.ledgers.lists import QIN, RAN, brought, sheet
from tests.routes import all_routes

# Guards of views: which database is behind them does not matter, and each route takes its time.
pytestmark = pytest.mark.sqlite
TODAY = make.day("08-16")
# The one act that is for an ended campaign, another one made, and what a phone sends, each entry by itself.
# Files and tokens about a campaign are no facts of it.
LEFT_OUT = {"campaign_act", "campaign_new", "field_send"}
NO_FACTS = {"Export", "MatchedSheet", "StandingRelease", "Figure", "FactsClock", "IssueHour"}
PARTS = ("NudgeStep", "ChecklistRow", "VisitAnswer", "TargetShare", "PhaseItemChange", "Product", "Evidence")
# One form that has what each page asks for.
FORM = {
    "act": "pass", "again": "1", "answer": "refused", "certain": "on", "decision": "close", "due_on": "2021-08-30",
    "due_at": "17:00", "first_dose": "9", "full": "5", "given_on": "2021-08-01", "kind": "contraindication",
    "note": "看过了", "on": "2021-08-16", "outcome": "same", "reason": "会议决定", "silent_days": "3",
    "text": "办好了。", "subject": "first", "start_on": "2021-08-01", "deadline_on": "2021-09-10", "census_base": "9",
    "code": "41", "phases": "behind", "dropout": "3", "proof": "certificate", "what": "number",
    "village": "500233003210",
}  # fmt: skip


@pytest.fixture
def campaign(street, huanggu, settings):
    settings.TODAY = TODAY
    return make.campaign()


@pytest.fixture
def known(campaign, baiping, staff, cadre):
    """Something of each kind that routes name, by the word their names begin with."""
    ran = make.resident(baiping, name="冉启华")
    home = Household.objects.create(village_id=ran.place_id, place_id=ran.place_id, head="冉启华", entry=ran.entry)
    visit = {"household": home, "campaign": campaign, "round": begin_round(campaign, on=TODAY, by=staff)}
    walked = {"at": timezone.now(), "received_at": timezone.now(), "entry": ran.entry, "by": cadre}
    visited = Visit.objects.create(**visit, **walked, outcome="visited", key="1f0a6d0e-93a7-4c0c-8b4e-0d9f00000001")
    asked = brought(campaign, sheet([1, "秦桂英", QIN, "", "", ""], [2, "冉启", RAN, "", "", ""]))
    first, second = asked.rows.order_by("number")
    answer(second, Said("nobody"), by=staff)
    doubt = {"rule": Doubt.Rule.AWAY, "on": TODAY, "village": baiping, "figures": {}, "found_at": timezone.now()}
    draw(campaign, on=TODAY, by=staff)
    claim = make.exemption(ran, "08-01", campaign=campaign, state="claimed")
    declared = {"village": baiping, "declared_by": cadre, "declared_at": timezone.now()}
    return {
        "person": ran.pk, "dose_new": ran.pk, "dose": make.dose(ran, "07-01", campaign=campaign).pk,
        "exemption_new": ran.pk, "exemption": claim.pk, "claim": claim.pk, "household": home.pk, "visit": visited.pk,
        "visit_members": home.pk, "checklist": asked.pk, "checklist_row": first.pk, "checklist_answer": first.pk,
        "checklist_undo": second.pk, "doubt": Doubt.objects.create(campaign=campaign, **doubt).pk,
        "revisit": getattr(Revisit.objects.first(), "pk", 0), "roster": asked.roster_id, "sent_back": asked.roster_id,
        "follow_up": ran.pk, "nudge": send(baiping, campaign, staff).pk, "phase_dates": campaign.phase_items.first().pk,
        "zeroing": Zeroing.objects.create(campaign=campaign, **declared).pk,
        "measure": baiping.code, "plan_target": baiping.code, "survey_village": baiping.code,
    }  # fmt: skip


def _address(route, known) -> str:
    if not route.names_an_object:
        return route.url
    names = sorted((name for name in known if route.name.startswith(name)), key=len)
    kwargs = dict(resolve(route.url).kwargs)
    if names and len(kwargs) == 1:
        kwargs = {next(iter(kwargs)): known[names[-1]]}
    return reverse(route.name, kwargs=kwargs)


def _routes(role) -> list:
    """The routes the role may open, but for its own account, where it would log out."""
    allowed = [one for one in all_routes() if role in RIGHTS.get(one.right, ())]
    return [one for one in allowed if one.right != "own" and one.name not in LEFT_OUT]


def _rows(campaign) -> dict[str, list]:
    """All that is on record of campaigns."""
    models = [model for model in apps.get_models() if any(field.name == "campaign" for field in model._meta.fields)]
    models += [model for model in apps.get_models() if model.__name__ in PARTS]
    kept = [model for model in (*models, Campaign) if model.__name__ not in NO_FACTS]
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in kept}


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.STAFF, Role.CADRE, Role.UNIT])
def test_no_form_changes_anything_of_an_ended_campaign(role, campaign, known, everybody, client_of):
    Campaign.objects.filter(pk=campaign.pk).update(is_active=False, is_default=False)
    before = _rows(campaign)
    for route in _routes(role):
        # 大屏 and 账号管理 end the session that opens them.
        client_of(everybody[role]).post(_address(route, known), FORM)
        assert _rows(campaign) == before, route.name


@pytest.mark.django_db
def test_the_same_forms_change_much_while_the_campaign_runs(campaign, known, everybody, client_of):
    """What keeps the test above honest: the form says enough to be taken."""
    changed = set()
    for route in _routes(Role.STAFF):
        before = _rows(campaign)
        client_of(everybody[Role.STAFF]).post(_address(route, known), FORM)
        if _rows(campaign) != before:
            changed.add(route.name)
    assert changed >= {
        "alert_thresholds", "balance_sign", "checklist_answer", "checklist_row", "checklist_undo", "county_new",
        "dose_edit", "doubt_close", "exemption_decide", "nudge_judge", "phase_dates", "plan_target", "zeroing_decide",
    }  # fmt: skip
