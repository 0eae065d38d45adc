"""What may be typed: every command with its arguments, declared once."""

from __future__ import annotations

import argparse
from functools import cache
from pathlib import Path

from mapdesk import __version__
from mapdesk.cli.bookmark_arguments import add_bookmarks_to
from mapdesk.cli.card_arguments import add_to as add_cards_to
from mapdesk.cli.grammar import (
    Grammar,
    ListsInLanguage,
    Parser,
    add_conditions,
    add_request_to,
    add_user_options,
    circle,
    lonlat,
    number,
    pair,
    place,
    size,
    words,
)
from mapdesk.cli.landmark_arguments import add_landmarks_to
from mapdesk.cli.outgoing_arguments import add_outgoing_to
from mapdesk.cli.panorama_commands import add_panoramas_to
from mapdesk.cli.place_arguments import add_places_to
from mapdesk.cli.raster_arguments import add_rasters_to
from mapdesk.cli.register_arguments import add_register_to
from mapdesk.cli.rights_arguments import add_rights_to
from mapdesk.cli.style_arguments import add_style_to, add_styles_to
from mapdesk.cli.terrain_arguments import add_terrain_to
from mapdesk.cli.user_arguments import add_to as add_users_to
from mapdesk.layers.basemaps import BASE_MAP_NAMES, TERRAINS
from mapdesk.model.language import LANGUAGE


def parser() -> Parser:
    """Return the parser of the whole command line, made once for each language; not to be changed."""
    return _made(LANGUAGE.code)


@cache
def _made(_language: str) -> Parser:
    top = Parser(prog="mapdesk", description="The map a city sub-district runs on.")
    top.add_argument("--version", action="version", version=f"mapdesk {__version__}")
    grammar = Grammar(top)
    add, on_district, on_people = grammar.command, grammar.on_district, grammar.on_people

    demo = add("demo", "build the demo district if it is not there, and open the desk on it")
    demo.add_argument("--at", type=Path, metavar="DIR", help="folder of the demo district")
    demo.add_argument("--people", type=int, metavar="N", help="residents (275000)")
    demo.add_argument(
        "--seed", type=int, default=1, metavar="S", help="same seed, same district (1)"
    )
    add_user_options(demo)
    demo.add_argument("--no-open", action="store_true", help="only build it")

    new = add("new", "make an empty district")
    new.add_argument("district", type=place, nargs="?", metavar="DIR", help="a new folder")
    new.add_argument(
        "--store", type=place, metavar="URL", help="an empty PostgreSQL database instead"
    )
    new.add_argument("--name", required=True, help="what people call it")
    new.add_argument("--crs", required=True, metavar="EPSG:N", help="a CRS in metres")
    new.add_argument("--encrypted", action="store_true", help="nothing without its passphrase")
    new.add_argument("--remember", action="store_true", help="keep its key in the system's keyring")

    load = on_district("import", "bring a file's rows in; repeating it updates")
    load.add_argument("file", type=Path, metavar="FILE")
    load.add_argument("--as", dest="kind", required=True, metavar="KIND", help=_kinds())
    load.add_argument(
        "--field", type=pair, nargs="+", action="extend", default=[], metavar="target=source"
    )
    load.add_argument("--key", metavar="FIELD", help="source column that identifies a row")
    load.add_argument("--assume-crs", metavar="EPSG:N|GCJ-02", help="for a file that does not say")
    load.add_argument("--layer", metavar="NAME", help="layer or sheet of a file with several")
    load.add_argument("--dry-run", action="store_true", help="account for all rows, write none")

    on_district("info", "counts by noun, CRS, extent, versions")

    select = on_people("select", "ids and properties of things inside a shape")
    select.add_argument("kinds", type=words, metavar="KIND[,KIND]")
    shape = select.add_mutually_exclusive_group(required=True)
    shape.add_argument("--circle", type=circle, metavar="LON,LAT,METRES")
    shape.add_argument("--polygon", type=Path, metavar="FILE.geojson")
    select.add_argument("--geojson", action="store_true", help="a FeatureCollection in EPSG:4326")

    nearest = on_district("nearest", "the things of a kind nearest to a place, nearest first")
    nearest.add_argument("kind", metavar="KIND")
    nearest.add_argument("--to", type=lonlat, required=True, metavar="LON,LAT")
    nearest.add_argument("--count", type=int, default=5, metavar="K")

    find = on_people(
        "find", "buildings, addresses, grids, cameras, organisations; people with a purpose"
    )
    find.add_argument("text", metavar="TEXT")

    add_cards_to(on_people)

    home = on_people("home", "where a person lives: unit, floor, building, grid chain")
    home.add_argument("--person", required=True, metavar="ID")
    home.add_argument(
        "--unmask", metavar="REASON", help="print the person as the register has them, once"
    )

    shot = on_people("shot", "draw the map to a PNG; no display needed")
    shot.add_argument("picture", type=Path, metavar="OUT.png")
    shot.add_argument("--size", type=size, default=(1600, 1000), metavar="WxH")
    shot.add_argument(
        "--bookmark",
        metavar="NAME",
        help="view, layers, theme, base map, time and style of a bookmark",
    )
    shot.add_argument("--at", metavar="PLACE", help="LON,LAT, or as 'mapdesk where' takes it")
    shot.add_argument(
        "--distance", type=number, metavar="M", help="metres from the eye to that place"
    )
    shot.add_argument("--bearing", type=number, default=0.0, metavar="D", help="degrees from north")
    shot.add_argument(
        "--pitch", type=number, default=48.0, metavar="D", help="degrees below the horizon"
    )
    shot.add_argument("--layers", type=words, metavar="a,b", help="layers to show")
    shot.add_argument("--theme", choices=("light", "dark"), default="light")
    shot.add_argument("--no-names", action="store_true", help="write no names on the map")
    shot.add_argument(
        "--open", metavar="BUILDING", help="pull the floors of a building, by its id, apart"
    )
    shot.add_argument("--floor", type=int, metavar="N", help="the floor of it to look at")
    shot.add_argument("--basemap", choices=BASE_MAP_NAMES, help="what lies below (3d)")
    shot.add_argument(
        "--terrain",
        choices=tuple(TERRAINS),
        help="everything stands on the terrain, or steeper (off)",
    )
    shot.add_argument(
        "--swipe", nargs=2, metavar=("A", "B"), help="two rasters, one on each side of a line"
    )
    shot.add_argument(
        "--divider",
        type=number,
        default=0.5,
        metavar="P",
        help="where that line, or the one between two times, is: 0 to 1 (0.5)",
    )
    shot.add_argument("--window", action="store_true", help="the whole window")
    add_style_to(shot)

    _add_filter(
        on_people("filter", "people, households, units, buildings, organisations by conditions")
    )
    on_district("open", "open the desk on a district").add_argument(
        "--presenter",
        choices=("auto", "thread", "widget"),
        help="how pictures of the map are made, from now on: in memory, or by the graphics card",
    )
    backup = on_district("backup", "write a district to one file")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = add("restore", "unpack a backup into a new folder")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("district", type=Path, metavar="DIR", help="a new folder")
    copy = add("copy", "copy a district to a new folder or an empty database, whole or not at all")
    copy.add_argument("district", type=place, metavar="FROM")
    add_user_options(copy)
    copy.add_argument("target", type=place, metavar="TO")
    copy.add_argument(
        "--in-clear", action="store_true", help="even if FROM is encrypted: the copy is not"
    )
    makeup = on_people(
        "makeup", "age and sex, households, residence, education and use of units of an area"
    )
    where = makeup.add_mutually_exclusive_group()
    where.add_argument("--grid", metavar="ID")
    where.add_argument("--building", metavar="ID")
    where.add_argument("--polygon", type=Path, metavar="FILE.geojson")
    where.add_argument("--every-grid", action="store_true", help="people and ages, a line a grid")
    makeup.add_argument(
        "--publish", action="store_true", help="count fixed areas for those who read no records"
    )
    makeup.add_argument("--compare", metavar="ID|all", help="a grid, or the whole district")
    encrypt = add("encrypt", "copy a district into a new, encrypted folder")
    encrypt.add_argument("district", type=place, metavar="FROM")
    encrypt.add_argument("target", type=Path, metavar="TO")
    passphrase = add("passphrase", "change the passphrase of an encrypted district")
    passphrase.add_argument("district", type=Path, metavar="DIR", help="the district's folder")
    keyring = passphrase.add_mutually_exclusive_group()
    keyring.add_argument(
        "--remember", action="store_true", help="do not change it: keep the key in the keyring"
    )
    keyring.add_argument(
        "--forget", action="store_true", help="do not change it: take the key out of the keyring"
    )
    add("doctor", "versions, OpenGL, extension, fonts: what is missing and how to get it")
    add_places_to(grammar)
    add_bookmarks_to(grammar)
    add_landmarks_to(grammar)
    add_users_to(grammar)
    add_rights_to(grammar)
    add_register_to(grammar)
    add_outgoing_to(grammar)
    add_styles_to(grammar)
    add_panoramas_to(grammar)
    add_rasters_to(grammar)
    add_terrain_to(grammar)
    return top


