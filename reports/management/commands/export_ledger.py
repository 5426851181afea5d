"""`manage.py export_ledger`: one ledger as the office's spreadsheet, masked and audited (interfaces)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from campaigns.choice import campaign_for
from registry.accounts import SYSTEM, system_user
from registry.ages import asked_day
from registry.clock import today
from registry.commands import JsonCommand, Refusal
from registry.jobs import run_now
from registry.models import Place, User
from reports.exports.ledger_files import order_export
from reports.exports.order import Terms
from reports.lists.asked import LEDGERS, Asked
from reports.lists.people import Question
from reports.models import Export


class Command(JsonCommand):
    help = "Export a ledger as a spreadsheet in the office's layout."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("ledger", choices=LEDGERS)
        parser.add_argument("--output", required=True, type=Path, metavar="FILE.xlsx")
        parser.add_argument("--as-of", type=asked_day, default=None)
        parser.add_argument("--village", default="", metavar="CODE")
        parser.add_argument("--purpose", required=True)
        parser.add_argument("--by", default=SYSTEM, metavar="USERNAME")
        parser.add_argument("--campaign", default=None, metavar="KEY")

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path = options["output"]
        if not options["purpose"].strip():
            raise Refusal("purpose_missing", "请写明导出的用途。")
        if not output.parent.is_dir():
            raise Refusal("no_folder", f"没有文件夹“{output.parent}”，请先建好或换一个位置。")
        question = self._question(options)
        with transaction.atomic():
            export = order_export(question, terms=Terms(options["purpose"].strip()), by=question.user)
        run_now(export.job)
        export = Export.objects.get(pk=export.pk)
        with export.file.open("rb") as source, output.open("wb") as target:
            shutil.copyfileobj(source, target)
        document = {
            "ledger": export.layout,
            "as_of": export.params["on"],
            "village": options["village"],
            "number": export.number,
            "rows": export.rows,
            "sha256": export.sha256,
            "file": str(output),
        }
        self.answer(document, f"{export.number}：{export.rows} 行，已写到 {output}。", as_json=options["json"])

    def _question(self, options: dict[str, Any]) -> Question:
        campaign = campaign_for(options["campaign"])
        village = options["village"]
        inside = Place.objects.filter(pk=village, level=Place.Level.VILLAGE).inside(campaign.place.prefix)
        if village and not inside.exists():
            raise Refusal("unknown_village", f"没有代码为“{village}”的村（社区），请核对代码。")
        on = options["as_of"] or today()
        asked = Asked(ledger=options["ledger"], on=on, campaign=campaign.key, village=village)
        return Question(asked, campaign, _account(options["by"]), is_whole=True)


def _account(username: str) -> User:
    if username == SYSTEM:
        return system_user()
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Refusal("unknown_user", f"没有用户名为“{username}”的账号，请核对用户名。")
    return user
