"""The table of right × role: the one place that says who may do what (access.md).

A view declares one of these rights; a test goes over every route for every role.
"""

from registry.models.accounts import Role

CADRE, UNIT, DEPARTMENT, CLINIC = Role.CADRE, Role.UNIT, Role.DEPARTMENT, Role.CLINIC
STAFF, LEADER, AUDITOR, SYSADMIN = Role.STAFF, Role.LEADER, Role.AUDITOR, Role.SYSADMIN
EVERYBODY = frozenset(Role)
OFFICE = frozenset({CADRE, UNIT, DEPARTMENT, CLINIC, STAFF, LEADER})

RIGHTS: dict[str, frozenset[Role]] = {
    # The own account: home, password, type size.
    "own": EVERYBODY,
    # Aggregated figures, of the reader's own scope.
    "figures.view": frozenset({CADRE, DEPARTMENT, STAFF, LEADER}),
    # Masked lists of people.
    "ledger.view": frozenset({CADRE, UNIT, DEPARTMENT, STAFF, LEADER}),
    "ledger.export": frozenset({STAFF}),
    # A cadre's own working list on paper, phones in full.
    "ledger.print": frozenset({CADRE}),
    "person.view": frozenset({CADRE, UNIT, DEPARTMENT, CLINIC, STAFF, LEADER}),
    # Full number or phone of one person, by POST, with a reason, audited.
    "person.reveal": frozenset({CADRE, UNIT, CLINIC, STAFF}),
    # One person by full identity number.
    "person.lookup": frozenset({CLINIC, STAFF}),
    "person.edit": frozenset({CADRE, STAFF}),
    # A dose proven by a certificate or the health code; what is on record already only staff change.
    "dose.add": frozenset({CADRE, STAFF}),
    "dose.edit": frozenset({STAFF}),
    "exemption.claim": frozenset({CADRE, UNIT, STAFF}),
    "roster.upload": frozenset({CLINIC, STAFF}),
    "roster.approve": frozenset({STAFF}),
    "conflict.decide": frozenset({CADRE, UNIT, CLINIC, STAFF}),
    "unplaced.adopt": frozenset({CADRE, STAFF}),
    # Only accounts of the clinic that carry the right, and staff (RoleGrant.may_approve).
    "exemption.decide": frozenset({CLINIC, STAFF}),
    "plan.view": OFFICE,
    "plan.edit": frozenset({STAFF}),
    "accounts.manage": frozenset({STAFF, SYSADMIN}),
    "audit.view": frozenset({AUDITOR}),
}

# Roles that have a right only where the account itself carries it (RoleGrant.may_approve).
PER_ACCOUNT: dict[str, frozenset[Role]] = {"exemption.decide": frozenset({CLINIC})}


def roles_with(right: str) -> frozenset[Role]:
    """Return the roles that have `right`; an undeclared right is a mistake and raises KeyError."""
    return RIGHTS[right]
