"""The town: streets, blocks and what stands on them, before anyone has a name or an id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from mapdesk.demo import civic, compounds, lowrise, parks, works
from mapdesk.demo.chance import draw, stream
from mapdesk.demo.dwellings import dwellings
from mapdesk.demo.footprints import largest_polygon
from mapdesk.demo.network import (
    LIMIT,
    FloatArray,
    Street,
    densify,
    faces,
    junction_keys,
    largest_component,
    snap,
    split_at_junctions,
    vertex_keys,
)
from mapdesk.demo.plan import TownPlan, Zone, make_plan
from mapdesk.demo.railways import Track, lay_railways
from mapdesk.demo.recipe import Recipe
from mapdesk.demo.site import Cover, Draft, Site
from mapdesk.demo.streets import lay_streets

SETBACKS = {"business": 7.0, "petro": 9.0, "port": 9.0, "logistics": 8.0, "works": 8.0}
"""Metres between kerb and building; 5 elsewhere."""


@dataclass(slots=True)
class Block:
    """One block with what was built on it.

    Parameters
    ----------
    face : Polygon
        Up to the middle of its streets, district CRS.
    kind : str
        Zone kind, or for homes the kind of compound.
    zone : Zone
        The zone it belongs to.
    drafts, covers, gates : list
        Buildings, ground and gate points (district CRS).

    """

    face: Polygon
    kind: str
    zone: Zone
    drafts: list[Draft] = field(default_factory=list)
    covers: list[Cover] = field(default_factory=list)
    gates: list[FloatArray] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Town:
    """Blocks, the split street network, water that runs through several blocks, its plan, and tracks."""

    blocks: list[Block]
    roads: list[Street]
    water: list[Cover]
    outline: Polygon
    tracks: list[Track]


def build_town(
    recipe: Recipe, people: int, seed: int, progress: Callable[[str, float], None]
) -> Town:
    """Plan the streets, cut the blocks out of them and build each block.

    Parameters
    ----------
    recipe : Recipe
        Zones, sizes, names.
    people : int
        Residents to house: homes are built from the centre outwards until there are enough.
    seed : int
        Seed of all random numbers.
    progress : callable
        Called with a text and the part done, 0 to 1.

    """
    plan = make_plan(recipe, people, stream(seed, "plan"))
    laid = lay_streets(recipe, plan, stream(seed, "streets"))
    widths: dict[str, float] = recipe.plan["widths"]
    split = split_at_junctions(laid.streets)
    roads = largest_component([piece for piece in split if piece.kind != LIMIT])
    blocks = _blocks(plan, faces(split))
    progress("streets", 0.1)

    outline = largest_polygon(shapely.coverage_union_all([block.face for block in blocks]))
    grounds = _grounds([block.face for block in blocks], roads, widths)
    gates = _gates([block.face for block in blocks], laid.streets, roads)
    target = round(people * float(recipe.plan["district"]["units_per_person"]))
    _choose_homes(plan, blocks, grounds, stream(seed, "homes"))
    lanes: list[Street] = []
    housed = 0
    order = _from_the_centre(plan, blocks)
    for done, index in enumerate(order):
        block = blocks[index]
        if block.zone.kind == "homes" and block.kind != "villa" and housed >= target:
            block.kind = "farmland"
        site = _site(plan, block, grounds[index], gates[index], seed, index)
        if site is not None:
            _build(site, block)
            block.drafts, block.covers, block.gates = site.drafts, site.covers, site.gate_points
            lanes += site.lanes
        housed += sum(dwellings(draft) for draft in block.drafts)
        if done % 50 == 0:
            progress("blocks", 0.1 + 0.9 * done / len(order))
    network = largest_component(split_at_junctions([*roads, *lanes]))
    tracks = lay_railways(plan, laid, roads, widths, recipe.names["railways"])
    return Town(blocks, network, _water(recipe, plan, blocks, outline), outline, tracks)


def _blocks(plan: TownPlan, found: list[Polygon]) -> list[Block]:
    """Turn faces into blocks; a face belongs to the zone of the cell whose middle is nearest."""
    columns, rows = plan.shape
    corners = plan.nodes
    cells = [(i, j) for i in range(columns) for j in range(rows) if plan.zone(i, j) is not None]
    rings = []
    for i, j in cells:
        ring = np.array(
            [corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]]
        )
        rings.append(plan.bend(densify(np.vstack([ring, ring[:1]]), 32.0)))
    tree = shapely.STRtree([Polygon(ring) for ring in rings])
    points = [face.point_on_surface() for face in found]
    which = dict(zip(*tree.query(points, predicate="intersects"), strict=True))
    blocks = []
    for index, face in enumerate(found):
        if index not in which:
            continue
        zone = plan.zone(*cells[int(which[index])])
        if zone is not None:
            blocks.append(Block(face, zone.kind, zone))
    return blocks


def _grounds(found: list[Polygon], roads: list[Street], widths: dict[str, float]) -> list[Polygon]:
    """Cut the streets out of faces."""
    lines = [shapely.LineString(road.path) for road in roads]
    half = np.array([widths[road.kind] / 2 for road in roads])
    surfaces = shapely.buffer(lines, half, quad_segs=4)
    tree = shapely.STRtree(surfaces)
    grounds = []
    for face in found:
        near = np.sort(tree.query(face, predicate="intersects"))
        grounds.append(largest_polygon(face.difference(shapely.union_all(surfaces[near]))))
    return grounds


def _gates(found: list[Polygon], streets: list[Street], roads: list[Street]) -> list[FloatArray]:
    """Return, per face, the street vertices on its border that are not junctions."""
    on_roads = np.unique(np.concatenate([vertex_keys(road.path) for road in roads]))
    ends = np.unique(np.concatenate([vertex_keys(road.path[[0, -1]]) for road in roads]))
    junctions = np.union1d(junction_keys(streets), ends)
    gates = []
    for face in found:
        ring = shapely.get_coordinates(face.exterior)[:-1]
        keys = vertex_keys(ring)
        gates.append(ring[np.isin(keys, on_roads) & ~np.isin(keys, junctions)])
    return gates


def _middle_distance(plan: TownPlan, points: FloatArray) -> FloatArray:
    """Return how far points are from the business spot (metres), the north counting as nearer."""
    columns, rows = plan.shape
    centre = plan.nodes[round(columns * 0.52), round(rows * 0.54)]
    place = plan.bend(centre[None, :])[0]
    offset = points - place
    return np.asarray(np.hypot(offset[:, 0], offset[:, 1] * 1.12))


def _from_the_centre(plan: TownPlan, blocks: list[Block]) -> NDArray[np.int64]:
    middles = shapely.get_coordinates(shapely.centroid([block.face for block in blocks]))
    return np.argsort(_middle_distance(plan, middles), kind="stable")


def _choose_homes(
    plan: TownPlan,
    blocks: list[Block],
    grounds: list[Polygon],
    rng: np.random.Generator,
) -> None:
    """Choose each home block's kind of compound; every eleventh or so becomes a school."""
    homes = [i for i in _from_the_centre(plan, blocks) if blocks[i].zone.kind == "homes"]
    since_school, since_park = 6, 4
    for index in homes:
        block = blocks[index]
        mix = block.zone.mix or {"slab": 1.0}
        kinds = list(mix)
        block.kind = kinds[int(draw(rng, list(mix.values()), 1)[0])]
        area = grounds[index].area
        since_school += 1
        since_park += 1
        if since_school >= 9 and 22_000 < area < 75_000:
            block.kind, since_school = "school", 0
        elif since_park >= 14 and area < 60_000:
            block.kind, since_park = "garden park", 0


