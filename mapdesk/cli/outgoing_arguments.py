"""What may be typed of everything that leaves the desk: ``export``, ``outgoing`` and ``book``."""

from __future__ import annotations

from pathlib import Path

from mapdesk.cli.grammar import (
    Declare,
    Grammar,
    add_conditions,
    add_request_to,
    circle,
    lonlat,
    number,
    words,
)
from mapdesk.cli.style_arguments import add_style_to
from mapdesk.layers.basemaps import BASE_MAP_NAMES, TERRAINS


def add_outgoing_to(grammar: Grammar) -> None:
    """Declare the commands."""
    _add_export(grammar.on_people)
    _add_book(grammar.on_people)
    _add_print(grammar.on_people)
    tasks = grammar.tasks("outgoing", "what waits for a second person before it leaves the desk")
    for name, help_text in (
        ("list", "what waits for your word, and what you asked for"),
        ("approve", "let another user take it out, once within 24 hours"),
        ("refuse", "do not let another user take it out"),
    ):
        task = tasks(name, help_text)
        if name != "list":
            task.add_argument("request", metavar="ID", help="as 'outgoing list' shows it")


def _add_export(on_people: Declare) -> None:
    command = on_people(
        "export", "take a result out: XLSX, CSV, GeoPackage or GeoParquet, masked and watermarked"
    )
    command.add_argument(
        "--to", type=Path, required=True, metavar="FILE", help=".xlsx, .csv, .gpkg or .parquet"
    )
    command.add_argument("--noun", metavar="NOUN", help="person, household, unit, camera ...")
    command.add_argument("--filter", dest="use", metavar="NAME", help="a saved filter's answer")
    add_conditions(command)
    where = command.add_mutually_exclusive_group()
    where.add_argument("--circle", type=circle, metavar="LON,LAT,METRES", help="and inside it")
    where.add_argument(
        "--polygon",
        "--selection",
        type=Path,
        metavar="FILE.geojson",
        help="and inside its polygons",
    )
    where.add_argument("--grid", metavar="ID", help="people of a grid, or --noun there")
    what = command.add_mutually_exclusive_group()
    what.add_argument("--card", nargs=2, metavar=("NOUN", "ID"), help="a card, in rows")
    what.add_argument("--search", metavar="TEXT", help="what a search finds")
    for noun in ("building", "unit", "household"):
        what.add_argument(f"--{noun}", metavar="ID", help=f"the people of a {noun}")
    what.add_argument("--makeup", metavar="GRID|all", help="the make-up of a grid, in counts")
    what.add_argument("--changes", metavar="BATCH", help="rows of a register that wait")
    command.add_argument(
        "--unmask", default="", metavar="REASON", help="names in full: say why; on record"
    )
    add_request_to(command)


def _add_book(on_people: Declare) -> None:
    command = on_people("book", "one map, one table, one book: the sheet of a grid as PDF")
    command.add_argument("--grid", required=True, metavar="ID", help="of any level")
    command.add_argument("--to", type=Path, required=True, metavar="FILE.pdf")
    command.add_argument("--size", choices=("A4", "A3"), default="A4", help="paper (A4)")
    command.add_argument("--doors", action="store_true", help="with its doors and masked names")
    add_request_to(command)


def _add_print(on_people: Declare) -> None:
    command = on_people("print", "the map on a sheet of paper: PDF, or PNG of 300 dots an inch")
    command.add_argument("file", type=Path, metavar="OUT.pdf|.png")
    command.add_argument("--title", default="", metavar="TEXT", help="the district's name without")
    command.add_argument("--size", choices=("A4", "A3"), default="A4", help="paper (A4)")
    command.add_argument("--portrait", action="store_true", help="upright; landscape without")
    command.add_argument(
        "--scale", type=number, metavar="N", help="1:N; without, the whole district is on it"
    )
    command.add_argument("--at", type=lonlat, metavar="LON,LAT", help="the middle")
    command.add_argument(
        "--bearing", type=number, default=0.0, metavar="D", help="degrees from north that are up"
    )
    command.add_argument(
        "--oblique", type=number, metavar="D", help="degrees below the horizon; not to scale"
    )
    command.add_argument(
        "--distance", type=number, metavar="M", help="metres from the eye, of an oblique view"
    )
    command.add_argument(
        "--watermark", action="store_true", help="user and time faintly across the map"
    )
    command.add_argument("--without", type=words, default=[], metavar="a,b", help=_elements())
    command.add_argument("--layers", type=words, metavar="a,b", help="layers to show")
    command.add_argument("--theme", choices=("light", "dark"), default="light")
    command.add_argument("--basemap", choices=BASE_MAP_NAMES, help="what lies below (3d)")
    command.add_argument(
        "--terrain",
        choices=tuple(TERRAINS),
        help="everything stands on the terrain, or steeper (off)",
    )
    add_style_to(command)


def _elements() -> str:
    from mapdesk.formats.sheet_layout import ELEMENTS

    return ", ".join(ELEMENTS)
