"""What a rehearsal foretells is what then happens: on a small street of invented people, change by change."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from campaigns.models import Campaign, PlanChange, Product
from campaigns.plan_edit import changing
from campaigns.plan_edit.changing import APPLY_JOB, apply, asked_of, begin_applying, propose
from campaigns.rehearsal import Asked
from ledgers.day import ledger
from ledgers.models import Standing
from ledgers.plan_changes.moves import OUT, moves_of
from ledgers.plan_changes.sections import moves_in_words
from registry import jobs
from registry.models import Job
from tests.ledgers import make

TODAY = make.day("08-16")
PRODUCTS = ["bibp", "sinovac", "cansino", "zf2001", None]
SEED = 20210816


@pytest.fixture
def campaign(street, settings) -> Campaign:
    settings.TODAY = TODAY
    return make.campaign()


def people_of_all_kinds(campaign: Campaign, baiping, huanggu, number: int = 100) -> None:
    """Invented people of both populations, with up to four doses each, some exempt, some gone; a fixed seed."""
    chance = random.Random(SEED)
    keys = set(Product.objects.filter(platform__campaign=campaign).values_list("key", flat=True))
    products = [key for key in PRODUCTS if key is None or key in keys]
    for index in range(number):
        who = make.resident(
            chance.choice([baiping, huanggu, make.STREET]), f"{chance.randint(1950, 2012)}-05-{1 + index % 28:02}",
            residency=chance.choice(["local", "incoming", "away", "unknown"]),
            **chance.choice([{}] * 9 + [{"status": "moved_out", "status_on": make.day("08-01")}]),
        )  # fmt: skip
        on, usual = make.day("05-01") + timedelta(days=chance.randint(0, 90)), chance.choice(products)
        for _ in range(chance.choice([0, 1, 1, 2, 2, 3, 4])):
            product = usual if chance.random() < 0.85 else chance.choice(products)
            stated = chance.choice([None, None, None, 2])
            make.dose(who, on.isoformat(), product, campaign=campaign, stated_number=stated)
            on += timedelta(days=chance.choice([10, 14, 21, 25, 28, 40, 60]))
        if chance.random() < 0.15:
            make.exemption(who, "07-01", chance.choice([None, "08-10", "09-30"]), campaign=campaign)
    make.stand(campaign)


def where_everybody_stands(campaign: Campaign) -> dict[int, tuple[str, bool, bool]]:
    campaign = Campaign.objects.select_related("place").get(pk=campaign.pk)
    rows = (
        ledger(campaign, TODAY).order_by().values_list("pk", "ledger", "sub_state", "is_permanent", "in_dropout_base")
    )
    return {pk: (sub or name, counts, in_base) for pk, name, sub, counts, in_base in rows}


def differences(before: dict, after: dict) -> tuple[Counter, Counter, int]:
    nobody = (OUT, False, False)
    everybody, census, in_base = Counter(), Counter(), 0
    for pk in before.keys() | after.keys():
        old, new = before.get(pk, nobody), after.get(pk, nobody)
        counts = old[1] or new[1]
        if old[0] != new[0]:
            everybody[old[0], new[0]] += 1
            census[old[0], new[0]] += counts
        in_base += counts * (new[2] - old[2])
    return everybody, +census, in_base


DUE_2 = {"dose": 2, "days": 56}
CHANGES = {
    "a dose more": ("platform", "inactivated", {"doses": 3, "due_by": [DUE_2, {"dose": 3, "months": 6}]}),
    "a dose less": ("platform", "recombinant", {"doses": 2, "due_by": [DUE_2]}),
    "a shorter gap": ("platform", "inactivated", {"recommended_gap_days": 14, "too_early_days": 10}),
    "nothing too early": ("platform", "inactivated", {"too_early_days": None}),
    "a later due day": ("platform", "inactivated", {"due_by": [{"dose": 2, "days": 90}]}),
    "an earlier due day of the unknown": (
        "platform", "unknown", {"due_by": [{"dose": 2, "days": 40}, {"dose": 3, "months": 4}]},
    ),
    "a product of another platform": ("product", "bibp", {"platform": "recombinant"}),
    "a product to the single dose": ("product", "sinovac", {"platform": "adenovirus"}),
    "one more platform": (
        "platform", "vaccine-1", {"key": "vaccine-1", "name": "新", "doses": 1, "due_by": []},
    ),
    "younger people too": ("campaign", "wuyang-2021", {"min_age": 9, "age_bands": ["9-17", "18+"]}),
    "adults alone": ("campaign", "wuyang-2021", {"min_age": 18, "age_bands": ["18+"]}),
    "another name": ("platform", "inactivated", {"name": "灭活疫苗"}),
    "another goal": ("campaign", "wuyang-2021", {"goal_rate": "0.95"}),
}  # fmt: skip


def proposed(campaign: Campaign, name: str, by) -> PlanChange:
    part, key, new = CHANGES[name]
    return propose(campaign, part=part, key=key, new=new, reason="试", by=by)


def asked(change: PlanChange) -> Asked:
    return asked_of(change, TODAY)


def quietly(done: int, total: int, step: str) -> None:
    pass


@pytest.mark.parametrize("name", CHANGES)
def test_what_the_rehearsal_foretells_is_what_then_happens(name, campaign, baiping, huanggu, staff):
    people_of_all_kinds(campaign, baiping, huanggu)
    before = where_everybody_stands(campaign)
    change = proposed(campaign, name, staff)
    standings = list(Standing.objects.order_by("pk").values())
    foretold = moves_of(asked(change), quietly)
    assert list(Standing.objects.order_by("pk").values()) == standings
    begin_applying(change, by=staff)
    happened, census, in_base = differences(before, where_everybody_stands(campaign))
    assert (foretold.all, +foretold.permanent, foretold.in_base) == (happened, census, in_base)
    # Those whom it did not touch need no rebuild: everybody's gives the same.
    applied = list(Standing.objects.order_by("resident_id", "since").values_list(*COLUMNS))
    make.stand(Campaign.objects.select_related("place").get())
    assert list(Standing.objects.order_by("resident_id", "since").values_list(*COLUMNS)) == applied


COLUMNS = ("resident_id", "since", "until", "platform_id", "counted", "completed_on", "next_from", "next_by", "marks")


def test_some_changes_move_somebody_and_a_name_moves_nobody(campaign, baiping, huanggu, staff):
    people_of_all_kinds(campaign, baiping, huanggu)
    moved = {name: moves_of(asked(proposed(campaign, name, staff)), quietly).moved for name in CHANGES}
    still = {"another name", "another goal", "one more platform"}
    assert {name for name, number in moved.items() if not number} == still


def test_the_sentence_says_who_moves_from_where_to_where(campaign, baiping, staff):
    for number in range(3):
        who = make.resident(baiping, name=f"甲{number}")
        for on in ("06-01", "06-15"):
            make.dose(who, on, campaign=campaign)
    late = make.resident(baiping)
    make.dose(late, "06-01", campaign=campaign)
    make.stand(campaign)
    three = {"doses": 3, "due_by": [{"dose": 2, "days": 56}, {"dose": 3, "months": 6}]}
    change = propose(campaign, part="platform", key="inactivated", new=three, reason="试", by=staff)
    assert moves_in_words(moves_of(asked(change), quietly)) == (
        "这项改动会移动 3 人：3 人由已完成接种转为未完成全程接种。"
    )


def test_a_large_change_is_a_job_that_is_safe_to_run_twice(campaign, baiping, staff, monkeypatch):
    who = make.resident(baiping)
    for on in ("06-01", "06-15"):
        make.dose(who, on, campaign=campaign)
    make.stand(campaign)
    monkeypatch.setattr(changing, "AT_ONCE", 0)
    change = propose(
        campaign,
        part="platform",
        key="inactivated",
        new={"name": "灭活苗", "recommended_gap_days": 20},
        reason="试",
        by=staff,
    )
    changing.begin_rehearsal(change, by=staff)
    jobs.run_now(Job.objects.get(kind=changing.REHEARSE_JOB))
    change.refresh_from_db()
    assert change.effect["moved"] == 0
    assert begin_applying(change, by=staff) is False
    job = Job.objects.get(kind=APPLY_JOB)
    jobs.run_now(job)
    change.refresh_from_db()
    assert (change.state, apply(change, quietly)) == ("applied", False)


def test_a_large_change_overtaken_meanwhile_writes_nothing_and_can_be_asked_again(campaign, staff, monkeypatch):
    make.dose(make.resident(), "06-01", campaign=campaign)
    monkeypatch.setattr(changing, "AT_ONCE", 0)
    change = propose(
        campaign, part="platform", key="inactivated", new={"recommended_gap_days": 20}, reason="试", by=staff
    )
    begin_applying(change, by=staff)
    campaign.platforms.filter(key="inactivated").update(recommended_gap_days=19)
    done = jobs.run_now(Job.objects.get(kind=APPLY_JOB))
    change.refresh_from_db()
    assert (change.state, campaign.platforms.get(key="inactivated").recommended_gap_days) == ("proposed", 19)
    assert "没有写入" in done.result["refused"]
