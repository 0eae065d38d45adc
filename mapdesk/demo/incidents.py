"""Incident classes and a year of past incidents, clustered the way complaints are."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from mapdesk.demo.chance import draw
from mapdesk.demo.columns import numbered, placed_frame, plain_frame
from mapdesk.demo.network import FloatArray
from mapdesk.demo.places import Places
from mapdesk.demo.recipe import Recipe

HOMES = ("slab", "brick", "garden", "tower", "bungalow", "villa", "farmhouse", "dormitory")
SHOPS = ("shops", "market", "mall", "office tower")
WORKS = ("process", "warehouse", "factory", "shed", "tank", "office", "workshop")
OPEN_STATES = ("reported", "dispatched", "handling", "verifying")
HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 8, 9, 9, 8, 6, 7, 8, 8, 8, 9, 9, 8, 6, 5, 3, 2)
"""Incidents by hour of day, relative."""


@dataclass(frozen=True, slots=True)
class SubClass:
    """One of the sub-classes, with its share of all incidents and where it happens."""

    id: str
    name_zh: str
    department: str
    severity: int
    share: float
    place: str


def make_departments(recipe: Recipe) -> pd.DataFrame:
    """List the departments (noun ``department``)."""
    table = recipe.classes["department"]
    return plain_frame(
        "department",
        {
            "id": [entry["id"] for entry in table],
            "name": [entry["name"] for entry in table],
            "name_zh": [entry["name_zh"] for entry in table],
            "phone": [f"022-0000-{1000 + number:04d}" for number in range(len(table))],
        },
    )


def make_classes(recipe: Recipe) -> pd.DataFrame:
    """List classes, each followed by its sub-classes (noun ``incident_class``)."""
    rows: list[tuple[str, str | None, str, str, str, int]] = []
    for entry in recipe.classes["class"]:
        rows.append((entry["id"], None, entry["name"], entry["name_zh"], entry["department"],
                     entry["severity"]))  # fmt: skip
        for number, (name, name_zh, department, severity, _, _) in enumerate(entry["children"], 1):
            rows.append((f"{entry['id']}-{number:02d}", entry["id"], name, name_zh, department,
                         severity))  # fmt: skip
    names = ("id", "parent_id", "name", "name_zh", "department_id", "severity")
    return plain_frame(
        "incident_class", dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    )


def sub_classes(recipe: Recipe) -> list[SubClass]:
    """Read the sub-classes with their shares and places."""
    return [
        SubClass(f"{entry['id']}-{number:02d}", child[1], child[2], child[3], child[4], child[5])
        for entry in recipe.classes["class"]
        for number, child in enumerate(entry["children"], 1)
    ]


def make_incidents(
    places: Places, workers: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Make a year of incidents before the recipe's day, all but a few closed.

    Parameters
    ----------
    places : Places
        The finished town.
    workers : GeoDataFrame
        Noun ``worker``; an incident is handled by a worker of its grid.
    rng : Generator
        Everything else.

    """
    kinds = sub_classes(places.recipe)
    count = places.count("incidents")
    chosen = draw(rng, [kind.share for kind in kinds], count)
    building = _buildings(places, [kinds[index].place for index in chosen], rng)
    points = _near(places, building, rng)
    grid = places.grids_at(points)
    reported = np.sort(_times(places.recipe, count, rng))
    base = np.array([kind.severity for kind in kinds])[chosen]
    severity = np.clip(base + draw(rng, [0.1, 0.8, 0.1], count) - 1, 1, 4)
    hours = rng.lognormal(np.log(9.0), 1.0, count) / severity
    closed = reported + np.maximum(hours * 3600, 600).astype("timedelta64[s]")
    still_open = _still_open(count, places.count("open_incidents"), rng)
    end = np.datetime64(places.recipe.plan["district"]["as_of"].isoformat(), "s")
    closed = np.minimum(closed, end)
    closed[still_open] = np.datetime64("NaT")
    status = np.full(count, "closed", dtype=object)
    status[still_open] = [OPEN_STATES[i] for i in rng.integers(0, 4, int(still_open.sum()))]
    worker_ids = _handlers(workers, [places.grid_ids[index] for index in grid], rng)
    worker_ids[status == "reported"] = None
    names = np.array([kind.name_zh for kind in kinds], dtype=object)[chosen]
    block_names = np.array(places.block_names, dtype=object)[places.building_block[building]]
    return placed_frame(
        "incident",
        {
            "id": numbered("E", count),
            "class_id": [kinds[index].id for index in chosen],
            "title": names + "：" + block_names,
            "severity": severity,
            "status": status,
            "reported_at": reported,
            "closed_at": closed,
            "department_id": [kinds[index].department for index in chosen],
            "worker_id": worker_ids,
            "building_id": [places.building_ids[index] for index in building],
            "grid_id": [places.grid_ids[index] for index in grid],
            "address": [places.addresses[index] for index in building],
        },
        shapely.points(points),
        places.crs,
    )


