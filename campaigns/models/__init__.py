from campaigns.models.campaign import AgeBand, Campaign, Institution, Target
from campaigns.models.changes import PlanChange
from campaigns.models.nudges import Nudge, NudgeStep
from campaigns.models.phases import PhaseItem, PhaseItemChange
from campaigns.models.vaccines import Platform, Product

__all__ = [
    "AgeBand", "Campaign", "Institution", "Nudge", "NudgeStep", "PhaseItem", "PhaseItemChange", "PlanChange",
    "Platform", "Product", "Target",
]  # fmt: skip
