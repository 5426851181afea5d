from ledgers.models.checklists import Checklist, ChecklistRow
from ledgers.models.conflicts import Conflict, NotOurs
from ledgers.models.doubts import Doubt, Revisit
from ledgers.models.evidence import Evidence
from ledgers.models.facts import Dose, Exemption, Reason, Statement
from ledgers.models.follow_up import CallLease, Contact
from ledgers.models.handovers import Duplicate, Handover, Merge, Suggestion
from ledgers.models.movements import DaySigned
from ledgers.models.past import PastExcuse, PastExemption, PastReason, PastStanding, PastStatement
from ledgers.models.rosters import ColumnLayout, RosterImport, RosterMessage
from ledgers.models.standings import Excuse, Standing
from ledgers.models.survey import Addition, SurveyRound, Visit, VisitAnswer
from ledgers.models.zeroing import Zeroing

__all__ = [
    "Addition", "CallLease", "Checklist", "ChecklistRow", "ColumnLayout", "Conflict", "Contact", "DaySigned", "Dose",
    "Doubt", "Duplicate", "Evidence", "Excuse", "Exemption", "Handover", "Merge", "NotOurs", "PastExcuse",
    "PastExemption", "PastReason", "PastStanding", "PastStatement", "Reason", "Revisit", "RosterImport",
    "RosterMessage", "Standing", "Statement", "Suggestion", "SurveyRound", "Visit", "VisitAnswer", "Zeroing",
]  # fmt: skip
