"""Cameras in public places: at junctions, gates, fire lanes, quays, parks and plants."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.demo.chance import split_evenly
from mapdesk.demo.columns import numbered, placed_frame
from mapdesk.demo.network import FloatArray, vertex_keys
from mapdesk.demo.places import Places

CLIPS = 6
"""Street clips that the demo cameras play."""

DEAD_STREAM = "rtsp://192.0.2.{}/stream1"
"""Address kept for documentation (RFC 5737): nothing ever answers there."""


@dataclass(frozen=True, slots=True)
class Spots:
    """Places for cameras of one purpose: points (n, 2), azimuths in degrees, names."""

    purpose: str
    owners: tuple[str, ...]
    share: float
    points: FloatArray
    azimuths: FloatArray
    names: list[str]


def make_cameras(places: Places, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Put up the district's cameras; none stands in a building, none looks into a home's plot.

    Parameters
    ----------
    places : Places
        The finished town.
    rng : Generator
        Chooses places and poses.

    """
    kinds = [
        _junctions(places, rng), _gates(places), _fire_lanes(places),
        _water_edge(places, rng), _plants(places, rng), _parks(places, rng),
    ]  # fmt: skip
    kinds = [spots for spots in kinds if len(spots.points)]
    total = places.count("cameras")
    wanted = split_evenly(total, [spots.share for spots in kinds])
    spare = 0
    columns: dict[str, list[object]] = {"name": [], "owner": [], "purpose": [], "azimuth": []}
    points = []
    for spots, count in zip(kinds[::-1], wanted[::-1], strict=True):
        number = count + spare
        taken = min(number, len(spots.points))
        spare = number - taken
        for index in np.sort(rng.permutation(len(spots.points))[:taken]):
            points.append(spots.points[index])
            columns["name"].append(spots.names[index])
            columns["owner"].append(spots.owners[int(rng.integers(len(spots.owners)))])
            columns["purpose"].append(spots.purpose)
            columns["azimuth"].append(round(float(spots.azimuths[index]) % 360, 1))
    count = len(points)
    purposes = np.array(columns["purpose"])
    street = rng.integers(1, CLIPS + 1, count)
    status = np.where(rng.random(count) < 0.022, "offline", "online").astype(object)
    main = np.array([f"media/street-{k}.mp4" for k in street], dtype=object)
    sub = np.array([f"media/street-{k}-sub.mp4" for k in street], dtype=object)
    dead = rng.choice(count, min(places.count("dead_cameras"), count), replace=False)
    for number, index in enumerate(np.sort(dead)):
        status[index] = "offline"
        main[index] = DEAD_STREAM.format(number + 10)
        sub[index] = main[index].replace("stream1", "stream2")
    at = np.array(points).round(2)
    nearest = places.nearest_buildings(at)
    return placed_frame(
        "camera",
        {
            "id": numbered("CAM", count, 4),
            **columns,
            "status": status,
            "address": [places.addresses[index] for index in nearest],
            "z": np.where(purposes == "traffic", rng.choice([6.0, 6.5, 7.0], count),
                          rng.choice([3.5, 4.0, 4.5, 5.0], count)),
            "tilt": -rng.integers(8, 26, count).astype(float),
            "field_of_view": rng.choice([52.0, 68.0, 78.0, 90.0, 104.0], count),
            "range": np.where(purposes == "traffic", rng.choice([80.0, 100.0, 120.0], count),
                              rng.choice([30.0, 40.0, 60.0], count)),
            "main_stream": main,
            "sub_stream": sub,
        },
        shapely.points(at),
        places.crs,
    )  # fmt: skip


def _bearing(vectors: FloatArray) -> FloatArray:
    """Return compass bearings (degrees clockwise from north) of vectors (n, 2)."""
    return np.degrees(np.arctan2(vectors[:, 0], vectors[:, 1])) % 360


def _clear(places: Places, points: FloatArray) -> NDArray[np.bool_]:
    """Tell which points are inside the district and not in a building or water."""
    return ~places.in_buildings(points) & ~places.in_water(points) & (places.grids_at(points) >= 0)


def _spots(
    places: Places, purpose: str, owners: tuple[str, ...], share: float,
    points: list[FloatArray], azimuths: list[float], names: list[str],
) -> Spots:  # fmt: skip
    at = np.array(points).reshape(-1, 2)
    clear = np.flatnonzero(_clear(places, at)) if len(at) else np.empty(0, dtype=int)
    return Spots(purpose, owners, share, at[clear], np.array(azimuths)[clear] if len(at) else
                 np.empty(0), [names[index] for index in clear])  # fmt: skip


