"""Reading points and footprints for the map on any thread, and knowing which reading is the newest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from mapdesk.analysis.picking import PrismPicker
from mapdesk.layers.names import MapNames
from mapdesk.layers.points import clusters_of, point_looks
from mapdesk.layers.standing import NamedLines, ReadyNames
from mapdesk.scene3d.content import Footprints, PointLayer
from mapdesk.scene3d.point_marks import MOVING
from mapdesk.services import naming, scenery
from mapdesk.store import places
from mapdesk.store.database import Store

NAMED_POINTS = ("organisation", "resource", "landmark", "sensor", "camera")
"""Points whose names are written on the map."""


class Readings:
    """Which reading of the store shows each noun: one that was begun earlier never replaces it."""

    def __init__(self) -> None:
        self._begun = 0
        self._shown: dict[str, int] = {}

    def begin(self) -> int:
        """Return the number of a reading that begins now, after whatever was written before."""
        self._begun += 1
        return self._begun

    def newer(self, reading: int, nouns: Iterable[str]) -> set[str]:
        """Return which of `nouns` are shown from a later reading."""
        return {noun for noun in nouns if self._shown.get(noun, 0) > reading}

    def show(self, reading: int, nouns: Iterable[str]) -> None:
        """Take note that these are shown from a reading."""
        self._shown |= dict.fromkeys(nouns, reading)


def where_they_are(
    points: Mapping[str, PointLayer],
    shown: Mapping[str, PointLayer],
    read: Mapping[str, PointLayer],
) -> dict[str, PointLayer]:
    """Return points read anew, those that move by themselves where they have got to.

    Parameters
    ----------
    shown, read : mapping of str to PointLayer
        Points on the map, and as they were read before they moved.
    """
    found = dict(points)
    for noun in MOVING:
        new, old = found.get(noun), shown.get(noun)
        if new is None or old is None or (noun in read and old.xy is read[noun].xy):
            continue
        if np.array_equal(new.ids, old.ids):
            found[noun] = replace(new, xy=old.xy)
    return found


def names_with_points(
    names: MapNames,
    points: Mapping[str, PointLayer],
    before: Mapping[str, PointLayer],
    lines: NamedLines | None,
) -> ReadyNames:
    """Return all names, those of points too where they are not people's and do not move.

    Parameters
    ----------
    before : mapping of str to PointLayer
        Points left of a line between two times; without one they are none.
    """
    every = names.places
    for noun in NAMED_POINTS:
        if noun not in points:
            continue
        layer = points[noun]
        every += naming.point_names(noun, layer.ids, layer.names, layer.xy)
        left = before.get(noun, layer)
        if left.ids is not layer.ids:
            more = left.some(~np.isin(left.ids.astype(str), layer.ids.astype(str)))
            every += naming.point_names(noun, more.ids, more.names, more.xy)
            here, there = set(layer.ids.tolist()), set(left.ids.tolist())
            every = every.without(noun, here - there, there - here)
    return ReadyNames.of(MapNames(every, names.lines), lines)


def point_layer(store: Store, noun: str) -> PointLayer:
    """Return the symbols of a noun."""
    title = {"incident": "title", "address": "text", "component": "kind"}.get(noun, "name")
    table = point_looks()
    fields = table.fields(noun)
    features = places.features(store, noun, [*dict.fromkeys([title, *fields])])
    names = [
        str(name or key)
        for name, key in zip(features.columns[title].tolist(), features.ids.tolist(), strict=True)
    ]
    columns = {name: features.columns[name] for name in fields}
    looks, look = table.of(noun, columns, len(features))
    xy = features.xy
    named = np.array(names, object)
    return PointLayer(noun, features.ids, named, xy, looks, look, clusters_of(xy))


def read_footprints(store: Store) -> Footprints:
    """Return the buildings for picking and hovering."""
    features = places.features(store, "building", ["name", "address", "height", "floors", "base"])
    base, top = scenery.roofs(features)
    floors = np.nan_to_num(np.asarray(features.columns["floors"], float))
    floors = np.where(floors > 0, floors, np.maximum((top - base) / scenery.FLOOR_HEIGHT, 1))
    return Footprints(features, PrismPicker.of(features.placed, base, top), floors)
