"""The demonstration: a small street of the same making, and the site's processes for real."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from campaigns.models import Campaign, Target
from ledgers.models import Conflict, Dose, Exemption, RosterImport, Standing
from registry.clock import today
from registry.commands import Refusal
from registry.models import IdentityDocument, Job, Place, Resident, RoleGrant, Unit, User
from reports.demo.people import Person
from reports.demo.story import tell
from reports.demo.street import DEMO_DAY, VILLAGES
from reports.storing import is_fresh, missing_phases
from tests.factories import make_resident

# The demonstration never runs on another database.
pytestmark = pytest.mark.sqlite
ROOT = Path(__file__).resolve().parent.parent.parent


def demo(settings: Settings, *arguments: str) -> str:
    settings.TODAY, settings.DEMO = None, False
    out = StringIO()
    call_command("demo", "--no-serve", "--people", "600", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give back what the command sets for its children."""
    monkeypatch.setenv("TODAY", "2021-08-16")
    monkeypatch.setenv("DEMO", "1")


def test_the_census_bases_add_up_to_the_streets() -> None:
    assert (len(VILLAGES), sum(village.census_base for village in VILLAGES)) == (19, 28_336)
    assert sum(village.groups for village in VILLAGES) == 151


def test_the_same_seed_gives_the_same_street() -> None:
    def told() -> list[tuple]:
        return [(p.name, p.number, p.village, tuple(d.on for d in p.doses)) for p in tell(7, 600).people]

    assert told() == told()
    assert told() != [(p.name, p.number, p.village, tuple(d.on for d in p.doses)) for p in tell(8, 600).people]


def test_nobody_has_two_doses_on_one_day_and_namesakes_have_their_own() -> None:
    people = tell(2021, 1500).people
    assert len({id(person.doses) for person in people}) == len(people)
    assert all(len({dose.on for dose in person.doses}) == len(person.doses) for person in people)


def test_numbers_are_unique_and_of_order_codes_nobody_has() -> None:
    people = tell(7, 2000).people
    assert len({person.number for person in people}) == len(people)
    assert all(person.number[14] == "9" and person.number[6:14] == f"{person.birth_on:%Y%m%d}" for person in people)
    assert all(int(person.number[16]) % 2 == (person.sex == "M") for person in people)
    assert {phone[:5] for person in people for phone, _ in person.phones} == {"15400"}


def test_the_full_street_stands_where_the_demonstration_wants_it() -> None:
    people = [p for p in tell(2021, 40_000).people if p.is_permanent and p.age() >= 12]
    first = sum(bool(p.doses) for p in people) / 28_336
    full = sum(_is_full(p) for p in people) / 28_336
    assert (round(first, 2), round(full, 3)) == (0.68, 0.495)
    assert Counter(p.exemption.state for p in people if p.exemption)["approved"] > 580


def _is_full(person: Person) -> bool:
    needed = {"cansino": 1, "zf2001": 3, "": 3}
    return bool(person.doses) and len(person.doses) >= needed.get(person.doses[0].product, 2)


@pytest.mark.django_db
def test_demo_fills_an_empty_database_and_says_who_may_log_in(settings: Settings) -> None:
    said = demo(settings)
    assert today() == DEMO_DAY
    assert Place.objects.filter(level=Place.Level.VILLAGE).count() == Target.objects.count() == 19
    assert Resident.objects.count() == IdentityDocument.objects.filter(number__regex=r"^\d{14}9").count() > 500
    assert set(RoleGrant.objects.values_list("role", flat=True)) == {
        "cadre", "unit", "department", "clinic", "staff", "leader", "auditor", "sysadmin",
    }  # fmt: skip
    for username, password in re.findall(r"^(\w+) +(\w+-2021) ", said, re.MULTILINE):
        assert User.objects.get(username=username).check_password(password)


