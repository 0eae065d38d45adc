"""Hearing what other desks write to a shared district.

The server tells it when a transaction is kept: one notice, whatever it wrote; notices that come within
50 ms of each other are told as one.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from mapdesk.model.nouns import NOUNS
from mapdesk.store.database import Store
from mapdesk.store.engines.shared import CHANNEL, desk_of

if TYPE_CHECKING:
    import psycopg

TOGETHER = 0.05
"""Seconds within which notices are told as one."""

_LISTEN = 0.25
"""Seconds after which the thread looks whether it should end."""

_AGAIN = 1.0
"""Seconds between attempts to reach a server that is gone."""


class Watch:
    """A thread that listens until it is closed; of an embedded district there is nothing to hear.

    Parameters
    ----------
    on_written : callable
        Called on the thread with the keys of nouns that another desk wrote; with all of them after the
        server was gone, since anything may have been missed.
    on_reached : callable
        Called on the thread with False when the server is gone and True when it is back.
    """

    def __init__(
        self,
        store: Store,
        on_written: Callable[[frozenset[str]], None],
        on_reached: Callable[[bool], None],
    ) -> None:
        self._store = store
        self._on_written = on_written
        self._on_reached = on_reached
        self._closed = threading.Event()
        self._listening = threading.Event()
        self._thread: threading.Thread | None = None
        if store.is_shared:
            self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until the server's ear is ours, and say whether it is."""
        return self._listening.wait(seconds)

    def close(self) -> None:
        """Stop listening and wait for the thread."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        import psycopg

        was_gone = False
        while not self._closed.is_set():
            try:
                connection = self._connect()
            except (sa.exc.DBAPIError, psycopg.Error):
                self._closed.wait(_AGAIN)
                continue
            with connection:
                if was_gone:
                    was_gone = False
                    self._on_reached(True)
                    self._on_written(frozenset(NOUNS))
                try:
                    self._listen(connection)
                except psycopg.Error:
                    was_gone = True
                    self._listening.clear()
                    self._on_reached(False)

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        pooled = self._store.engine.raw_connection()
        raw: Any = pooled.driver_connection
        pooled.detach()
        raw.autocommit = True
        raw.execute(f"LISTEN {CHANNEL}")
        self._listening.set()
        ours: psycopg.Connection[tuple[Any, ...]] = raw
        return ours

    def _listen(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        own = desk_of(self._store.engine)
        while not self._closed.is_set():
            notices = list(connection.notifies(timeout=_LISTEN, stop_after=1))
            if notices:
                notices += connection.notifies(timeout=TOGETHER)
            said = [json.loads(notice.payload) for notice in notices]
            written = {noun for one in said if one["by"] != own for noun in one["nouns"]}
            if written:
                self._store.forget(written)
                self._on_written(frozenset(written))
