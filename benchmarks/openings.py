"""Processes that open a district, say ``ready`` when it is on the screen, and end.

``python -m benchmarks.openings desk|click|answer|merged|memory PLACE``: the desk until all buildings are
drawn, the desk until a click on a building shows its card, the store until a name is found, the plain way
with PyVista, and a scene alone with the memory it takes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

SIZE = (1200, 800)


def desk(folder: Path) -> None:
    """Open the desk; ready when a picture with all buildings is painted. Says how long after imports."""
    import time

    import mapdesk.cli.main  # noqa: F401 - it is part of the way
    from mapdesk.app import main

    began = time.perf_counter()
    application = main.make_application(["mapdesk"])
    window = main.open_window(folder, hardware=False)
    view = window.map
    view.setFixedSize(*SIZE)

    def look() -> None:
        buildings = view.content.buildings
        if buildings is not None and buildings.is_visible and view.is_current:
            view.repaint()
            view.pictured.disconnect(look)
            print(f"seconds {time.perf_counter() - began:.4f}")
            _ready()
            window.close()

    view.pictured.connect(look)
    application.exec()


def click(folder: Path) -> None:
    """Open the desk as ``mapdesk open`` does; ready when a click on a building has shown its card."""
    from PyQt6.QtCore import QEvent, QPointF, Qt, QTimer
    from PyQt6.QtGui import QMouseEvent

    import mapdesk.cli.main  # noqa: F401 - it is part of the way
    from mapdesk.app import main

    main.start_log()
    application = main.make_application(["mapdesk"])
    window = main.open_window(folder, hardware=False)
    view = window.map

    def press() -> None:
        found = view.content.footprints
        if found is None or view.shown.viewpoint != view.viewpoint:
            return
        inside = found.features.placed[0].representative_point()
        pixels, _depth = view.shown.to_screen([[inside.x, inside.y]], found.picker.top[:1])
        at = QPointF(*pixels[0])
        poll.stop()
        left = Qt.MouseButton.LeftButton
        for kind, held in (
            (QEvent.Type.MouseButtonPress, left),
            (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
        ):
            event = QMouseEvent(
                kind, at, view.mapToGlobal(at), left, held, Qt.KeyboardModifier.NoModifier
            )
            application.sendEvent(view, event)

    def shown(_card: object) -> None:
        window.repaint()
        _ready()
        window.close()

    window.asking.card_shown.connect(shown)
    poll = QTimer()
    poll.timeout.connect(press)
    poll.start(5)
    application.exec()


def answer(place: Path | str) -> None:
    """Open a district in a folder or on a server; ready when the first people of a name are found."""
    from mapdesk.services.districts import open_district
    from mapdesk.store import finding_people

    with open_district(place) as store:
        assert finding_people.find(store, "王建国", "name", 20)
        _ready()


def merged(folder: Path) -> None:
    """Read the same store through DuckDB into GeoPandas and draw one merged mesh with PyVista."""
    import duckdb
    import geopandas as gpd
    import numpy as np
    import pyvista as pv
    from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

    from mapdesk.analysis.extrude import prisms
    from mapdesk.scene3d.viewpoint import FIELD_OF_VIEW, fit

    with duckdb.connect(str(folder / "store.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            'SELECT id, "use", height, ST_AsWKB(geometry) AS wkb FROM building'
        ).to_arrow_table()
    frame = gpd.GeoDataFrame(
        {"id": rows["id"].to_numpy(), "use": rows["use"].to_numpy()},
        geometry=gpd.GeoSeries.from_wkb(rows["wkb"].to_numpy()),
    )
    bounds = frame.total_bounds
    origin = (bounds[0], bounds[1])
    mesh = prisms(frame.geometry.to_numpy(), 0.0, rows["height"].to_numpy(), origin)
    uses, use = np.unique(frame["use"].to_numpy().astype(str), return_inverse=True)
    colours = np.random.default_rng(1).integers(90, 255, (len(uses), 3)).astype(np.uint8)
    # Its hints know arrays of Python's numbers alone.
    plotter: Any = pv.Plotter(off_screen=True, window_size=list(SIZE), lighting="none")
    surface: Any = pv.PolyData
    plotter.add_light(pv.Light(light_type="headlight"))
    plotter.render_window.SetMultiSamples(0)
    plotter.add_mesh(
        surface.from_regular_faces(mesh.points, mesh.triangles),
        scalars=colours[use[mesh.owner]],
        rgb=True,
        culling="back",
    )
    view = fit(tuple(bounds), SIZE[0] / SIZE[1])
    eye = view.eye
    plotter.camera.position = (eye[0] - origin[0], eye[1] - origin[1], eye[2])
    plotter.camera.focal_point = (view.x - origin[0], view.y - origin[1], 0.0)
    plotter.camera.up = tuple(view.up)
    plotter.camera.view_angle = FIELD_OF_VIEW
    plotter.camera.clipping_range = view.clipping
    # One rendering: `show` and `screenshot` would make two.
    pixels = vtkUnsignedCharArray()
    window = plotter.render_window
    window.Render()
    window.GetRGBACharPixelData(0, 0, SIZE[0] - 1, SIZE[1] - 1, 0, pixels, 0)
    _ready()
    plotter.close()


def memory(folder: Path) -> None:
    """Open a district, draw an empty scene, then all its buildings; says how many MB that added."""
    import numpy as np
    import psutil
    from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

    from mapdesk.layers.style import map_style
    from mapdesk.scene3d.presenter import Shot, offscreen_window, take
    from mapdesk.scene3d.scene import Scene
    from mapdesk.scene3d.viewpoint import fit
    from mapdesk.services import city
    from mapdesk.services.districts import open_district

    process, style = psutil.Process(), map_style("light")
    with open_district(folder) as store:
        scene, pixels = Scene(store.district.origin), vtkUnsignedCharArray()
        window = offscreen_window(scene)
        view = fit((0.0, 0.0, 1000.0, 1000.0), SIZE[0] / SIZE[1])
        take(window, scene, Shot(view, *SIZE), pixels)
        before = process.memory_info().rss
        buildings = city.begin(store, store.district.origin)
        while not buildings.is_visible:
            buildings = city.more(store, buildings)
        colours = style.building_colours(buildings.features.columns["use"])
        scene.set_buildings(buildings.tiles, colours)
        low, high = np.percentile(buildings.known.corner, [1.5, 98.5], axis=0)
        view = fit((low[0], low[1], high[0], high[1]), SIZE[0] / SIZE[1])
        take(window, scene, Shot(view, *SIZE), pixels)
        print(f"megabytes {(process.memory_info().rss - before) / 2**20:.1f}")
    _ready()


def _ready() -> None:
    print("ready", flush=True)


if __name__ == "__main__":
    if "://" in sys.argv[2]:
        answer(sys.argv[2])
    else:
        openings = {
            "desk": desk,
            "click": click,
            "answer": answer,
            "merged": merged,
            "memory": memory,
        }
        openings[sys.argv[1]](Path(sys.argv[2]))
