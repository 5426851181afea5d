"""A person with numbers that stand nowhere else: no page shows them whole, nor a birth date beside a tail."""

import re
from datetime import date

import pytest
from django.urls import reverse

from ledgers.models import Conflict, RosterImport, RosterMessage
from registry.models import Phone, ResidentChange
from tests.factories import make_entry, make_member, make_resident
from tests.ledgers import make
from tests.ledgers.pages import text
from tests.sheets import identity_number

BORN = date(1947, 11, 23)
PHONE, ROW_PHONE = "19955550317", "19955550428"
# However a page may write the day.
DATES = re.compile("1947-11-23|1947年11月23日|19471123|1947/11/23|1947.11.23")


@pytest.fixture(autouse=True)
def campaign(street, baiping, settings):
    settings.TODAY = date(2021, 8, 16)
    return make.campaign()


@pytest.fixture
def number() -> str:
    # Its tail is no tail of the phones: masked, they would look the same.
    return identity_number("19471123", 913)


@pytest.fixture
def meng(baiping, waterworks, campaign, number):
    """A person with every kind of question open and every kind of change made."""
    resident = make_resident(
        baiping, "孟琼", birth_on=BORN, number=number, phone=PHONE, residency="local", remarks=f"女儿{ROW_PHONE}"
    )
    make_member(resident, waterworks)
    make.dose(resident, "07-01", campaign=campaign)
    make.stand(campaign)
    changes = [("phone", "", PHONE), ("birth_on", "1947-11-22", "1947-11-23"), ("address", f"村口 {ROW_PHONE}", number)]
    for field, old, new in (*changes, ("document", "", f"****{number[-2:]}")):
        ResidentChange.objects.create(resident=resident, field=field, old=old, new=new, entry=resident.entry)
    return resident


def ask(resident, kind: str, field: str, known: str, incoming: str, **payload) -> None:
    Conflict.objects.create(
        resident=resident, kind=kind, field=field, known=known, incoming=incoming, payload=payload, entry=make_entry()
    )


def ask_whether_on_record(resident) -> None:
    row = {"number": 3, "name": "孟琼", "name_key": "孟琼", "birth_on": "1947-11-23", "village": "白坪村"}
    row |= {"address": f"4组 {ROW_PHONE}", "phones": [[ROW_PHONE, ""]]}
    said = f"孟琼 1947-11-23 白坪村 4组 {ROW_PHONE}"
    ask(resident, "duplicate_person", "duplicate", "同名同生日 2 人", said, rows=[row])


def shown_to(client, resident) -> dict[str, str]:
    """Every page on which the person may stand, by address; pages the account may not open are left out."""
    person = [reverse(name, args=[resident.pk]) for name in ("person", "person_edit", "dose_new", "exemption_new")]
    lists = [reverse("ledger", args=[name]) for name in ("completed", "incomplete", "exempt", "unvaccinated")]
    others = [reverse(name) for name in ("home", "conflicts", "unplaced", "units", "dashboard", "rosters")]
    rosters = [f"{reverse('roster', args=[one.pk])}?tab={tab}" for one in RosterImport.objects.all() for tab in TABS]
    asked = [reverse("reveal", args=[resident.pk])]
    answers = {url: client.get(url, follow=True) for url in (*person, *lists, *others, *rosters, *asked)}
    return {url: text(answer) for url, answer in answers.items() if answer.status_code == 200}


TABS = ("rejected", "conflicts", "warnings")


@pytest.fixture
def roster(staff, campaign, number) -> RosterImport:
    """A roster whose row was taken with remarks about the number and the birth date."""
    found = RosterImport.objects.create(
        campaign=campaign, name="白坪村.xlsx", sha256="0" * 64, size=1, uploaded_by=staff, state="done",
        entry=make_entry(), counts={"rows": 1, "updated": 1, "conflicts": 2},
    )  # fmt: skip
    said = [
        ("身份证号", "id_region", "****（18位）", "身份证号前两位不是省份，请核对。"),
        (
            "出生日期",
            "field_conflict",
            "1947-11-22",
            "出生日期与在册不一致（在册：1947-11-23，本行：1947-11-22），待核实。",
        ),
        ("现住址", "field_conflict", "", f"现住址与在册不一致（在册：村口 {ROW_PHONE}，本行：村尾），待核实。"),
    ]
    for column, code, content, message in said:
        RosterMessage.objects.create(
            roster=found,
            level="warning",
            row=2,
            person="孟琼",
            column=column,
            code=code,
            content=content,
            message=message,
        )
    return found


ROLES = ("cadre_baiping", "staff", "leader", "unit_contact")


@pytest.mark.parametrize("who", ROLES)
def test_no_page_shows_a_whole_number_or_phone(request, meng, roster, number, client_of, who):
    ask_whether_on_record(meng)
    ask(meng, "field_conflict", "birth_on", "1947-11-23", "1947-11-22", value="1947-11-22")
    ask(meng, "field_conflict", "address", f"村口 {ROW_PHONE}", f"村尾 {number}", value="村尾")
    pages = shown_to(client_of(request.getfixturevalue(who)), meng)
    assert reverse("person", args=[meng.pk]) in pages
    for secret in (number, number[:17], PHONE, ROW_PHONE):
        assert [url for url, page in pages.items() if secret in page] == []


@pytest.mark.parametrize("who", ROLES)
def test_a_birth_date_never_stands_beside_a_tail(request, meng, roster, number, client_of, who):
    ask_whether_on_record(meng)
    ask(meng, "field_conflict", "birth_on", "1947-11-23", "1947-11-22", value="1947-11-22")
    ask(meng, "field_conflict", "residency", "户籍常住", "流动", value="transient")
    pages = shown_to(client_of(request.getfixturevalue(who)), meng)
    tails = (f"****{number[-2:]}", f"尾号 {number[-2:]}")
    assert [url for url, page in pages.items() if DATES.search(page) and any(tail in page for tail in tails)] == []


def test_a_possible_double_is_told_by_age_and_last_four(meng, client_of, staff):
    ask_whether_on_record(meng)
    page = text(client_of(staff).get("/conflicts/"))
    assert "孟琼，73岁，白坪村，4组 ****28，电话尾号 0428" in page
    assert not DATES.search(page)


def test_the_form_of_corrections_knows_phones_by_their_last_four(meng, client_of, cadre_baiping, baiping):
    client, url = client_of(cadre_baiping), reverse("person_edit", args=[meng.pk])
    assert "****0317" in text(client.get(url))
    same = {
        "remarks": "女儿****28",
        "name": "孟琼",
        "place_id": baiping.pk,
        "residency": "local",
        "status": "active",
        "reason": "换号",
    }
    client.post(url, same | {"phones": "19955550999"})
    assert sorted(meng.phones.values_list("last4", flat=True)) == ["0317", "0999"]
    client.post(url, same | {"gone_phones": [Phone.objects.get(last4="0317").pk]})
    assert list(meng.phones.values_list("last4", flat=True)) == ["0999"]
    meng.refresh_from_db()
    assert meng.remarks == f"女儿{ROW_PHONE}"
