"""The trail: a chain in which no entry can be altered, removed or cut off unseen."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from registry.audit import record, verify
from registry.models import AuditEntry, AuditHead

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(staff):
    return [record("resident.reveal", by=staff, subject=f"resident {n}", detail={"what": "phone"}) for n in range(1, 6)]


@pytest.mark.django_db(transaction=True)
def test_entries_of_several_at_once_make_one_chain(staff):
    def write(thread: int) -> None:
        for n in range(10):
            record("login", by=staff, subject=f"user {thread * 10 + n}")
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert verify() == []
    assert AuditEntry.objects.count() == 40


def test_day_of_the_trail_is_that_of_shanghai(auditor, client_of):
    at = datetime(2021, 8, 16, 16, 30, tzinfo=UTC)
    AuditEntry.objects.create(number=1, at=at, action="resident.reveal", subject="resident 1", hash="1" * 64)
    AuditHead.objects.create(pk=1, count=1)
    client = client_of(auditor)
    shown = {day: "人员 1" in client.get(f"/audit/?day={day}").content.decode() for day in ("2021-08-16", "2021-08-17")}
    assert shown == {"2021-08-16": False, "2021-08-17": True}


@pytest.fixture
def owner():
    """Somebody who owns the database and has taken its guard away; the chain is there for them."""
    with connection.cursor() as cursor:
        on_table = "" if connection.vendor == "sqlite" else " ON registry_auditentry"
        cursor.execute(f"DROP TRIGGER audit_append_only{on_table}")


def test_entry_cannot_be_altered_in_the_database(chain):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(number=3).update(action="login")
    assert verify() == []


@pytest.mark.postgres
def test_entry_cannot_be_removed_in_the_database(chain):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(number=3).delete()


def test_whole_chain_verifies(chain):
    assert verify() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"action": "login"},
        {"subject": "resident 9"},
        {"detail": {"what": "number"}},
        {"address": "10.0.0.1"},
        {"user": None},
        {"at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"hash": "0" * 64},
        {"previous_hash": "1" * 64},
    ],
    ids=lambda changed: next(iter(changed)),
)
@pytest.mark.parametrize("number", [1, 3, 5])
def test_altered_entry_is_found(chain, owner, changed, number):
    AuditEntry.objects.filter(number=number).update(**changed)
    assert verify() != []


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_removed_entry_is_found(chain, owner, number):
    AuditEntry.objects.filter(number=number).delete()
    assert verify() != []


@pytest.mark.parametrize("kept", [0, 1, 4])
def test_end_cut_off_is_found(chain, owner, kept):
    AuditEntry.objects.filter(number__gt=kept).delete()
    assert verify() != []


def test_swapped_entries_are_found(chain, owner):
    AuditEntry.objects.filter(number=2).update(number=99)
    AuditEntry.objects.filter(number=3).update(number=2)
    AuditEntry.objects.filter(number=99).update(number=3)
    assert verify() != []


def test_head_put_back_is_found(chain):
    AuditHead.objects.update(count=4)
    assert verify() == ["末尾被截断或改动：应有 4 条，现有 5 条"]


def test_command_says_that_the_trail_is_whole(chain):
    out = io.StringIO()
    call_command("verify_audit", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"entries": 5, "problems": []}


def test_command_refuses_a_broken_trail(chain, owner):
    AuditEntry.objects.filter(number=2).update(action="login")
    with pytest.raises(CommandError, match=r"^audit_broken: 操作日志不完整：第 2 条被改动$"):
        call_command("verify_audit")


def test_auditor_reads_and_narrows_the_trail(chain, auditor, client_of):
    client = client_of(auditor)
    everything = client.get("/audit/").content.decode()
    assert "查看完整号码" in everything
    assert "人员 3" in everything
    narrowed = client.get("/audit/?action=login").content.decode()
    assert "人员 3" not in narrowed
    assert client.get("/audit/?user=刘明").content.decode().count("人员 ") == 5
    assert "没有这样的记录" in client.get("/audit/?day=2020-01-01").content.decode()


def test_auditor_checks_the_chain_from_the_page(chain, owner, auditor, client_of):
    client = client_of(auditor)
    client.post("/audit/verify/")
    assert "日志完整：没有改动、缺失或截断" in client.get("/audit/").content.decode()
    AuditEntry.objects.filter(number=2).update(action="login")
    client.post("/audit/verify/")
    assert "日志不完整，1 处：第 2 条被改动" in client.get("/audit/").content.decode()
