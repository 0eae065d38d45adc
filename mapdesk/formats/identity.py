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

from collections import Counter
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import shapely

from mapdesk.formats import synonyms
from mapdesk.formats.reading import Column, Columns, Geometries
from mapdesk.formats.values import missing, texts
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


def source_ids(column: Column, layer: str, *, serial: bool) -> Column:
    """Return ids from a column: texts, None where it is empty; serial ones with the layer."""
    ids = texts(column)
    if serial:
        ids[:] = [each if each is None else f"{layer}-{each}" for each in ids]
    return ids


def repeated(ids: Column) -> npt.NDArray[np.bool_]:
    """Return where an id stands that stands elsewhere too; None repeats None."""
    count = Counter(ids)
    if len(count) == len(ids):
        return np.zeros(len(ids), np.bool_)
    return np.array([count[each] > 1 for each in ids], np.bool_)


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


def row_hashes(columns: Columns, noun: str) -> npt.NDArray[np.object_]:
    """Hash what rows without geometry say: their natural key where they have it, or all of it."""
    whole = _said(columns)
    natural = {name: columns[name] for name in _NATURAL_KEYS.get(noun, ()) if name in columns}
    if len(natural) < len(_NATURAL_KEYS.get(noun, ())) or not natural:
        return whole
    complete = ~np.any([missing(column) for column in natural.values()], axis=0)
    return np.where(complete, _said(natural), whole)


def _said(columns: Columns) -> npt.NDArray[np.object_]:
    texts = [
        [
            "" if gone else str(value)
            for value, gone in zip(column.tolist(), missing(column), strict=True)
        ]
        for column in columns.values()
    ]
    lines = zip(*texts, strict=True)
    return np.array([_digest("\x1f".join(line).encode()) for line in lines], dtype=object)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()


def dissolve(
    columns: Columns, geometry: Geometries, piece_of: npt.NDArray[np.int64]
) -> tuple[Columns, Geometries, npt.NDArray[np.int64], int, int]:
    """Join touching pieces that carry one id and come from different rows of the source.

    Parameters
    ----------
    columns : dict of str to array
        With `id`.
    geometry : array of shapely geometries
        Polygons or lines, metres.
    piece_of : array of int
        Source row of each; pieces of one source row are never joined.

    Returns
    -------
    columns, geometry, piece_of
        In the order of each thing's first piece; a field is the largest piece's that has one.
    pieces, things : int
        How many were joined, and into how many.
    """
    group = np.arange(len(geometry))
    shared = np.flatnonzero(repeated(columns["id"]))
    if len(shared):
        group = _touching(columns, geometry, piece_of, shared)
    counts = np.bincount(group, minlength=len(group))
    joined = np.flatnonzero(counts[group] > 1)
    if not len(joined):
        return columns, geometry, piece_of, 0, 0
    size = np.where(shapely.area(geometry) > 0, shapely.area(geometry), shapely.length(geometry))
    by_size = joined[np.argsort(-size[joined], kind="stable")]
    whole = {name: column.copy() for name, column in columns.items()}
    for name, column in columns.items():
        there = by_size[~missing(column[by_size])][::-1]
        # What is written last stays: the largest piece's.
        whole[name][group[there]] = column[there]
    shapes = geometry.copy()
    for leader in np.unique(group[joined]):
        shapes[leader] = _join(geometry[group == leader])
    kept = group == np.arange(len(group))
    return (
        {name: column[kept] for name, column in whole.items()},
        shapes[kept],
        piece_of[kept],
        len(joined),
        int(np.count_nonzero(counts > 1)),
    )


def _touching(
    columns: Columns,
    geometry: Geometries,
    piece_of: npt.NDArray[np.int64],
    shared: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Return for each piece the first piece it is connected with through touching ones."""
    tree = shapely.STRtree(geometry[shared])
    left, right = tree.query(geometry[shared], predicate="dwithin", distance=TOUCH)
    left, right = shared[left], shared[right]
    ids = columns["id"]
    together = (ids[left] == ids[right]) & (piece_of[left] != piece_of[right])
    for label in _LABELS.intersection(columns):
        said, unsaid = columns[label], missing(columns[label])
        together &= unsaid[left] | unsaid[right] | (said[left] == said[right])
    left, right = left[together], right[together]
    group = np.arange(len(geometry), dtype=np.int64)
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
    ids: Column, hashes: npt.NDArray[np.object_], size: npt.NDArray[np.float64]
) -> tuple[Column, int]:
    """Give things that share an id ids of their own.

    Parameters
    ----------
    ids : array of str
        May repeat.
    hashes : array of str
        Of each thing's geometry.
    size : array of float
        The largest thing of an id keeps the id as it is.

    Returns
    -------
    ids : array of str
        Without repeats, and the same for the same things in any order.
    changed : int
        How many got a hash, and a number where even that repeats.
    """
    shared = np.flatnonzero(repeated(ids)).tolist()
    found, taken = ids.copy(), Counter[str]()
    for place in sorted(shared, key=lambda one: (ids[one], -size[one], hashes[one])):
        own = f"{ids[place]}#{hashes[place][:8]}" if taken[ids[place]] else ids[place]
        taken[own] += 1
        found[place] = own if taken[own] == 1 else f"{own}.{taken[own]}"
    return found, len(shared) - len(set(ids[shared]))
