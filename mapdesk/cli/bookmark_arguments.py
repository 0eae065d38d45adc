"""Commands on bookmarks and tours, declared."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from mapdesk.cli.grammar import Grammar, number, size, words
from mapdesk.layers.basemaps import BASE_MAP_NAMES, TERRAINS
from mapdesk.services.bookmarks import FLY, STAY


def add_bookmarks_to(grammar: Grammar) -> None:
    """Declare the tasks of bookmark and tour."""
    task = grammar.tasks("bookmark", "views of the map kept under a name")
    task("list", "the bookmarks")
    keep = task("keep", "keep a view under a name, in place of what has it")
    keep.add_argument("name", metavar="NAME")
    keep.add_argument(
        "--at", required=True, metavar="PLACE", help="LON,LAT, or as 'mapdesk where' takes it"
    )
    keep.add_argument(
        "--distance",
        type=number,
        default=900.0,
        metavar="M",
        help="metres from the eye to that place",
    )
    keep.add_argument("--bearing", type=number, default=0.0, metavar="D", help="degrees from north")
    keep.add_argument(
        "--pitch", type=number, default=48.0, metavar="D", help="degrees below the horizon"
    )
    keep.add_argument("--layers", type=words, metavar="a,b", help="layers to show")
    keep.add_argument("--theme", choices=("light", "dark"), default="light")
    keep.add_argument("--terrain", choices=tuple(TERRAINS), help="on the terrain, or steeper")
    keep.add_argument("--basemap", choices=BASE_MAP_NAMES, help="what lies below everything else")
    _add_rename_and_delete(task, "bookmark")

    tour = grammar.tasks("tour", "tours through bookmarks: kept, and recorded to a video")
    tour("list", "the tours")
    make = tour("make", "make a tour of bookmarks in order")
    make.add_argument("name", metavar="NAME")
    make.add_argument(
        "--views", type=words, required=True, metavar="a,b,c", help="names of bookmarks"
    )
    for option, default, said in (
        ("--fly", FLY, "seconds of each flight (4)"),
        ("--stay", STAY, "seconds at each view (2)"),
    ):
        make.add_argument(option, type=number, default=default, metavar="S", help=said)
    _add_rename_and_delete(tour, "tour")
    record = tour("record", "record a tour to an MP4; no display needed")
    record.add_argument("name", metavar="NAME")
    record.add_argument("file", type=Path, metavar="OUT.mp4")
    record.add_argument("--size", type=size, default=(1280, 720), metavar="WxH")
    record.add_argument("--fps", type=int, default=25, metavar="N", help="pictures a second (25)")


def _add_rename_and_delete(task: Callable[[str, str], argparse.ArgumentParser], what: str) -> None:
    rename = task("rename", f"give a {what} another name")
    rename.add_argument("name", metavar="NAME")
    rename.add_argument("new_name", metavar="NEW")
    task("delete", f"forget a {what}").add_argument("name", metavar="NAME")
