"""Where people work: petrochemical plants, warehouses, factories and the port's quays."""

from __future__ import annotations

import itertools

import numpy as np

from mapdesk.demo.chance import pick
from mapdesk.demo.compounds import lay_spine
from mapdesk.demo.footprints import chamfered, disc, l_shape, largest_polygon, rectangle, u_shape
from mapdesk.demo.site import Interval, Site

PLANT_LANE = 7.0


def plant(site: Site) -> None:
    """Build a petrochemical plant: plots between plant roads, each a tank farm, unit or store."""
    rng = site.rng
    site.pave("industrial")
    xs, ys = _plant_roads(site)
    kinds = ["tanks", "tanks", "tanks", "process", "process", "stores", "spheres", "open", "open"]
    rng.shuffle(kinds)
    plots = [(x, y) for y in itertools.pairwise(ys) for x in itertools.pairwise(xs)]
    office_plot = int(rng.integers(len(plots))) if plots else 0
    for number, (x, y) in enumerate(plots):
        kind = kinds[number % len(kinds)]
        if number == office_plot:
            _offices(site, x, y)
        elif kind == "process":
            _process_units(site, x, y)
        elif kind == "stores":
            _halls(site, x, y, "warehouse", 9.0)
        elif kind != "open":
            _tank_farm(site, x, y, kind)
        else:
            site.cover("grass", rectangle(x[0] + 8, y[0] + 8, x[1] - x[0] - 16, y[1] - y[0] - 16))


def _plant_roads(site: Site) -> tuple[list[float], list[float]]:
    """Lay a lattice of plant roads from the gate; return the x and y of its plots' borders."""
    rng = site.rng
    west, south, east, north = site.bounds
    rows = max(2, round((north - south) / 112))
    between = np.linspace(south, north, rows + 1)[1:-1] + rng.uniform(-9, 9, rows - 1)
    ys = [south, *map(float, between), north]
    gate = site.best_gate()
    if gate is None:
        return [west, east], ys
    x = float(gate[0])
    chord = site.chord(x)
    if chord is None:
        return [west, east], ys
    inward = gate[1] < (chord[0] + chord[1]) / 2
    far = chord[1] - 8 if inward else chord[0] + 8
    inner = [y for y in ys[1:-1] if chord[0] + 15 < y < chord[1] - 15]
    columns = max(1, round((x - west) / 125)), max(1, round((east - x) / 125))
    left = [west + (x - west) * step / columns[0] for step in range(columns[0])]
    right = [x + (east - x) * step / columns[1] for step in range(1, columns[1] + 1)]
    site.enter(gate)
    spans: list[tuple[float, float, float]] = []
    for y in inner:
        for start, end in site.across(y - 4, y + 4):
            if start < x < end:
                spans.append((y, start + 6, end - 6))
    site.lane(
        [tuple(gate), *[(x, y) for y in (inner if inward else inner[::-1])], (x, far)], PLANT_LANE
    )
    posts = [*left[1:], *right[:-1]]
    for y, start, end in spans:
        stops = sorted({start, end, x, *[post for post in posts if start < post < end]})
        site.lane([(stop, y) for stop in stops], PLANT_LANE)
    for post in posts:
        on = [y for y, start, end in spans if start < post < end]
        if len(on) >= 2:
            site.lane([(post, y) for y in on], PLANT_LANE)
    return [*left, x, *right], ys


def _tank_farm(site: Site, x: Interval, y: Interval, kind: str) -> None:
    """Fill a plot with tanks of one size on a bunded floor."""
    rng = site.rng
    low, high = {"tanks": (20.0, 34.0), "spheres": (11.0, 14.0)}[kind]
    radius = float(rng.uniform(low, high))
    step = radius * 2 + float(rng.uniform(0.35, 0.6)) * radius * 2
    height = float(rng.uniform(11, 18)) if kind == "tanks" else radius * 1.9
    site.cover("square", rectangle(x[0] + 7, y[0] + 7, x[1] - x[0] - 14, y[1] - y[0] - 14))
    year = int(rng.integers(1988, 2020))
    rows = np.arange(y[0] + 11 + radius, y[1] - 11 - radius + 0.1, step)
    columns = np.arange(x[0] + 11 + radius, x[1] - 11 - radius + 0.1, step)
    for row in rows:
        for column in columns:
            if rng.random() < 0.94:
                site.build(disc(float(column), float(row), radius, 36), "tank", "industrial", 1,
                           height, year, 3.0)  # fmt: skip


