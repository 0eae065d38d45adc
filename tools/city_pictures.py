"""Pictures of the city as it looks, made by the commands that everyone has.

For every district its base maps by day and by night on one sheet; of the demo district also grids in a
style and a printed sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from picture_files import above, beside, page, save
from PyQt6.QtGui import QPixmap

from mapdesk.cli.main import main as mapdesk

PANEL, WHOLE = "720x450", "1400x880"
PURPOSE = ("--purpose", "check of fire exits")


class CityPictures:
    """Draws districts in folders to files.

    Parameters
    ----------
    work, out : Path
        Folders of pictures on their way, and of finished ones.
    """

    def __init__(self, work: Path, out: Path) -> None:
        self._work, self._out = work, out

    def base_maps(self, name: str, folder: Path, *view: str, bases: Sequence[str]) -> None:
        """Draw base maps without signs, by day to the left and by night to the right."""
        rows = []
        for base in bases:
            what = ("--basemap", base, "--layers", MORE.get((name, base), LAYERS[base]))
            day, night = (
                self._shot(folder, PANEL, *what, "--theme", theme, *view)
                for theme in ("light", "dark")
            )
            rows.append(beside([day, night]))
        save(above(rows), self._out / f"base-maps-{name}.png")

    def terrain(self, folder: Path) -> None:
        """Draw a hill on the base maps, by day and in 3D by night."""
        day, night, air, plan = (
            self._shot(
                folder, PANEL, "--basemap", base, "--layers", layers, "--theme", theme, *HILL
            )
            for base, layers, theme in (
                ("3d", GROUND, "light"),
                ("3d", GROUND, "dark"),
                ("imagery", "building", "light"),
                ("vector", GROUND, "light"),
            )
        )
        save(above([beside([day, night]), beside([air, plan])]), self._out / "demo-terrain.png")

    def styles(self, folder: Path) -> None:
        """Colour the grids by density, and stand their people on them as columns."""
        for name, options in {
            "Density": ("--by", "density", "--palette", "YlGnBu"),
            "Columns": ("--by", "people", "--palette", "YlOrBr", "--drawing", "columns"),
        }.items():
            _run("style", "save", str(folder), name, "--noun", "grid", *options)
        ground = ("--layers", "land_use,road,grid", *PURPOSE)
        density = ("--style", "Density", "--basemap", "vector", "--pitch", "60")
        flat = self._shot(folder, WHOLE, *density, *ground)
        columns = self._shot(
            folder, WHOLE, "--style", "Columns", "--theme", "dark", "--pitch", "35", *ground
        )
        save(flat, self._out / "styled-grids.png")
        save(columns, self._out / "styled-columns.png")

    def sheet(self, name: str, folder: Path, *options: str) -> None:
        """Print a sheet and draw its page."""
        file = self._work / f"{name}.pdf"
        _run("print", str(folder), str(file), *options)
        save(page(file), self._out / f"printed-{name}.png")

    def _shot(self, folder: Path, size: str, *options: str) -> QPixmap:
        file = self._work / "shot.png"
        _run("shot", str(folder), str(file), "--size", size, *options)
        return QPixmap(str(file))


def _run(*words: str) -> None:
    """Run a command; SystemExit where it fails."""
    status = mapdesk(list(words))
    if status:
        raise SystemExit(f"mapdesk {' '.join(words)}: {status}")


GROUND = "land_use,road,railway,building"
LAYERS: Mapping[str, str] = {"vector": GROUND, "imagery": "grid", "3d": GROUND}
"""What each base map is shown with: points would hide it, and grids are of the demo alone."""
MORE: Mapping[tuple[str, str], str] = {
    ("demo", "vector"): f"{GROUND},grid",
    ("demo", "3d"): f"{GROUND},grid",
    ("manhattan", "vector"): f"{GROUND},grid",
    ("manhattan", "3d"): f"{GROUND},grid",
    # Its streets have no names; over so coarse a picture they say where one is.
    ("nanshan", "imagery"): "road",
}
"""The same for some districts."""
HILL = (
    *("--terrain", "on", "--at=117.43855,38.82352", "--distance", "1100"),
    *("--pitch", "24", "--bearing", "200"),
)
"""Where the demo's hill is looked at from."""
VIEWS: Mapping[str, Sequence[str]] = {
    "demo": (
        *("--at=117.4560,38.8345", "--distance", "1700"),
        *("--pitch", "38", "--bearing", "20"),
    ),
    "helsinki": (
        "--at",
        "24.9425,60.1705",
        "--distance",
        "900",
        "--bearing",
        "20",
        "--pitch",
        "42",
    ),
    "manhattan": (
        "--at=-74.0085,40.7105",
        "--distance",
        "2400",
        "--bearing",
        "25",
        "--pitch",
        "35",
    ),
    "delft": ("--bearing", "340", "--pitch", "42"),
    "nanshan": (
        *("--at=113.934,22.5225", "--distance", "1500"),
        *("--pitch", "38", "--bearing", "350"),
    ),
}
"""Where each district is looked at from."""
