"""Commands on places, declared."""

from __future__ import annotations

from pathlib import Path

from mapdesk.cli.grammar import Grammar, number

_SPELLINGS = (
    "LON,LAT; degrees and minutes; 'GCJ-02 ...'; 'BD-09 ...'; metres; 'EPSG:N ...'; a grid's code"
)
_AS_WHERE = "as 'mapdesk where' takes it"
_UNITS = ("metric", "mu", "feet")


def add_places_to(grammar: Grammar) -> None:
    """Declare where, measure, sight and section."""
    where = grammar.on_district(
        "where", "where a place lies, in every system, and the grids it is in"
    )
    where.add_argument("place", metavar="TEXT", help=_SPELLINGS)
    where.add_argument(
        "--as",
        dest="system",
        metavar="SYSTEM",
        help="only in lonlat, dms, gcj02, bd09, district or EPSG:N",
    )
    measure = grammar.on_district(
        "measure", "a distance or an area, on the ellipsoid and in the district's plane"
    )
    measure.add_argument("places", nargs="+", metavar="PLACE", help=_AS_WHERE)
    measure.add_argument("--area", action="store_true", help="the area between the places")
    measure.add_argument("--units", choices=_UNITS, default="metric")
    sight = grammar.on_district(
        "sight", "whether one place is seen from another, and what hides it"
    )
    sight.add_argument("eye_at", metavar="FROM", help=_AS_WHERE)
    sight.add_argument("target_at", metavar="TO", help=_AS_WHERE)
    for name in ("eye", "target"):
        sight.add_argument(
            f"--{name}",
            type=number,
            default=1.6,
            metavar="M",
            help="metres above the ground, or above the roof of a building there (1.6)",
        )
    section = grammar.on_district("section", "ground and buildings along a line")
    section.add_argument("places", nargs="+", metavar="PLACE", help=_AS_WHERE)
    section.add_argument("--csv", type=Path, metavar="FILE.csv", help="heights along the line")
    section.add_argument(
        "--picture", type=Path, metavar="FILE.png", help="the plot, with its sources"
    )