def _process_units(site: Site, x: Interval, y: Interval) -> None:
    """Fill a plot with a pipe rack, steel structures, columns and a stack."""
    rng = site.rng
    year = int(rng.integers(1992, 2022))
    middle = (y[0] + y[1]) / 2
    rack = rectangle(x[0] + 12, middle - 3.5, x[1] - x[0] - 24, 7.0)
    site.build(rack, "pipe rack", "industrial", 2, 9.0, year)
    for side in (middle - 31.0, middle + 9.0):
        at = x[0] + 12
        while at < x[1] - 24:
            width = float(rng.uniform(26, 52))
            depth = float(rng.uniform(11, 21))
            tall = float(rng.choice([12.0, 16.0, 22.0, 30.0]))
            site.build(rectangle(at, side, width, depth), "process", "industrial",
                       max(2, round(tall / 5)), tall, year, 2.0)  # fmt: skip
            for step in range(int(rng.integers(0, 2))):
                radius = float(rng.uniform(1.8, 3.6))
                site.build(disc(at + 4 + step * 8.5, side + depth + 5.0, radius, 24), "column",
                           "industrial", 1, float(rng.uniform(24, 58)), year, 0.8)  # fmt: skip
            at += width + float(rng.uniform(6, 12))
    if rng.random() < 0.5:
        site.build(disc(x[1] - 16, y[1] - 14, 2.6, 24), "stack", "industrial", 1,
                   float(rng.uniform(70, 110)), year)  # fmt: skip


def _offices(site: Site, x: Interval, y: Interval) -> None:
    rng = site.rng
    site.cover("grass", rectangle(x[0] + 6, y[0] + 6, x[1] - x[0] - 12, y[1] - y[0] - 12))
    long, deep, floors = (float(rng.uniform(42, 62)), float(rng.uniform(13, 17)),
                          int(rng.integers(3, 8)))  # fmt: skip
    year = int(rng.integers(1994, 2020))
    west, south = x[0] + float(rng.uniform(11, 18)), y[0] + float(rng.uniform(11, 18))
    main = pick(rng, (
        l_shape(west, south, long, deep, deep, 38.0),
        rectangle(west, south, long, deep),
        u_shape(west, south, long, deep, 12.0, 34.0),
    ))  # fmt: skip
    site.build(main, "office", "office", floors, floors * 3.6 + 0.6, year)
    if rng.random() < 0.7:
        site.build(rectangle(west, south + 46, long * 0.8, 15), "office", "office", 3, 11.4, year)
    if rng.random() < 0.6:
        site.build(
            rectangle(west + long + 10, south + 42, 26, 18), "canteen", "other", 2, 8.0, year
        )
    site.cover("parking", rectangle(west + long + 10, south, float(rng.uniform(16, 32)), 30))


def _halls(site: Site, x: Interval, y: Interval, form: str, height: float) -> None:
    """Fill a plot with parallel halls."""
    rng = site.rng
    depth = float(rng.uniform(22, 36))
    tall = height + float(rng.choice([0.0, 1.5, 3.0]))
    year = int(rng.integers(1990, 2023))
    for low in np.arange(y[0] + 9, y[1] - depth - 5, depth + float(rng.uniform(11, 17))):
        for west, east in site.across(float(low), float(low + depth)):
            left, right = max(west, x[0] + 7), min(east, x[1] - 7)
            if right - left < 24:
                continue
            width = right - left if right - left < 190 else (right - left - 12) / 2
            for at in np.arange(left, right - width + 0.1, width + 12):
                site.build(rectangle(float(at), float(low), width - 0.2, depth), form, "industrial",
                           max(1, round(tall / 6)), tall, year)  # fmt: skip


