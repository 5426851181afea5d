"""佐证材料: told by content, encoded anew without where it was taken, opened by claimant and approver only."""

import io

import pytest
from django.conf import settings as site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from campaigns.models import Institution
from ledgers.evidence import pictures
from ledgers.evidence.keeping import keep, made_fit
from ledgers.evidence.pictures import EvidenceRefused
from ledgers.exemptions import ExemptionRefused, approve, claim, reject, resend, withdraw
from ledgers.models import Evidence, Excuse, Exemption
from registry.models import AuditEntry, ResidentChange, Role
from tests.factories import make_place, make_user
from tests.ledgers import make, photos
from tests.ledgers.pages import text
from tests.ledgers.ran import approver, campaign, on_the_day, ran

__all__ = ["approver", "campaign", "on_the_day", "ran"]


@pytest.fixture
def colleague(baiping):
    return make_user("tanxia", Role.CADRE, place=baiping, name="谭霞")


def claimed(ran, campaign, by, *files, **values) -> Exemption:
    hospital = Institution.objects.get_or_create(campaign=campaign, name="忠县人民医院", level=2)[0]
    values = {"kind": "contraindication", "reason": "disease", "start_on": make.day("08-01")} | values
    evidence = made_fit(photos.upload(data) for data in files or [photos.photo()])
    return claim(ran, campaign, by=by, institution=hospital, diagnosis="冠心病", evidence=evidence, **values)


def shown(claim: Exemption) -> str:
    return reverse("evidence_file", args=[claim.evidence.get().pk])


# Pictures


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_picture_is_encoded_anew_as_jpeg_without_where_and_by_what_it_was_taken(form):
    sent = photos.photo(form)
    assert b"TestPhone" in sent
    made = Image.open(io.BytesIO(pictures.encode_anew(sent)))
    assert (made.format, made.size) == ("JPEG", (640, 480))
    assert dict(made.getexif()) == {}
    assert {"exif", "icc_profile", "comment", "xmp"}.isdisjoint(made.info)


def test_picture_is_turned_upright_and_made_smaller():
    made = Image.open(io.BytesIO(pictures.encode_anew(photos.photo(size=(4000, 3000), turned=6))))
    assert made.size == (1500, 2000)


def test_flood_of_pixels_is_refused_before_it_is_unfolded():
    with pytest.raises(EvidenceRefused, match="像素太多"):
        pictures.encode_anew(photos.flood())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff\xd8\xff" + b"not a picture", pictures.UNREADABLE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", pictures.NOT_TAKEN),
        (b"GIF89a", pictures.NOT_TAKEN),
        (b"MZ\x90", pictures.NOT_TAKEN),
        (b"", pictures.NOT_TAKEN),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(EvidenceRefused) as refused:
        pictures.fit_to_keep(data)
    assert str(refused.value) == sentence


def test_script_behind_a_picture_is_left_behind():
    assert b"<script>" not in pictures.encode_anew(photos.photo() + b"<script>alert(1)</script>")


def test_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_BYTES", 10)
    with pytest.raises(EvidenceRefused, match="最大"):
        pictures.fit_to_keep(photos.PDF)


# Keeping


def test_kept_under_a_name_of_our_own_outside_static(ran, campaign, cadre_baiping):
    piece = claimed(ran, campaign, cadre_baiping).evidence.get()
    assert "IMG_0001" not in piece.file.name
    assert piece.file.path.startswith(str(site.MEDIA_ROOT))
    assert not str(site.MEDIA_ROOT).startswith(str(site.STATIC_ROOT))


def test_same_photo_twice_is_one(ran, campaign, cadre_baiping):
    made = claimed(ran, campaign, cadre_baiping, photos.photo(), photos.photo())
    with pytest.raises(Exception, match="没有新的材料"):
        resend(made, changes={}, evidence=made_fit([photos.upload()]), by=cadre_baiping)
    assert Evidence.objects.count() == 1


def test_five_pieces_are_kept_and_a_sixth_is_refused(ran, campaign, cadre_baiping):
    colours = ["red", "green", "blue", "white", "black"]
    made = claimed(ran, campaign, cadre_baiping, *(photos.photo(size=(400, 200), colour=one) for one in colours))
    assert made.evidence.count() == 5
    with pytest.raises(EvidenceRefused, match="最多 5 份"):
        keep(made_fit([photos.upload(photos.PDF)]), exemption=made, entry=made.entry)


