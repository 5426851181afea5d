"""Check the audit trail: every entry there, unaltered, in its place (access.md)."""

from typing import Any

from registry.audit import verify
from registry.commands import JsonCommand, Refusal
from registry.models import AuditEntry


class Command(JsonCommand):
    help = "Walk the audit trail's chain of hashes; fail when an entry was altered, removed or cut off."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = verify()
        if problems:
            raise Refusal("audit_broken", f"操作日志不完整：{'；'.join(problems)}")
        count = AuditEntry.objects.count()
        self.answer({"entries": count, "problems": []}, f"操作日志完整，共 {count} 条", as_json=options["json"])
