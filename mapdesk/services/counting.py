"""How many people live somewhere: with a purpose, on record, and only where the user may know.

Who may read people's records gets exact counts of their areas; others get the statistics of fixed areas.
"""

from __future__ import annotations

from collections.abc import Sequence

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, RightsError, WorldError
from mapdesk.model.makeup import WHOLE
from mapdesk.model.rights import Right
from mapdesk.model.selection import Living, Ref
from mapdesk.model.shapes import Area, Circle, GroundShape
from mapdesk.services.card_links import title_of
from mapdesk.store import audit, people, places, published
from mapdesk.store.database import Store
from mapdesk.store.scope import grids_below, local_today

AnyArea = Ref | Sequence[str] | GroundShape
"""A grid, a building or `WHOLE`; ids of buildings; or a shape drawn on the ground."""

NAMED_BUILDINGS = 20
"""Buildings of a selection that the record names; the rest it counts."""

ASK = "State a purpose to see how many people live there."
SMALL = "The number is hidden for being small."


def people_of(store: Store, access: Access, area: Ref | Sequence[str]) -> Living:
    """Return how many people live in a grid, a building or buildings, or why the user is not told.

    An exact count needs a purpose and is on record before it is made; minors count among the people of
    buildings, who are to be reached. Nothing is raised: a card or a selection is shown without it.
    """
    exact = False
    try:
        exact = is_exact(store, access, area)
        if exact and not access.has_purpose:
            return Living(None, ASK, exact)
        if not exact:
            key = area.id if isinstance(area, Ref) else ""
            shown = published.statistics_for(store, local_today())[key].people
            return Living(shown, "" if shown is not None else SMALL)
        found = named(store, area)
        audit.record(store, access, "count people", subject(area, found))
        if isinstance(area, Ref) and area.noun == "grid":
            return Living(people.count_of_grid(store, area.id), exact=True)
        return Living(people.count_in(store, found[1]), exact=True)
    except WorldError as error:
        return Living(None, str(error), exact)


def require_own(store: Store, access: Access, area: AnyArea) -> None:
    """Raise RightsError where an area lies outside the user's: nobody there is not the same as not theirs."""
    if access.may(Right.PEOPLE) and not _is_own(store, access, area):
        raise _elsewhere(access)


def require_some_own(store: Store, access: Access, area: AnyArea) -> None:
    """Raise RightsError where nothing of an area lies in the user's areas."""
    areas = store.glass.areas_of(access)
    if not access.may(Right.PEOPLE) or not areas:
        return
    if isinstance(area, Ref) and area.noun == "grid":
        held = set(grids_below(store, [area.id]))
    else:
        held = {
            row["grid_id"] for row in places.where(store, "building", "id", named(store, area)[1])
        }
    if held.isdisjoint(grids_below(store, areas)):
        raise _elsewhere(access)


def _is_own(store: Store, access: Access, area: AnyArea) -> bool:
    areas = store.glass.areas_of(access)
    return not areas or _lies_within(store, area, areas)


def _elsewhere(access: Access) -> RightsError:
    return RightsError(
        f"{access.user} may see people of {', '.join(access.areas)} only; choose an area "
        "there, or the whole district to compare with."
    )


def is_exact(store: Store, access: Access, area: AnyArea) -> bool:
    """Say whether the user gets exact counts of an area; raise RightsError where they get none."""
    if access.may(Right.PEOPLE) and _is_own(store, access, area):
        return True
    if access.may(Right.PEOPLE) and area != WHOLE:
        raise _elsewhere(access)
    access.require(Right.STATISTICS)
    if not (isinstance(area, Ref) and (area.noun == "grid" or area == WHOLE)):
        raise RightsError(
            "Counts of a building, a selection or a drawn area need the right to people's records; "
            "choose a grid or the whole district."
        )
    return False


def _lies_within(store: Store, area: AnyArea, areas: Sequence[str]) -> bool:
    if area == WHOLE:
        return False
    allowed = grids_below(store, areas)
    if isinstance(area, Ref) and area.noun == "grid":
        return area.id in allowed
    _title, buildings = named(store, area)
    rows = places.where(store, "building", "id", buildings)
    return bool(rows) and all(row["grid_id"] in allowed for row in rows)


def named(store: Store, area: AnyArea) -> tuple[str, tuple[str, ...]]:
    """Return an area's title, empty where it has none, and its buildings, none where it is a grid."""
    if isinstance(area, (Circle, Area)):
        return "", places.ids_within(store, "building", area)
    if not isinstance(area, Ref):
        return "", tuple(sorted(set(area)))
    if area == WHOLE:
        return "", ()
    if area.noun not in ("grid", "building"):
        raise InputError(f"A {area.noun} has no make-up; choose a grid or a building.")
    title = title_of(places.row(store, area.noun, area.id))
    return title, (area.id,) if area.noun == "building" else ()


def subject(area: AnyArea, found: tuple[str, tuple[str, ...]]) -> str:
    """Return what the record says of an area, enough to ask the same again."""
    _title, buildings = found
    if isinstance(area, Ref):
        return "whole district" if area == WHOLE else f"{area.noun} {area.id}"
    ids = ", ".join(buildings[:NAMED_BUILDINGS])
    more = (
        f" and {len(buildings) - NAMED_BUILDINGS} more" if len(buildings) > NAMED_BUILDINGS else ""
    )
    counted = f"{len(buildings)} buildings: {ids}{more}"
    if isinstance(area, Circle):
        return f"circle of {area.radius:.0f} m at {area.x:.0f}, {area.y:.0f} m; {counted}"
    if isinstance(area, Area):
        box = ", ".join(f"{edge:.0f}" for edge in area.bounds)
        return f"area of {area.area / 1e4:.2f} ha within {box} m; {counted}"
    return counted
