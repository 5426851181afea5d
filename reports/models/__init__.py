from reports.models.alerts import Alert
from reports.models.exports import Export, StandingRelease
from reports.models.figures import FactsClock, Figure, PhaseFigure

__all__ = ["Alert", "Export", "FactsClock", "Figure", "PhaseFigure", "StandingRelease"]
