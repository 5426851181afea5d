"""`manage.py recompute [--as-of D]`: what the Celery jobs do, in this process (interfaces: Commands)."""

from typing import Any

from django.core.management.base import CommandParser

from campaigns.choice import campaign_for
from registry.ages import asked_day
from registry.clock import today
from registry.commands import JsonCommand
from reports.storing import recompute


class Command(JsonCommand):
    help = "重新计算并保存一天的进度数据。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", type=asked_day, default=None, help="ISO date; default: today")
        parser.add_argument("--campaign", default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["as_of"] or today()
        stored = recompute(campaign_for(options["campaign"]), on)
        document = {"as_of": on.isoformat(), "figures": stored.figures, "changed": stored.changed}
        text = f"截至{on}：计算 {stored.figures} 项，变化 {stored.changed} 项。"
        self.answer(document, text, as_json=options["json"])
