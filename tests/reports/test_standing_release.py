"""长期放行: a leader lets a kind of file go for days; its page, its end, what the database refuses."""

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import AuditEntry, Role
from reports.exports.kinds import cover_line
from reports.exports.release import NotReleased, withdraw_standing_release
from reports.models import StandingRelease
from tests.ledgers import make
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


def test_standing_release_lets_the_same_go_at_once(town, people, street, staff, leader):
    given = standing(town, street, leader)
    export = ask(town, staff, village="500233003215")
    assert (export.release, export.standing, export.decided_by) == ("released", given, leader)
    assert export.job is not None
    assert AuditEntry.objects.latest("number").detail["长期放行"] == given.pk
    assert "长期放行（王建华）" in cover_line(export)


@pytest.mark.parametrize("changed", [{"purpose": "街道调度研判"}, {"recipient": "县教委"}, {"layout": "incomplete"}])
def test_standing_release_is_for_one_purpose_layout_and_recipient(town, people, street, staff, leader, changed):
    standing(town, street, leader, **changed)
    assert ask(town, staff).release == "asked"


def test_standing_release_of_a_village_does_not_let_the_street_go(town, people, baiping, staff, village_leader):
    standing(town, baiping, village_leader, place=baiping)
    assert ask(town, staff).release == "asked"
    assert ask(town, staff, village="500233003210").release == "asked"
    assert ask(town, staff, village="500233003215").release == "released"
    assert ask(town, staff, village="500233003215", group="500233003215001").release == "released"


def test_standing_release_ends_with_its_last_day(town, people, street, staff, leader, settings):
    given = standing(town, street, leader, days=2)
    assert given.until_on == make.day("08-17")
    settings.TODAY = make.day("08-17")
    assert ask(town, staff).release == "released"
    settings.TODAY = make.day("08-18")
    assert ask(town, staff).release == "asked"


def test_withdrawn_standing_release_lets_nothing_go(town, people, street, staff, leader):
    given = standing(town, street, leader)
    withdraw_standing_release(given, by=leader)
    assert ask(town, staff).release == "asked"
    with pytest.raises(NotReleased):
        withdraw_standing_release(given, by=leader)
    assert actions() == ["standing.give", "standing.withdraw", "export.ask"]


def test_standing_release_ends_with_the_account_that_gave_it(town, people, street, staff, leader):
    standing(town, street, leader)
    leader.is_active = False
    leader.save()
    assert ask(town, staff).release == "asked"


def test_standing_release_ends_with_the_place_its_giver_led(town, people, street, huanggu, staff, leader, client_of):
    standing(town, street, leader)
    leader.grants.update(place=huanggu)
    assert ask(town, staff).release == "asked"
    page = client_of(staff).get(reverse("export_releases")).content.decode()
    assert "已失效" in page
    assert "收回放行" not in page


def test_standing_release_of_a_village_holds_while_its_giver_leads_the_street(town, people, baiping, staff, leader):
    standing(town, baiping, leader, place=baiping)
    assert ask(town, staff, village="500233003215").release == "released"


def test_standing_release_ends_with_its_givers_role(town, people, street, staff, leader):
    standing(town, street, leader)
    leader.grants.update(role=Role.STAFF)
    assert ask(town, staff).release == "asked"


def test_nobody_uses_a_standing_release_of_their_own(town, people, street, leader):
    standing(town, street, leader)
    assert ask(town, leader).release == "asked"


# Pages

GIVEN = {"layout": "unvaccinated", "purpose": FULL.purpose, "recipient": FULL.recipient, "days": "30"}


def test_leader_gives_and_withdraws_a_standing_release(town, street, client_of, leader):
    client = client_of(leader)
    assert client.get(reverse("standing_new")).status_code == 200
    assert client.post(reverse("standing_new"), GIVEN | {"place": street.pk}).status_code == 302
    given = StandingRelease.objects.get()
    assert (given.days, given.given_by, given.until_on) == (30, leader, make.day("09-14"))
    assert "收回放行" in client.get(reverse("export_releases")).content.decode()
    client.post(reverse("standing_withdraw", args=[given.pk]))
    given.refresh_from_db()
    assert given.withdrawn_by == leader


def test_31_days_are_refused_with_a_sentence(town, street, client_of, leader):
    response = client_of(leader).post(reverse("standing_new"), GIVEN | {"place": street.pk, "days": "31"})
    assert response.status_code == 422
    assert "最多 30 天，到期再给。" in response.content.decode()


def test_leader_gives_only_for_places_of_their_own(town, street, client_of, village_leader):
    response = client_of(village_leader).post(reverse("standing_new"), GIVEN | {"place": street.pk})
    assert (response.status_code, StandingRelease.objects.count()) == (422, 0)


def test_staff_give_none_and_may_end_one(town, street, client_of, staff, leader):
    given, client = standing(town, street, leader), client_of(staff)
    assert client.get(reverse("standing_new")).status_code == 403
    client.post(reverse("standing_withdraw", args=[given.pk]))
    given.refresh_from_db()
    assert given.withdrawn_by == staff


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("standing_release_at_most_30_days", {"days": 31}),
        ("standing_release_at_most_30_days", {"days": 0}),
        ("standing_release_says_what_for_and_to_whom", {"recipient": ""}),
        ("standing_release_says_what_for_and_to_whom", {"purpose": ""}),
        ("standing_release_withdrawn_by_somebody", {"withdrawn_at": timezone.now()}),
    ],
)
def test_standing_releases_that_cannot_be(town, street, leader, name, values):
    given = standing(town, street, leader, days=30)
    refused(name, lambda: StandingRelease.objects.filter(pk=given.pk).update(**values))
