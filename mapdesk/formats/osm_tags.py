"""What OpenStreetMap tags say about buildings, roads, railways, cameras, addresses and ground.

Tags are free text by volunteers: a value that cannot be read counts as not given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from mapdesk.formats.values import parse_count, parse_number
from mapdesk.formats.vocabulary import (
    BUILDING_USE,
    LAND_USE,
    RAILWAY_KIND,
    ROAD_KIND,
    SURVEILLANCE_ZONE,
    TRACK_USE,
)

Tags: TypeAlias = Mapping[str, str]
Row: TypeAlias = dict[str, Any]

_POINTS_OF_THE_COMPASS = (
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE",
    "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
)  # fmt: skip

_NO_ROAD = frozenset(
    ("construction", "proposed", "abandoned", "razed", "platform", "rest_area", "services",
     "corridor", "elevator", "no")
)  # fmt: skip
_ONEWAY_UNSAID = frozenset(("motorway", "motorway_link"))
_GROUND_KEYS = (
    "landuse",
    "leisure",
    "natural",
    "amenity",
    "place",
    "highway",
    "waterway",
    "man_made",
)
_GROUND_ONLY = {
    "amenity": frozenset(("parking", "school", "university", "college", "kindergarten", "hospital",
                          "clinic", "marketplace", "grave_yard", "place_of_worship")),
    "place": frozenset(("square",)),
    "highway": frozenset(("pedestrian",)),
    "waterway": frozenset(("riverbank", "dock", "canal")),
    "man_made": frozenset(),
}  # fmt: skip
"""Keys of which only these values are ground."""

_YEAR = re.compile(r"\d{4}")
_CJK = re.compile(r"[\u3400-\u9fff]")


def building(tags: Tags) -> Row:
    """Return the fields of a building; height is metres from the ground to the top."""
    return {
        "name": tags.get("name"),
        "address": address_text(tags),
        "use": building_use(tags),
        "floors": _positive(_count(tags.get("building:levels"))),
        "height": _positive(_length(tags.get("height") or tags.get("building:height"))),
        "base": _length(tags.get("min_height") or tags.get("building:min_height")),
        "year_built": _year(tags.get("start_date")),
    }


def building_use(tags: Tags) -> str:
    """Return one of `BUILDING_USES`: from the building's type, else from what is in it."""
    kinds = (tags.get(key) for key in ("building", "amenity", "tourism", "leisure"))
    known = (BUILDING_USE.get(kind, "other") for kind in kinds if kind)
    use = next((each for each in known if each != "other"), None)
    if use is not None:
        return use
    if tags.get("shop"):
        return "commercial"
    return "office" if tags.get("office") else "other"


def road(tags: Tags) -> Row | None:
    """Return the fields of a road, None where the highway is none to travel on.

    `oneway` is "yes", "no" or, against the way's direction, "-1".
    """
    highway = tags.get("highway", "")
    if highway in _NO_ROAD or tags.get("area") == "yes":
        return None
    marked = tags.get("oneway", "")
    circling = tags.get("junction") in ("roundabout", "circular")
    implied = marked != "no" and (highway in _ONEWAY_UNSAID or circling)
    against = marked in ("-1", "reverse")
    along = implied or marked in ("yes", "true", "1")
    return {
        "name": tags.get("name"),
        "kind": ROAD_KIND.get(highway, "path"),
        "oneway": "-1" if against else "yes" if along else "no",
        "max_speed": _positive(_number(tags.get("maxspeed"), "km/h")),
        "width": _positive(_length(tags.get("width"))),
        **_crossing(tags),
    }


def railway(tags: Tags) -> Row | None:
    """Return the fields of a track, None where no train runs on it: one that is built, given up, a platform."""
    kind = RAILWAY_KIND.get(tags.get("railway", ""))
    if kind is None or tags.get("area") == "yes":
        return None
    return {
        "name": tags.get("name"),
        "kind": kind,
        "track_use": TRACK_USE.get(tags.get("service", "")),
        **_crossing(tags),
    }


def _crossing(tags: Tags) -> Row:
    return {key: tags.get(key) for key in ("bridge", "tunnel", "layer")}


def camera(tags: Tags) -> Row | None:
    """Return the fields of a camera, None where the surveillance is by other means.

    `azimuth` is clockwise from north, `tilt` above the horizon: OSM's ``camera:angle`` points down.
    """
    if tags.get("surveillance:type", "camera").lower() not in ("camera", "alpr"):
        return None
    down = _number(tags.get("camera:angle"), "deg")
    return {
        "name": tags.get("name") or tags.get("ref"),
        "owner": tags.get("operator"),
        "purpose": SURVEILLANCE_ZONE.get(tags.get("surveillance:zone", "")),
        "address": address_text(tags),
        "z": _length(tags.get("height")),
        "azimuth": azimuth(tags.get("camera:direction") or tags.get("direction")),
        "tilt": None if down is None else -down,
        "field_of_view": 360.0 if tags.get("camera:type") == "dome" else None,
    }


def azimuth(text: str | None) -> float | None:
    """Return degrees clockwise from north of "137", "NNW" or "90-180" (its middle)."""
    if not text:
        return None
    if text.upper() in _POINTS_OF_THE_COMPASS:
        return _POINTS_OF_THE_COMPASS.index(text.upper()) * 22.5
    if span := re.fullmatch(r"(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)", text):
        start, end = float(span[1]), float(span[2])
        return (start + ((end - start) % 360.0) / 2.0) % 360.0
    degrees = _number(text, "deg")
    return None if degrees is None else degrees % 360.0


def address(tags: Tags) -> Row | None:
    """Return the fields of an address, None where the tags hold none."""
    text = address_text(tags)
    if text is None:
        return None
    return {
        "text": text,
        "street": tags.get("addr:street") or tags.get("addr:place"),
        "number": tags.get("addr:housenumber"),
    }


def address_text(tags: Tags) -> str | None:
    """Return "Street 12", in Chinese "解放路12号"; None without a house number or full address."""
    if full := tags.get("addr:full"):
        return full
    number = tags.get("addr:housenumber")
    if not number:
        return None
    street = tags.get("addr:street") or tags.get("addr:place")
    if not street:
        return number
    return f"{street}{number}" if _CJK.search(street) else f"{street} {number}"


def ground(tags: Tags) -> Row | None:
    """Return the fields of a piece of land use, None where the tags say nothing about the ground."""
    for key in _GROUND_KEYS:
        value = tags.get(key, "")
        if value in LAND_USE and value in _GROUND_ONLY.get(key, (value,)):
            return {"kind": LAND_USE[value], "name": tags.get("name")}
    return None


def _number(text: str | None, unit: str = "") -> float | None:
    try:
        return parse_number(text, unit) if text else None
    except ValueError:
        return None


def _length(text: str | None) -> float | None:
    return _number(text, "m")


def _count(text: str | None) -> int | None:
    try:
        return parse_count(text) if text else None
    except ValueError:
        return None


def _positive(number: float | None) -> float | None:
    return number if number is not None and number > 0 else None


def _year(text: str | None) -> int | None:
    found = _YEAR.search(text or "")
    return int(found[0]) if found else None
