"""Bringing a district onto the map, part after part, the buildings first."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

import numpy as np
from psygnal import Signal
from PyQt6.QtCore import Qt

from mapdesk.analysis.extrude import Mesh
from mapdesk.app import map_reading
from mapdesk.app.building_colours import BuildingColours, Paint
from mapdesk.app.grid_outlines import Outline, outlines
from mapdesk.app.grid_outlines import draw as draw_outlines
from mapdesk.app.hills import put_hills
from mapdesk.app.jobs import Progress, Runner
from mapdesk.app.model_loader import ModelLoader
from mapdesk.app.point_loader import PointLoader, Shown
from mapdesk.layers.basemaps import tracks_opacity
from mapdesk.layers.layers import LayerList
from mapdesk.layers.names import MapNames
from mapdesk.layers.standing import ReadyNames
from mapdesk.layers.style import MapStyle
from mapdesk.scene3d.content import Built, Footprints
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.scene import Scene
from mapdesk.services import city, naming, scenery
from mapdesk.services.city import Buildings
from mapdesk.services.ground import FlatLayer
from mapdesk.services.scenery import GridLines
from mapdesk.store import places
from mapdesk.store.database import Store

Bounds = tuple[float, float, float, float]

FRAME = 3.0
"""Times the area of the buildings that grids may have and still be what home shows."""
_FLAT = ("land_use", "road", "railway", "grid")
"""Layers that lie on the ground."""


def _unheard(_sentence: str) -> None:
    return


class MapLoader:
    """Loads a store's content off the GUI thread and shows it on a map view.

    Parameters
    ----------
    on_first, on_all : callable
        Called when buildings are on their way to the screen, and when everything is.
    tell : callable
        Called with a sentence for each thing that cannot be drawn.

    Signals
    -------
    drawn()
        Ground and grids are on their way to the screen, anew or in another theme.
    regridded()
        Other grids are left out.
    """

    drawn = Signal()
    regridded = Signal()

    def __init__(
        self,
        view: MapView,
        runner: Runner,
        store: Store,
        layers: LayerList,
        style: MapStyle,
        *,
        on_first: Callable[[], None],
        on_all: Callable[[], None],
        tell: Callable[[str], None] = _unheard,
    ) -> None:
        self._view = view
        self._runner = runner
        self._store = store
        self._layers = layers
        self._style = style
        self._on_first = on_first
        self._on_all = on_all
        self._origin = store.district.origin
        self._closed = False
        self._ground_is_read = False
        self._extent: Bounds | None = None
        self._grids: Bounds | None = None
        self._colours = BuildingColours(style)
        self._round = 0
        self.with_outlines = True
        """Whether a style leaves the plain outlines of grids on the map."""
        self.points = PointLoader(view, runner, store)
        self.models = ModelLoader(view, runner, store, style, tell)
        layers.changed.connect(self._on_layer)
        view.stood.connect(self._on_stood)

    def close(self) -> None:
        """Stop listening to the layers and load no more."""
        self._closed = True
        self._layers.changed.disconnect(self._on_layer)
        self._view.stood.disconnect(self._on_stood)

    def rebase(self, origin: tuple[float, float]) -> None:
        """Draw around another local origin from the next loading on."""
        if origin == self._origin:
            return
        self._origin = origin

        def change(scene: Scene) -> None:
            scene.origin = origin
            scene.set_terrain(scene.terrain)

        self._view.change_scene(change, redraw=False)

    def load(self) -> None:
        """Begin; buildings come first, everything else behind them."""
        self._ground_is_read = False
        self._round += 1
        self._runner.run("load", self._read_buildings, self._show_buildings)

    def set_style(self, style: MapStyle) -> None:
        """Recolour what is there."""
        self._style = self._colours.style = style
        self._view.set_style(style)
        self.models.set_style(style)
        self._recolour()
        self._draw_ground()

    def paint_buildings(self, paint: Paint | None, before: Paint | None = None) -> None:
        """Colour buildings by a style, or by their use again; the picture follows with the next change.

        Parameters
        ----------
        before : Paint, optional
            For those left of the line between two times.
        """
        if self._colours.paint(paint, before):
            self._recolour()

    def _recolour(self) -> None:
        buildings = self._view.content.buildings
        if buildings is not None:
            colours = self._colours.of(buildings.features)
            self._view.change_scene(lambda scene: scene.buildings.recolour(*colours), redraw=False)

    # ------------------------------------------------------------------ steps

    def _read_buildings(self, progress: Progress) -> Buildings:
        progress("Reading buildings", 0.0)
        before = self._view.content.buildings
        buildings = city.begin(self._store, self._origin, before)
        self._grids = places.bounds(self._store, "grid")
        if not buildings.rows:
            self._extent = places.extent(self._store)
        # Made here, not when the GUI thread asks: of a city each takes tens of milliseconds.
        self._colours.of(buildings.features)
        _ = buildings.known.middle, buildings.features.positions
        return buildings

    def _show_buildings(self, buildings: Buildings) -> None:
        self._view.content.buildings = buildings
        self._view.overlay.visible = self._layers.visible()
        sky = self._style.colour("horizon"), self._style.colour("sky")
        self._view.change_scene(lambda scene: scene.set_sky(*sky), redraw=False)
        self._put_buildings(buildings)
        self._on_first()
        self._go_on()

    def _put_buildings(self, buildings: Buildings) -> None:
        """Show the tiles that are here."""
        colours = self._colours.of(buildings.features)
        standing = self._view.content.who_stands(buildings.features)
        shown, tiles = self._layers.is_visible("building"), buildings.tiles

        def change(scene: Scene) -> None:
            scene.buildings.show(tiles, *colours)
            scene.buildings.show_standing(*standing)
            scene.set_visible("building", shown)

        self._view.change_scene(change, redraw=False)

    def _go_on(self) -> None:
        """Read the next tiles, those nearest to where the map looks first; then everything else."""
        buildings = self._view.content.buildings
        if self._closed or buildings is None:
            return
        if not buildings.is_visible or (self._ground_is_read and not buildings.is_complete):
            view = self._view.viewpoint
            near = view.x, view.y

            def work(progress: Progress) -> Buildings:
                progress("Reading buildings", len(buildings.here) / max(len(buildings.rows), 1))
                return city.more(self._store, buildings, near)

            self._runner.run("load", work, self._show_more)
        elif self._ground_is_read:
            self._finish(buildings)
        # The rest waits for the first picture: reading it would slow the picture down.
        elif self._view.is_waiting:
            once = Qt.ConnectionType.SingleShotConnection
            load = partial(self._load_ground, self._round)
            self._view.pictured.connect(load, once)  # type: ignore[call-arg]
        else:
            self._load_ground(self._round)

    def _show_more(self, buildings: Buildings) -> None:
        self._view.content.buildings = buildings
        self._put_buildings(buildings)
        self._view.hurry()
        self._view.redraw(rough=not buildings.is_visible)
        self._go_on()

    def _finish(self, buildings: Buildings) -> None:
        self._runner.run("cache", lambda _progress: city.keep(self._store, buildings), _nothing)
        self._on_all()

    def _load_ground(self, of_round: int) -> None:
        # A picture that an earlier load waited for is nothing to this one.
        if self._closed or of_round != self._round:
            return
        self._runner.run("load", self._read_ground, self._show_ground)

    def _read_ground(
        self, progress: Progress
    ) -> tuple[list[FlatLayer], Mesh, list[GridLines], MapNames, ReadyNames, list[str]]:
        progress("Reading ground and streets", 0.3)
        ground = scenery.ground(self._store, self._origin)
        hills = scenery.hills(self._store, self._origin)
        lines = scenery.grid_lines(self._store, self._origin)
        names = naming.names(self._store)
        ready = ReadyNames.of(names)
        return ground, hills, lines, names, ready, places.attributions(self._store)

    def _show_ground(
        self,
        answer: tuple[list[FlatLayer], Mesh, list[GridLines], MapNames, ReadyNames, list[str]],
    ) -> None:
        content = self._view.content
        content.ground, content.hills, content.grid_lines, content.names, ready, sources = answer
        content.attributions = sources
        self.points.named_lines = ready.lines
        self._view.overlay.labels.set_names(ready)
        self._view.overlay.attributions = content.attributions
        self._draw_ground()
        show = partial(self._show_points, self.points.begin())
        self._runner.run("load", self._read_points, show)

    def _read_points(self, progress: Progress) -> tuple[Shown, Footprints, MapNames]:
        progress("Reading cameras, workers and the rest", 0.6)
        footprints = map_reading.read_footprints(self._store)
        _ = footprints.features.positions, footprints.on(self._view.terrain)
        buildings = naming.building_names(footprints.features, footprints.picker.top)
        ground = self._view.content.names
        names = MapNames(ground.places + buildings, ground.lines)
        return self.points.read(names), footprints, names

    def _show_points(self, reading: int, answer: tuple[Shown, Footprints, MapNames]) -> None:
        shown, footprints, names = answer
        self._view.content.footprints = footprints
        self._view.content.names = names
        self._hide_names()
        self.points.show_all(reading, shown)
        self.models.load()
        self._ground_is_read = True
        self._go_on()

    def _draw_ground(self) -> None:
        content, style, layers = self._view.content, self._style, self._layers
        land = scenery.horizon(self.bounds(), self._origin)
        ground = [
            (layer, style.ground_colours(layer.name, layer.kinds)) for layer in content.ground
        ]
        grids = self._outlines()
        put_hills(self._view, self._style, shown=layers.is_visible("land_use"))
        hidden = [noun for noun in _FLAT if not layers.is_visible(noun)]
        sky = style.colour("horizon"), style.colour("sky")
        light, tone = style.picture_light, style.footprint_tone
        quiet = tracks_opacity(self._view.overlay.imagery)
        plain = np.array([style.colour("land"), style.colour("horizon")])

        def change(scene: Scene) -> None:
            scene.set_sky(*sky)
            scene.pictures.set_light(light)
            scene.buildings.set_tone(tone)
            scene.set_flat("land", 0, land, plain)
            for order, (layer, colours) in enumerate(ground, start=1):
                scene.set_flat(layer.name, order, layer.mesh, colours, layer.scales)
            scene.see_through("railway", quiet)
            draw_outlines(scene, grids)
            scene.drape.plain = tuple((plain[0] / 255.0).tolist())
            for noun in hidden:
                scene.set_visible(noun, False)

        self._view.change_scene(change)
        self.drawn.emit()

    def _hide_names(self) -> None:
        """Let names of streets be hidden by the buildings as they stand."""
        view = self._view
        if view.footprints is not None:
            before = view.content.standing(view.terrain, before=True)
            view.overlay.labels.stand_among(view.footprints, before)

    def _on_stood(self) -> None:
        put_hills(self._view, self._style, shown=self._layers.is_visible("land_use"))
        self._hide_names()

    def bounds(self) -> Bounds:
        """Return what home shows, metres.

        The grids where they frame the buildings, else most buildings, else everything there is, else
        a square kilometre around the origin.
        """
        buildings = self._view.content.buildings
        found = buildings.known.middle if buildings else None
        if found is not None and self._grids is not None:
            return self._grids if _area(self._grids) < FRAME * _area(found) else found
        x, y = self._origin
        return found or self._extent or (x - 500, y - 500, x + 500, y + 500)

    def refresh_points(self, nouns: Collection[str]) -> None:
        """Read points of some nouns anew, and nothing else; of landmarks their models too."""
        if "landmark" in nouns:
            self.models.load()
        self.points.refresh(nouns)

    def hide_grids(self, gone: frozenset[str], before: frozenset[str] | None = None) -> None:
        """Leave some grids out, their names from the next dress of points on.

        Parameters
        ----------
        before : frozenset of str, optional
            Those left out left of the line between two times, in place of `gone`.
        """
        sides = gone if before is None else before, gone
        content = self._view.content
        if sides == content.gone_of("grid"):
            return
        content.gone["grid"] = sides
        grids, shown = self._outlines(), self._layers.is_visible("grid") and self.with_outlines

        def change(scene: Scene) -> None:
            draw_outlines(scene, grids)
            if not shown:
                scene.set_visible("grid", False)

        if grids:
            self._view.change_scene(change)
        self.regridded.emit()

    def show_built(self, built: Built | None, before: Built | None) -> None:
        """Leave out buildings that do not stand, their names from the next dress of points on.

        Those of `before` stand left of the line between two times.
        """
        content = self._view.content
        if not content.set_built(built, before):
            return
        content.gone["building"] = content.unbuilt()
        if content.buildings is not None:
            standing = content.who_stands(content.buildings.features)
            self._view.change_scene(lambda scene: scene.buildings.show_standing(*standing))
        self._hide_names()

    def _outlines(self) -> list[Outline]:
        content = self._view.content
        order = len(content.ground) + 1
        return outlines(content.grid_lines, self._style, order, content.gone_of("grid"))

    def _on_layer(self, noun: str, visible: bool) -> None:
        self._view.overlay.visible = self._layers.visible()
        if noun in (*_FLAT, "building", "landmark"):
            self._view.change_scene(lambda scene: scene.set_visible(noun, visible))
        self._view.refresh()


def _area(bounds: Bounds) -> float:
    return (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])


def _nothing(_answer: object) -> None:
    return
