"""What may be typed: every command with its arguments, declared once."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from mapdesk import __version__
from mapdesk.cli.card_arguments import add_to as add_cards_to
from mapdesk.cli.outgoing_arguments import add_outgoing_to, add_request_to
from mapdesk.cli.register_arguments import add_register_to
from mapdesk.cli.rights_arguments import add_rights_to
from mapdesk.cli.user_arguments import add_to as add_users_to
from mapdesk.cli.user_arguments import add_user_options
from mapdesk.model.errors import InputError
from mapdesk.model.looks import KINDS


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one sentence, as every error of the command line is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # argparse takes "-74.01,40.7" for an option unless it looks like a negative number to it.
        self._negative_number_matcher = re.compile(r"^-(\d|\.\d)[-\d.,eE+]*$")

    def error(self, message: str) -> NoReturn:
        """Raise InputError instead of printing usage."""
        raise InputError(f"{self.prog}: {message}; '{self.prog} --help' shows how.")


def lonlat(text: str) -> tuple[float, float]:
    """Read "LON,LAT" in degrees."""
    lon, lat = _numbers(text, 2, "LON,LAT in degrees, such as 24.94,60.17")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no longitude, latitude in degrees (longitude first)"
        )
    return lon, lat


def circle(text: str) -> tuple[float, float, float]:
    """Read "LON,LAT,METRES"."""
    lon, lat, metres = _numbers(text, 3, "LON,LAT,METRES, such as 24.94,60.17,300")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no longitude, latitude in degrees (longitude first)"
        )
    return lon, lat, metres


def number(text: str) -> float:
    """Read a finite number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number")
    return value


def size(text: str) -> tuple[int, int]:
    """Read "WxH" in pixels."""
    found = re.fullmatch(r"(\d{2,5})x(\d{2,5})", text)
    if found is None or max(int(found[1]), int(found[2])) > 16384:
        raise argparse.ArgumentTypeError(f"'{text}' is no size; write WxH in pixels, as 1600x1000")
    return int(found[1]), int(found[2])