def _site(
    plan: TownPlan, block: Block, ground: Polygon, gates: FloatArray, seed: int, index: int
) -> Site | None:
    """Open a site on a block; None where the streets leave too little ground."""
    if ground.area < 900:
        return None
    angle = _angle(plan, ground)
    setback = SETBACKS.get(block.zone.kind, 5.0)
    site = Site(block.face, ground, angle, gates, setback, stream(seed, f"block {index}"))
    return None if site.free.area < 500 else site


def _angle(plan: TownPlan, ground: Polygon) -> float:
    """Return the direction of the longest nearly east-west side, else of the plan's streets."""
    x, y = ground.centroid.coords[0]
    turn = np.radians(plan.bend.rotation)
    offset = np.array([x - plan.bend.origin[0], y - plan.bend.origin[1]])
    back = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) @ offset
    streets = float(plan.bend.direction((back + np.array(plan.bend.middle))[None, :])[0])
    ring = shapely.get_coordinates(ground.exterior.simplify(6.0))
    steps = np.diff(ring, axis=0)
    turns = np.arctan2(steps[:, 1], steps[:, 0]) - streets
    turns = (turns + np.pi / 2) % np.pi - np.pi / 2
    near = np.abs(turns) < np.radians(14)
    lengths = np.hypot(steps[:, 0], steps[:, 1]) * near
    if lengths.sum() < 60:
        return streets
    return streets + float((turns * lengths).sum() / lengths.sum())


