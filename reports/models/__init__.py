from reports.models.exports import Export
from reports.models.figures import Figure, PhaseFigure

__all__ = ["Export", "Figure", "PhaseFigure"]
