"""What a row is called from one import to the next, so that repeating an import updates it.

In this order:

1. the column the user names with ``--key``;
2. the source's own identifier (`synonyms.IDS`); where that merely numbers the rows of one layer
   (`synonyms.SERIALS`), with the layer in front: "districts-17";
3. the layer and a hash of the geometry, or of what the row says where it has none.

Pieces of one id that touch, and have no different names, are one thing cut by a tile's edge: they
are dissolved. Things of one id that do not touch stay apart; the largest keeps the id, the others
get a hash of their own geometry behind it: "4711#1f09c2aa".
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from mapdesk.formats import synonyms
from mapdesk.formats.reading import Geometries
from mapdesk.formats.values import texts
from mapdesk.model.errors import InputError
from mapdesk.model.shapes import united

GRAIN = 0.01
"""Coordinates are rounded to this before hashing, metres: noise of a conversion is no change."""

TOUCH = 0.05
"""Pieces of one id this near to each other touch, metres: tiles round their edges."""

_LABELS = frozenset(("name", "code"))
"""Pieces that differ in one of these are different things, whatever their id says."""

_NATURAL_KEYS = {
    "person": ("name", "birth_date", "identity_number"),
}
"""Fields that tell rows without geometry and id apart; all fields where one of these is missing."""


def id_column(file: str, columns: list[str], noun: str, key: str | None) -> str | None:
    """Return the column that identifies rows, None where there is none.

    Raises
    ------
    InputError
        The user's key is no column.
    """
    if key is None:
        return synonyms.find(
            columns, (*synonyms.NOUN_IDS.get(noun, ()), *synonyms.IDS, *synonyms.SERIALS)
        )
    if key not in columns:
        raise InputError(f"{file} has no column '{key}' for --key: it has {', '.join(columns)}.")
    return key


def is_serial(column: str) -> bool:
    """Return whether a column merely numbers the rows of its layer."""
    return synonyms.normalise(column) in synonyms.SERIALS


def source_ids(column: pd.Series, layer: str, *, serial: bool) -> pd.Series:
    """Return ids from a column: texts, None where it is empty; serial ones with the layer."""
    ids = texts(column)
    return ids.map(lambda value: f"{layer}-{value}", na_action="ignore") if serial else ids


def geometry_hashes(geometry: Geometries) -> npt.NDArray[np.object_]:
    """Hash geometries so that one outline has one hash, wherever its ring starts.

    Parameters
    ----------
    geometry : array of shapely geometries
        In metres; rounded to `GRAIN`, order of parts, ring direction and first vertex do not count.

    Returns
    -------
    array of str
        16 hexadecimal digits each.
    """
    rounded = shapely.transform(geometry, lambda points: np.round(points / GRAIN) + 0.0)
    normal = shapely.to_wkb(shapely.normalize(rounded), byte_order=1)
    return np.array([_digest(each) for each in normal], dtype=object)


def row_hashes(rows: pd.DataFrame, noun: str) -> npt.NDArray[np.object_]:
    """Hash what rows without geometry say: their natural key where they have it, or all of it."""
    natural = _NATURAL_KEYS.get(noun, ())
    whole = _said(rows)
    if not set(natural) <= set(rows.columns) or not natural:
        return whole
    complete = rows[list(natural)].notna().all(axis=1).to_numpy()
    return np.where(complete, _said(rows[list(natural)]), whole)


def _said(rows: pd.DataFrame) -> npt.NDArray[np.object_]:
    columns = [rows[name].astype("object").where(rows[name].notna(), "") for name in rows]
    lines = zip(*(column.map(str) for column in columns), strict=True)
    return np.array([_digest("\x1f".join(line).encode()) for line in lines], dtype=object)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()


def dissolve(
    rows: pd.DataFrame, geometry: Geometries, piece_of: npt.NDArray[np.int64]
) -> tuple[pd.DataFrame, Geometries, npt.NDArray[np.int64], int, int]:
    """Join touching pieces that carry one id and come from different rows of the source.

    Parameters
    ----------
    rows : DataFrame
        With `id`; index 0 ... n - 1.
    geometry : array of shapely geometries
        Polygons or lines, metres.
    piece_of : array of int
        Source row of each; pieces of one source row are never joined.

    Returns
    -------
    rows, geometry, piece_of
        In the order of each thing's first piece; a field is the largest piece's that has one.
    pieces, things : int
        How many were joined, and into how many.
    """
    repeated = np.flatnonzero(rows["id"].duplicated(keep=False))
    group = np.arange(len(rows))
    if len(repeated):
        group = _touching(rows, geometry, piece_of, repeated)
    counts = np.bincount(group, minlength=len(rows))
    joined = np.flatnonzero(counts[group] > 1)
    if not len(joined):
        return rows, geometry, piece_of, 0, 0
    size = np.where(shapely.area(geometry) > 0, shapely.area(geometry), shapely.length(geometry))
    by_size = joined[np.argsort(-size[joined], kind="stable")]
    first = rows.iloc[by_size].groupby(group[by_size]).first()
    whole, shapes = rows.copy(), geometry.copy()
    for column in first.columns:
        whole.loc[first.index, column] = first[column].astype(whole[column].dtype)
    for leader in np.unique(group[joined]):
        shapes[leader] = _join(geometry[group == leader])
    kept = group == np.arange(len(rows))
    return (
        whole[kept].reset_index(drop=True),
        shapes[kept],
        piece_of[kept],
        len(joined),
        int(np.count_nonzero(counts > 1)),
    )


def _touching(
    rows: pd.DataFrame,
    geometry: Geometries,
    piece_of: npt.NDArray[np.int64],
    repeated: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Return for each piece the first piece it is connected with through touching ones."""
    tree = shapely.STRtree(geometry[repeated])
    left, right = tree.query(geometry[repeated], predicate="dwithin", distance=TOUCH)
    left, right = repeated[left], repeated[right]
    ids = rows["id"].to_numpy(dtype=object)
    together = (ids[left] == ids[right]) & (piece_of[left] != piece_of[right])
    for label in _LABELS.intersection(rows.columns):
        said = rows[label].to_numpy(dtype=object)
        unsaid = rows[label].isna().to_numpy()
        together &= unsaid[left] | unsaid[right] | (said[left] == said[right])
    left, right = left[together], right[together]
    group = np.arange(len(rows), dtype=np.int64)
    while True:
        nearer = group.copy()
        np.minimum.at(nearer, left, group[right])
        nearer = nearer[nearer]
        if np.array_equal(nearer, group):
            return group
        group = nearer


