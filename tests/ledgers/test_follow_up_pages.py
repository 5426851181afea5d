"""催种 in the browser's words: who opens what, one call with outcomes, one colleague at a time, paper."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from ledgers.follow_up.leases import take
from ledgers.models import CallLease, Contact, Reason
from registry.models import AuditEntry, Entry, Household, Phone, Resident, ResidentChange
from tests.factories import make_member
from tests.ledgers import make
from tests.ledgers.follow_up import TODAY, household, person, said
from tests.ledgers.pages import text

pytestmark = pytest.mark.django_db
LIST = "/follow-up/"


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(settings, "TODAY", TODAY)


@pytest.fixture
def campaign(baiping):
    return make.campaign()


@pytest.fixture
def home(baiping) -> Household:
    return household(make.group(baiping, 3), 17)


@pytest.fixture
def ran(home, campaign) -> Resident:
    """Overdue, with the household's phone."""
    return person(home.place, "overdue", of=campaign, home=home, name="冉启华", phone="13800000001", relation="户主")


@pytest.fixture
def tan(home, campaign, ran) -> Resident:
    """Her second dose is due; she is reached on his phone."""
    found = person(home.place, "due", of=campaign, home=home, name="谭秀英")
    make.stand(campaign)
    return found


@pytest.fixture
def cadre(client_of, cadre_baiping) -> Client:
    return client_of(cadre_baiping)


def _record(client: Client, pk: int, **data: str):
    return client.post(f"{LIST}{pk}/record/", data)


def test_list_shows_the_family_of_one_phone_with_masked_number(cadre, ran, tan):
    page = text(cadre.get(LIST))
    assert "3组 17户" in page and "第二针超期 9 天" in page and "谭秀英" in page
    assert "****0001" in page and "13800000001" not in page


def test_pages_are_closed_to_strangers_and_to_who_has_no_part(
    client_of, ran, tan, cadre_huanggu, unit_contact, department_user, clinic_user, leader, nobody
):
    addresses = (f"{LIST}{ran.pk}/", f"{LIST}{ran.pk}/record/", f"{LIST}{ran.pk}/told/")
    for user in (cadre_huanggu, unit_contact):
        assert [client_of(user).post(address).status_code for address in addresses] == [404, 404, 404]
        assert "冉启华" not in text(client_of(user).get(LIST))
    for user in (department_user, clinic_user, leader):
        assert [client_of(user).post(address).status_code for address in (LIST, *addresses)] == [403] * 4
    assert nobody.get(LIST).status_code == 302


def test_place_and_caretaker_outside_the_scope_are_not_found(cadre, campaign, huanggu, cadre_huanggu):
    for query in (f"place={huanggu.code}", f"caretaker={cadre_huanggu.pk}", "list=nothing"):
        assert cadre.get(f"{LIST}?{query}").status_code == 404


@pytest.mark.parametrize("households", [1, 3])
def test_list_takes_a_constant_number_of_queries(households, cadre, baiping, campaign, django_assert_num_queries):
    for number in range(households):
        home = household(baiping, number + 1)
        person(baiping, "overdue", of=campaign, home=home, phone=f"1380000000{number}")
        person(baiping, "due", of=campaign, home=home)
    make.stand(campaign)
    cadre.get(LIST)
    with django_assert_num_queries(23):
        cadre.get(LIST)


@pytest.mark.parametrize("members", [1, 3])
def test_card_takes_a_constant_number_of_queries(members, cadre, ran, home, campaign, django_assert_num_queries):
    for _ in range(members - 1):
        person(home.place, "due", of=campaign, home=home)
    make.stand(campaign)
    cadre.get(f"{LIST}{ran.pk}/")
    with django_assert_num_queries(24):
        cadre.get(f"{LIST}{ran.pk}/")


