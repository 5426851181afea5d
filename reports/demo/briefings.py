"""The reports of the two days before the demonstration's, made from the facts as they were before today's rosters.

So the report that the visitor makes today has something 补录 and 更正 to show.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from campaigns.models import Campaign
from registry.models import User
from registry.versions import cut_off
from reports.briefing.figures import figures_of
from reports.briefing.issuing import before, write_issue
from reports.briefing.sending import mark_sent
from reports.demo.street import DEMO_DAY
from reports.models import IssueHour

RECEIVER = "县疫情防控指挥部（示例）"


def write_reports(campaign: Campaign, by: User) -> None:
    """Issue them and mark them as sent."""
    for days in (2, 1):
        on = DEMO_DAY - timedelta(days=days)
        moment = cut_off()
        figures = figures_of(campaign, on, moment, before(campaign, on))
        # All facts of the demonstration were written a moment ago; the reports say the hour they would have had.
        figures["cut_off"] = datetime.combine(on, IssueHour.DEFAULT).isoformat(timespec="minutes")
        mark_sent(write_issue(campaign, figures, cut_off_at=moment, by=by), to=RECEIVER, by=by)