# Who opens it


def test_claimant_and_approver_open_the_picture(ran, campaign, client_of, cadre_baiping, approver, staff):
    url = shown(claimed(ran, campaign, cadre_baiping))
    for user in (cadre_baiping, approver, staff):
        answer = client_of(user).get(url)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert answer["Content-Disposition"].startswith("inline")
    assert AuditEntry.objects.filter(action="evidence.view").count() == 3


def test_pdf_is_only_downloaded(ran, campaign, client_of, cadre_baiping):
    answer = client_of(cadre_baiping).get(shown(claimed(ran, campaign, cadre_baiping, photos.PDF)))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content == photos.PDF


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("colleague", 403), ("leader", 403), ("cadre_huanggu", 404), ("unit_contact", 404), ("department_user", 404),
        ("clinic_user", 404), ("auditor", 403), ("sysadmin", 403),
    ],
)  # fmt: skip
def test_nobody_else_opens_it(request, ran, campaign, client_of, cadre_baiping, who, status):
    url = shown(claimed(ran, campaign, cadre_baiping))
    assert client_of(request.getfixturevalue(who)).get(url).status_code == status


def test_who_is_not_logged_in_is_sent_to_the_login(ran, campaign, cadre_baiping, nobody):
    assert nobody.get(shown(claimed(ran, campaign, cadre_baiping)))["Location"].startswith("/login/")


def test_another_street_finds_nothing(ran, campaign, client_of, cadre_baiping):
    made = claimed(ran, campaign, cadre_baiping)
    other = client_of(make_user("heyi", Role.CLINIC, place=make_place("500233004000", "忠州街道"), may_approve=True))
    urls = [shown(made), reverse("claim", args=[made.pk]), reverse("exemption_docket", args=[made.pk])]
    assert [other.get(url).status_code for url in urls] == [404, 404, 404]


def test_piece_taken_back_is_reached_no_more(ran, campaign, client_of, cadre_baiping, colleague):
    made = claimed(ran, campaign, cadre_baiping)
    url, remove = shown(made), reverse("evidence_remove", args=[made.evidence.get().pk])
    assert client_of(colleague).post(remove).status_code == 403
    assert client_of(cadre_baiping).post(remove).status_code == 302
    assert client_of(cadre_baiping).get(url).status_code == 404
    assert Evidence.objects.get().removed_entry.by == cadre_baiping


def test_piece_of_a_decided_claim_stays(ran, campaign, client_of, cadre_baiping, staff):
    made = approve(claimed(ran, campaign, cadre_baiping), by=staff)
    client_of(cadre_baiping).post(reverse("evidence_remove", args=[made.evidence.get().pk]))
    assert Evidence.objects.get().removed_entry is None


# Pages


def test_claim_with_photos_comes_from_the_form(ran, campaign, client_of, cadre_baiping):
    data = {"kind": "contraindication", "reason": "disease", "start_on": "2021-08-10"}
    files = [photos.upload(), photos.upload(photos.photo("HEIF"), "IMG_2.HEIC"), photos.upload(photos.PDF, "a.pdf")]
    client_of(cadre_baiping).post(reverse("exemption_new", args=[ran.pk]), data | {"evidence": files})
    assert list(Evidence.objects.values_list("kind", flat=True)) == ["picture", "picture", "pdf"]


def test_form_with_a_bad_file_writes_nothing_and_says_why(ran, campaign, client_of, cadre_baiping):
    data = {"kind": "contraindication", "reason": "disease", "start_on": "2021-08-10"}
    url = reverse("exemption_new", args=[ran.pk])
    answer = client_of(cadre_baiping).post(url, data | {"evidence": [photos.upload(b"MZ")]})
    assert (answer.status_code, pictures.NOT_TAKEN in text(answer)) == (422, True)
    assert not Exemption.objects.exists()


def test_form_refused_for_something_else_says_that_photos_are_to_be_chosen_again(
    ran, campaign, client_of, cadre_baiping
):
    data = {"kind": "deferral", "reason": "disease", "start_on": "2021-08-10"}
    url, client = reverse("exemption_new", args=[ran.pk]), client_of(cadre_baiping)
    assert "照片要再选一次" in text(client.post(url, data | {"evidence": [photos.upload()]}))
    assert "照片要再选一次" not in text(client.post(url, data))


