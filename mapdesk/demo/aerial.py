"""The demo from the air: its own plan painted as a camera on an aeroplane would see it, in any year.

A tile is painted in materials first, twice as fine as it comes out, then each pixel gets the colour of its
material, grain and shadow by one look-up, and four become one: edges come out smooth and large pictures
cheap. The same frames give the same pixels.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mapdesk.demo.chance import stream
from mapdesk.demo.furniture import (
    Quads,
    joined,
    lane_marks,
    moving_cars,
    parked_cars,
    street_trees,
)
from mapdesk.demo.materials import CODES, palette
from mapdesk.demo.roofs import Roofs, roofs
from mapdesk.demo.textures import CROWN_DISCS, GRAIN_ALONE, PIXEL, SIDE, SUN, mixed

FloatArray = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""West, south, east and north in metres."""

GROUND = {
    "water": "lake",
    "grass": "grass",
    "park": "park",
    "forest": "wood",
    "hill": "hill",
    "residential": "yard",
    "commercial": "shops",
    "industrial": "works",
    "school": "school yard",
    "hospital": "paving",
    "square": "court",
    "parking": "parking",
}
WATERS = {"渤海湾": "sea", "海门运河": "canal", "盐田": "salt"}
BUILT = ("residential", "commercial", "industrial", "school", "hospital", "square")
"""Kinds of ground that were something else before the buildings on them stood."""
ASPHALT = {"trunk": "asphalt", "primary": "asphalt", "secondary": "asphalt", "service": "lane"}
LONGEST_SHADOW = 170.0
"""Metres around a tile from which shadows and crowns may fall into it."""

FINEST_MARKS = 1.2
"""Metres a pixel up to which the marks of lanes can be seen."""


@dataclass(frozen=True)
class View:
    """What of the district was there in one year.

    Parameters
    ----------
    covers, cover_codes : ndarray, shape (n,)
        Ground and streets in drawing order, and their materials.
    marks, cars : Quads
    trees : ndarray, shape (n, 3)
        x, y and radius in metres.
    roofs : Roofs
        Of every building, from low to high.
    stood : ndarray of bool, shape (n,)
        Which of those there were.
    spring : bool
        Painted in the colours of spring, not of late summer.
    """

    covers: NDArray[np.object_]
    cover_codes: NDArray[np.uint8]
    marks: Quads
    cars: Quads
    trees: FloatArray
    roofs: Roofs
    stood: NDArray[np.bool_]
    spring: bool

    @cached_property
    def palette(self) -> NDArray[np.uint32]:
        """Colours by material, grain and shadow."""
        return palette(self.spring)

    @cached_property
    def cover_tree(self) -> shapely.STRtree:
        """Ground by place."""
        return shapely.STRtree(self.covers)

    @cached_property
    def building_tree(self) -> shapely.STRtree:
        """Buildings by place."""
        return shapely.STRtree(self.roofs.outer)


def bounds(frames: Mapping[str, Any], margin: float) -> Box:
    """Return the district's bounds without the sea, in whole metres, `margin` further out."""
    land = frames["block"].geometry.array
    west, south, east, north = shapely.total_bounds(np.asarray(land))
    low = np.floor(np.array([west, south]) - margin)
    high = np.ceil(np.array([east, north]) + margin)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def roofs_of(frames: Mapping[str, Any]) -> Roofs:
    """Return the roofs of every building, from low to high: a tower's shadow falls on its neighbour."""
    houses = frames["building"]
    order = _from_low(houses)
    fields = (houses[name].to_numpy()[order] for name in ("use", "floors", "height", "year_built"))
    use, floors, height, year = fields
    return roofs(
        np.asarray(houses.geometry.array)[order],
        use.astype(object),
        floors.astype(float),
        height.astype(float),
        year.astype(float),
    )


def _from_low(houses: Any) -> NDArray[np.intp]:
    return np.argsort(houses["height"].to_numpy(float), kind="stable")


