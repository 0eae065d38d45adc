"""Very many buildings and points in one district: all of it is read, drawn, counted and picked."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from mapdesk.app.jobs import InlineJobs
from mapdesk.app.loaded import let_load
from mapdesk.app.map_loader import MapLoader
from mapdesk.layers.layers import LayerList
from mapdesk.layers.style import map_style, rgb
from mapdesk.model.selection import Ref
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.presenter import ImmediatePresenter
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import districts
from tests.app.many import make_many

MANY, FEWER = (200_000, 100_000), (20_000, 12_000)
"""Buildings and points; the fewer are still more than are drawn one by one."""
MOST_MB, MOST_SECONDS = 1200, 60.0
"""What a picture of all of it may take, of memory and of the processors, from the start of the program."""
FRAME = 0.016
"""Seconds within which a thing is found under the pointer."""

Many = tuple[MapView, MapLoader, int, int]


@pytest.fixture(
    params=[pytest.param(FEWER, id="fewer"), pytest.param(MANY, id="many", marks=pytest.mark.soak)]
)
def many(
    qapp: QApplication, tmp_path: Path, request: pytest.FixtureRequest, all_pixels: None
) -> Iterator[Many]:
    buildings, points = request.param
    make_many(tmp_path / "many", buildings, points)
    layers = LayerList()
    layers.show_only(["building", "component"])
    style = map_style("light")
    with districts.open_district(tmp_path / "many") as store:
        view = MapView(ImmediatePresenter(store.district.origin), style)
        view.resize(900, 700)
        loaded: list[bool] = []
        loader = MapLoader(
            *(view, InlineJobs(), store, layers, style),
            on_first=_nothing,
            on_all=lambda: loaded.append(True),
        )
        loader.load()
        let_load(view, loaded)
        yield view, loader, buildings, points
        loader.close()
        view.close_presenter()
        view.deleteLater()


def _nothing() -> None:
    return


def test_all_of_very_many_is_there_drawn_counted_and_picked(many: Many):
    view, loader, buildings, points = many
    counts = view.content.counts()
    assert (counts["building"], counts["component"]) == (buildings, points)
    view.look_at_all(loader.bounds())
    whole = view.viewpoint
    # From above, all of it in view: what is in clusters and what stands alone are all the points.
    view.look(Viewpoint(whole.x, whole.y, whole.distance * 1.3, 0.0, 89.0))
    image = view.composed()
    marks = view.overlay.point_marks
    layer = view.overlay.points["component"]
    heaps = marks.heaps_of(layer, view.shown)
    alone = int((heaps.count == 1).sum())
    assert sum(one.count for one in marks.clusters) + alone == points
    assert 1 < len(marks.clusters) < 1000
    land = np.abs(_pixels(image).astype(int) - rgb(view.overlay.style.plain["land"]).astype(int))
    assert (land.max(axis=2) > 8).mean() > 0.1
    _pick(view, points)


def _pick(view: MapView, points: int) -> None:
    layer = view.content.points["component"]
    times = []
    for at in np.random.default_rng(7).integers(0, points, 6).tolist():
        x, y = layer.xy[at].tolist()
        view.look(Viewpoint(x, y, 150.0, 0.0, 89.0))
        view.composed()
        (pixel,), _depth = view.shown.to_screen([[x, y]])
        before = time.thread_time()
        found = view._under(QPointF(*pixel))
        times.append(time.thread_time() - before)
        assert found is not None and found[0] == Ref("component", layer.ids[at])
    assert np.median(times) < FRAME


def _pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    flat = np.frombuffer(bits, np.uint8).reshape(image.height(), image.width(), 4)
    return flat[:, :, 2::-1].copy()


@pytest.mark.soak
def test_a_picture_of_very_many_takes_what_a_workstation_has(tmp_path: Path):
    make_many(tmp_path / "many", *MANY)
    picture = tmp_path / "many.png"
    words = ("shot", str(tmp_path / "many"), str(picture), "--layers", "building,component")
    # By way of a small process: what the one that starts it holds would count as its own.
    asked = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=2);"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(used.ru_maxrss / 1024, used.ru_utime + used.ru_stime)"
    )
    command = (sys.executable, "-c", asked, sys.executable, "-m", "mapdesk", *words)
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    megabytes, seconds = map(float, said.split())
    assert picture.stat().st_size > 10_000
    assert megabytes < MOST_MB
    assert seconds < MOST_SECONDS
