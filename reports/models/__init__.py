from reports.models.alerts import Alert
from reports.models.exports import Export, StandingRelease
from reports.models.figures import FactsClock, Figure, PhaseFigure
from reports.models.issued import Issue, IssueFile, IssueHour, Sending

__all__ = [
    "Alert",
    "Export",
    "FactsClock",
    "Figure",
    "Issue",
    "IssueFile",
    "IssueHour",
    "PhaseFigure",
    "Sending",
    "StandingRelease",
]
