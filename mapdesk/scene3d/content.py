"""What a map holds, loaded off the GUI thread and handed to it whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.extrude import Mesh
from mapdesk.analysis.picking import PrismPicker
from mapdesk.analysis.standing import founded
from mapdesk.analysis.terrain import Terrain
from mapdesk.layers.names import MapNames
from mapdesk.layers.points import Clusters, Look, clusters_of
from mapdesk.model.features import Features
from mapdesk.scene3d.hovering import ShownFigures
from mapdesk.services.city import Buildings
from mapdesk.services.ground import FlatLayer
from mapdesk.services.levels import is_thing
from mapdesk.services.scenery import GridLines


@dataclass(frozen=True)
class PointLayer:
    """Symbols of one noun.

    Parameters
    ----------
    ids, names : ndarray of str, shape (n,)
    xy : ndarray of float, shape (n, 2)
        Metres.
    looks : tuple of Look
    look : ndarray of int, shape (n,)
        Position of each point's look among them.
    clusters : Clusters or None
        Where there are so many that near ones are drawn as one.
    """

    noun: str
    ids: NDArray[np.object_]
    names: NDArray[np.object_]
    xy: NDArray[np.float64]
    looks: tuple[Look, ...]
    look: NDArray[np.int64]
    clusters: Clusters | None = None

    @property
    def is_styled(self) -> bool:
        """Whether its points have the colours of a style."""
        return bool(self.looks) and bool(self.looks[0].colour)

    @property
    def scales(self) -> NDArray[np.float64]:
        """How large each look is, times the usual size."""
        return np.array([one.scale for one in self.looks], float)

    def some(self, chosen: NDArray[np.bool_]) -> PointLayer:
        """Return the layer with those points only that are chosen (n,)."""
        if chosen.all():
            return self
        xy = self.xy[chosen]
        return replace(
            self,
            ids=self.ids[chosen],
            names=self.names[chosen],
            xy=xy,
            look=self.look[chosen],
            clusters=clusters_of(xy),
        )


_TOUCHING = 0.3
"""Metres from a wall, or above the ground, within which a point lies on it."""


@dataclass(frozen=True)
class Footprints:
    """Buildings for picking and hovering, loaded behind the first picture; they stand on a plane.

    Parameters
    ----------
    floors : ndarray, shape (n,)
        How many each has.
    ground : ndarray, shape (n,), or None
        The height that those of each building are counted from, metres; 0 on a plane.
    """

    features: Features
    picker: PrismPicker
    floors: NDArray[np.float64]
    ground: NDArray[np.float64] | None = None
    _on: dict[str, Footprints] = field(default_factory=dict, repr=False, compare=False)

    def lift(
        self, ids: Sequence[str], xy: NDArray[np.float64], terrain: Terrain | None
    ) -> NDArray[np.float64]:
        """Return how much (n,) above the ground at places (n, 2) the heights of buildings begin."""
        if terrain is None or self.ground is None:
            return np.zeros(len(ids))
        index = np.array([self.features.positions.get(key, -1) for key in ids], np.int64)
        return np.where(index >= 0, self.ground[index] - terrain.at(xy), 0.0)

    def on(self, terrain: Terrain | None) -> Footprints:
        """Return them as they stand on a terrain; any thread.

        Of 100,000 it takes tenths of a second the first time: ask on another thread than the window's
        before it is needed.
        """
        if terrain is None:
            return self
        found = self._on.get(terrain.key)
        if found is None:
            picker = self.picker
            stand = founded(terrain, picker.polygons, picker.top)
            base, top = stand.raised(picker.base), picker.top + stand.ground
            raised = replace(picker, base=base, top=top)
            found = Footprints(self.features, raised, self.floors, stand.ground)
            while len(self._on) > 1:  # one is shown at a time, and the ground as it is asked of
                self._on.pop(next(iter(self._on)), None)
            self._on[terrain.key] = found
        return found


Gone = tuple[frozenset[str], frozenset[str]]
"""Ids of what is not there left of a line between two times, and right of it; without one both are the same."""
NONE_GONE: Gone = frozenset(), frozenset()


@dataclass(frozen=True, eq=False)
class Built:
    """Which buildings stand at a time.

    Parameters
    ----------
    ids : ndarray of str, shape (n,)
    stands : ndarray of bool, shape (n,)
    """

    ids: NDArray[np.object_]
    stands: NDArray[np.bool_]

    def of(self, features: Features) -> NDArray[np.bool_]:
        """Say which of some buildings stand; those it does not know do."""
        if len(features.ids) == len(self.ids) and (features.ids == self.ids).all():
            return self.stands
        return ~np.isin(features.ids.astype(str), self.ids[~self.stands].astype(str))


def as_it_is(
    points: NDArray[np.float64], on: Footprints, shown: Terrain, real: Terrain
) -> NDArray[np.float64]:
    """Return points (n, 3) met on a map that is steeper than the ground, as they really are.

    Heights are counted from the ground below each, before and after. What lies on a building keeps its place
    on that: its roof is no steeper on the steeper map.
    """
    there, here = on.on(shown), on.on(real)
    found = np.array(points, float)
    if shown.key == real.key or there.ground is None or here.ground is None:
        return found
    height = found[:, 2] + shown.at(found[:, :2])
    at, index = there.picker.tree.query(
        shapely.points(found[:, :2]), predicate="dwithin", distance=_TOUCHING
    )
    raised = (found[at, 2] > _TOUCHING) & (height[at] <= there.picker.top[index] + _TOUCHING)
    at, index = at[raised], index[raised]
    part = np.maximum(
        height[at] - there.ground[index], here.picker.base[index] - here.ground[index]
    )
    found[at, 2] = part + here.ground[index] - real.at(found[at, :2])
    return found


def _alike(one: Built | None, other: Built | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.ids is other.ids and np.array_equal(one.stands, other.stands)


@dataclass
class MapContent:
    """All a map shows. Parts arrive one after the other; None or empty ones are not there yet."""

    buildings: Buildings | None = None
    footprints: Footprints | None = None
    ground: list[FlatLayer] = field(default_factory=list)
    hills: Mesh | None = None
    grid_lines: list[GridLines] = field(default_factory=list)
    names: MapNames = field(default_factory=MapNames.empty)
    points: dict[str, PointLayer] = field(default_factory=dict)
    attributions: list[str] = field(default_factory=list)
    figures: ShownFigures | None = None
    gone: dict[str, Gone] = field(default_factory=dict)
    built: Built | None = None
    built_before: Built | None = None
    _standing: dict[bool, tuple[Footprints, Built, Footprints]] = field(default_factory=dict)

    def gone_of(self, noun: str) -> Gone:
        """Return what of a noun is not there at the time shown, either side of a line."""
        return self.gone.get(noun, NONE_GONE)

    def set_built(self, built: Built | None, before: Built | None) -> bool:
        """Let these buildings stand, those of `before` left of a line; say whether others did."""
        if all(one is None or one.stands.all() for one in (built, before)):
            built = before = None
        had = self.built, self.built_before
        self.built, self.built_before = built, before
        return not (_alike(had[0], built) and _alike(had[1], before))

    def unbuilt(self) -> Gone:
        """Return the ids of those that do not stand."""
        left, right = (
            frozenset[str]() if one is None else frozenset(one.ids[~one.stands].tolist())
            for one in (self.built_before or self.built, self.built)
        )
        return left, right

    def who_stands(self, features: Features) -> tuple[NDArray[np.bool_] | None, ...]:
        """Say which of some buildings stand, and which stood left of a line; None is all of them."""
        return tuple(
            None if one is None else one.of(features) for one in (self.built, self.built_before)
        )

    def standing(self, terrain: Terrain | None, *, before: bool = False) -> Footprints | None:
        """Return the buildings that stand at the time shown, or the one before, as they stand on a terrain."""
        if self.footprints is None:
            return None
        found = self.footprints.on(terrain)
        built = (self.built_before if before else None) or self.built
        if built is None:
            return found
        last = self._standing.get(before)
        if last is None or last[0] is not found or last[1] is not built:
            there = found.picker.only(built.of(found.features))
            last = found, built, replace(found, picker=there)
            self._standing[before] = last
        return last[2]

    def counts(self) -> dict[str, int]:
        """Return how many things of each noun are on the map."""
        found = {noun: len(layer.ids) for noun, layer in self.points.items()}
        found["building"] = len(self.buildings.features) if self.buildings else 0
        found["grid"] = int((self.names.places.nouns == "grid").sum())
        # Lines are drawn once for each band of scales: nearest by, all of them.
        nearest = ("land_use/", "road/near/", "railway/close/")
        for prefix in nearest:
            found[prefix.partition("/")[0]] = sum(
                int(is_thing(layer.kinds).sum())
                for layer in self.ground
                if layer.name.startswith(prefix)
            )
        return found
