"""When the things on the map were: which layers have times, and what of them is shown at one.

Where workers were is not kept, so it cannot be gone back to: a span that is not now shows none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapdesk.model.spans import Span
from mapdesk.store import places, readings
from mapdesk.store.database import Store

MOMENTS = {"incident": "reported_at", "panorama": "taken_at", "sensor": "measured_at"}
"""Nouns whose things are of a moment, and the field that says which; sensors have their readings too."""
LASTING = {"grid": ("valid_from", "valid_to"), "building": ("year_built", None)}
"""Nouns whose things last, and the fields that say from when to when, both included; None is for ever."""
FIRST_YEAR = 1000
"""A year of building before this one is none."""
FOREVER = np.datetime64("9000-01-01")
"""A last day from this on is none: registers write 9999 for "until further notice"."""
NOW_ONLY = ("worker",)
"""Nouns whose things are where they are now; where they were is not kept."""
TIMED = (*LASTING, *MOMENTS)


@dataclass(frozen=True)
class Times:
    """When the things of a noun were.

    Parameters
    ----------
    ids : ndarray of str, shape (n,)
    owner : ndarray of int, shape (k,)
        Position of the thing each time is of; a sensor has many.
    starts, ends : ndarray of datetime64, shape (k,)
        NaT where it is not known. The same where a thing is of a moment, and in order then, so that one
        span of millions of readings is found within a frame.
    lasts : bool
        Things are shown while they last, and not in their moment.
    """

    noun: str
    ids: NDArray[Any]
    owner: NDArray[np.int64]
    starts: NDArray[np.datetime64]
    ends: NDArray[np.datetime64]
    lasts: bool = False

    def shown(self, span: Span) -> NDArray[np.bool_]:
        """Say which things (n,) are shown in a span."""
        is_in = span.meets(self.starts, self.ends) if self.lasts else span.among(self.starts)
        found = np.zeros(len(self.ids), bool)
        found[self.owner[is_in]] = True
        return found

    @property
    def undated(self) -> int:
        """How many things are of a moment that is not known: no span shows them."""
        if self.lasts:
            return 0
        dated = np.zeros(len(self.ids), bool)
        dated[self.owner[~np.isnat(self.starts)]] = True
        return len(dated) - int(np.count_nonzero(dated))

    def bounds(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last time known; None where none is."""
        known = np.concatenate([self.starts, self.ends])
        known = known[~np.isnat(known)]
        if not len(known):
            return None
        return known.min().astype("datetime64[us]").item(), known.max().astype(
            "datetime64[us]"
        ).item()


def times_of(store: Store, nouns: Iterable[str]) -> dict[str, Times]:
    """Return the times of those of some nouns that have any, by noun."""
    found = {noun: _times(store, noun) for noun in nouns if noun in TIMED}
    return {noun: times for noun, times in found.items() if not np.isnat(times.starts).all()}


def _times(store: Store, noun: str) -> Times:
    if noun in LASTING:
        return _lasting(store, noun)
    field = MOMENTS[noun]
    found = places.features(store, noun, [field], geometry=False, placed=True)
    moments = found.columns[field].astype("datetime64[us]")
    owner = np.arange(len(found.ids))
    if noun == "sensor":
        read = readings.by_hour(store)
        place = {key: at for at, key in enumerate(found.ids.tolist())}
        of = np.array([place.get(key, -1) for key in read.sensors.tolist()], np.int64)
        owner = np.concatenate([owner, of[of >= 0]])
        moments = np.concatenate([moments, read.hours[of >= 0]])
    order = np.argsort(moments, kind="stable")
    moments = moments[order]
    return Times(noun, found.ids, owner[order], moments, moments)


def _lasting(store: Store, noun: str) -> Times:
    first, last = LASTING[noun]
    fields = [first] if last is None else [first, last]
    found = places.features(store, noun, fields, geometry=False, placed=True)
    owner = np.arange(len(found.ids))
    if last is None:
        starts = _january(found.columns[first])
        ends = np.full(len(owner), np.datetime64("NaT"), "datetime64[us]")
        return Times(noun, found.ids, owner, starts, ends, lasts=True)
    # The last day is part of it.
    after = found.columns[last].astype("datetime64[D]") + np.timedelta64(1, "D")
    ends = np.asarray(after.astype("datetime64[us]") - np.timedelta64(1, "us"), "datetime64[us]")
    ends[ends >= FOREVER] = np.datetime64("NaT")
    starts = found.columns[first].astype("datetime64[us]")
    return Times(noun, found.ids, owner, starts, ends, lasts=True)


def _january(years: NDArray[Any]) -> NDArray[np.datetime64]:
    """Return the first moment of years; NaT for what is none: registers write 0 for "not known"."""
    number = np.asarray(years, float)
    known = (number >= FIRST_YEAR) & (number < FOREVER.astype("datetime64[Y]").astype(int) + 1970)
    found = np.full(len(number), np.datetime64("NaT"), "datetime64[Y]")
    found[known] = (number[known].astype(np.int64) - 1970).astype("datetime64[Y]")
    return found.astype("datetime64[us]")


def reach(
    times: Iterable[Times], days: Iterable[datetime] = ()
) -> tuple[datetime, datetime] | None:
    """Return the first and the last moment there is something of; None without any.

    What lasts says so only where nothing is of a moment: districts are older than their data.
    """
    every = list(times)
    bounds = [one.bounds() for one in every if not one.lasts]
    ends = [moment for pair in bounds if pair is not None for moment in pair]
    ends += list(days)
    if not ends:
        ends = [moment for one in every for moment in one.bounds() or ()]
        if len(set(ends)) < 2:
            return None  # all of it has always been
    return (min(ends), max(ends)) if ends else None