def yard(site: Site, kind: str) -> None:
    """Build a logistics yard or factory: halls of one kind, an office, parking for lorries."""
    rng = site.rng
    site.pave("industrial")
    west, south, east, north = site.bounds
    ys = [south, (south + north) / 2 + float(rng.uniform(-20, 20)), north]
    x = lay_spine(site, [ys[1]])
    middle = x if x is not None else (west + east) / 2
    spans = [(west, middle), (middle, east)]
    form = "warehouse" if kind == "logistics" else "factory"
    quarters = [(span, pair) for pair in itertools.pairwise(ys) for span in spans]
    special = int(rng.integers(len(quarters)))
    for number, (span, pair) in enumerate(quarters):
        if number == special:
            _offices(site, span, pair)
            if rng.random() < 0.6:
                site.build(rectangle(span[0] + 14, pair[0] + 84, 48, 13), "dormitory",
                           "residential", 6, 18.6, 2006)  # fmt: skip
        elif rng.random() < 0.16:
            site.cover("parking", rectangle(span[0] + 8, pair[0] + 8, span[1] - span[0] - 16,
                                            (pair[1] - pair[0]) * 0.7))  # fmt: skip
        else:
            _halls(site, span, pair, form, float(rng.uniform(8.0, 13.0)))


def quay(site: Site) -> None:
    """Build a quay: container stacks in the open, transit sheds, silos, cranes' rails as ground."""
    rng = site.rng
    site.pave("industrial")
    west, south, east, north = site.bounds
    x = lay_spine(site, [south + (north - south) * 0.36, south + (north - south) * 0.72])
    middle = x if x is not None else (west + east) / 2
    style = pick(rng, ("stacks", "sheds", "stacks", "bulk"))
    for span in ((west, middle), (middle, east)):
        if style == "sheds":
            _halls(site, span, (south, north), "shed", 10.0)
        elif style == "bulk":
            _halls(site, span, (south, (south + north) / 2), "shed", 12.0)
            _silos(site, span, ((south + north) / 2, north))
        else:
            _container_stacks(site, span, (south, north))
    site.cover("parking", rectangle(middle + 10, south + 5, 60, 30))


def _silos(site: Site, x: Interval, y: Interval) -> None:
    radius = float(site.rng.uniform(9.5, 12.0))
    height = float(site.rng.uniform(28, 42))
    for row in np.arange(y[0] + 16, min(y[0] + 56, y[1] - 12), 2 * radius + 0.8):
        for column in np.arange(x[0] + 20, min(x[1] - 14, x[0] + 150), 2 * radius + 0.8):
            site.build(disc(float(column), float(row), radius, 32), "silo", "industrial", 1, height,
                       2004, 0.5)  # fmt: skip


def _container_stacks(site: Site, x: Interval, y: Interval) -> None:
    """Mark stacking grounds and put up the odd gate house and workshop."""
    rng = site.rng
    for low in np.arange(y[0] + 8, y[1] - 30, 38.0):
        for left, right in site.across(float(low), float(low + 26)):
            start, end = max(left, x[0] + 8), min(right, x[1] - 8)
            at = start
            while end - at > 30:
                length = min(float(rng.choice([50.0, 62.0, 86.0])), end - at - 1)
                tiers = int(rng.integers(1, 6))
                if rng.random() < 0.36:
                    deep = float(rng.choice([12.2, 24.8]))
                    site.build(rectangle(at, float(low), length, deep), "container stack", "other",
                               tiers, tiers * 2.6, 2018, 0.8)  # fmt: skip
                at += length + 8
    site.build(rectangle(x[0] + 12, y[1] - 24, 36, 15), "workshop", "industrial", 2, 8.0, 2001)


def terminal(site: Site, name: str) -> None:
    """Build the passenger terminal: a curved hall on a square, with parking and lawns."""
    site.pave("square", name)
    west, south, east, north = site.bounds
    middle, level = (west + east) / 2, (south + north) / 2
    lay_spine(site, [level - 70])
    hall = disc(middle, level - 90, 150, 64).difference(disc(middle, level - 116, 138, 64))
    hall = hall.intersection(rectangle(middle - 105, level + 10, 210, 90))
    if not site.build(largest_polygon(hall), "terminal", "public", 3, 17.0, 2010):
        site.build(
            chamfered(middle - 70, level + 10, 64, 38, 6), "terminal", "public", 3, 17.0, 2010
        )
        site.build(
            chamfered(middle + 8, level + 10, 64, 38, 6), "terminal", "public", 3, 15.0, 2010
        )
    site.build(rectangle(west + 8, north - 34, 44, 18), "office", "office", 6, 23.0, 2008)
    site.build(disc(east - 26, north - 28, 9, 32), "beacon", "public", 9, 42.0, 1936)
    for x in (west + 8, middle + 22):
        site.cover("parking", rectangle(x, south + 6, 80, 44))
        site.cover("grass", rectangle(x, south + 58, 80, 22))
