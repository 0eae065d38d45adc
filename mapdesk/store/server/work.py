"""Telling the server, once for each connection, what the work in hand is for and that a code was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from mapdesk.model.access import SHORTEST_PURPOSE
from mapdesk.model.errors import RightsError

if TYPE_CHECKING:
    import psycopg

_PURPOSE, _TICKET = "purpose", "ticket"


class Work:
    """What is in force on a shared district, carried to each connection as it leaves the pool.

    Nothing is asked of the server while a connection has heard it already. Any thread may state a purpose; a
    connection that is out of the pool keeps the one it left with.

    Parameters
    ----------
    ticket : str
        Stands for the code its user gave; empty where the server asks for none.
    password : str
        What new connections sign in with, where that is not what the engine was made with.
    """

    def __init__(self, engine: Engine, ticket: str = "", password: str = "") -> None:
        self._purpose = ""
        self._ticket = ticket
        self._password = password
        sa.event.listen(engine, "do_connect", self._on_connect)
        sa.event.listen(engine, "checkout", self._on_checkout)

    def begin(self, purpose: str) -> None:
        """State what the work is for from now on."""
        if len(purpose) >= SHORTEST_PURPOSE:
            self._purpose = purpose

    def show(self, ticket: str) -> None:
        """Show another ticket from now on."""
        self._ticket = ticket

    def go_on(self, ticket: str, password: str) -> None:
        """Take over what its user proved anew; what is empty stays as it was."""
        self._ticket = ticket or self._ticket
        self._password = password or self._password

    def _on_connect(
        self, _dialect: object, _record: object, _arguments: object, values: dict[str, Any]
    ) -> None:
        if self._password:
            values["password"] = self._password

    def _on_checkout(
        self, raw: psycopg.Connection[tuple[Any, ...]], record: Any, _proxy: object
    ) -> None:
        # The ticket first: without it the server hears of no purpose.
        self._tell(raw, record, _TICKET, "SELECT rights.show_ticket(%s)", self._ticket)
        self._tell(raw, record, _PURPOSE, "SELECT rights.begin_work(%s)", self._purpose)

    def _tell(
        self, raw: psycopg.Connection[tuple[Any, ...]], record: Any, key: str, call: str, text: str
    ) -> None:
        if not text or record.info.get(key) == text:
            return
        import psycopg

        was = raw.autocommit
        try:
            raw.autocommit = True
            raw.execute(call.encode(), (text,))
        except psycopg.OperationalError as error:
            raise sa.exc.DisconnectionError from error
        except psycopg.Error as error:
            raise RightsError(str(error).strip().splitlines()[0]) from error
        finally:
            if not raw.closed:
                raw.autocommit = was
        record.info[key] = text