def test_decision_stands_beside_the_picture(ran, campaign, client_of, cadre_baiping, approver):
    made = claimed(ran, campaign, cadre_baiping)
    page = text(client_of(approver).get(reverse("claim", args=[made.pk])))
    assert f'<img src="{shown(made)}"' in page
    assert "冠心病" in page
    assert "审核通过</button>" in page
    assert reverse("claim", args=[made.pk]) in text(client_of(approver).get("/claims/"))


@pytest.mark.parametrize("who", ["cadre_baiping", "unit_contact", "clinic_user", "leader"])
def test_deciding_page_is_for_who_decides(request, ran, campaign, client_of, staff, who):
    made = claimed(ran, campaign, staff)
    assert client_of(request.getfixturevalue(who)).get(reverse("claim", args=[made.pk])).status_code == 403


def test_claim_sent_back_is_seen_and_sent_again_with_more(ran, campaign, client_of, cadre_baiping, staff):
    made = reject(claimed(ran, campaign, cadre_baiping), note="看不清公章", by=staff)
    client, url = client_of(cadre_baiping), reverse("exemption", args=[made.pk])
    assert "看不清公章" in text(client.get("/exemptions/?show=returned"))
    values = {"reason": "disease", "start_on": "2021-08-01", "institution": made.institution_id, "diagnosis": "冠心病"}
    client.post(url, values | {"evidence": [photos.upload(photos.photo(colour="white"))]})
    made.refresh_from_db()
    assert (made.state, made.evidence.count(), made.decided_entry) == ("claimed", 2, None)
    change = ResidentChange.objects.get(field="exemption_state")
    assert (change.old, change.new) == ("已退回：看不清公章", "补材料再送审")
    assert "看不清公章" in text(client.get(reverse("person", args=[ran.pk])))


def test_unit_that_claimed_finds_on_its_home_what_was_sent_back(
    ran, campaign, client_of, waterworks, unit_contact, staff
):
    make.member(waterworks, ran)
    reject(claimed(ran, campaign, unit_contact), note="看不清公章", by=staff)
    assert "禁忌缓种已退回" in text(client_of(unit_contact).get("/"))
    assert "禁忌缓种已退回" not in text(client_of(staff).get("/"))


def test_nothing_new_is_not_sent_again(ran, campaign, client_of, cadre_baiping, staff):
    made = reject(claimed(ran, campaign, cadre_baiping), note="看不清公章", by=staff)
    values = {"reason": "disease", "start_on": "2021-08-01", "institution": made.institution_id, "diagnosis": "冠心病"}
    answer = client_of(cadre_baiping).post(reverse("exemption", args=[made.pk]), values)
    assert "没有新的材料" in text(answer)
    made.refresh_from_db()
    assert made.state == "rejected"


def test_withdrawn_by_mistake_is_sent_again_and_not_claimed_twice(ran, campaign, client_of, cadre_baiping):
    made = claimed(ran, campaign, cadre_baiping)
    client, url = client_of(cadre_baiping), reverse("exemption", args=[made.pk])
    assert "有一份申请在等审核" in text(client.get(reverse("person", args=[ran.pk])))
    client.post(reverse("exemption_withdraw", args=[made.pk]))
    page = text(client.get(reverse("person", args=[ran.pk])))
    assert "已撤回" in page and "有一份申请在等审核" not in page
    with pytest.raises(ExemptionRefused, match="打开那一份"):
        claimed(ran, campaign, cadre_baiping)
    sent = {"reason": "disease", "start_on": "2021-08-01", "institution": made.institution_id, "diagnosis": "冠心病"}
    assert client.post(url, sent).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.decided_entry) == ("claimed", None)
    assert ResidentChange.objects.get(field="exemption_state").old == "已撤回"


def test_approved_and_withdrawn_exempts_again_only_when_decided_anew(ran, campaign, cadre_baiping, staff):
    made = withdraw(approve(claimed(ran, campaign, cadre_baiping), by=staff), by=staff)
    again = resend(made, changes={}, by=cadre_baiping)
    assert again.state == "claimed" and not Excuse.objects.exists()
    assert approve(again, by=staff).state == "approved" and Excuse.objects.exists()


