"""Views kept under a name, and tours: views in order with the seconds each takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from mapdesk.model.errors import InputError
from mapdesk.store import map_items
from mapdesk.store.database import Store

FLY, STAY = 4.0, 2.0
"""Seconds a tour flies to a view and stays there unless told otherwise."""
NO_LAYERS = ("none",)
"""Layers of a view that shows none."""
LONGEST = 600.0
"""Seconds a flight or a stay may take."""


@dataclass(frozen=True)
class Bookmark:
    """A view kept under a name.

    Parameters
    ----------
    x, y, distance : float
        Point looked at and metres from it, in the district's CRS.
    bearing, pitch : float
        Degrees.
    layers : tuple of str
        Nouns shown, from below to above; empty for those that are shown anyway, `NO_LAYERS` for none.
    theme : str
        "light" or "dark".
    more : dict
        What other parts of the desk keep with a view, JSON values by their name.
    """

    name: str
    x: float
    y: float
    distance: float
    bearing: float = 0.0
    pitch: float = 48.0
    layers: tuple[str, ...] = ()
    theme: str = "light"
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stop:
    """One view of a tour.

    Parameters
    ----------
    view : Bookmark
        As it was when the tour was made: the bookmark may change or go.
    fly, stay : float
        Seconds of the flight to it, and there.
    """

    view: Bookmark
    fly: float = FLY
    stay: float = STAY


@dataclass(frozen=True)
class Tour:
    """Views in order."""

    name: str
    stops: tuple[Stop, ...]

    @property
    def seconds(self) -> float:
        """How long it takes; it begins at its first view, without a flight there."""
        return sum(stop.stay for stop in self.stops) + sum(stop.fly for stop in self.stops[1:])


Kept = TypeVar("Kept", Bookmark, Tour)
Reader = Callable[[str, Any], Kept | None]
"""Makes of a name and what is kept under it what is meant; None where that is damaged."""


def bookmarks(store: Store) -> list[Bookmark]:
    """Return all bookmarks by name; those that cannot be read are left out."""
    return _all(store, "bookmark", _read)


def bookmark(store: Store, name: str) -> Bookmark:
    """Return a bookmark.

    Raises
    ------
    NotFoundError
        There is none of that name.
    InputError
        It cannot be read.
    """
    found = _named(store, "bookmark", name, _read)
    if found is None:
        raise InputError(f"The bookmark '{name}' cannot be read; keep the view anew.")
    return found


def keep(store: Store, one: Bookmark) -> None:
    """Keep a view under its name, in place of what has it."""
    content = asdict(one)
    content.pop("name")
    map_items.save(store, "bookmark", one.name, content)


def rename(store: Store, kind: map_items.ItemKind, old: str, new: str) -> None:
    """Give a bookmark or a tour another name.

    Raises
    ------
    NotFoundError
        There is none of the old name.
    ConflictError
        The new one is taken.
    RightsError
        It is someone else's.
    """
    map_items.rename(store, kind, old, new)


def forget(store: Store, kind: map_items.ItemKind, name: str) -> map_items.MapItem | None:
    """Delete a bookmark or a tour and return it; NotFoundError where there is none of that name."""
    return map_items.delete(store, kind, name)


def tours(store: Store) -> list[Tour]:
    """Return all tours by name; those that cannot be read are left out."""
    return _all(store, "tour", _read_tour)


def tour(store: Store, name: str) -> Tour:
    """Return a tour.

    Raises
    ------
    NotFoundError
        There is none of that name.
    InputError
        It cannot be read.
    """
    found = _named(store, "tour", name, _read_tour)
    if found is None:
        raise InputError(f"The tour '{name}' cannot be read; make it anew.")
    return found


def keep_tour(store: Store, one: Tour) -> None:
    """Keep a tour under its name, in place of what has it.

    Raises
    ------
    InputError
        It has no views, or takes no time.
    """
    check_tour(one)
    map_items.save(store, "tour", one.name, {"stops": [asdict(stop) for stop in one.stops]})


def check_tour(one: Tour) -> None:
    """Raise InputError where a tour cannot be played."""
    if len(one.stops) < 2:
        raise InputError("A tour needs two views or more; keep some with Ctrl+B first.")
    for stop in one.stops:
        for seconds in (stop.fly, stop.stay):
            if not 0 <= seconds <= LONGEST:
                raise InputError(
                    f"'{stop.view.name}' takes {seconds:g} s; a flight or a stay takes 0 to {LONGEST:g} s."
                )
    if one.seconds <= 0:
        raise InputError("A tour needs a flight or a stay that takes time.")


def make_tour(
    store: Store, name: str, views: Sequence[str], fly: float = FLY, stay: float = STAY
) -> Tour:
    """Make a tour of bookmarks by name and keep it."""
    made = Tour(name, tuple(Stop(bookmark(store, view), fly, stay) for view in views))
    keep_tour(store, made)
    return made


def _all(store: Store, kind: map_items.ItemKind, read: Reader[Kept]) -> list[Kept]:
    """Return all of a kind by name; those that cannot be read are left out."""
    found = (read(one.name, one.content) for one in map_items.items(store, kind))
    return [one for one in found if one is not None]


def _named(store: Store, kind: map_items.ItemKind, name: str, read: Reader[Kept]) -> Kept | None:
    """Return the one of a name, None where it cannot be read; NotFoundError where there is none."""
    item = map_items.named(store, kind, name)
    return read(item.name, item.content)


def _read(name: str, content: Any) -> Bookmark | None:
    try:
        x, y, distance, bearing, pitch = (
            float(content[key]) for key in ("x", "y", "distance", "bearing", "pitch")
        )
        layers = tuple(str(noun) for noun in content.get("layers", ()))
        theme = "dark" if content.get("theme") == "dark" else "light"
        more = dict(content.get("more") or {})
    except (TypeError, ValueError, OverflowError, KeyError, AttributeError):
        return None
    if not all(map(math.isfinite, (x, y, distance, bearing, pitch))) or distance <= 0:
        return None
    return Bookmark(name, x, y, distance, bearing, pitch, layers, theme, more)


def _read_tour(name: str, content: Any) -> Tour | None:
    try:
        stops = []
        for row in content["stops"]:
            view = _read(str(row["view"]["name"]), row["view"])
            if view is None:
                return None
            stops.append(Stop(view, float(row["fly"]), float(row["stay"])))
        found = Tour(name, tuple(stops))
        check_tour(found)
    except (TypeError, ValueError, OverflowError, KeyError, AttributeError, InputError):
        return None
    return found
