"""Lines that cross, from below to above: tunnels, the ground, bridges by their layer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.extrude import Mesh, flat
from mapdesk.model.features import Features
from mapdesk.services.ground import FlatLayer

LEVELS = ("tunnel", "ground", "bridge1", "bridge2", "bridge3")
"""What lines of a level are called, the last part of their layer's name; higher bridges are the third's."""

COLUMNS = ("bridge", "tunnel", "layer")
"""Columns that say on which level a line is."""

DRESS = ("casing", "dash", "deck")
"""Ends of the kinds that dress a line and are no thing by themselves."""

Named = TypeVar("Named", FlatLayer, tuple[str, tuple[float, float]])

Part = tuple[NDArray[np.object_], NDArray[np.object_]]
"""Polygons of a layer, and the kind of each."""


def levels_of(features: Features) -> NDArray[np.int64]:
    """Return the position in `LEVELS` of each line; `features` has the `COLUMNS`.

    A layer alone lifts nothing: it says which of two bridges lies above.
    """
    bridge, tunnel = (features.columns[name] == True for name in COLUMNS[:2])  # noqa: E712
    layer = np.nan_to_num(np.asarray(features.columns["layer"], float))
    return np.where(tunnel, 0, np.where(bridge, 1 + np.clip(layer, 1, 3), 1)).astype(np.int64)


def layer_of(
    name: str, parts: Iterable[Part], origin: tuple[float, float], scales: tuple[float, float]
) -> FlatLayer:
    """Return one flat layer, so one actor, of which each part is painted over those before it."""
    meshes, kinds = [], [np.empty(0, object)]
    for shapes, names in parts:
        meshes.append(flat(shapes, origin))
        kinds.append(names)
    mesh = Mesh.joined(meshes, [len(names) for names in kinds[1:]])
    return FlatLayer(name, mesh, np.concatenate(kinds), scales)


def is_thing(kinds: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Say which kinds of a layer are lines themselves, and not what dresses them."""
    return np.array([kind.rpartition("_")[2] not in DRESS for kind in kinds.tolist()], bool)


def in_order(names: Iterable[Named]) -> list[Named]:
    """Return layers of several nouns, or their names and scales, the lower levels first.

    Within a level they stay in the order given.
    """
    return sorted(names, key=_level)


def _level(layer: FlatLayer | tuple[str, tuple[float, float]]) -> int:
    name = layer.name if isinstance(layer, FlatLayer) else layer[0]
    return LEVELS.index(name.rpartition("/")[2])