def _build(site: Site, block: Block) -> None:
    """Hand the site to the layout of its kind."""
    kind, name = block.kind, block.zone.name
    if kind in ("brick", "slab", "garden"):
        compounds.slab_compound(site, kind)
    elif kind in ("logistics", "works"):
        works.yard(site, kind)
    elif kind in NAMED:
        NAMED[kind](site, name)
    else:
        PLAIN[kind](site)


def _garden_park(site: Site) -> None:
    """Lay out a small neighbourhood park."""
    site.pave("park")
    west, south, east, north = site.bounds
    site.cover("grass", site.free.buffer(-14))
    x, y = (west + east) / 2, (south + north) / 2
    site.cover("square", shapely.Point(x, y).buffer(min(east - west, north - south) * 0.16))
    for _ in range(5):
        place = (float(site.rng.uniform(west, east)), float(site.rng.uniform(south, north)))
        site.cover("forest", shapely.Point(place).buffer(float(site.rng.uniform(9, 22))))


PLAIN: dict[str, Callable[[Site], None]] = {
    "tower": compounds.tower_compound,
    "bungalow": lowrise.bungalow_lanes,
    "villa": lowrise.villas,
    "school": civic.school,
    "hospital": civic.hospital,
    "sports": civic.sports,
    "business": civic.business,
    "market": civic.market,
    "petro": works.plant,
    "port": works.quay,
    "farmland": lowrise.farmland,
    "ponds": lowrise.ponds,
    "canal": parks.canal,
    "garden park": _garden_park,
}
"""Layouts that need the site only."""

NAMED: dict[str, Callable[[Site, str], None]] = {
    "park": parks.park,
    "square": civic.square,
    "belt": lowrise.belt,
    "basin": parks.basin,
    "terminal": works.terminal,
}
"""Layouts that carry the zone's name."""


def _water(recipe: Recipe, plan: TownPlan, blocks: list[Block], outline: Polygon) -> list[Cover]:
    """Return the sea outside, then canal and basins inside the district, open to the sea."""
    west, south = plan.nodes[0, 0]
    east, north = plan.nodes[-1, -1]
    sea = _bent_box(
        plan, (float(east) - 260, float(south) - 900, float(east) + 2600, float(north) + 900)
    )
    covers = [Cover("water", part, 0.0, "渤海湾")
              for part in shapely.get_parts(sea.difference(outline))
              if part.geom_type == "Polygon" and part.area > 10_000]  # fmt: skip
    canal = recipe.plan["canal"]
    inset = float(canal["bank"]) + float(recipe.plan["widths"]["secondary"]) / 2
    low, high = (float(plan.nodes[0, plan.canal_row + step, 1]) for step in (0, 1))
    strip = _bent_box(plan, (float(west) - 90, low + inset, float(east) + 300, high - inset))
    covers.append(Cover("water", largest_polygon(strip.intersection(outline)), 0.0, canal["name"]))
    for block in blocks:
        if block.kind == "basin":
            apron = block.face.buffer(-46, join_style="mitre")
            water = largest_polygon(_towards_sea(plan, apron).intersection(block.face))
            covers.append(Cover("water", water, 0.0, block.zone.name))
    return covers


def _bent_box(plan: TownPlan, box: tuple[float, float, float, float]) -> Polygon:
    ring = np.array(shapely.box(*box, ccw=True).exterior.coords)
    return Polygon(snap(plan.bend(densify(ring, 32.0)))).buffer(0)


def _towards_sea(plan: TownPlan, apron: Polygon) -> Polygon:
    """Return a basin's water drawn out by 150 m towards the sea, between straight quays."""
    ring = shapely.get_coordinates(shapely.oriented_envelope(apron))[:4]
    step = (
        ring[1] - ring[0]
        if np.hypot(*(ring[1] - ring[0])) > np.hypot(*(ring[2] - ring[1]))
        else (ring[2] - ring[1])
    )
    turn = np.radians(plan.bend.rotation)
    seaward = np.sign(step @ np.array([np.cos(turn), np.sin(turn)]))
    shift = step / np.hypot(*step) * seaward * 150.0
    moved = shapely.affinity.translate(apron, *shift)
    return largest_polygon(shapely.union_all([apron, moved]).convex_hull)