def day(text: str) -> date:
    """Read "YYYY-MM-DD"."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day; write YYYY-MM-DD") from None


def pair(text: str) -> tuple[str, str]:
    """Read "target=source"."""
    target, equals, source = text.partition("=")
    if not (target and equals and source):
        raise argparse.ArgumentTypeError(f"'{text}' is no field; write target=source")
    return target, source


def place(text: str) -> Path | str:
    """Read where a district lies: a folder, or the URL of a database."""
    return text if text.startswith(("postgresql:", "postgres:")) else Path(text)


def words(text: str) -> list[str]:
    """Read "a,b,c"."""
    found = [word for word in text.split(",") if word]
    if not found:
        raise argparse.ArgumentTypeError(f"'{text}' names nothing")
    return found


def _numbers(text: str, count: int, form: str) -> list[float]:
    try:
        values = [number(part) for part in text.split(",")]
    except argparse.ArgumentTypeError:
        values = []
    if len(values) != count:
        raise argparse.ArgumentTypeError(f"'{text}' should be {form}")
    return values


def parser() -> Parser:
    """Return the parser of the whole command line."""
    top = Parser(prog="mapdesk", description="The map a city sub-district runs on.")
    top.add_argument("--version", action="version", version=f"mapdesk {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    commands.required = True

    def add(name: str, help_text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.add_argument("--json", action="store_true", help="print JSON")
        return command

    def on_district(name: str, help_text: str) -> argparse.ArgumentParser:
        command = add(name, help_text)
        command.add_argument(
            "district",
            type=place,
            metavar="DIR|URL",
            help="its folder, or postgresql://user@host/database",
        )
        add_user_options(command)
        return command

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

    select = on_district("select", "ids and properties of things inside a shape")
    select.add_argument("kinds", type=words, metavar="KIND[,KIND]")
    shape = select.add_mutually_exclusive_group(required=True)
    shape.add_argument("--circle", type=circle, metavar="LON,LAT,METRES")
    shape.add_argument("--polygon", type=Path, metavar="FILE.geojson")
    select.add_argument("--geojson", action="store_true", help="a FeatureCollection in EPSG:4326")

    nearest = on_district("nearest", "the things of a kind nearest to a place, nearest first")
    nearest.add_argument("kind", metavar="KIND")
    nearest.add_argument("--to", type=lonlat, required=True, metavar="LON,LAT")
    nearest.add_argument("--count", type=int, default=5, metavar="K")

    find = on_district(
        "find", "buildings, addresses, grids, cameras, organisations; people with a purpose"
    )
    find.add_argument("text", metavar="TEXT")
    find.add_argument("--purpose", default="", help="why people's data is needed")

    add_cards_to(on_district)

    home = on_district("home", "where a person lives: unit, floor, building, grid chain")
    home.add_argument("--person", required=True, metavar="ID")
    home.add_argument("--purpose", default="", help="why people's data is needed")
    home.add_argument(
        "--unmask", metavar="REASON", help="print the person as the register has them, once"
    )

    shot = on_district("shot", "draw the map to a PNG; no display needed")
    shot.add_argument("picture", type=Path, metavar="OUT.png")
    shot.add_argument("--size", type=size, default=(1600, 1000), metavar="WxH")
    shot.add_argument("--at", type=lonlat, metavar="LON,LAT")
    shot.add_argument(
        "--distance", type=number, metavar="M", help="metres from the eye to that place"
    )
    shot.add_argument("--bearing", type=number, default=0.0, metavar="D", help="degrees from north")
    shot.add_argument(
        "--pitch", type=number, default=48.0, metavar="D", help="degrees below the horizon"
    )
    shot.add_argument("--layers", type=words, metavar="a,b", help="layers to show")
    shot.add_argument("--theme", choices=("light", "dark"), default="light")
    shot.add_argument("--language", choices=("en", "zh_CN"), default="en", help="with --window")
    shot.add_argument("--window", action="store_true", help="the whole window")

    _add_filter(
        on_district("filter", "people, households, units, buildings, organisations by conditions")
    )
    on_district("open", "open the desk on a district")
    backup = on_district("backup", "write a district to one file")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = add("restore", "unpack a backup into a new folder")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("district", type=Path, metavar="DIR", help="a new folder")
    copy = add("copy", "copy a district to a new folder or an empty database, whole or not at all")
    copy.add_argument("district", type=place, metavar="FROM")
    add_user_options(copy)
    copy.add_argument("target", type=place, metavar="TO")
    makeup = on_district(
        "makeup", "age and sex, households, residence, education and use of units of an area"
    )
    where = makeup.add_mutually_exclusive_group()
    where.add_argument("--grid", metavar="ID")
    where.add_argument("--building", metavar="ID")
    where.add_argument("--polygon", type=Path, metavar="FILE.geojson")
    makeup.add_argument(
        "--publish", action="store_true", help="count fixed areas for those who read no records"
    )
    makeup.add_argument("--compare", metavar="ID|all", help="a grid, or the whole district")
    makeup.add_argument("--purpose", default="", help="why people's data is needed")
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
    add_users_to(add, place)
    _add_audit(add)
    add_rights_to(add, place)
    add_register_to(add, place)
    add_outgoing_to(add, on_district, place)
    return top


def _add_filter(command: argparse.ArgumentParser) -> None:
    from mapdesk.cli.filter_commands import SHOWN, grammar
    from mapdesk.model.filter_fields import FILTER_NOUNS

    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.epilog = grammar()
    command.add_argument("--noun", choices=FILTER_NOUNS, help="what is looked for")
    for name, said in (
        ("where", "must hold"),
        ("any", "one of those given so must hold"),
        ("none", "must not hold"),
    ):
        command.add_argument(
            f"--{name}", action="append", default=[], metavar="CONDITION", help=said
        )
    command.add_argument("--circle", type=circle, metavar="LON,LAT,METRES", help="and inside it")
    command.add_argument("--polygon", type=Path, metavar="FILE.geojson", help="and inside it")
    command.add_argument("--purpose", default="", help="why people's data is needed")
    command.add_argument("--limit", type=int, default=SHOWN, metavar="N", help=f"rows ({SHOWN})")
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


def _add_audit(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Declare `audit` and its tasks."""
    audit = add("audit", "the record of who looked at what, and why: for auditors")
    tasks = audit.add_subparsers(dest="task", metavar="TASK", parser_class=Parser)
    tasks.required = True

    def task(name: str, help_text: str) -> argparse.ArgumentParser:
        made = tasks.add_parser(name, help=help_text, description=help_text)
        made.add_argument("--json", action="store_true", help="print JSON")
        made.add_argument(
            "district", type=place, metavar="DIR|URL", help="its folder, or its database's URL"
        )
        add_user_options(made)
        made.add_argument("--purpose", default="", help="why, for the record")
        return made

    newest = task("list", "the newest rows")
    newest.add_argument("--count", type=int, default=100, metavar="N", help="rows (100)")
    search = task("search", "rows by who, action, subject, kind and day, newest first")
    search.add_argument("--who", metavar="USER", help="exactly this user")
    search.add_argument("--action", metavar="TEXT", help="exactly this action")
    search.add_argument("--subject", metavar="TEXT", help="a part of the subject")
    search.add_argument("--kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    search.add_argument("--since", type=day, metavar="YYYY-MM-DD", help="from this day")
    search.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="to the end of this day")
    search.add_argument("--before", type=int, metavar="NUMBER", help="only older rows")
    search.add_argument("--count", type=int, default=500, metavar="N", help="rows at most (500)")
    verify = task("verify", "find what was changed, dropped, moved, inserted or cut off")
    verify.add_argument(
        "--anchor",
        type=Path,
        metavar="FILE",
        help="the file 'audit anchor' writes: finds older copies",
    )
    anchor = task("anchor", "sign the newest row and add that to a file nobody can change")
    anchor.add_argument("file", type=Path, metavar="FILE", help="one file for one district")


def _kinds() -> str:
    from mapdesk.services.importing import IMPORT_KINDS

    return ", ".join(IMPORT_KINDS)
