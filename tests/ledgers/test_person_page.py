"""个人: why they stand there, what is on record, who may read it, and the look-up by full number."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledgers.interval_bar import interval_bar
from ledgers.models import Exemption, Statement
from ledgers.record import record_of
from ledgers.why import nth
from registry.models import AuditEntry, IdentityDocument, Role
from tests.factories import make_number, make_user
from tests.ledgers import make
from tests.ledgers.ran import ON, campaign, on_the_day

__all__ = ["campaign", "on_the_day"]


@pytest.fixture
def ran(baiping, campaign):
    """冉启华 of the mock-up: one dose on 12 June, nine days late on 16 August."""
    who = make.resident(baiping, "1954-03-02", name="冉启华")
    IdentityDocument.objects.create(resident=who, number=make_number())
    make.dose(who, "06-12", "sinovac", campaign=campaign, lot="202105083A", site="乌杨卫生院", row=318)
    make.stand(campaign)
    return who


def page(pk, query=""):
    return f"{reverse('person', args=[pk])}?{query}"


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ("06-11", "在“应种未种”台账：截至 6月11日 没有接种记录，也没有生效的禁忌缓种。"),
        ("06-20", "在“未完成全程接种”台账：6月12日 打了第一针灭活疫苗，第二针最早 7月3日 可以打，间隔还差 13 天。"),
        ("07-10", "在“未完成全程接种”台账：6月12日 打了第一针灭活疫苗，第二针现在可以打，最迟应在 8月7日 打。"),
        ("08-16", "在“未完成全程接种”台账：6月12日 打了第一针灭活疫苗，第二针最迟应在 8月7日 打，已超期 9 天。"),
    ],
)
def test_sentence_says_why_on_any_day(campaign, ran, on, sentence):
    assert record_of(ran, campaign, make.day(on)).why == sentence


def test_sentence_of_the_completed_exempt_and_gone(campaign, baiping, ran):
    make.dose(ran, "08-10", "sinovac", campaign=campaign)
    assert record_of(ran, campaign, ON).why == "在“已完成接种”台账：灭活疫苗共 2 针，8月10日 打完。"
    exempt = make.resident(baiping)
    make.exemption(exempt, "08-01", "09-30", campaign=campaign)
    assert record_of(exempt, campaign, ON).why == "在“禁忌缓种登记”：没有接种记录，缓种已审核通过，到 9月30日 为止。"
    gone = make.resident(baiping, status="moved_out", status_on=make.day("08-01"))
    assert record_of(gone, campaign, ON).why == "不在三本台账里：8月1日起已迁出。"
    child = make.resident(baiping, "2010-01-01")
    assert record_of(child, campaign, ON).why == "不在三本台账里：未满12岁。"


def test_unknown_product_is_to_be_checked_first(campaign, baiping):
    who = make.resident(baiping)
    make.dose(who, "07-01", None, campaign=campaign)
    assert record_of(who, campaign, ON).next_step.startswith("先核实疫苗")


def test_a_claim_of_word_of_mouth_asks_for_proof(campaign, baiping, ran):
    who = make.resident(baiping)
    Statement.objects.create(resident=who, campaign=campaign, month=make.day("07-01"), entry=who.entry)
    record = record_of(who, campaign, ON)
    assert record.place.ledger == "unvaccinated"
    assert "先要接种凭证或渝康码" in record.next_step


def test_interval_bar_of_the_mock_up(campaign, ran):
    record = record_of(ran, campaign, ON)
    bar = interval_bar(record.stand, record.counted_days, ON, record.place.sub_state)
    assert [span.words for span in bar.spans] == ["间隔 21 天", "应打第二针，35 天", "超期 9 天"]
    assert [(mark.on, mark.number) for mark in bar.marks] == [
        (make.day("06-12"), "1"),
        (make.day("07-03"), ""),
        (make.day("08-07"), ""),
        (ON, "2"),
    ]


def test_numbers_of_doses():
    assert [nth(1), nth(3), nth(12)] == ["第一针", "第三针", "第12针"]


def test_page_shows_record_with_source_and_masks(campaign, ran, client_of, cadre_baiping):
    html = client_of(cadre_baiping).get(page(ran.pk)).content.decode()
    number = ran.documents.get().number
    assert "已超期 9 天。" in html
    assert "北京科兴中维，灭活" in html
    assert "批号 202105083A，乌杨卫生院" in html
    assert "<span>2021年6月12日</span>" in html
    assert "第二针转为超期" in html
    assert f"****{number[-2:]}" in html
    assert number not in html
    assert "1954-03-02" not in html


def test_page_as_of_a_past_day(campaign, ran, client_of, staff):
    html = client_of(staff).get(page(ran.pk, "on=2021-06-11")).content.decode()
    assert "在“应种未种”台账" in html
    assert "截至 2021年6月11日 24:00" in html


def test_a_day_nobody_lives_on_is_as_good_as_none(ran, client_of, staff):
    assert client_of(staff).get(page(ran.pk, "on=0001-01-01")).status_code == 200


@pytest.mark.parametrize("who", ["cadre_baiping", "staff", "leader"])
def test_the_right_person_reads_the_page(request, ran, client_of, who):
    assert client_of(request.getfixturevalue(who)).get(page(ran.pk)).status_code == 200


@pytest.mark.parametrize("who", ["cadre_huanggu", "unit_contact", "department_user", "clinic_user"])
def test_a_stranger_finds_nothing(request, ran, client_of, who):
    assert client_of(request.getfixturevalue(who)).get(page(ran.pk)).status_code == 404


@pytest.mark.parametrize("who", ["auditor", "sysadmin"])
def test_those_without_rosters_are_told_so(request, ran, client_of, who):
    assert client_of(request.getfixturevalue(who)).get(page(ran.pk)).status_code == 403


def test_nobody_is_asked_to_log_in(ran, nobody):
    assert nobody.get(page(ran.pk)).status_code == 302


def test_registered_village_reads_and_changes_nothing(ran, huanggu, client_of, cadre_huanggu):
    ran.registered_village = huanggu
    ran.save()
    client = client_of(cadre_huanggu)
    assert "更正资料" not in client.get(page(ran.pk)).content.decode()
    assert client.get(reverse("person_edit", args=[ran.pk])).status_code == 403


def test_diagnosis_is_for_approver_and_claimant(campaign, ran, client_of, staff, cadre_baiping, leader):
    make.exemption(ran, "08-01", campaign=campaign, diagnosis="冠心病", state="claimed")
    assert "冠心病" in client_of(staff).get(page(ran.pk)).content.decode()
    assert "冠心病" not in client_of(cadre_baiping).get(page(ran.pk)).content.decode()
    html = client_of(leader).get(page(ran.pk)).content.decode()
    assert "冠心病" not in html
    assert "有佐证" in html


def test_as_many_queries_for_three_doses_as_for_one(campaign, ran, client_of, staff):
    client = client_of(staff)
    client.get(page(ran.pk))
    with CaptureQueriesContext(connection) as few:
        client.get(page(ran.pk))
    make.dose(ran, "07-10", "sinovac", campaign=campaign)
    make.dose(ran, "08-10", "bibp", campaign=campaign)
    with CaptureQueriesContext(connection) as more:
        client.get(page(ran.pk))
    assert len(more) == len(few)


def test_clinic_reads_one_person_looked_up_by_full_number(campaign, ran, baiping, client_of, clinic_user):
    client = client_of(clinic_user)
    other = make.resident(baiping)
    response = client.post(reverse("person_lookup"), {"number": ran.documents.get().number.lower()})
    assert response.url == reverse("person", args=[ran.pk])
    assert client.get(page(ran.pk)).status_code == 200
    assert client.get(page(other.pk)).status_code == 404
    entry = AuditEntry.objects.latest("number")
    assert (entry.action, entry.subject, entry.detail) == ("resident.lookup", f"resident {ran.pk}", {})


def test_back_leads_where_the_reader_may_go(campaign, ran, client_of, staff, clinic_user):
    clinic = client_of(clinic_user)
    clinic.post(reverse("person_lookup"), {"number": ran.documents.get().number})
    pages = [client.get(page(ran.pk)).content.decode() for client in (client_of(staff), clinic)]
    assert ['href="/ledgers/"' in html for html in pages] == [True, False]


def reveal(client, pk):
    """The answer to asking for the full number, and whether the trail says so."""
    response = client.post(reverse("reveal", args=[pk]), {"what": "number", "reason": "records"})
    last = AuditEntry.objects.order_by("number").last()
    return response, last is not None and (last.action, last.subject) == ("resident.reveal", f"resident {pk}")


def test_clinic_reveals_the_one_person_looked_up(campaign, ran, baiping, client_of, clinic_user):
    client, number = client_of(clinic_user), ran.documents.get().number
    assert (reveal(client, ran.pk)[0].status_code, AuditEntry.objects.filter(action="resident.reveal").exists()) == (
        404,
        False,
    )
    client.post(reverse("person_lookup"), {"number": number})
    response, traced = reveal(client, ran.pk)
    assert number in response.content.decode()
    assert traced
    assert reveal(client, make.resident(baiping).pk)[0].status_code == 404


def test_a_look_up_opens_nobody_any_more_after_half_an_hour(campaign, ran, client_of, clinic_user, monkeypatch):
    monkeypatch.setattr("ledgers.person_access.OPEN_SECONDS", -1)
    client = client_of(clinic_user)
    client.post(reverse("person_lookup"), {"number": ran.documents.get().number})
    assert client.get(page(ran.pk)).status_code == 404
    assert reveal(client, ran.pk)[0].status_code == 404


def test_approver_reveals_whom_a_waiting_claim_is_about(campaign, ran, client_of, street):
    doctor = make_user("doctor", Role.CLINIC, place=street, may_approve=True)
    claim = make.exemption(ran, "08-01", campaign=campaign, state="claimed")
    assert reveal(client_of(doctor), ran.pk)[1]
    Exemption.objects.filter(pk=claim.pk).update(state="rejected")
    assert reveal(client_of(doctor), ran.pk)[0].status_code == 404


def test_look_up_of_a_wrong_or_unknown_number_says_so(campaign, ran, client_of, clinic_user):
    client = client_of(clinic_user)
    html = client.post(reverse("person_lookup"), {"number": "512223195403020000"}).content.decode()
    assert "身份证号校验不通过" in html
    html = client.post(reverse("person_lookup"), {"number": make_number()}).content.decode()
    assert "没有查到这个号码" in html


def test_look_ups_are_limited_per_hour(campaign, ran, client_of, clinic_user, monkeypatch):
    monkeypatch.setattr("ledgers.person_access.LOOKUPS_PER_HOUR", 1)
    client = client_of(clinic_user)
    client.post(reverse("person_lookup"), {"number": make_number()})
    html = client.post(reverse("person_lookup"), {"number": ran.documents.get().number}).content.decode()
    assert "一小时最多查" in html


@pytest.mark.parametrize("who", ["cadre_baiping", "leader", "unit_contact"])
def test_look_up_is_for_clinic_and_staff(request, client_of, who):
    assert client_of(request.getfixturevalue(who)).get(reverse("person_lookup")).status_code == 403
