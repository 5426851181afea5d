"""What a valid plan is: said once, for plan files and for what staff change in the browser. Pure.

Each refusal is one Chinese sentence that names the row by its name, and the part and field it is about.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from campaigns.plan_files import CampaignRow, PhaseRow, Plan, PlatformRow

COHORTS = ("goal", "age", "tag", "key_groups")
MEASURES = ("dose", "up_to_date", "coverage")
NUMERALS = "零一二三四五六七八九"


class PlanError(Exception):
    """A plan that cannot be; the message is one Chinese sentence, `field` the one it is about ("" for none)."""

    def __init__(self, sentence: str, field: str = ""):
        super().__init__(sentence)
        self.field = field


def check(plan: Plan) -> None:
    """Refuse what no row shows alone: doubles, names that lead nowhere, ages left out, the unknown row."""
    _check_doubles(plan)
    _check_campaign(plan.campaign)
    _check_names(plan)
    _check_age_bands(plan)
    for phase in plan.phases:
        _check_phase(phase, most_doses=max((row.doses for row in plan.platforms), default=0))
    for platform in plan.platforms:
        _check_platform(platform)
    check_unknown_row(plan.platforms)


def _check_doubles(plan: Plan) -> None:
    for name in ("places", "phases", "platforms", "departments", "trades", "institutions"):
        rows = getattr(plan, name)
        keys = [getattr(row, "key", None) or getattr(row, "code", None) or row.name for row in rows]
        double = sorted({key for key in keys if keys.count(key) > 1})
        if double:
            raise PlanError(f"{name} 中重复：{'、'.join(double)}。", "key")


def _check_campaign(campaign: CampaignRow) -> None:
    if campaign.end_on < campaign.start_on:
        raise PlanError("结束日不能早于开始日。", "end_on")
    if not 0 < campaign.goal_rate <= 1:
        raise PlanError("目标接种率要大于 0 %、不超过 100 %。", "goal_rate")
    if not 0 < campaign.dropout_limit <= 1:
        raise PlanError("脱失率限值要大于 0 %、不超过 100 %。", "dropout_limit")
    if campaign.judged_by not in ("first", "full"):
        raise PlanError("judged_by 应为 first 或 full。", "judged_by")


def _check_names(plan: Plan) -> None:
    if plan.campaign.place not in {place.code for place in plan.places}:
        raise PlanError(f"places 中没有 campaign 的地区 {plan.campaign.place}。")
    departments = {department.name for department in plan.departments}
    for trade in plan.trades:
        if trade.department and trade.department not in departments:
            raise PlanError(f"trades {trade.name}：departments 中没有 {trade.department}。")
    _check_products(plan)


def _check_products(plan: Plan) -> None:
    products = [product for platform in plan.platforms for product in platform.products]
    for product in products:
        if any(set(approval) != {"from_age", "from"} for approval in product.approvals):
            raise PlanError(f"“{product.name}”的批准年龄，每行写一个年龄和一个日期。", "approvals")
    keys = [product.key for product in products]
    double = sorted({key for key in keys if keys.count(key) > 1})
    if double:
        raise PlanError(f"products 中重复：{'、'.join(double)}。", "key")
    _check_aliases(products)


def _check_aliases(products: list[Any]) -> None:
    """The words of a roster must name one product, or its doses would go to whichever comes first."""
    owner: dict[str, Any] = {}
    for product in products:
        for words in {word.casefold().strip() for word in (product.name, *product.aliases)} - {""}:
            other = owner.setdefault(words, product)
            if other is not product:
                raise PlanError(
                    f"“{words}”同时是{other.name}和{product.name}的名称，一个名称只能指一种疫苗。", "aliases"
                )


def _check_age_bands(plan: Plan) -> None:
    """The bands must hold everybody in scope exactly once, or tables by age would not add up."""
    expected: int | None = plan.campaign.min_age
    for band in plan.age_bands:
        if band.from_age != expected:
            raise PlanError("年龄段应从最低年龄起，首尾相接。", "age_bands")
        expected = None if band.to_age is None else band.to_age + 1
    if expected is not None:
        raise PlanError("最后一个年龄段应不设上限。", "age_bands")


def _check_phase(phase: PhaseRow, *, most_doses: int) -> None:
    name = f"阶段任务“{phase.name}”"
    if phase.deadline_on < phase.start_on:
        raise PlanError(f"{name}：截止日不能早于开始日。", "deadline_on")
    if phase.cohort not in COHORTS:
        raise PlanError(f"{name}：不认识的目标人群 {phase.cohort}。", "cohort")
    if phase.measure not in MEASURES:
        raise PlanError(f"{name}：不认识的完成标准 {phase.measure}。", "measure")
    if (phase.measure == "coverage") != (phase.cohort == "goal"):
        raise PlanError(f"{name}：完成标准“接种率”和目标人群“目标任务数”要一起用。", "measure")
    if (phase.measure == "dose") != (phase.dose_number is not None):
        raise PlanError(f"{name}：完成标准是“针次”的要写明第几针，别的不写。", "dose_number")
    if phase.dose_number is not None and not 1 <= phase.dose_number <= max(most_doses, 1):
        raise PlanError(f"{name}：没有哪种疫苗要打第 {phase.dose_number} 针。", "dose_number")
    if (phase.cohort == "tag") != bool(phase.tag):
        raise PlanError(f"{name}：目标人群是“标签”的要写明哪个标签，别的不写。", "tag")
    if phase.from_age is not None and phase.to_age is not None and phase.to_age < phase.from_age:
        raise PlanError(f"{name}：最大年龄不能小于最小年龄。", "to_age")
    if not Decimal(0) < phase.goal_rate <= 1:
        raise PlanError(f"{name}：目标要大于 0 %、不超过 100 %。", "goal_rate")


def _check_platform(platform: PlatformRow) -> None:
    """A series of several doses needs its gap and, for each later dose, one due-by date."""
    name = f"疫苗种类“{platform.name}”"
    if platform.doses < 1:
        raise PlanError(f"{name}：至少要打 1 针。", "doses")
    numbers = [item.get("dose") for item in platform.due_by]
    if numbers != list(range(2, platform.doses + 1)):
        raise PlanError(f"{name}：{_due_wanted(platform.doses)}。", "due_by")
    if any(sorted(item) not in (["days", "dose"], ["dose", "months"]) for item in platform.due_by):
        raise PlanError(f"{name}：每针的最迟时间写多少天或者几个月，只写一个。", "due_by")
    if platform.doses > 1 and platform.recommended_gap_days is None:
        raise PlanError(f"{name}：打多针的要写明两针间隔多少天。", "recommended_gap_days")
    for field in ("too_early_days", "short_interval_days"):
        if (getattr(platform, field) or 0) > (platform.recommended_gap_days or 0):
            raise PlanError(f"{name}：按推荐间隔打的针不能算间隔过短或偏短，这个天数不能超过两针间隔。", field)


def _due_wanted(doses: int) -> str:
    if doses == 1:
        return "只打 1 针的不写最迟时间"
    later = f"第{_ordinal(2)}针" if doses == 2 else f"第{_ordinal(2)}至{_ordinal(doses)}针"
    return f"打 {doses} 针的要依次写明{later}最迟在第一针后多久"


def _ordinal(number: int) -> str:
    return NUMERALS[number] if number < len(NUMERALS) else str(number)


def check_unknown_row(platforms: list[PlatformRow]) -> None:
    """The unknown row asks no less than any other, or naming a product could take a completed series away."""
    unknown = [row for row in platforms if row.is_unknown]
    if not platforms:
        raise PlanError("至少要有一种疫苗。", "platforms")
    if len(unknown) > 1 or (len(platforms) > 1 and not unknown):
        raise PlanError(
            "疫苗种类里要有且只有一行“疫苗不明”，没写疫苗名称的记录按它算；只有一种疫苗时可以没有。", "is_unknown"
        )
    for row in unknown:
        for other in platforms:
            if asks_less(row, other):
                raise PlanError(
                    f"疫苗不明的“{row.name}”要求不能低于“{other.name}”：针次、间隔和最迟时间都按最严的写。", "doses"
                )


def asks_less(row: PlatformRow, other: PlatformRow) -> bool:
    """Tell whether `row` is laxer than `other` in doses, gap, early limit or any due-by date (rules 2)."""
    return (
        row.doses < other.doses
        or (row.recommended_gap_days or 0) < (other.recommended_gap_days or 0)
        or (row.too_early_days or 0) < (other.too_early_days or 0)
        or any(_days(mine) > _days(theirs) for mine, theirs in zip(row.due_by, other.due_by, strict=False))
    )


def _days(due: dict[str, int]) -> int:
    # Months are taken at their longest: 6 months are at most 184 days.
    return due["days"] if "days" in due else due["months"] * 31 - due["months"] // 2
