"""Asking a server what its masks hide: each look is asked for and committed first, then answered."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from mapdesk.model.rights import Right
from mapdesk.store.database import Store, as_dicts
from mapdesk.store.rules import needs


@needs(Right.PEOPLE)
def find_people(store: Store, kind: str, text: str, limit: int) -> list[dict[str, Any]]:
    """Return masked residents of the user's areas; the question is on the server's record first.

    Parameters
    ----------
    kind : {"name", "initials", "phone", "identity"}
        A part of the name or an id; the beginning of pinyin initials; the last four or more digits of a
        telephone number; a whole identity number. Of the last two the server answers 20 questions in ten
        minutes.
    limit : int
        At most 200.

    Raises
    ------
    RightsError
        Too many questions, or no purpose was stated.
    InputError
        The text cannot be looked for.
    """
    with store.connect() as connection:
        asked = connection.scalar(
            sa.text("SELECT rights.ask_people(:kind, :text)"), {"kind": kind, "text": text}
        )
        found = sa.text("SELECT * FROM rights.found_people(:asked, CAST(:most AS integer))")
        most = max(min(limit, 1000), 0)
        return as_dicts(connection.execute(found, {"asked": asked, "most": most}))


@needs(Right.PEOPLE)
def born_between(store: Store, first: int, last: int) -> sa.Select[tuple[str]]:
    """Return the query of who was born from one day to another (yyyymmdd); asking is on the server's record.

    The server answers 20 such questions in ten minutes; the same question counts once.

    Raises
    ------
    RightsError
        Too many questions, or no purpose was stated.
    """
    asked = sa.text("SELECT rights.ask_births(:first, :last)")
    with store.connect() as connection:
        connection.execute(asked, {"first": first, "last": last})
    found = (
        sa.func.rights.born_between(first, last)
        .table_valued(sa.column("id", sa.String))
        .render_derived()
    )
    return sa.select(found.c.id)


@needs(Right.UNMASK)
def unmask_person(store: Store, person_id: str, reason: str) -> dict[str, Any] | None:
    """Return one person as the register has them; the reason is on the server's record first.

    Raises
    ------
    NotFoundError
        There is no such person in the user's areas.
    RightsError
        No reason, or no purpose was stated.
    """
    with store.connect() as connection:
        ask = sa.text("SELECT rights.ask_unmask(:id, :reason)")
        connection.execute(ask, {"id": person_id, "reason": reason})
    return unmasked_person(store, person_id)


@needs(Right.UNMASK)
def unmasked_person(store: Store, person_id: str) -> dict[str, Any] | None:
    """Return a person whom the user unmasked less than ten minutes ago.

    Raises
    ------
    RightsError
        That was longer ago, or never.
    """
    with store.connect() as connection:
        found = connection.execute(
            sa.text("SELECT * FROM rights.unmasked_person(:id)"), {"id": person_id}
        )
        rows = as_dicts(found)
    return rows[0] if rows else None


@needs(Right.BREAK_GLASS)
def break_glass(store: Store, reason: str) -> None:
    """Let the user look beyond their areas for 30 minutes, on a record of its own kind.

    Raises
    ------
    RightsError
        No reason, or no purpose was stated.
    """
    with store.connect() as connection:
        connection.execute(sa.text("SELECT rights.break_glass(:reason)"), {"reason": reason})


@needs(Right.CAMERAS)
def streams(store: Store, ids: Collection[str]) -> dict[str, tuple[str | None, str | None]]:
    """Return main and sub stream of cameras by id, 64 at most; each is on the server's record first."""
    wanted = {"ids": list(ids)}
    with store.connect() as connection:
        connection.execute(sa.text("SELECT rights.ask_streams(CAST(:ids AS text[]))"), wanted)
        found = sa.text("SELECT * FROM rights.streams(CAST(:ids AS text[]))")
        return {row[0]: (row[1], row[2]) for row in connection.execute(found, wanted)}


@needs(Right.PEOPLE)
def count_people(store: Store, building_ids: Collection[str]) -> int:
    """Return how many people of the user's areas live in these buildings, minors included."""
    asked = sa.text("SELECT rights.count_people(CAST(:ids AS text[]))")
    with store.connect() as connection:
        return int(connection.scalar(asked, {"ids": list(building_ids)}) or 0)
