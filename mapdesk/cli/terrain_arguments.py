"""Arguments of ``mapdesk terrain``."""

from __future__ import annotations

from pathlib import Path

from mapdesk.cli.grammar import Grammar


def add_terrain_to(grammar: Grammar) -> None:
    """Declare it, with what it can do."""
    task = grammar.tasks("terrain", "the ground's heights kept with a district: add, show, remove")
    task("show", "what is known of the district's terrain")
    add = task("add", "keep the heights of an elevation model, in place of those there are")
    add.add_argument(
        "sources",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="GeoTIFF, ASCII grid, .img or .hgt, of one band; several lie beside each other",
    )
    add.add_argument(
        "--name", default="", metavar="NAME", help="what it is called (its file's name)"
    )
    add.add_argument(
        "--attribution", default="", metavar="TEXT", help="whose it is; stands on every map"
    )
    add.add_argument("--crs", default="", metavar="EPSG:N", help="where the source does not say")
    add.add_argument(
        "--unit",
        choices=("m", "ft"),
        default="",
        help="of its heights, where the source does not say",
    )
    task("remove", "take the terrain out; the file it came from stays")
