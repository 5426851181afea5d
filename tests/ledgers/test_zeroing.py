"""清零: declared with nobody missing only, verified by staff, ended by a newcomer and never silently (plan 六(二)1)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledgers.day import ledger
from ledgers.models import Zeroing
from ledgers.units.lapsing import check_nightly
from ledgers.units.missing import missing_of_village
from ledgers.units.rules import is_missing
from ledgers.units.zeroing import ZeroingRefused, declare, lapse, verify
from registry.models import AuditEntry, Job, Role
from tests.factories import make_place, make_user
from tests.ledgers import make
from tests.ledgers.pages import text, work
from tests.sheets import identity_number

ON = make.day("08-16")


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.TODAY = ON


@pytest.fixture
def campaign(street):
    return make.campaign()


@pytest.fixture
def zhou(waterworks, baiping, campaign, unit_contact):
    """A member with a first dose."""
    who = make.resident(baiping, name="周伟")
    make.member(waterworks, who)
    make.dose(who, "08-01", campaign=campaign)
    make.stand(campaign)
    return who


def valid(of, campaign, by) -> Zeroing:
    return verify(declare(of, campaign, on=ON, by=by), on=ON, by=by)


def newcomer(unit, place, name="谭新"):
    who = make.resident(place, name=name)
    make.member(unit, who)
    return who


def test_declared_verified_and_valid(zhou, waterworks, client_of, unit_contact, staff):
    assert "可以申报" in text(client_of(unit_contact).get("/zeroing/"))
    client_of(unit_contact).post("/zeroing/declare/", {"unit": waterworks.pk})
    made = Zeroing.objects.get()
    assert (made.state, made.declared_by, made.unit) == ("declared", unit_contact, waterworks)
    assert "清零待核验" in text(client_of(staff).get("/"))
    assert "乌杨水厂" in text(client_of(staff).get("/zeroing/verify/"))
    client_of(staff).post(reverse("zeroing_decide", args=[made.pk]), {"decision": "verify"})
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("valid", staff)
    assert "核验有效" in text(client_of(unit_contact).get("/zeroing/"))


def test_declaration_is_refused_with_the_names_of_who_is_missing(zhou, waterworks, huanggu, client_of, unit_contact):
    newcomer(waterworks, huanggu)
    page = text(client_of(unit_contact).post("/zeroing/declare/", {"unit": waterworks.pk}, follow=True))
    assert "还不能清零：谭新还没打" in page
    assert not Zeroing.objects.exists()


def test_exemption_in_force_is_a_valid_reason_and_a_claim_is_none(zhou, campaign, waterworks, baiping, unit_contact):
    who = newcomer(waterworks, baiping)
    claim = make.exemption(who, "08-01", campaign=campaign, state="claimed")
    make.stand(campaign)
    with pytest.raises(ZeroingRefused, match="谭新"):
        declare(waterworks, campaign, on=ON, by=unit_contact)
    claim.state = "approved"
    claim.save()
    make.stand(campaign)
    assert declare(waterworks, campaign, on=ON, by=unit_contact).state == "declared"


def test_second_declaration_is_refused(zhou, campaign, waterworks, unit_contact):
    declare(waterworks, campaign, on=ON, by=unit_contact)
    with pytest.raises(ZeroingRefused, match="已经申报过"):
        declare(waterworks, campaign, on=ON, by=unit_contact)


def test_verification_looks_again(zhou, campaign, waterworks, baiping, client_of, unit_contact, staff):
    made = declare(waterworks, campaign, on=ON, by=unit_contact)
    newcomer(waterworks, baiping)
    page = text(client_of(staff).post(reverse("zeroing_decide", args=[made.pk]), {"decision": "verify"}, follow=True))
    assert "谭新还没打" in page
    made.refresh_from_db()
    assert made.state == "declared"


def test_returned_with_a_reason_and_declared_again(zhou, campaign, waterworks, client_of, unit_contact, staff):
    made = declare(waterworks, campaign, on=ON, by=unit_contact)
    client, url = client_of(staff), reverse("zeroing_decide", args=[made.pk])
    assert "写明为什么退回" in text(client.post(url, {"decision": "return", "note": " "}, follow=True))
    client.post(url, {"decision": "return", "note": "临聘人员没有登记"})
    assert "临聘人员没有登记" in text(client_of(unit_contact).get("/zeroing/"))
    assert declare(waterworks, campaign, on=ON, by=unit_contact).state == "declared"


def test_missing_of_a_unit_stand_with_village_and_group(campaign, waterworks, baiping, client_of, unit_contact):
    make.member(waterworks, make.resident(make.group(baiping, 3), "1980-01-01", name="谭新"))
    page = text(client_of(unit_contact).get("/zeroing/"))
    assert "谭新" in page and "白坪村 3组" in page


def test_newcomer_ends_it_by_name_after_the_change_and_not_silently(
    zhou, campaign, waterworks, baiping, client_of, unit_contact, staff
):
    made = valid(waterworks, campaign, staff)
    tan = make.resident(baiping, "1980-01-01", name="谭新")
    data = {"name": "谭新", "number": identity_number("19800101"), "kind": "staff"}
    tan.documents.create(number=data["number"])
    client_of(unit_contact).post(reverse("unit_member_new", args=[waterworks.pk]), data)
    assert Job.objects.filter(kind="zeroing.check", state="waiting").count() == 1
    work()
    made.refresh_from_db()
    assert (made.state, made.because) == ("lapsed", tan)
    assert AuditEntry.objects.filter(action="zeroing.lapse").count() == 1
    for url in ("/", "/zeroing/"):
        page = text(client_of(unit_contact).get(url))
        assert "清零已失效" in page
        assert "谭新还没打，也没有在有效期内的禁忌缓种" in page
    assert "谭新" in text(client_of(staff).get("/zeroing/verify/?show=lapsed"))


def test_member_who_comes_of_age_ends_it_in_the_night(zhou, campaign, waterworks, baiping, staff, settings):
    boy = make.resident(baiping, "2009-08-17", name="冉小宇")
    make.member(waterworks, boy, "student")
    made = valid(waterworks, campaign, staff)
    assert lapse(campaign, ON) == 0
    settings.TODAY = make.day("08-17")
    check_nightly()
    work()
    made.refresh_from_db()
    assert (made.state, made.because) == ("lapsed", boy)


def test_deferral_that_ends_ends_it(zhou, campaign, waterworks, baiping, staff):
    make.exemption(newcomer(waterworks, baiping), "07-01", "08-20", campaign=campaign)
    make.stand(campaign)
    valid(waterworks, campaign, staff)
    assert (lapse(campaign, make.day("08-20")), lapse(campaign, make.day("08-21"))) == (0, 1)


def test_who_left_or_died_ends_nothing(zhou, campaign, waterworks, baiping, staff):
    valid(waterworks, campaign, staff)
    make.member(waterworks, make.resident(baiping, name="已离开"), left_on=make.day("08-10"))
    gone = make.resident(baiping, name="已故的人", status="deceased", status_on=make.day("08-10"))
    make.member(waterworks, gone)
    assert lapse(campaign, ON) == 0


def test_village_declares_likewise(campaign, baiping, client_of, cadre_baiping, staff):
    make.resident(baiping, name="冉启华")
    client = client_of(cadre_baiping)
    assert "冉启华" in text(client.get("/zeroing/"))
    assert "冉启华还没打" in text(client.post("/zeroing/declare/", {"village": baiping.pk}, follow=True))
    make.exemption(missing_of_village(baiping, campaign, ON).get(), "08-01", campaign=campaign)
    make.stand(campaign)
    client.post("/zeroing/declare/", {"village": baiping.pk})
    made = Zeroing.objects.get()
    verify(made, on=ON, by=staff)
    who = make.resident(f"{baiping.pk}", name="新来的人")
    assert lapse(campaign, ON) == 1
    made.refresh_from_db()
    assert made.because == who


def test_people_not_placed_or_outside_stand_in_no_villages_way(campaign, baiping, street, staff):
    make.resident(street, name="待归类的人")
    make.resident(baiping, name="非本辖区的人", status="outside")
    assert declare(baiping, campaign, on=ON, by=staff).state == "declared"


@pytest.mark.parametrize(
    ("who", "data", "status"),
    [
        ("cadre_huanggu", {"village": "500233003215"}, 404),
        ("cadre_huanggu", {"unit": "1"}, 404),
        ("unit_contact", {"village": "500233003215"}, 404),
        ("staff", {"village": "500233003215"}, 403),
        ("leader", {"village": "500233003215"}, 403),
        ("clinic_user", {"village": "500233003215"}, 403),
    ],
)
def test_nobody_declares_for_others(request, campaign, baiping, client_of, who, data, status):
    assert client_of(request.getfixturevalue(who)).post("/zeroing/declare/", data).status_code == status
    assert not Zeroing.objects.exists()


def test_grid_worker_does_not_declare_for_the_village(campaign, baiping, client_of):
    worker = make_user("ranxiaohong", Role.CADRE, place=make_place(f"{baiping.pk}003", "3组"))
    assert client_of(worker).post("/zeroing/declare/", {"village": baiping.pk}).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("unit_contact", 403), ("cadre_baiping", 403), ("leader", 403)])
def test_nobody_but_staff_verifies(request, zhou, campaign, waterworks, client_of, staff, who, status):
    made = declare(waterworks, campaign, on=ON, by=staff)
    client = client_of(request.getfixturevalue(who))
    assert client.post(reverse("zeroing_decide", args=[made.pk]), {"decision": "verify"}).status_code == status
    assert client.get("/zeroing/verify/").status_code == status


def test_staff_of_another_street_find_nothing(zhou, campaign, waterworks, client_of, staff):
    made = declare(waterworks, campaign, on=ON, by=staff)
    other = make_user("heping", Role.STAFF, place=make_place("500233004000", "忠州街道"))
    assert client_of(other).post(reverse("zeroing_decide", args=[made.pk])).status_code == 404


@pytest.mark.parametrize("judged_by", ["first", "full"])
@pytest.mark.parametrize("on", ["07-01", "08-01", "08-16", "08-30", "10-30"])
def test_the_rule_says_the_same_in_python_and_sql(campaign, baiping, judged_by, on):
    campaign.judged_by = judged_by
    for index, days in enumerate([(), ("07-20",), ("06-01", "06-10"), ("06-01", "06-25")]):
        who = make.resident(baiping, f"19{50 + index}-01-01")
        for day in days:
            make.dose(who, day, campaign=campaign)
        twin = make.resident(baiping, f"19{60 + index}-01-01")
        for day in days:
            make.dose(twin, day, campaign=campaign)
        make.exemption(twin, "07-01", "08-20", campaign=campaign)
    make.resident(baiping, "2010-01-01")
    make.stand(campaign)
    on = make.day(on)
    rows = ledger(campaign, on).values_list("pk", "ledger", "sub_state")
    expected = {pk for pk, ledger, sub_state in rows if is_missing(ledger, sub_state, judged_by=judged_by)}
    assert set(missing_of_village(baiping, campaign, on).values_list("pk", flat=True)) == expected


def test_lapsing_asks_no_more_for_three_than_for_one(zhou, campaign, waterworks, baiping, huanggu, staff):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            lapse(campaign, ON)
        return len(asked)

    valid(waterworks, campaign, staff)
    valid(huanggu, campaign, staff)
    at_two = queries()
    valid(make.unit("乌杨小学"), campaign, staff)
    valid(make_place("500233003216", "曹家村"), campaign, staff)
    assert queries() == at_two


def test_state_stands_on_the_pages_of_progress_without_the_name(
    zhou, campaign, waterworks, baiping, client_of, staff, leader
):
    valid(waterworks, campaign, staff)
    newcomer(waterworks, baiping)
    lapse(campaign, ON)
    page = text(client_of(leader).get(f"/units/{waterworks.pk}/"))
    assert ("已失效" in page, "谭新" in page) == (True, False)
    assert "已失效" not in text(client_of(leader).get(f"/progress/{baiping.pk}/"))
