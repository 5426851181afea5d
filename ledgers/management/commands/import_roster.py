"""manage.py import_roster: one spreadsheet, read as the browser does, in this process, approved at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import CommandParser
from django.utils import timezone

from campaigns.choice import campaign_for
from ledgers.models import RosterImport
from ledgers.rosters import actions
from ledgers.rosters.pipeline import Decided
from ledgers.rosters.rows import ERROR, WARNING
from registry.accounts import system_user
from registry.commands import JsonCommand, Refusal
from registry.models import Place, Source, User
from registry.spreadsheets import Refused


class Command(JsonCommand):
    help = "导入一份花名册，立即入库"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=RosterImport.Kind.values, default="")
        parser.add_argument("--village", metavar="CODE", default="", help="for rows that name no village")
        parser.add_argument("--source", choices=Source.values, default=Source.ROSTER.value)
        parser.add_argument("--dry-run", action="store_true", help="preview only")
        parser.add_argument("--by", metavar="USERNAME", default="")
        parser.add_argument("--campaign", metavar="KEY", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        campaign = campaign_for(options["campaign"])
        path: Path = options["file"]
        chosen = {
            "campaign": campaign,
            "by": _account(options["by"]),
            "kind": options["kind"],
            "village": _village(options["village"]),
            "source": options["source"],
        }
        try:
            with path.open("rb") as stream:
                decided = (actions.look if options["dry_run"] else actions.import_now)(
                    File(stream, path.name), **chosen
                )
        except OSError as error:
            raise Refusal("not_found", f"打不开文件“{path}”，请核对文件的路径。") from error
        except Refused as refused:
            raise Refusal(refused.code, refused.sentence) from refused
        if decided.repeats is not None:
            at = timezone.localtime(decided.repeats.approved_at)
            self.stderr.write(f"这份文件{at:%Y-%m-%d %H:%M}已经导入过，再次导入不改变任何内容。")
        self.answer(_document(path, decided), _text(path, decided), as_json=options["json"])


def _account(username: str) -> User:
    if not username:
        return system_user()
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Refusal("unknown_user", f"没有用户名为“{username}”的账号，请核对用户名。")
    return user


def _village(code: str) -> Place | None:
    if not code:
        return None
    village = Place.objects.villages().filter(pk=code).first()
    if village is None:
        raise Refusal("unknown_village", f"没有代码为“{code}”的村（社区），请核对代码或先导入村（社区）名册。")
    return village


def _document(path: Path, decided: Decided) -> dict[str, Any]:
    """The document of `interfaces`: what was recognised, the counts, and every message in the order of the rows."""
    messages = sorted((message for message, _, _ in decided.plan.messages), key=lambda message: message.row)

    def said(level: str) -> list[dict[str, Any]]:
        return [
            {"row": m.row, "column": m.column, "code": m.code, "message": m.message}
            for m in messages
            if m.level == level
        ]

    return {
        "file": path.name,
        "kind": decided.plan.kind,
        "sheet": decided.layout["sheet"],
        "header_row": decided.layout["header_row"],
        **decided.counts,
        "warnings": said(WARNING),
        "errors": said(ERROR),
    }


def _text(path: Path, decided: Decided) -> str:
    counts = decided.counts
    lines = [
        f"{path.name}：{RosterImport.Kind(decided.plan.kind).label}，共 {counts['rows']} 行。",
        f"新增 {counts['created']}，更新 {counts['updated']}，无变化 {counts['unchanged']}，退回 {counts['rejected']}；"
        f"新增接种记录 {counts['doses_created']}，待核实 {counts['conflicts']}，待归类 {counts['unassigned']}。",
    ]
    errors = [message for message, _, _ in decided.plan.messages if message.level == ERROR]
    lines += [f"第 {m.row} 行 {m.column}：{m.message}" for m in errors[:20]]
    if len(errors) > 20:
        lines.append(f"另有 {len(errors) - 20} 处错误，可在网页下载退回行。")
    return "\n".join(lines)