def _buildings(places: Places, kinds: list[str], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw the building each incident is nearest to; some blocks are worse than others."""
    forms = np.array([draft.form for draft in places.drafts])
    trouble = rng.gamma(0.7, 1.0, len(places.blocks))[places.building_block]
    floors = np.array([draft.floors for draft in places.drafts])
    homes, shops, works = (np.isin(forms, group) for group in (HOMES, SHOPS, WORKS))
    wet = np.array([block.kind in ("port", "canal", "terminal") for block in places.blocks])
    weights = {
        "homes": homes * floors,
        "shops": shops * 4.0 + homes * 0.2,
        "works": works * 1.0,
        "street": homes + shops * 2.0 + works * 0.3,
        "water": wet[places.building_block] * 1.0,
        "any": homes * floors * 0.5 + shops + works * 2.0,
    }
    chosen = np.zeros(len(kinds), dtype=np.int64)
    wanted = np.array(kinds)
    for kind, weight in weights.items():
        mine = np.flatnonzero(wanted == kind)
        shares = weight * trouble
        if shares.sum() == 0:
            shares = trouble
        chosen[mine] = draw(rng, shares, len(mine))
    return chosen


def _near(places: Places, building: NDArray[np.int64], rng: np.random.Generator) -> FloatArray:
    """Return a point (n, 2) a few metres off each building, inside the district."""
    centres = places.building_points()[building]
    sizes = np.sqrt([places.drafts[index].footprint.area for index in building]) / 2
    turn = rng.uniform(0, 2 * np.pi, len(building))
    away = (sizes + rng.uniform(1.0, 9.0, len(building)))[:, None]
    points = (centres + away * np.column_stack([np.cos(turn), np.sin(turn)])).round(2)
    lost = places.grids_at(points) < 0
    points[lost] = centres[lost].round(2)
    return np.asarray(points)


def _times(recipe: Recipe, count: int, rng: np.random.Generator) -> NDArray[np.datetime64]:
    """Draw times in the year before the recipe's day, by the hours people complain at."""
    end = np.datetime64(recipe.plan["district"]["as_of"].isoformat(), "s")
    days = rng.integers(1, 365, count).astype("timedelta64[D]").astype("timedelta64[s]")
    hours = draw(rng, HOURS, count) * 3600 + rng.integers(0, 3600, count)
    return np.asarray(end - days + hours.astype("timedelta64[s]"))


def _still_open(count: int, wanted: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Leave `wanted` of the latest incidents open."""
    latest = np.arange(max(0, count - 3 * wanted), count)
    still_open = np.zeros(count, dtype=bool)
    still_open[rng.choice(latest, min(wanted, len(latest)), replace=False)] = True
    return still_open


def _handlers(
    workers: gpd.GeoDataFrame, grid_ids: list[str], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Choose a worker of each incident's grid; None where the grid has none."""
    by_grid = {
        grid: group.to_numpy(dtype=object)
        for grid, group in workers.groupby("grid_id", sort=True)["id"]
    }
    chosen = np.full(len(grid_ids), None, dtype=object)
    for number, grid in enumerate(grid_ids):
        if grid in by_grid:
            chosen[number] = by_grid[grid][int(rng.integers(len(by_grid[grid])))]
    return chosen