def view_of(
    frames: Mapping[str, Any], year: int, *, spring: bool, made: Roofs | None = None
) -> View:
    """Return what of a district's frames there was at the end of a year.

    Parameters
    ----------
    made : Roofs, optional
        As `roofs_of` returns them, where they are at hand.
    """
    ground, roads, houses = frames["land_use"], frames["road"], frames["building"]
    every = roofs_of(frames) if made is None else made
    shapes = np.asarray(houses.geometry.array)
    years = houses["year_built"].to_numpy(float)
    later = years > year
    covers = np.asarray(ground.geometry.array)
    kinds, names = ground["kind"].to_numpy(object), ground["name"].to_numpy(object)
    codes = _cover_codes(kinds, names)
    unbuilt = _unbuilt(covers, kinds, shapes, later)
    codes[unbuilt] = _before(len(codes))[unbuilt]
    sites = covers[unbuilt]
    kept = ~_within(covers, sites) | unbuilt
    lines, widths = np.asarray(roads.geometry.array), roads["width"].to_numpy(float)
    road_kinds = roads["kind"].to_numpy(object)
    paved = ~(_within(lines, sites) & (road_kinds == "service"))
    lines, widths, road_kinds = lines[paved], widths[paved], road_kinds[paved]
    streets = road_kinds != "service"
    surfaces = shapely.buffer(lines, widths / 2, quad_segs=4)
    around = shapely.buffer(lines[streets], widths[streets] / 2 + 3.2, quad_segs=4)
    # What was not built yet is a building site where all around it stands.
    pits = shapely.buffer(shapes[later & ~_within(shapes, sites)], 5.0, join_style="mitre")
    rank = np.argsort(widths[~streets], kind="stable"), np.argsort(widths[streets], kind="stable")
    asphalt = np.array([CODES[ASPHALT.get(kind, "asphalt worn")] for kind in road_kinds], np.uint8)
    rng = stream(year, "aerial")
    lots = covers[(kinds == "parking") & kept]
    bays, parked = parked_cars(lots, rng)
    lined = (road_kinds[streets] != "residential") | (widths[streets] >= 9)
    return View(
        np.concatenate(
            [covers[kept], pits, surfaces[~streets][rank[0]], around, surfaces[streets][rank[1]]]
        ),
        np.concatenate(
            [
                codes[kept],
                np.full(len(pits), CODES["soil worked"], np.uint8),
                asphalt[~streets][rank[0]],
                np.full(len(around), CODES["pavement"], np.uint8),
                asphalt[streets][rank[1]],
            ]
        ),
        joined([bays, lane_marks(lines[streets], widths[streets])]),
        joined([parked, moving_cars(lines[streets], widths[streets], rng)]),
        street_trees(lines[streets][lined], widths[streets][lined], stream(3, "street trees")),
        every,
        ~later[_from_low(houses)],
        spring,
    )


def _cover_codes(kinds: NDArray[np.object_], names: NDArray[np.object_]) -> NDArray[np.uint8]:
    crops = stream(5, "crops").integers(1, 5, len(kinds))
    ponds = stream(5, "ponds").integers(1, 4, len(kinds))
    found = np.empty(len(kinds), np.uint8)
    for index, (kind, name) in enumerate(zip(kinds.tolist(), names.tolist(), strict=True)):
        if kind == "farmland":
            material = f"crop {crops[index]}"
        elif name == "鱼塘":
            material = f"pond {ponds[index]}"
        else:
            material = WATERS.get(name) or GROUND.get(kind, "yard")
        found[index] = CODES[material]
    return found


def _before(count: int) -> NDArray[np.uint8]:
    """Return what unbuilt ground was: fields, or soil where building had begun."""
    names = np.array(
        [CODES[name] for name in ("soil", "soil worked", "crop 1", "crop 3")], np.uint8
    )
    return names[stream(5, "before").choice(4, count, p=(0.4, 0.25, 0.2, 0.15))]


