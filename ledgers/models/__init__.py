from ledgers.models.conflicts import Conflict, NotOurs
from ledgers.models.facts import Dose, Exemption, Reason, Statement
from ledgers.models.rosters import ColumnLayout, RosterImport, RosterMessage
from ledgers.models.standings import Excuse, Standing

__all__ = [
    "ColumnLayout", "Conflict", "Dose", "Excuse", "Exemption", "NotOurs", "Reason", "RosterImport", "RosterMessage",
    "Standing", "Statement",
]  # fmt: skip