def test_dialing_takes_the_lease_shows_the_number_and_is_in_the_trail(cadre, cadre_baiping, ran, tan):
    page = text(cadre.post(f"{LIST}{tan.pk}/"))
    assert 'href="tel:13800000001"' in page
    lease = CallLease.objects.get()
    assert (lease.subject, lease.by) == (f"household:{ran.household_id}", cadre_baiping)
    assert timedelta(minutes=9) < lease.until - timezone.now() <= timedelta(minutes=10)
    trail = AuditEntry.objects.get(action="resident.reveal")
    assert (trail.subject, trail.detail) == (f"resident {ran.pk}", {"what": "phone", "reason": "call"})


def test_colleague_sees_who_is_calling_and_gets_no_number(cadre, client_of, staff, cadre_baiping, ran, tan):
    cadre.post(f"{LIST}{ran.pk}/")
    page = text(client_of(staff).post(f"{LIST}{ran.pk}/"))
    assert "冉红梅正在联系" in page and "13800000001" not in page
    assert CallLease.objects.get().by == cadre_baiping
    assert "冉红梅正在联系" in text(client_of(staff).get(LIST))


def test_lease_ends_by_itself(cadre_baiping, staff, ran):
    now = timezone.now()
    assert take(ran, by=cadre_baiping, now=now).by == cadre_baiping
    assert take(ran, by=staff, now=now + timedelta(minutes=9, seconds=59)) is None
    assert take(ran, by=staff, now=now + timedelta(minutes=10)).by == staff


def test_whole_family_promises_in_one_tap(cadre, cadre_baiping, ran, tan):
    cadre.post(f"{LIST}{ran.pk}/")
    answer = _record(cadre, ran.pk, family="2021-08-25", key="6dd3e5c8-5b8f-4d35-9c7a-6f2a3a3d0001")
    assert answer.status_code == 302
    contacts = Contact.objects.order_by("resident")
    assert [(one.resident, one.outcome, str(one.promised_on)) for one in contacts] == [
        (ran, "promised", "2021-08-25"),
        (tan, "promised", "2021-08-25"),
    ]
    assert len({one.entry for one in contacts}) == 1
    assert set(Reason.objects.values_list("code", "promised_on")) == {("7", contacts[0].promised_on)}
    assert not CallLease.objects.exists()
    assert "已记下冉启华约定接种日 8月25日、谭秀英约定接种日 8月25日" in text(cadre.get(LIST))
    assert "冉启华" not in text(cadre.get(LIST))
    assert "电话：约定接种日 8月25日" in text(cadre.get(f"/people/{ran.pk}/"))


def test_call_sent_twice_counts_once(cadre, ran, tan):
    for _ in range(2):
        _record(cadre, ran.pk, **{f"p{ran.pk}-outcome": "no_answer", "key": "6dd3e5c8-5b8f-4d35-9c7a-6f2a3a3d0002"})
    assert (Contact.objects.count(), Entry.objects.filter(label="电话联系").count()) == (1, 1)
    assert Contact.objects.get().key != UUID("6dd3e5c8-5b8f-4d35-9c7a-6f2a3a3d0002")


def test_each_person_has_an_outcome_of_their_own(cadre, ran, tan):
    _record(
        cadre, ran.pk, **{
            f"p{ran.pk}-outcome": "refused",
            f"p{tan.pk}-outcome": "call_again",
            f"p{tan.pk}-again_on": "2021-08-20",
        }
    )  # fmt: skip
    assert dict(Contact.objects.values_list("resident", "outcome")) == {ran.pk: "refused", tan.pk: "call_again"}
    assert Reason.objects.get().code == "4"


def test_wrong_number_is_not_offered_again_until_another_is_given(cadre, ran, tan):
    _record(cadre, ran.pk, **{f"p{ran.pk}-outcome": "wrong_number"})
    assert "正在拨号" not in cadre.get(LIST).content.decode()
    page = text(cadre.get(f"{LIST}{ran.pk}/"))
    assert "号码不对；问到新号码" in page
    assert "tel:" not in cadre.post(f"{LIST}{ran.pk}/").content.decode()
    _record(cadre, ran.pk, **{f"p{ran.pk}-outcome": "wrong_number", f"p{ran.pk}-phones": "13900000002"})
    assert "tel:13900000002" in cadre.post(f"{LIST}{ran.pk}/").content.decode()


