"""The field at a million people: today's doors, the survey and 催种 beside an empty logged-in page.

Visits, reasons and contacts are written first, as after two weeks of work in every village, and so last of
all comparisons: the others are of a registry that knows doses alone.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from tests.bench.compare import PAGE_ROUNDS, compare, logged_in, opening, staff

VILLAGE = "500233003100"
LISTS = ("overdue", "soon", "due", "later", "others", "check")

# Half of the doors were gone to in the running round; at one of ten nobody was met, at one of a hundred three times.
_VISITS = """
    INSERT INTO ledgers_visit
        (key, household_id, campaign_id, round_id, outcome, spoke_with, note, at, received_at, by_id, entry_id)
    SELECT gen_random_uuid(), home.id, %(campaign)s, %(round)s,
        CASE WHEN home.id %% 10 < 4 THEN 'visited' WHEN home.id %% 10 = 4 THEN 'refused' ELSE 'nobody' END,
        '', '', call.at, call.at, %(by)s, %(entry)s
    FROM registry_household home
    CROSS JOIN LATERAL (
        SELECT %(at)s::timestamptz - (1 + home.id %% 8 + 2 * number) * interval '1 day' AS at
        FROM generate_series(0, CASE WHEN home.id %% 100 = 5 THEN 2 ELSE 0 END) number
    ) call
    WHERE home.id %% 10 < 6
"""
# Every seventh person gave a reason; some promised a day around this one, some are paused by a doctor, one of
# fifty cannot walk to the clinic.
_REASONS = """
    INSERT INTO ledgers_reason (resident_id, campaign_id, code, note, promised_on, entry_id)
    SELECT person.id, %(campaign)s, said.code, '',
        CASE WHEN said.code IN ('3', '7') THEN %(on)s::date + (person.id %% 11 - 5)::int END, %(entry)s
    FROM registry_resident person
    CROSS JOIN LATERAL (
        SELECT CASE WHEN person.id %% 350 = 0 THEN '8'
            ELSE (ARRAY['41', '42', '7', '9', '3'])[person.id / 7 %% 5 + 1] END AS code
    ) said
    WHERE person.id %% 7 = 0
    ON CONFLICT DO NOTHING
"""
# Every eleventh was called; some refused, some are to be called again.
_CONTACTS = """
    INSERT INTO ledgers_contact
        (key, resident_id, campaign_id, way, outcome, promised_on, again_on, note, at, by_id, entry_id)
    SELECT gen_random_uuid(), person.id, %(campaign)s, 'call', said.outcome, NULL,
        CASE WHEN said.outcome = 'call_again' THEN %(on)s::date + (person.id %% 9 - 4)::int END, '',
        %(at)s::timestamptz - (1 + person.id %% 20) * interval '1 day', %(by)s, %(entry)s
    FROM registry_resident person
    CROSS JOIN LATERAL (
        SELECT (ARRAY['no_answer', 'refused', 'call_again', 'told'])[person.id / 11 %% 4 + 1] AS outcome
    ) said
    WHERE person.id %% 11 = 0
"""


def field(on: date) -> list[dict[str, Any]]:
    """Server time through the test client: a village's cadre, then the street's staff."""
    cadre, office = logged_in("bench-cadre", "cadre", VILLAGE), staff()
    _two_weeks_of_work(on)
    return [
        compare(f"{name} {address} : empty page", opening(client, address), opening(client, "/me/"), 5, PAGE_ROUNDS)
        for name, client, addresses in (("cadre", cadre, _of_a_village()), ("staff", office, _of_the_street()))
        for address in addresses
    ]


def _two_weeks_of_work(on: date) -> None:
    """Write a round with its visits, reasons and contacts, unless an earlier run has."""
    from django.db import connection
    from django.utils import timezone

    from campaigns.choice import campaign_for
    from ledgers.models import SurveyRound
    from registry.models import Entry, Source, User

    campaign, by = campaign_for(None), User.objects.get(username="bench-cadre")
    if SurveyRound.objects.filter(campaign=campaign).exists():
        return
    at = timezone.make_aware(datetime.combine(on, time(8)))
    entry = Entry.objects.create(at=at, by=by, source=Source.VERBAL, label="入户排查")
    current = SurveyRound.objects.create(campaign=campaign, number=1, begins_on=on - timedelta(days=14), entry=entry)
    said = {"campaign": campaign.pk, "round": current.pk, "on": on, "at": at, "by": by.pk, "entry": entry.pk}
    with connection.cursor() as cursor:
        for statement in (_VISITS, _REASONS, _CONTACTS):
            cursor.execute(statement, said)
        cursor.execute("ANALYZE")


def _of_a_village() -> list[str]:
    """What a cadre of 1,100 households opens: the day's doors, the walk, a card, whom to call."""
    from registry.models import Household

    home = Household.objects.inside(VILLAGE).walking().first()
    return [
        "/today/",
        "/today/?whole=1",
        f"/survey/villages/{VILLAGE}/",
        f"/survey/places/{VILLAGE}/?only=all",
        f"/survey/places/{VILLAGE}001/",
        f"/survey/places/{VILLAGE}001/?only=never&mine=1",
        f"/survey/places/{VILLAGE}001/?only=all&page=999",
        f"/survey/households/{home.pk}/",
        *(f"/follow-up/?list={name}" for name in LISTS),
        f"/follow-up/?list=overdue&place={VILLAGE}001",
    ]


def _of_the_street() -> list[str]:
    return [
        "/survey/",
        "/survey/passed-up/",
        f"/survey/villages/{VILLAGE}/",
        *(f"/follow-up/?list={name}" for name in LISTS),
        f"/follow-up/?list=due&place={VILLAGE}",
        "/follow-up/home-visits/",
        f"/today/?village={VILLAGE}",
    ]
