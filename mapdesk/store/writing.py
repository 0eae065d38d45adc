"""Writing rows: whole batches, in one transaction, updating where the id is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import shapely
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.errors import InputError, WorldError
from mapdesk.model.noun import Noun
from mapdesk.model.nouns import NOUNS
from mapdesk.model.rights import Right
from mapdesk.store import flat
from mapdesk.store.database import Store
from mapdesk.store.engines.backend import first_line
from mapdesk.store.rules import needs
from mapdesk.store.schema import TABLES
from mapdesk.store.statements import Check, hold

if TYPE_CHECKING:
    import pandas as pd

REGISTER = frozenset({"person", "household", "unit"})
"""Nouns of the register; everything else is a place."""

_ARROW = {
    "text": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
}


@needs(None)
@contextmanager
def transaction(store: Store, *, keep: bool = True) -> Iterator[Connection]:
    """Give a connection whose writes are all kept, or none; none at all unless `keep`.

    Indexes of written nouns are dropped when it ends. A full disk and the like become a WorldError.
    """
    try:
        with store.engine.connect() as connection, connection.begin() as changes:
            yield connection
            if not keep:
                changes.rollback()
    except sa.exc.DBAPIError as error:
        raise store.backend.failure(store.place, error) or WorldError(
            f"{store.place} could not be written, nothing was changed: {first_line(error)}"
        ) from error
    finally:
        store.forget(set(NOUNS))


@needs(None)
def upsert(
    store: Store, connection: Connection, frames: Mapping[str, pd.DataFrame]
) -> dict[str, tuple[int, int]]:
    """Insert rows whose id is new and update the others, noun by noun in order of reference.

    Parameters
    ----------
    frames : mapping of noun key to DataFrame
        Columns ``id``, fields of the noun (missing ones are left as they are on update), and
        ``geometry`` (shapely, district CRS). Ids are unique within a frame.

    Returns
    -------
    dict of noun key to (new, updated)

    Raises
    ------
    InputError
        A row refers to something that is not there.
    RightsError
        The user may not change one of the nouns.
    """
    for key, rows in frames.items():
        if not rows.empty:
            store.identity.require(right_to_change(key))
    result = {}
    for key, noun in NOUNS.items():
        frame = frames.get(key)
        if frame is None or frame.empty:
            continue
        updated = store.backend.upsert(connection, TABLES[key], as_arrow(noun, frame))
        result[key] = (len(frame) - updated, updated)
    for key in result:
        check_references(connection, key)
    if flat.SOURCES & set(result):
        flat.rebuild(connection)
    store.backend.announce(connection, result.keys())
    return result


@needs(Right.EDIT_PLACES)
def take_source_out(
    store: Store, connection: Connection, noun: str, source: str, only: str | None = None
) -> int:
    """Delete the rows of a place noun that came from a source, and the source; return how many rows.

    With `only`, the row of that id goes alone.
    """
    if noun in REGISTER:
        raise ValueError(f"{noun} is of the register: its batches are undone by store.undoing")
    table, sources = TABLES[noun], TABLES["source"]
    chosen = table.c.source == source if only is None else table.c.id == only
    count = int(connection.scalar(sa.select(sa.func.count()).where(chosen)) or 0)
    connection.execute(store.backend.stored(sa.delete(table).where(chosen)))
    connection.execute(sa.delete(sources).where(sources.c.id == source))
    store.backend.announce(connection, [noun])
    return count


def right_to_change(noun: str) -> Right:
    """Return the right that changing rows of a noun takes."""
    return Right.EDIT_REGISTER if noun in REGISTER else Right.EDIT_PLACES


def as_arrow(noun: Noun, frame: pd.DataFrame) -> pa.Table:
    """Return a frame's columns that the noun has, as an engine takes them."""
    arrays: dict[str, Any] = {"id": pa.array(frame["id"].astype(str), pa.string())}
    for field in noun.fields:
        if field.name in frame.columns:
            arrays[field.name] = pa.array(
                frame[field.name], type=_ARROW[field.type], from_pandas=True
            )
    if noun.geometry and "geometry" in frame.columns:
        wkb = shapely.to_wkb(frame["geometry"].to_numpy(), output_dimension=2)
        arrays["geometry"] = pa.array(wkb, pa.binary())
    return pa.table(arrays)


def check_references(connection: Connection, key: str, ids: sa.SelectBase | None = None) -> None:
    """Raise InputError where a row of a noun, of some ids if they are given, refers to what is not there."""
    hold(connection, references(key, ids))


def references(key: str, ids: sa.SelectBase | None = None) -> list[Check]:
    """Return the checks of a noun's references, of some ids if they are given."""
    noun, table = NOUNS[key], TABLES[key]
    rows = table if ids is None else sa.select(table).where(table.c.id.in_(ids)).subquery()
    checks = []
    for field in noun.fields:
        if field.refers_to is None:
            continue
        target = TABLES[field.refers_to].alias("target")
        column = rows.c[field.name]
        dangling = (
            sa.select(rows.c.id, column)
            .select_from(rows.outerjoin(target, target.c.id == column))
            .where(column.is_not(None), target.c.id.is_(None))
        )
        sentence = (
            f"{noun.key} '{{0}}' has {field.name} '{{1}}', but there is no {field.refers_to} with that "
            f"id; import the {NOUNS[field.refers_to].title.lower()} first or correct the field."
        )
        checks.append(Check(dangling, InputError, sentence))
    return checks


def held_by_others(
    connection: Connection, noun: str, ids: list[str], source: str
) -> dict[str, str]:
    """Return those of `ids` that rows of another source have, with that source's title."""
    table, sources = TABLES[noun], TABLES["source"]
    if "source" not in table.c or not ids:
        return {}
    query = (
        sa.select(table.c.id, sources.c.title)
        .select_from(table.outerjoin(sources, sources.c.id == table.c.source))
        .where(table.c.source != source)
    )
    wanted = set(ids)
    return {
        key: title or "another source" for key, title in connection.execute(query) if key in wanted
    }
