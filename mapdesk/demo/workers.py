"""Information officers: who works in which grid, what they can do and where they are."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.demo.chance import draw, split_evenly
from mapdesk.demo.columns import numbered, placed_frame
from mapdesk.demo.identity import phones
from mapdesk.demo.network import FloatArray
from mapdesk.demo.people import staff_names
from mapdesk.demo.places import Places


def grid_offices(places: Places) -> FloatArray:
    """Return each level 3 grid's office (n, 2): in its largest low building, else its ground."""
    points = shapely.get_coordinates(shapely.point_on_surface(places.grid_shapes))
    inside = places.building_points()
    best = np.zeros(len(points))
    for index, draft in enumerate(places.drafts):
        grid = places.building_grid[index]
        if (
            draft.form in ("clubhouse", "shops", "office", "hall")
            and draft.footprint.area > best[grid]
        ):
            best[grid] = draft.footprint.area
            points[grid] = inside[index]
    return points


def make_workers(
    places: Places, population: NDArray[np.int64], rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Assign workers to grids and place them.

    Parameters
    ----------
    places : Places
        The finished town.
    population : ndarray (grids,) of int
        Residents of each level 3 grid: larger grids have more workers.
    rng : Generator
        Roles, skills, positions.

    """
    count, moving = places.count("workers"), places.count("workers_on_gps")
    grids = np.arange(len(places.grid_ids))
    floor = np.where(np.array(places.grid_kinds) == "residential", 250.0, 420.0)
    per_grid = split_evenly(count, list((population + floor).astype(float)))
    grid = np.repeat(grids, per_grid)
    table = places.recipe.classes["roles"]["table"]
    role = draw(rng, [entry[1] for entry in table], count)
    offices = grid_offices(places)[grid]
    on_gps = np.zeros(count, dtype=bool)
    on_gps[rng.choice(count, min(moving, count), replace=False)] = True
    offices[on_gps] = _on_roads(places, grid[on_gps], rng)
    shifts = places.recipe.classes["roles"]["shifts"]
    status = np.array(["available", "busy", "off duty"], dtype=object)
    resting = draw(rng, [0.34, 0.10, 0.56], count)
    working = draw(rng, [0.72, 0.24, 0.04], count)
    return placed_frame(
        "worker",
        {
            "id": numbered("W", count, 4),
            "name": staff_names(places.recipe, count, rng),
            "role": [table[index][0] for index in role],
            "skills": [_skills(table[index][3], rng) for index in role],
            "grid_id": [places.grid_ids[index] for index in grid],
            "department_id": [table[index][2] for index in role],
            "shift": [shifts[index] for index in rng.integers(0, len(shifts), count)],
            "phone": phones(count, rng, "19901"),
            "on_gps": on_gps,
            "status": status[np.where(on_gps, working, resting)],
        },
        shapely.points(offices.round(2)),
        places.crs,
    )


def _skills(listed: list[str], rng: np.random.Generator) -> str:
    """Choose one to three skills, joined by ';'."""
    count = min(len(listed), int(rng.integers(1, 4)))
    chosen = sorted(rng.choice(len(listed), count, replace=False).tolist())
    return ";".join(listed[index] for index in chosen)


def _on_roads(places: Places, grids: NDArray[np.int64], rng: np.random.Generator) -> FloatArray:
    """Return a point on a road of each wanted grid (n, 2); roads bounding grids are avoided."""
    spread, _, _ = places.along_roads(
        ("primary", "secondary", "tertiary", "residential", "service"), 40 * len(places.grid_ids)
    )
    spread = spread.round(2)
    home = places.grids_at(spread)
    points = shapely.get_coordinates(shapely.point_on_surface(places.grid_shapes))[grids]
    for number, grid in enumerate(grids):
        candidates = np.flatnonzero(home == grid)
        if len(candidates):
            points[number] = spread[candidates[int(rng.integers(len(candidates)))]]
    return points