@pytest.mark.django_db
def test_demo_leaves_standings_for_every_person_with_doses(settings: Settings) -> None:
    demo(settings)
    with_doses = Dose.objects.filter(state="live").values("resident").distinct().count()
    assert Standing.objects.filter(until=None).count() == with_doses > 250
    assert Exemption.objects.filter(state="approved").exists()
    assert Unit.objects.filter(trade=None).count() == 0


@pytest.mark.django_db
def test_demo_leaves_rosters_and_questions_to_decide(settings: Settings) -> None:
    demo(settings)
    states = Counter(RosterImport.objects.values_list("state", flat=True))
    # The fourth is the 核查名单 that is being asked.
    assert states == {"done": 4, "preview": 1, "refused": 1, "discarded": 1}
    assert RosterImport.objects.get(state="preview").counts["rejected"] == 8
    assert RosterImport.objects.get(state="refused").refusal_code == "no_header"
    questions = Conflict.objects.filter(decision="").values_list("kind", flat=True)
    assert set(questions) == {"name_conflict", "field_conflict", "dose_conflict", "duplicate_person"}
    assert Resident.objects.filter(place="500233003000", status="active").count() == 2


@pytest.mark.django_db
def test_demo_leaves_fresh_figures_for_the_first_page(settings: Settings) -> None:
    demo(settings)
    campaign = Campaign.objects.get(is_default=True)
    assert is_fresh(campaign, DEMO_DAY) and not missing_phases(campaign, DEMO_DAY)
    assert not Job.objects.exclude(state="done").exists()


@pytest.mark.django_db
def test_a_second_demo_keeps_what_was_entered(settings: Settings) -> None:
    demo(settings)
    Resident.objects.filter(pk=Resident.objects.first().pk).update(remarks="记下的话")
    count = Resident.objects.count()
    assert "演示数据已在" in demo(settings)
    assert (Resident.objects.count(), Resident.objects.filter(remarks="记下的话").count()) == (count, 1)


@pytest.mark.django_db
def test_demo_refuses_a_database_with_real_people(settings: Settings, baiping: Place) -> None:
    make_resident(baiping)
    for arguments in ([], ["--reset"]):
        with pytest.raises(Refusal, match=r"^not_a_demo: "):
            demo(settings, *arguments)
    assert (Resident.objects.count(), Campaign.objects.count()) == (1, 0)


class Site:
    """`manage.py demo` as a process of its own on a SQLite file of its own."""

    def __init__(self, folder: Path):
        self._log = folder / "log"
        environment = os.environ | {"DATA_DIR": str(folder / "data"), "TODAY": "", "DEMO": ""}
        for name in ("DATABASE_URL", "REDIS_URL", "MEDIA_ROOT"):
            environment.pop(name, None)
        command = [sys.executable, "manage.py", "demo", "--people", "300", "--port", "8300"]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    @property
    def said(self) -> str:
        return self._log.read_text()

    def wait_for(self, pattern: str, seconds: float = 180) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            if found := re.search(pattern, self.said):
                return found[0]
            time.sleep(0.1)
        pytest.fail(f"{pattern} was not said:\n{self.said}")

    def children(self) -> list[int]:
        """Every process started under the command, grandchildren too."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                # The command's name may hold anything; the parent is the second word behind it.
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
        family = {self.process.pid}
        while grown := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= grown
        return sorted(family - {self.process.pid})


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    running = Site(tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.process.wait(timeout=30)


@pytest.mark.slow
def test_the_site_runs_until_ctrl_c_and_leaves_no_process(site: Site) -> None:
    address = site.wait_for(r"http://127\.0\.0\.1:\d+/")
    with urllib.request.urlopen(address, timeout=10) as page:
        assert page.status == 200
    deadline = time.monotonic() + 120
    # Web with two workers, worker with its child, scheduler.
    while len(running := site.children()) < 6 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(running) == 6
    os.kill(running[0], signal.SIGKILL)
    site.wait_for("意外停止")
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(timeout=60) == 0
    assert [pid for pid in running if Path(f"/proc/{pid}").exists()] == []
