"""Claims of 禁忌 and 缓种: approved only with the evidence of rules 3, by who may decide, with a trace."""

import pytest
from django.urls import reverse

from campaigns.models import Institution
from ledgers.exemptions import ExemptionRefused, approve, claim, reject, withdraw
from ledgers.models import Excuse, Exemption
from registry.models import AuditEntry, Role
from tests.factories import make_place, make_user
from tests.ledgers import make
from tests.ledgers.ran import approver, campaign, on_the_day, ran

__all__ = ["approver", "campaign", "on_the_day", "ran"]
SENTENCE = "疾病或过敏须有二级及以上医疗机构的诊断证明。"


def hospital(campaign, level):
    return Institution.objects.create(campaign=campaign, name=f"测试医院{level}", level=level)


def claimed(ran, campaign, by, **values):
    values = {"kind": "contraindication", "reason": "disease", "start_on": make.day("08-01")} | values
    return claim(ran, campaign, by=by, **values)


def test_claim_alone_exempts_nobody(ran, campaign, cadre_baiping):
    made = claimed(ran, campaign, cadre_baiping)
    assert made.state == "claimed"
    assert not Excuse.objects.exists()


@pytest.mark.parametrize("level", [None, 1])
@pytest.mark.parametrize("reason", ["disease", "allergy"])
def test_approval_without_level_two_is_refused(ran, campaign, staff, reason, level):
    made = claimed(ran, campaign, staff, reason=reason, institution=hospital(campaign, level))
    with pytest.raises(ExemptionRefused) as refused:
        approve(made, by=staff)
    assert str(refused.value) == SENTENCE
    made.refresh_from_db()
    assert made.state == "claimed"


def test_approval_with_level_two_exempts_from_its_day(ran, campaign, staff):
    approve(claimed(ran, campaign, staff, institution=hospital(campaign, 2)), by=staff)
    assert list(Excuse.objects.values_list("since", "until")) == [(make.day("08-01"), None)]


def test_pregnancy_needs_no_certificate_and_ends_with_its_day(ran, campaign, staff):
    made = claimed(ran, campaign, staff, kind="deferral", reason="pregnancy", end_on=make.day("10-31"))
    approve(made, by=staff)
    assert list(Excuse.objects.values_list("since", "until")) == [(make.day("08-01"), make.day("11-01"))]


def test_deferral_without_end_is_refused(ran, campaign, staff):
    with pytest.raises(ExemptionRefused):
        claimed(ran, campaign, staff, kind="deferral")


def test_same_claim_twice_is_refused(ran, campaign, staff):
    claimed(ran, campaign, staff)
    with pytest.raises(ExemptionRefused):
        claimed(ran, campaign, staff)


def test_sending_back_says_why(ran, campaign, staff):
    made = claimed(ran, campaign, staff)
    with pytest.raises(ExemptionRefused):
        reject(made, note=" ", by=staff)
    assert reject(made, note="缺诊断证明", by=staff).state == "rejected"


def test_decided_claim_is_not_decided_again(ran, campaign, staff):
    made = claimed(ran, campaign, staff, institution=hospital(campaign, 2))
    approve(made, by=staff)
    with pytest.raises(ExemptionRefused):
        approve(made, by=staff)


def test_withdrawn_exemption_exempts_no_longer(ran, campaign, staff):
    made = approve(claimed(ran, campaign, staff, institution=hospital(campaign, 2)), by=staff)
    withdraw(made, by=staff)
    assert not Excuse.objects.exists()


def test_trail_never_holds_the_diagnosis(ran, campaign, staff):
    claimed(ran, campaign, staff, diagnosis="冠心病")
    assert "冠心病" not in str(AuditEntry.objects.latest("number").detail)


def test_page_of_the_claim(ran, campaign, client_of, cadre_baiping):
    url = reverse("exemption_new", args=[ran.pk])
    data = {"kind": "contraindication", "reason": "disease", "start_on": "2021-08-10"}
    answer = client_of(cadre_baiping).post(url, data)
    assert answer.url == reverse("exemption", args=[Exemption.objects.get().pk])
    assert Exemption.objects.get().entry.by == cadre_baiping


def test_refusal_stands_on_the_page(ran, campaign, client_of, staff):
    made = claimed(ran, campaign, staff)
    client = client_of(staff)
    response = client.post(reverse("exemption_decide", args=[made.pk]), {"decision": "approve"}, follow=True)
    assert SENTENCE in response.content.decode()
    made.refresh_from_db()
    assert made.state == "claimed"


def test_clinic_account_with_the_right_decides_in_its_street(ran, campaign, client_of, approver, staff):
    made = claimed(ran, campaign, staff, institution=hospital(campaign, 3))
    elsewhere = make_user("luoer", Role.CLINIC, place=make_place("500233004000", "忠州街道"), may_approve=True)
    url = reverse("exemption_decide", args=[made.pk])
    assert client_of(elsewhere).post(url, {"decision": "approve"}).status_code == 404
    assert client_of(approver).post(url, {"decision": "approve"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.decided_entry.by) == ("approved", approver)


@pytest.mark.parametrize(("who", "status"), [("cadre_baiping", 403), ("leader", 403), ("clinic_user", 403)])
def test_others_do_not_decide(request, ran, campaign, client_of, staff, who, status):
    made = claimed(ran, campaign, staff)
    client = client_of(request.getfixturevalue(who))
    assert client.post(reverse("exemption_decide", args=[made.pk]), {"decision": "approve"}).status_code == status


def test_clinic_without_the_right_is_told_so(ran, campaign, client_of, clinic_user, staff):
    made = claimed(ran, campaign, staff)
    client = client_of(clinic_user)
    session = client.session
    session["looked_up"] = {"pk": ran.pk, "until": 9e12}
    session.save()
    assert client.post(reverse("exemption_decide", args=[made.pk]), {"decision": "approve"}).status_code == 403
