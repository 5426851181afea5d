"""`manage.py load_plan [NAME]`: load a plan file (interfaces: Commands)."""

from typing import Any

from django.core.management.base import CommandParser

from campaigns.actions import Loading, load_plan
from campaigns.plan_files import DEFAULT_PLAN, PlanError, plan_path, read_plan
from registry.accounts import system_user
from registry.commands import JsonCommand, Refusal


class Command(JsonCommand):
    help = "载入方案文件；再次载入不会改变任何内容，也不会覆盖街道已修改的内容。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", nargs="?", default=DEFAULT_PLAN, help="a name in campaigns/plans, or a .toml path")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = read_plan(plan_path(options["name"]).read_text(encoding="utf-8"))
            campaign, result = load_plan(plan, by=system_user())
        except (PlanError, UnicodeDecodeError) as error:
            sentence = str(error) if isinstance(error, PlanError) else "方案文件应为 UTF-8 编码。"
            raise Refusal("plan_invalid", sentence) from error
        document = {"campaign": campaign.key, "name": campaign.name, **vars(result)}
        self.answer(document, _text(campaign.name, result), as_json=options["json"])


def _text(name: str, result: Loading) -> str:
    if not (result.created or result.updated):
        return f"{name}：没有变化。"
    return f"{name}：新增 {len(result.created)} 项，更新 {len(result.updated)} 项，保留街道修改 {len(result.kept)} 项。"
