"""Imports go down the house only: reports → ledgers → campaigns → registry; wuyang wires them (design)."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

# Each floor may import from itself and from those after it in this list.
FLOORS = ["reports", "ledgers", "campaigns", "registry"]
ROOT = settings.BASE_DIR


def _modules(floor: str) -> list[Path]:
    return sorted(path for path in (ROOT / floor).rglob("*.py") if "migrations" not in path.parts)


def _imported_floors(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names} & {*FLOORS, "wuyang"}


@pytest.mark.parametrize("floor", FLOORS)
def test_floor_imports_only_downward(floor):
    allowed = set(FLOORS[FLOORS.index(floor) :])
    upward = {path.name: found for path in _modules(floor) if (found := _imported_floors(path) - allowed)}
    assert upward == {}


@pytest.mark.parametrize("name", ["rules", "chips", "words"])
def test_pure_modules_import_no_django(name):
    for path in ROOT.glob(f"*/{name}.py"):
        assert "django" not in path.read_text().lower(), path


def test_only_the_clock_asks_what_day_it_is():
    asking = {
        path.relative_to(ROOT).as_posix()
        for floor in FLOORS
        for path in _modules(floor)
        if "localdate()" in path.read_text() or "date.today(" in path.read_text()
    }
    assert asking == {"registry/clock.py"}
