"""The names the map writes, read from the store: of grids, water, greens, places, lines, buildings."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.layers.names import (
    BELOW_GROUND,
    KINDS_OF_LAND,
    KINDS_OF_LINE,
    LineNames,
    MapNames,
    PlaceNames,
)
from mapdesk.model.features import Features
from mapdesk.model.shapes import united
from mapdesk.store import places
from mapdesk.store.database import Store

LINE_DETAIL = 0.8
"""Metres within which a line is followed by its name."""
AREA_DETAIL = 0.01
"""Part of an area's size within which its middle is found."""
SHORTEST = 25.0
"""Metres of the shortest piece of a line that is named."""
ALIKE = 0.35
"""An area in pieces is named at the largest, and at others of at least this part of its size."""

Row = tuple[str, str, str, str, float, float, float, float]


def names(store: Store) -> MapNames:
    """Return the names of grids, land use, streets and railways; those of buildings are `building_names`."""
    return MapNames(
        PlaceNames.of([*_grid_rows(store), *_land_rows(store)]),
        _line_names(
            [places.features(store, noun, ["name", "kind", "tunnel"]) for noun in KINDS_OF_LINE]
        ),
    )


def building_names(features: Features, tops: NDArray[np.float64]) -> PlaceNames:
    """Return the names of buildings, at their roofs.

    Parameters
    ----------
    features : Features
        With ``name`` and geometry.
    tops : ndarray, shape (n,)
        Height of the roofs, metres.
    """
    named = np.flatnonzero([bool(name) for name in features.columns["name"].tolist()])
    shapes, texts = features.placed[named], features.columns["name"][named]
    ids = features.ids[named]
    middles = shapely.get_coordinates(shapely.point_on_surface(shapes))
    centres = shapely.centroid(shapes)
    inside = shapely.contains(shapes, centres)
    middles[inside] = shapely.get_coordinates(centres[inside])
    across = np.sqrt(shapely.area(shapes))
    kind, noun = np.full(len(named), "building", object), np.full(len(named), "building", object)
    heights = np.asarray(tops, float)[named]
    side = np.zeros(len(named), np.int8)
    return PlaceNames(texts, kind, noun, ids, middles.reshape(-1, 2), heights, across, side)


def point_names(
    noun: str, ids: NDArray[np.object_], texts: NDArray[np.object_], xy: NDArray[np.float64]
) -> PlaceNames:
    """Return the names of points of one noun, to be written under their symbols."""
    # What has no name goes by its id, which is nothing to read on a map.
    named = np.array([text != key for text, key in zip(texts, ids, strict=True)], bool)
    count = int(named.sum())
    return PlaceNames(
        texts[named],
        np.full(count, "point", object),
        np.full(count, noun, object),
        ids[named],
        xy[named],
        np.zeros(count),
        np.full(count, np.nan),
        np.zeros(count, np.int8),
    )


def _grid_rows(store: Store) -> list[Row]:
    features = places.features(store, "grid", ["code", "name", "level"])
    rows: list[Row] = []
    for at, shape in enumerate(features.placed):
        key, level = str(features.ids[at]), int(features.columns["level"][at])
        text = str(features.columns["name"][at] or features.columns["code"][at] or key)
        x, y, across = _middle(shape)
        rows.append((text, f"grid_{min(max(level, 1), 4)}", "grid", key, x, y, 0.0, across))
    return rows


def _land_rows(store: Store) -> list[Row]:
    features = places.features(store, "land_use", ["kind", "name"])
    texts = features.columns["name"]
    pieces: dict[tuple[str, str], list[int]] = {}
    for at, text in enumerate(texts.tolist()):
        if text:
            kind = KINDS_OF_LAND.get(str(features.columns["kind"][at]), "place")
            pieces.setdefault((kind, str(text)), []).append(at)
    rows: list[Row] = []
    for (kind, text), which in pieces.items():
        # Pieces that touch are one lake to the eye.
        whole = shapely.get_parts(united(features.placed[which]))
        areas = shapely.area(whole)
        for part in whole[areas >= ALIKE * areas.max()]:
            x, y, across = _middle(part)
            distances = shapely.distance(features.placed[which], shapely.Point(x, y))
            key = str(features.ids[which[int(np.argmin(distances))]])
            rows.append((text, kind, "land_use", key, x, y, 0.0, across))
    return rows


def _middle(shape: shapely.Geometry) -> tuple[float, float, float]:
    """Return the centre and the diameter of the largest circle inside an area, metres."""
    parts = shapely.get_parts(shape)
    part = parts[int(np.argmax(shapely.area(parts)))]
    detail = AREA_DETAIL * max(float(np.sqrt(part.area)), 1.0)
    circle = shapely.maximum_inscribed_circle(shapely.simplify(part, detail), detail)
    (x, y), (edge_x, edge_y) = shapely.get_coordinates(circle)[:2]
    return float(x), float(y), 2 * float(np.hypot(edge_x - x, edge_y - y))


def _line_names(nouns: list[Features]) -> LineNames:
    """Return the names of streets and railways, each once along what of it hangs together."""
    lines: list[shapely.Geometry] = []
    rows: list[tuple[str, str, str, str]] = []
    for features in nouns:
        texts = features.columns["name"]
        pieces: dict[str, list[int]] = {}
        for at, text in enumerate(texts.tolist()):
            if text:
                pieces.setdefault(str(text), []).append(at)
        for text, which in pieces.items():
            parts = shapely.get_parts(features.placed[which])
            owners = np.repeat(which, shapely.get_num_geometries(features.placed[which]))
            merged = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(parts.tolist())))
            merged = merged[shapely.length(merged) >= SHORTEST]
            middles = shapely.line_interpolate_point(merged, 0.5, normalized=True)
            nearest: list[int] = owners[shapely.STRtree(parts).nearest(middles)].tolist()
            lines += shapely.simplify(merged, LINE_DETAIL).tolist()
            rows += [
                (
                    text,
                    _kind_of_line(features, owner),
                    features.noun,
                    str(features.ids[owner]),
                )
                for owner in nearest
            ]
    shapes = np.array(lines, object)
    columns = list(zip(*rows, strict=True)) or [()] * 4
    written, of_kind, of_noun, ids = (np.array(column, object) for column in columns)
    return LineNames(
        written,
        of_kind,
        of_noun,
        ids,
        shapely.get_coordinates(shapes).reshape(-1, 2),
        np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(shapes))]).astype(np.int64),
    )


def _kind_of_line(features: Features, at: int) -> str:
    if features.noun == "railway" and features.columns["tunnel"][at] == True:  # noqa: E712
        return BELOW_GROUND
    kinds = KINDS_OF_LINE[features.noun]
    return kinds.get(str(features.columns["kind"][at]), kinds[""])
