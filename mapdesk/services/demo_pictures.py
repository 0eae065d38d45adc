"""Pictures of the demo district, made from its own plan: from the air, and from its streets."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapdesk.demo import aerial, district, street_view
from mapdesk.demo.standpoints import standpoints
from mapdesk.formats import panoramas as files
from mapdesk.formats.panorama_tags import tags
from mapdesk.formats.rasters import geotiff
from mapdesk.services import imagery, panorama_imports
from mapdesk.services.districts import Progress
from mapdesk.store.database import Store

CREDIT = "Generated picture, not a photograph · 生成画面，非实拍"
"""Stands on every map, shot and print that shows one from the air; those of streets say what the map says."""
MARGIN = 60.0
"""Metres around the district that are painted too."""
FLIGHTS = ((date(2016, 4, 9), 1.5, True), (date(2026, 9, 19), 1.0, False))
"""Day of each picture, metres a pixel, and whether it is of spring; the older one was taken from higher up."""
BRANCH = 3
"""Panoramas along each street that leaves the crossing."""
WIDTH = 2048
"""Pixels across a panorama."""


def add_imagery(
    store: Store,
    frames: Mapping[str, Any],
    progress: Progress,
    flights: Sequence[tuple[date, float, bool]] = FLIGHTS,
) -> list[str]:
    """Paint the district as it was on each day, and keep the pictures as its imagery.

    The files lie in the district's folder and go along wherever it goes.

    Parameters
    ----------
    frames : mapping of str to GeoDataFrame
        As `mapdesk.demo.build_district` returns them.
    flights : sequence of tuple
        As `FLIGHTS`.

    Returns
    -------
    list of str
        Names of the rasters: their days, the earlier first.
    """
    west, south, east, north = aerial.bounds(frames, MARGIN)
    made = aerial.roofs_of(frames)
    names = []
    for number, (day, metres, spring) in enumerate(flights):
        view = aerial.view_of(frames, day.year, spring=spring, made=made)
        size = round((east - west) / metres), round((north - south) / metres)
        done = (number / len(flights), 1.0 / len(flights) / (size[0] * size[1]))

        def paint(
            left: int,
            top: int,
            side: int,
            view: aerial.View = view,
            metres: float = metres,
            wide: int = size[0],
            done: tuple[float, float] = done,
        ) -> NDArray[np.uint8]:
            progress("Painting imagery", done[0] + done[1] * (top * wide + left * side))
            return aerial.paint(view, west + left * metres, north - top * metres, side, metres)

        path = store.folder / imagery.FOLDER / f"demo-{day:%Y-%m-%d}.tif"
        path.parent.mkdir(parents=True, exist_ok=True)
        epsg = int(store.district.crs.removeprefix("EPSG:"))
        place = geotiff.Place(
            west, north, metres, epsg, store.district.name, CREDIT, f"{day:%Y:%m:%d} 10:30:00"
        )
        geotiff.write(path, size, paint, place)
        layer = imagery.guessed(str(path), f"{day:%Y-%m}")
        layer = replace(layer, attribution=CREDIT, taken=f"{day:%Y-%m-%d}")
        names.append(imagery.add(store, layer).name)
    return names


def add_panoramas(
    store: Store,
    frames: Mapping[str, Any],
    progress: Progress,
    *,
    branch: int = BRANCH,
    width: int = WIDTH,
) -> int:
    """Draw panoramas around the demo's liveliest crossing and import them; return how many.

    They go through the same door as a camera's, position and direction in their EXIF.

    Parameters
    ----------
    branch : int
        Panoramas along each street that leaves the crossing.
    width : int
        Pixels across each.
    """
    at, streets = standpoints(frames, branch)
    if not len(at):
        return 0
    view = aerial.view_of(frames, FLIGHTS[-1][0].year, spring=False)
    walls = street_view.walls_of(frames)
    with tempfile.TemporaryDirectory(prefix="mapdesk-") as scratch:
        folder = Path(scratch) / "generated panoramas"
        folder.mkdir()
        for number, point in enumerate(at):
            progress("Drawing panoramas", number / len(at))
            x, y = point.tolist()
            lon, lat = store.district.to_lonlat(x, y)
            north = store.district.bearing(x, y, x, y + 10.0)
            taken = datetime(2026, 9, 19, 12, 0) + timedelta(seconds=20 * number)  # noqa: DTZ001
            said = files.Panorama(float(lon), float(lat), north, None, taken, CREDIT)
            path = folder / f"{streets[number]} {number + 1}.jpg"
            picture = street_view.render(view, walls, point, width)
            path.write_bytes(files.encode(picture, 80, tags(said)))
        return panorama_imports.import_folder(
            store, folder, credit=district.CREDIT, progress=progress
        ).kept
