"""Units and schools: their contact keeps the roll, people outside too; classes, consent, proofs; nobody else's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledgers.models import Dose
from ledgers.units.classes import class_rows, steps_of
from ledgers.units.roll import classes_in, roll_of
from ledgers.units.rules import Course, is_missing, next_action
from registry.models import AuditEntry, Membership, Resident, ResidentChange, Role
from tests.factories import make_user
from tests.ledgers import make
from tests.ledgers.pages import text
from tests.sheets import identity_number

ON = make.day("09-10")
NUMBER = identity_number("20070310")


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.TODAY = ON


@pytest.fixture
def campaign(street):
    return make.campaign()


@pytest.fixture
def school(campaign):
    return make.unit("乌杨初级中学", "教育")


@pytest.fixture
def teacher(school):
    return make_user("luofang", Role.UNIT, unit=school, name="罗芳")


def student(school, place, name="冉小宇", birth="2008-03-02", **values):
    who = make.resident(place, birth, name=name)
    return make.member(school, who, **({"kind": "student", "class_name": "七年级1班"} | values))


def joining(**values):
    return {
        "name": "谭欣怡",
        "number": NUMBER,
        "kind": "student",
        "class_name": "八年级2班",
        "guardian": "谭华",
    } | values


# The rules


@pytest.mark.parametrize(
    ("ledger", "sub_state", "first", "full"),
    [
        ("unvaccinated", None, True, True),
        ("incomplete", "due", False, True),
        ("incomplete", "overdue", False, True),
        ("incomplete", "waiting", False, False),
        ("incomplete", "excused", False, False),
        ("completed", None, False, False),
        ("exempt", None, False, False),
        (None, None, False, False),
    ],
)
def test_who_is_missing(ledger, sub_state, first, full):
    assert is_missing(ledger, sub_state, judged_by="first") is first
    assert is_missing(ledger, sub_state, judged_by="full") is full


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ledger": None}, "未满12岁，不在接种范围"),
        ({"ledger": "completed"}, ""),
        ({"ledger": "exempt"}, "禁忌，不用打"),
        ({"ledger": "exempt", "excused_until": make.day("10-31")}, "暂缓至10月31日"),
        ({"ledger": "unvaccinated"}, "约好日子打第一针；已在别处打过的，登记凭证"),
        ({"ledger": "unvaccinated", "is_student": True}, "先请监护人签知情同意书"),
        ({"ledger": "unvaccinated", "is_student": True, "consent": "refused"}, "监护人不同意，由学校和村再沟通一次"),
        (
            {"ledger": "unvaccinated", "is_student": True, "consent": "signed"},
            "约好日子打第一针；已在别处打过的，登记凭证",
        ),
        (
            {"ledger": "incomplete", "sub_state": "waiting", "counted": 1, "next_from": make.day("09-20")},
            "9月20日起可打第二针",
        ),
        (
            {"ledger": "incomplete", "sub_state": "due", "counted": 1, "next_by": make.day("10-01")},
            "该打第二针，最迟10月1日",
        ),
        (
            {"ledger": "incomplete", "sub_state": "overdue", "counted": 1, "next_by": make.day("09-01")},
            "第二针已超期 9 天，尽快去打",
        ),
        ({"ledger": "incomplete", "sub_state": "due", "needs_product": True}, "先核实打的是哪种疫苗"),
    ],
)
def test_what_to_do_next(values, words):
    assert next_action(Course(on=ON, **values)) == words


# The roll


def test_known_person_joins_by_name_and_number(school, campaign, baiping, client_of, teacher):
    tan = make.resident(baiping, "2007-03-10", name="谭欣怡")
    tan.documents.create(number=NUMBER)
    client_of(teacher).post(reverse("unit_member_new", args=[school.pk]), joining())
    made = Membership.objects.get()
    assert (made.resident, made.kind, made.class_name, made.entry.by) == (tan, "student", "八年级2班", teacher)
    assert set(ResidentChange.objects.values_list("field", "old", "new")) == {
        ("unit", "", "乌杨初级中学（学生）"), ("guardian", "", "谭华"),
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="resident.lookup", user=teacher).count() == 1
    assert NUMBER not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_name_that_does_not_fit_the_number_is_refused_without_saying_whose_it_is(
    school, campaign, baiping, client_of, teacher
):
    make.resident(baiping, "2007-03-10", name="秦桂英").documents.create(number=NUMBER)
    page = text(client_of(teacher).post(reverse("unit_member_new", args=[school.pk]), joining()))
    assert "姓名和证件号码对不上" in page
    assert "秦桂英" not in page
    assert not Membership.objects.exists()


@pytest.mark.parametrize(("ticked", "status", "shown"), [("", "active", "待归类"), ("on", "outside", "非本辖区")])
def test_new_person_goes_to_unplaced_or_stays_outside(
    school, campaign, street, client_of, teacher, ticked, status, shown
):
    client = client_of(teacher)
    client.post(reverse("unit_member_new", args=[school.pk]), joining(lives_outside=ticked, phone="15400011112"))
    who = Resident.objects.get(name="谭欣怡")
    assert (who.place_id, who.status, who.birth_on, who.pinyin != "") == (
        street.pk,
        status,
        make.day("2007-03-10"),
        True,
    )
    assert list(who.phones.values_list("last4", flat=True)) == ["1112"]
    assert shown in text(client.get(reverse("unit_members", args=[school.pk])))


def test_same_person_twice_is_refused(school, campaign, street, client_of, teacher):
    client, url = client_of(teacher), reverse("unit_member_new", args=[school.pk])
    client.post(url, joining())
    assert "已经在乌杨初级中学的名单里" in text(client.post(url, joining()))
    assert Membership.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"number": "500233200703100011"}, "校验不通过"),
        ({"phone": "12"}, "号码看不懂"),
        ({"joined_on": "2021-09-11"}, "今天以后"),
    ],
)
def test_bad_input_says_what_to_do(school, campaign, client_of, teacher, values, sentence):
    answer = client_of(teacher).post(reverse("unit_member_new", args=[school.pk]), joining(**values))
    assert (answer.status_code, sentence in text(answer)) == (422, True)
    assert not Resident.objects.exists()


def test_class_consent_and_guardian_are_put_right_and_the_old_values_stay(school, baiping, client_of, teacher):
    one = student(school, baiping)
    values = {"kind": "student", "class_name": "七年级3班", "guardian": "冉平", "consent": "signed"}
    client_of(teacher).post(reverse("unit_member", args=[one.pk]), values)
    one.refresh_from_db()
    assert (one.class_name, one.consent, one.resident.guardian) == ("七年级3班", "signed", "冉平")
    assert set(ResidentChange.objects.values_list("field", "old", "new")) == {
        ("member_class_name", "七年级1班", "七年级3班"), ("member_consent", "", "已签"), ("guardian", "", "冉平"),
    }  # fmt: skip
    assert "班级：七年级1班 → 七年级3班" in text(client_of(teacher).get(reverse("person", args=[one.resident_id])))


def test_leaving_is_dated_and_the_person_stays_on_record(school, baiping, client_of, teacher):
    one = student(school, baiping)
    client = client_of(teacher)
    client.post(reverse("unit_member_leave", args=[one.pk]), {"left_on": "2021-09-09"})
    one.refresh_from_db()
    assert one.left_on == make.day("09-09")
    assert client.get(reverse("person", args=[one.resident_id])).status_code == 404
    assert client.get(reverse("unit_member", args=[one.pk])).status_code == 404


def test_leaving_after_today_is_refused(school, baiping, client_of, teacher):
    one = student(school, baiping)
    client_of(teacher).post(reverse("unit_member_leave", args=[one.pk]), {"left_on": "2021-09-11"})
    one.refresh_from_db()
    assert one.left_on is None


def test_missing_stand_first_with_what_to_do(school, campaign, baiping, client_of, teacher):
    done = student(school, baiping, "安然", consent="signed").resident
    make.dose(done, "08-25", campaign=campaign)
    make.stand(campaign)
    student(school, baiping, "周涵")
    names = [one.resident.name for one in roll_of(school, campaign, ON)]
    assert names == ["周涵", "安然"]
    page = text(client_of(teacher).get(reverse("unit_members", args=[school.pk])))
    assert "先请监护人签知情同意书" in page
    assert "9月15日起可打第二针" in page
    only = text(client_of(teacher).get(reverse("unit_members", args=[school.pk]) + "?show=missing"))
    assert ("周涵" in only, "安然" in only) == (True, False)


def test_contact_records_a_proof_of_its_member_only(school, campaign, baiping, client_of, teacher):
    own, other = student(school, baiping).resident, make.resident(baiping, name="秦大山")
    data = {"given_on": "2021-09-01", "source": "health_code"}
    client = client_of(teacher)
    assert client.post(reverse("dose_new", args=[own.pk]), data).status_code == 302
    assert client.post(reverse("dose_new", args=[other.pk]), data).status_code == 404
    assert [dose.resident for dose in Dose.objects.all()] == [own]


ROUTES = ("unit_members", "unit_member_new", "unit_classes", "unit_class_print")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("who", "status"), [("unit_contact", 404), ("cadre_baiping", 403), ("leader", 403)])
def test_other_units_contact_finds_nothing(request, school, baiping, client_of, route, who, status):
    student(school, baiping)
    assert client_of(request.getfixturevalue(who)).get(reverse(route, args=[school.pk])).status_code == status


@pytest.mark.parametrize("route", ["unit_member", "unit_member_leave"])
def test_other_units_membership_is_not_found(school, baiping, client_of, unit_contact, route):
    one = student(school, baiping)
    assert client_of(unit_contact).post(reverse(route, args=[one.pk]), {"left_on": "2021-09-01"}).status_code == 404
    assert Membership.objects.get().left_on is None


def test_nobody_is_sent_to_the_login(school, nobody):
    assert nobody.get(reverse("unit_members", args=[school.pk]))["Location"].startswith("/login/")


def test_contact_of_one_unit_goes_straight_to_its_roll(school, teacher, client_of):
    assert client_of(teacher).get("/own-units/").url == reverse("unit_members", args=[school.pk])


# Classes


def test_classes_add_up_per_step_of_the_plan(school, campaign, baiping):
    first = student(school, baiping, "安然", "2006-05-01", consent="signed").resident
    student(school, baiping, "周涵", "2008-05-01", consent="unsigned")
    student(school, baiping, "向阳", "2009-12-01")
    student(school, baiping, "秦朗", "2008-06-01", class_name="七年级2班", consent="refused")
    make.dose(first, "08-25", campaign=campaign)
    make.stand(campaign)
    steps = steps_of(campaign)
    assert [step.key for step in steps] == [
        "teens-15-17-first", "teens-12-14-first", "teens-15-17-second", "teens-12-14-second",
    ]  # fmt: skip
    rows = class_rows(roll_of(school, campaign, ON), steps)
    assert [(row.name, row.students, row.signed, row.unsigned, row.refused, row.missing) for row in rows] == [
        ("七年级1班", 3, 1, 1, 0, 1), ("七年级2班", 1, 0, 0, 1, 1), ("", 4, 1, 1, 1, 2),
    ]  # fmt: skip
    assert [[(cell.done, cell.cohort) for cell in row.cells] for row in rows] == [
        [(1, 1), (0, 1), (0, 1), (0, 1)],
        [(0, 0), (0, 1), (0, 0), (0, 1)],
        [(1, 1), (0, 2), (0, 1), (0, 2)],
    ]


def test_class_list_for_the_clinic_names_the_class_only(school, campaign, baiping, client_of, teacher):
    student(school, baiping, "安然")
    student(school, baiping, "周涵", class_name="七年级2班")
    url = reverse("unit_class_print", args=[school.pk])
    page = text(client_of(teacher).get(url, {"class": "七年级1班"}))
    assert ("安然" in page, "周涵" in page) == (True, False)
    assert client_of(teacher).get(url, {"class": "七年级9班"}).status_code == 404


@pytest.mark.parametrize("route", ["unit_members", "unit_classes"])
def test_pages_ask_no_more_for_three_members_than_for_one(
    school, campaign, baiping, huanggu, client_of, teacher, route
):
    client, url = client_of(teacher), reverse(route, args=[school.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        return len(asked)

    student(school, baiping, "安然")
    client.get(url)
    at_one = queries()
    student(school, baiping, "周涵")
    student(school, huanggu, "秦朗", class_name="七年级2班")
    assert queries() == at_one


def test_classes_stand_in_the_order_of_the_school(school, campaign, baiping):
    for name in ("九年级1班", "七年级2班", "十年级1班", "八年级1班", "七年级1班"):
        student(school, baiping, class_name=name)
    found = classes_in(roll_of(school, campaign, ON))
    assert found == ["七年级1班", "七年级2班", "八年级1班", "九年级1班", "十年级1班"]
