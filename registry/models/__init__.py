from registry.models.accounts import Device, LoginCode, Role, RoleGrant, User
from registry.models.audit import AuditEntry, AuditHead
from registry.models.entries import Entry, Source
from registry.models.jobs import Job
from registry.models.past import PastMembership, PastResident
from registry.models.people import (
    Household,
    HouseholdChange,
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
from registry.models.places import Grid, GridPlace, Place
from registry.models.units import (
    KIND_UNSTATED,
    STAFF_KINDS,
    Consent,
    Department,
    Membership,
    MembershipKind,
    Trade,
    Unit,
)

__all__ = [
    "KIND_UNSTATED", "STAFF_KINDS",
    "AuditEntry", "AuditHead", "Consent", "Department", "Device", "Entry", "Grid", "GridPlace", "Household",
    "HouseholdChange", "IdentityDocument", "Job", "LoginCode", "Membership", "MembershipKind", "PastMembership",
    "PastResident", "Phone", "Place", "Residency", "Resident", "ResidentChange", "ResidentTag", "Role", "RoleGrant",
    "Sex", "Source", "Status", "Tag", "Trade", "Unit", "User",
]  # fmt: skip
