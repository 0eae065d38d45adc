"""Sensors with their last readings, the thresholds they are held against, and resources."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from mapdesk.demo.chance import draw, split_evenly
from mapdesk.demo.columns import numbered, placed_frame, plain_frame
from mapdesk.demo.incidents import HOMES, SHOPS, WORKS
from mapdesk.demo.network import FloatArray
from mapdesk.demo.places import Places
from mapdesk.demo.recipe import Recipe

READ_EVERY = np.timedelta64(15, "m")


def make_sensors(places: Places, rng: np.random.Generator) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Put up sensors and take a few readings of each.

    Returns
    -------
    sensors : GeoDataFrame
        Noun ``sensor``; ``value`` is the last reading.
    readings : DataFrame
        Noun ``reading``, every 15 minutes up to the recipe's day.

    """
    table = places.recipe.classes["sensor"]
    counts = split_evenly(places.count("sensors"), [entry["share"] for entry in table])
    kind = np.repeat(np.arange(len(table)), counts)
    total = len(kind)
    building, points = _stand(places, [table[index]["places"] for index in kind], rng)
    steps = int(places.recipe.plan["counts"]["readings_per_sensor"])
    typical = np.array([entry["typical"] for entry in table])[kind]
    spread = np.array([entry["spread"] for entry in table])[kind]
    walk = np.cumsum(rng.normal(0, 0.35, (total, steps)), axis=1) + rng.normal(0, 0.6, (total, 1))
    values = np.maximum(typical[:, None] + spread[:, None] * walk, 0.0).round(3)
    end = np.datetime64(places.recipe.plan["district"]["as_of"].isoformat(), "s")
    times = np.asarray(end - READ_EVERY * np.arange(steps, 0, -1))
    ids = np.array(numbered("S", total, 4), dtype=object)
    offline = rng.random(total) < 0.03
    near = np.where(building >= 0, building, places.nearest_buildings(points))
    blocks = np.array(places.block_names, dtype=object)[places.building_block[near]]
    names = blocks + np.array([entry["name_zh"] for entry in table], dtype=object)[kind]
    sensors = placed_frame(
        "sensor",
        {
            "id": ids,
            "name": names,
            "kind": [table[index]["kind"] for index in kind],
            "status": np.where(offline, "offline", "online"),
            "building_id": [
                places.building_ids[index] if index >= 0 else None for index in building
            ],
            "value": values[:, -1],
            "measured_unit": [table[index]["unit"] for index in kind],
            "measured_at": np.full(total, times[-1]),
        },
        shapely.points(points),
        places.crs,
    )
    readings = plain_frame(
        "reading",
        {
            "id": numbered("R", total * steps, 6),
            "sensor_id": np.repeat(ids, steps),
            "at": np.tile(times, total),
            "value": values.ravel(),
        },
    )
    return sensors, readings


def _stand(
    places: Places, kinds: list[str], rng: np.random.Generator
) -> tuple[NDArray[np.int64], FloatArray]:
    """Choose each sensor's building (-1: none) and its point (n, 2)."""
    forms = np.array([draft.form for draft in places.drafts])
    groups = {
        "homes": np.isin(forms, HOMES),
        "shops": np.isin(forms, SHOPS),
        "works": np.isin(forms, WORKS),
        "any": np.ones(len(forms), dtype=bool),
    }
    inside = places.building_points()
    building = np.full(len(kinds), -1, dtype=np.int64)
    points = np.zeros((len(kinds), 2))
    wanted = np.array(kinds)
    for kind, mask in groups.items():
        mine = np.flatnonzero(wanted == kind)
        candidates = np.flatnonzero(mask) if mask.any() else np.arange(len(forms))
        building[mine] = rng.choice(candidates, len(mine))
        points[mine] = inside[building[mine]]
    wet = np.flatnonzero(wanted == "water")
    points[wet] = _water_edge(places, len(wet))
    return building, points.round(2)


def _water_edge(places: Places, count: int) -> FloatArray:
    """Spread points evenly over the edges of canal and basins, just inside the water."""
    shores = [
        cover.polygon.buffer(-1.0).exterior for cover in places.water if cover.name != "渤海湾"
    ]
    lengths = [shore.length for shore in shores]
    points = []
    for shore, number in zip(shores, split_evenly(count, lengths), strict=True):
        metres = (np.arange(number) + 0.5) / max(number, 1) * shore.length
        points.append(shapely.get_coordinates(shapely.line_interpolate_point(shore, metres)))
    return np.vstack(points) if points else np.empty((0, 2))


def make_thresholds(recipe: Recipe) -> pd.DataFrame:
    """List the bounds of each kind of sensor (noun ``threshold``)."""
    table = recipe.classes["sensor"]
    return plain_frame(
        "threshold",
        {
            "id": numbered("T", len(table), 2),
            "sensor_kind": [entry["kind"] for entry in table],
            "low": [entry.get("low", np.nan) for entry in table],
            "high": [entry.get("high", np.nan) for entry in table],
            "severity": [entry["severity"] for entry in table],
        },
    )


def make_resources(places: Places, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """List shelters (schools, parks, squares), vehicles and stores.

    Parameters
    ----------
    places : Places
        The finished town.
    rng : Generator
        Capacities and choice of places.

    """
    count = places.count("resources")
    kinds = np.array(["shelter", "vehicle", "store"], dtype=object)[draw(rng, [5, 3, 2], count)]
    safe = [n for n, block in enumerate(places.blocks)
            if block.kind in ("school", "park", "garden park", "square", "sports")]  # fmt: skip
    posts = [n for n, block in enumerate(places.blocks) if block.drafts] or safe
    names, points, capacities = [], [], []
    for kind in kinds:
        listed = safe if kind == "shelter" and safe else posts
        number = listed[int(rng.integers(len(listed)))]
        word = {"shelter": "应急避难场所", "vehicle": "应急车辆点", "store": "应急物资库"}[
            str(kind)
        ]
        names.append(places.block_names[number] + word)
        points.append(places.blocks[number].face.point_on_surface().coords[0])
        capacities.append(int({"shelter": rng.integers(3, 40) * 100, "vehicle": rng.integers(1, 9),
                               "store": rng.integers(2, 30) * 50}[str(kind)]))  # fmt: skip
    shift = rng.uniform(-6, 6, (count, 2))
    return placed_frame(
        "resource",
        {"id": numbered("Q", count, 3), "name": names, "kind": kinds, "capacity": capacities},
        shapely.points((np.array(points) + shift).round(2)),
        places.crs,
    )
