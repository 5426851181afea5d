from reports.models.alerts import Alert
from reports.models.county import CountyFigure
from reports.models.digests import Digest
from reports.models.exports import Export, StandingRelease
from reports.models.figures import FactsClock, Figure, PhaseFigure
from reports.models.issued import Issue, IssueFile, IssueHour, Sending
from reports.models.matching import MatchedSheet
from reports.models.tokens import ApiToken

__all__ = [
    "Alert",
    "ApiToken",
    "CountyFigure",
    "Digest",
    "Export",
    "FactsClock",
    "Figure",
    "Issue",
    "IssueFile",
    "IssueHour",
    "MatchedSheet",
    "PhaseFigure",
    "Sending",
    "StandingRelease",
]
