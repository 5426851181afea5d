"""`manage.py person ID_NUMBER`: one person's series, ledger and next dose (interfaces: Commands)."""

import sys
from typing import Any

from django.core.management.base import CommandParser

from campaigns.choice import campaign_for
from ledgers.person import person_at
from registry.ages import asked_day
from registry.clock import today
from registry.commands import JsonCommand, Refusal
from registry.identity import InvalidNumber, clean_number, read_number
from registry.models import IdentityDocument


class Command(JsonCommand):
    help = "一个人的接种经过、所在台账和下一针。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("id_number", help="`-` reads it from standard input, out of the shell's history")
        parser.add_argument("--as-of", type=asked_day, default=None, help="ISO date; default: today")
        parser.add_argument("--campaign", default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.readline() if options["id_number"] == "-" else options["id_number"]
        campaign = campaign_for(options["campaign"])
        on = options["as_of"] or today()
        found = _document(raw.strip())
        document = {"id_number": found.number, "name": found.resident.name}
        document |= person_at(found.resident, campaign, on)
        self.answer(document, _text(document), as_json=options["json"])


def _document(raw: str) -> IdentityDocument:
    documents = IdentityDocument.objects.select_related("resident__place")
    try:
        number = read_number(raw, today=today()).number
    except InvalidNumber:
        # A document of another kind, or a number that is nobody's.
        number = clean_number(raw)
    # Numbers of residents come first; another kind of document may bear the same digits.
    for found in sorted(documents.filter(number=number), key=lambda one: one.kind != IdentityDocument.RESIDENT):
        return found
    raise Refusal("unknown_person", "登记中没有这个证件号码，请对照证件核对号码。")


def _text(document: dict[str, Any]) -> str:
    labels = {
        "name": "姓名",
        "ledger": "台账",
        "sub_state": "状态",
        "counted": "已种针次",
        "needed": "应种针次",
        "completed_on": "完成日期",
        "next_from": "最早可种日",
        "next_by": "最迟应种日",
    }
    shown = document | {key: WORDS.get(document[key], document[key]) for key in ("ledger", "sub_state")}
    return "，".join(f"{label} {shown[key]}" for key, label in labels.items() if shown[key] is not None)


WORDS = {
    "completed": "已完成接种",
    "incomplete": "未完成全程接种",
    "exempt": "禁忌缓种",
    "unvaccinated": "应种未种",
    "waiting": "间隔未到",
    "due": "到期可种",
    "overdue": "超期未种",
    "excused": "暂缓中",
}
