"""Arguments of ``mapdesk raster``."""

from __future__ import annotations

import argparse

from mapdesk.cli.grammar import Grammar, number
from mapdesk.layers.rasters import KINDS


def add_rasters_to(grammar: Grammar) -> None:
    """Declare it, with what it can do."""
    task = grammar.tasks("raster", "pictures of the ground kept with a district: add, list, set")
    task("list", "every raster, from above to below")
    add = task("add", "keep a GeoTIFF, MBTiles or PMTiles file, or the tiles of a server")
    add.add_argument(
        "source", metavar="FILE|URL", help="a file, or an address with z, x and y in curly braces"
    )
    add.add_argument("--name", metavar="NAME", help="what it is called (its file's name)")
    add.add_argument("--kind", choices=KINDS, help="where its name does not tell")
    add.add_argument("--crs", metavar="EPSG:N|GCJ-02", help="where the source does not say")
    add.add_argument(
        "--bands", default="", metavar="R,G,B", help="bands shown, or the one shown in grey"
    )
    add.add_argument("--levels", metavar="A-B", help="levels a server has (0-19)")
    _add_looks(add)
    change = task("set", "show a raster in another way")
    change.add_argument("name", metavar="NAME")
    _add_looks(change)
    change.add_argument("--order", type=int, metavar="N", help="those of higher order lie above")
    shown = change.add_mutually_exclusive_group()
    shown.add_argument("--show", action="store_true", help="draw it on the imagery base map")
    shown.add_argument("--hide", action="store_true", help="keep it, and do not draw it")
    remove = task("remove", "forget a raster; its file stays")
    remove.add_argument("name", metavar="NAME")


def _add_looks(command: argparse.ArgumentParser) -> None:
    command.add_argument("--attribution", metavar="TEXT", help="whose it is; stands on every map")
    command.add_argument(
        "--taken", metavar="TIME", help="when it was taken: 2024, 2024-05, 2024-05-12"
    )
    command.add_argument("--opacity", type=number, metavar="P", help="0 to 1 (1)")
    command.add_argument("--brightness", type=number, metavar="B", help="0.2 to 2 (1)")