def _add_filter(command: argparse.ArgumentParser) -> None:
    from mapdesk.cli.filter_commands import SHOWN, grammar
    from mapdesk.model.filter_fields import FILTER_NOUNS

    command.formatter_class = ListsInLanguage
    command.epilog = grammar()
    command.add_argument("--noun", choices=FILTER_NOUNS, help="what is looked for")
    add_conditions(command)
    command.add_argument("--circle", type=circle, metavar="LON,LAT,METRES", help="and inside it")
    command.add_argument("--polygon", type=Path, metavar="FILE.geojson", help="and inside it")
    command.add_argument("--limit", type=int, default=SHOWN, metavar="N", help=f"rows ({SHOWN})")
    command.add_argument(
        "--offset", type=int, default=0, metavar="N", help="rows left out first (0)"
    )
    command.add_argument("--order", default="", metavar="COLUMN", help="what rows are sorted by")
    what = command.add_mutually_exclusive_group()
    what.add_argument("--count", action="store_true", help="only how many")
    what.add_argument(
        "--doors",
        nargs="?",
        const="",
        metavar="FILE.pdf|.xlsx",
        help="one row a door, in walking order; as a file to print",
    )
    what.add_argument("--save", metavar="NAME", help="keep the filter under a name")
    what.add_argument("--list", action="store_true", help="the saved filters")
    what.add_argument("--delete", metavar="NAME", help="forget a saved filter")
    command.add_argument("--use", metavar="NAME", help="a saved filter, in place of conditions")
    add_request_to(command)


def _kinds() -> str:
    from mapdesk.services.importing import IMPORT_KINDS

    return ", ".join(IMPORT_KINDS)
