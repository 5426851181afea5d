"""Exports in full: released by a second person or under a leader's standing release, traced, and ended in time."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from registry.jobs import enqueue, run_now
from registry.models import Role
from reports.exports.kinds import FileKind, cover_line, register
from reports.exports.make import end_exports
from reports.exports.order import KIND, Terms, order
from reports.exports.release import (
    NotReleased,
    decline_export,
    release_export,
    withdraw_export,
)
from reports.models import Export
from tests.factories import make_place, make_user
from tests.reports.releasing import (
    FULL,
    actions,
    ask,
    colleague,
    people,
    refused,
    standing,
    that_day,
    town,
    village_leader,
)

__all__ = ["colleague", "people", "that_day", "town", "village_leader"]


# Waiting and going


def test_full_export_waits_and_nothing_is_written(town, people, staff):
    export = ask(town, staff)
    assert (export.release, export.job, export.people, export.place_id) == ("asked", None, 3, "500233003000")
    assert actions() == ["export.ask"]


def test_released_export_has_whole_numbers_and_says_who_let_it_go(town, people, staff, leader):
    export = release_export(ask(town, staff, "completed"), by=leader)
    run_now(export.job)
    export.refresh_from_db()
    sheet = load_workbook(export.file.path)["台账"]
    row = [cell.value for cell in sheet[5]]
    assert row[6:8] == [people["done"].documents.get().number, "19900006032"]
    assert sheet["G5"].data_type == "s"
    last = sheet.cell(sheet.max_row, 1).value
    assert last == "备注：" + cover_line(export)
    assert [part in last for part in (export.number, "刘明", "县疾控中心", "王建华 放行")] == [True] * 4
    assert actions() == ["export.ask", "export.release"]


def test_leaders_dashboard_says_what_waits_for_a_release(town, people, staff, leader, client_of):
    client = client_of(leader)
    assert "份导出等你放行" not in client.get(reverse("dashboard")).content.decode()
    ask(town, staff)
    link = f'<a href="{reverse("export_releases")}">1 份导出等你放行</a>'
    assert link in client.get(reverse("dashboard")).content.decode()


def test_second_member_of_staff_releases_too(town, people, staff, colleague):
    assert release_export(ask(town, staff), by=colleague).decided_by == colleague


def test_nobody_releases_or_declines_what_they_asked_for(town, people, staff):
    export = ask(town, staff)
    with pytest.raises(NotReleased):
        release_export(export, by=staff)
    with pytest.raises(NotReleased):
        decline_export(export, reason="用途不清楚", by=staff)
    assert Export.objects.get().release == "asked"


def test_whoever_is_first_decides(town, people, staff, leader, colleague):
    first, second = (Export.objects.get(pk=pk) for pk in [ask(town, staff).pk] * 2)
    decline_export(first, reason="用途写得不清楚", by=leader)
    with pytest.raises(NotReleased):
        release_export(second, by=colleague)
    with pytest.raises(NotReleased):
        withdraw_export(second, by=staff)
    found = Export.objects.get()
    assert (found.release, found.decision_note, found.job) == ("declined", "用途写得不清楚", None)


def test_asker_withdraws(town, people, staff):
    export = ask(town, staff)
    withdraw_export(export, by=staff)
    assert Export.objects.get().release == "withdrawn"


def test_request_too_old_is_not_released_and_lapses(town, people, staff, leader):
    export = ask(town, staff)
    Export.objects.update(at=timezone.now() - timedelta(days=3, minutes=1))
    export.refresh_from_db()
    with pytest.raises(NotReleased):
        release_export(export, by=leader)
    assert end_exports(timezone.now()) == (0, 1)
    assert end_exports(timezone.now()) == (0, 0)
    assert (Export.objects.get().release, actions()[-1]) == ("lapsed", "export.lapse")


def test_job_of_an_export_not_let_go_writes_nothing(town, people, staff):
    export = ask(town, staff)
    run_now(enqueue(KIND, by=staff, params={"export": export.pk}))
    assert Export.objects.get().file.name == ""


def test_file_ends_after_its_days_and_its_row_stays(town, people, staff, leader):
    export = release_export(ask(town, staff), by=leader)
    run_now(export.job)
    export.refresh_from_db()
    path, hashed = export.file.path, export.sha256
    assert timedelta(days=6, hours=23) < export.keep_until - timezone.now() <= timedelta(days=7)
    with transaction.atomic():
        assert end_exports(export.keep_until - timedelta(minutes=1)) == (0, 0)
    assert end_exports(export.keep_until + timedelta(minutes=1)) == (1, 0)
    export.refresh_from_db()
    assert (export.file.name, export.sha256, export.rows, actions()[-1]) == ("", hashed, 3, "export.remove")
    assert path.endswith(".xlsx")


@pytest.mark.django_db(transaction=True)
def test_file_of_an_ended_export_is_gone_from_the_disk(town, people, staff):
    export = ask(town, staff, terms=Terms("街道调度研判"))
    run_now(export.job)
    export.refresh_from_db()
    end_exports(timezone.now() + timedelta(days=31))
    assert not export.file.storage.exists(export.file.name)


# Standing releases


# Another kind of file


def test_kind_of_another_module_joins_in(town, people, staff, street, leader):
    def write(export, path, report):
        path.write_text(f"{export.params['list']} {cover_line(export)}")
        return 2

    register(FileKind("of_a_test", "试验名单", write, suffix_of=lambda export: ".txt"))
    export = order(
        layout="of_a_test", campaign=town.campaign, place=street, params={"list": 7}, people=2, terms=FULL, by=staff
    )
    run_now(release_export(export, by=leader).job)
    export.refresh_from_db()
    with export.file.open("r") as file:
        assert file.read() == f"7 {cover_line(export)}"
    assert (export.rows, export.file.name.endswith(".txt")) == (2, True)


# Pages

ORDERED = {"purpose": FULL.purpose, "note": "", "contents": "full", "recipient": FULL.recipient}


def order_page(client, **data):
    return client.post(f"{reverse('export_new')}?ledger=unvaccinated", ORDERED | data)


def release_page(client, export, **data):
    return client.post(reverse("export_release", args=[export.pk]), data)


def test_full_export_from_the_browser_is_released_from_another(people, client_of, staff, leader):
    asker, releaser = client_of(staff), client_of(leader)
    assert order_page(asker).url == reverse("exports")
    export = Export.objects.get()
    assert "撤回申请" in asker.get(reverse("exports")).content.decode()
    html = releaser.get(reverse("export_releases")).content.decode()
    assert [part in html for part in ("县疾控中心", "刘明", "3 人", "/ledgers/unvaccinated/?on=2021-08-16")] == [
        True
    ] * 4
    release_page(releaser, export, decision="release")
    response = asker.get(reverse("export_file", args=[export.pk]))
    assert b"".join(response.streaming_content)[:2] == b"PK"
    assert actions()[-3:] == ["export.ask", "export.release", "export.download"]


def test_full_export_needs_a_recipient(people, client_of, staff):
    response = order_page(client_of(staff), recipient=" ")
    assert response.status_code == 422
    assert "完整号码要写明交给哪个单位。" in response.content.decode()


def test_full_file_is_handed_to_its_asker_only(town, people, client_of, staff, colleague, leader):
    export = release_export(ask(town, staff), by=colleague)
    run_now(export.job)
    url = reverse("export_file", args=[export.pk])
    assert client_of(colleague).get(url).status_code == 403
    assert client_of(leader).get(url).status_code == 403
    response = client_of(staff).get(url)
    assert (response.status_code, b"".join(response.streaming_content)[:2]) == (200, b"PK")


def test_file_past_its_time_is_not_handed_out(town, people, client_of, staff):
    export = ask(town, staff, terms=Terms("街道调度研判"))
    run_now(export.job)
    Export.objects.update(keep_until=timezone.now() - timedelta(seconds=1))
    assert client_of(staff).get(reverse("export_file", args=[export.pk])).status_code == 404


def test_own_request_is_shown_without_its_button(town, people, client_of, staff):
    export = ask(town, staff)
    client = client_of(staff)
    assert "放行这份名单" not in client.get(reverse("export_releases")).content.decode()
    release_page(client, export, decision="release")
    assert Export.objects.get().release == "asked"


def test_declining_needs_a_reason(town, people, client_of, staff, leader):
    export, client = ask(town, staff), client_of(leader)
    release_page(client, export, decision="decline", reason=" ")
    assert Export.objects.get().release == "asked"
    release_page(client, export, decision="decline", reason="写明给谁")
    assert "王建华：写明给谁" in client_of(staff).get(reverse("exports")).content.decode()


def test_leader_of_a_village_releases_its_lists_only(town, people, client_of, staff, village_leader):
    whole, own = ask(town, staff), ask(town, staff, village="500233003215")
    client = client_of(village_leader)
    html = client.get(reverse("export_releases")).content.decode()
    assert [whole.number in html, own.number in html] == [False, True]
    assert release_page(client, whole, decision="release").status_code == 404
    release_page(client, own, decision="release")
    assert Export.objects.get(pk=own.pk).release == "released"


def test_leader_of_another_street_finds_nothing(town, people, county, client_of, staff):
    stranger = make_user("waijie", Role.LEADER, place=make_place("500233004000", "新生街道"), name="外街")
    assert release_page(client_of(stranger), ask(town, staff), decision="release").status_code == 404


@pytest.mark.parametrize("who", ["cadre_baiping", "unit_contact", "clinic_user", "auditor", "sysadmin"])
def test_others_release_nothing(request, town, people, client_of, staff, who):
    export, client = ask(town, staff), client_of(request.getfixturevalue(who))
    assert client.get(reverse("export_releases")).status_code == 403
    assert release_page(client, export, decision="release").status_code == 403


def test_only_the_asker_withdraws(town, people, client_of, staff, colleague):
    url = reverse("export_withdraw", args=[ask(town, staff).pk])
    assert client_of(colleague).post(url).status_code == 403
    client_of(staff).post(url)
    assert Export.objects.get().release == "withdrawn"


def test_releases_cost_as_many_queries_for_three_as_for_one(town, people, street, client_of, staff, leader):
    client = client_of(leader)

    def counted():
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("export_releases"))
        return len(captured)

    ask(town, staff)
    standing(town, street, leader, recipient="县教委")
    counted()
    few = counted()
    for recipient in ("县民政局", "县公安局"):
        ask(town, staff)
        ask(town, staff)
        standing(town, street, leader, recipient=recipient)
    assert counted() == few == 10


# What the database refuses


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("export_says_why", {"purpose": ""}),
        ("export_in_full_is_released_and_has_a_recipient", {"is_full": False}),
        ("export_in_full_is_released_and_has_a_recipient", {"recipient": ""}),
        ("export_in_full_is_released_and_has_a_recipient", {"release": "none"}),
        ("export_decided_by_somebody", {"release": "released"}),
        ("export_file_only_when_let_go", {"file": "exports/x.xlsx"}),
    ],
)
def test_exports_that_cannot_be(town, people, staff, name, values):
    export = ask(town, staff)
    refused(name, lambda: Export.objects.filter(pk=export.pk).update(**values))


def test_decisions_that_cannot_be(town, people, staff, leader):
    export = ask(town, staff)
    row = Export.objects.filter(pk=export.pk)
    decided = {"release": "declined", "decided_by": leader, "decided_at": timezone.now(), "decision_note": "重写"}
    refused("export_decided_by_another", lambda: row.update(**decided | {"decided_by": staff}))
    refused("export_declined_with_a_reason", lambda: row.update(**decided | {"decision_note": ""}))
    assert row.update(**decided) == 1