def _unbuilt(
    covers: NDArray[np.object_],
    kinds: NDArray[np.object_],
    shapes: NDArray[np.object_],
    later: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return which pieces of ground bear buildings most of which came later."""
    areas = shapely.area(shapes)
    points = shapely.point_on_surface(shapes)
    which, where = shapely.STRtree(covers).query(points, predicate="within")
    every = np.bincount(where, areas[which], len(covers))
    new = np.bincount(where, (areas * later)[which], len(covers))
    return np.isin(kinds.astype(str), BUILT) & (new > 0.6 * every) & (every > 0)


def _within(shapes: NDArray[np.object_], sites: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which shapes lie on one of the sites."""
    found = np.zeros(len(shapes), bool)
    if len(sites):
        middles = shapely.point_on_surface(shapes)
        found[shapely.STRtree(sites).query(middles, predicate="within")[0]] = True
    return found


def paint(
    view: View, west: float, north: float, side: int, metres: float = 1.0, *, above: bool = True
) -> NDArray[np.uint8]:
    """Return a square picture (side, side, 3) of the ground from its north-west corner.

    Parameters
    ----------
    side : int
        Pixels.
    metres : float
        Across a pixel.
    above : bool
        Paint what rises above the ground too: roofs, trees and cars; their shadows lie on it in any case.
    """
    fine, many = metres / 2, 2 * side
    place = _Canvas(west, north, fine, many)
    box = (west, north - side * metres, west + side * metres, north)
    place.covers(view, box)
    if metres <= FINEST_MARKS:
        place.quads(view.marks, box)
    if above:
        place.quads(view.cars, box)
    place.buildings(view, box, roofs=above)
    place.trees(view, box, crowns=above)
    pixels = view.palette[place.indices(patterns=above)]
    picture = Image.frombuffer("RGBX", (many, many), pixels, "raw", "RGBX", 0, 1)
    return np.asarray(picture.reduce(2).convert("RGB"))


class _Canvas:
    """A tile while it is painted: materials and shadows, twice as fine as the picture.

    Parameters
    ----------
    west, north : float
        Its corner, metres.
    metres : float
        Across a pixel of the canvas.
    side : int
        Pixels of the canvas.
    """

    def __init__(self, west: float, north: float, metres: float, side: int) -> None:
        self._corner, self._scale, self._side = np.array([west, north]), 1.0 / metres, side
        self._materials = Image.new("L", (side, side), CODES["outside"])
        self._shadows = Image.new("L", (side, side), 0)
        self._paint = ImageDraw.Draw(self._materials).draw
        self._shade = ImageDraw.Draw(self._shadows).draw

    def _pixels(self, metres: FloatArray) -> FloatArray:
        return np.asarray((metres - self._corner) * np.array([self._scale, -self._scale]))

    def _rings(self, shapes: NDArray[np.object_]) -> list[list[float]]:
        """Return the outline of each shape in pixels, x and y in turn."""
        outlines = shapely.get_exterior_ring(shapes)
        flat = self._pixels(shapely.get_coordinates(outlines)).ravel().tolist()
        ends = np.append(0, np.cumsum(shapely.get_num_coordinates(outlines)) * 2).tolist()
        return [flat[start:end] for start, end in itertools.pairwise(ends)]

    def covers(self, view: View, box: Box) -> None:
        """Paint ground and streets."""
        near = np.sort(view.cover_tree.query(shapely.box(*box)))
        draw = self._paint.draw_polygon
        for ring, code in zip(
            self._rings(view.covers[near]), view.cover_codes[near].tolist(), strict=True
        ):
            draw(ring, code, 1, 0)

    def quads(self, pieces: Quads, box: Box) -> None:
        """Paint marks or cars."""
        chosen = np.flatnonzero(_around(pieces.corners[:, 0], box, 15.0))
        draw = self._paint.draw_polygon
        for corners, code in self._corners(pieces, chosen):
            draw(corners, code, 1, 0)

    def _corners(
        self, pieces: Quads, chosen: NDArray[np.intp]
    ) -> Iterator[tuple[list[float], int]]:
        corners = self._pixels(pieces.corners[chosen]).reshape(-1, 8).tolist()
        return zip(corners, pieces.codes[chosen].tolist(), strict=True)

    def buildings(self, view: View, box: Box, *, roofs: bool) -> None:
        """Paint shadows and roofs."""
        west, south, east, north = box
        reach = shapely.box(west - 5, south - LONGEST_SHADOW, east + LONGEST_SHADOW, north + 5)
        near = np.sort(view.building_tree.query(reach))
        near, made = near[view.stood[near]], view.roofs
        paint, shade = self._paint.draw_polygon, self._shade.draw_polygon
        outer = self._rings(made.outer[near])
        inner = self._rings(made.inner[near])
        for index, ring, within in zip(near.tolist(), outer, inner, strict=True):
            for part in made.shadows[index]:
                shade(self._pixels(part).ravel().tolist(), 1, 1, 0)
            if not roofs:
                continue
            shade(ring, 0, 1, 0)
            paint(ring, int(made.outer_codes[index]), 1, 0)
            if within:
                paint(within, int(made.inner_codes[index]), 1, 0)
            pieces = np.arange(made.starts[index], made.starts[index + 1])
            if len(pieces):
                for corners, code in self._corners(made.details, pieces):
                    paint(corners, code, 1, 0)

    def trees(self, view: View, box: Box, *, crowns: bool) -> None:
        """Paint the crowns of street trees and their shadows."""
        found = view.trees[_around(view.trees[:, :2], box, 8.0)]
        if not len(found):
            return
        at, radius = self._pixels(found[:, :2]), found[:, 2] * self._scale
        towards = np.array([SUN[0], -SUN[1]])
        shade = at - towards * (radius * 1.3)[:, None]
        for (x, y), r in zip(shade.tolist(), radius.tolist(), strict=True):
            self._shade.draw_ellipse((x - r, y - r, x + r, y + r), 1, 1)
        if not crowns:
            return
        codes = [CODES[name] for name in ("tree dark", "tree", "tree lit")]
        for (shift, size), code in zip(CROWN_DISCS, codes, strict=True):
            middles = at + towards * (radius * shift)[:, None]
            for (x, y), r in zip(middles.tolist(), (radius * size).tolist(), strict=True):
                self._paint.draw_ellipse((x - r, y - r, x + r, y + r), code, 1)

    def indices(self, *, patterns: bool) -> NDArray[np.uint16]:
        """Return, for each pixel, where its colour stands in the palette; without trees but for `patterns`."""
        found = np.asarray(self._materials).astype(np.uint16)
        found <<= 8
        # The pattern of a picture from above lies still on the ground, whichever tile is painted.
        step = self._scale * PIXEL if patterns else 1.0
        pattern = mixed() if patterns else mixed() & GRAIN_ALONE
        left, top = (np.round(self._corner * (1, -1) / PIXEL)).astype(int).tolist()
        if step == 1.0 and self._side % SIDE == 0:
            many = self._side // SIDE
            parts = found.reshape(many, SIDE, many, SIDE)
            parts |= np.roll(pattern, (-top, -left), (0, 1))[:, None]
        else:
            reach = np.arange(self._side) / step
            rows, columns = ((start + reach).astype(int) % SIDE for start in (top, left))
            found |= pattern.take(rows, 0).take(columns, 1)
        found |= np.asarray(self._shadows)
        return found


def _around(at: FloatArray, box: Box, reach: float) -> NDArray[np.bool_]:
    west, south, east, north = box
    x, y = at.T
    return np.asarray(
        (x > west - reach) & (x < east + reach) & (y > south - reach) & (y < north + reach)
    )
