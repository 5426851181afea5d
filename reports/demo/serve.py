"""Running the site as child processes: web, worker and scheduler, started, watched and ended together."""

from __future__ import annotations

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from django.conf import settings

# A worker on the broker of files takes some six seconds to notice and to end.
_GRACE_SECONDS = 12.0
_START_SECONDS = 60.0
# A child that keeps dying is started again ever more slowly, up to this pause.
_LONGEST_PAUSE = 30.0
_PR_SET_PDEATHSIG = 1

Say = Callable[[str], None]


@dataclass
class Child:
    """One of the site's processes, with its own process group, so that nothing of it is left behind."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen | None = None
    started_at: float = 0.0
    pause: float = 1.0
    start_again_at: float = field(default=0.0)

    def start(self, environment: dict[str, str]) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - commands of our own
            list(self.command),
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, number: int) -> None:
        if self.is_running:
            self.process.send_signal(number)

    def clear(self) -> None:
        """End what is left of the group, such as a worker's children after the worker itself."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self.process.wait()


class Site:
    """Web, worker and scheduler until SIGINT or SIGTERM."""

    def __init__(self, host: str, port: int, environment: dict[str, str], say: Say):
        self._host, self._port, self._environment, self._say = host, port, environment, say
        self._children = [Child(name, command) for name, command in _commands(host, port).items()]
        # How often we were told to end: once is asking, twice is haste.
        self._told = 0

    def run(self) -> None:
        """Start the web server, say the address once it answers, then the others; stay until told to end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._end)
        try:
            web, *others = self._children
            web.start(self._environment)
            self._wait_until_it_answers()
            for child in others if not self._told else []:
                child.start(self._environment)
            while not self._told:
                self._start_dead_ones_again()
                time.sleep(0.3)
        finally:
            self._stop()

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._told += 1

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        local = "127.0.0.1" if self._host == "0.0.0.0" else self._host  # noqa: S104 - compared, not bound
        while not self._told and time.monotonic() < deadline:
            if _answers(local, self._port):
                self._say(f"网站已启动：http://{local}:{self._port}/    按 Ctrl-C 结束。")
                return
            self._start_dead_ones_again()
            time.sleep(0.2)
        if not self._told:
            self._say("网站没有在 60 秒内启动，请看上面的出错信息。")

    def _start_dead_ones_again(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None or child.is_running or self._told:
                continue
            if not child.start_again_at:
                child.clear()
                # A child that lived for a minute may start at once; one that just started waits.
                child.pause = 1.0 if now - child.started_at > 60 else min(child.pause * 2, _LONGEST_PAUSE)
                child.start_again_at = now + child.pause
                self._say(f"{child.name}意外停止（{child.process.returncode}），{child.pause:.0f} 秒后重新启动。")
            elif now >= child.start_again_at:
                child.start_again_at = 0.0
                child.start(self._environment)

    def _stop(self) -> None:
        """Ask all to end, wait a little, then end what is left of them."""
        self._say("正在停止，需要几秒……")
        for child in self._children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_SECONDS
        while any(child.is_running for child in self._children) and time.monotonic() < deadline:
            if self._told > 1:
                break
            time.sleep(0.1)
        for child in self._children:
            child.clear()
        self._say("已停止。数据都在，下次启动接着用。")


def free_port(host: str, wanted: int) -> int:
    """Return `wanted`, or the next port of the following hundred that nobody listens on."""
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {wanted} to {wanted + 99}")


def _commands(host: str, port: int) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app", "wuyang", "--quiet"]
    # One worker process on SQLite, where a second writer would only wait for the first.
    concurrency = "1" if settings.ON_SQLITE else "2"
    schedule = str(Path(settings.DATA_DIR) / "beat-schedule")
    return {
        "网站": [
            *python, "gunicorn", "wuyang.wsgi", "--bind", f"{host}:{port}", "--worker-class", "gthread",
            "--workers", "2", "--threads", "4", "--preload", "--timeout", "60", "--graceful-timeout", "5",
            "--log-level", "warning",
        ],
        "后台任务": [
            *celery, "worker", "--concurrency", concurrency, "--without-gossip", "--without-mingle",
            "--loglevel", "WARNING",
        ],
        "定时任务": [*celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING"],
    }  # fmt: skip


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/", headers={"Host": "127.0.0.1"})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def _die_with_parent() -> None:
    """Have the kernel end this child when the supervisor is killed outright."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
