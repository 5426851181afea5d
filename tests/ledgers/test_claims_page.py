"""禁忌缓种待审核: the list for staff and 专业技术线, decided in place; nobody else opens it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Institution
from ledgers.models import Excuse, Exemption
from registry.models import Role
from tests.factories import make_place, make_user
from tests.ledgers import make
from tests.ledgers.pages import text

URL = "/claims/"


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.TODAY = make.day("08-16")


@pytest.fixture
def campaign(street):
    return make.campaign()


@pytest.fixture
def approver(street):
    return make_user("luoyi", Role.CLINIC, place=street, name="罗医生", may_approve=True)


def claimed(place, campaign, name="冉启华", level=2, **values) -> Exemption:
    hospital = Institution.objects.create(campaign=campaign, name=f"{name}去的医院", level=level) if level else None
    who = make.resident(place, "1954-03-02", name=name)
    return make.exemption(who, "08-01", campaign=campaign, state="claimed", institution=hospital, **values)


def decide(client, claim: Exemption, **fields: str) -> str:
    return text(client.post(reverse("exemption_decide", args=[claim.pk]), {"from": "claims"} | fields, follow=True))


def test_a_claim_stands_with_all_that_is_needed_to_decide(campaign, baiping, client_of, approver):
    claimed(baiping, campaign, diagnosis="冠心病")
    page = text(client_of(approver).get(URL))
    assert "67岁，白坪村" in page
    assert "禁忌（疾病）</b>：2021年8月1日起" in page
    assert "诊断：冠心病；冉启华去的医院（2级）" in page
    assert "不能通过" not in page


@pytest.mark.parametrize(("level", "words"), [(1, "（1级）"), (None, "没写医疗机构")])
def test_what_is_missing_is_said_and_there_is_no_button_to_approve(campaign, baiping, client_of, staff, level, words):
    claimed(baiping, campaign, level=level)
    page = text(client_of(staff).get(URL))
    assert words in page
    assert "不能通过：疾病或过敏须有二级及以上医疗机构的诊断证明。" in page
    assert "审核通过</button>" not in page


def test_approving_in_place_exempts_and_comes_back_to_the_list(campaign, baiping, client_of, approver):
    claim = claimed(baiping, campaign)
    page = decide(client_of(approver), claim, decision="approve")
    assert "已审核通过" in page
    assert "没有待审核的申请" in page
    assert Excuse.objects.get().resident == claim.resident


def test_sending_back_keeps_the_note(campaign, baiping, client_of, staff):
    claim = claimed(baiping, campaign, level=None)
    assert "没有办成" in decide(client_of(staff), claim, decision="reject", note="")
    decide(client_of(staff), claim, decision="reject", note="缺诊断证明")
    claim.refresh_from_db()
    assert (claim.state, claim.note, claim.decided_entry.by) == ("rejected", "缺诊断证明", staff)


def test_deciding_twice_changes_nothing_more(campaign, baiping, client_of, staff):
    claim = claimed(baiping, campaign)
    decide(client_of(staff), claim, decision="approve")
    assert "这份申请已是“已通过”" in decide(client_of(staff), claim, decision="reject", note="错了")
    claim.refresh_from_db()
    assert claim.state == "approved"


def test_who_decides_opens_the_person_while_the_claim_waits(campaign, baiping, client_of, approver):
    claim = claimed(baiping, campaign)
    client, person = client_of(approver), reverse("person", args=[claim.resident_id])
    assert person in text(client.get(URL))
    assert client.get(person).status_code == 200
    decide(client, claim, decision="approve")
    assert client.get(person).status_code == 404


@pytest.mark.parametrize("who", ["cadre_baiping", "unit_contact", "clinic_user", "leader", "auditor", "sysadmin"])
def test_others_are_not_allowed(request, campaign, client_of, who):
    assert client_of(request.getfixturevalue(who)).get(URL).status_code == 403


def test_nobody_is_sent_to_the_login(campaign, nobody):
    assert nobody.get(URL)["Location"].startswith("/login/")


def test_another_street_sees_nothing_of_it(campaign, baiping, client_of):
    claimed(baiping, campaign)
    other = make_user("heyi", Role.CLINIC, place=make_place("500233004000", "忠州街道"), may_approve=True)
    assert "没有待审核的申请" in text(client_of(other).get(URL))


def test_home_and_menu_say_how_many_wait(campaign, baiping, client_of, approver, staff, clinic_user):
    claimed(baiping, campaign)
    for user in (approver, staff):
        home = text(client_of(user).get("/"))
        assert "禁忌缓种待审核" in home
        assert '待审核<span class="count">1</span>' in home
    assert "禁忌缓种待审核" not in text(client_of(clinic_user).get("/"))


def test_the_list_asks_no_more_for_three_claims_than_for_one(campaign, baiping, client_of, staff):
    client = client_of(staff)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(URL)
        return len(asked)

    claimed(baiping, campaign)
    client.get(URL)
    at_one = queries()
    for name in ("谭秀英", "秦桂英"):
        claimed(baiping, campaign, name)
    assert queries() == at_one


def test_claim_names_its_campaign_where_several_run(campaign, baiping, client_of, staff):
    claim = claimed(baiping, campaign)
    urls = (URL, reverse("claim", args=[claim.pk]))
    named = f'<span class="second">{campaign.name}</span>', f'<p class="second">{campaign.name}</p>'
    assert [name in text(client_of(staff).get(url)) for url, name in zip(urls, named, strict=True)] == [False, False]
    make.campaign("influenza-60")
    assert [name in text(client_of(staff).get(url)) for url, name in zip(urls, named, strict=True)] == [True, True]
