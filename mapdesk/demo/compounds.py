"""Where people live in blocks of flats: parallel slabs around courtyards, and point towers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mapdesk.demo.chance import pick
from mapdesk.demo.footprints import (
    butterfly_tower,
    l_shape,
    notched_tower,
    rectangle,
    slab,
    stepped_slab,
)
from mapdesk.demo.frontage import line_with_shops
from mapdesk.demo.site import Interval, Site

FLOOR = 2.95
"""Metres a floor of flats."""


@dataclass(frozen=True, slots=True)
class Style:
    """What the slabs of one compound have in common; lengths in metres."""

    form: str
    floors: tuple[int, ...]
    depth: float
    stair: float
    stairs: tuple[int, ...]
    pitch: float
    year: int
    gap: float
    shops: str
    stagger: bool


def slab_style(kind: str, rng: np.random.Generator) -> Style:
    """Draw a compound's style: "brick" (1970s-80s), "slab" (1990s-2000s) or "garden" (newer)."""
    if kind == "brick":
        return Style(
            "brick", pick(rng, ((3, 4), (4,), (5,), (5, 6))), rng.uniform(10.5, 12.0),
            rng.uniform(14.0, 16.0), (3, 4, 4, 5), rng.uniform(29.0, 34.0),
            int(rng.integers(1972, 1990)), rng.uniform(5.0, 9.0),
            pick(rng, ("s", "w", "", "", "e")),
            False,
        )  # fmt: skip
    if kind == "garden":
        return Style(
            "garden", pick(rng, ((9, 11), (11,), (7, 8), (11, 18), (15, 18))),
            rng.uniform(13.0, 14.5), rng.uniform(17.0, 21.0), (2, 2, 3),
            rng.uniform(50.0, 62.0), int(rng.integers(2006, 2024)), rng.uniform(12.0, 22.0),
            pick(rng, ("s", "n", "", "", "w")), rng.random() < 0.55,
        )  # fmt: skip
    return Style(
        "slab", pick(rng, ((6,), (6,), (6, 7), (5, 6))), rng.uniform(11.8, 13.6),
        rng.uniform(13.0, 16.5), (3, 4, 4, 5), rng.uniform(36.0, 43.0),
        int(rng.integers(1988, 2008)), rng.uniform(7.0, 13.0),
        pick(rng, ("s", "n", "s", "e", "w", "")),
        rng.random() < 0.2,
    )  # fmt: skip


def lay_spine(site: Site, ys: list[float], margin: float = 7.0) -> float | None:
    """Lay a lane from the best gate across the block, with side lanes at heights `ys`.

    Returns the spine's x; None (and no lane) where the block has no gate.
    """
    gate = site.best_gate()
    if gate is None:
        return None
    x = float(gate[0])
    chord = site.chord(x)
    if chord is None:
        return None
    far = chord[1] if abs(chord[1] - gate[1]) > abs(chord[0] - gate[1]) else chord[0]
    inward = 1.0 if far > gate[1] else -1.0
    reach = far - inward * margin
    stops = sorted((y for y in ys if min(gate[1], reach) + 6 < y < max(gate[1], reach) - 3),
                   reverse=inward < 0)  # fmt: skip
    laterals = []
    for y in stops:
        for west, east in site.across(y - 3.0, y + 3.0):
            if west < x < east:
                laterals.append((y, west + 5.0, east - 5.0))
    site.enter(gate)
    site.lane([tuple(gate), *[(x, y) for y, _, _ in laterals], (x, reach)])
    for y, west, east in laterals:
        if x - west > 14:
            site.lane([(west, y), (x, y)], 4.0)
        if east - x > 14:
            site.lane([(x, y), (east, y)], 4.0)
    return x


def slab_compound(site: Site, kind: str) -> None:
    """Fill a block with rows of south-facing slabs, lanes on their north sides, green between."""
    rng = site.rng
    style = slab_style(kind, rng)
    site.pave("residential")
    _, south, _, north = site.bounds
    first = south + (11.5 if "s" in style.shops else 1.0) + rng.uniform(0, 3)
    rows = np.arange(first, north - style.depth, style.pitch)
    lane_ys = [float(y + style.depth + 5.0) for y in rows[:: 1 if kind == "brick" else 2]]
    lay_spine(site, lane_ys)
    if style.shops:
        line_with_shops(site, style.shops, 0.86, 9.0, (1, 2))
    garden_row = int(rng.integers(1, max(2, len(rows) - 1)))
    for number, y in enumerate(rows):
        offset = style.pitch * 0.16 if style.stagger and number % 2 else 0.0
        for west, east in site.across(float(y + offset), float(y + offset + style.depth)):
            if number == garden_row and east - west > 40:
                garden = _court_garden(site, (west, east), float(y), style)
                _fill_row(site, style, (west, east - garden), float(y + offset))
            else:
                _fill_row(site, style, (west, east), float(y + offset))
        _green_strips(site, style, float(y + offset))


