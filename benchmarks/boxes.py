"""``python -m benchmarks.boxes FILE``: read one GeoJSON of buildings and draw them all, say ``ready``, and end.

The desk's reader, extruder and scene, as far as a picture of a file takes them; no district is made.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import shapely

SIZE = (1200, 800)
PITCH = 45.0
CRS = "EPSG:32650"


def draw(path: Path) -> None:
    """Draw the buildings of a file and read the picture back."""
    import mapdesk.cli  # noqa: F401 - the process is set up as the desk is
    from mapdesk.formats import geojson
    from mapdesk.formats.reading import ReadOptions
    from mapdesk.model.district import projected_crs

    options = ReadOptions("building", projected_crs(CRS), key="id")
    drawing = threading.Thread(target=_load_drawing)

    def told(_text: str, part: float) -> None:
        # What draws is loaded beside the reading.
        if not part:
            drawing.start()

    rows = geojson.read(path, options, told).rows["building"]
    shapes = np.asarray(rows.geometry, object)
    drawing.join()
    from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

    from mapdesk.analysis.extrude import outlines
    from mapdesk.analysis.massing import Tile
    from mapdesk.layers.style import map_style
    from mapdesk.scene3d.presenter import Shot, offscreen_window, take
    from mapdesk.scene3d.scene import Scene
    from mapdesk.scene3d.viewpoint import fit

    low_x, low_y, high_x, high_y = shapely.total_bounds(shapes).tolist()
    scene = Scene((low_x, low_y))
    colours = map_style("light").building_colours(rows.columns["use"])
    whole = outlines(shapes, 0.0, rows.columns["height"], scene.origin)
    scene.set_buildings([Tile.of(np.arange(len(rows)), whole)], colours)
    view = fit((low_x, low_y, high_x, high_y), SIZE[0] / SIZE[1], PITCH)
    window, pixels = offscreen_window(scene), vtkUnsignedCharArray()
    image = take(window, scene, Shot(view, *SIZE, smooth=False), pixels)
    print("ready", flush=True)
    if len(sys.argv) > 2:
        image.save(sys.argv[2])


def _load_drawing() -> None:
    import mapdesk.scene3d.presenter  # noqa: F401 - loaded for its own sake


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
