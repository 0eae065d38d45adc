"""The desk beside MapLibre GL: the same 20,000 boxes of one GeoJSON, the same view, the same size."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd

from benchmarks import boxes as desk
from benchmarks import data, maplibre
from benchmarks.environment import unwatched
from benchmarks.measuring import ROOT, Result, median, row
from mapdesk.app.jobs import InlineJobs
from mapdesk.app.main import make_application
from mapdesk.app.map_loader import MapLoader
from mapdesk.layers.layers import LayerList
from mapdesk.layers.style import map_style
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.presenter import ImmediatePresenter, Shot
from mapdesk.scene3d.viewpoint import Viewpoint, fit
from mapdesk.services.districts import open_district

ALL_IN_VIEW = 1.25
"""Times the fitted distance from which the corners stay in view while it turns."""
STEP = 7.0
"""Degrees from one frame to the next."""
LEAST = 0.999
"""Part of the boxes that the peer must draw."""


def orbit_20k(frames: int = 40, rounds: int = 3) -> Result:
    """Milliseconds a frame takes until all its pixels are there, orbiting over all boxes.

    The desk's is drawn as the desk draws while the map moves: at half resolution, made large again, and
    with the overlay. What a frame at full resolution takes is noted beside it.
    """
    key, lacking = "scene.orbit_20k_vs_maplibre", maplibre.missing()
    if lacking:
        return _skipped(key, "ms", lacking)
    file, view, place = _scene()
    view = replace(view, distance=view.distance * ALL_IN_VIEW)
    turns = [STEP * step for step in range(frames)]
    ours: list[float] = []
    full: list[float] = []
    peer: list[float] = []
    for _round in range(rounds):
        moving, whole = _turned(file, view, turns)
        ours, full = ours + moving, full + whole
        said = maplibre.turning(file, view, place, turns)
        assert said["size"] == list(maplibre.SIZE), f"the peer drew {said['size']}"
        assert said["seen"] >= LEAST * data.BOXES, f"the peer drew {said['seen']} boxes only"
        peer += said["times"]
    found = row(key, "ms", median(ours), median(peer), f"{maplibre.NAME}, {said['renderer']}")
    ratio = median(full) / median(peer)
    return found | {"note": f"ours at full resolution: {median(full):.3g} ms, ratio {ratio:.3g}"}


def first_picture_20k(rounds: int = 5) -> Result:
    """Seconds from the start of a process until all boxes of a GeoJSON are drawn and read, nothing cached."""
    key, lacking = "scene.first_picture_20k_vs_maplibre", maplibre.missing()
    if lacking:
        return _skipped(key, "s", lacking)
    file, view, place = _scene()
    ours, peer = [], []
    for _round in range(rounds):
        ours.append(_drawn(file))
        passed, seen = maplibre.first_picture(file, view, place)
        assert seen >= LEAST * data.BOXES, f"the peer drew {seen} boxes only"
        peer.append(passed)
    return row(key, "s", median(ours), median(peer), maplibre.NAME)


def _scene() -> tuple[Path, Viewpoint, tuple[float, float]]:
    """Return the boxes, a view that has them all, and longitude and latitude of its middle."""
    file = data.boxes()
    bounds = tuple(gpd.read_file(file).to_crs(data.CRS).total_bounds.tolist())
    west, south, east, north = bounds
    view = fit((west, south, east, north), maplibre.SIZE[0] / maplibre.SIZE[1], desk.PITCH)
    there = gpd.GeoSeries(gpd.points_from_xy([view.x], [view.y]), crs=data.CRS).to_crs(4326)
    return file, view, (float(there.x[0]), float(there.y[0]))


def _turned(file: Path, view: Viewpoint, turns: list[float]) -> tuple[list[float], list[float]]:
    """Return milliseconds of the desk's frames while the map moves, and of frames at full resolution."""
    folder = file.with_suffix(".district")
    if not folder.is_dir():
        data.district_of(file, folder)
    make_application(["mapdesk"])
    style, layers = map_style("light"), LayerList()
    layers.show_only(["building"])
    moving, full = [], []
    with open_district(folder) as store:
        presenter = ImmediatePresenter(store.district.origin)
        shown = MapView(presenter, style)
        shown.resize(*maplibre.SIZE)
        loader = MapLoader(
            shown, InlineJobs(), store, layers, style, on_first=_nothing, on_all=_nothing
        )
        loader.load()
        looks = [replace(view, bearing=turn).limited() for turn in turns]
        # What either side makes once is made: the peer's tiles of these views, our actors.
        for size in (maplibre.SIZE, (maplibre.SIZE[0] // 2, maplibre.SIZE[1] // 2)):
            for look in looks:
                presenter.show(Shot(look, *size, smooth=True))
        for look in looks:
            began = time.perf_counter()
            shown.look(look, moving=True)
            image = shown.composed()
            moving.append((time.perf_counter() - began) * 1000)
            assert (image.width(), image.height()) == maplibre.SIZE
        for look in looks:
            began = time.perf_counter()
            presenter.show(Shot(look, *maplibre.SIZE, smooth=False))
            full.append((time.perf_counter() - began) * 1000)
        loader.close()
        shown.close_presenter()
    return moving, full


def _drawn(file: Path) -> float:
    with tempfile.TemporaryDirectory() as settings:
        began = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.boxes", str(file)],
            cwd=ROOT,
            env=unwatched(Path(settings)),
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            said = process.stdout.readline().strip()
            passed = time.perf_counter() - began
            process.stdout.read()
    if said != "ready":
        raise RuntimeError("the boxes were not drawn")
    return passed


def _skipped(key: str, unit: str, why: str) -> Result:
    found: Result = {"id": key, "ours": None, "peer": None, "peer_name": maplibre.NAME}
    return found | {"unit": unit, "note": f"skipped: {why}"}


def _nothing() -> None:
    return


BENCHMARKS: tuple[Callable[[], Result], ...] = (orbit_20k, first_picture_20k)
