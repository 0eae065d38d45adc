"""Benchmarks of the map in 3D, against one merged mesh in VTK and PyVista."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyvista as pv
import shapely
from numpy.typing import NDArray
from PyQt6.QtGui import QImage
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkCellPicker

from benchmarks import against_maplibre, data
from benchmarks.environment import unwatched
from benchmarks.labels import labels_300
from benchmarks.measuring import Result, alternate, median, row, said, until_ready
from mapdesk.analysis.extrude import Mesh, prisms
from mapdesk.analysis.picking import PrismPicker
from mapdesk.layers.style import map_style
from mapdesk.scene3d import picking
from mapdesk.scene3d.content import Footprints
from mapdesk.scene3d.map_canvas import MOVING_SCALE
from mapdesk.scene3d.presenter import Shot, offscreen_window, take
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import FIELD_OF_VIEW, Projection, Viewpoint, fit
from mapdesk.services import city as city_tiles
from mapdesk.services.districts import open_district
from mapdesk.store import places

WIDTH, HEIGHT = 1200, 800
WALL = 4.0
"""Pixels above which a wall must not be missing."""


class City:
    """The benchmark city as the desk loads it."""

    def __init__(self) -> None:
        with open_district(data.city()) as store:
            self.origin = store.district.origin
            self.buildings = city_tiles.whole(store, self.origin)
            self.features = places.features(
                store, "building", ["name", "address", "height", "floors", "base"]
            )
        self.base, self.top = self.buildings.base, self.buildings.tops
        uses = self.buildings.features.columns["use"]
        self.colours = map_style("light").building_colours(uses)

    def whole(self, turn: float = 0.0) -> Viewpoint:
        """Return the view that shows all of it, turned by degrees."""
        bounds = (
            *self.buildings.known.corner.min(axis=0),
            *self.buildings.known.corner.max(axis=0),
        )
        return replace(fit(bounds, WIDTH / HEIGHT), bearing=turn)

    def low(self, turn: float = 0.0) -> Viewpoint:
        """Return a view across the city from just above its roofs, turned by degrees."""
        return Viewpoint(*self.origin, distance=3000.0, bearing=turn, pitch=14.0)

    def oblique(self, turn: float = 0.0) -> Viewpoint:
        """Return a view over the middle of the city from 900 m up, turned by degrees."""
        return Viewpoint(*self.origin, distance=1750.0, bearing=37.0 + turn, pitch=31.0)


class Merged:
    """One merged mesh in PyVista: culled, lit, no anti-aliasing, full resolution."""

    def __init__(self, city: City) -> None:
        self._origin = city.origin
        self.mesh: Mesh = prisms(city.features.placed, city.base, city.top, city.origin)
        # One headlight, not PyVista's kit of five: a quarter faster.
        # Its hints know arrays of Python's numbers alone.
        plotter: Any = pv.Plotter(off_screen=True, window_size=[WIDTH, HEIGHT], lighting="none")
        surface: Any = pv.PolyData
        plotter.add_light(pv.Light(light_type="headlight"))
        plotter.disable_anti_aliasing()
        plotter.render_window.SetMultiSamples(0)
        plotter.add_mesh(
            surface.from_regular_faces(self.mesh.points, self.mesh.triangles),
            scalars=city.colours[self.mesh.owner],
            rgb=True,
            culling="back",
            lighting=True,
        )
        plotter.camera.view_angle = FIELD_OF_VIEW
        self.plotter = plotter
        self._pixels = vtkUnsignedCharArray()

    def show(self, view: Viewpoint) -> None:
        """Render one picture and read it back."""
        camera = self.plotter.camera
        eye = view.eye
        camera.SetPosition(eye[0] - self._origin[0], eye[1] - self._origin[1], eye[2])
        camera.SetFocalPoint(view.x - self._origin[0], view.y - self._origin[1], 0.0)
        camera.SetViewUp(*view.up.tolist())
        camera.SetClippingRange(*view.clipping)
        window = self.plotter.render_window
        window.Render()
        window.GetRGBACharPixelData(0, 0, WIDTH - 1, HEIGHT - 1, 0, self._pixels, 0)


def moving_oblique_100k() -> Result:
    """Milliseconds a moving frame takes until its pixels can be painted, orbiting over the city."""
    return _moving("scene.moving_oblique_100k", City.oblique, MOVING_SCALE)


def moving_whole_100k() -> Result:
    """Milliseconds a moving frame takes with the whole city in view, turning it."""
    return _moving("scene.moving_whole_100k", City.whole, MOVING_SCALE)


def moving_oblique_100k_full() -> Result:
    """Milliseconds a frame takes at full resolution, orbiting over the city."""
    return _moving("scene.moving_oblique_100k_full", City.oblique, 1.0)


def _moving(
    key: str, look: Callable[[City, float], Viewpoint], scale: float, rounds: int = 60
) -> Result:
    city = City()
    desk = Desk(city)
    merged = Merged(city)
    views = [look(city, 4.0 * step) for step in range(rounds)]
    # What either side makes once is made: the peer's one upload, our actors of tiles.
    for view in views:
        desk.show(view, scale, at_rest=True)
    for view in views[:3]:
        desk.show(view, scale)
        merged.show(view)
    times = alternate(lambda view: desk.show(view, scale), merged.show, views)
    merged.plotter.close()
    name = "one merged mesh in PyVista, culled, lit, full resolution"
    return row(key, "ms", median(times[0]), median(times[1]), name)


class Desk:
    """The buildings of the city as the desk draws them."""

    def __init__(self, city: City) -> None:
        self.scene = Scene(city.origin)
        self._window = offscreen_window(self.scene)
        self._buffer = vtkUnsignedCharArray()
        self.scene.set_buildings(city.buildings.tiles, city.colours)

    def show(self, view: Viewpoint, scale: float, *, at_rest: bool = False) -> QImage:
        """Render one picture and read it back."""
        size = round(WIDTH * scale), round(HEIGHT * scale)
        return take(self._window, self.scene, Shot(view, *size, smooth=at_rest), self._buffer)


def missing_walls(turns: int = 6) -> Result:
    """Share of the pixels of walls above 4 pixels that the full render has and ours has not.

    Of pictures taken obliquely, of the whole city and across its roofs, moving and at rest, together; each
    kind's own share is printed. Buildings whose walls are higher than that are red, others green; walls
    are darker than roofs.
    """
    city = City()
    desk = Desk(city)
    height, middle = city.top - city.base, city.buildings.known.corner
    all_wanted = all_missed = 0
    for look in (City.oblique, City.whole, City.low):
        for scale in (MOVING_SCALE, 1.0):
            wanted = missed = 0
            for turn in range(turns):
                view = look(city, 360.0 * turn / turns)
                projection = Projection(view, WIDTH * scale, HEIGHT * scale)
                foot, _depth = projection.to_screen(middle, city.base)
                roof, _depth = projection.to_screen(middle, city.top)
                tall = np.nan_to_num(foot[:, 1] - roof[:, 1]) > WALL
                colours = np.zeros((len(height), 3), np.uint8)
                colours[np.arange(len(height)), np.where(tall, 0, 1)] = 255
                desk.scene.buildings.recolour(colours)
                walls = []
                for simplify in (False, True):
                    desk.scene.buildings.simplify = simplify
                    # Every tile as fine as it is to be: none may stand in for another.
                    desk.scene.look(view, (round(WIDTH * scale), round(HEIGHT * scale)))
                    walls.append(_red_walls(desk.show(view, scale)))
                wanted += int(walls[0].sum())
                missed += int((walls[0] & ~walls[1]).sum())
            all_wanted, all_missed = all_wanted + wanted, all_missed + missed
            print(f"{look.__name__} x{scale:g}: {missed} of {wanted}", flush=True)
    return row("scene.missing_walls", "share", all_missed / all_wanted)


def _red_walls(image: QImage) -> NDArray[np.bool_]:
    bits = image.constBits()
    assert bits is not None
    pixels = np.frombuffer(bits.asstring(image.sizeInBytes()), np.uint8)
    pixels = pixels.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()]
    return np.asarray((pixels[..., 0] > 40) & (pixels[..., 0] < 245) & (pixels[..., 1] == 0))


def first_picture_100k(rounds: int = 5) -> Result:
    """Seconds from the start of the process until all buildings are drawn, with no mesh cached."""
    folder = data.city()
    ours, peer = [], []
    for _ in range(rounds):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        with tempfile.TemporaryDirectory() as settings:
            environment = unwatched(Path(settings))
            ours.append(until_ready(["desk", str(folder)], environment))
            peer.append(until_ready(["merged", str(folder)], environment))
    return row(
        "scene.first_picture_100k",
        "s",
        median(ours),
        median(peer),
        "GeoPandas and one merged mesh in PyVista",
    )


def cached_open_100k(rounds: int = 5) -> Result:
    """Seconds from when Python modules are imported until all buildings are drawn, meshes cached."""
    folder = data.city()
    with open_district(folder) as store:
        city_tiles.keep(store, city_tiles.whole(store, store.district.origin))
    with tempfile.TemporaryDirectory() as settings:
        environment = unwatched(Path(settings))
        times = [said(["desk", str(folder)], environment, "seconds") for _ in range(rounds)]
    return row("scene.cached_open_100k", "s", median(times))


def memory_100k(rounds: int = 3) -> Result:
    """Megabytes that the process grows by from an empty scene to the first full frame, none cached."""
    folder = data.city()
    found = []
    for _ in range(rounds):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        found.append(said(["memory", str(folder)], dict(os.environ), "megabytes"))
    return row("scene.memory_100k", "MB", median(found))


def extrude_100k(rounds: int = 5) -> Result:
    """Seconds of processor time to make the meshes of all footprints, tile by tile as the desk does."""
    city = City()
    shapes = city.features.placed
    holed = float(np.mean(shapely.get_num_interior_rings(shapes) > 0))
    assert 0.04 < holed < 0.06, f"{holed:.1%} have holes"
    times = []
    for _ in range(rounds):
        began = time.process_time()
        for tile in city.buildings.rows:
            at = tile.members
            prisms(shapes[at], city.base[at], city.top[at], city.origin)
        times.append(time.process_time() - began)
    return row("scene.extrude_100k", "s", median(times))


def pick_100k(rounds: int = 60) -> Result:
    """Milliseconds from a pixel to the building seen there."""
    city = City()
    picker = PrismPicker.of(city.features.placed, city.base, city.top)
    footprints = Footprints(city.features, picker, np.ones(len(city.top)))
    merged = Merged(city)
    view = replace(city.oblique(), pitch=45.0)
    merged.show(view)
    projection = Projection(view, WIDTH, HEIGHT)
    cells = vtkCellPicker()
    cells.SetTolerance(0.0)

    def ours(pixel: tuple[float, float]) -> int | None:
        return picking.building_at(projection, *pixel, footprints)

    def peer(pixel: tuple[float, float]) -> int | None:
        cells.Pick(pixel[0], HEIGHT - 1 - pixel[1], 0.0, merged.plotter.renderer)
        cell = cells.GetCellId()
        return None if cell < 0 else int(merged.mesh.owner[merged.mesh.triangles[cell, 0]])

    pixels = _pixels(rounds)
    agreed = np.mean([ours(pixel) == peer(pixel) for pixel in pixels[:20]])
    assert agreed >= 0.9, f"the pickers agree on {agreed:.0%} only"
    times = alternate(ours, peer, pixels)
    merged.plotter.close()
    return row("scene.pick_100k", "ms", median(times[0]), median(times[1]), "vtkCellPicker")


def _pixels(count: int) -> list[tuple[float, float]]:
    found: NDArray[np.int64] = np.random.default_rng(9).integers(
        (0, 200), (WIDTH, HEIGHT), (count, 2)
    )
    return [(float(x), float(y)) for x, y in found]


def lasso_preview(moves: int = 240) -> Result:
    """Milliseconds a mouse move of a lasso over the demo district takes, painting included."""
    folder = data.demo()
    with tempfile.TemporaryDirectory() as settings:
        os.environ.update(unwatched(Path(settings)))
        return row("scene.lasso_preview", "ms", median(_lasso(folder, moves)))


def _lasso(folder: Path, moves: int) -> list[float]:
    from PyQt6.QtCore import QEvent, QPointF, Qt
    from PyQt6.QtGui import QMouseEvent

    from mapdesk.app import main

    application = main.make_application(["mapdesk"])
    window = main.open_window(folder, hardware=False)
    view = window.map
    view.setFixedSize(WIDTH, HEIGHT)
    main.settle(window)
    window.session.set_tool("lasso")
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    def send(kind: QEvent.Type, at: QPointF) -> None:
        application.sendEvent(view, QMouseEvent(kind, at, view.mapToGlobal(at), left, left, none))
        application.processEvents()

    around = np.linspace(0.0, 2 * np.pi, moves)
    path = [QPointF(600 + 320 * np.cos(a), 450 + 260 * np.sin(a)) for a in around]
    send(QEvent.Type.MouseButtonPress, path[0])
    times = []
    for at in path[1:]:
        began = time.perf_counter()
        send(QEvent.Type.MouseMove, at)
        times.append((time.perf_counter() - began) * 1000)
    view.cancel_gesture()
    window.close()
    window.wait_closed()
    application.processEvents()
    return times


BENCHMARKS: tuple[Callable[[], Result], ...] = (
    moving_oblique_100k,
    moving_whole_100k,
    moving_oblique_100k_full,
    missing_walls,
    first_picture_100k,
    cached_open_100k,
    pick_100k,
    lasso_preview,
    labels_300,
    extrude_100k,
    memory_100k,
    *against_maplibre.BENCHMARKS,
)
