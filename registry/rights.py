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
    # Ledgers between two days and who moved, of one's places or units; signing for a day (日清).
    "movements.view": frozenset({CADRE, UNIT, DEPARTMENT, STAFF, LEADER}),
    "movements.sign": frozenset({CADRE, STAFF}),
    # 上级通报: the county's figures beside ours, of the whole street.
    "county.view": frozenset({STAFF, LEADER}),
    "county.edit": frozenset({STAFF}),
    # 请核一核: what looks too good to be true, and households drawn to be visited again.
    "doubt.view": frozenset({STAFF}),
    "ledger.export": frozenset({STAFF}),
    # Let another's export with full numbers go, or send it back; end a standing release.
    "export.release": frozenset({STAFF, LEADER}),
    # Let one layout go for one purpose to one recipient, up to 30 days.
    "export.standing": frozenset({LEADER}),
    # 报送: daily reports as issued, aggregates only; making, sending and correcting them.
    "briefing.view": frozenset({STAFF, LEADER}),
    "briefing.issue": frozenset({STAFF}),
    # A cadre's own working list on paper, phones in full.
    "ledger.print": frozenset({CADRE}),
    "person.view": frozenset({CADRE, UNIT, DEPARTMENT, CLINIC, STAFF, LEADER}),
    # Full number or phone of one person, by POST, with a reason, audited.
    "person.reveal": frozenset({CADRE, UNIT, CLINIC, STAFF}),
    # One person by full identity number.
    "person.lookup": frozenset({CLINIC, STAFF}),
    "person.edit": frozenset({CADRE, STAFF}),
    # A dose proven by a certificate or the health code; what is on record already only staff change.
    "dose.add": frozenset({CADRE, UNIT, STAFF}),
    "dose.edit": frozenset({STAFF}),
    "exemption.claim": frozenset({CADRE, UNIT, STAFF}),
    # 入户排查: lists of households and their progress; what is found at the door.
    "survey.view": frozenset({CADRE, STAFF, LEADER}),
    "survey.record": frozenset({CADRE, STAFF}),
    # Begin and end a round, number households, divide grids, name caretakers in bulk.
    "survey.arrange": frozenset({STAFF}),
    # Split, merge, number and place households of one's own scope.
    "household.edit": frozenset({CADRE, STAFF}),
    # 催种: see who is to be called, and note what came of it.
    "follow_up.call": frozenset({CADRE, UNIT, STAFF}),
    # Home visits for the clinic (行动不便).
    "follow_up.home_visits": frozenset({CLINIC, STAFF}),
    # Who was vaccinated after a contact, villages compared.
    "follow_up.effect": frozenset({STAFF}),
    # Members of the own unit: join, leave, kind, class, consent.
    "unit.manage": frozenset({UNIT, STAFF}),
    "zeroing.declare": frozenset({CADRE, UNIT}),
    "zeroing.verify": frozenset({STAFF}),
    "handover.ask": frozenset({CADRE, STAFF}),
    "handover.answer": frozenset({CADRE, STAFF}),
    "duplicate.decide": frozenset({STAFF}),
    "roster.upload": frozenset({CLINIC, STAFF}),
    "roster.approve": frozenset({STAFF}),
    # 核查名单: send a list in, settle what nobody knows; answer what one is responsible for.
    "checklist.manage": frozenset({STAFF}),
    "checklist.answer": frozenset({CADRE, UNIT, STAFF}),
    # 名单比对: any sheet of people comes back with what the registry knows of them.
    "list.match": frozenset({STAFF}),
    # A village's own ledger, filled in and sent back.
    "ledger.send_back": frozenset({CADRE, STAFF}),
    "conflict.decide": frozenset({CADRE, UNIT, CLINIC, STAFF}),
    "unplaced.adopt": frozenset({CADRE, STAFF}),
    # What became of the people villages claimed.
    "unplaced.watch": frozenset({STAFF}),
    # Only accounts of the clinic that carry the right, and staff (RoleGrant.may_approve).
    "exemption.decide": frozenset({CLINIC, STAFF}),
    # 督办: read one's own (a department those of its units), send and judge, answer for one's village or unit.
    "nudge.view": frozenset({CADRE, UNIT, DEPARTMENT, STAFF, LEADER}),
    "nudge.send": frozenset({STAFF, LEADER}),
    "nudge.answer": frozenset({CADRE, UNIT}),
    # 预警: of one's own villages; when they are raised.
    "alert.view": frozenset({CADRE, STAFF, LEADER}),
    "alert.edit": frozenset({STAFF}),
    # 一日一报 of the own account.
    "digest.view": frozenset({CADRE, UNIT, CLINIC, STAFF, LEADER}),
    # 一村一策: a village's own measures.
    "measure.view": frozenset({CADRE, STAFF, LEADER}),
    "measure.edit": frozenset({CADRE, STAFF}),
    "plan.view": OFFICE,
    "plan.edit": frozenset({STAFF}),
    "accounts.manage": frozenset({STAFF, SYSADMIN}),
    # Tokens with which other offices' programs read figures.
    "tokens.manage": frozenset({STAFF, SYSADMIN}),
    # 大屏 in the meeting room: a session that opens nothing else.
    "screen.open": frozenset({STAFF, LEADER}),
    # Figures by place and day as CSV.
    "figures.daily": frozenset({STAFF, LEADER}),
    # One-time login codes on paper; of a village's cadres only its 文书 (RoleGrant.may_give_codes).
    "accounts.codes": frozenset({CADRE, STAFF, SYSADMIN}),
    "audit.view": frozenset({AUDITOR}),
}

# Roles that have a right only where the account itself carries it: right → roles, and the field of the scope.
PER_ACCOUNT: dict[str, tuple[frozenset[Role], str]] = {
    "exemption.decide": (frozenset({CLINIC}), "may_approve"),
    "accounts.codes": (frozenset({CADRE}), "may_give_codes"),
}


# Rights whose every use writes facts of the campaign that the page shows: once it has ended, nothing is taken.
# What belongs to a campaign by itself (a roster, a claim, a dose) is refused where it is written.
OF_A_CAMPAIGN = frozenset(
    {"dose.add", "exemption.claim", "survey.record", "follow_up.call", "zeroing.declare", "roster.upload"}
)


def roles_with(right: str) -> frozenset[Role]:
    """Return the roles that have `right`; an undeclared right is a mistake and raises KeyError."""
    return RIGHTS[right]
