from reports.models.exports import Export, StandingRelease
from reports.models.figures import FactsClock, Figure, PhaseFigure

__all__ = ["Export", "FactsClock", "Figure", "PhaseFigure", "StandingRelease"]
