"""One pair of hands beside the caller's: writes a batch and fetches the next rows while the caller decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections

Item = TypeVar("Item")


class Background:
    """Runs one action at a time on the caller's database connection, within the caller's transaction.

    Between `submit` and `wait` the caller must leave the connection alone. On SQLite an action is done
    at once: there the database works in this process, and a thread would gain nothing.
    """

    def __init__(self) -> None:
        self._threaded = connection.vendor == "postgresql"
        self._futures: list[Future[None]] = []

    def __enter__(self) -> Background:
        if self._threaded:
            self._connection: Any = connections[DEFAULT_DB_ALIAS]
            self._connection.inc_thread_sharing()
            self._pool = ThreadPoolExecutor(max_workers=1)
        return self

    def __exit__(self, *_: object) -> None:
        if self._threaded:
            # Whatever happened to the caller: nobody else uses the connection once this block is left.
            self._pool.shutdown(wait=True)
            self._connection.dec_thread_sharing()

    def submit(self, action: Callable[[], None]) -> None:
        """Have an action done after those submitted before; its error comes out of the next `wait`."""
        if self._threaded:
            self._futures.append(self._pool.submit(self._run, action))
        else:
            action()

    def wait(self) -> None:
        """Wait for all that was submitted, and raise what the first that failed has raised."""
        futures, self._futures = self._futures, []
        for future in futures:
            future.result()

    def ahead(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield the items of an iterator that asks the database, each fetched while the one before is in use."""
        fetched: list[Item] = []

        def fetch() -> None:
            fetched.extend(islice(items, 1))

        self.submit(fetch)
        while True:
            self.wait()
            if not fetched:
                return
            item = fetched.pop()
            self.submit(fetch)
            yield item

    def _run(self, action: Callable[[], None]) -> None:
        connections[DEFAULT_DB_ALIAS] = self._connection
        try:
            action()
        finally:
            # The thread borrowed the connection; it must not close it.
            del connections[DEFAULT_DB_ALIAS]
