"""What this machine has for tests: Chromium, PostgreSQL, Redis, started for the tests alone.

Standard library only: `make test` asks before Django is loaded.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# No sandbox: CI runs as root. The others keep Chromium from asking for anything of its own accord.
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


class Unavailable(Exception):
    """A service cannot be had here; the message says why."""


def everything_required() -> bool:
    """Return whether what cannot run is a failure: CI, or asked for by WUYANG_REQUIRE_ALL=1."""
    return os.environ.get("CI", "").lower() in ("1", "true") or os.environ.get("WUYANG_REQUIRE_ALL") == "1"


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome: CHROMIUM, or what the PATH has."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """Run a PostgreSQL of our own in a temporary folder; the URL of an empty database.

    Durability is switched off, since the data live as long as the tests; a benchmark wants it on.
    Raises Unavailable.
    """
    binaries = _postgresql_binaries()
    folder = Path(tempfile.mkdtemp(prefix="wuyang-pg-"))
    try:
        data, port, user = folder / "data", free_port(), _owner(folder)
        _call([binaries / "initdb", "-D", data, "-U", "wuyang", "-A", "trust", "-E", "UTF8", "--locale=C"], user)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        if not durable:
            options += " -c fsync=off -c full_page_writes=off"
        start = [binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-t", "60", "-o", options, "start"]
        _call(start, user)
        try:
            yield f"postgres://wuyang@127.0.0.1:{port}/postgres"
        finally:
            _call([binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postgresql_binaries() -> Path:
    """Return the newest folder with `initdb`, which Debian keeps outside the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise Unavailable("PostgreSQL is not installed (no initdb); or set DATABASE_URL to a server")
    return (found[-1] if found else Path(on_path or "").resolve()).parent


def _owner(folder: Path) -> str | None:
    """Return who runs the server, None for ourselves: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in known else "nobody"
    shutil.chown(folder, user)
    return user


def _call(command: list[str | Path], user: str | None) -> None:
    try:
        # Standard output goes nowhere: the server would keep a pipe open for as long as it runs.
        subprocess.run(
            [str(part) for part in command],
            user=user,
            cwd="/",
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
        )
    except subprocess.CalledProcessError as error:
        raise Unavailable(f"{Path(command[0]).name} failed: {error.stderr.strip()[-300:]}") from error


@contextmanager
def redis() -> Iterator[str]:
    """Run a Redis of our own that keeps nothing on disk; its URL. Raises Unavailable."""
    binary = shutil.which("redis-server")
    if not binary:
        raise Unavailable("Redis is not installed (no redis-server); or set REDIS_URL to a server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="wuyang-redis-") as folder:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        server = subprocess.Popen([binary, *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            _wait_for(port, server)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(timeout=10)


def _wait_for(port: int, server: subprocess.Popen, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise Unavailable(f"redis-server did not answer within {seconds:.0f} seconds")
