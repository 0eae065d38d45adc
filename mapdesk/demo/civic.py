"""Public places: schools, hospital, sports ground, square, business spot and market street."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import Polygon

from mapdesk.demo.chance import pick
from mapdesk.demo.compounds import lay_spine
from mapdesk.demo.footprints import (
    chamfered,
    comb,
    disc,
    l_shape,
    notched_tower,
    oval,
    rectangle,
    u_shape,
)
from mapdesk.demo.frontage import line_with_shops
from mapdesk.demo.site import Site

STOREY = 3.6
"""Metres a floor of offices, wards and class rooms."""


def school(site: Site) -> None:
    """Build a school: class wings in the north, a running track and courts in the south or west."""
    rng = site.rng
    site.pave("school")
    west, south, east, north = site.bounds
    lay_spine(site, [])
    year = int(rng.integers(1985, 2020))
    radius = float(np.clip((north - south) * 0.17, 20, 36))
    straight = float(np.clip((east - west) * 0.34, 30, 85))
    middle = west + straight / 2 + radius + 4
    track = oval(middle, south + radius + 4, straight, radius)
    site.cover("square", track)
    site.cover("grass", oval(middle, south + radius + 4, straight, radius - 9))
    site.keep_free(track.buffer(3))
    top = south + 2 * radius + 14
    right = middle + straight / 2 + radius + 8
    for x in np.arange(right, east - 18, 20.0):
        site.cover("square", rectangle(float(x), south + 8, 16, 28))
        site.keep_free(rectangle(float(x), south + 8, 16, 28))
    floors = int(rng.choice([4, 5]))
    for left, end in site.across(top, min(top + 46, north - 2)):
        at = left + 2
        while end - at > 34:
            width = min(float(rng.uniform(44, 66)), end - at - 2)
            wing = float(rng.uniform(17, 28))
            shape = comb(at, top, width, 10.5, int(rng.choice([2, 3])), wing, 10.0)
            site.build(shape, "school", "school", floors, floors * STOREY + 1.0, year, 6.0)
            at += width + 12
    y = top + 52
    while y < north - 16:
        for left, end in site.across(y, y + 14):
            if end - left > 42:
                site.build(rectangle(left + 2, y, 40, 14), "school", "school", 5, 19.0, year, 6.0)
                site.build(chamfered(end - 38, y, 34, 14, 2.0), "gym", "school", 2, 11.0, year, 6.0)
        y += 34


def hospital(site: Site) -> None:
    """Build a hospital: out-patient hall, two ward slabs, clinics, parking and a garden."""
    site.pave("hospital", "海河港医院")
    west, south, east, north = site.bounds
    lay_spine(site, [south + 62, south + 132])
    middle, depth = (west + east) / 2, north - south
    site.cover("grass", site.free.buffer(-8))
    wards = [
        (comb(middle - 118, south + 70, 96, 18, 3, 34, 17), 5, "hospital"),
        (comb(middle + 18, south + 70, 96, 18, 3, 34, 17), 8, "hospital"),
        (chamfered(middle - 110, south + 142, 82, 19, 4), 16, "hospital"),
        (chamfered(middle + 20, south + 142, 86, 19, 4), 19, "hospital"),
        (l_shape(middle - 130, south + 12, 66, 20, 20, 44), 4, "hospital"),
        (u_shape(middle + 34, south + 10, 70, 18, 15, 40), 3, "hospital"),
        (rectangle(middle - 96, south + min(200, depth - 30), 46, 15), 6, "hospital"),
        (rectangle(middle + 30, south + min(200, depth - 30), 58, 15), 6, "hospital"),
    ]
    for shape, floors, use in wards:
        for shrink in (1.0, 0.75):
            smaller = shapely.affinity.scale(shape, shrink, shrink)
            if site.build(smaller, "hospital", use, floors, floors * 3.7 + 2, 2009, 5.0):
                break
    site.cover("parking", rectangle(middle - 48, south + 4, 40, 34))
    site.cover("parking", rectangle(east - 60, south + 6, 52, 40))


def sports(site: Site) -> None:
    """Build a sports centre: stadium ring around a pitch, hall, pool and a wide square."""
    rng = site.rng
    site.pave("square", "奥体中心")
    west, south, east, north = site.bounds
    x, y = (west + east) / 2 - 20, (south + north) / 2
    lay_spine(site, [], (north - south) - 34.0)
    outer, inner = oval(x, y, 88, 92), oval(x, y, 88, 60)
    site.cover("grass", oval(x, y, 78, 40))
    stand = outer.difference(inner)
    for west_half in (True, False):
        cut = (
            rectangle(x - 300, y - 300, 299, 600)
            if west_half
            else rectangle(x + 1, y - 300, 299, 600)
        )
        half = stand.intersection(cut)
        if isinstance(half, Polygon):
            site.build(half, "stadium", "public", 5, 26.0 if west_half else 19.0, 2012, 0.5)
    site.build(disc(east - 48, north - 46, 34, 40), "gym", "public", 3, 19.0, 2012)
    site.build(chamfered(east - 86, south + 12, 74, 44, 8), "gym", "public", 3, 15.0, 2013)
    site.build(chamfered(west + 10, north - 60, 62, 40, 6), "gym", "public", 2, 13.0, 2013)
    site.cover("parking", rectangle(west + 4, south + 4, 60, 50))
    for _ in range(6):
        site.cover(
            "park", disc(float(rng.uniform(west, east)), float(rng.uniform(south, north)), 16)
        )


def square(site: Site, name: str) -> None:
    """Lay out a civic square with the district's hall, lawns and a fountain."""
    site.pave("square", name)
    west, south, east, north = site.bounds
    middle = (west + east) / 2
    for left in (west + 4, middle + 16):
        for low in np.arange(south + 6, south + (north - south) * 0.52, 38.0):
            site.cover("grass", rectangle(left, float(low), middle - 20 - west, 30))
    site.cover("water", disc(middle, south + (north - south) * 0.36, 13, 40), name="喷泉")
    hall = u_shape(middle - 44, north - 52, 88, 22, 22, 46)
    site.build(hall, "hall", "public", 6, 26.0, 2006)
    site.build(rectangle(west + 4, north - 40, 30, 20), "office", "public", 4, 16.0, 2006)
    site.build(rectangle(east - 36, north - 40, 30, 20), "office", "public", 4, 16.0, 2006)