def _join(pieces: Geometries) -> shapely.Geometry:
    """Unite pieces; gaps that tiles left by rounding are closed."""
    union = united(pieces)
    if shapely.get_type_id(union) == shapely.GeometryType.MULTILINESTRING:
        return shapely.line_merge(union)
    if shapely.get_type_id(union) == shapely.GeometryType.MULTIPOLYGON:
        closed = shapely.buffer(union, TOUCH, join_style="mitre")
        return shapely.buffer(closed, -TOUCH, join_style="mitre")
    return union


def tell_apart(
    ids: pd.Series, hashes: npt.NDArray[np.object_], size: npt.NDArray[np.float64]
) -> tuple[pd.Series, int]:
    """Give things that share an id ids of their own.

    Parameters
    ----------
    ids : Series of str
        May repeat; index 0 ... n - 1.
    hashes : array of str
        Of each thing's geometry.
    size : array of float
        The largest thing of an id keeps the id as it is.

    Returns
    -------
    ids : Series of str
        Without repeats, and the same for the same things in any order.
    changed : int
        How many got a hash, and a number where even that repeats.
    """
    repeated = ids.duplicated(keep=False)
    if not repeated.any():
        return ids, 0
    table = pd.DataFrame({"id": ids, "size": size, "hash": hashes})[repeated]
    table = table.sort_values(["id", "size", "hash"], ascending=[True, False, True])
    later = table["id"].duplicated()
    suffixed = table["id"].where(~later, table["id"] + "#" + table["hash"].str.slice(0, 8))
    again = suffixed.groupby(suffixed).cumcount()
    suffixed = suffixed.where(again == 0, suffixed + "." + (again + 1).astype("str"))
    result = ids.copy()
    result[suffixed.index] = suffixed
    return result, int(later.sum())
