"""One map, one table, one book (一图一表一册): all that is known of a grid, gathered for paper.

Who may read records gets exact counts and, if wanted, a door list with masked names; who may only count
gets the statistics of fixed areas, with small counts held back, and no counts of single buildings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import shapely

from mapdesk.analysis.walking import short_walk
from mapdesk.formats.grid_book import BookBuilding, GridBook, MapPicture, Responsible
from mapdesk.formats.pdf_charts import Pyramid, Share
from mapdesk.model.access import Access, mask_row
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.makeup import BANDS, OLDEST, UNKNOWN, Counts, MakeUp
from mapdesk.model.outgoing import Parcel
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.model.shapes import Area
from mapdesk.services import filtering, making_up, outgoing
from mapdesk.services.cards import title_of
from mapdesk.services.results import admit
from mapdesk.store import grid_counts, places
from mapdesk.store.database import Store
from mapdesk.store.scope import grids_below, local_today

MOST_KINDS = 8
"""Kinds of organisations and of incidents that are named; the rest is summed up on paper."""

LAST_BAND = 17
"""Index of the band 85–89: older people are so few that they are printed as one band, 85+."""


def book_of(
    store: Store,
    access: Access,
    grid_id: str,
    picture: MapPicture,
    *,
    doors: bool = False,
    today: date | None = None,
) -> tuple[GridBook, Parcel]:
    """Return the book of a grid and what leaves with it.

    Parameters
    ----------
    picture : MapPicture
        The grid from above: whoever can draw gives it.
    doors : bool
        With its doors and the masked names behind them: then its people are counted as taken out.

    Raises
    ------
    RightsError, PurposeError
        See `making_up.make_up_of`; the role may not export.
    NotFoundError
        No such grid.
    """
    exact = access.may(Right.PEOPLE)
    admit(access, personal=exact)
    if doors:
        access.require(Right.PEOPLE)
    day = today or local_today()
    row = places.row(store, "grid", grid_id)
    made, _other = making_up.make_up_of(store, access, Ref("grid", grid_id), today=day)
    grids = list(grids_below(store, [grid_id]))
    area = Area.from_geometry(row["geometry"])
    chain = places.grid_chain(store, grid_id)
    listed = _doors(store, access, grid_id) if doors else []
    inside = {
        noun: places.ids_within(store, noun, area)
        for noun in ("organisation", "camera")
        if places.bounds(store, noun) is not None
    }
    buildings = _buildings(store, grids, exact=made.exact)
    book = GridBook(
        name=title_of(row),
        code=str(row["code"] or row["id"]),
        kind=str(row["kind"] or ""),
        chain=(store.district.name, *(title_of(one) for one in chain[:-1])),
        picture=picture,
        hectares=float(row["geometry"].area) / 1e4,
        buildings_count=len(buildings),
        units_count=made.units,
        households_count=made.households,
        people_count=made.people,
        organisations_count=len(inside.get("organisation", ())),
        cameras_count=len(inside.get("camera", ())),
        pyramid=_pyramid(made),
        workers=_workers(store, grids, chain),
        household_sizes=_shares(made.household_sizes),
        residence_kinds=_shares(made.residence_kinds),
        unit_uses=_shares(made.unit_uses),
        organisations=_organisations(store, inside.get("organisation", ())),
        incidents=_incidents(store, grids, day.year),
        incidents_since=str(day.year),
        buildings=buildings,
        doors=tuple(outgoing.doors_of(listed)),
    )
    people = tuple(one for door in listed for one in door["person_ids"])
    subject = f"sheet of grid {grid_id} {book.name}" + (" with its doors" if doors else "")
    return book, Parcel("print", subject, "pdf", people, personal=made.exact)


def print_book(
    store: Store,
    access: Access,
    gathered: tuple[GridBook, Parcel],
    path: Path,
    size: Literal["A4", "A3"] = "A4",
) -> None:
    """Write a book as PDF.

    Parameters
    ----------
    gathered : tuple of GridBook and Parcel
        What `book_of` gives.

    Raises
    ------
    RightsError, PurposeError, ApprovalDueError
        See `outgoing.leaving`.
    InputError, NotFoundError
        It cannot be written; nothing was.
    """
    from mapdesk.formats.grid_sheet import grid_sheet

    outgoing.check_suffix(path, (".pdf",))
    book, parcel = gathered
    with outgoing.leaving(store, access, parcel) as mark:
        grid_sheet(path, book, mark, size)


def _doors(store: Store, access: Access, grid_id: str) -> list[dict[str, Any]]:
    within = Filter("unit", "all", (Condition("grid", "within", (grid_id,)),))
    return filtering.doors(store, access, within)


def _buildings(store: Store, grids: list[str], *, exact: bool) -> tuple[BookBuilding, ...]:
    """Return the buildings of grids in walking order."""
    rows = places.where(store, "building", "grid_id", grids)
    ids = [row["id"] for row in rows]
    features = places.index_of(store, "building").features
    units = grid_counts.units_of(store, ids)
    residents = grid_counts.residents_of(store, ids) if exact else {}
    points = [
        shapely.get_coordinates(shapely.centroid(features.placed[features.positions[key]]))[0]
        if key in features.positions
        else (np.nan, np.nan)
        for key in ids
    ]
    walk = short_walk(np.array(points, np.float64).reshape(-1, 2))
    found = []
    for index in walk.tolist():
        row = rows[index]
        households, people = residents.get(row["id"], (0, 0)) if exact else (None, None)
        found.append(
            BookBuilding(
                str(row["name"] or ""),
                str(row["address"] or ""),
                str(row["use"] or ""),
                row["floors"],
                units.get(row["id"], 0),
                households,
                people,
            )
        )
    return tuple(found)


def _pyramid(made: MakeUp) -> Pyramid:
    """Return the pyramid with everyone of 85 and more in one band; one held back holds that back."""
    sexes = []
    for sex in (0, 1):
        cells = [made.cell(band, sex) for band in range(OLDEST + 1)]
        oldest = [one for one in cells[LAST_BAND:] if one is not None]
        last = sum(oldest) if len(oldest) == len(cells[LAST_BAND:]) else None
        sexes.append((*cells[:LAST_BAND], last))
    start = BANDS[LAST_BAND].partition("–")[0]
    return Pyramid((*BANDS[:LAST_BAND], f"{start}+"), sexes[0], sexes[1])


def _shares(counts: Counts) -> tuple[Share, ...]:
    return tuple(
        Share(word, count) for word, count in counts.items() if count != 0 or word != UNKNOWN
    )


def _workers(
    store: Store, grids: list[str], chain: list[dict[str, Any]]
) -> tuple[Responsible, ...]:
    """Return who answers for the grid: its own workers, or those of the nearest grid above with any."""
    for wanted in (grids, *([one["id"]] for one in reversed(chain[:-1]))):
        rows = places.where(store, "worker", "grid_id", wanted)
        if rows:
            masked = [mask_row("worker", row) for row in rows]
            return tuple(
                Responsible(row["name"], row["role"] or "", row["phone"] or "") for row in masked
            )
    return ()


def _organisations(store: Store, ids: Iterable[str]) -> tuple[Share, ...]:
    rows = places.where(store, "organisation", "id", list(ids))
    return _commonest(Counter(str(row["kind"] or UNKNOWN) for row in rows))


def _incidents(store: Store, grids: list[str], year: int) -> tuple[Share, ...]:
    """Return this year's incidents by the highest class above theirs."""
    classes = {
        row["id"]: row for row in places.where(store, "incident_class", "id", _classes(store))
    }
    counted: Counter[str] = Counter()
    for row in places.where(store, "incident", "grid_id", grids):
        if row["reported_at"] is not None and row["reported_at"].year == year:
            counted[_top(classes, row["class_id"])] += 1
    return _commonest(counted)


def _classes(store: Store) -> list[str]:
    found: list[str] = places.features(store, "incident_class", (), geometry=False).ids.tolist()
    return found


def _top(classes: Mapping[str, dict[str, Any]], key: str | None) -> str:
    row, seen = classes.get(key or ""), set()
    while row is not None and row["parent_id"] in classes and row["id"] not in seen:
        seen.add(row["id"])
        row = classes[row["parent_id"]]
    if row is None:
        return UNKNOWN
    chinese = LANGUAGE.code.startswith("zh")
    return str((row["name_zh"] if chinese else None) or row["name"])


def _commonest(counted: Counter[str]) -> tuple[Share, ...]:
    """Return the commonest kinds and the sum of the others."""
    found = counted.most_common()
    others = sum(count for _word, count in found[MOST_KINDS:])
    shares = [Share(word, count) for word, count in found[:MOST_KINDS]]
    return (*shares, Share(tr("others"), others)) if others else tuple(shares)
