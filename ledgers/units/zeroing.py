"""清零: 申报 → 核验 → 有效 / 已失效, of a unit or a village (plan 六(二)1). Never with somebody missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign
from ledgers.models import Zeroing
from ledgers.units.missing import missing_members, missing_of_unit, missing_of_village, missing_villagers
from registry import audit
from registry.models import Place, Resident, Unit, User

# So many names stand in a refusal; the page lists them all.
NAMED = 5


class ZeroingRefused(Exception):
    """A declaration or verification that cannot be; its text is the sentence for the page."""


def missing_for(of: Unit | Place, campaign: Campaign, on: date) -> QuerySet[Resident]:
    """Return who stands in the way of 清零 of a unit or village at `on`."""
    return missing_of_unit(of, campaign, on) if isinstance(of, Unit) else missing_of_village(of, campaign, on)


def last_of(campaign: Campaign, **whose: Unit | Place) -> Zeroing | None:
    """Return the last declaration of a unit (`unit=`) or village (`village=`), None where nobody declared."""
    return Zeroing.objects.filter(campaign=campaign, **whose).select_related("because").first()


@transaction.atomic
def declare(of: Unit | Place, campaign: Campaign, *, on: date, by: User, address: str = "") -> Zeroing:
    """Declare that nobody is missing; refused with the names of who is."""
    require_open(campaign)
    _nobody_missing(of, campaign, on)
    whose = {"unit": of} if isinstance(of, Unit) else {"village": of}
    try:
        with transaction.atomic():
            made = Zeroing.objects.create(campaign=campaign, declared_by=by, declared_at=timezone.now(), **whose)
    except IntegrityError as error:
        raise ZeroingRefused("已经申报过了，等核验结果。") from error
    audit.record("zeroing.declare", by=by, subject=f"zeroing {made.pk}", detail={"name": str(of)}, address=address)
    return made


@transaction.atomic
def verify(zeroing: Zeroing, *, on: date, by: User, address: str = "") -> Zeroing:
    """Verify a declaration; refused when somebody has come to be missing since."""
    zeroing = _waiting(zeroing)
    _nobody_missing(zeroing.unit or zeroing.village, zeroing.campaign, on)
    return _decide(zeroing, Zeroing.State.VALID, "", by, address)


@transaction.atomic
def give_back(zeroing: Zeroing, *, note: str, by: User, address: str = "") -> Zeroing:
    """Return a declaration, saying why."""
    if not note.strip():
        raise ZeroingRefused("写明为什么退回，申报人才知道要办什么。")
    return _decide(_waiting(zeroing), Zeroing.State.RETURNED, note.strip(), by, address)


def _nobody_missing(of: Unit | Place, campaign: Campaign, on: date) -> None:
    found = missing_for(of, campaign, on)
    names = list(found.values_list("name", flat=True)[: NAMED + 1])
    if names:
        raise ZeroingRefused(f"还不能清零：{in_words(names, found)}还没打，也没有审核通过的禁忌缓种。")


def in_words(names: list[str], found: QuerySet[Resident]) -> str:
    """Name the first few; count the rest only where there are more."""
    if len(names) <= NAMED:
        return "、".join(names)
    return f"{'、'.join(names[:NAMED])}等 {found.count()} 人"


def _waiting(zeroing: Zeroing) -> Zeroing:
    # Without the joined unit: a nullable side of a join cannot be locked.
    locked = Zeroing.objects.select_for_update().get(pk=zeroing.pk)
    require_open(locked.campaign)
    if locked.state != Zeroing.State.DECLARED:
        raise ZeroingRefused(f"这份申报已是“{locked.get_state_display()}”，刷新页面看现在的状态。")
    return locked


def _decide(zeroing: Zeroing, state: str, note: str, by: User, address: str) -> Zeroing:
    zeroing.state, zeroing.note, zeroing.decided_by, zeroing.decided_at = state, note[:200], by, timezone.now()
    zeroing.save(update_fields=["state", "note", "decided_by", "decided_at"])
    action = "zeroing.verify" if state == Zeroing.State.VALID else "zeroing.return"
    audit.record(action, by=by, subject=f"zeroing {zeroing.pk}", detail={"说明": zeroing.note}, address=address)
    return zeroing


@transaction.atomic
def lapse(campaign: Campaign, on: date) -> int:
    """End every valid declaration of the campaign with somebody missing, naming the newcomer; return how many.

    One query for all units, one for all villages, whatever their number.
    """
    valid = Zeroing.objects.filter(campaign=campaign, state=Zeroing.State.VALID).select_for_update()
    standing = list(valid)
    newcomers = _of_units(standing, campaign, on) | _of_villages(standing, campaign, on)
    ended = [_end(one, newcomers[one.pk]) for one in standing if one.pk in newcomers]
    Zeroing.objects.bulk_update(ended, ["state", "lapsed_at", "because"])
    for one in ended:
        detail = {"人员": one.because_id}
        audit.record("zeroing.lapse", by=None, subject=f"zeroing {one.pk}", detail=detail)
    return len(ended)


def _end(zeroing: Zeroing, newcomer: int) -> Zeroing:
    zeroing.state, zeroing.lapsed_at, zeroing.because_id = Zeroing.State.LAPSED, timezone.now(), newcomer
    return zeroing


def _of_units(standing: Iterable[Zeroing], campaign: Campaign, on: date) -> dict[int, int]:
    """Return for each unit's declaration with somebody missing who joined last of them."""
    units = {one.unit_id: one.pk for one in standing if one.unit_id}
    if not units:
        return {}
    found = missing_members(units, campaign, on).order_by("membership__pk")
    return {units[unit]: resident for unit, resident in found.values_list("membership__unit_id", "pk")}


def _of_villages(standing: Iterable[Zeroing], campaign: Campaign, on: date) -> dict[int, int]:
    """Return for each village's declaration with somebody missing who came on record last of them."""
    villages = {one.village_id: one.pk for one in standing if one.village_id}
    if not villages:
        return {}
    found = missing_villagers(villages, campaign, on).order_by("pk")
    return {villages[place[:12]]: resident for place, resident in found.values_list("place_id", "pk")}