def test_wrong_number_is_replaced_by_the_one_given(cadre, ran, tan):
    _record(cadre, ran.pk, **{f"p{ran.pk}-outcome": "wrong_number", f"p{ran.pk}-phones": "儿子13900000002"})
    assert list(Phone.objects.values_list("number", "whose")) == [("13900000002", "family")]
    change = ResidentChange.objects.get()
    assert (change.field, change.old, change.new) == ("phone", "13800000001", "13900000002")


def test_who_moved_leaves_the_ledgers_from_that_day(cadre, ran, tan):
    _record(cadre, ran.pk, **{f"p{ran.pk}-outcome": "moved"})
    ran.refresh_from_db()
    assert (ran.status, str(ran.status_on)) == ("moved_out", "2021-08-16")


def test_unit_notes_that_somebody_moved_and_the_village_decides(client_of, unit_contact, waterworks, ran, tan):
    make_member(ran, waterworks)
    _record(client_of(unit_contact), ran.pk, **{f"p{ran.pk}-outcome": "moved"})
    ran.refresh_from_db()
    assert (Contact.objects.get().outcome, ran.status) == ("moved", "active")


def test_done_elsewhere_opens_the_dose_form_and_invites_no_more(cadre, ran, tan):
    answer = _record(cadre, ran.pk, **{f"p{ran.pk}-outcome": "done_elsewhere"})
    assert answer["Location"] == f"/people/{ran.pk}/doses/new/"
    assert Reason.objects.get().code == "52"
    page = text(cadre.get(f"{LIST}{ran.pk}/"))
    assert "自述在外已种，等凭证" in page and "冉*华说已在外地接种" in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"outcome": "promised", "promised_on": "2021-08-15"}, "写明约好哪一天，从今天算起。"),
        ({"outcome": "promised"}, "写明约好哪一天，从今天算起。"),
        ({"outcome": "call_again", "again_on": "2021-08-16"}, "写明哪一天再打，从明天算起。"),
        ({"outcome": "wrong_number", "phones": "12"}, "号码看不懂，手机写11位，座机带区号。"),
    ],
)
def test_outcome_that_lacks_something_says_so_and_writes_nothing(data, sentence, cadre, ran, tan):
    answer = _record(cadre, ran.pk, **{f"p{ran.pk}-{name}": value for name, value in data.items()})
    assert (answer.status_code, sentence in text(answer)) == (422, True)
    assert not Contact.objects.exists()


def test_unknown_vaccine_is_promised_no_day_and_told_nothing(cadre, home, campaign):
    unknown = person(home.place, "unknown", of=campaign, home=home, name="不明人", phone="13800000009")
    make.stand(campaign)
    page = text(cadre.get(f"{LIST}{unknown.pk}/"))
    assert "先核实疫苗" in page and 'value="promised"' not in page and "短信微信" not in page
    _record(cadre, unknown.pk, family="2021-08-25")
    cadre.post(f"{LIST}{unknown.pk}/told/")
    assert not Contact.objects.exists()


def test_household_in_mourning_is_not_dialed(cadre, ran, tan):
    make.resident(ran.place, household=ran.household, status="deceased", status_on="2021-08-01")
    answer = cadre.post(f"{LIST}{ran.pk}/", follow=True)
    assert "13800000001" not in text(answer) and "办过丧事" in text(answer)
    assert not CallLease.objects.exists()


def test_led_by_a_unit_is_named_and_not_called(cadre, ran, tan, waterworks, unit_contact, campaign):
    for one in (ran, tan):
        make_member(one, waterworks)
    page = text(cadre.get(f"{LIST}?list=others"))
    assert "由乌杨水厂负责" in page and f'action="{LIST}{ran.pk}/"' not in page
    _record(cadre, ran.pk, family="2021-08-25")
    assert not Contact.objects.exists()


