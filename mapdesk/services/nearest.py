"""Who or what is nearest to a place."""

from __future__ import annotations

from typing import Any

import numpy as np

from mapdesk.feeds.positions import Positions
from mapdesk.model.errors import InputError
from mapdesk.model.nouns import POINTS
from mapdesk.model.selection import Nearby, Ref
from mapdesk.store import places
from mapdesk.store.database import Store

NEARABLE = (*POINTS, "building")
"""Nouns that `nearest` answers for: points, and buildings where there are no workers yet."""


def nearest(
    store: Store,
    noun: str,
    x: float,
    y: float,
    count: int,
    positions: Positions | None = None,
) -> list[Nearby]:
    """Return the `count` things of a noun nearest to a point (m), nearest first.

    Distances are straight lines in metres; of a building, to its wall. Workers off duty or busy are
    left out, so that the first answer is one who can go; the reason says where the position is from.

    Raises
    ------
    InputError
        A noun without points, or a count below 1.
    """
    if noun not in NEARABLE:
        raise InputError(f"'{noun}' has no nearest; choose from {', '.join(NEARABLE)}.")
    if count < 1:
        raise InputError(f"--count must be at least 1, not {count}.")
    if noun == "worker":
        return _workers(store, x, y, count, positions)
    index = places.index_of(store, noun)
    order, metres = index.nearest(x, y, count)
    ids = index.features.ids[order].tolist()
    by_id = {row["id"]: row for row in places.rows(store, noun, ids)}
    found = []
    for place, key, distance in zip(order.tolist(), ids, metres.tolist(), strict=True):
        row = by_id[key]
        at = index.features.xy[place] if index.xy is None else index.xy[place]
        found.append(_nearby(store, noun, row, (x, y), at, distance, str(row.get("kind") or "")))
    return found


def _workers(
    store: Store, x: float, y: float, count: int, positions: Positions | None
) -> list[Nearby]:
    known = places.features(store, "worker", ["status", "on_gps"])
    status = dict(zip(known.ids.tolist(), known.columns["status"].tolist(), strict=True))
    is_live = positions is not None
    if positions is None:
        positions = Positions(known.ids, known.xy, 0.0)
    free = np.array(
        [status.get(key) in ("available", None) for key in positions.ids.tolist()], bool
    )
    order, metres = positions.nearest(x, y, count, free)
    ids = positions.ids[order].tolist()
    by_id = {row["id"]: row for row in places.rows(store, "worker", ids)}
    found = []
    for place, key, distance in zip(order.tolist(), ids, metres.tolist(), strict=True):
        row = by_id[key]
        where = "live GPS position" if is_live and row["on_gps"] else "last known place"
        reason = f"available, {where}" + (f", {row['role']}" if row["role"] else "")
        found.append(_nearby(store, "worker", row, (x, y), positions.xy[place], distance, reason))
    return found


def _nearby(
    store: Store,
    noun: str,
    row: dict[str, Any],
    origin: tuple[float, float],
    at: np.ndarray[Any, Any],
    metres: float,
    reason: str,
) -> Nearby:
    name = str(row.get("name") or row.get("title") or row.get("text") or row["id"])
    bearing = store.district.bearing(origin[0], origin[1], float(at[0]), float(at[1]))
    status = str(row.get("status") or "")
    ref = Ref(noun, str(row["id"]))
    return Nearby(ref, name, metres, bearing, status, reason, float(at[0]), float(at[1]))
