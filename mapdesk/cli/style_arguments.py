"""Arguments of ``mapdesk style``, and those with which ``mapdesk shot`` takes a style."""

from __future__ import annotations

import argparse
from pathlib import Path

from mapdesk.cli.grammar import Grammar, span
from mapdesk.layers.layer_style import DRAWINGS, KINDS, METHODS
from mapdesk.layers.measures import STYLED
from mapdesk.layers.palettes import palettes


def add_style_to(shot: argparse.ArgumentParser) -> None:
    """Let a picture be drawn in a style, and of a time or two beside each other."""
    shot.add_argument(
        "--style",
        metavar="NAME|FILE.json",
        help="colour grids, buildings or points by a saved style, or by one in a file",
    )
    shot.add_argument(
        "--time",
        type=span,
        metavar="TIME",
        help="what was in a year, month, week, day or hour: 2026-03-03, 2026-W10, 2026-03-03T14; "
        "or from one to another: 2026-03-01/2026-03-07",
    )
    shot.add_argument(
        "--before",
        type=span,
        metavar="TIME",
        help="with --time: what was at another time, left of a line",
    )


def add_styles_to(grammar: Grammar) -> None:
    """Declare the command, with what it can do."""
    task = grammar.tasks(
        "style", "colours of grids, buildings and points: list, show, measures, save, delete"
    )
    task("list", "the styles saved with the district")
    show = task("show", "a saved style as JSON")
    show.add_argument("name", metavar="NAME")
    show.add_argument("--to", type=Path, metavar="FILE.json", help="write it to a file")
    measures = task("measures", "what grids, buildings or points can be coloured by")
    measures.add_argument("noun", choices=STYLED)
    save = task("save", "keep a style under a name, in place of the one that has it")
    save.add_argument("name", metavar="NAME")
    save.add_argument(
        "--from",
        dest="file",
        type=Path,
        metavar="FILE.json",
        help="a style that was written to a file",
    )
    save.add_argument("--noun", choices=STYLED, help="what is coloured (grid)")
    save.add_argument(
        "--by", metavar="MEASURE", help="what by; 'style measures' lists them (density)"
    )
    save.add_argument("--kind", choices=KINDS, help="(graduated)")
    save.add_argument("--method", choices=METHODS, help="how numbers are divided (natural)")
    save.add_argument("--classes", type=int, metavar="N", help="2 to 9 (5)")
    save.add_argument("--palette", choices=tuple(palettes()), help="(YlGnBu)")
    save.add_argument(
        "--reverse", action="store_true", default=None, help="the palette turned round"
    )
    save.add_argument("--colour", metavar="#RRGGBB", help="of one colour")
    drawings = tuple(dict.fromkeys(one for words in DRAWINGS.values() for one in words))
    save.add_argument("--drawing", choices=drawings, help="how it is drawn (choropleth)")
    save.add_argument("--level", type=int, metavar="N", help="of the grids; 0 for the finest (0)")
    save.add_argument(
        "--size-by", metavar="MEASURE", help="a number that symbols of points are as large as"
    )
    delete = task("delete", "forget a saved style")
    delete.add_argument("name", metavar="NAME")
