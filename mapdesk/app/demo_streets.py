"""Panoramas for the demo district: its own streets drawn from inside, as no camera was ever there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QFont, QImage, QPainter
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from mapdesk.analysis import equirect
from mapdesk.app.jobs import InlineJobs, Progress
from mapdesk.app.main import make_application
from mapdesk.app.map_loader import MapLoader
from mapdesk.formats import panoramas as files
from mapdesk.layers.layers import LayerList
from mapdesk.layers.style import map_style
from mapdesk.model.language import LANGUAGE
from mapdesk.model.shapes import Circle
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.presenter import ImmediatePresenter, read_back
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import MAX_DISTANCE, MIN_DISTANCE, Viewpoint
from mapdesk.services import panorama_imports
from mapdesk.store import places
from mapdesk.store.database import Store

CREDIT = "Generated demo data (mapdesk), no real place or person"
EYE = 2.6
"""Metres of the eye above the ground, as on the roof of a car."""
SPACING = 40.0
"""Metres from one panorama to the next."""
BRANCH = 2
"""Panoramas along each street that leaves the crossing."""
FACE = 1024
"""Pixels across a view; the panorama made of six is four times as wide, then halved, which smooths it."""
NO_SKY = np.array([255, 0, 255], np.uint8)
"""Colour of the background while drawing; nothing on the map has it."""
AMONG = 70.0
"""Metres around a crossing in which buildings count as standing at it."""
ASPHALT = dict.fromkeys(("trunk", "primary", "secondary", "tertiary", "residential"), "#84898e") | {
    "casing": "#c9c6bf",
    "service": "#979a9c",
    "path": "#b9b3a6",
}
STREETS = ("trunk", "primary", "secondary", "tertiary", "residential")


def draw(store: Store, progress: Progress, *, branch: int = BRANCH, face: int = FACE) -> int:
    """Draw panoramas around one crossing of the demo and import them; return how many.

    They go through the same door as a camera's, position and direction in their EXIF.

    Parameters
    ----------
    branch : int
        Panoramas along each street that leaves the crossing.
    face : int
        Pixels across each of the six views that a panorama is made of.
    """
    at, streets = standpoints(store, branch)
    if not len(at):
        return 0
    with tempfile.TemporaryDirectory(prefix="mapdesk-") as scratch:
        folder = Path(scratch) / "drawn panoramas"
        folder.mkdir()
        for number, (point, picture) in enumerate(zip(at, _pictures(store, at, face), strict=True)):
            progress("Drawing panoramas", number / len(at))
            x, y = point.tolist()
            lon, lat = store.district.to_lonlat(x, y)
            north = store.district.bearing(x, y, x, y + 10.0)
            taken = datetime(2026, 5, 4, 10, 0) + timedelta(seconds=20 * number)  # noqa: DTZ001
            exif = tags(float(lon), float(lat), north, taken, CREDIT)
            path = folder / f"{streets[number]} {number + 1}.jpg"
            path.write_bytes(files.encode(picture, 82, exif))
        return panorama_imports.import_folder(store, folder, credit=CREDIT, progress=progress).kept


def standpoints(store: Store, branch: int) -> tuple[NDArray[np.float64], list[str]]:
    """Return places (n, 2) in metres along the streets of the crossing with the most buildings around.

    With each comes the name of its street.
    """
    roads = places.features(store, "road", ["kind", "name"])
    chosen = np.isin(roads.columns["kind"].astype(str), STREETS)
    lines, names = roads.placed[chosen], roads.columns["name"][chosen]
    if not len(lines):
        return np.empty((0, 2)), []
    ends = np.concatenate(
        [shapely.get_coordinates(shapely.get_point(lines, which)) for which in (0, -1)]
    )
    corners, meeting = np.unique(np.round(ends, 1), axis=0, return_counts=True)
    crossings = corners[meeting >= min(4, int(meeting.max()))]
    houses = places.index_of(store, "building")
    around = [len(houses.within(Circle(at[0], at[1], AMONG))) for at in crossings.tolist()]
    crossing = crossings[int(np.argmax(around))]
    found: list[NDArray[np.float64]] = []
    streets: list[str] = []
    for index in np.flatnonzero(shapely.dwithin(lines, shapely.Point(crossing), 0.2)).tolist():
        line, name = lines[index], str(names[index] or "street")
        start = shapely.get_coordinates(line)[0]
        ahead = line if np.hypot(*(start - crossing)) < 0.2 else shapely.reverse(line)
        # The crossing itself is stood at once, whichever street comes first.
        steps = SPACING * np.arange(1 if found else 0, branch + 1)
        there = shapely.get_coordinates(ahead.interpolate(steps[steps < ahead.length]))
        found += list(there)
        streets += [name] * len(there)
    return np.array(found), streets


def tags(lon: float, lat: float, heading: float, taken: datetime, credit: str) -> bytes:
    """Return EXIF tags of a panorama, `heading` in degrees from true north."""
    from PIL import ExifTags, Image

    exif = Image.Exif()
    exif[ExifTags.Base.Copyright] = credit
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLongitudeRef: "W" if lon < 0 else "E",
            ExifTags.GPS.GPSLongitude: _parts(abs(lon)),
            ExifTags.GPS.GPSLatitudeRef: "S" if lat < 0 else "N",
            ExifTags.GPS.GPSLatitude: _parts(abs(lat)),
            ExifTags.GPS.GPSImgDirectionRef: "T",
            ExifTags.GPS.GPSImgDirection: heading % 360.0,
        }
    )
    return exif.tobytes()


def _parts(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 6)


def _pictures(store: Store, at: NDArray[np.float64], face: int) -> Iterator[NDArray[np.uint8]]:
    """Draw the district from inside, at one place after the other."""
    application = make_application(["mapdesk"], LANGUAGE.code)
    style, layers = replace(map_style("light"), road=ASPHALT), LayerList()
    layers.show_only(["land_use", "road", "building"])
    view = MapView(ImmediatePresenter(store.district.origin), style)
    view.resize(face, face)
    loader = MapLoader(view, InlineJobs(), store, layers, style, on_first=_nothing, on_all=_nothing)
    try:
        loader.load()
        # Ground and streets follow the first picture.
        view.look_at_all(loader.bounds())
        sky = _sky(style.colour("horizon"), style.colour("sky"), 2 * face)
        pixels = equirect.lookup(face, 4 * face)
        taken: list[NDArray[np.uint8]] = []

        def take(at: NDArray[np.float64], scene: Scene) -> None:
            taken.append(_around(scene, at, face))

        for point in at:
            view.change_scene(partial(take, point), redraw=False)
            picture = equirect.from_faces(taken.pop(), pixels)
            # VTK dithers its background by a step or two.
            empty = (picture[..., 0] > 250) & (picture[..., 1] < 5) & (picture[..., 2] > 250)
            picture[empty] = np.broadcast_to(sky[:, None], picture.shape)[empty]
            yield equirect.halved(picture)
    finally:
        loader.close()
        view.close_presenter()
        application.processEvents()


def _around(scene: Scene, at: NDArray[np.float64], face: int) -> NDArray[np.uint8]:
    """Return six views (6, n, n, 3) from a place in metres."""
    near = Viewpoint(float(at[0]), float(at[1]), MIN_DISTANCE, 0.0, 90.0)
    scene.look(near)  # streets as they are drawn from near by
    # Seen from high above, every tile is in view: with nothing simplified all are drawn whole.
    scene.buildings.simplify = False
    far = replace(near, distance=MAX_DISTANCE)
    scene.buildings.look(far, far.eye - (*scene.origin, 0.0), (face, face), hurry=False)
    window, camera = scene.ground.GetRenderWindow(), scene.ground.GetActiveCamera()
    window.SetSize(face, face)
    scene.set_sky(NO_SKY, NO_SKY)
    for renderer in scene.renderers:
        renderer.SetUseFXAA(False)
    eye = np.array([*(at - scene.origin), EYE])
    buffer, faces = vtkUnsignedCharArray(), []
    camera.SetViewAngle(90.0)
    for forward, up in equirect.FACES:
        camera.SetPosition(*eye.tolist())
        camera.SetFocalPoint(*(eye + forward).tolist())
        camera.SetViewUp(*up)
        camera.SetClippingRange(0.4, 30_000.0)
        window.Render()
        image = read_back(window, buffer)
        if forward[2] < 0:
            _stamp(image)
        faces.append(_pixels(image))
    return np.stack(faces)


def _stamp(image: QImage) -> None:
    """Write on the ground below the eye that nobody took this picture."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = QPointF(image.width() / 2, image.height() / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(40, 46, 52))
    painter.drawEllipse(middle, image.width() * 0.13, image.width() * 0.13)
    font = QFont(painter.font())
    font.setPixelSize(round(image.width() * 0.036))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, "DEMO\n生成画面")
    painter.end()


def _pixels(image: QImage) -> NDArray[np.uint8]:
    packed = image.convertToFormat(QImage.Format.Format_RGB888)
    memory: Any = packed.constBits()
    memory.setsize(packed.sizeInBytes())
    rows = np.frombuffer(memory, np.uint8).reshape(packed.height(), packed.bytesPerLine())
    return rows[:, : 3 * packed.width()].reshape(packed.height(), packed.width(), 3).copy()


def _sky(horizon: NDArray[np.uint8], zenith: NDArray[np.uint8], rows: int) -> NDArray[np.uint8]:
    """Return the sky's colour of each row of a panorama (rows, 3)."""
    pitch = np.clip(np.linspace(1.0, -1.0, rows), 0.0, 1.0)[:, None] ** 0.6
    return np.asarray(horizon + (zenith.astype(float) - horizon) * pitch, np.uint8)


def _nothing() -> None:
    return
