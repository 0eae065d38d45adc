"""Finding things by what people call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mapdesk.model import look_up_limit
from mapdesk.model.access import Access
from mapdesk.model.district import District
from mapdesk.model.errors import InputError
from mapdesk.model.selection import Ref
from mapdesk.services import residents
from mapdesk.store import places, search
from mapdesk.store.database import Store
from mapdesk.store.finding_people import kind_of

COLUMNS = ("kind", "id", "title", "detail", "lon", "lat")
"""Columns of an answer as a table."""


@dataclass(frozen=True)
class Found:
    """One answer: what it is, what to show, and where it is (metres) if it has a place.

    Parameters
    ----------
    floor : (str, int) or None
        Of a person at home: the building's id and the floor.
    """

    ref: Ref
    title: str
    detail: str
    x: float | None
    y: float | None
    floor: tuple[str, int] | None = None

    def row(self, district: District) -> dict[str, Any]:
        """Return it as a row of an answer, by the names of `COLUMNS`; its place in degrees."""
        lon = lat = None
        if self.x is not None and self.y is not None:
            lons, lats = district.to_lonlat(self.x, self.y)
            lon, lat = round(float(lons), 7), round(float(lats), 7)
        values = (self.ref.noun, self.ref.id, self.title, self.detail, lon, lat)
        return dict(zip(COLUMNS, values, strict=True))


def find(store: Store, text: str, access: Access | None = None, limit: int = 20) -> list[Found]:
    """Return buildings, addresses, grids, cameras and organisations that match `text`, best first.

    People come first where `access` has a purpose; without one they are not looked for.

    Raises
    ------
    InputError
        Nothing to look for.
    """
    if not text.strip():
        raise InputError("Type a name, an address or an id to find.")
    found: list[Found] = []
    if access is not None and access.has_purpose:
        found += [_person(store, row) for row in residents.find_people(store, access, text, limit)]
    for row in search.find(store, text, limit):
        ref = Ref(row["noun"], row["id"])
        x, y = place_of(store, ref)
        detail = ref.id if ref.id != row["title"] else ""
        found.append(Found(ref, row["title"], detail, x, y))
    return found


def told(text: str) -> str:
    """Return what the record says of a search whose results leave: it may name a person."""
    return f"search for '{look_up_limit.masked(kind_of(text.strip()), text.strip())}'"


def _person(store: Store, row: dict[str, object]) -> Found:
    x, y = None, None
    if row["building_id"]:
        x, y = place_of(store, Ref("building", str(row["building_id"])))
    floor = f" · {row['floor']}F" if row["floor"] is not None else ""
    room = f" {row['room']}" if row["room"] else ""
    detail = f"{row['birth_date'] or ''} · {row['address'] or ''}{floor}{room}".strip(" ·")
    at = None
    if row["building_id"] and isinstance(row["floor"], int):
        at = (str(row["building_id"]), row["floor"])
    return Found(Ref("person", str(row["id"])), str(row["name"]), detail, x, y, at)


def place_of(store: Store, ref: Ref) -> tuple[float | None, float | None]:
    """Return a point (m) of a thing, or (None, None) where it has no place."""
    row = places.row(store, ref.noun, ref.id)
    geometry = row.get("geometry")
    if geometry is None:
        return None, None
    inside = geometry.representative_point()
    return float(inside.x), float(inside.y)
