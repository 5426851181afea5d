"""Corrections by hand: the old value stays, standings and figures follow, others are refused."""

import pytest
from django.urls import reverse

from ledgers.corrections import CorrectionRefused, DoseFacts, add_dose, correct_dose, correct_resident, remove_dose
from ledgers.models import Dose, Standing, Statement
from ledgers.signals import facts_changed
from registry.models import AuditEntry, ResidentChange
from tests.ledgers import make
from tests.ledgers.ran import ON, campaign, on_the_day, ran

__all__ = ["campaign", "on_the_day", "ran"]


@pytest.fixture
def heard():
    """Everything that was told upwards, as (places, since)."""
    told = []

    def listen(sender, campaign, places, since, **kwargs):
        told.append((places, since))

    facts_changed.connect(listen)
    yield told
    facts_changed.disconnect(listen)


def test_correction_keeps_the_old_value_and_tells_whom_it_concerns(ran, huanggu, staff, heard):
    changed = correct_resident(ran, {"place_id": huanggu.pk, "residency": "away"}, reason="搬家", by=staff)
    assert changed == ["place_id", "residency"]
    ran.refresh_from_db()
    assert (ran.place_id, ran.residency) == (huanggu.pk, "away")
    assert list(ResidentChange.objects.order_by("pk").values_list("field", "old", "new")) == [
        ("place_id", "500233003215", "500233003210"),
        ("residency", "local", "away"),
    ]
    assert heard == [({"500233003215", "500233003210"}, None)]
    assert AuditEntry.objects.latest("number").detail["原因"] == "搬家"


def test_correction_of_nothing_writes_nothing(ran, staff, heard):
    assert correct_resident(ran, {"residency": "local"}, reason="核对", by=staff) == []
    assert not AuditEntry.objects.filter(action="resident.correct").exists()
    assert heard == []


def test_new_name_is_found_by_its_pinyin(ran, staff):
    correct_resident(ran, {"name": "冉 启明"}, reason="写错", by=staff)
    ran.refresh_from_db()
    assert (ran.name_key, ran.initials) == ("冉启明", "rqm")


def test_phones_are_added_and_taken_away(ran, staff):
    correct_resident(ran, {}, phones=(("19900006032", "self"),), reason="换号", by=staff)
    correct_resident(ran, {}, phones=(("19900000916", ""),), reason="换号", by=staff)
    assert list(ran.phones.values_list("number", "last4")) == [("19900000916", "0916")]


def test_dose_typed_by_staff_counts_and_closes_what_was_said(campaign, ran, staff, heard):
    said = Statement.objects.create(resident=ran, campaign=campaign, month=make.day("07-01"), entry=ran.entry)
    add_dose(ran, campaign, DoseFacts(make.day("07-10"), None), source="certificate", today=ON, by=staff)
    said.refresh_from_db()
    assert said.closed_entry is not None
    assert Standing.objects.get(resident=ran).since == make.day("07-10")
    assert heard == [({"500233003215"}, make.day("07-10"))]


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ("2021-08-17", "接种日期在今天以后，请核对凭证上的日期。"),
        ("2020-07-21", "接种日期早于疫苗首次使用日，请核对凭证上的日期。"),
        ("2021-07-10", "这一天已经有一针记录，一天只能有一针；要改就更正那一条。"),
    ],
)
def test_dose_that_cannot_be_is_refused(campaign, ran, staff, on, sentence):
    make.dose(ran, "07-10", campaign=campaign)
    with pytest.raises(CorrectionRefused) as refused:
        add_dose(ran, campaign, DoseFacts(make.day(on), None), source="certificate", today=ON, by=staff)
    assert str(refused.value) == sentence
    assert Dose.objects.count() == 1


def test_corrected_dose_leaves_the_old_record_ended(campaign, ran, staff):
    dose = make.dose(ran, "06-12", campaign=campaign)
    make.stand(campaign)
    correct_dose(dose, DoseFacts(make.day("06-21"), dose.product), reason="看错日期", today=ON, by=staff)
    assert list(Dose.objects.order_by("pk").values_list("given_on", "state")) == [
        (make.day("06-12"), "corrected"),
        (make.day("06-21"), "live"),
    ]
    assert Standing.objects.get(resident=ran).since == make.day("06-21")


def test_refused_correction_changes_nothing(campaign, ran, staff):
    dose = make.dose(ran, "06-12", campaign=campaign)
    with pytest.raises(CorrectionRefused):
        correct_dose(dose, DoseFacts(make.day("08-17"), None), reason="看错", today=ON, by=staff)
    dose.refresh_from_db()
    assert (dose.state, dose.ended_entry) == ("live", None)


def test_removed_dose_is_kept_and_cannot_be_removed_again(campaign, ran, staff):
    dose = make.dose(ran, "06-12", campaign=campaign)
    make.stand(campaign)
    remove_dose(dose, reason="是别人的", by=staff)
    dose.refresh_from_db()
    assert dose.state == "removed"
    assert not Standing.objects.filter(resident=ran).exists()
    with pytest.raises(CorrectionRefused):
        remove_dose(dose, reason="再删一次", by=staff)


def test_form_comes_filled_in_and_saves(ran, client_of, cadre_baiping, baiping):
    client = client_of(cadre_baiping)
    url = reverse("person_edit", args=[ran.pk])
    assert 'value="冉启华"' in client.get(url).content.decode()
    data = {"name": "冉启华", "place_id": baiping.pk, "residency": "away", "status": "active", "reason": "外出务工"}
    assert client.post(url, data).url == reverse("person", args=[ran.pk])
    ran.refresh_from_db()
    assert ran.residency == "away"


def test_form_wants_the_day_of_moving_out(ran, client_of, staff, baiping):
    data = {"name": "冉启华", "place_id": baiping.pk, "residency": "local", "status": "moved_out", "reason": "迁出"}
    response = client_of(staff).post(reverse("person_edit", args=[ran.pk]), data)
    assert response.status_code == 422
    assert "写明哪一天迁出或去世" in response.content.decode()


def test_cadre_does_not_move_people_to_another_village(ran, client_of, cadre_baiping, huanggu):
    data = {"name": "冉启华", "place_id": huanggu.pk, "residency": "local", "status": "active", "reason": "搬家"}
    assert client_of(cadre_baiping).post(reverse("person_edit", args=[ran.pk]), data).status_code == 422


@pytest.mark.parametrize(
    ("who", "status"), [("cadre_huanggu", 404), ("leader", 403), ("unit_contact", 403), ("clinic_user", 403)]
)
def test_others_do_not_correct(request, ran, client_of, who, status):
    url = reverse("person_edit", args=[ran.pk])
    assert client_of(request.getfixturevalue(who)).get(url).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("cadre_baiping", 403), ("staff", 200), ("leader", 403), ("cadre_huanggu", 403)]
)
def test_only_staff_change_a_dose_on_record(request, campaign, ran, client_of, who, status):
    dose = make.dose(ran, "06-12", campaign=campaign)
    client = client_of(request.getfixturevalue(who))
    assert client.get(reverse("dose_edit", args=[dose.pk])).status_code == status
    assert client.get(reverse("dose_remove", args=[dose.pk])).status_code == status


def test_dose_is_added_on_the_page(campaign, ran, client_of, cadre_baiping):
    url = reverse("dose_new", args=[ran.pk])
    client_of(cadre_baiping).post(url, {"given_on": "2021-08-10", "source": "health_code"})
    dose = Dose.objects.get()
    assert (dose.given_on, dose.source, dose.entry.by) == (make.day("08-10"), "health_code", cadre_baiping)