def business(site: Site) -> None:
    """Build towers in the notch of their podiums, the business spot's tall skyline."""
    rng = site.rng
    site.pave("commercial")
    west, south, east, north = site.bounds
    lay_spine(site, [(south + north) / 2])
    year = int(rng.integers(2003, 2024))
    site.cover("square", site.ground)
    for _ in range(5):
        x, y = float(rng.uniform(west, east)), float(rng.uniform(south, north))
        site.cover("grass", rectangle(x, y, 24, 12))
    for part in shapely.get_parts(site.free):
        _, low, _, high = part.bounds
        if high - low < 34:
            continue
        rows = max(1, round((high - low - 18) / 84))
        deep = (high - low - 18) / rows
        for south_side in low + 7 + deep * np.arange(rows):
            size = float(deep - 4)
            for left, right in _within(site, part, float(south_side), float(south_side) + size):
                pieces = max(1, round((right - left) / float(rng.uniform(62, 88))))
                width = (right - left) / pieces
                for step in range(pieces if width > 26 else 0):
                    corner = (left + step * width + 2, float(south_side))
                    _podium_and_tower(site, corner, (width - 5, size), year)


def _within(site: Site, part: Polygon, south: float, north: float) -> list[tuple[float, float]]:
    """Return the free intervals between two heights that lie in one part of the site."""
    found = []
    for west, east in site.across(south, north):
        if part.covers(shapely.Point((west + east) / 2, (south + north) / 2)):
            found.append((west, east))
    return found


def _podium_and_tower(
    site: Site, corner: tuple[float, float], size: tuple[float, float], year: int
) -> None:
    """Build a tower at the north-east or north-west corner of a plot, its podium around it."""
    rng = site.rng
    (x, y), (wide, deep) = corner, size
    side = min(float(rng.uniform(28, 40)), wide - 2, deep - 2)
    left = x + (0.0 if rng.random() < 0.5 else wide - side)
    middle_x, middle_y = left + side / 2, y + deep - side / 2
    shape = pick(rng, (
        chamfered(left, y + deep - side, side, side, 5.0),
        notched_tower(middle_x, middle_y, side, side * 0.86, 4.0),
        disc(middle_x, middle_y, side / 2, 40),
        rectangle(left, y + deep - side * 0.8, side, side * 0.62),
    ))  # fmt: skip
    floors = int(rng.choice([16, 20, 24, 28, 32, 36, 42, 48]))
    kept = rectangle(left - 1, y + deep - side - 1, side + 2, side + 2)
    podium = chamfered(x, y, wide, deep * float(rng.uniform(0.78, 1.0)), 3.0).difference(kept)
    storeys = int(rng.choice([3, 4, 5]))
    site.build(shape, "office tower", "office", floors, floors * 3.8 + 6, year, 0.4)
    if isinstance(podium, Polygon) and rng.random() < 0.8:
        site.build(podium, "mall", "commercial", storeys, storeys * 4.4 + 1, year, 0.4)


def market(site: Site) -> None:
    """Build a market block: shops on all sides, market halls and slabs over the rest."""
    rng = site.rng
    site.pave("commercial")
    _, south, _, north = site.bounds
    lay_spine(site, [(south + north) / 2])
    line_with_shops(site, "nesw", 0.97, 11.0, (2, 3))
    for y in np.arange(south + 17, north - 34, 29.0):
        for west, east in site.across(float(y), float(y + 20)):
            at = west + 13
            while east - 13 - at > 22:
                width = min(float(rng.uniform(30, 58)), east - 13 - at)
                if rng.random() < 0.6:
                    site.build(rectangle(at, float(y), width, 19), "market", "commercial", 2, 9.0,
                               1999, 5.0)  # fmt: skip
                else:
                    site.build(rectangle(at, float(y), width, 12.5), "slab", "residential", 6,
                               18.9, 1996, 5.0)  # fmt: skip
                at += width + 9
    site.cover("square", site.free)
