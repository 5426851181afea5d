"""The task split: the parts add up, adjusted lines stand, each locked version stays and is what rules 5 reads."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Target, TargetShare, TargetVersion
from campaigns.signals import plan_changed
from campaigns.splitting.actions import Share, changed_since, lock_split
from campaigns.splitting.rules import SplitRefused, split
from campaigns.targets import set_target, target_lines
from registry.models import AuditEntry
from tests.ledgers import make

ON = date(2021, 8, 16)


@pytest.mark.parametrize(
    ("total", "weights", "fixed", "parts"),
    [
        # Exact shares 33.33…: the person left over goes to the larger weight, of equal ones to the earlier key.
        (100, {"a": 1, "b": 1, "c": 1}, {}, {"a": 34, "b": 33, "c": 33}),
        # 4.54, 2.724, 2.724 of 9.988 → 10: floors 4, 2, 2 and the largest remainders.
        (10, {"a": 5, "b": 3, "c": 3}, {}, {"a": 4, "b": 3, "c": 3}),
        (7, {"a": 1, "b": 2, "c": 4}, {}, {"a": 1, "b": 2, "c": 4}),
        (10, {"a": 5, "b": 3, "c": 3}, {"a": 2}, {"a": 2, "b": 4, "c": 4}),
        (10, {"a": 5, "b": 0}, {}, {"a": 10, "b": 0}),
        (0, {"a": 5, "b": 3}, {}, {"a": 0, "b": 0}),
        (9, {"a": 5, "b": 3}, {"a": 4, "b": 5}, {"a": 4, "b": 5}),
    ],
)
def test_largest_remainder(total, weights, fixed, parts):
    assert split(total, weights, fixed) == parts


@pytest.mark.parametrize(
    ("total", "weights", "fixed", "sentence"),
    [
        (10, {"a": 5, "b": 3}, {"a": 11}, "多 1 人"),
        (10, {"a": 5, "b": 3}, {"a": 4, "b": 5}, "还有 1 人没有分下去"),
        (10, {"a": 0, "b": 0}, {}, "还有 10 人没有分下去"),
    ],
)
def test_split_that_cannot_add_up_says_what_to_do(total, weights, fixed, sentence):
    with pytest.raises(SplitRefused, match=sentence):
        split(total, weights, fixed)


@given(
    st.integers(0, 100_000),
    st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(1, 9999), min_size=1, max_size=20),
)
def test_parts_add_up_and_none_is_a_person_off_its_exact_share(total, weights):
    parts, whole = split(total, weights), sum(weights.values())
    assert sum(parts.values()) == total
    assert all(abs(parts[key] * whole - total * weights[key]) < whole for key in weights)


@pytest.fixture
def campaign(baiping, huanggu):
    made = make.campaign()
    Target.objects.create(campaign=made, place=baiping, census_base=10)
    Target.objects.create(campaign=made, place=huanggu, census_base=5)
    return made


def _lock(campaign, by, goals, **changes):
    shares = [Share(place, 10, 9, goal) for place, goal in goals.items()]
    said = {"kind": "villages", "basis": "census", "total": sum(goals.values()), "reason": "县指挥部通知", "on": ON}
    return lock_split(campaign, changes.pop("shares", shares), by=by, **(said | changes))


def test_locked_split_is_what_counts_from_now_on(campaign, baiping, huanggu, staff):
    heard = []

    def hear(campaign, **_):
        heard.append(campaign.key)

    plan_changed.connect(hear)
    version = _lock(campaign, staff, {baiping: 9, huanggu: 6})
    plan_changed.disconnect(hear)
    villages, whole = target_lines(campaign)
    assert [(line.place.name, line.goal, line.census_base) for line in villages] == [
        ("黄谷村", 6, 5),
        ("白坪村", 9, 10),
    ]
    assert (whole.goal, version.number, heard) == (15, 1, ["wuyang-2021"])
    assert AuditEntry.objects.latest("number").action == "target.lock"


def test_each_version_stays_with_who_when_and_why(campaign, baiping, huanggu, staff):
    first = _lock(campaign, staff, {baiping: 9, huanggu: 6})
    second = _lock(campaign, staff, {baiping: 8, huanggu: 7}, reason="黄谷村外来务工多")
    assert [(one.number, one.reason, one.locked_by, one.locked_on) for one in (first, second)] == [
        (1, "县指挥部通知", staff, ON), (2, "黄谷村外来务工多", staff, ON),
    ]  # fmt: skip
    assert list(first.shares.order_by("place_id").values_list("goal", flat=True)) == [6, 9]
    assert changed_since(second) == {}


def test_number_changed_by_hand_afterwards_is_told(campaign, baiping, huanggu, staff):
    version = _lock(campaign, staff, {baiping: 9, huanggu: 6})
    set_target(campaign, place=baiping, census_base=10, goal=12, reason="县里改了", by=staff)
    assert changed_since(version) == {baiping.code: 12}


def test_departments_have_versions_of_their_own_and_change_no_village(campaign, economy_office, staff):
    version = _lock(campaign, staff, {economy_office: 40}, kind="departments", basis="registry")
    assert (version.number, Target.objects.filter(goal__isnull=False).exists()) == (1, False)


def test_split_is_not_locked_without_reasons_or_when_it_does_not_add_up(campaign, baiping, staff):
    adjusted = [Share(baiping, 10, 9, 8, is_adjusted=True)]
    for changes, sentence in (
        ({"reason": " "}, "写明为什么这样分"),
        ({"total": 10}, "不等于任务总数"),
        ({"shares": adjusted, "total": 8}, "每一行都要写原因"),
    ):
        with pytest.raises(SplitRefused, match=sentence):
            _lock(campaign, staff, {baiping: 9}, **changes)
    assert TargetVersion.objects.count() == 0


@pytest.mark.parametrize("changes", [{"reason": ""}, {"number": 1}, {"kind": "departments"}])
def test_database_refuses_a_version_that_cannot_be(changes, campaign, baiping, staff):
    first = _lock(campaign, staff, {baiping: 9})
    said = {"kind": "villages", "number": 2, "basis": "census", "total": 9, "reason": "x", "locked_on": ON}
    said |= {"campaign": campaign, "locked_by": staff, "locked_at": first.locked_at}
    with pytest.raises(IntegrityError), transaction.atomic():
        TargetVersion.objects.create(**(said | changes))
    assert TargetVersion.objects.create(**said).pk


def test_database_refuses_a_share_that_cannot_be(campaign, baiping, huanggu, economy_office, staff):
    version = _lock(campaign, staff, {baiping: 9})
    plain = {"version": version, "weight": 1, "computed": 1, "goal": 1}
    for wrong in ({}, {"place": huanggu, "department": economy_office}, {"place": baiping},
                  {"place": huanggu, "is_adjusted": True}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            TargetShare.objects.create(**plain, **wrong)
    assert TargetShare.objects.create(**plain, place=huanggu, is_adjusted=True, reason="务工多").pk