def _court_garden(site: Site, interval: Interval, y: float, style: Style) -> float:
    """Leave a garden at the east end of a row, at times with a kindergarten; return its width."""
    rng = site.rng
    width = min(float(rng.uniform(34, 52)), (interval[1] - interval[0]) * 0.5)
    west = interval[1] - width
    site.cover("park", rectangle(west + 2, y - 12, width - 2, style.depth + 20), name="")
    if rng.random() < 0.4 and width > 30:
        nursery = l_shape(west + 3, y, width - 6, 9.5, 9.5, min(18.0, style.depth + 4.0))
        site.build(nursery, "kindergarten", "school", 3, 10.8, style.year + 2)
    elif width > 26:
        site.build(rectangle(west + 6, y + 2, 14, 9), "clubhouse", "public", 2, 7.0, style.year)
    return width


def _fill_row(site: Site, style: Style, interval: Interval, y: float) -> None:
    """Fill an interval of a row with slabs; what is left over widens the gaps between them."""
    rng = site.rng
    room = interval[1] - interval[0] - 1.0
    widths: list[int] = []
    while True:
        stairs = int(pick(rng, style.stairs))
        used = sum(widths) * style.stair + len(widths) * style.gap
        if used + stairs * style.stair > room:
            smaller = int((room - used) // style.stair)
            if smaller >= 2:
                widths.append(min(smaller, max(style.stairs)))
            break
        widths.append(stairs)
    if not widths:
        return
    spare = room - sum(widths) * style.stair - (len(widths) - 1) * style.gap
    west = interval[0] + 0.5 + (spare * rng.uniform(0.2, 0.8) if len(widths) == 1 else 0.0)
    between = style.gap + (spare / (len(widths) - 1) if len(widths) > 1 else 0.0)
    between = min(between, style.gap + 14.0)
    for stairs in widths:
        width = stairs * style.stair
        if rng.random() > 0.03:
            floors = int(pick(rng, style.floors))
            if style.stagger and stairs == 2 and rng.random() < 0.35:
                shape = stepped_slab(west, y, width, style.depth - 2.5, 2.5)
            else:
                shape = slab(west, y, width, style.depth, stairs)
            height = floors * FLOOR + (1.2 if style.form != "brick" else 0.8)
            site.build(shape, style.form, "residential", floors, height, style.year, 3.0)
        west += width + between


def _green_strips(site: Site, style: Style, y: float) -> None:
    """Plant the court south of a row and mark parking bays beside its lane."""
    bottom, top = y - (style.pitch - style.depth) * 0.52, y - 2.2
    for west, east in site.across(bottom, top):
        if east - west > 16:
            site.cover("grass", rectangle(west + 3, bottom, east - west - 6, top - bottom))
    if site.rng.random() < 0.5:
        bay = y + style.depth + 8.2
        for west, east in site.across(bay, bay + 5.0):
            if east - west > 40:
                start = west + (east - west) * site.rng.uniform(0.1, 0.4)
                site.cover("parking", rectangle(start, bay, min(44.0, east - start - 8), 5.0))


def tower_compound(site: Site) -> None:
    """Fill a block with point towers in staggered rows over a garden, shops along a street."""
    rng = site.rng
    site.pave("residential")
    _, south, _, north = site.bounds
    year = int(rng.integers(2004, 2025))
    tallest = int(rng.choice([18, 24, 27, 30, 33, 33]))
    width, depth = rng.uniform(22, 30), rng.uniform(17, 21)
    step_x, step_y = width + rng.uniform(20, 30), depth + rng.uniform(34, 46)
    rows = np.arange(south + 14 + depth / 2, north - depth / 2 - 1, step_y)
    lay_spine(site, [float(y + depth / 2 + 6) for y in rows[::2]])
    line_with_shops(site, pick(rng, ("s", "e", "w", "s", "n")), 0.9, 12.0, (2, 3))
    _tower_garden(site)
    plan = pick(rng, ("notched", "notched", "wide", "butterfly"))
    for number, y in enumerate(rows):
        shift = (number % 2) * step_x / 2
        for west, east in site.across(float(y - depth / 2), float(y + depth / 2)):
            for x in np.arange(west + width / 2 + 1 + shift % step_x, east - width / 2, step_x):
                if rng.random() < 0.12:
                    continue
                floors = max(16, tallest - int(rng.choice([0, 0, 0, 1, 2, 3, 6])))
                place = float(x + rng.uniform(-1.5, 1.5))
                if plan == "butterfly":
                    shape = butterfly_tower(place, float(y), width + 4, depth + 2)
                elif plan == "wide" and rng.random() < 0.6:
                    shape = slab(place - width / 2, float(y - depth / 2), width, depth - 2, 2)
                else:
                    shape = notched_tower(place, float(y), width, depth, rng.uniform(2.4, 3.6))
                site.build(shape, "tower", "residential", floors, floors * FLOOR + 3.6, year, 12.0)


def _tower_garden(site: Site) -> None:
    """Plant the whole inner ground, with a pond and a court at times."""
    rng = site.rng
    inner = site.free.buffer(-6)
    site.cover("grass", inner)
    if inner.is_empty:
        return
    x, y = inner.representative_point().coords[0]
    if rng.random() < 0.5:
        site.cover("square", rectangle(x - 12, y - 8, 24, 16))
    else:
        site.cover("park", rectangle(x - 22, y - 16, 44, 32))
