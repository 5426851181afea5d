from reports.models.exports import Export
from reports.models.figures import FactsClock, Figure, PhaseFigure

__all__ = ["Export", "FactsClock", "Figure", "PhaseFigure"]
