"""What is said at the door or on the phone: noted once, the old value kept, figures told."""

import pytest
from django.db import transaction

from ledgers import notes
from ledgers.models import Reason, Statement
from ledgers.signals import facts_changed
from registry.models import ResidentChange
from tests.ledgers import make


@pytest.fixture
def campaign(db):
    return make.campaign()


@pytest.fixture
def ran(campaign):
    return make.resident(make.village("500233003215", "白坪村"))


@pytest.fixture
def entry(db, settings):
    settings.TODAY = make.day("08-16")
    made = make.entry("verbal")
    made.at = "2021-08-16T10:24:00+08:00"
    made.save()
    made.refresh_from_db()
    return made


@pytest.fixture
def told(db):
    """Collect what the floors above are told."""
    heard = []

    def hear(**said):
        heard.append((said["places"], said["since"]))

    facts_changed.connect(hear)
    yield heard
    facts_changed.disconnect(hear)


def history(of):
    return list(ResidentChange.objects.filter(resident=of).order_by("pk").values_list("field", "old", "new"))


def reason_of(of):
    return Reason.objects.values_list("code", "note", "promised_on").get(resident=of)


def test_reason_replaced_keeps_the_old_one_in_the_history(campaign, ran, entry, told):
    notes.note_reason(ran, campaign, code="41", entry=make.entry())
    reason = notes.note_reason(ran, campaign, code="10", note="在等小孩放假", entry=entry)
    assert reason_of(ran) == ("10", "在等小孩放假", None)
    assert reason.entry == entry
    assert history(ran)[1:] == [("reason", "41", "10"), ("reason_note", "", "在等小孩放假")]
    assert told[-1] == ({ran.place_id}, None)


def test_reason_without_a_code_sets_only_the_day(campaign, ran, entry):
    notes.note_reason(ran, campaign, code="8", entry=entry)
    notes.note_reason(ran, campaign, promised_on=make.day("08-20"), entry=entry)
    assert reason_of(ran) == ("8", "", make.day("08-20"))


def test_reason_of_another_code_keeps_no_stale_promise(campaign, ran, entry):
    notes.note_reason(ran, campaign, code="7", promised_on=make.day("08-20"), entry=entry)
    notes.note_reason(ran, campaign, code="41", entry=entry)
    assert reason_of(ran) == ("41", "", None)
    assert history(ran)[-1] == ("promised_on", "2021-08-20", "")


@pytest.mark.parametrize(
    ("code", "note", "sentence"),
    [
        ("77", "", "没有这个未种原因，从列表里选一个。"),
        ("7", "", "写明约定哪一天接种。"),
        ("3", "", "写明医生让哪一天以后再问。"),
        ("10", " ", "选“其他”要写一句是什么原因。"),
    ],
)
def test_reason_without_what_its_code_needs_is_refused(campaign, ran, entry, code, note, sentence):
    with pytest.raises(notes.NoteRefused, match=sentence):
        notes.note_reason(ran, campaign, code=code, note=note, entry=entry)
    assert not Reason.objects.exists()


def test_reason_said_again_changes_nothing(campaign, ran, entry, told):
    first = make.entry()
    notes.note_reason(ran, campaign, code="41", entry=first)
    told.clear()
    assert notes.note_reason(ran, campaign, code="41", entry=entry).entry == first
    assert told == []


def test_statement_of_a_month_is_kept_and_not_twice(campaign, ran, entry):
    with transaction.atomic():
        said = notes.note_statement(ran, campaign, month=make.day("06-18"), stated_number=1, entry=entry)
    assert (said.month, said.given_on, said.entry) == (make.day("06-01"), None, entry)
    assert notes.note_statement(ran, campaign, month=make.day("06-01"), entry=make.entry()) is None
    assert Statement.objects.count() == 1


def test_statement_of_a_dose_on_record_is_not_kept(campaign, ran, entry):
    make.dose(ran, "06-12", campaign=campaign)
    assert notes.note_statement(ran, campaign, month=make.day("06-01"), entry=entry) is None


@pytest.mark.parametrize("month", ["09-01", "2020-05-01"])
def test_statement_of_an_impossible_month_is_refused(campaign, ran, entry, month):
    with pytest.raises(notes.NoteRefused):
        notes.note_statement(ran, campaign, month=make.day(month), entry=entry)


def test_away_keeps_where_whose_figures_count_the_person(campaign, ran, entry):
    assert notes.note_away(ran, to="浙江宁波", since=make.day("2021-02-20"), entry=entry) == ["away_to", "away_since"]
    ran.refresh_from_db()
    assert (ran.away_to, ran.away_since, ran.residency) == ("浙江宁波", make.day("2021-02-20"), "local")
    assert history(ran) == [("away_to", "", "浙江宁波"), ("away_since", "", "2021-02-20")]


@pytest.mark.parametrize(("note", "status"), [(notes.note_moved_out, "moved_out"), (notes.note_deceased, "deceased")])
def test_gone_leaves_from_the_day_on_and_every_day_is_told(campaign, ran, entry, told, note, status):
    note(ran, on=make.day("08-01"), entry=entry)
    ran.refresh_from_db()
    assert (ran.status, ran.status_on, ran.status_stated) == (status, make.day("08-01"), True)
    assert ("status", "active", status) in history(ran)
    assert told == [({ran.place_id}, None)]


@pytest.mark.parametrize("on", ["2021-08-17", "1979-12-31"])
def test_gone_on_an_impossible_day_is_refused(ran, entry, on):
    with pytest.raises(notes.NoteRefused):
        notes.note_deceased(ran, on=make.day(on), entry=entry)
