"""An ended campaign is read and not written: every route that writes its facts, and every action behind one."""

from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from campaigns.closing import CampaignClosed
from campaigns.models import Campaign, PhaseItem
from campaigns.phase_dates import change_phase_dates
from campaigns.targets import set_target
from ledgers import corrections, exemptions, notes
from ledgers.checklists import acts
from ledgers.checklists.answers import Said, answer
from ledgers.checklists.undo import take_back
from ledgers.doubts.check import close_doubt
from ledgers.doubts.revisits import draw
from ledgers.doubts.rules import Limits
from ledgers.doubts.setting import set_limits
from ledgers.evidence import keeping
from ledgers.follow_up.calls import Answer, record_call, record_told
from ledgers.households.rounds import begin_round, end_round
from ledgers.models import Checklist, ChecklistRow, Dose, Doubt, Evidence, Exemption, RosterImport, Visit, Zeroing
from ledgers.movements.signing import sign_day
from ledgers.rosters import actions
from ledgers.survey.record import record_visit
from ledgers.survey.told import Told
from ledgers.survey.undo import undo_visit
from ledgers.units.zeroing import declare, verify
from registry.models import Household, Role
from registry.rights import OF_A_CAMPAIGN, RIGHTS
from tests.ledgers import make
from tests.ledgers.importing import ANNA, LONG, bring, doses
from tests.ledgers.lists import QIN, brought, sheet
from tests.routes import all_routes

TODAY = make.day("08-16")


@pytest.fixture
def campaign(street, settings) -> Campaign:
    settings.TODAY = TODAY
    return make.campaign()


@pytest.fixture
def ran(campaign, baiping):
    return make.resident(baiping, name="冉启华")


def end(campaign: Campaign) -> Campaign:
    Campaign.objects.filter(pk=campaign.pk).update(is_active=False, is_default=False)
    campaign.refresh_from_db()
    return campaign


def _facts(on: str = "08-01") -> corrections.DoseFacts:
    return corrections.DoseFacts(make.day(on), None)


# What is there before the end, and the act that is refused after it.
def _dose(campaign, who, by):
    return lambda: corrections.add_dose(who, campaign, _facts(), source="certificate", today=TODAY, by=by)


def _correction(campaign, who, by):
    dose = make.dose(who, "07-01", campaign=campaign)
    return lambda: corrections.correct_dose(dose, _facts(), reason="看错", today=TODAY, by=by)


def _removal(campaign, who, by):
    dose = make.dose(who, "07-01", campaign=campaign)
    return lambda: corrections.remove_dose(dose, reason="看错", by=by)


def _claim(campaign, who, by):
    told = {"kind": "contraindication", "reason": "disease", "start_on": make.day("08-01")}
    return lambda: exemptions.claim(who, campaign, **told, by=by)


def _decision(campaign, who, by):
    claim = make.exemption(who, "08-01", campaign=campaign, state="claimed")
    return lambda: exemptions.approve(claim, by=by)


def _material_back(campaign, who, by):
    claim = make.exemption(who, "08-01", campaign=campaign, state="claimed")
    said = {"kind": Evidence.Kind.PDF, "sha256": "0" * 64, "size": 1, "file": "a.pdf", "entry": who.entry}
    piece = Evidence.objects.create(exemption=claim, **said)
    return lambda: keeping.take_back(piece, by=by)


def _withdrawal(campaign, who, by):
    claim = make.exemption(who, "08-01", campaign=campaign, state="claimed")
    return lambda: exemptions.withdraw(claim, by=by)


def _reason(campaign, who, by):
    return lambda: notes.note_reason(who, campaign, code="41", entry=who.entry)


def _statement(campaign, who, by):
    return lambda: notes.note_statement(who, campaign, month=make.day("07-01"), entry=who.entry)


def _visit(campaign, who, by):
    household = Household.objects.create(village_id=who.place_id, place_id=who.place_id, head="冉启华", entry=who.entry)
    told = Told(uuid4(), timezone.now(), "nobody_home")
    return lambda: record_visit(household, campaign, told, by=by)


def _visit_back(campaign, who, by):
    household = Household.objects.create(village_id=who.place_id, place_id=who.place_id, head="冉启华", entry=who.entry)
    record_visit(household, campaign, Told(uuid4(), timezone.now(), "nobody"), by=by)
    return lambda: undo_visit(Visit.objects.get(), by=by)


def _due(campaign, who, by):
    row = _row(campaign, who)
    return lambda: acts.put_due(Checklist.objects.get(pk=row.checklist_id), timezone.now(), by=by)


def _call(campaign, who, by):
    key, at = uuid4(), timezone.now()
    return lambda: record_call([Answer(who, "no_answer")], campaign, key=key, at=at, on=TODAY, by=by)


def _message(campaign, who, by):
    return lambda: record_told([who.pk], campaign, way="message", at=timezone.now(), by=by)


def _round(campaign, who, by):
    return lambda: begin_round(campaign, on=TODAY, by=by)


def _end_of_round(campaign, who, by):
    begin_round(campaign, on=TODAY, by=by)
    return lambda: end_round(campaign, on=TODAY, by=by)


def _zeroing(campaign, who, by):
    return lambda: declare(who.place, campaign, on=TODAY, by=by)


def _verification(campaign, who, by):
    declared = Zeroing.objects.create(campaign=campaign, village=who.place, declared_by=by, declared_at=timezone.now())
    return lambda: verify(declared, on=TODAY, by=by)


