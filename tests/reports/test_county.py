"""上级通报: typed or pasted, beside ours with the parts that are known; who sees it."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.models import Campaign
from registry.jobs import run_now
from registry.models import AuditEntry
from registry.versions import cut_off
from reports.briefing.issuing import order_issue
from reports.county.beside import beside
from reports.county.forms import CountyForm, read_pasted
from reports.models import CountyFigure
from tests.ledgers import make

DAY = make.day("08-16")


@pytest.fixture
def covid(db, settings):
    settings.TODAY = DAY
    return make.campaign()


@pytest.fixture
def people(covid, baiping):
    """Permanent: one with a dose here, one elsewhere, one without; one away and one unplaced with a dose."""
    make.dose(make.resident(baiping), "08-01", campaign=covid, source="clinic")
    make.dose(make.resident(baiping), "08-01", campaign=covid, source="certificate")
    make.resident(baiping)
    make.dose(make.resident(baiping, residency="away"), "08-01", campaign=covid)
    make.dose(make.resident(make.STREET, residency="unknown"), "08-01", campaign=covid)
    make.stand(covid)


def figure(covid, staff, **values):
    values = {"on": DAY, "first_dose": 7, "entered_by": staff, "entered_at": "2021-08-17T09:00:00+08:00"} | values
    return CountyFigure.objects.create(campaign=covid, **values)


def test_the_difference_is_the_sum_of_its_parts_and_the_rest(covid, people, staff):
    one = beside(figure(covid, staff)).measures[0]
    assert (one.county, one.ours, one.difference) == (7, 2, 5)
    # Since the clinic's last record, of 08-01, fifteen days are missing: in the week up to it two of them had theirs.
    assert [part.number for part in one.parts] == [1, 1, -1, 4]
    assert "接种点记录只导到 8月1日，缺 15 天" in one.parts[-1].why
    assert one.rest == 0


def test_nothing_is_missing_once_the_days_own_records_are_in(covid, people, baiping, staff):
    make.dose(make.resident(baiping), "08-16", campaign=covid, source="clinic")
    make.stand(covid)
    part = beside(figure(covid, staff)).measures[0].parts[-1]
    assert (part.number, part.why) == (0, "接种点记录已经导到 8月16日")


def test_what_was_learnt_since_the_days_report_is_told(covid, people, baiping, staff, client_of):
    run_now(order_issue(covid, on=DAY, cut_off_at=cut_off(), by=staff))
    assert beside(figure(covid, staff)).measures[0].learnt == 0
    make.dose(make.resident(baiping), "08-10", campaign=covid, source="clinic")
    make.stand(covid)
    one = beside(CountyFigure.objects.get()).measures[0]
    assert (one.reported, one.ours, one.learnt) == (2, 3, 1)
    page = re.sub(r"<[^>]*>", "", client_of(staff).get(reverse("county")).content.decode())
    assert "当天日报报的是 2 人，报送以后补录、更正 +1 人" in page


def test_what_the_county_did_not_publish_is_not_compared(covid, people, staff):
    assert [one.words for one in beside(figure(covid, staff)).measures] == ["第一针"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("19,297 13,912 68.10% 49.10% 第12名 29", ["19297", "13912", "68.10", "49.10", "12", "29"]),
        ("19297\t-\t68.1\t—\t/\t29", ["19297", "", "68.1", "", "", "29"]),
    ],
)
def test_pasted_rows(text, read):
    assert list(read_pasted(text).values()) == read


@pytest.mark.parametrize("text", ["19297 13912", "一 二 三 四 五 六", "1 2 3 4 5 6 7"])
def test_rows_that_cannot_be_read_say_what_is_wanted(text):
    with pytest.raises(ValueError, match=r".+"):
        read_pasted(text)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"on": "2021-08-16"}, "至少填第一针人数或全程人数。"),
        ({"on": "2021-08-17", "full": "3"}, "通报的日期在今天以后，检查一下。"),
        ({"on": "2021-08-16", "full": "3", "rank": "30", "rank_of": "29"}, "排名比乡镇街道数还大，检查一下。"),
    ],
)
def test_form_refuses_with_a_sentence(said, error):
    form = CountyForm(said, today=DAY)
    assert error in str(form.errors)


def test_staff_paste_a_row_and_replace_it_with_a_trace(covid, people, staff, client_of):
    client = client_of(staff)
    for text in ("7 1 68.10% 49.10% 12 29", "8 1 68.10% 49.10% 11 29"):
        client.post(reverse("county_new"), {"on": "2021-08-16", "pasted": text})
    kept = CountyFigure.objects.get()
    assert (kept.first_dose, kept.full, str(kept.first_rate), kept.rank, kept.rank_of) == (8, 1, "68.10", 11, 29)
    assert AuditEntry.objects.filter(action="county.keep").latest("number").detail["第一针人数"] == ["7", "8"]
    client.post(reverse("county_new"), {"on": "2021-08-16", "full": "1", "first_dose": "8", "note": "县里口头更正"})
    assert AuditEntry.objects.filter(action="county.keep").latest("number").detail["说明"] == ["", "县里口头更正"]
    client.post(reverse("county_new"), {"on": "2021-08-16", "pasted": "8 1 68.10% 49.10% 11 29"})
    page = re.sub(r"<[^>]*>", "", client.get(reverse("county")).content.decode())
    assert "县里比我们多 6 人" in page and "第 11 / 29" in page


def test_ended_campaign_takes_no_figure(covid, staff, client_of):
    Campaign.objects.update(is_active=False, is_default=False)
    answer = client_of(staff).post(reverse("county_new"), {"on": "2021-08-16", "full": "3"})
    assert (answer.status_code, CountyFigure.objects.exists()) == (409, False)


def test_pasting_nonsense_is_refused(covid, staff, client_of):
    answer = client_of(staff).post(reverse("county_new"), {"on": "2021-08-16", "pasted": "七 八"})
    assert answer.status_code == 422 and "粘贴的一行要是" in answer.content.decode()
    assert not CountyFigure.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", [200, 200]), ("leader", [200, 403]), ("cadre_baiping", [403, 403]), ("clinic_user", [403, 403])],
)
def test_who_sees_and_who_enters(request, covid, who, status, client_of):
    client = client_of(request.getfixturevalue(who))
    assert [client.get(reverse(name)).status_code for name in ("county", "county_new")] == status


def test_who_has_not_logged_in_is_asked_to(covid, nobody):
    assert nobody.get(reverse("county")).status_code == 302


@pytest.mark.parametrize("values", [{"first_dose": None}, {"rank": 30, "rank_of": 29}])
def test_rows_that_say_nothing_or_cannot_be_are_refused(covid, staff, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        figure(covid, staff, **values)
