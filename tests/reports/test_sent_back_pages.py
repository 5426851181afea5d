"""填回的台账 in the browser: a village sends its own ledger back; others' people and other roles are refused."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledgers.models import Reason
from tests.ledgers.pages import text
from tests.reports.test_followups import campaign, handed_out, people, write

__all__ = ["campaign", "people"]
pytestmark = pytest.mark.django_db


def _sent(client, book):
    stream = io.BytesIO()
    book.save(stream)
    return client.post("/ledgers-back/", {"file": SimpleUploadedFile("台账三.xlsx", stream.getvalue())})


def test_village_sees_what_would_change_and_takes_it_in_or_back(campaign, people, staff, cadre_baiping, client_of):
    book = handed_out(campaign, staff)
    write(book, "冉启华", 未接种原因="打工")
    client = client_of(cadre_baiping)
    path = _sent(client, book).url
    page = text(client.get(path))
    assert "1 + 2 + 0 = 3 行，现在还没有写入任何数据" in page
    assert Reason.objects.count() == 0
    client.post(f"{path}approve/")
    assert Reason.objects.get().code == "51"
    client.post(f"{path}undo/")
    assert Reason.objects.count() == 0


def test_other_villages_rows_are_refused_with_the_reason(campaign, people, staff, cadre_huanggu, client_of):
    book = handed_out(campaign, staff)
    write(book, "冉启华", 未接种原因="打工")
    client = client_of(cadre_huanggu)
    page = text(client.get(_sent(client, book).url))
    assert "这个人不在你的范围里，没有采用" in page
    assert "写入 " not in page


def test_who_lost_the_village_meanwhile_fills_in_nobody(campaign, people, staff, cadre_baiping, client_of):
    book = handed_out(campaign, staff)
    write(book, "冉启华", 未接种原因="打工")
    path = _sent(client_of(cadre_baiping), book).url
    cadre_baiping.grants.all().delete()
    client_of(staff).post(f"{path}approve/")
    assert Reason.objects.count() == 0


def test_ledger_given_up_writes_nothing(campaign, people, staff, cadre_baiping, client_of):
    book = handed_out(campaign, staff)
    write(book, "冉启华", 未接种原因="打工")
    client = client_of(cadre_baiping)
    path = _sent(client, book).url
    assert "没有写入任何数据" in text(client.post(f"{path}discard/", follow=True))
    client.post(f"{path}approve/")
    assert Reason.objects.count() == 0


def test_somebody_elses_ledger_is_not_found(
    campaign, people, staff, cadre_baiping, cadre_huanggu, unit_contact, client_of
):
    path = _sent(client_of(cadre_baiping), handed_out(campaign, staff)).url
    assert client_of(cadre_huanggu).get(path).status_code == 404
    assert client_of(unit_contact).get(path).status_code == 403
    assert client_of(staff).get(path).status_code == 200


def test_nothing_chosen_says_what_to_do(campaign, cadre_baiping, client_of):
    answer = client_of(cadre_baiping).post("/ledgers-back/", {})
    assert (answer.status_code, "先选填好的台账" in text(answer)) == (422, True)
