"""Make every picture of docs/pictures anew: ``make pictures``, or ``make pictures ONLY="demo-* delft"``.

The demo district is built under ``build/pictures``; the real districts need the folder of real data
(``MAPDESK_REAL_DATA``), and are left as they are where it is absent. A picture of the ground in
``imagery/NAME.tif`` there, which names its source in its copyright tag, is shown with that district.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "pictures"
WORK = ROOT / "build" / "pictures"
DEMO = WORK / "demo"
REAL = Path(os.environ.get("MAPDESK_REAL_DATA", ROOT / ".." / "shared" / "data" / "real"))
SIZE = (1500, 940)
MAP_SIZE = (1400, 880)
PURPOSE = "check of fire exits"

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["MAPDESK_CONFIG"] = tempfile.mkdtemp(prefix="mapdesk-pictures-")

import base_map_pictures  # noqa: E402
import imagery_pictures  # noqa: E402
from city_pictures import VIEWS as CITY_VIEWS  # noqa: E402
from city_pictures import CityPictures  # noqa: E402
from map_tool_pictures import PICTURES as MAP_TOOLS  # noqa: E402
from picture_files import save  # noqa: E402
from picture_sources import credit_sources  # noqa: E402
from PyQt6.QtCore import QEventLoop, QTimer  # noqa: E402
from PyQt6.QtGui import QPixmap  # noqa: E402
from register_pictures import RegisterPictures  # noqa: E402

from mapdesk.app import main as desk  # noqa: E402
from mapdesk.app import shooting  # noqa: E402
from mapdesk.app.window import DeskWindow  # noqa: E402
from mapdesk.model.selection import Ref  # noqa: E402
from mapdesk.model.shapes import Circle  # noqa: E402
from mapdesk.scene3d.viewpoint import Viewpoint  # noqa: E402
from mapdesk.services import catalogue, demo, districts, imagery, importing, landmarks  # noqa: E402
from mapdesk.store import people, places  # noqa: E402

DISTRICTS: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "helsinki": (
        "Helsinki",
        "EPSG:3067",
        [
            ("helsinki/Helsinki.osm.pbf", "osm"),
            ("helsinki/helsinki_population_grid_2020.gpkg", "grids"),
        ],
    ),
    "manhattan": (
        "Lower Manhattan",
        "EPSG:32618",
        [
            ("nyc_manhattan/lower_manhattan_buildings.gpkg", "buildings"),
            ("nyc_manhattan/lower_manhattan_roads.gpkg", "roads"),
            ("nyc_manhattan/NTA.geo.json", "grids"),
        ],
    ),
    "delft": ("Delft", "EPSG:28992", [("cityjson/delft.json", "buildings")]),
    "nanshan": (
        "Nanshan",
        "EPSG:4547",
        [
            ("nanshan/nanshan-building.geojson", "buildings"),
            *((f"nanshan/nanshan-road{number}.geojson", "roads") for number in (1, 2, 3)),
        ],
    ),
}
VIEWS = {
    "helsinki": shooting.View((24.9425, 60.1705), 1500.0, 20.0, 40.0),
    "manhattan": shooting.View((-74.0085, 40.7105), 2900.0, 25.0, 32.0),
    "delft": shooting.View(None, None, 340.0, 42.0),
    "nanshan": shooting.View(None, None, 350.0, 40.0),
}


def quiet(_text: str, _part: float) -> None:
    """A progress nobody watches."""


def window_picture(
    name: str, folder: Path, prepare: Callable[[DeskWindow], None] | None = None
) -> None:
    """Save a picture of the window on `folder` after `prepare`."""
    store = districts.open_district(folder)

    def prepared(window: DeskWindow) -> None:
        window.set_theme("light")  # the picture before may have left the night behind
        if prepare is not None:
            prepare(window)

    save(desk.picture_of_window(store, SIZE, prepared), OUT / f"{name}.png")


def busiest_tower(window: DeskWindow) -> str:
    """Return a residential tower with a mix of uses: a good card."""
    towers = places.where(window.store, "building", "use", ["residential"])
    rows = [{"building_id": row["id"]} for row in towers if row["floors"] == 18]
    candidates = [str(row["building_id"]) for row in rows[60:100]]
    uses = {
        key: len({row["use"] for row in places.where(window.store, "unit", "building_id", [key])})
        for key in candidates
    }
    return str(max(candidates, key=uses.__getitem__))


def card(window: DeskWindow) -> None:
    """Show a building's card with the people in it."""
    window.commands.set_purpose(PURPOSE)
    window.asking.card(Ref("building", busiest_tower(window)))
    desk.settle(window)
    place = window.map.overlay.marks.focus_xy
    if place is not None:
        window.map.look(Viewpoint(place[0], place[1], 520.0, 25.0, 34.0))


