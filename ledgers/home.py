"""What ledgers put on the home page and into the menu: rosters, questions, claims, people without a village."""

from __future__ import annotations

from django.urls import reverse

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.access import unplaced_asked_of
from ledgers.checklists.asking import rows_asked_of, running_lists
from ledgers.evidence import lists
from ledgers.follow_up.home_visits import people_to_visit
from ledgers.handovers.handover import handovers_visible_to, may_answer
from ledgers.models import Conflict, Exemption, Handover, RosterImport, Zeroing
from ledgers.units.access import lapsed_of, zeroings_verified_by
from registry.access import may, scope_of
from registry.clock import today
from registry.home import Card, home_card, home_is, menu_badge
from registry.models import Role, User

# Questions that wait for a decision, as the menu gathers them.
DESK = "待办"

# A cadre's day begins with its doors.
home_is(Role.CADRE, "today")


@menu_badge("conflicts")
def open_conflicts(user: User) -> int:
    return Conflict.objects.visible_to(user).open().count() if may(user, "conflict.decide") else 0


@menu_badge("unplaced")
def unplaced_people(user: User) -> int:
    return unplaced_asked_of(user).count() if may(user, "unplaced.adopt") else 0


@menu_badge("claims")
def claims_waiting(user: User) -> int:
    return Exemption.objects.visible_to(user).waiting().count() if may(user, "exemption.decide") else 0


@menu_badge("checklist_questions")
def checklist_rows_to_answer(user: User) -> int:
    """What a village or unit is asked of the lists handed down; a second query only while there are lists."""
    if not may(user, "checklist.answer"):
        return 0
    asked = getattr(user, "_checklist_rows", None)
    if asked is None:
        campaign = Campaign.objects.filter(pk__in=running_lists().values("campaign")).select_related("place").first()
        asked = user._checklist_rows = rows_asked_of(user, campaign, today()).count() if campaign else 0
    return asked


@menu_badge("checklists")
def checklist_rows_for_staff(user: User) -> int:
    """Rows that mean nobody on record, which only staff can settle."""
    return checklist_rows_to_answer(user) if may(user, "checklist.manage") else 0


@home_card(order=35)
def checklists_to_answer(user: User) -> Card | None:
    number = checklist_rows_to_answer(user)
    if not number:
        return None
    if may(user, "checklist.manage"):
        text = "在册对不上的人，对上、转给村（社区）或放进待归类"
        return Card("核查名单待处理", text, reverse("checklists"), "去处理", number, "check", "attention")
    text = "上级发来的名单里你负责的人，点一下就记好"
    return Card("核查名单", text, reverse("checklist_questions"), "去回报", number, "check", "attention")


@home_card(order=40)
def rosters_to_check(user: User) -> Card | None:
    """Imports that were read and wait to be approved."""
    if not may(user, "roster.approve"):
        return None
    waiting = RosterImport.objects.visible_to(user).filter(state=RosterImport.State.PREVIEW).count()
    if not waiting:
        return None
    return Card("花名册待核对", "已经读完，核对影响后入库", reverse("rosters"), "去核对", waiting, "files", pile=DESK)


@home_card(order=45)
def home_visits(user: User) -> Card | None:
    """The clinic's round; staff find the list under 催种."""
    campaign = get_campaign_for(user, None) if Role.CLINIC in scope_of(user).roles else None
    number = people_to_visit(user, campaign, today()).count() if campaign else 0
    if not number:
        return None
    text = f"行动不便，需上门 {number} 人，按走访顺序排好，可以打印"
    return Card("上门接种", text, reverse("follow_up_home_visits"), "看名单", number, "pin")


@home_card(order=50)
def conflicts_to_decide(user: User) -> Card | None:
    number = open_conflicts(user)
    if not number:
        return None
    text = "两份记录说法不一样，核实一次就记住"
    return Card("待核实", text, reverse("conflicts"), "去核实", number, "scale", "attention", pile=DESK)


@home_card(order=55)
def claims_to_decide(user: User) -> Card | None:
    number = claims_waiting(user)
    if not number:
        return None
    text = "审核通过前仍按应种未种统计；材料不全的退回，写明缺什么"
    return Card("禁忌缓种待审核", text, reverse("claims"), "去审核", number, "diamond", "exempt", pile=DESK)


@home_card(order=56)
def claims_sent_back(user: User) -> Card | None:
    """Claims of one's own people that were sent back; staff see them on the page, not as their work."""
    campaign = get_campaign_for(user, None) if _claims_for_its_own(user) else None
    number = lists.sent_back(user, campaign, today()) if campaign else 0
    if not number:
        return None
    text = "看退回原因，补一张照片就能再送审"
    return Card("禁忌缓种已退回", text, f"{reverse('exemptions')}?show=returned", "补材料", number, "undo", "attention")


@home_card(order=57)
def deferrals_ending(user: User) -> Card | None:
    campaign = get_campaign_for(user, None) if may(user, "exemption.claim") else None
    number = lists.ending(user, campaign, today()) if campaign else 0
    if not number:
        return None
    text = f"{lists.ENDING_DAYS} 天内到期，到期第二天起回到名单里，先约好日子"
    return Card("缓种快到期", text, f"{reverse('exemptions')}?show=ending", "看名单", number, "clock", "exempt")


def _claims_for_its_own(user: User) -> bool:
    return may(user, "exemption.claim") and not may(user, "exemption.decide")


@home_card(order=58)
def zeroings_to_verify(user: User) -> Card | None:
    if not may(user, "zeroing.verify"):
        return None
    number = zeroings_verified_by(user).filter(state=Zeroing.State.DECLARED).count()
    if not number:
        return None
    text = "单位和村（社区）申报没有人漏下，核验后有效"
    return Card("清零待核验", text, reverse("zeroing_verify"), "去核验", number, "flag", pile=DESK)


@home_card(order=59)
def zeroings_lapsed(user: User) -> Card | None:
    """One's own unit or village whose last declaration no longer holds, with the newcomer's name."""
    lapsed = lapsed_of(user) if may(user, "zeroing.declare") else None
    if lapsed is None:
        return None
    return Card("清零已失效", lapsed.why, reverse("zeroing"), "看是谁", None, "flag", "attention")


@home_card(order=60)
def people_to_place(user: User) -> Card | None:
    number = unplaced_people(user)
    if not number:
        return None
    if Role.STAFF in scope_of(user).roles:
        text, action = "还没有村（社区）的人，各村认领，也能直接归到村", "去归类"
    else:
        text, action = "还没有村（社区）的人，是你村的就认领", "去认领"
    return Card("待归类", text, reverse("unplaced"), action, number, "pin", "attention", pile=DESK)


@menu_badge("handovers")
def handovers_to_answer(user: User) -> int:
    if not may(user, "handover.answer"):
        return 0
    return handovers_visible_to(user).filter(may_answer(user), state=Handover.State.OPEN).count()


@home_card(order=65)
def handovers_waiting(user: User) -> Card | None:
    number = handovers_to_answer(user)
    if not number:
        return None
    whose = "接收的村" if Role.STAFF in scope_of(user).roles else "你村"
    text = f"别的村移交来的人，确认以后才归{whose}"
    return Card("移交待确认", text, reverse("handovers"), "去确认", number, "arrow", pile=DESK)
