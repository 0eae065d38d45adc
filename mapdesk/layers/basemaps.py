"""The base maps: what lies below everything else, switched with one click.

Each says which of the ground's layers it shows and how buildings stand on it. Ticks made in the layers
panel belong to the base map they were made on, and come back with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from psygnal import Signal

from mapdesk.layers.layers import LayerList

GROUND = ("land_use", "road", "railway", "building")
"""Layers a base map decides on."""


@dataclass(frozen=True)
class BaseMap:
    """One way to show the ground.

    Parameters
    ----------
    name : str
        As it is typed.
    title : str
        English, a key for `tr`.
    shown : tuple of str
        Layers of `GROUND` that are visible.
    imagery : bool
        Rasters are drawn.
    flat : bool
        Buildings lie on the ground as their footprints.
    """

    name: str
    title: str
    shown: tuple[str, ...]
    imagery: bool = False
    flat: bool = False


BASE_MAPS = (
    BaseMap("vector", "Vector map", GROUND, flat=True),
    BaseMap("imagery", "Imagery", (), imagery=True),
    BaseMap("3d", "3D map", GROUND),
)
"""In the order they are offered."""
BASE_MAP_NAMES = tuple(one.name for one in BASE_MAPS)
FIRST = "3d"

TERRAINS = {"off": 0.0, "on": 1.0, "1.5x": 1.5, "2x": 2.0}
"""Times as steep as it is that terrain is shown, as typed; 0 where everything lies on a plane."""


def terrain_name(times: object) -> str:
    """Return what showing terrain so steep is called; "off" for what nobody can have meant."""
    return next((name for name, value in TERRAINS.items() if value == times), "off")


def tracks_opacity(imagery: bool) -> float:
    """Return how opaque railways are: over pictures of the ground, which show them, less than elsewhere."""
    return 0.6 if imagery else 1.0


def base_map(name: str) -> BaseMap:
    """Return the base map of a name; KeyError for none."""
    return {one.name: one for one in BASE_MAPS}[name]


class BaseMapChoice:
    """Which base map a map shows. GUI thread only.

    Parameters
    ----------
    layers : LayerList
        Whose ground layers it sets.
    """

    changed = Signal(BaseMap)

    def __init__(self, layers: LayerList) -> None:
        self._layers = layers
        self.current = base_map(FIRST)
        self._ticked: dict[str, dict[str, bool]] = {}

    def adopt(self, name: str) -> None:
        """Show a base map with the ticks there are, unless it is shown: a window remembers both."""
        chosen = base_map(name)
        if chosen != self.current:
            self.current = chosen
            self.changed.emit(chosen)

    def tick(self) -> None:
        """Tick what the base map that is shown has ticked at first."""
        for noun in GROUND:
            self._layers.set_visible(noun, noun in self.current.shown)

    def choose(self, name: str) -> None:
        """Show a base map; nothing happens where it is shown already."""
        chosen = base_map(name)
        if chosen == self.current:
            return
        self._ticked[self.current.name] = {noun: self._layers.is_visible(noun) for noun in GROUND}
        self.current = chosen
        ticks = self._ticked.get(name) or {noun: noun in chosen.shown for noun in GROUND}
        for noun, shown in ticks.items():
            self._layers.set_visible(noun, shown)
        self.changed.emit(chosen)
