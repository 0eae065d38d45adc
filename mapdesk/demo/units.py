"""Units: the flats, shops and offices of every building, floor by floor."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapdesk.demo.chance import draw
from mapdesk.demo.columns import numbered, plain_frame
from mapdesk.demo.dwellings import WHOLE_HOUSES, dwellings_per_floor, flats_per_stair
from mapdesk.demo.recipe import Recipe
from mapdesk.demo.site import Draft
from mapdesk.model.nouns import UNIT_USES

TRADE_AREA = {
    "shops": (105.0, "shop"),
    "market": (190.0, "shop"),
    "mall": (600.0, "shop"),
    "clubhouse": (120.0, "business"),
    "office": (330.0, "business"),
    "office tower": (650.0, "business"),
    "terminal": (900.0, "business"),
}
"""Square metres of footprint per unit on every floor, and its use, of buildings without homes."""


def make_units(
    recipe: Recipe, drafts: list[Draft], building_ids: list[str], homes_wanted: int,
    rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """List the units of all buildings.

    Parameters
    ----------
    recipe : Recipe
        Shares of own, let, vacant and business use by form of building.
    drafts : list of Draft
        Buildings, in the order of `building_ids`.
    building_ids : list of str
        Ids of the buildings.
    homes_wanted : int
        Homes (own or let) that people need; what is over stands vacant.
    rng : Generator
        Draws uses.

    Returns
    -------
    DataFrame
        Noun ``unit``, in order of building, floor and room; areas in m2.

    """
    per_floor = np.array([_per_floor(draft) for draft in drafts], dtype=np.int64)
    floors = np.array([_floors_with_units(draft) for draft in drafts], dtype=np.int64)
    landing = np.array([_per_landing(draft) for draft in drafts], dtype=np.int64)
    counts = per_floor * floors
    building = np.repeat(np.arange(len(drafts)), counts)
    number = np.arange(len(building)) - np.repeat(np.cumsum(counts) - counts, counts)
    floor = number // np.maximum(per_floor[building], 1) + 1
    place = number % np.maximum(per_floor[building], 1)
    stair = place // landing[building] + 1
    room = floor * 100 + place % landing[building] + 1
    footprint = np.array([draft.footprint.area for draft in drafts])
    whole = np.array([draft.floors if draft.form in WHOLE_HOUSES else 1 for draft in drafts])
    share = np.where(
        per_floor > 0, footprint * whole / np.maximum(per_floor, 1) * 0.84, 0.0
    )[building]  # fmt: skip
    area = np.round(share * rng.uniform(0.93, 1.07, len(building)), 1)
    uses = _uses(recipe, drafts, building, rng)
    _leave_vacant(uses, homes_wanted, rng)
    return plain_frame(
        "unit",
        {
            "id": numbered("U", len(building), 6),
            "building_id": np.array(building_ids, dtype=object)[building],
            "stair": stair.astype(str),
            "floor": floor,
            "room": room.astype(str),
            "use": np.array(UNIT_USES, dtype=object)[uses],
            "area": area,
        },
    )


def _per_floor(draft: Draft) -> int:
    homes = dwellings_per_floor(draft.form, draft.footprint.area)
    if homes or draft.form not in TRADE_AREA:
        return homes
    return max(1, round(draft.footprint.area / TRADE_AREA[draft.form][0]))


def _floors_with_units(draft: Draft) -> int:
    return 1 if draft.form in WHOLE_HOUSES or draft.form == "bungalow" else draft.floors


def _per_landing(draft: Draft) -> int:
    return 40 if draft.form in TRADE_AREA else flats_per_stair(draft.form)


def _uses(
    recipe: Recipe, drafts: list[Draft], building: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw the use of every unit, as an index of ``UNIT_USES``."""
    forms = np.array([draft.form for draft in drafts])[building]
    uses = np.zeros(len(building), dtype=np.int64)
    for form, shares in recipe.mixes["use_of_units"].items():
        chosen = forms == form
        uses[chosen] = draw(rng, shares, int(chosen.sum()))
    for form, (_, use) in TRADE_AREA.items():
        chosen = forms == form
        empty = rng.random(int(chosen.sum())) < 0.06
        uses[chosen] = np.where(empty, UNIT_USES.index("vacant"), UNIT_USES.index(use))
    return uses


def _leave_vacant(uses: NDArray[np.int64], homes_wanted: int, rng: np.random.Generator) -> None:
    """Turn homes nobody needs into vacant ones, in place."""
    homes = np.flatnonzero((uses == UNIT_USES.index("own")) | (uses == UNIT_USES.index("let")))
    if len(homes) > homes_wanted:
        spare = rng.choice(homes, len(homes) - homes_wanted, replace=False)
        uses[spare] = UNIT_USES.index("vacant")
