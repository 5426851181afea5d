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
        # Cut once so many bytes have gone to the browser, and how often that happened.
        self._bytes_left: int | None = None
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
            self._bytes_left = None

    def cut_after(self, size: int) -> None:
        """Cut all connections once `size` more bytes have come back, then let new ones through again."""
        with self._lock:
            self._bytes_left = size

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
            threading.Thread(target=self._carry, args=(browser, server, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, browser, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                if counted and self._spent(len(piece)):
                    break
                target.sendall(piece)
        with self._lock:
            _close({source, target})
            self._open -= {source, target}

    def _spent(self, size: int) -> bool:
        with self._lock:
            if self._bytes_left is None:
                return False
            self._bytes_left -= size
            if self._bytes_left > 0:
                return False
            self._bytes_left = None
            self.cuts += 1
            _close(self._open)
            return True


def _close(sockets: set[socket.socket]) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