def test_message_sent_is_a_contact_that_nobody_answered(cadre, ran, tan):
    cadre.post(f"{LIST}{ran.pk}/told/")
    assert set(Contact.objects.values_list("way", "outcome")) == {("message", "told")}
    assert Contact.objects.count() == 2


def test_tabs_are_counted_in_one_request(cadre, ran, tan):
    page = text(cadre.get(f"{LIST}totals/"))
    assert "超期未种 <b>1</b>" in page and "到期可种 <b>1</b>" in page and "先核实疫苗 <b>0</b>" in page


def test_tabs_of_a_unit_count_its_members(client_of, ran, tan, waterworks, unit_contact):
    waterworks.memberships.create(resident=ran, entry=ran.entry)
    page = text(client_of(unit_contact).get(f"{LIST}totals/"))
    assert "超期未种 <b>1</b>" in page and "到期可种 <b>0</b>" in page


def test_slips_name_the_people_of_the_list_and_leave_the_trail(cadre, ran, tan, home, campaign):
    person(home.place, "unknown", of=campaign, home=home, name="不明人", phone="13800000001")
    make.stand(campaign)
    page = text(cadre.post(f"{LIST}slips/", {"list": "overdue"}))
    assert "冉启华" in page and "谭秀英" in page and "不明人" not in page and "13800000001" not in page
    assert "到乌杨卫生院接种" in page
    assert AuditEntry.objects.get(action="follow_up.slips").detail == {"名单": "超期未种", "人数": 2}
    cadre.post(f"{LIST}slips/given/?list=overdue")
    assert set(Contact.objects.values_list("way", "outcome")) == {("slip", "told")}


def test_home_visits_are_the_clinics_list_and_open_the_person(
    client_of, clinic_user, staff, cadre_baiping, ran, tan, campaign
):
    said(ran, "8", of=campaign)
    clinic = client_of(clinic_user)
    page = text(clinic.get(f"{LIST}home-visits/"))
    assert "冉启华" in page and "谭秀英" not in page
    assert [clinic.get(f"/people/{one.pk}/").status_code for one in (ran, tan)] == [200, 404]
    assert client_of(staff).get(f"{LIST}home-visits/").status_code == 200
    assert client_of(cadre_baiping).get(f"{LIST}home-visits/").status_code == 403


def test_home_visits_go_on_over_the_pages(client_of, clinic_user, ran, tan, campaign, monkeypatch):
    monkeypatch.setattr("ledgers.follow_up.views.papers.VISITS_PER_PAGE", 1)
    for one in (ran, tan):
        said(one, "8", of=campaign)
    pages = [text(client_of(clinic_user).get(f"{LIST}home-visits/?page={number}")) for number in (1, 2)]
    assert all("2 人行动不便" in page and "打印本页 1 人" in page for page in pages)
    assert sorted((ran.name in page, tan.name in page) for page in pages) == [(False, True), (True, False)]


def test_effect_counts_doses_within_fourteen_days_by_village_and_way(
    client_of, staff, ran, tan, campaign, cadre_baiping
):
    def contact(who, on, way="call"):
        Contact.objects.create(
            resident=who, campaign=campaign, way=way, outcome="no_answer", at=f"2021-{on}T10:00:00+08:00",
            by=cadre_baiping, entry=who.entry,
        )  # fmt: skip

    contact(ran, "08-01")
    contact(ran, "08-10")
    contact(tan, "08-10")
    contact(tan, "08-12", way="slip")
    make.dose(ran, "08-15", campaign=campaign)
    page = text(client_of(staff).get(f"{LIST}effect/"))
    assert "近28天联系了 3 人次，1 人次在 14 天内接种；2 人次联系还不到 14 天，还要等。" in page
    people = text(client_of(staff).get(f"{LIST}effect/people/?village={ran.place_id[:12]}&way=call&state=done"))
    assert "冉启华" in people and "谭秀英" not in people and "第 1–1 人，共 1 人" in people
    assert client_of(cadre_baiping).get(f"{LIST}effect/").status_code == 403