def home(window: DeskWindow) -> None:
    """Show where a person lives, found by name."""
    window.commands.set_purpose(PURPOSE)
    resident = people.of_building(window.store, busiest_tower(window))[40]
    window.search_panel.text.setText(resident["name"][:2])
    window.search_panel._ask()  # noqa: SLF001 - as Enter does
    desk.settle(window)
    window.asking.home(Ref("person", resident["id"]))
    desk.settle(window)
    place = window.map.overlay.marks.focus_xy
    if place is not None:
        window.map.look(Viewpoint(place[0], place[1], 430.0, 20.0, 30.0))


def middle(window: DeskWindow) -> tuple[float, float]:
    """Return a place in the town's middle, metres."""
    row = places.row(window.store, "building", busiest_tower(window))
    inside = row["geometry"].representative_point()
    return float(inside.x), float(inside.y)


def circle(window: DeskWindow) -> None:
    """Select by a circle of 300 m."""
    x, y = middle(window)
    window.map.look(Viewpoint(x, y, 1500.0, 15.0, 42.0))
    window.commands.use_tool("circle")
    window.asking.select(Circle(x, y, 300.0), "replace")


def nearest(window: DeskWindow) -> None:
    """Show the five workers nearest to a place."""
    x, y = middle(window)
    window.commands.use_tool("nearest")
    window.map.look(Viewpoint(x, y, 1300.0, 0.0, 50.0))
    window.asking.nearest(x, y)


def wall(window: DeskWindow) -> None:
    """Open nine streams and save the wall's own picture."""
    window.commands.set_purpose(PURPOSE)
    ids = places.where(window.store, "camera", "status", ["online"], 9)
    window.commands.open_streams([row["id"] for row in ids])
    desk.settle(window)
    shown = window.walls[0]
    loop = QEventLoop()
    look, limit = QTimer(), QTimer()
    look.setInterval(200)

    def check() -> None:
        if all(tile.image is not None for tile in shown.tiles):
            loop.quit()

    look.timeout.connect(check)
    limit.setSingleShot(True)
    limit.timeout.connect(loop.quit)
    look.start()
    limit.start(200_000)
    loop.exec()
    if all(tile.image is not None for tile in shown.tiles):
        shown.grab().save(str(OUT / "demo-streams.png"))
    else:
        print("demo-streams stays as it is: on a busy machine streams come too late")
    shown.close()


