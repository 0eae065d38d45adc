"""Figures of points for a style: their fields, what happened near them, how long, how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.layers.legend import Figures
from mapdesk.layers.measures import NEAR, Measure
from mapdesk.model.errors import InputError
from mapdesk.model.language import LANGUAGE
from mapdesk.model.nouns import NOUNS
from mapdesk.store import places, readings
from mapdesk.store.database import Store

Floats = NDArray[np.float64]


def of_points(store: Store, noun: str, measure: Measure | None) -> Figures:
    """Return a figure for each point of a noun that has a place.

    Raises
    ------
    InputError
        The district has none.
    """
    columns = [measure.key] if measure is not None and measure.field else _needed(measure)
    found = places.features(store, noun, columns)
    if not len(found):
        title = NOUNS[noun].title.lower()
        raise InputError(f"There are no {title} to colour; File, Import brings some in.")
    count = len(found)
    plain = Figures(found.ids, np.zeros(count), np.zeros(count, bool))
    if measure is None:
        return plain
    if measure.field:
        values = found.columns[measure.key]
        if NOUNS[noun].field(measure.key).type == "bool":
            values = np.array([_YES.get(value) for value in values.tolist()], object)
        return replace(plain, values=values)
    if measure.key == "incidents near":
        return replace(plain, values=_near(store, found.placed))
    if measure.key == "class":
        return replace(plain, values=_classes(store, found.columns["class_id"]))
    if measure.key == "days open":
        return replace(plain, values=_days_open(found.columns))
    kinds = found.columns["kind"]
    if not measure.by_day:
        bounds = _bounds(store, kinds)
        return replace(plain, values=_share(found.columns["value"].astype(float), bounds))
    return _by_day(store, plain, _bounds(store, kinds))


_YES = {True: "yes", False: "no"}


def _needed(measure: Measure | None) -> list[str]:
    if measure is None:
        return []
    return {
        "class": ["class_id"],
        "days open": ["reported_at", "closed_at"],
        "bound": ["kind", "value"],
        "bound by day": ["kind"],
    }.get(measure.key, [])


def _near(store: Store, points: NDArray[np.object_]) -> Floats:
    """Return how many incidents are within `NEAR` metres of each point."""
    incidents = places.features(store, "incident")
    counts = np.zeros(len(points))
    if len(incidents):
        tree = shapely.STRtree(incidents.placed)
        pairs = tree.query(points, predicate="dwithin", distance=NEAR)
        counts += np.bincount(pairs[0], minlength=len(points))
    return counts


def _classes(store: Store, keys: NDArray[Any]) -> NDArray[np.object_]:
    """Return the names of incident classes in the user's language."""
    named = "name_zh" if LANGUAGE.code.startswith("zh") else "name"
    found = places.features(store, "incident_class", ["name", named], geometry=False)
    rows = zip(
        *(found.ids.tolist(), found.columns[named].tolist(), found.columns["name"].tolist()),
        strict=True,
    )
    names = {key: wanted or usual for key, wanted, usual in rows}
    return np.array([names.get(key) for key in keys.tolist()], object)


def _days_open(columns: dict[str, NDArray[Any]]) -> Floats:
    """Return the days from an incident's report to its end, or to now."""
    began = columns["reported_at"].astype("datetime64[us]")
    ended = columns["closed_at"].astype("datetime64[us]")
    now = np.datetime64(datetime.now(), "us")  # noqa: DTZ005 - times in a district have no zone
    ended = np.where(np.isnat(ended), now, ended)
    days = np.asarray((ended - began) / np.timedelta64(1, "D"), float)
    return np.asarray(np.round(np.where(np.isnat(began), np.nan, days), 1), float)


def _bounds(store: Store, kinds: NDArray[Any]) -> Floats:
    """Return the upper bound of each sensor's kind: the lowest of those there are; nan for none."""
    found = places.features(store, "threshold", ["sensor_kind", "high"], geometry=False)
    high: dict[str, float] = {}
    for kind, value in zip(
        found.columns["sensor_kind"].tolist(), found.columns["high"].tolist(), strict=True
    ):
        if value is not None and np.isfinite(value) and value > 0:
            high[kind] = min(value, high.get(kind, np.inf))
    return np.array([high.get(kind, np.nan) for kind in kinds.tolist()], float)


def _share(values: Floats, bounds: Floats) -> Floats:
    return np.asarray(np.round(100.0 * values / bounds, 1))


def _by_day(store: Store, plain: Figures, bounds: Floats) -> Figures:
    """Return the mean of each day's readings as a share of their bound."""
    read = readings.by_hour(store)
    place = {key: number for number, key in enumerate(plain.ids.tolist())}
    of = np.array([place.get(key, -1) for key in read.sensors.tolist()], np.int64)
    known = (of >= 0) & np.isfinite(read.values)
    if not known.any():
        raise InputError("No sensor has readings; File, Import brings some in.")
    of, values = of[known], read.values[known]
    days, row = np.unique(read.hours[known].astype("datetime64[D]"), return_inverse=True)
    cell = row * len(place) + of
    size = len(days) * len(place)
    count = np.bincount(cell, minlength=size)
    total = np.bincount(cell, values, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (total / count).reshape(len(days), len(place))
        table = _share(mean, bounds)
    return replace(plain, values=table[-1], days=tuple(days.tolist()), of_day=table, averaged=True)
