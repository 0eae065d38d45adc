"""Asking a server to write the register: who corrects it reads it masked there, and writes by its functions.

What could be guessed by trying is asked for and committed first, on record, and then done.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.nouns import EDITED_PLACES
from mapdesk.model.rights import Right
from mapdesk.store import writing
from mapdesk.store.database import Store
from mapdesk.store.rules import needs

if TYPE_CHECKING:
    from mapdesk.store.changes import Edit

COMPARE = "compare with register"
"""What comparing a batch that waits is called on record: once in half an hour."""


@needs(Right.EDIT_REGISTER)
def ask_batch(store: Store, batch_id: str, action: str) -> None:
    """Put on record that a batch that waits is to be compared with the register or accepted."""
    _ask(store, "SELECT rights.ask_batch(:batch, :action)", {"batch": batch_id, "action": action})


def compare(connection: Connection, batch_id: str, *, complete: bool) -> None:
    """Name the rows of a batch that waits and compare them, once `ask_batch` is kept."""
    asked = sa.text("SELECT rights.compare_staged(:batch, :complete)")
    connection.execute(asked, {"batch": batch_id, "complete": complete})


def judge_line(connection: Connection, batch_id: str, line: int) -> None:
    """Say of one row anew what accepting it would do, once `ask_batch` is kept."""
    asked = sa.text("SELECT rights.judge_staged(:batch, :line)")
    connection.execute(asked, {"batch": batch_id, "line": line})


@needs(Right.EDIT_REGISTER)
def differing(store: Store, batch_id: str, lines: Collection[int]) -> dict[int, list[str]]:
    """Return by line which fields of the register rows that wait would change; on record first."""
    ask_batch(store, batch_id, COMPARE)
    asked = sa.text("SELECT * FROM rights.staged_differences(:batch, CAST(:lines AS bigint[]))")
    with store.connect() as connection:
        rows = connection.execute(asked, {"batch": batch_id, "lines": list(lines)})
        return {int(line): list(fields) for line, fields in rows}


@needs(Right.EDIT_REGISTER)
def accept(
    store: Store,
    batch_id: str,
    statuses: Collection[str],
    lines: Collection[int],
    but: Collection[int],
) -> str:
    """Write rows that wait as one batch and return its id; see `staging.accept`."""
    ask_batch(store, batch_id, "accept into register")
    asked = (
        "rights.accept_staged(:batch, CAST(:statuses AS text[]), CAST(:lines AS bigint[]), "
        "CAST(:but AS bigint[]))"
    )
    values = {"batch": batch_id, "statuses": list(statuses), "lines": list(lines)}
    return _write(store, asked, values | {"but": list(but)}, writing.REGISTER)


@needs(Right.EDIT_REGISTER)
def write_edits(store: Store, title: str, edits: Iterable[Edit]) -> str:
    """Write edits of the register as one batch and return its id; see `changes.apply`."""
    told = [
        {"noun": one.noun, "id": one.id, "before": one.before, "after": one.after} for one in edits
    ]
    values = {"title": title, "edits": json.dumps(told, default=_plain)}
    _ask(store, "SELECT rights.ask_edits(:title, CAST(:edits AS jsonb))", values)
    asked = "rights.write_edits(:title, CAST(:edits AS jsonb))"
    return _write(store, asked, values, writing.REGISTER)


@needs(Right.EDIT_PLACES)
def undo(store: Store, batch_id: str, nouns: Collection[str]) -> str:
    """Undo a batch that changed some nouns and return the id of the one that did; see `undoing.undo`."""
    of_places = set(nouns) == set(EDITED_PLACES)
    if not of_places:
        store.identity.require(Right.EDIT_REGISTER)
    asked = f"rights.undo_{'places' if of_places else 'register'}(:batch)"
    return _write(store, asked, {"batch": batch_id}, nouns)


@needs(Right.EDIT_REGISTER)
def has_identity(store: Store, identity_number: str, but: str) -> bool:
    """Say whether anyone but one person has an identity number, in whatever area; on record first."""
    values = {"number": identity_number, "but": but}
    _ask(store, "SELECT rights.ask_identity(:number)", {"number": identity_number})
    with store.connect() as connection:
        asked = sa.text("SELECT rights.has_identity(:number, :but)")
        return bool(connection.scalar(asked, values))


def _ask(store: Store, asked: str, values: dict[str, Any]) -> None:
    with store.connect() as connection:
        connection.execute(sa.text(asked), values)


def _write(store: Store, asked: str, values: dict[str, Any], nouns: Collection[str]) -> str:
    with writing.transaction(store) as connection:
        batch = str(connection.scalar(sa.text(f"SELECT {asked}"), values))
        store.backend.announce(connection, nouns)
    return batch


def _plain(value: object) -> str:
    """Return a date as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value)} is in no row of the register")
