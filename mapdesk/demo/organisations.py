"""Organisations: chemical companies, schools, the hospital, works, port firms, shops, offices."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from mapdesk.demo.chance import pick
from mapdesk.demo.columns import numbered, placed_frame
from mapdesk.demo.identity import phones
from mapdesk.demo.people import staff_names
from mapdesk.demo.places import Places

Row = tuple[str, str, str | None, str, int]
"""Name, kind, hazard grade, fire equipment, number of the building it is in."""

KINDS = {
    "school": "school", "hospital": "hospital", "works": "factory", "logistics": "logistics",
    "port": "port company", "business": "office", "sports": "public", "terminal": "transport",
    "square": "government",
}  # fmt: skip

SMALL_EQUIPMENT = "extinguisher x{}; hydrant x{}"
PLANT_EQUIPMENT = (
    "foam truck x{}; water cannon x{}; hydrant x{}; foam concentrate {} t; gas masks x{}"
)


def make_organisations(places: Places, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """List the organisations of the district.

    Parameters
    ----------
    places : Places
        The finished town; exactly the recipe's number of chemical companies is made.
    rng : Generator
        Names, grades, equipment.

    """
    first = _first_building(places)
    rows = _chemical(places, first, rng)
    for number, block in enumerate(places.blocks):
        if block.kind in KINDS and number in first:
            rows.append((
                places.block_names[number], KINDS[block.kind], None,
                SMALL_EQUIPMENT.format(rng.integers(10, 80), rng.integers(2, 12)), first[number],
            ))  # fmt: skip
    rows += _shops(places, rng)
    rows += _community(places, rng)
    points = places.building_points().round(2)
    count = len(rows)
    return placed_frame(
        "organisation",
        {
            "id": numbered("O", count, 4),
            "name": [row[0] for row in rows],
            "kind": [row[1] for row in rows],
            "hazard_grade": [row[2] for row in rows],
            "contact_name": staff_names(places.recipe, count, rng),
            "contact_phone": phones(count, rng, "19902"),
            "fire_equipment": [row[3] for row in rows],
            "address": [places.addresses[row[4]] for row in rows],
            "building_id": [places.building_ids[row[4]] for row in rows],
        },
        shapely.points(points[[row[4] for row in rows]]),
        places.crs,
    )


def _first_building(places: Places) -> dict[int, int]:
    """Return the main building of each block: an office if it has one, else the first."""
    first: dict[int, int] = {}
    for index, block in enumerate(places.building_block.tolist()):
        draft = places.drafts[index]
        if block not in first or (
            draft.form in ("office", "hall")
            and places.drafts[first[block]].form not in ("office", "hall")
        ):
            first[block] = index
    return first


def _chemical(places: Places, first: dict[int, int], rng: np.random.Generator) -> list[Row]:
    """Make the chemical companies: one a plant, more in the largest where plants are few."""
    plants = [n for n, block in enumerate(places.blocks) if block.kind == "petro" and n in first]
    plants.sort(key=lambda number: -len(places.blocks[number].drafts))
    names = places.recipe.names["places"]
    wanted = places.count("chemical_companies")
    rows: list[Row] = []
    used: set[str] = set()
    for number in range(wanted if plants else 0):
        block = plants[number % len(plants)]
        name = places.block_names[block]
        if number >= len(plants) or name in used:
            name = names["chemical_first"][number % len(names["chemical_first"])] + "储运"
        used.add(name)
        inside = np.flatnonzero(places.building_block == block)
        building = first[block] if number < len(plants) else int(inside[number % len(inside)])
        grade = ("1", "2", "2", "3", "3", "4")[int(rng.integers(6))]
        rows.append((
            name + names["company"], "hazardous chemicals", grade,
            PLANT_EQUIPMENT.format(rng.integers(1, 5), rng.integers(4, 20), rng.integers(20, 90),
                                   rng.integers(5, 60), rng.integers(20, 120)),
            building,
        ))  # fmt: skip
    return rows


def _shops(places: Places, rng: np.random.Generator) -> list[Row]:
    rows: list[Row] = []
    words = places.recipe.names["places"]["shops"]
    for index, draft in enumerate(places.drafts):
        if draft.form in ("shops", "market", "mall") and rng.random() < 0.55:
            name = places.block_names[int(places.building_block[index])]
            rows.append((name + pick(rng, words), "shop", None,
                         SMALL_EQUIPMENT.format(rng.integers(2, 8), 1), index))  # fmt: skip
    return rows


def _community(places: Places, rng: np.random.Generator) -> list[Row]:
    """Make kindergartens, care homes and community service points in compounds."""
    rows: list[Row] = []
    homes = list(places.recipe.names["places"]["care"])
    for index, draft in enumerate(places.drafts):
        name = places.block_names[int(places.building_block[index])]
        equipment = SMALL_EQUIPMENT.format(rng.integers(4, 20), rng.integers(1, 3))
        if draft.form == "kindergarten":
            rows.append((f"{name}幼儿园", "kindergarten", None, equipment, index))
        elif draft.form == "clubhouse":
            if homes and rng.random() < 0.1:
                rows.append((homes.pop(), "care home", None, equipment, index))
            else:
                rows.append((f"{name}党群服务站", "community service", None, equipment, index))
    return rows
