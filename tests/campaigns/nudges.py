"""What the tests of 督办 share."""

from datetime import date
from typing import Any

from campaigns.models import Campaign, Nudge
from campaigns.nudges import actions
from campaigns.nudges.rules import Situation
from registry.models import Place, Unit, User

ON = date(2021, 8, 16)
DUE = date(2021, 8, 18)


def send(of: Place | Unit, campaign: Campaign, by: User, **changes: Any) -> Nudge:
    """Send a sheet with everything said; what matters to a test is among the changes."""
    said = {
        "subject": Nudge.Subject.FIRST, "phase": None, "text": "逐户动员，三天内再争取 20 人。", "due_on": DUE,
        "situation": Situation(remaining=38, winnable=21, overdue=6, what="离目标任务数"), "on": ON,
    }  # fmt: skip
    return actions.send(of, campaign, by=by, **(said | changes))