def _junctions(places: Places, rng: np.random.Generator) -> Spots:
    """Return spots at junctions of named streets, each looking down one arm."""
    arms: dict[int, list[tuple[FloatArray, FloatArray, str, float]]] = {}
    widths = places.recipe.plan["widths"]
    for road in places.roads:
        if not road.name:
            continue
        for here, there in ((0, 1), (-1, -2)):
            key = int(vertex_keys(road.path[[here]])[0])
            away = road.path[there] - road.path[here]
            arms.setdefault(key, []).append(
                (road.path[here], away / np.hypot(*away), road.name, widths[road.kind])
            )
    points, azimuths, names = [], [], []
    for meeting in arms.values():
        streets = sorted({name for _, _, name, _ in meeting})
        if len(meeting) < 3 or len(streets) < 2:
            continue
        reach = max(width for *_, width in meeting) / 2 + 1.5
        for node, away, _, width in meeting:
            kerb = np.array([-away[1], away[0]]) * (width / 2 + 0.8)
            points.append(node + away * reach + kerb)
            azimuths.append(float(_bearing(away[None, :])[0] + rng.uniform(-6, 6)))
            names.append(f"{streets[0]}与{streets[1]}路口")
    return _spots(
        places, "traffic", ("police", "police", "transport"), 0.40, points, azimuths, names
    )


def _gates(places: Places) -> Spots:
    """Return spots at the gates of compounds and schools, looking out on the street."""
    points, azimuths, names = [], [], []
    for block, name in zip(places.blocks, places.block_names, strict=True):
        if block.kind in ("petro", "port", "park"):
            continue
        middle = np.array(block.face.centroid.coords[0])
        for gate in block.gates:
            inward = (middle - gate) / max(np.hypot(*(middle - gate)), 1.0)
            aside = np.array([-inward[1], inward[0]])
            for side, turn in ((4.2, 180.0), (-4.2, 205.0)):
                points.append(gate + inward * 19.0 + aside * side)
                azimuths.append(float(_bearing(inward[None, :])[0] + turn))
                names.append(f"{name}大门")
    owners = ("property company", "property company", "school", "police")
    return _spots(places, "public order", owners,
                  0.26, points, azimuths, names)  # fmt: skip


def _fire_lanes(places: Places) -> Spots:
    """Return spots along the lanes of compounds, looking along the lane."""
    at, along, roads = places.along_roads(("service",), 900, 0.37)
    side = np.column_stack([-along[:, 1], along[:, 0]])
    points = at + side * (places.half_widths(roads) + 0.7)[:, None]
    names = _block_names_at(places, points)
    return _spots(places, "fire lane", ("property company", "fire"), 0.12, list(points),
                  list(_bearing(along)), [f"{name}消防通道" for name in names])  # fmt: skip


def _water_edge(places: Places, rng: np.random.Generator) -> Spots:
    """Return spots on canal banks and quays, looking along the water."""
    points, azimuths, names = [], [], []
    for cover in places.water:
        if cover.name == "渤海湾":
            continue
        line = cover.polygon.buffer(4.0).exterior
        metres = np.arange(20.0, line.length, 95.0)
        here = shapely.get_coordinates(shapely.line_interpolate_point(line, metres))
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, metres + 3.0))
        points += list(here)
        azimuths += list(_bearing(ahead - here) + rng.choice([0.0, 180.0], len(here)))
        names += [f"{cover.name}岸线"] * len(here)
    return _spots(places, "flood", ("water", "port", "port"), 0.09, points, azimuths, names)


def _plants(places: Places, rng: np.random.Generator) -> Spots:
    """Return spots in plants and on quays, looking at tanks and units."""
    points, azimuths, names = [], [], []
    for block, name in zip(places.blocks, places.block_names, strict=True):
        if block.kind not in ("petro", "port", "logistics"):
            continue
        middle = np.array(block.face.centroid.coords[0])
        for gate in block.gates:
            inward = (middle - gate) / max(np.hypot(*(middle - gate)), 1.0)
            points.append(gate + inward * 24.0 + np.array([-inward[1], inward[0]]) * 5.0)
            azimuths.append(float(_bearing(inward[None, :])[0]))
            names.append(f"{name}大门")
        for draft in block.drafts[::5]:
            corner = np.array(draft.footprint.exterior.coords[0])
            centre = np.array(draft.footprint.centroid.coords[0])
            out = (corner - centre) / max(np.hypot(*(corner - centre)), 0.1)
            points.append(corner + out * 1.2)
            azimuths.append(float(_bearing(out[None, :])[0] + rng.uniform(-50, 50)))
            names.append(f"{name}厂区")
    return _spots(places, "industrial safety", ("company", "company", "port"), 0.10, points,
                  azimuths, names)  # fmt: skip


def _parks(places: Places, rng: np.random.Generator) -> Spots:
    """Return spots in parks and squares."""
    points, azimuths, names = [], [], []
    for block, name in zip(places.blocks, places.block_names, strict=True):
        if block.kind not in ("park", "garden park", "square", "sports", "terminal"):
            continue
        west, south, east, north = block.face.bounds
        for _ in range(3 if block.kind == "garden park" else 16):
            place = np.array([rng.uniform(west, east), rng.uniform(south, north)])
            if block.face.buffer(-18).contains(shapely.Point(place)):
                points.append(place)
                azimuths.append(float(rng.uniform(0, 360)))
                names.append(name)
    return _spots(places, "park", ("parks", "police"), 0.03, points, azimuths, names)


def _block_names_at(places: Places, points: FloatArray) -> list[str]:
    tree = shapely.STRtree([block.face for block in places.blocks])
    return [places.block_names[int(i)] for i in np.atleast_1d(tree.nearest(shapely.points(points)))]
