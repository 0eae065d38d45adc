"""``python -m benchmarks.boxes FILE``: read one GeoJSON of buildings and draw them all, say ``ready``, and end.

The desk's reader, extruder and presenter, as far as a picture of a file takes them; no district is made.
"""

from __future__ import annotations

# First, as in the desk's own process.
import mapdesk.cli  # noqa: F401, isort:skip

import queue
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage

    from mapdesk.analysis.massing import Tile
    from mapdesk.formats.reading import Column
    from mapdesk.scene3d.scene import Scene

Bounds = tuple[float, float, float, float]

SIZE = (1200, 800)
PITCH = 45.0
CRS = "EPSG:32650"


def draw(path: Path) -> None:
    """Draw the buildings of a file and read the picture back."""
    from mapdesk.formats import geojson
    from mapdesk.formats.reading import ReadOptions
    from mapdesk.model.district import projected_crs

    options = ReadOptions("building", projected_crs(CRS), key="id")
    drawing = _Drawing()

    def told(_text: str, part: float) -> None:
        # What draws is loaded beside the reading.
        if not part:
            drawing.start()

    rows = geojson.read(path, options, told).rows["building"]
    from mapdesk.analysis.extrude import outlines
    from mapdesk.analysis.massing import Tile

    shapes = np.asarray(rows.geometry, object)
    low_x, low_y, high_x, high_y = shapely.total_bounds(shapes).tolist()
    whole = outlines(shapes, 0.0, rows.columns["height"], (low_x, low_y))
    tile = Tile.of(np.arange(len(rows)), whole)
    drawing.join()
    image = drawing.picture(tile, rows.columns["use"], (low_x, low_y, high_x, high_y))
    print("ready", flush=True)
    if len(sys.argv) > 2:
        image.save(sys.argv[2])


class _Drawing(threading.Thread):
    """Loads what draws and begins a map's presenter, as the desk does while it reads."""

    def run(self) -> None:
        from mapdesk.layers.style import map_style
        from mapdesk.scene3d.presenter import ThreadPresenter

        self._style, self._presenter = map_style("light"), ThreadPresenter((0.0, 0.0))

    def picture(self, tile: Tile, uses: Column, bounds: Bounds) -> QImage:
        """Return the picture of a tile's buildings."""
        from PyQt6.QtCore import Qt

        from mapdesk.scene3d.presenter import Shot
        from mapdesk.scene3d.viewpoint import fit

        drawn: queue.SimpleQueue[QImage] = queue.SimpleQueue()

        def change(scene: Scene) -> None:
            scene.origin = bounds[:2]
            scene.set_buildings([tile], self._style.building_colours(uses))

        at_once = Qt.ConnectionType.DirectConnection
        took = self._presenter.ready
        took.connect(lambda image, _shot: drawn.put(image), at_once)  # type: ignore[call-arg]
        self._presenter.change(change)
        self._presenter.show(Shot(fit(bounds, SIZE[0] / SIZE[1], PITCH), *SIZE, smooth=False))
        image = drawn.get()
        self._presenter.close()
        return image


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
