"""The district: every part made in order and handed over as one frame per noun."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from mapdesk.demo.administration import Administration, make_administration
from mapdesk.demo.cameras import make_cameras
from mapdesk.demo.chance import stream
from mapdesk.demo.columns import numbered, placed_frame, plain_frame
from mapdesk.demo.components import make_components
from mapdesk.demo.dwellings import dwellings
from mapdesk.demo.households import MEAN_SIZE
from mapdesk.demo.incidents import make_classes, make_departments, make_incidents
from mapdesk.demo.naming import name_blocks, name_buildings, street_numbers
from mapdesk.demo.organisations import make_organisations
from mapdesk.demo.people import make_people
from mapdesk.demo.places import Places
from mapdesk.demo.recipe import Recipe
from mapdesk.demo.sensors import make_resources, make_sensors, make_thresholds
from mapdesk.demo.town import Town, build_town
from mapdesk.demo.units import make_units
from mapdesk.demo.workers import make_workers

Frames = dict[str, gpd.GeoDataFrame | pd.DataFrame]
Progress = Callable[[str, float], None]

CREDIT = "Generated demo data, no real place or person · 生成的演示数据，非真实地点和人员"
"""Stands on every map, shot and print of the demo."""


def build_district(
    recipe: Recipe, *, people: int = 275_000, seed: int = 1, progress: Progress
) -> Frames:
    """Make the demo district.

    Parameters
    ----------
    recipe : Recipe
        What it is made of; see `Recipe.from_texts`.
    people : int
        Residents, at least 500. Everything else is in proportion, down to sensible minimums.
    seed : int
        The same recipe, people and seed give the same frames, byte for byte.
    progress : callable
        Called with what is being made and the part done, 0 to 1, never less than before.

    Returns
    -------
    dict of str to DataFrame or GeoDataFrame
        One frame per noun key: ``id`` and the noun's fields, and ``geometry`` in the recipe's CRS
        (metres) for placed nouns. ``land_use`` rows are in drawing order, the lowest first.

    Raises
    ------
    ValueError
        `people` is too small for a town.

    """
    if people < 500:
        raise ValueError("a demo district needs at least 500 people")

    def town_progress(part: str, done: float) -> None:
        progress(part, 0.6 * done)

    town = build_town(recipe, people, seed, town_progress)
    progress("grids", 0.6)
    crs = str(recipe.plan["district"]["crs"])
    homes = np.array([sum(map(dwellings, block.drafts)) for block in town.blocks])
    administration = make_administration(recipe, people, town, homes)
    places = _places(recipe, people, seed, town, administration, crs)
    progress("units", 0.66)
    forms = np.array([draft.form for draft in places.drafts], dtype=object)
    units = make_units(
        recipe, places.drafts, places.building_ids, round(people / MEAN_SIZE), stream(seed, "units")
    )
    number = dict(zip(places.building_ids, range(len(forms)), strict=True))
    unit_building = units["building_id"].map(number).to_numpy(dtype=np.int64)
    progress("people", 0.7)
    households, persons = make_people(
        recipe, units, forms[unit_building], people, stream(seed, "people")
    )
    lived = persons["building_id"].map(number).to_numpy(dtype=np.int64)
    population = np.bincount(places.building_grid[lived], minlength=len(places.grid_ids)).astype(
        np.int64
    )
    progress("workers and things", 0.84)
    workers = make_workers(places, population, stream(seed, "workers"))
    sensors, readings = make_sensors(places, stream(seed, "sensors"))
    frames: Frames = {
        "source": _source(recipe),
        "grid": administration.grid_frame(crs),
        "block": _blocks(places),
        "land_use": _land_use(town, crs),
        **_buildings(places, town),
        "unit": units,
        "household": households,
        "person": persons,
        "camera": make_cameras(places, stream(seed, "cameras")),
        "department": make_departments(recipe),
        "worker": workers,
        "incident_class": make_classes(recipe),
        "incident": make_incidents(places, workers, stream(seed, "incidents")),
        "organisation": make_organisations(places, stream(seed, "organisations")),
        "component": make_components(places, stream(seed, "components")),
        "sensor": sensors,
        "reading": readings,
        "threshold": make_thresholds(recipe),
        "resource": make_resources(places, stream(seed, "resources")),
        "road": _roads(places),
        "railway": _railways(town, crs),
    }
    progress("done", 1.0)
    return frames


def _places(
    recipe: Recipe,
    people: int,
    seed: int,
    town: Town,
    administration: Administration,
    crs: str,
) -> Places:
    drafts = [draft for block in town.blocks for draft in block.drafts]
    building_block = np.repeat(
        np.arange(len(town.blocks)), [len(block.drafts) for block in town.blocks]
    )
    names = name_blocks(recipe, town.blocks, stream(seed, "names"))
    numbers = street_numbers(town.blocks, town.roads)
    _, addresses, _ = name_buildings(town.blocks, names, numbers)
    return Places(
        recipe=recipe,
        people=people,
        blocks=town.blocks,
        block_names=names,
        drafts=drafts,
        building_ids=numbered("B", len(drafts)),
        building_block=building_block,
        addresses=addresses,
        grid_ids=administration.ids,
        grid_shapes=administration.shapes,
        grid_kinds=administration.kinds,
        block_grid=administration.block_grid,
        building_grid=administration.block_grid[building_block],
        roads=town.roads,
        water=town.water,
        crs=crs,
    )


def _source(recipe: Recipe) -> pd.DataFrame:
    day = np.datetime64(recipe.plan["district"]["as_of"].isoformat(), "s")
    return plain_frame(
        "source",
        {
            "id": ["demo"],
            "title": ["Generated demo district"],
            "attribution": [CREDIT],
            "licence": ["CC0-1.0"],
            "imported_at": [day],
        },
    )


def _blocks(places: Places) -> gpd.GeoDataFrame:
    return placed_frame(
        "block",
        {
            "id": numbered("K", len(places.blocks), 4),
            "grid_id": [places.grid_ids[grid] for grid in places.block_grid],
            "kind": [block.kind for block in places.blocks],
            "name": places.block_names,
        },
        [block.face for block in places.blocks],
        places.crs,
    )


def _land_use(town: Town, crs: str) -> gpd.GeoDataFrame:
    """List the ground in drawing order: sea, blocks with what covers them, canal and basins."""
    sea = [cover for cover in town.water if cover.name == "渤海湾"]
    inner = [cover for cover in town.water if cover.name != "渤海湾"]
    covers = [*sea, *(cover for block in town.blocks for cover in block.covers), *inner]
    return placed_frame(
        "land_use",
        {
            "id": numbered("L", len(covers)),
            "kind": [cover.kind for cover in covers],
            "name": [cover.name or None for cover in covers],
            "height": [cover.height for cover in covers],
        },
        [cover.polygon for cover in covers],
        crs,
    )


def _buildings(places: Places, town: Town) -> Frames:
    """List buildings and their addresses."""
    numbers = street_numbers(town.blocks, town.roads)
    names, addresses, parts = name_buildings(town.blocks, places.block_names, numbers)
    drafts = places.drafts
    buildings = placed_frame(
        "building",
        {
            "id": places.building_ids,
            "name": names,
            "address": addresses,
            "use": [draft.use for draft in drafts],
            "floors": [draft.floors for draft in drafts],
            "height": [draft.height for draft in drafts],
            "base": [0.0] * len(drafts),
            "year_built": [draft.year for draft in drafts],
            "grid_id": [places.grid_ids[grid] for grid in places.building_grid],
        },
        [draft.footprint for draft in drafts],
        places.crs,
    )
    address = placed_frame(
        "address",
        {
            "id": numbered("A", len(drafts)),
            "text": addresses,
            "street": [street for street, _ in parts],
            "number": [number for _, number in parts],
            "building_id": places.building_ids,
        },
        shapely.points(places.building_points().round(2)),
        places.crs,
    )
    return {"building": buildings, "address": address}


def _roads(places: Places) -> gpd.GeoDataFrame:
    plan = places.recipe.plan
    lines = np.array([shapely.LineString(road.path) for road in places.roads], object)
    canal = [cover.polygon for cover in places.water if cover.name == plan["canal"]["name"]]
    over = shapely.intersects(lines, shapely.union_all(canal))
    return placed_frame(
        "road",
        {
            "id": numbered("X", len(places.roads)),
            "name": [road.name or None for road in places.roads],
            "kind": [road.kind for road in places.roads],
            "oneway": [False] * len(places.roads),
            "max_speed": [plan["speeds"][road.kind] for road in places.roads],
            "width": [plan["widths"][road.kind] for road in places.roads],
            "bridge": over.tolist(),
            "tunnel": [False] * len(places.roads),
            "layer": over.astype(int).tolist(),
        },
        lines,
        places.crs,
    )


def _railways(town: Town, crs: str) -> gpd.GeoDataFrame:
    return placed_frame(
        "railway",
        {
            "id": numbered("T", len(town.tracks), 3),
            "name": [track.name or None for track in town.tracks],
            "kind": [track.kind for track in town.tracks],
            "track_use": [track.use or None for track in town.tracks],
            "bridge": [track.bridge for track in town.tracks],
            "tunnel": [track.tunnel for track in town.tracks],
            "layer": [track.layer for track in town.tracks],
        },
        [shapely.LineString(track.path) for track in town.tracks],
        crs,
    )
