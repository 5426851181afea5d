"""What progress puts on the home page: whom to call today, who is missing; a leader's home is the dashboard."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, QuerySet
from django.urls import reverse

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.day import ledger
from registry.access import may, residents_in_scope, scope_of
from registry.clock import today
from registry.home import Card, home_card, home_is, menu_badge
from registry.models import Resident, Role, User
from reports.alerts.reading import places_alerted
from reports.briefing.access import issues_visible_to
from reports.dashboard.links import Lists
from reports.digest.views import news_of
from reports.exports.access import exports_released_by
from reports.models import Export

home_is(Role.LEADER, "dashboard")

# Who counts its own people on the home page: a village, or a unit, so the count is of few.
OWN_PEOPLE = (Role.CADRE, Role.UNIT)


@home_card(order=10)
def people_to_call(user: User) -> Card | None:
    """Due and overdue people of a village or unit, the overdue named first."""
    found = _own(user)
    if found is None:
        return None
    overdue, due = _number(found, "overdue"), _number(found, "due")
    if not overdue + due:
        return None
    lists = Lists(today())
    if not overdue:
        return Card("到期可种", "今天就能打第二、三针", lists.due, "看名单", due, "calendar")
    text = f"已过最迟应种日，先打；另有 {due:,} 人到期可种"
    return Card("超期未种", text, lists.overdue, "看名单", overdue, "over", "over")


@home_card(order=20)
def people_without_a_dose(user: User) -> Card | None:
    found = _own(user)
    number = _number(found, "unvaccinated") if found else 0
    if not number:
        return None
    text = (
        "一针未打，没有禁忌缓种，按名单逐户动员" if Role.CADRE in scope_of(user).roles else "本单位还有这些人一针未打"
    )
    return Card("应种未种", text, Lists(today()).unvaccinated, "看名单", number, "ring", "attention")


@home_card(order=30)
def progress_of_own(user: User) -> Card | None:
    """The way to the figures, for whoever has a page of their own."""
    roles = scope_of(user).roles
    if Role.UNIT in roles:
        return Card("本单位接种进度", "谁打完了、谁该打下一针", reverse("units"), "看单位", None, "units")
    if Role.DEPARTMENT in roles:
        return Card("主管单位台账", "哪些单位还有人没打", reverse("units"), "看单位", None, "units")
    if roles & {Role.CADRE, Role.STAFF}:
        return Card("接种进度", "离目标还差多少人，照现在的速度几号完成", reverse("dashboard"), "看进度", None, "chart")
    return None


@menu_badge("export_releases")
def exports_to_release(user: User) -> int:
    """Exports with full numbers that wait for somebody else than who asked."""
    if not may(user, "export.release"):
        return 0
    return exports_released_by(user).filter(release=Export.Release.ASKED).exclude(by=user).count()


@home_card(order=70)
def exports_waiting(user: User) -> Card | None:
    number = exports_to_release(user)
    if not number:
        return None
    text = "含完整号码的名单，要第二个人看过再放行"
    return Card("导出待放行", text, reverse("export_releases"), "去放行", number, "shield", "attention")


@home_card(order=37)
def alerts_open(user: User) -> Card | None:
    """At how many of the account's villages the rules found something wrong."""
    number = places_alerted(user) if may(user, "alert.view") else 0
    if not number:
        return None
    text = "个村（社区）阶段任务滞后或有风险、脱失率偏高、没有动静，每条写明按哪条规则"
    return Card("预警", text, reverse("alerts"), "看预警", number, "risk", "attention")


@home_card(order=5)
def report_to_send(user: User) -> Card | None:
    """Today's report once it is made, until it is marked as sent; of corrections the newest."""
    if not may(user, "briefing.issue"):
        return None
    campaign = get_campaign_for(user, None)
    issue = issues_visible_to(user, campaign).filter(on=today()).first() if campaign else None
    if issue is None or hasattr(issue, "sending"):
        return None
    text = f"{issue.number} 已生成，核对后报出去，再标已报送"
    return Card("今天的日报待报送", text, reverse("briefing", args=[issue.pk]), "去报送", None, "report", "attention")


@home_card(order=80)
def digest_of_the_day(user: User) -> Card | None:
    """一日一报 of today or yesterday."""
    last = user.digests.order_by("-on").first() if may(user, "digest.view") else None
    if last is None or (today() - last.on).days > 1:
        return None
    news = news_of(last)
    text = "；".join(f"{one.kind.name}：{one.text}" for one in news[:2])
    return Card("一日一报", text, reverse("digest"), "看全部", len(news), "report")


@home_card(order=90)
def trail_and_accounts(user: User) -> Card | None:
    """Who sees no roster has one thing to do."""
    roles = scope_of(user).roles
    if Role.AUDITOR in roles:
        return Card("操作日志", "谁在什么时候看过、改过、导出过什么", reverse("audit"), "看日志", None, "shield")
    if Role.SYSADMIN in roles:
        return Card("账号管理", "建账号、定角色和范围、停用账号", reverse("accounts"), "看账号", None, "people")
    return None


def _own(user: User) -> Sequence[dict] | None:
    """Count the account's own people by ledger and sub-state, once per page; None for who has none of their own."""
    if not scope_of(user).roles & set(OWN_PEOPLE) or not may(user, "ledger.view"):
        return None
    counted = getattr(user, "_own_people", None)
    if counted is None:
        campaign = get_campaign_for(user, None)
        counted = user._own_people = list(_counts(user, campaign)) if campaign else []
    return counted


def _counts(user: User, campaign: Campaign) -> QuerySet:
    scope = scope_of(user)
    # A unit keeps its members 非本辖区 in its ledgers; a village does not (rules 1).
    people = ledger(campaign, today(), outside=Role.UNIT in scope.roles and Role.CADRE not in scope.roles)
    own = people.filter(pk__in=Resident.objects.filter(residents_in_scope(scope)).values("pk"))
    return own.order_by().values("ledger", "sub_state").annotate(number=Count("pk"))


def _number(found: Sequence[dict], name: str) -> int:
    """Return the people of a ledger or of a sub-state."""
    return sum(row["number"] for row in found if name in (row["ledger"], row["sub_state"]))
