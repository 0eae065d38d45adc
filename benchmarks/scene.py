"""Benchmarks of the map in 3D, against one merged mesh in VTK and PyVista."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from PyQt6.QtGui import QImage
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkCellPicker

from benchmarks import against_maplibre, data
from benchmarks.environment import unwatched
from benchmarks.labels import labels_300
from benchmarks.measuring import Result, alternate, median, row, until_ready
from mapdesk.analysis.extrude import Mesh, prisms
from mapdesk.analysis.picking import PrismPicker
from mapdesk.layers.style import map_style
from mapdesk.scene3d import picking
from mapdesk.scene3d.content import Footprints
from mapdesk.scene3d.map_canvas import MOVING_SCALE
from mapdesk.scene3d.presenter import Shot, offscreen_window, take
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import FIELD_OF_VIEW, Projection, Viewpoint
from mapdesk.services import scenery
from mapdesk.services.districts import open_district
from mapdesk.store import places

WIDTH, HEIGHT = 1200, 800


class City:
    """The benchmark city as the desk loads it."""

    def __init__(self) -> None:
        with open_district(data.city()) as store:
            self.origin = store.district.origin
            self.buildings = scenery.buildings(store, self.origin)
            self.features = places.features(
                store, "building", ["name", "address", "height", "floors", "base"]
            )
        self.base, self.top = scenery.roofs(self.features)
        uses = self.buildings.features.columns["use"]
        self.colours = map_style("light").building_colours(uses)

    def oblique(self, turn: float = 0.0) -> Viewpoint:
        """Return a view over the middle of the city from 900 m up, turned by degrees."""
        return Viewpoint(*self.origin, distance=1750.0, bearing=37.0 + turn, pitch=31.0)


class Merged:
    """One merged mesh in PyVista: culled, lit, no anti-aliasing, full resolution."""

    def __init__(self, city: City) -> None:
        self._origin = city.origin
        self.mesh: Mesh = prisms(city.features.placed, city.base, city.top, city.origin)
        # One headlight, not PyVista's kit of five: a quarter faster.
        plotter = pv.Plotter(off_screen=True, window_size=[WIDTH, HEIGHT], lighting="none")
        plotter.add_light(pv.Light(light_type="headlight"))
        plotter.disable_anti_aliasing()
        plotter.render_window.SetMultiSamples(0)
        plotter.add_mesh(
            pv.PolyData.from_regular_faces(self.mesh.points, self.mesh.triangles),
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


def moving_oblique_100k(rounds: int = 90) -> Result:
    """Milliseconds a moving frame takes until its pixels can be painted, orbiting over the city."""
    city = City()
    show = _desk_view(city)
    merged = Merged(city)
    views = [city.oblique(4.0 * step) for step in range(rounds)]
    for view in views[:3]:
        show(view)
        merged.show(view)
    times = alternate(show, merged.show, views)
    merged.plotter.close()
    return row(
        "scene.moving_oblique_100k",
        "ms",
        median(times[0]),
        median(times[1]),
        "one merged mesh in PyVista, culled, lit, full resolution",
    )


def _desk_view(city: City) -> Callable[[Viewpoint], QImage]:
    """Return what makes the desk's moving picture of the city's buildings."""
    scene = Scene(city.origin)
    window = offscreen_window(scene)
    scene.set_buildings(city.buildings.tiles, city.colours)
    buffer = vtkUnsignedCharArray()
    size = round(WIDTH * MOVING_SCALE), round(HEIGHT * MOVING_SCALE)

    def show(view: Viewpoint) -> QImage:
        return take(window, scene, Shot(view, *size, smooth=False), buffer)

    return show


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
    import time

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
    first_picture_100k,
    pick_100k,
    lasso_preview,
    labels_300,
    *against_maplibre.BENCHMARKS,
)