def test_colleague_adds_without_reading_or_losing_the_diagnosis(ran, campaign, client_of, cadre_baiping, colleague):
    made = claimed(ran, campaign, cadre_baiping)
    client, url = client_of(colleague), reverse("exemption", args=[made.pk])
    page = text(client.get(url))
    assert "材料 1 份" in page
    assert "冠心病" not in page
    assert "忠县人民医院（" not in page
    assert shown(made) not in page
    values = {"reason": "disease", "start_on": "2021-08-01", "institution": "", "diagnosis": ""}
    client.post(url, values | {"evidence": [photos.upload(photos.PDF)]})
    made.refresh_from_db()
    assert (made.diagnosis, made.evidence.count()) == ("冠心病", 2)


def test_corrected_diagnosis_stays_out_of_the_history_that_others_read(ran, campaign, client_of, cadre_baiping, leader):
    made = claimed(ran, campaign, cadre_baiping)
    resend(made, changes={"diagnosis": "过敏性休克史"}, by=cadre_baiping)
    page = text(client_of(leader).get(reverse("person", args=[ran.pk])))
    assert "更正诊断" in page
    assert "过敏性休克史" not in page
    assert "冠心病" not in page


@pytest.mark.parametrize(("who", "status"), [("cadre_huanggu", 404), ("unit_contact", 404), ("leader", 403)])
def test_claim_of_others_is_neither_seen_nor_added_to(request, ran, campaign, client_of, cadre_baiping, who, status):
    made = claimed(ran, campaign, cadre_baiping)
    client = client_of(request.getfixturevalue(who))
    urls = [reverse(name, args=[made.pk]) for name in ("exemption", "exemption_withdraw")]
    assert [client.post(url).status_code for url in urls] == [status, status]


def test_docket_is_one_page_for_claimant_and_approver(ran, campaign, client_of, cadre_baiping, colleague, approver):
    made = claimed(ran, campaign, cadre_baiping)
    url = reverse("exemption_docket", args=[made.pk])
    assert client_of(colleague).get(url).status_code == 403
    for user in (cadre_baiping, approver):
        page = text(client_of(user).get(url))
        assert "冠心病" in page
        assert shown(made) in page


@pytest.mark.parametrize(("end", "listed"), [("08-15", False), ("08-16", True), ("08-30", True), ("08-31", False)])
def test_deferral_is_listed_fourteen_days_ahead(ran, campaign, client_of, staff, cadre_baiping, end, listed):
    make.exemption(ran, "07-01", end, campaign=campaign)
    for user in (staff, cadre_baiping):
        page = text(client_of(user).get("/exemptions/?show=ending"))
        assert ("冉启华" in page) == listed
    assert ("缓种快到期" in text(client_of(staff).get("/"))) == listed


def test_deferral_of_who_has_completed_is_not_listed(ran, campaign, client_of, staff):
    make.exemption(ran, "07-01", "08-20", campaign=campaign)
    make.dose(ran, "06-01", campaign=campaign)
    make.dose(ran, "06-25", campaign=campaign)
    make.stand(campaign)
    assert "没有缓种到期" in text(client_of(staff).get("/exemptions/?show=ending"))


def test_list_asks_no_more_for_three_claims_than_for_one(baiping, campaign, client_of, cadre_baiping):
    client = client_of(cadre_baiping)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/exemptions/?show=waiting")
        return len(asked)

    def add(name: str) -> None:
        who = make.resident(baiping, "1954-03-02", name=name)
        make.exemption(who, "08-01", campaign=campaign, state="claimed")

    add("冉启华")
    client.get("/exemptions/")
    at_one = queries()
    add("谭秀英")
    add("秦桂英")
    assert queries() == at_one


def test_photo_of_a_certificate_proves_a_dose(ran, campaign, client_of, cadre_baiping, colleague, cadre_huanggu):
    data = {"given_on": "2021-08-01", "source": "certificate", "evidence": [photos.upload()]}
    client_of(cadre_baiping).post(reverse("dose_new", args=[ran.pk]), data)
    url = reverse("evidence_file", args=[Evidence.objects.get(dose__resident=ran).pk])
    assert "凭证照片 1" in text(client_of(colleague).get(reverse("person", args=[ran.pk])))
    assert [client_of(user).get(url).status_code for user in (colleague, cadre_huanggu)] == [200, 404]
