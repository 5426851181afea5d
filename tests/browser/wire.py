"""A wire between browser and server that can be cut: whole, in the middle of an answer, or for good."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

_PIECE = 4096


class Wire:
    """A TCP proxy on a port of its own. `cut()` drops every connection and lets no new one through."""

    def __init__(self, host: str, port: int):
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.is_cut = False
        # Cuts to come: after how many bytes more, and whether of those going up; how many there were.
        self._planned: list[tuple[int, bool]] = []
        self.cuts = 0
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self.is_cut = True
            _close(self._open)

    def mend(self) -> None:
        with self._lock:
            self.is_cut = False
            self._planned = []

    def cut_after(self, *planned: tuple[int, bool]) -> None:
        """Cut all connections once so many more bytes went up to the server (True) or to the browser (False).

        New connections come through at once; the next cut is counted from there.
        """
        with self._lock:
            self._planned = list(planned)

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listener.accept()
            except OSError:
                return
            if self.is_cut:
                browser.close()
                continue
            try:
                server = socket.create_connection(self._target)
            except OSError:
                browser.close()
                continue
            with self._lock:
                self._open |= {browser, server}
            threading.Thread(target=self._carry, args=(browser, server, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, browser, False), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, upwards: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                passed = self._passed(piece, upwards)
                target.sendall(passed)
                if passed != piece:
                    self._drop()
        with self._lock:
            _close({source, target})
            self._open -= {source, target}

    def _passed(self, piece: bytes, upwards: bool) -> bytes:
        """Return what of the piece still goes through before the next cut."""
        with self._lock:
            if not self._planned or self._planned[0][1] != upwards:
                return piece
            passed = piece[: self._planned[0][0]]
            self._planned[0] = (self._planned[0][0] - len(passed), upwards)
            return passed

    def _drop(self) -> None:
        with self._lock:
            self._planned = self._planned[1:]
            self.cuts += 1
            _close(self._open)


def _close(sockets: set[socket.socket]) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
