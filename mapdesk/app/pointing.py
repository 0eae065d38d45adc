"""Pointing things out on the map: the thing whose card is shown, the floor of a home, a selection."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.extrude import Mesh, prisms
from mapdesk.layers.style import MapStyle
from mapdesk.model.selection import Selection
from mapdesk.scene3d.content import Footprints
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.open_floors import Outlines
from mapdesk.scene3d.scene import Scene
from mapdesk.services.cards import Card

USUAL_FIELD_OF_VIEW = 60.0
"""Degrees a camera sees where the register does not say: a common fixed lens of 5 mm."""

MOST_FLOORS = 5_000
"""Floors marked at once."""
BAND = 0.25
"""Metres by which a band stands out from the walls."""
Floors = tuple[tuple[str, int], ...]

MOST_DOTS = 5_000
"""Selected buildings that are marked where they are too small to be seen; more would hide the map."""


class Pointing:
    """Sets a map's marks and highlights. GUI thread only."""

    def __init__(self, view: MapView, style: MapStyle) -> None:
        self._view = view
        self._style = style
        self._selected: set[str] = set()
        self._focus: str | None = None
        self._home: Floors = ()
        self._found: Floors = ()
        self._pin: tuple[str | None, tuple[float, float]] | None = None
        view.stood.connect(self._on_stood)

    def set_style(self, style: MapStyle) -> None:
        """Light things up anew in another theme's colours."""
        self._style = style
        self._light_up()
        self._draw_floors()

    def point_at(self, card: Card, floor: int | None = None) -> None:
        """Mark the thing of a card: a building lights up, a camera shows its view.

        Parameters
        ----------
        floor : int, optional
            Floor of a home to mark.
        """
        marks = self._view.overlay.marks
        marks.wedge = marks.focus_xy = marks.nearest_from = None
        self._focus = card.ref.id if card.ref.noun == "building" else None
        if card.x is not None and card.y is not None:
            self._pin = self._focus, (card.x, card.y)
            self._put_pin()
        self._home = () if floor is None else ((card.ref.id, floor),)
        self._mark_floors()
        if card.ref.noun == "camera":
            marks.wedge = _wedge_of(card)
        self._light_up()
        self._view.refresh()

    def _put_pin(self) -> None:
        """Point the pin at the thing of the card: at a building's roof as it stands."""
        if self._pin is None:
            return
        building, place = self._pin
        self._view.overlay.marks.focus_xy = (*place, self._roof(building, place))

    def _on_stood(self) -> None:
        if self._view.overlay.marks.focus_xy is not None:
            self._put_pin()

    def show_selection(self, selection: Selection) -> None:
        """Ring selected points, light up selected buildings, draw the shape; floors found are forgotten."""
        marks = self._view.overlay.marks
        marks.selected = {noun: set(ids) for noun, ids in selection.groups.items()}
        marks.shape = selection.shape
        self._selected = set(selection.ids("building"))
        marks.buildings_xy = self._places(selection.ids("building")[:MOST_DOTS])
        self._focus = None
        self._home = self._found = ()
        marks.found = selection.found
        self._mark_floors()
        self._light_up()
        self._view.refresh()

    def mark_found(self, floors: Iterable[tuple[str, int]]) -> None:
        """Mark floors of what was found, each given as a building's id and a number; none takes marks away."""
        self._found = tuple(dict.fromkeys(floors))[:MOST_FLOORS]
        self._mark_floors()

    def forget_floors(self) -> None:
        """Take all marks off floors."""
        self._home = self._found = ()
        self._mark_floors()

    def _mark_floors(self) -> None:
        """Draw the bands around floors, if they are others than before."""
        wanted = tuple(dict.fromkeys((*self._home, *self._found)))
        marks, footprints = self._view.overlay.marks, self._view.content.footprints
        known = {} if footprints is None else footprints.features.positions
        wanted = tuple(one for one in wanted if one[0] in known)
        marks.home = self._home
        if wanted == marks.floors:
            return
        marks.floors = wanted
        self._draw_floors()

    def _draw_floors(self) -> None:
        footprints, floors = self._view.content.footprints, self._view.overlay.marks.floors
        colour = self._style.colour("floor")
        of = Outlines(np.empty(0, object), np.empty(0))
        if footprints is not None:
            picker, positions = footprints.picker, footprints.features.positions
            which = [positions[key] for key, _floor in floors]
            of = Outlines(picker.polygons[which], picker.top[which])

        def change(scene: Scene) -> None:
            mesh = Mesh.empty() if footprints is None else bands(footprints, floors, scene.origin)
            scene.open.mark(mesh, colour, of)

        self._view.change_scene(change)

    def _places(self, buildings: tuple[str, ...]) -> NDArray[np.float64] | None:
        footprints = self._view.content.footprints
        if footprints is None:
            return None
        positions = footprints.features.positions
        which = [positions[key] for key in buildings if key in positions]
        return shapely.get_coordinates(shapely.centroid(footprints.picker.polygons[which]))

    def _index(self, building: str | None) -> int | None:
        footprints = self._view.content.footprints
        if footprints is None or building is None:
            return None
        return footprints.features.positions.get(building)

    def _roof(self, building: str | None, place: tuple[float, float]) -> float:
        """Return the height of a building's roof above the ground at a place, metres; 0 without one."""
        footprints, index = self._view.content.footprints, self._index(building)
        if footprints is None or index is None:
            return 0.0
        terrain = self._view.terrain
        lift = footprints.on(terrain).lift([str(building)], np.array([place]), terrain)
        return float(footprints.picker.top[index] + lift[0])

    def _light_up(self) -> None:
        buildings = self._view.content.buildings
        if buildings is None:
            return
        lit = set(self._selected)
        if self._focus is not None:
            lit.add(self._focus)
        colour = self._style.colour("selection" if self._focus is None else "highlight")
        positions = buildings.features.positions
        which = np.array([positions[key] for key in lit if key in positions], np.int64)
        self._view.change_scene(lambda scene: scene.highlight(which, colour))


