"""Low houses: brick bungalow lanes, villas and farmsteads."""

from __future__ import annotations

import numpy as np

from mapdesk.demo.chance import pick
from mapdesk.demo.compounds import lay_spine
from mapdesk.demo.footprints import l_shape, rectangle, stepped_slab, u_shape
from mapdesk.demo.site import Interval, Site


def bungalow_lanes(site: Site) -> None:
    """Fill a block with rows of courtyard houses along narrow lanes: the old harbour town."""
    rng = site.rng
    site.pave("residential")
    _, south, _, north = site.bounds
    pitch = rng.uniform(23.0, 27.0)
    rows = np.arange(south + 0.5, north - 10, pitch)
    lay_spine(site, [float(y + pitch - 3.6) for y in rows], 4.0)
    year = int(rng.integers(1951, 1974))
    for y in rows:
        for interval in site.across(float(y), float(y + 12.5)):
            _house_row(site, interval, float(y), year)


def _house_row(site: Site, interval: Interval, y: float, year: int) -> None:
    rng = site.rng
    west, east = interval
    at = west + rng.uniform(0, 3)
    while at < east - 9:
        width = float(rng.choice([14.0, 19.0, 24.0, 30.0, 38.0]))
        if at + width > east:
            width = east - at
        if width < 9:
            break
        if rng.random() < 0.93:
            deep = float(rng.uniform(5.8, 7.4))
            jitter = float(rng.uniform(0.0, 1.4))
            floors = 2 if rng.random() < 0.10 else 1
            kind = rng.random()
            if kind < 0.45:
                shape = rectangle(at, y + jitter, width - 0.4, deep)
            elif kind < 0.72:
                shape = l_shape(at, y + jitter, width - 0.4, deep, min(4.5, width / 3), deep + 4.2)
            else:
                shape = u_shape(at, y + jitter, width - 0.4, deep, min(4.0, width / 4), deep + 3.8)
            height = floors * 3.0 + float(rng.uniform(0.5, 1.1))
            site.build(shape, "bungalow", "residential", floors, height,
                       year + int(rng.integers(0, 12)), 0.3)  # fmt: skip
            if rng.random() < 0.10:
                site.cover("grass", rectangle(at, y - 4.5, width, 4.0))
        at += width + (0.3 if rng.random() < 0.7 else rng.uniform(2.0, 5.0))


def villas(site: Site) -> None:
    """Fill a block with detached houses in gardens along a lane."""
    rng = site.rng
    site.pave("residential")
    _, south, _, north = site.bounds
    pitch = rng.uniform(31.0, 37.0)
    rows = np.arange(south + 3, north - 16, pitch)
    lay_spine(site, [float(y + 21.0) for y in rows])
    site.cover("grass", site.free.buffer(-1))
    year = int(rng.integers(1998, 2018))
    for y in rows:
        for west, east in site.across(float(y), float(y + 17)):
            at = west + rng.uniform(1, 6)
            while at < east - 14:
                width, depth = float(rng.uniform(11.5, 16.5)), float(rng.uniform(9.0, 12.0))
                low = float(y + rng.uniform(0, 4))
                shape = pick(rng, (
                    rectangle(at, low, width, depth),
                    stepped_slab(at, low, width, depth - 2.0, 3.0),
                    l_shape(at, low, width, depth - 2.5, width * 0.42, depth + 2.0),
                ))  # fmt: skip
                floors = int(rng.choice([2, 3, 3]))
                site.build(shape, "villa", "residential", floors, floors * 3.1 + 1.5, year, 4.0)
                at += width + float(rng.uniform(9.0, 15.0))


def farmland(site: Site, name: str = "") -> None:
    """Strip fields between tracks, at times with a hamlet at the gate."""
    rng = site.rng
    site.pave("farmland", name)
    west, south, east, north = site.bounds
    spacing = float(rng.uniform(55, 85))
    bands = np.arange(south, north, spacing)
    hamlet = rng.random() < 0.07
    if hamlet:
        rows = np.arange(south + 2, south + 100, 25.0)
        lay_spine(site, [float(y + 21.5) for y in rows[:3]])
        for y in rows:
            for left, right in site.across(float(y), float(y + 12)):
                middle = (left + right) / 2
                near = (max(left, middle - 75), min(right, middle + 75))
                _farm_row(site, near, float(y))
    for number, y in enumerate(bands):
        if hamlet and y < south + 105:
            continue
        kind = ("farmland", "grass", "farmland", "forest")[int(rng.choice([0, 0, 1, 2, 2, 3]))]
        if kind != "farmland":
            site.cover(kind, rectangle(west, float(y), east - west, spacing * 0.94))
        elif number % 2:
            greenhouses = rng.random() < 0.22
            if greenhouses:
                _greenhouses(site, float(y), spacing)


def _farm_row(site: Site, interval: Interval, y: float) -> None:
    rng = site.rng
    at = interval[0]
    while at < interval[1] - 13:
        shape = (
            u_shape(at, y, 12.0, 6.5, 3.4, 11.0)
            if rng.random() < 0.6
            else rectangle(at, y, 11.0, 7.0)
        )
        floors = int(rng.choice([1, 1, 2]))
        site.build(shape, "farmhouse", "residential", floors, floors * 3.1 + 0.8, 1985, 0.5)
        at += float(rng.uniform(13, 19))


def _greenhouses(site: Site, y: float, spacing: float) -> None:
    for step in np.arange(y + 3, y + spacing - 13, 21.0):
        for west, east in site.across(float(step), float(step + 8)):
            if east - west > 50:
                width = min(84.0, east - west - 8)
                site.build(rectangle(west + 4, float(step), width, 8.0), "greenhouse", "other", 1,
                           3.2, 2015)  # fmt: skip


def ponds(site: Site) -> None:
    """Divide a block into rectangular fish ponds between earth banks."""
    rng = site.rng
    site.pave("grass", "盐田")
    west, south, east, north = site.bounds
    wide, deep = float(rng.uniform(85, 140)), float(rng.uniform(50, 80))
    for y in np.arange(south, north - deep * 0.5, deep):
        for x in np.arange(west, east - wide * 0.5, wide):
            pond = rectangle(float(x) + 3, float(y) + 3, wide - 6, deep - 6)
            site.cover("water", pond.intersection(site.free), name="鱼塘")


def belt(site: Site, name: str) -> None:
    """Plant a shelter belt: forest in long strips with grass between."""
    site.pave("forest", name)
    west, south, east, north = site.bounds
    for y in np.arange(south + 40, north - 20, 90.0):
        site.cover("grass", rectangle(west, float(y), east - west, 9.0))
