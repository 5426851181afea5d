"""What our management commands share: JSON on standard output, refusals as code and sentence."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Refusal(CommandError):
    """A refused call: exit status 1, nothing on standard output, `code: sentence` on standard error."""

    def __init__(self, code: str, sentence: str):
        super().__init__(f"{code}: {sentence}", returncode=1)
        self.code = code
        self.sentence = sentence


class JsonCommand(BaseCommand):
    """A command whose `handle` returns nothing and calls `answer` once."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output, nothing else")

    def answer(self, document: dict[str, Any], text: str, *, as_json: bool) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=None) if as_json else text)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Print a refusal without Django's `CommandError:` in front, so that it starts with its code."""
        try:
            return super().execute(*args, **options)
        except Refusal as refusal:
            if not self._called_from_command_line:
                raise
            self.stderr.write(str(refusal), lambda text: text)
            sys.exit(1)