def _upload(campaign, who, by):
    return lambda: actions.upload(ContentFile(b"x", "x.csv"), campaign=campaign, by=by)


def _approval(campaign, who, by):
    roster = RosterImport.objects.create(campaign=campaign, name="x.csv", size=1, uploaded_by=by, state="preview")
    return lambda: actions.approve(RosterImport.objects.get(pk=roster.pk), by=by)


def _target(campaign, who, by):
    return lambda: set_target(campaign, place=who.place, census_base=9, goal=None, reason="试", by=by)


def _phase(campaign, who, by):
    dates = {"start_on": make.day("07-16"), "deadline_on": make.day("09-10")}
    return lambda: change_phase_dates(PhaseItem.objects.get(key="adults-first"), **dates, reason="试", by=by)


def _row(campaign, who) -> ChecklistRow:
    """A row of a list that means nobody on record, so that no fact of a person refuses first."""
    return brought(campaign, sheet([1, "秦桂英", QIN, "", "", ""])).rows.get()


def _list_answer(campaign, who, by):
    row = _row(campaign, who)
    return lambda: answer(row, Said("nobody"), by=by)


def _list_answer_back(campaign, who, by):
    row = answer(_row(campaign, who), Said("nobody"), by=by)
    return lambda: take_back(row, by=by)


def _list_again(campaign, who, by):
    row = _row(campaign, who)
    acts.end(row.checklist, by=by)
    return lambda: acts.open_again(Checklist.objects.get(), by=by)


def _signing(campaign, who, by):
    return lambda: sign_day(campaign, TODAY, today=TODAY, by=by)


def _doubt(campaign, who, by):
    said = {"rule": Doubt.Rule.AWAY, "on": TODAY, "village": who.place, "figures": {}, "found_at": timezone.now()}
    doubt = Doubt.objects.create(campaign=campaign, **said)
    return lambda: close_doubt(Doubt.objects.get(pk=doubt.pk), note="问过了", by=by)


def _limits(campaign, who, by):
    return lambda: set_limits(campaign, Limits(doubt_fast_households=5), reason="试", by=by)


def _draw(campaign, who, by):
    return lambda: draw(campaign, on=TODAY, by=by)


ACTS = [
    _material_back, _list_answer, _list_answer_back, _list_again, _due, _visit_back, _signing, _doubt, _limits, _draw,
    _dose, _correction, _removal, _claim, _decision, _withdrawal, _reason, _statement, _visit, _call, _message, _round,
    _end_of_round, _zeroing, _verification, _upload, _approval, _target, _phase,
]  # fmt: skip


@pytest.mark.parametrize("prepare", ACTS, ids=lambda prepare: prepare.__name__[1:])
def test_every_act_is_refused_once_the_campaign_has_ended(prepare, campaign, ran, staff):
    act = prepare(campaign, ran, staff)
    end(campaign)
    for held in [cell.cell_contents for cell in act.__closure__ or () if isinstance(cell.cell_contents, Campaign)]:
        held.refresh_from_db()
    before = (Dose.objects.count(), Exemption.objects.count(), Visit.objects.count())
    with pytest.raises(CampaignClosed, match="已经结束，只能看、不能改"):
        act()
    assert (Dose.objects.count(), Exemption.objects.count(), Visit.objects.count()) == before


def _writing() -> list:
    return [route for route in all_routes() if route.right in OF_A_CAMPAIGN]


@pytest.mark.parametrize("role", Role.values)
def test_every_route_that_writes_facts_of_the_campaign_says_that_it_has_ended(role, campaign, everybody, client_of):
    end(campaign)
    client = client_of(everybody[role])
    allowed = [route for route in _writing() if role in RIGHTS[route.right]]
    answers = {route.name: client.post(route.url, {"x": "1"}) for route in allowed}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 409} == {}
    assert all("已经结束，只能看、不能改" in answer.content.decode() for answer in answers.values())


def test_pages_and_figures_of_an_ended_campaign_remain(campaign, ran, client_of, staff):
    make.dose(ran, "07-01", campaign=campaign)
    make.stand(campaign)
    end(campaign)
    client = client_of(staff)
    for path in (
        "/progress/",
        "/ledgers/incomplete/",
        "/plan/",
        "/plan/phases/",
        "/plan/targets/",
        f"/people/{ran.pk}/",
    ):
        page = client.get(path)
        assert (page.status_code, "已结束" in page.content.decode()) == (200, True), path
    assert "改日期" not in client.get("/plan/phases/").content.decode()


def test_a_rosters_dose_of_an_ended_campaign_is_told_and_not_taken(campaign, settings):
    settings.TODAY = make.day("2021-11-20")
    flu = make.campaign("influenza-60")
    end(campaign)
    decided = bring(flu, LONG, ["安娜", ANNA, 1, "2021-10-20", "华兰生物"], ["安娜", ANNA, 1, "2021-06-01", "北京生物"])
    assert doses(ANNA) == [("10-20", 1, "influenza-quadrivalent", "live")]
    said = [message.message for message, *_ in decided.plan.messages]
    assert [text for text in said if "已经结束" in text] == [f"这一针属于已经结束的“{campaign.name}”，没有登记。"]


def test_claims_and_doses_of_an_ended_campaign_wait_for_nobody(campaign, ran, staff, client_of):
    make.exemption(ran, "08-01", campaign=campaign, state="claimed")
    assert Exemption.objects.waiting().count() == 1
    end(campaign)
    assert Exemption.objects.waiting().count() == 0
