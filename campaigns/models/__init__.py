from campaigns.models.campaign import AgeBand, Campaign, Institution, Target
from campaigns.models.changes import PlanChange
from campaigns.models.measures import Measure
from campaigns.models.nudges import Nudge, NudgeStep
from campaigns.models.phases import PhaseItem, PhaseItemChange
from campaigns.models.splits import TargetShare, TargetVersion
from campaigns.models.vaccines import Platform, Product

__all__ = [
    "AgeBand", "Campaign", "Institution", "Measure", "Nudge", "NudgeStep", "PhaseItem", "PhaseItemChange",
    "PlanChange", "Platform", "Product", "Target", "TargetShare", "TargetVersion",
]  # fmt: skip
