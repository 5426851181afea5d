"""The one reason of a card, and the fifteen doors of a day: worked by hand (issue 3, Today)."""

from datetime import date

import pytest

from ledgers.follow_up.rules import Said
from ledgers.today.rules import Door, Facts, Reason, doors_of_today, never_visited, reason_of

TODAY = date(2021, 8, 16)


def d(text: str) -> date:
    return date.fromisoformat(f"2021-{text}")


def due(by: str, since: str = "07-01", **values) -> Facts:
    return Facts(coming=2, next_from=d(since), next_by=d(by), **values)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # The next dose, days left first.
        (due("08-07"), Reason("dose", "第二针已超期 9 天", "最迟 8月7日", -9)),
        (due("08-21"), Reason("dose", "第二针还有 5 天到期", "8月21日", 5)),
        (due("08-16"), Reason("dose", "第二针今天到期", "", 0)),
        # A promise of today or past says more than the dose does.
        (due("08-07", said=Said("7", d("08-16"))), Reason("promised", "约定今天去接种", "第二针已超期 9 天", 0)),
        (Facts(said=Said("7", d("08-10"))), Reason("promised", "约定 8月10日 接种，没有记录", "", 6)),
        # A pause that is over.
        (Facts(said=Said("3", d("08-16"))), Reason("promised", "医生暂缓到期", "8月16日 起可以再问", 0)),
        # A claim sent back, for thirty days.
        (
            Facts(sent_back_on=d("08-13"), lacks="诊断证明缺医院盖章"),
            Reason("sent_back", "禁忌缓种申请被退回", "诊断证明缺医院盖章", 3),
        ),
        (Facts(sent_back_on=d("07-17")), None),
        # A deferral that ends within fourteen days, its last day included.
        (Facts(is_excused=True, deferred_until=d("08-18")), Reason("ending", "缓种 8月18日 到期", "还有 2 天", 2)),
        (Facts(is_excused=True, deferred_until=d("08-16")), Reason("ending", "缓种 8月16日 到期", "今天是最后一天", 0)),
        (Facts(is_excused=True, deferred_until=d("08-30")), Reason("ending", "缓种 8月30日 到期", "还有 14 天", 14)),
        (Facts(is_excused=True, deferred_until=d("08-31")), None),
        # Nobody's card.
        (Facts(), None),
        (Facts(is_excused=True), None),
        (due("08-21", since="08-17"), None),
        (due("08-07", is_excused=True), None),
        (due("08-07", said=Said("7", d("08-17"))), None),
        (due("08-07", said=Said(again_on=d("08-17"))), None),
        (due("08-07", said=Said("3", d("08-17"))), None),
        (due("08-07", said=Said("41", noted_on=d("08-10"))), None),
        (due("08-07", is_led_by_a_unit=True), None),
        (due("08-07", needs_product=True), None),
    ],
)
def test_person_has_one_reason(facts, expected):
    assert reason_of(facts, TODAY) == expected


def test_household_never_visited_says_when_somebody_knocked_in_vain():
    assert never_visited(d("08-09")) == Reason("never", "这一轮还没入户", "上次来家里没人（8月9日）", 0)
    assert never_visited(None).more == ""


def _door(number: int, *reasons: Reason) -> Door:
    return Door(("household", number), ("500233003215003", False, number), [(one, number) for one in reasons])


def _dose(left: int) -> Reason:
    return Reason("dose", "", "", left)


NEVER, PROMISED = never_visited(None), Reason("promised", "", "", 0)


def test_most_urgent_doors_stand_in_walking_order():
    doors = [_door(3, _dose(5)), _door(1, NEVER), _door(2, _dose(-9)), _door(4, PROMISED)]
    assert [door.key[1] for door in doors_of_today(doors, done=0)] == [1, 2, 3, 4]
    assert [door.key[1] for door in doors_of_today(doors, done=13)] == [2, 4]


def test_day_has_fifteen_doors_and_ends_when_all_are_done():
    doors = [_door(number, NEVER) for number in range(1, 30)]
    assert len(doors_of_today(doors, done=0)) == 15
    assert len(doors_of_today(doors, done=4)) == 11
    assert doors_of_today(doors, done=15) == doors_of_today(doors, done=40) == []


def test_household_is_one_card_with_its_most_urgent_reason():
    assert _door(1, _dose(5), NEVER, _dose(-3)).best == (_dose(-3), 1)