def floor_band(
    footprints: Footprints, index: int, floor: int
) -> tuple[shapely.Geometry, float, float]:
    """Return (footprint, low, high) of a floor in metres; the ground floor is 1."""
    base, top = float(footprints.picker.base[index]), float(footprints.picker.top[index])
    each = (top - base) / max(float(footprints.floors[index]), 1.0)
    low = min(max(base + (floor - 1) * each, base), top - each)
    return footprints.picker.polygons[index], low, low + each


def bands(footprints: Footprints, floors: Floors, origin: tuple[float, float]) -> Mesh:
    """Return a mesh of the bands around floors, each given as a building's id and a number."""
    positions = footprints.features.positions
    found = [floor_band(footprints, positions[key], floor) for key, floor in floors]
    outlines = np.array([outline for outline, _low, _high in found], object)
    # Hollow, or its roof would tint the building's when seen through it.
    around = shapely.difference(shapely.buffer(outlines, BAND, join_style="mitre"), outlines)
    low, high = np.array([one[1:] for one in found]).reshape(-1, 2).T
    return prisms(around, low, high, origin)


def wedge(
    x: float, y: float, azimuth: float, field_of_view: float, reach: float
) -> NDArray[np.float64]:
    """Return corners (n, 2) of the ground a camera looks at, not counting what hides it."""
    angles = np.radians(azimuth + np.linspace(-field_of_view / 2, field_of_view / 2, 13))
    arc = np.column_stack([x + reach * np.sin(angles), y + reach * np.cos(angles)])
    return np.vstack([[x, y], arc])


def _wedge_of(card: Card) -> NDArray[np.float64] | None:
    azimuth, reach = card.row.get("azimuth"), card.row.get("range")
    if card.x is None or card.y is None or azimuth is None or reach is None:
        return None
    view = card.row.get("field_of_view") or USUAL_FIELD_OF_VIEW
    return wedge(card.x, card.y, azimuth, view, reach)
