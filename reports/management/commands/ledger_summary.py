"""`manage.py ledger_summary`: rules 4 and 5 per row and in total, from the facts (interfaces: Commands)."""

from typing import Any

from django.core.management.base import CommandParser

from campaigns.choice import campaign_for
from registry.ages import asked_day
from registry.clock import today
from registry.commands import JsonCommand
from reports.ledger_rows import LedgerRow, ledger_rows
from reports.rates import percent


class Command(JsonCommand):
    help = "三本台账、接种率和脱失率汇总（由接种记录直接计算）。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", type=asked_day, default=None, help="ISO date; default: today")
        parser.add_argument("--by", choices=["village", "unit", "age", "tag"], default="village")
        parser.add_argument("--residency", choices=["all", "permanent"], default="all")
        parser.add_argument("--campaign", default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["as_of"] or today()
        campaign = campaign_for(options["campaign"])
        rows, total = ledger_rows(campaign, on, options["by"], options["residency"])
        document = {
            "as_of": on.isoformat(),
            "by": options["by"],
            "residency": options["residency"],
            "rows": [row.as_json() for row in rows],
            "total": total.as_json(),
        }
        population = "全口径" if options["residency"] == "all" else "常住口径"
        heading = f"{campaign.name} 截至{on} 台账：{population}；接种率、脱失率：常住口径"
        self.answer(document, "\n".join([heading, *map(_text, [*rows, total])]), as_json=options["json"])


def _text(row: LedgerRow) -> str:
    counts, found = row.counts, row.coverage
    return (
        f"{row.name}：在册 {counts.in_scope}，已完成 {counts.completed}，未完成全程 {counts.incomplete}"
        f"（间隔未到 {counts.waiting}，到期可种 {counts.due}，超期未种 {counts.overdue}，暂缓中 {counts.excused}），"
        f"禁忌缓种 {counts.exempt}，应种未种 {counts.unvaccinated}；"
        f"第一针接种率 {percent(found.first_rate)}，全程接种率 {percent(found.full_rate)}，"
        f"脱失率（超期口径）{percent(found.dropout_rate)}；类型未定 {counts.unknown_residency}"
    )
