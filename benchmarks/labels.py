"""Benchmark of names on the map, against VTK's billboards."""

from __future__ import annotations

import importlib.resources
import time
from collections.abc import Callable

import numpy as np
from PyQt6.QtGui import QImage, QPainter
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkBillboardTextActor3D

# The back end for text registers itself on import.
import vtkmodules.vtkRenderingFreeType  # noqa: F401, isort:skip

from benchmarks.measuring import Result, median, row
from mapdesk.app import main
from mapdesk.layers.names import MapNames, PlaceNames
from mapdesk.layers.standing import ReadyNames
from mapdesk.scene3d.labels import Labels
from mapdesk.scene3d.presenter import Shot, offscreen_window, take
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import Projection, Viewpoint

WIDTH, HEIGHT = 1200, 800
COLUMNS, ROWS = 15, 20
STEP_X, STEP_Y = 30.0, 15.0
"""Metres between names: no two overlap, so that all are written."""
LEAST = 285
"""Names of the 300 that have to be written in every frame."""

_SYLLABLES = "望海滨河解放友谊公园迎春集港新苑中山和平建设"


def labels_300(rounds: int = 60) -> Result:
    """Milliseconds that 300 Chinese names add to a frame, chosen and painted anew while orbiting."""
    application = main.make_application(["mapdesk"])
    names = _names()
    views = [
        Viewpoint(0.0, 0.0, 700.0, bearing=8 * np.sin(step / 9), pitch=70.0)
        for step in range(rounds)
    ]
    ours, peer = _ours(names), _peer(names)
    for view in views[:3]:
        ours(view)
        peer(view)
    times = [(ours(view), peer(view)) for view in views]
    application.processEvents()
    return row(
        "scene.labels_300",
        "ms",
        median([one for one, _other in times]),
        median([other for _one, other in times]),
        "300 vtkBillboardTextActor3D",
    )


def _names() -> PlaceNames:
    random = np.random.default_rng(3)
    rows = []
    for number in range(COLUMNS * ROWS):
        x = (number % COLUMNS - (COLUMNS - 1) / 2) * STEP_X
        y = (number // COLUMNS - (ROWS - 1) / 2) * STEP_Y
        text = "".join(random.choice(list(_SYLLABLES), 3)) + str(number % 10)
        rows.append((text, "point", "camera", str(number), x, y, 0.0, float("nan")))
    return PlaceNames.of(rows)


def _ours(names: PlaceNames) -> Callable[[Viewpoint], float]:
    """Return what measures choosing and painting the names over a picture that is there."""
    labels = Labels()
    labels.set_names(ReadyNames.of(MapNames(names, MapNames.empty().lines)))
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    none = np.empty((0, 4))

    def measure(view: Viewpoint) -> float:
        painter = QPainter(image)
        began = time.perf_counter()
        projection = Projection(view, WIDTH, HEIGHT)
        labels.paint(painter, projection, 1.0, theme="light", visible=["camera"], symbols=none)
        passed = (time.perf_counter() - began) * 1000
        painter.end()
        assert len(labels.written) >= LEAST, f"only {len(labels.written)} names are written"
        return passed

    return measure


def _peer(names: PlaceNames) -> Callable[[Viewpoint], float]:
    """Return what measures a frame with billboards, less the same frame without."""
    scene = Scene((0.0, 0.0))
    window = offscreen_window(scene)
    buffer = vtkUnsignedCharArray()
    font = importlib.resources.files("mapdesk_data") / "fonts" / "NotoSansCJKsc-GBK.otf"
    actors = []
    for text, (x, y) in zip(names.texts.tolist(), names.xy.tolist(), strict=True):
        actor = vtkBillboardTextActor3D()
        actor.SetInput(text)
        actor.SetPosition(x, y, 0.0)
        look = actor.GetTextProperty()
        look.SetFontFamilyAsString("File")
        look.SetFontFile(str(font))
        look.SetFontSize(11)
        look.SetColor(0.15, 0.19, 0.23)
        look.SetJustificationToCentered()
        scene.city.AddActor(actor)
        actors.append(actor)

    def frame(view: Viewpoint, shown: bool) -> float:
        for actor in actors:
            actor.SetVisibility(shown)
        began = time.perf_counter()
        take(window, scene, Shot(view, WIDTH, HEIGHT, smooth=False), buffer)
        return (time.perf_counter() - began) * 1000

    def measure(view: Viewpoint) -> float:
        plain = frame(view, shown=False)
        return frame(view, shown=True) - plain

    return measure
