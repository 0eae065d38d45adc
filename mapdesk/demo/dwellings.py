"""How many dwellings a building holds, by its form."""

from __future__ import annotations

import math

from mapdesk.demo.site import Draft

FLAT_AREA = {
    "brick": 74.0,
    "slab": 104.0,
    "garden": 150.0,
    "tower": 122.0,
    "bungalow": 62.0,
    "dormitory": 38.0,
}
"""Square metres of footprint a flat and its share of the stairs take up on every floor."""

WHOLE_HOUSES = ("villa", "farmhouse")
"""Forms that are one dwelling, all floors together."""


def dwellings_per_floor(form: str, area: float) -> int:
    """Return the dwellings on one floor of a footprint of `area` m2; 0 for other uses."""
    if form in WHOLE_HOUSES:
        return 1
    if form not in FLAT_AREA:
        return 0
    return max(1, round(area / FLAT_AREA[form]))


def flats_per_stair(form: str) -> int:
    """Return how many flats share a landing."""
    return {"tower": 4, "dormitory": 20}.get(form, 2)


def stairs(form: str, per_floor: int) -> int:
    """Return the number of stairs of a building with `per_floor` flats on a floor."""
    return max(1, math.ceil(per_floor / flats_per_stair(form)))


def dwellings(draft: Draft) -> int:
    """Return the dwellings of one building."""
    per_floor = dwellings_per_floor(draft.form, draft.footprint.area)
    floors = 1 if draft.form in WHOLE_HOUSES or draft.form == "bungalow" else draft.floors
    return per_floor * floors
