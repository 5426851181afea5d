"""What a reader asks of a ledger list: which ledger, day, people and order, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode

from reports.days import read_day

LEDGERS = ("completed", "incomplete", "unvaccinated", "exempt")
# The four together: everybody in scope, for figures that count people of several ledgers.
EVERYBODY = "everybody"
LISTS = (*LEDGERS, EVERYBODY)
SUB_STATES = ("overdue", "due", "waiting", "excused")
# 全口径 and 常住口径; any other value of `residency` is one 人口类型 within 全口径.
ALL, PERMANENT = "all", "permanent"
# Within 常住口径 those whose 人口类型 nobody has said: 类型未定 and placed in a village (rules 1).
UNDECIDED = "undecided"
# Of the reason filter: nobody has said why.
NO_REASON = "none"
# Whoever can still be won (可动员, rules 3), whatever has been said.
WINNABLE = "winnable"
# Whom a doctor has put off and whose day to be asked again lies ahead (rules 3, code 3).
PAUSED = "paused"

# Of the kinds of members: 职工 and 临聘 together, as the plan's key groups count them (rules 6).
STAFF = "working"

# Figures that no ledger and no population names: who says to be vaccinated without proof (rules 2), whose
# dose 2 was due (rules 5), who has a counted dose.
CLAIMANTS, SECOND_DUE, DOSED = "claimants", "second_due", "dosed"
# Figures of the coming days: whose dose 2 falls due within the plan's days, who can still be completed by the last day.
SECOND_DUE_SOON, REACHABLE = "second_due_soon", "reachable"
# Within a ledger: overdue soon, can still finish, can still begin and finish, exempt without and with an end.
SOON, FINISHING, STARTING, LASTING, DEFERRED = "soon", "finishing", "starting", "lasting", "deferred"
ONLY = {
    EVERYBODY: (DOSED, CLAIMANTS, SECOND_DUE, SECOND_DUE_SOON, REACHABLE),
    "incomplete": (SOON, FINISHING),
    "unvaccinated": (STARTING,),
    "exempt": (LASTING, DEFERRED),
}

SORTS = {"place": "村组", "name": "姓名", "age": "年龄", "next_by": "最迟应种日"}


@dataclass(frozen=True)
class Asked:
    """One question to the ledgers; every field but `search` is part of the address.

    `search` is a name, initials, four digits of a phone or a full number: personal, so it travels
    by POST and stays in the session.
    """

    ledger: str
    on: date
    campaign: str = ""
    residency: str = ALL
    village: str = ""
    group: str = ""
    unit: str = ""
    # A kind of the unit's members, or STAFF; it says nothing without a unit.
    kind: str = ""
    age: str = ""
    sub: str = ""
    reason: str = ""
    tag: str = ""
    # The key of a phase item: who of its cohort is not done, or with `done` who is (rules 6).
    phase: str = ""
    done: str = ""
    # The key of the account that looks after the person's household, of 台账二 and 台账三.
    caretaker: str = ""
    # The 片区, a set of villages; it says nothing beside a village.
    district: str = ""
    # One of ONLY of the ledger.
    only: str = ""
    sort: str = "place"
    search: str = ""

    @property
    def is_permanent(self) -> bool:
        return self.residency in (PERMANENT, UNDECIDED)

    @property
    def is_narrowed(self) -> bool:
        """Whether the list is only a part of its tab, so that no stored figure tells its length."""
        narrow = (
            self.unit, self.age, self.tag, self.reason, self.phase, self.only, self.caretaker, self.search,
        )  # fmt: skip
        return any(narrow) or self.residency not in (ALL, PERMANENT)

    @property
    def is_filtered(self) -> bool:
        """Whether there is anything to clear."""
        return self.is_narrowed or bool(self.district or self.village or self.group or self.sub)

    def parameters(self) -> dict[str, str]:
        """The address's parameters that say something, without ledger and page."""
        said = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("ledger", "on", "search")}
        plain = {"residency": ALL, "sort": "place"}
        if self.search:
            # That there is a search, not what for.
            said["found"] = "1"
        return {"on": self.on.isoformat()} | {n: v for n, v in said.items() if v and v != plain.get(n)}

    def query(self, **changes: str) -> str:
        """The address's query string with these changes; a changed filter starts again on the first page."""
        return urlencode(replace(self, **changes).parameters())


def read_asked(ledger: str, parameters: Mapping[str, str], *, today: date, search: str = "") -> Asked:
    """Read an address; `search` is what the session keeps.

    What cannot be meant is left out, for an old link should still open a list.
    """
    said = {f.name: parameters.get(f.name, "").strip()[:60] for f in fields(Asked) if f.name not in _NOT_READ}
    asked = Asked(ledger=ledger, on=read_day(parameters.get("on", ""), today), **said)
    return replace(
        asked,
        search=search if parameters.get("found") else "",
        residency=asked.residency or ALL,
        sub=asked.sub if ledger == "incomplete" and asked.sub in SUB_STATES else "",
        kind=asked.kind if asked.unit else "",
        reason=asked.reason if ledger == "unvaccinated" or (asked.phase and asked.reason == WINNABLE) else "",
        caretaker=asked.caretaker if ledger in ("incomplete", "unvaccinated") and asked.caretaker.isdigit() else "",
        done=asked.done if ledger == EVERYBODY and asked.phase else "",
        only=asked.only if asked.only in ONLY.get(ledger, ()) else "",
        district="" if asked.village or asked.group else asked.district,
        group=asked.group if asked.group.startswith(asked.village) else "",
        sort=asked.sort if asked.sort in sorts_of(ledger) else "place",
    )


_NOT_READ = ("ledger", "on", "search")


def sorts_of(ledger: str) -> dict[str, str]:
    """The orders a ledger offers; only the people of 台账二 have a next dose to come."""
    return SORTS if ledger == "incomplete" else {key: word for key, word in SORTS.items() if key != "next_by"}
