"""Reading nouns that are not personal, and where they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray

from mapdesk.model.errors import NotFoundError
from mapdesk.model.features import Features
from mapdesk.model.noun import FieldType
from mapdesk.model.nouns import NOUNS, PLACED
from mapdesk.model.rights import Right
from mapdesk.model.shapes import GroundShape
from mapdesk.store import map_items
from mapdesk.store.database import Store, as_dicts
from mapdesk.store.geometry import as_wkb
from mapdesk.store.rules import needs
from mapdesk.store.schema import TABLES
from mapdesk.store.spatial import SpatialIndex


@needs(Right.PLACES)
def counts(store: Store) -> dict[str, int]:
    """Return how many rows each noun has, people of the whole district too."""
    with store.connect() as connection:
        known: dict[str, int] = {}
        if store.is_guest:
            known = {row[0]: row[1] for row in connection.execute(_PERSONAL_COUNTS)}
        return {
            key: int(known[key] if key in known else connection.scalar(_count(table)) or 0)
            for key, table in TABLES.items()
        }


_PERSONAL_COUNTS = sa.text("SELECT noun, rows FROM rights.personal_counts()")
"""Who may not see people may know how many there are in all."""


def _count(table: sa.Table) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(table)


@needs(Right.PLACES)
def features(
    store: Store,
    noun: str,
    columns: Sequence[str] = (),
    *,
    geometry: bool = True,
    placed: bool = False,
) -> Features:
    """Read all rows of a noun as columns, ordered by id.

    Parameters
    ----------
    columns : sequence of str
        Fields to read beside ``id``.
    geometry : bool
        Read geometry too, and leave out rows that have none.
    placed : bool
        Leave out rows that have no geometry even where it is not read.
    """
    table = _table(noun)
    query = sa.select(table.c.id, *[table.c[name] for name in columns]).order_by(table.c.id)
    if geometry:
        query = query.add_columns(as_wkb(table.c.geometry).label("wkb"))
    if geometry or placed:
        query = query.where(table.c.geometry.is_not(None))
    with store.connect() as connection:
        found = store.backend.columns(connection, query)
    shapes = shapely.from_wkb(np.array(found["wkb"], object)) if geometry else None
    return Features(noun, _array(found["id"], "text"), _arrays(noun, columns, found), shapes)


@needs(Right.PLACES)
def hashed_features(
    store: Store,
    noun: str,
    columns: Sequence[str],
    hashed: Sequence[str],
    *,
    geometry: bool = False,
) -> tuple[Features, NDArray[np.uint64], NDArray[np.object_] | None]:
    """Read the rows of a noun that have a place, ordered by id, with a hash of each.

    Geometry comes apart, as well-known binary (n,), and where it is asked for: as shapes it would take
    three times the room.

    The hash (n,) changes when the id, the place or one of the columns `hashed` does; it is made where
    the rows lie, and is another one in another engine or version of it.
    """
    table = _table(noun)
    parts = [table.c.id, *[table.c[name] for name in hashed]]
    made = store.backend.row_hash(parts, as_wkb(table.c.geometry)).label("row_hash")
    query = sa.select(table.c.id, made, *[table.c[name] for name in columns])
    query = query.where(table.c.geometry.is_not(None)).order_by(table.c.id)
    if geometry:
        query = query.add_columns(as_wkb(table.c.geometry).label("wkb"))
    with store.connect() as connection:
        found = store.backend.columns(connection, query)
    wkb = np.array(found.get("wkb", []), object) if geometry else None
    signed = [value & _BITS for value in found.get("row_hash", [])]
    ids = _array(found.get("id", []), "text")
    features = Features(noun, ids, _arrays(noun, columns, found))
    return features, np.array(signed, np.uint64), wkb


_BITS = 2**64 - 1


@needs(Right.PLACES)
def wkb_of(store: Store, noun: str, only: Collection[str] | None = None) -> dict[str, bytes]:
    """Return the place of rows that have one, as well-known binary, by id; of all by default."""
    table = _table(noun)
    query = sa.select(table.c.id, as_wkb(table.c.geometry).label("wkb"))
    query = query.where(table.c.geometry.is_not(None))
    if only is not None:
        query = query.where(table.c.id.in_(list(only)))
    with store.connect() as connection:
        found = store.backend.columns(connection, query)
    return dict(zip(found.get("id", []), found.get("wkb", []), strict=True))


def _arrays(
    noun: str, columns: Sequence[str], found: dict[str, list[Any]]
) -> dict[str, NDArray[Any]]:
    types = {field.name: field.type for field in NOUNS[noun].fields}
    return {name: _array(found[name], types[name]) for name in columns}


def _array(column: list[Any], kind: FieldType) -> NDArray[Any]:
    """Return a column as an array; missing text is None, missing numbers nan, missing times NaT."""
    missing = None in column
    dtype: dict[str, Any] = {
        "text": object,
        "int": float if missing else np.int64,
        "float": float,
        "bool": object if missing else bool,
        "date": "datetime64[D]",
        "datetime": "datetime64[us]",
    }
    return np.array(column, dtype[kind])


def _table(noun: str) -> sa.Table:
    """Return the table of a noun that is not personal: those are read through `people`."""
    if NOUNS[noun].personal:
        raise ValueError(f"{noun} is personal: read it through store.people")
    return TABLES[noun]


@needs(Right.PLACES)
def index_of(store: Store, noun: str) -> SpatialIndex:
    """Return the spatial index of a placed noun, building it at first use."""
    return store.indexes.get(noun) or store.indexes.put(noun, features(store, noun))


@needs(Right.PLACES)
def ids_within(store: Store, noun: str, shape: GroundShape) -> tuple[str, ...]:
    """Return the ids of a noun that touch `shape`, sorted."""
    index = index_of(store, noun)
    return tuple(index.features.ids[index.within(shape)].tolist())


@needs(Right.PLACES)
def ids_at(store: Store, noun: str, x: float, y: float) -> tuple[str, ...]:
    """Return the ids of polygons that hold a point (m)."""
    index = index_of(store, noun)
    return tuple(index.features.ids[index.at(x, y)].tolist())


@needs(Right.PLACES)
def rows(store: Store, noun: str, ids: Collection[str]) -> list[dict[str, Any]]:
    """Return whole rows, geometry included, in the order of `ids`; unknown ids are left out.

    Personal nouns are not read here: see `people`.
    """
    table = _table(noun)
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    with store.connect() as connection:
        found = as_dicts(connection.execute(sa.select(table).where(table.c.id.in_(wanted))))
    by_id = {row["id"]: row for row in found}
    return [by_id[key] for key in wanted if key in by_id]


@needs(Right.PLACES)
def row(store: Store, noun: str, key: str) -> dict[str, Any]:
    """Return one whole row.

    Raises
    ------
    NotFoundError
        No such id.
    """
    found = rows(store, noun, [key])
    if not found:
        raise NotFoundError(
            f"There is no {noun.replace('_', ' ')} '{key}'; 'mapdesk find' looks for names and ids."
        )
    return found[0]


@needs(Right.PLACES)
def where(
    store: Store, noun: str, column: str, values: Iterable[str | int], limit: int | None = None
) -> list[dict[str, Any]]:
    """Return rows of a noun whose `column` is one of `values`, geometry left out, ordered by id."""
    table = _table(noun)
    wanted = [table.c[name] for name in ("id", *NOUNS[noun].field_names)]
    query = sa.select(*wanted).where(table.c[column].in_(list(values))).order_by(table.c.id)
    with store.connect() as connection:
        return as_dicts(connection.execute(query.limit(limit)))


@needs(Right.PLACES)
def grid_chain(store: Store, grid_id: str | None) -> list[dict[str, Any]]:
    """Return a grid and the grids above it, the highest first."""
    chain: list[dict[str, Any]] = []
    seen: set[str] = set()
    while grid_id and grid_id not in seen:
        seen.add(grid_id)
        found = rows(store, "grid", [grid_id])
        if not found:
            break
        chain.append({key: value for key, value in found[0].items() if key != "geometry"})
        grid_id = found[0]["parent_id"]
    return chain[::-1]


@needs(Right.PLACES)
def bounds(store: Store, noun: str) -> tuple[float, float, float, float] | None:
    """Return (xmin, ymin, xmax, ymax) in metres of a placed noun; None where it has no rows."""
    placed = index_of(store, noun).features.placed
    if not len(placed):
        return None
    xmin, ymin, xmax, ymax = shapely.total_bounds(placed).tolist()
    return (xmin, ymin, xmax, ymax)


@needs(Right.PLACES)
def extent(store: Store) -> tuple[float, float, float, float] | None:
    """Return (xmin, ymin, xmax, ymax) in metres of everything placed; None where nothing is."""
    boxes = [box for noun in PLACED if (box := bounds(store, noun)) is not None]
    if not boxes:
        return None
    low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
    return (float(low[0]), float(low[1]), float(high[2]), float(high[3]))


@needs(Right.PLACES)
def attributions(store: Store) -> list[str]:
    """Return the attribution of every source the district was made from, sorted, without repeats.

    Those of its terrain are among them, of pictures of the ground only where they are shown.
    """
    table = TABLES["source"]
    with store.connect() as connection:
        found = connection.execute(sa.select(table.c.attribution)).scalars().all()
    ground = [item.content.get("attribution") for item in map_items.items(store, "terrain")]
    return sorted({text for text in [*found, *ground] if text and isinstance(text, str)})
