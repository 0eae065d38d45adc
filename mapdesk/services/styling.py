"""Figures for a style: fields and counts of every grid, building or point, as far as the user may know them.

Counts of people go by the rules of `making_up` and `counting`: exact ones need the right to records, a
purpose and a row in the record; of grids others get statistics with small counts hidden; of buildings
nobody else gets any. A grid or building whose figure the user may not know is hidden, not empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.layers.layer_style import LayerStyle
from mapdesk.layers.legend import Figures
from mapdesk.layers.measures import Measure
from mapdesk.model.access import Access
from mapdesk.model.errors import InputError
from mapdesk.model.features import Features
from mapdesk.model.rights import Right
from mapdesk.services import making_up, point_figures
from mapdesk.store import audit, grid_counts, grid_figures, places, statistics
from mapdesk.store.database import Store
from mapdesk.store.scope import grids_below

Words = NDArray[np.object_]


def figures(store: Store, access: Access, style: LayerStyle, today: date | None = None) -> Figures:
    """Return a figure for each thing that a style colours.

    Parameters
    ----------
    style : LayerStyle
        Checked.
    today : date, optional
        Day on which ages are reckoned; today by default.

    Raises
    ------
    PurposeError
        Exact counts of people without a purpose.
    RightsError
        Neither exact counts nor statistics are open to the user.
    InputError
        The district has no such grids or buildings.
    """
    measure = style.measure
    if style.of_points:
        return point_figures.of_points(store, style.noun, measure)
    if style.noun == "grid":
        return _of_grids(store, access, style, measure, today)
    columns = [measure.key] if measure and measure.field else []
    found = places.features(store, "building", [*columns, "grid_id"], geometry=False, placed=True)
    if not len(found):
        raise InputError("There are no buildings to colour; File, Import brings some in.")
    if measure is None:
        return _plain(found.ids)
    if measure.field:
        return replace(_plain(found.ids), values=found.columns[measure.key])
    return _of_buildings(store, access, found, measure)


def sizes(store: Store, style: LayerStyle) -> Figures | None:
    """Return what the symbols of points are as large as; None where all have one size."""
    return None if style.size is None else point_figures.of_points(store, style.noun, style.size)


def _plain(ids: Words) -> Figures:
    return Figures(ids, np.zeros(len(ids)), np.zeros(len(ids), bool))


# ------------------------------------------------------------------ grids


def grids(store: Store, level: int, columns: tuple[str, ...] = ()) -> Features:
    """Return the grids of a level, 0 for the finest, with their geometry.

    Raises
    ------
    InputError
        There are none.
    """
    found = places.features(store, "grid", [*dict.fromkeys(("level", *columns))])
    if not len(found):
        raise InputError("There are no grids to colour; File, Import brings some in.")
    levels = np.asarray(found.columns["level"], int)
    wanted = level or int(levels.max())
    chosen = levels == wanted
    if not chosen.any():
        known = ", ".join(str(one) for one in sorted(set(levels.tolist())))
        raise InputError(f"There are no grids of level {level}; there are levels {known}.")
    kept = {name: column[chosen] for name, column in found.columns.items()}
    return Features("grid", found.ids[chosen], kept, found.placed[chosen])


def _of_grids(
    store: Store, access: Access, style: LayerStyle, measure: Measure | None, today: date | None
) -> Figures:
    field = "" if measure is None else measure.per or measure.key
    is_field = measure is not None and (measure.field or field == "population")
    found = grids(store, style.level, (field,) if is_field else ())
    plain = _plain(found.ids)
    if measure is None:
        return plain
    hectares = shapely.area(found.placed) / 10_000
    if is_field:
        values = found.columns[field]
        return replace(plain, values=values / hectares if measure.per else values)
    if measure.of_people:
        rows = {row["grid"]: row for row in making_up.of_every_grid(store, access, today)}
        known = [_people(measure, rows[key]) if key in rows else None for key in plain.ids.tolist()]
        values = np.array([np.nan if one is None else one for one in known], float)
        hidden = np.isnan(values)
        if measure.key == "share 60+":
            # Nobody lives there: a share of nobody is no figure, and hides nothing.
            empty = [key in rows and rows[key]["people"] == 0 for key in plain.ids.tolist()]
            hidden &= ~np.array(empty, bool)
        if measure.per:
            values = values / hectares
        return replace(plain, values=values, hidden=hidden, exact=access.may(Right.PEOPLE))
    parents = statistics.grid_parents(store)
    if measure.key in ("buildings", "units"):
        counted = grid_figures.of_every_grid(
            store, "units" if measure.key == "units" else "buildings"
        )
        by_place: dict[tuple[str | None, date | None], int] = {
            (key, None): count for key, count in counted.items()
        }
    else:
        by_place = grid_figures.incidents_by_day(
            store, "grid_id", still_open=measure.key == "incidents open"
        )
    summed: dict[tuple[str | None, date | None], int] = {}
    for (key, day), count in by_place.items():
        above = key
        while above is not None:
            summed[above, day] = summed.get((above, day), 0) + count
            above = parents.get(above)
    return _counted(plain, summed, by_day=measure.by_day)


def _people(measure: Measure, row: Mapping[str, Any]) -> float | None:
    """Return a figure about people of a grid from its ages; None where it is hidden, or there is none."""
    if measure.key in ("people", "density"):
        return None if row["people"] is None else float(row["people"])
    if measure.key == "share 60+":
        old, people = (row["60–79"], row["80+"]), row["people"]
        if None in old or not people:
            return None
        return 100.0 * float(sum(old)) / float(people)
    count = row[measure.key.removeprefix("aged ").replace("-", "–")]
    return None if count is None else float(count)


def _counted(
    plain: Figures, counts: Mapping[tuple[str | None, date | None], int], *, by_day: bool
) -> Figures:
    """Return counts of things by place and day as figures; 0 where nothing was counted."""
    place = {key: number for number, key in enumerate(plain.ids.tolist())}
    days = sorted({day for _key, day in counts if day is not None})
    row_of = {day: number for number, day in enumerate(days)}
    table = np.zeros((len(days), len(place)))
    total = np.zeros(len(place))
    for (key, day), count in counts.items():
        if key in place:
            total[place[key]] += count
            if day is not None:
                table[row_of[day], place[key]] += count
    if not by_day:
        return replace(plain, values=total)
    if not days:
        raise InputError("There are no incidents with a day; File, Import brings some in.")
    return replace(plain, values=total, days=tuple(days), of_day=table)


# ------------------------------------------------------------------ buildings


def _of_buildings(store: Store, access: Access, found: Features, measure: Measure) -> Figures:
    plain = _plain(found.ids)
    keys = found.ids.tolist()
    if measure.key == "units":
        counts = grid_counts.units_of(store, None)
        return replace(plain, values=np.array([counts.get(key, 0) for key in keys], float))
    if not measure.of_people:
        by_place = grid_figures.incidents_by_day(store, "building_id")
        return _counted(plain, by_place, by_day=measure.by_day)
    access.require(Right.PEOPLE)
    access.require_purpose("people")
    audit.record(store, access, "count people", f"{measure.key} of every building")
    living = grid_counts.residents_of(store, None)
    at = 0 if measure.key == "households" else 1
    values = np.array([living[key][at] if key in living else 0 for key in keys], float)
    hidden = np.zeros(len(keys), bool)
    areas = store.glass.areas_of(access)
    if areas:
        own = set(grids_below(store, areas))
        hidden = np.array([key not in own for key in found.columns["grid_id"].tolist()], bool)
    return replace(plain, values=np.where(hidden, np.nan, values), hidden=hidden, exact=True)
