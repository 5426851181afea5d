"""People whose place is in question: suggested villages, handovers, duplicates and their merging."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledgers import standings
from ledgers.access import unplaced_asked_of
from ledgers.handovers import duplicates, handover, merging
from ledgers.handovers.duplicates import Namesake, find_duplicates, ground_of
from ledgers.handovers.suggestions import suggest
from ledgers.history import events_of
from ledgers.models import Dose, Duplicate, Handover, Merge, NotOurs, Suggestion
from registry.models import AuditEntry, Membership, Resident, ResidentChange, Tag
from tests.factories import make_entry, make_place, make_resident
from tests.ledgers import make
from tests.sheets import identity_number

pytestmark = pytest.mark.django_db


# --- 待归类: who is asked


def _asked(resident) -> list[tuple[str, str]]:
    return list(resident.suggestions.order_by("rank").values_list("village_id", "ground"))


def test_words_of_the_address_name_a_village_before_a_phone_does(street, baiping, huanggu):
    make_resident(huanggu, "秦大勇", phone="13900001234")
    lost = make_resident(street, "谭秀英", phone="13900001234", address="乌杨街道白坪3组")
    assert suggest(street) == 1
    assert _asked(lost) == [(baiping.pk, "address"), (huanggu.pk, "phone")]


def test_unit_names_a_village_and_a_person_without_hints_has_none(street, waterworks, baiping):
    worker = make_resident(street, "谭秀英")
    Membership.objects.create(resident=worker, unit=waterworks, entry=make_entry())
    silent = make_resident(street, "冉启华")
    suggest(street)
    assert (_asked(worker), _asked(silent)) == ([(baiping.pk, "unit")], [])


def test_at_most_three_villages_are_suggested(street):
    names = ("青岭村", "沿溪村", "将军村", "文峰村")
    villages = [make_place(f"50023300320{n}", name) for n, name in enumerate(names, start=1)]
    lost = make_resident(street, "谭秀英", address="青岭村、沿溪村、将军村、文峰村交界")
    suggest(street)
    suggest(street)
    assert len(_asked(lost)) == 3
    assert {village for village, _ in _asked(lost)} < {village.pk for village in villages}


def test_suggestions_go_when_the_person_is_placed(street, baiping):
    lost = make_resident(street, "谭秀英", address="白坪村")
    suggest(street)
    Resident.objects.filter(pk=lost.pk).update(place=baiping)
    suggest(street)
    assert not Suggestion.objects.exists()


def test_suggested_villages_are_asked_and_no_others(street, baiping, cadre_baiping, cadre_huanggu, staff):
    lost = make_resident(street, "谭秀英", address="白坪村")
    suggest(street)
    asked = [lost in unplaced_asked_of(user) for user in (cadre_baiping, cadre_huanggu, staff)]
    assert asked == [True, False, True]


def test_person_of_whom_nothing_tells_a_village_is_asked_of_all_until_three_said_no(street, cadre_baiping, staff):
    lost = make_resident(street, "冉启华")
    assert lost in unplaced_asked_of(cadre_baiping)
    for number in range(1, 4):
        village = make_place(f"50023300320{number}", f"第{number}村")
        NotOurs.objects.create(resident=lost, village=village, by=staff, at=make_entry().at)
    assert (lost in unplaced_asked_of(cadre_baiping), lost in unplaced_asked_of(staff)) == (False, True)


def test_suggesting_asks_the_same_queries_for_one_person_and_for_three(street, baiping):
    make_resident(street, "甲", address="白坪村", phone="13900001111")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            suggest(street)
        return len(asked)

    suggest(street)
    at_one = queries()
    for name in ("乙", "丙"):
        make_resident(street, name, address="白坪村", phone="13900001111")
    assert queries() == at_one


# --- 移交


@pytest.fixture
def ran(baiping):
    return make_resident(baiping, "冉启华", number=identity_number("19540302"))


def test_offer_moves_nobody_until_the_other_side_confirms(ran, baiping, huanggu, cadre_baiping, cadre_huanggu):
    asked = handover.ask(ran, huanggu, note="去年搬到女儿家", by=cadre_baiping)
    ran.refresh_from_db()
    assert (ran.place, asked.waits_for) == (baiping, huanggu)
    handover.accept(asked, by=cadre_huanggu)
    ran.refresh_from_db()
    change = ResidentChange.objects.get(field="place_id")
    assert (ran.place, change.old, change.new) == (huanggu, baiping.pk, huanggu.pk)


def test_request_of_the_taking_side_waits_for_the_giving_one(ran, baiping, huanggu, cadre_huanggu):
    assert handover.ask(ran, huanggu, by=cadre_huanggu).waits_for == baiping


def test_refusal_needs_its_reason_and_leaves_the_person(ran, baiping, huanggu, cadre_baiping, cadre_huanggu):
    asked = handover.ask(ran, huanggu, by=cadre_baiping)
    with pytest.raises(handover.HandoverRefused, match="写一句为什么"):
        handover.refuse(asked, answer=" ", by=cadre_huanggu)
    handover.refuse(asked, answer="只是走亲戚", by=cadre_huanggu)
    ran.refresh_from_db()
    assert (ran.place, Handover.objects.get().state) == (baiping, "refused")


def test_second_handover_waits_for_the_first(ran, huanggu, zhuhe, cadre_baiping):
    handover.ask(ran, huanggu, by=cadre_baiping)
    with pytest.raises(handover.HandoverRefused, match="已经在移交"):
        handover.ask(ran, zhuhe, by=cadre_baiping)


def test_answer_given_twice_counts_once(ran, huanggu, cadre_baiping, cadre_huanggu):
    asked = handover.ask(ran, huanggu, by=cadre_baiping)
    handover.accept(asked, by=cadre_huanggu)
    with pytest.raises(handover.HandoverRefused, match="已接收"):
        handover.accept(asked, by=cadre_huanggu)


def test_handover_of_somebody_who_went_elsewhere_meanwhile_moves_nobody(
    ran, huanggu, zhuhe, cadre_baiping, cadre_huanggu
):
    asked = handover.ask(ran, huanggu, by=cadre_baiping)
    Resident.objects.filter(pk=ran.pk).update(place=zhuhe)
    with pytest.raises(handover.HandoverRefused, match="已经不在白坪村"):
        handover.accept(asked, by=cadre_huanggu)


# --- 疑似重复


BIRTH = date(1954, 3, 2)


@pytest.mark.parametrize(
    ("one", "other", "birth", "ground"),
    [
        ("", "", BIRTH, "name_birth"),
        ("512223195403020011", "", BIRTH, "name_birth"),
        ("", "", date(1954, 3, 3), ""),
        # One digit typed wrong; two neighbours swapped; the check digit follows.
        ("512223195403020011", "512223195403020038", date(1954, 3, 2), "number"),
        ("512223195403020011", "512223195403200018", date(1954, 3, 20), "number"),
        # Two people with the same name born on one day.
        ("512223195403020011", "512223195403021938", BIRTH, ""),
    ],
)
def test_ground_of_a_pair(one, other, birth, ground):
    assert ground_of(Namesake(1, BIRTH, one), Namesake(2, birth, other)) == ground


def test_pairs_are_found_once_and_the_decision_is_remembered(ran, huanggu, street, staff):
    make_resident(huanggu, "冉启华")
    make_resident(huanggu, "谭秀英")
    assert find_duplicates(street) == 1
    pair = Duplicate.objects.get()
    assert duplicates.are_different(pair, by=staff)
    assert (find_duplicates(street), Duplicate.objects.get().state) == (0, "different")


def test_pairs_of_another_street_are_not_staffs(ran, staff):
    elsewhere = make_place("500233004001", "别村")
    other = make_resident(elsewhere, "冉启华")
    duplicates.propose(ran, other, "name_birth")
    assert not duplicates.duplicates_visible_to(staff).exists()


@pytest.fixture
def twin(huanggu):
    """The same person once more, without a number."""
    return make_resident(huanggu, "冉启华", phone="13900001234")


@pytest.fixture
def campaign(street):
    return make.campaign()


def _dose(resident, campaign, on):
    make.dose(resident, on, campaign=campaign)
    standings.rebuild(campaign, [resident.pk])


def _merge(ran, twin, staff) -> Merge:
    return merging.merge(duplicates.propose(ran, twin, "name_birth"), ran.pk, by=staff)


def test_merge_moves_everything_and_counts_the_doses_together(ran, twin, campaign, staff):
    _dose(ran, campaign, "2021-06-01")
    _dose(twin, campaign, "2021-07-01")
    _merge(ran, twin, staff)
    assert not Resident.objects.filter(pk=twin.pk).exists()
    assert [dose.given_on.isoformat() for dose in ran.doses.order_by("given_on")] == ["2021-06-01", "2021-07-01"]
    assert ran.phones.get().number == "13900001234"
    last = ran.standings.get(campaign=campaign, until=None)
    assert (last.counted, last.completed_on) == (2, date(2021, 7, 1))
    assert AuditEntry.objects.filter(action="resident.merge", subject=f"resident {ran.pk}").exists()


def test_merge_keeps_one_live_dose_a_day(ran, twin, campaign, staff):
    _dose(ran, campaign, "2021-06-01")
    _dose(twin, campaign, "2021-06-01")
    _merge(ran, twin, staff)
    assert sorted(ran.doses.values_list("state", flat=True)) == [Dose.State.LIVE, Dose.State.SUPERSEDED]


def test_merge_undone_leaves_both_as_they_were(ran, twin, campaign, staff):
    _dose(ran, campaign, "2021-06-01")
    _dose(twin, campaign, "2021-06-01")
    _dose(twin, campaign, "2021-07-01")
    twin.tag_links.create(tag=_tag("党员"))
    ran.tag_links.create(tag=_tag("党员"))
    merging.undo(_merge(ran, twin, staff), by=staff)
    back = Resident.objects.get(pk=twin.pk)
    assert (back.name, back.place_id, back.phones.get().number) == ("冉启华", twin.place_id, "13900001234")
    assert [back.doses.filter(state="live").count(), ran.doses.filter(state="live").count()] == [2, 1]
    assert [back.tag_links.count(), ran.tag_links.count()] == [1, 1]
    assert Duplicate.objects.get().state == "open"


def _tag(name):
    return Tag.objects.get_or_create(name=name)[0]


def test_merge_and_its_undoing_stand_in_the_history_of_who_was_kept(ran, twin, campaign, staff):
    made = _merge(ran, twin, staff)
    merging.undo(made, by=staff)
    told = [event.text for event in events_of(ran, campaign, None, date(2021, 8, 20))]
    assert "并入重复的一条记录（冉启华）" in told
    assert "撤销并入，两条记录分开" in told


def test_merge_undone_twice_is_refused(ran, twin, campaign, staff):
    made = _merge(ran, twin, staff)
    merging.undo(made, by=staff)
    with pytest.raises(merging.MergeRefused, match="已经撤销"):
        merging.undo(made, by=staff)


def test_merge_decided_meanwhile_is_refused(ran, twin, campaign, staff):
    pair = duplicates.propose(ran, twin, "name_birth")
    duplicates.are_different(pair, by=staff)
    with pytest.raises(merging.MergeRefused, match="不是同一人"):
        merging.merge(pair, ran.pk, by=staff)
