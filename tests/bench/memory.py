"""How much memory a process and its children hold together, at the moment when that is most."""

from __future__ import annotations

import subprocess
from pathlib import Path

# Seconds between two looks; what comes and goes in between is not seen.
INTERVAL = 0.02


def watched(command: list[str], environment: dict[str, str]) -> tuple[subprocess.CompletedProcess[str], float]:
    """Run a command to its end; return it, and the most resident MB of it and its children at any moment (Linux).

    Pages that both have mapped count twice.
    """
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    peak = 0.0
    while True:
        try:
            out, err = process.communicate(timeout=INTERVAL)
            return subprocess.CompletedProcess(command, process.returncode, out, err), round(peak, 1)
        except subprocess.TimeoutExpired:
            peak = max(peak, _resident_mb(process.pid))


def _resident_mb(pid: int) -> float:
    return sum(_own_mb(one) for one in (pid, *_children(pid)))


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _text(task / "children").split()
        ]
    except OSError:
        return []


def _own_mb(pid: int) -> float:
    words = _text(Path(f"/proc/{pid}/status")).partition("VmRSS:")[2].split()
    return int(words[0]) / 1024 if words else 0.0


def _text(path: Path) -> str:
    """A process may end between two looks."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
