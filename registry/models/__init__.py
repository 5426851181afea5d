from registry.models.accounts import Role, RoleGrant, User
from registry.models.audit import AuditEntry, AuditHead
from registry.models.entries import Entry, Source
from registry.models.jobs import Job
from registry.models.people import (
    Household,
    IdentityDocument,
    Phone,
    Residency,
    Resident,
    ResidentChange,
    ResidentTag,
    Sex,
    Status,
    Tag,
)
from registry.models.places import Place
from registry.models.units import STAFF_KINDS, Department, Membership, MembershipKind, Trade, Unit

__all__ = [
    "STAFF_KINDS",
    "AuditEntry", "AuditHead", "Department", "Entry", "Household", "IdentityDocument", "Job",
    "Membership", "MembershipKind", "Phone", "Place", "Residency", "Resident", "ResidentChange",
    "ResidentTag", "Role", "RoleGrant", "Sex", "Source", "Status", "Tag", "Trade", "Unit", "User",
]  # fmt: skip