def inside(window: DeskWindow) -> None:
    """Open a tower and show who lives in one of its rooms."""
    window.commands.set_purpose(PURPOSE)
    window.asking.card(Ref("building", busiest_tower(window)))
    desk.settle(window)
    walk = window.parts.inside
    walk.open_focus()
    desk.settle(window)
    opened = walk.open_building
    if opened is not None:
        walk.step_to(len(opened.inside.floors) // 2)
        walk.walk(1, 0)
        desk.settle(window)
        walk.enter()


def inside_dark(window: DeskWindow) -> None:
    """The same by night."""
    window.set_theme("dark")
    inside(window)


def model() -> None:
    """Draw Delft as a city model: by its own CRS, on its own ground."""
    folder, delft = WORK / "delft-model", REAL / "cityjson/delft.json"
    shutil.rmtree(folder, ignore_errors=True)
    with districts.create_district(folder, "Delft", "EPSG:28992") as store:
        importing.import_file(store, delft, "land-use", progress=quiet)
        credit_sources(store)
        landmarks.add(store, delft, credit="delft.json of cityjson/cjio (MIT)")
        view = shooting.View((4.3661, 52.0116), 270.0, 340.0, 36.0, names=False)
        picture = WORK / "shot.png"
        contents = shooting.Contents(["land_use", "landmark"])
        shooting.shoot_map(store, picture, MAP_SIZE, view, contents)
        save(QPixmap(str(picture)), OUT / "delft-model.png")


def dark(window: DeskWindow) -> None:
    """Show the dark theme in Chinese, looking over the town."""
    catalogue.speak("zh_CN")
    window.set_theme("dark")
    x, y = middle(window)
    window.map.look(Viewpoint(x, y, 2600.0, 330.0, 28.0))


def real(name: str) -> None:
    """Import a real district and draw it, over imagery too where the real data have some of it."""
    title, crs, files = DISTRICTS[name]
    folder, imagery_file = WORK / name, REAL / "imagery" / f"{name}.tif"
    shutil.rmtree(folder, ignore_errors=True)
    with districts.create_district(folder, title, crs) as store:
        for file, kind in files:
            importing.import_file(store, REAL / file, kind, progress=quiet)
        credit_sources(store)
        bases = ["vector", "3d"]
        if imagery_file.is_file():
            imagery.add(store, imagery.guessed(str(imagery_file.resolve())))
            bases.insert(1, "imagery")
        picture = WORK / "shot.png"
        shooting.shoot_map(store, picture, MAP_SIZE, VIEWS[name], shooting.Contents())
        save(QPixmap(str(picture)), OUT / f"{name}.png")
    CityPictures(WORK, OUT).base_maps(name, folder, *CITY_VIEWS[name], bases=bases)


def helsinki_sheet() -> None:
    """Print Helsinki, which `real` has imported."""
    options = ("--scale", "2500", "--at", "24.9425,60.1705")
    CityPictures(WORK, OUT).sheet("helsinki", WORK / "helsinki", *options)


def demo_city() -> None:
    """Draw the demo's base maps by day and night, its grids in styles, and its sheet."""
    city = CityPictures(WORK, OUT)
    city.base_maps("demo", DEMO, *CITY_VIEWS["demo"], bases=("vector", "imagery", "3d"))
    city.terrain(DEMO)
    city.styles(DEMO)
    city.sheet("demo", DEMO, "--title", "Haihe Harbour Sub-district", "--size", "A3")


def streams() -> None:
    """Draw a wall of streams."""
    desk.picture_of_window(districts.open_district(DEMO), SIZE, wall)


def in_chinese() -> None:
    """Draw the window in Chinese by night."""
    window_picture("dark-zh", DEMO, dark)
    catalogue.speak("en")


WINDOWS: dict[str, Callable[[DeskWindow], None] | None] = {
    "demo-window": None,
    "demo-building-card": card,
    "demo-home": home,
    "demo-inside": inside,
    "demo-inside-dark": inside_dark,
    "demo-circle": circle,
    "demo-nearest": nearest,
    **MAP_TOOLS,
    **base_map_pictures.PICTURES,
}
"""Pictures of the window by name, and what is done for each."""
OF_DEMO: dict[str, Callable[[], object]] = {
    **{name: partial(window_picture, name, DEMO, done) for name, done in WINDOWS.items()},
    "demo-streams": streams,
    "demo-four": partial(base_map_pictures.draw, DEMO, WORK, OUT),
    "dark-zh": in_chinese,
    "register": lambda: RegisterPictures(DEMO, WORK, OUT).make(),
    "demo-city": demo_city,
}
OF_REAL: dict[str, Callable[[], object]] = {
    **{name: partial(real, name) for name in DISTRICTS},
    "delft-model": model,
    "helsinki-sheet": helsinki_sheet,
    "map-imagery": partial(imagery_pictures.draw, REAL, WORK, OUT),
}


def main(patterns: Sequence[str]) -> int:
    """Make the pictures whose names match one of `patterns`; all of them without any."""
    wanted = [
        name
        for name in (*OF_DEMO, *OF_REAL)
        if not patterns or any(fnmatch(name, pattern) for pattern in patterns)
    ]
    if not wanted:
        print(f"nothing is called so; there are: {', '.join((*OF_DEMO, *OF_REAL))}")
        return 2
    OUT.mkdir(parents=True, exist_ok=True)
    if any(name in OF_DEMO for name in wanted) and not demo.is_there(DEMO):
        demo.build_demo(DEMO, demo.PEOPLE, 1, quiet)
    for name in wanted:
        if name in OF_REAL and not REAL.is_dir():
            print(f"no real data in {REAL}: {name} stays as it is")
            continue
        (OF_DEMO | OF_REAL)[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
