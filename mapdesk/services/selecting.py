"""What lies inside a shape drawn on the ground."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import shapely

from mapdesk.feeds.positions import Positions
from mapdesk.model.access import Access, mask_row
from mapdesk.model.errors import InputError
from mapdesk.model.nouns import NOUNS, PLACED
from mapdesk.model.selection import Living, Selection
from mapdesk.model.shapes import Area, GroundShape
from mapdesk.services import counting
from mapdesk.store import places
from mapdesk.store.database import Store

GESTURE_NOUNS = (
    "camera",
    "building",
    "worker",
    "sensor",
    "organisation",
    "incident",
    "component",
    "resource",
)
"""What one gesture on the map takes, in the order of the selection panel."""


def select(
    store: Store,
    nouns: Sequence[str],
    shape: GroundShape,
    positions: Positions | None = None,
) -> Selection:
    """Return the ids of each noun that touch `shape`; `counted` says how many people live there.

    Parameters
    ----------
    nouns : sequence of str
        Keys of placed nouns.
    positions : Positions, optional
        Where workers are now; without it their last stored place counts.

    Raises
    ------
    InputError
        A noun that does not exist or has no place.
    """
    groups: dict[str, tuple[str, ...]] = {}
    for noun in nouns:
        check_placed(noun)
        if noun == "worker" and positions is not None:
            inside = shape.contains(positions.xy)
            ids = tuple(sorted(positions.ids[inside].tolist()))
        else:
            ids = places.ids_within(store, noun, shape)
        if ids:
            groups[noun] = ids
    return Selection(groups, shape=shape)


def counted(store: Store, access: Access, selection: Selection) -> Selection:
    """Return a selection with how many people live in its buildings, or why the user is not told.

    It needs a purpose, and is one row on record: ask for a selection that has settled.
    """
    buildings = selection.ids("building")
    living = counting.people_of(store, access, buildings) if buildings else Living(0)
    return replace(selection, people=living)


def check_placed(noun: str) -> None:
    """Raise InputError unless `noun` is one that has a place on the map."""
    if noun in PLACED:
        return
    if noun in NOUNS:
        raise InputError(f"'{noun}' has no place on the map; choose from {', '.join(PLACED)}.")
    raise InputError(f"'{noun}' is not a kind of thing; choose from {', '.join(PLACED)}.")


def shape_of(store: Store, noun: str, key: str) -> Area:
    """Return the polygon of a grid, building or other area as a shape to select with."""
    geometry = places.row(store, noun, key)["geometry"]
    if geometry is None or shapely.get_dimensions(geometry) != 2:
        raise InputError(f"{noun} '{key}' is not an area.")
    return Area.from_geometry(geometry)


def bounds_of(store: Store, noun: str, ids: Sequence[str]) -> tuple[float, float, float, float]:
    """Return (xmin, ymin, xmax, ymax) in metres of these things, with some room around."""
    shapes = [row["geometry"] for row in places.rows(store, noun, ids) if row["geometry"]]
    xmin, ymin, xmax, ymax = shapely.total_bounds(shapes).tolist()
    room = max(40.0, 0.1 * max(xmax - xmin, ymax - ymin))
    return (xmin - room, ymin - room, xmax + room, ymax + room)


def details(
    store: Store, selection: Selection, nouns: Iterable[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows behind the ids of a selection, masked, geometry included, by noun."""
    return {
        noun: [mask_row(noun, row) for row in places.rows(store, noun, selection.ids(noun))]
        for noun in nouns
    }
