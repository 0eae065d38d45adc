"""Telling the server what the work in hand is for, once for each connection."""

from __future__ import annotations

from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from mapdesk.model.access import SHORTEST_PURPOSE
from mapdesk.model.errors import RightsError

_KEY = "purpose"


class Work:
    """The purpose in force on a shared district, carried to each connection as it leaves the pool.

    Nothing is asked of the server while a connection has heard the purpose already. Any thread may state
    one; a connection that is out of the pool keeps the purpose it left with.
    """

    def __init__(self, engine: Engine) -> None:
        self._purpose = ""
        sa.event.listen(engine, "checkout", self._on_checkout)

    def begin(self, purpose: str) -> None:
        """State what the work is for from now on."""
        if len(purpose) >= SHORTEST_PURPOSE:
            self._purpose = purpose

    def _on_checkout(
        self, raw: psycopg.Connection[tuple[Any, ...]], record: Any, _proxy: object
    ) -> None:
        purpose = self._purpose
        if not purpose or record.info.get(_KEY) == purpose:
            return
        was = raw.autocommit
        try:
            raw.autocommit = True
            raw.execute("SELECT rights.begin_work(%s)", (purpose,))
        except psycopg.OperationalError as error:
            raise sa.exc.DisconnectionError from error
        except psycopg.Error as error:
            raise RightsError(str(error).strip().splitlines()[0]) from error
        finally:
            if not raw.closed:
                raw.autocommit = was
        record.info[_KEY] = purpose
