"""The household card, its receipt and what may still be done: the right person, the wrong one, nobody."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledgers import notes
from ledgers.models import Dose, Handover, Reason, Statement, Visit
from registry.models import Household, IdentityDocument, Resident, ResidentChange
from tests.factories import make_number
from tests.ledgers import make
from tests.ledgers.households import make_household


@pytest.fixture
def campaign(db, settings):
    settings.TODAY = make.day("08-16")
    return make.campaign()


@pytest.fixture
def household(campaign, baiping):
    group = make.group(baiping, 3)
    return Household.objects.create(village=baiping, place=group, sequence=12, head="冉启华", entry=make.entry())


@pytest.fixture
def ran(household, campaign):
    who = make.resident(household.place, "1954-03-02", name="冉启华", household=household, relation="户主")
    make.dose(who, "06-12", "sinovac", campaign=campaign)
    return who


@pytest.fixture
def tan(household):
    return make.resident(household.place, name="谭桂英", household=household)


@pytest.fixture
def child(household):
    return make.resident(household.place, "2013-05-01", name="冉浩宇", household=household)


def url_of(household):
    return reverse("household", args=[household.pk])


def card(client, household):
    return client.get(url_of(household)).content.decode()


def fields(client, household, **said):
    """The form as the page gives it, with what is said in it: mP-kind and so on as m12_kind."""
    page = card(client, household)
    hidden = dict(re.findall(r'type="hidden" name="(m\d+-seen-\w+|key)" value="([^"]*)"', page))
    return hidden | {re.sub(r"^(m\d+)_", r"\1-", name): value for name, value in said.items()}


def send(client, household, *, outcome="visited", **said):
    return client.post(url_of(household), fields(client, household, **said) | {"outcome": outcome}, follow=True)


def undo(client, visit):
    return client.post(reverse("visit_undo", args=[visit.pk]), follow=True).content.decode()


def test_card_says_how_each_member_stands(campaign, household, ran, tan, child, client_of, cadre_baiping):
    make.stand(campaign)
    page = card(client_of(cadre_baiping), household)
    assert "3组-012户 冉启华户" in page
    assert "超期 9 天" in page
    assert "第一针 6月12日（北京科兴中维，花名册已核）。" in page
    assert "第二针最迟应在 8月7日 打，直接补，不用重打第一针。" in page
    assert "未满12岁，不用登记" in page
    assert f'name="m{child.pk}-kind"' not in page
    assert page.index("冉启华</a>") < page.index("谭桂英</a>")


def test_card_offers_a_phone_call_only_where_all_are_away(household, ran, client_of, cadre_baiping):
    client = client_of(cadre_baiping)
    assert 'value="phoned"' not in card(client, household)
    Household.objects.update(state="away")
    assert 'value="phoned"' in card(client, household)


def test_card_of_six_asks_as_much_as_of_one(campaign, household, ran, client_of, cadre_baiping):
    client = client_of(cadre_baiping)
    make.stand(campaign)
    card(client, household)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            card(client, household)
        counts.append(len(asked))
        for number in range(5):
            who = make.resident(household.place, name=f"成员{number}", household=household)
            make.dose(who, "07-01", campaign=campaign)
            notes.note_reason(who, campaign, code="41", entry=make.entry())
        make.stand(campaign)
    assert counts[0] == counts[1]
    assert counts[0] <= 22


@pytest.mark.parametrize(("who", "status"), [("cadre_baiping", 200), ("staff", 200), ("leader", 200)])
def test_the_right_ones_see_the_card(request, household, ran, client_of, who, status):
    assert client_of(request.getfixturevalue(who)).get(url_of(household)).status_code == status


@pytest.mark.parametrize(
    ("who", "seen", "sent"),
    [
        ("cadre_huanggu", 404, 404), ("unit_contact", 403, 403), ("clinic_user", 403, 403), ("auditor", 403, 403),
        ("leader", 200, 403),
    ],
)  # fmt: skip
def test_others_neither_see_nor_record(request, household, ran, client_of, who, seen, sent):
    client = client_of(request.getfixturevalue(who))
    assert client.get(url_of(household)).status_code == seen
    assert client.post(url_of(household), {"outcome": "nobody", "key": str(uuid4())}).status_code == sent
    assert not Visit.objects.exists()


def test_nobody_is_asked_to_log_in(household, nobody):
    assert nobody.get(url_of(household)).status_code == 302


def test_registered_village_reads_its_own_and_records_nothing(household, ran, tan, client_of, cadre_huanggu, huanggu):
    tan.registered_village = huanggu
    tan.save()
    client = client_of(cadre_huanggu)
    page = card(client, household)
    assert "谭桂英</a>" in page
    assert "冉启华</a>" not in page
    assert "只能看" in page
    assert 'name="outcome"' not in page
    assert client.post(url_of(household), {"outcome": "nobody", "key": str(uuid4())}).status_code == 403


def test_five_as_before_are_one_form(household, ran, tan, client_of, cadre_baiping):
    page = send(client_of(cadre_baiping), household, rest="same").content.decode()
    visit = Visit.objects.get()
    assert f"已收到，回执号 {visit.receipt}" in page
    assert visit.answers.filter(kind="same").count() == 2


def test_unanswered_member_is_asked_for_and_nothing_typed_is_lost(household, ran, tan, client_of, cadre_baiping):
    said = {f"m{ran.pk}_kind": "promise", f"m{ran.pk}_promise": "other", f"m{ran.pk}_on": "2021-08-21"}
    answer = send(client_of(cadre_baiping), household, **said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "还有 1 人没有登记" in page
    assert re.search(rf'name="m{ran.pk}-kind" value="promise" checked', page)
    assert 'value="2021-08-21"' in page
    assert not Visit.objects.exists()


def test_dose_and_promise_from_the_page(campaign, household, ran, tan, client_of, cadre_baiping):
    said = {
        f"m{ran.pk}_kind": "dose", f"m{ran.pk}_proof": "health_code", f"m{ran.pk}_when": "0",
        f"m{ran.pk}_product": "sinovac", f"m{tan.pk}_kind": "promise", f"m{tan.pk}_promise": "2",
    }  # fmt: skip
    send(client_of(cadre_baiping), household, **said)
    dose = Dose.objects.get(source="health_code")
    assert (dose.given_on, dose.product.key) == (make.day("08-16"), "sinovac")
    assert Reason.objects.get(resident=tan).promised_on == make.day("08-18")


def test_next_door_is_the_next_on_the_walk(household, ran, client_of, cadre_baiping):
    common = {"village": household.village, "place": household.place, "entry": household.entry}
    Household.objects.create(sequence=13, head="空房", state="registered_only", **common)
    following = Household.objects.create(sequence=14, head="谭秀英", **common)
    page = send(client_of(cadre_baiping), household, outcome="nobody").content.decode()
    assert f'href="{url_of(following)}">下一户：3组-014户 谭秀英户' in page


# ---- others' changes, side by side ----


def test_difference_is_chosen_on_the_receipt(campaign, household, ran, client_of, cadre_baiping, staff):
    client = client_of(cadre_baiping)
    said = {f"m{ran.pk}_kind": "promise", f"m{ran.pk}_promise": "1"}
    data = fields(client, household, **said) | {"outcome": "visited"}
    entry = notes.new_entry(staff, "verbal", "电话")
    notes.note_reason(ran, campaign, code="7", promised_on=make.day("08-19"), entry=entry)
    page = client.post(url_of(household), data, follow=True).content.decode()
    assert "8月17日" in page
    assert "8月19日" in page
    assert "用刘明的" in page
    answer = Visit.objects.get().answers.get()
    url = reverse("visit_settle", args=[answer.pk])
    assert client_of(staff).post(url, {"choice": "mine"}).status_code == 403
    client.post(url, {"choice": "mine"})
    assert Reason.objects.get().promised_on == make.day("08-17")


# ---- outcomes of the whole household ----


def test_moved_household_proposes_and_changes_only_whom_one_chose(household, ran, tan, client_of, cadre_baiping):
    client = client_of(cadre_baiping)
    assert "哪些人一起搬走了" in send(client, household, outcome="moved").content.decode()
    assert Resident.objects.filter(status="active").count() == 2
    url = reverse("visit_members", args=[Visit.objects.get().pk])
    client.post(url, {"resident": [ran.pk], "on": "2021-08-01"})
    assert dict(Resident.objects.values_list("name", "status")) == {"冉启华": "moved_out", "谭桂英": "active"}


def test_household_not_found_notes_the_reason_of_whom_one_chose(household, ran, tan, client_of, cadre_baiping):
    client = client_of(cadre_baiping)
    send(client, household, outcome="not_found")
    client.post(reverse("visit_members", args=[Visit.objects.get().pk]), {"resident": [tan.pk]})
    assert list(Reason.objects.values_list("resident", "code")) == [(tan.pk, "61")]


# ---- undo ----


def test_visit_is_taken_back_with_all_its_facts(campaign, household, ran, tan, client_of, cadre_baiping):
    first = notes.new_entry(cadre_baiping, "verbal", "电话")
    notes.note_reason(tan, campaign, code="41", entry=first)
    notes.note_away(ran, to="重庆", since=None, entry=first)
    notes.note_statement(ran, campaign, month=make.day("08-01"), entry=first)
    make.stand(campaign)
    client = client_of(cadre_baiping)
    said = {
        f"m{ran.pk}_kind": "dose", f"m{ran.pk}_proof": "certificate", f"m{ran.pk}_when": "0",
        f"m{tan.pk}_kind": "promise", f"m{tan.pk}_promise": "1",
    }  # fmt: skip
    send(client, household, **said)
    assert Dose.objects.count() == 2
    assert "已撤销这次走访" in undo(client, Visit.objects.get())
    assert not Visit.objects.exists()
    assert Dose.objects.get().source == "roster"
    assert list(Reason.objects.values_list("resident", "code", "promised_on")) == [(tan.pk, "41", None)]
    assert Statement.objects.get().closed_entry is None
    assert ran.standings.get(until=None).counted == 1
    assert set(ResidentChange.objects.values_list("entry", flat=True)) == {first.pk}


def test_absence_told_in_a_visit_taken_back_is_as_before(campaign, household, ran, client_of, cadre_baiping):
    client = client_of(cadre_baiping)
    send(client, household, **{f"m{ran.pk}_kind": "away", f"m{ran.pk}_to": "浙江宁波", f"m{ran.pk}_since": "2021-02"})
    ran.refresh_from_db()
    assert ran.away_to == "浙江宁波"
    undo(client, Visit.objects.get())
    ran.refresh_from_db()
    assert (ran.away_to, ran.away_since, Reason.objects.exists()) == ("", None, False)


def test_visit_on_which_something_was_built_is_not_taken_back(campaign, household, tan, client_of, cadre_baiping):
    client = client_of(cadre_baiping)
    send(client, household, **{f"m{tan.pk}_kind": "promise", f"m{tan.pk}_promise": "1"})
    notes.note_reason(tan, campaign, code="41", entry=notes.new_entry(cadre_baiping, "verbal", "电话"))
    assert "不能撤销" in undo(client, Visit.objects.get())
    assert Visit.objects.exists()


def test_visit_is_taken_back_by_its_maker_the_same_day(campaign, household, tan, client_of, cadre_baiping, staff):
    client = client_of(cadre_baiping)
    send(client, household, rest="same")
    visit = Visit.objects.get()
    assert client_of(staff).post(reverse("visit_undo", args=[visit.pk])).status_code == 403
    Visit.objects.update(at="2021-08-01T08:00:00+08:00", received_at="2021-08-01T08:00:00+08:00")
    assert "当天可以撤销" in undo(client, visit)


# ---- new members ----


@pytest.fixture
def new_member(household, client_of, cadre_baiping):
    url = reverse("household_member_new", args=[household.pk])
    return lambda **said: client_of(cadre_baiping).post(url, said, follow=True)


def test_new_member_is_put_on_record(household, new_member):
    number = make_number()
    new_member(name="向小妹", number=number, relation="儿媳")
    made = Resident.objects.get(name="向小妹")
    assert (made.household, made.place_id, made.relation) == (household, household.place_id, "儿媳")
    assert made.documents.get().number == number
    assert made.initials == "xxm"


def test_member_known_by_number_joins_with_a_row_of_history(household, new_member, baiping):
    known = make.resident(baiping, "1954-03-02", name="向国强")
    IdentityDocument.objects.create(resident=known, number=(number := make_number()))
    new_member(name="向国强", number=number)
    known.refresh_from_db()
    assert (known.household, known.place_id) == (household, household.place_id)
    assert known.changes.filter(field="household_id").exists()


def test_head_of_another_household_is_not_head_of_this_one(household, new_member):
    other = make_household(household.place, 18, head="向国强")
    known = make.resident(household.place, "1954-03-02", name="向国强")
    Resident.objects.filter(pk=known.pk).update(household=other, relation="户主")
    new_member(name="向国强", birth_on="1954-03-02", moves="1")
    known.refresh_from_db()
    assert (known.household, known.relation) == (household, "")


def test_member_of_another_household_of_the_village_is_moved_only_when_confirmed(household, new_member):
    other = make_household(household.place, 18, head="向国强")
    known = make.resident(household.place, "1954-03-02", name="向国强")
    Resident.objects.filter(pk=known.pk).update(household=other)
    page = new_member(name="向国强", birth_on="1954-03-02").content.decode()
    known.refresh_from_db()
    assert f"向国强登记在本村 {household.place.name}-018户，没有写入" in page
    assert (known.household, known.changes.count()) == (other, 0)
    new_member(name="向国强", birth_on="1954-03-02", moves="1")
    known.refresh_from_db()
    assert (known.household, known.changes.get().field) == (household, "household_id")


def test_member_of_another_village_is_asked_for_and_stays_there(household, new_member, huanggu):
    known = make.resident(huanggu, "1954-03-02", name="向国强")
    IdentityDocument.objects.create(resident=known, number=(number := make_number()))
    page = new_member(name="向国强", number=number).content.decode()
    assert "在别的村的名单上" in page
    assert "黄谷村" not in page
    new_member(name="向国强", number=number, ask="1")
    known.refresh_from_db()
    assert (known.place_id, Handover.objects.get().waits_for) == (huanggu.pk, huanggu)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"number": "50023319540302"}, "18"),
        ({"number": "5.00233E+17"}, "后几位已丢失"),
        ({}, "证件号码和出生日期要写一个"),
    ],
)
def test_damaged_number_is_refused_with_a_sentence(household, new_member, said, sentence):
    answer = new_member(name="向小妹", **said)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_number_of_another_name_is_refused(household, new_member, baiping):
    known = make.resident(baiping, "1954-03-02", name="向国强")
    IdentityDocument.objects.create(resident=known, number=(number := make_number()))
    assert "别的姓名" in new_member(name="谭家兴", number=number).content.decode()


def test_stranger_adds_nobody(household, client_of, cadre_huanggu, leader):
    url = reverse("household_member_new", args=[household.pk])
    assert client_of(cadre_huanggu).post(url, {"name": "某人", "birth_on": "1980-01-01"}).status_code == 404
    assert client_of(leader).post(url, {"name": "某人", "birth_on": "1980-01-01"}).status_code == 403
    assert not Resident.objects.exists()
