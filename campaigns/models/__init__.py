from campaigns.models.campaign import AgeBand, Campaign, Institution, Target
from campaigns.models.phases import PhaseItem, PhaseItemChange
from campaigns.models.vaccines import Platform, Product

__all__ = ["AgeBand", "Campaign", "Institution", "PhaseItem", "PhaseItemChange", "Platform", "Product", "Target"]
