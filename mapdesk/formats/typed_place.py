"""Places as people type them: degrees in every usual spelling, metres, and the system they are in.

Reading is text alone: what a place means in a district is `services.whereabouts`' business.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from mapdesk.model.errors import InputError

System = Literal["wgs84", "gcj02", "bd09", "projected", ""]

_NAMED_SYSTEMS: tuple[tuple[str, System], ...] = (
    (r"GCJ[\s-]*0?2|火星坐标系?|高德(坐标)?|腾讯(坐标)?", "gcj02"),
    (r"BD[\s-]*0?9(?:LL)?|百度(坐标)?", "bd09"),
    (r"WGS[\s-]*(?:19)?84|CGCS[\s-]*2000|GPS", "wgs84"),
)
_EPSG = re.compile(r"(?:EPSG\s*[:\s]\s*|EPSG)(\d{4,6})", re.IGNORECASE)

_CHINESE = (
    (r"北纬|纬度北", "N"), (r"南纬", "S"), (r"东经", "E"), (r"西经", "W"),
    (r"经度|longitude|long?|lng", " LON "), (r"纬度|latitude|lat", " LAT "),
)  # fmt: skip
_DEGREES = "[°度]"
_MINUTES = "['′’分]"
_SECONDS = "(?:\"|″|”|''|′′|秒)"
_ANGLE = re.compile(
    rf"(?P<before>[NSEW])?\s*(?P<sign>[-+−])?\s*(?P<deg>\d+(?:\.\d+)?)\s*"
    rf"(?:{_DEGREES}\s*(?:(?P<min>\d+(?:\.\d+)?)\s*{_MINUTES}\s*"
    rf"(?:(?P<sec>\d+(?:\.\d+)?)\s*{_SECONDS}?)?)?)?"
    rf"(?(before)|\s*(?P<after>[NSEW](?![A-Z]))?)"
)
_PARTS = r"(\d+)\s+(\d+(?:\.\d+)?)(?:\s+(\d+(?:\.\d+)?))?"
_SPACED = re.compile(rf"([NSEW])\s*{_PARTS}(?=[\s,;]+[NSEW]|$)|{_PARTS}\s*([NSEW])(?![A-Z])")
"""Degrees, minutes and seconds with nothing but spaces between: a hemisphere tells them from two numbers."""
_NUMBER = r"[-+−]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_PLAIN = re.compile(rf"({_NUMBER})\s*m?\s*[,;\s]\s*({_NUMBER})\s*m?")
_HEIGHT = re.compile(rf",\s*{_NUMBER}\s*m$")
"""The ground's height behind a place, as it is copied."""
_NAMED_NUMBERS = re.compile(
    rf"(?P<one>LON|LAT|X|Y)\s*[:=]?\s*(?P<first>{_NUMBER})\s*[,;\s]*"
    rf"(?P<other>LON|LAT|X|Y)\s*[:=]?\s*(?P<second>{_NUMBER})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TypedPlace:
    """Two numbers and what is known of them.

    Parameters
    ----------
    first, second : float
        Longitude and latitude (degrees) or easting and northing (m), in that order where `ordered`.
    system : System
        What was named, "projected" where the numbers are too large for degrees; "" where nothing was
        said and they may be degrees.
    epsg : int or None
        The code that was named.
    ordered : bool
        Which is which was said, by hemisphere or name, or follows from the numbers.
    """

    first: float
    second: float
    system: System = ""
    epsg: int | None = None
    ordered: bool = False


def read_place(text: str) -> TypedPlace | None:
    """Return the place that `text` spells; None where it spells none, and may be a code or a name.

    Understood are ``114.05, 22.54``; ``22°32'24"N 114°3'E``; ``北纬22度32分 东经114度3分``;
    ``BD-09 114.06,22.55``; ``500000 2493000``; ``EPSG:3857 12695000 2576000``; ``x=..., y=...``.

    Raises
    ------
    InputError
        It is degrees beyond what there are, or minutes or seconds beyond sixty.
    """
    plain = _plain(text)
    epsg = _EPSG.search(plain)
    plain = _EPSG.sub(" ", plain)
    system: System = ""
    for pattern, name in _NAMED_SYSTEMS:
        plain, found = re.subn(pattern, " ", plain, flags=re.IGNORECASE)
        system = name if found else system
    for pattern, letter in _CHINESE:
        plain = re.sub(pattern, letter, plain, flags=re.IGNORECASE)
    plain = plain.strip(" ,;:()[]")
    code = int(epsg[1]) if epsg else None
    found_place = _numbers_in(plain) or _numbers_in(_HEIGHT.sub("", plain))
    if found_place is None:
        return None
    first, second, ordered, is_angle = found_place
    if code is not None:
        return TypedPlace(first, second, "projected", code, ordered)
    in_degrees = _may_be_degrees(first, second)
    if not in_degrees and (is_angle or system):
        raise InputError(
            f"'{text.strip()}' is no longitude and latitude: they end at 180 and 90 degrees."
        )
    if not in_degrees:
        return TypedPlace(first, second, "projected", None, ordered)
    if not ordered and abs(second) > 90:  # can only be the longitude
        first, second, ordered = second, first, True
    ordered = ordered or abs(first) > 90
    return TypedPlace(first, second, system, None, ordered)


def _numbers_in(plain: str) -> tuple[float, float, bool, bool] | None:
    return _of_names(plain) or _of_numbers(plain) or _of_angles(plain)


def _plain(text: str) -> str:
    """Return text with full-width signs made plain."""
    marks = str.maketrans("，；、：−–º", ",;,:--°")
    return " ".join(unicodedata.normalize("NFKC", text.translate(marks)).split())


def _of_names(text: str) -> tuple[float, float, bool, bool] | None:
    found = _NAMED_NUMBERS.fullmatch(text)
    if found is None:
        return None
    one, other = found["one"].upper(), found["other"].upper()
    values = {one: _number(found["first"]), other: _number(found["second"])}
    for east, north in (("LON", "LAT"), ("X", "Y")):
        if set(values) == {east, north}:
            # Surveyors' x is north, a computer's east: only degrees say which is which.
            return values[east], values[north], east == "LON", east == "LON"
    return None


def _of_numbers(text: str) -> tuple[float, float, bool, bool] | None:
    found = _PLAIN.fullmatch(text)
    return None if found is None else (_number(found[1]), _number(found[2]), False, False)


def _of_angles(text: str) -> tuple[float, float, bool, bool] | None:
    """Return two angles with degrees, minutes, seconds or hemispheres."""
    text = _SPACED.sub(_with_signs, text.upper())
    first = _ANGLE.match(text)
    if first is None:
        return None
    rest = re.sub(r"^[\s,;]+", "", text[first.end() :])
    second = _ANGLE.fullmatch(rest)
    if second is None or not (_is_marked(first) and _is_marked(second)):
        return None
    (value, side), (other, other_side) = _angle(first, text), _angle(second, text)
    if side in "NS" and other_side in "NS" and side and other_side:
        raise InputError(f"'{text}' gives two latitudes; a place has a longitude and a latitude.")
    if side in "EW" and other_side in "EW" and side and other_side:
        raise InputError(f"'{text}' gives two longitudes; a place has a longitude and a latitude.")
    is_latitude_first = side in ("N", "S") or other_side in ("E", "W")
    east, north = (other, value) if is_latitude_first else (value, other)
    return east, north, bool(side or other_side), True


def _with_signs(found: re.Match[str]) -> str:
    """Return an angle whose parts have spaces between with their signs."""
    before, *parts, after = found.groups()
    degrees, minutes, seconds = parts[:3] if before else parts[3:]
    rest = f'{seconds}"' if seconds else ""
    return f"{before or ''}{degrees}°{minutes}'{rest}{after or ''}"


def _is_marked(found: re.Match[str]) -> bool:
    return bool(found["before"] or found["after"] or re.search(_DEGREES, found[0]))


def _angle(found: re.Match[str], text: str) -> tuple[float, str]:
    minutes, seconds = float(found["min"] or 0), float(found["sec"] or 0)
    if minutes >= 60 or seconds >= 60:
        raise InputError(f"'{text}' has minutes or seconds of 60 or more.")
    value = float(found["deg"]) + minutes / 60 + seconds / 3600
    side = (found["before"] or found["after"] or "").upper()
    if side in ("S", "W") or found["sign"] in ("-", "−"):
        value = -value
    return value, side


def _number(text: str) -> float:
    value = float(text.replace("−", "-"))
    if not math.isfinite(value):
        raise InputError(f"'{text}' is not a number.")
    return value


def _may_be_degrees(first: float, second: float) -> bool:
    large, small = max(abs(first), abs(second)), min(abs(first), abs(second))
    return large <= 180 and small <= 90


def spell_degrees(longitude: float, latitude: float) -> str:
    """Return a place in degrees, minutes and seconds: ``22°32'24.00"N 114°03'00.00"E``.

    Two digits of a second are 0.3 m.
    """
    return f"{_dms(latitude, 'N', 'S')} {_dms(longitude, 'E', 'W')}"


def _dms(value: float, plus: str, minus: str) -> str:
    hundredths = round(abs(value) * 360_000)
    minutes, seconds = divmod(hundredths, 6000)
    degrees, minutes = divmod(minutes, 60)
    side = minus if value < 0 and hundredths else plus
    return f"{degrees}°{minutes:02d}'{seconds / 100:05.2f}\"{side}"
