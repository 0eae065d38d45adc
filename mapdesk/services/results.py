"""What can be taken out: rows with whose data they are, made by the services that read them.

Each function asks whether the user may take anything out before it reads, so that nobody who may not
leaves a trail of looks; `outgoing` asks again, and counts, when it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from mapdesk.model.access import LONGEST_REASON, SHORTEST_REASON, Access, checked_reason
from mapdesk.model.errors import InputError
from mapdesk.model.filter_areas import area_text
from mapdesk.model.filter_columns import SPOKEN_COLUMNS, column_title
from mapdesk.model.filter_fields import FILTER_NOUNS
from mapdesk.model.filter_words import describe, in_english
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.language import tr
from mapdesk.model.makeup import BANDS, SEXES, MakeUp
from mapdesk.model.nouns import NOUNS
from mapdesk.model.outgoing import Parcel
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref, Selection
from mapdesk.model.shapes import GroundShape
from mapdesk.services import (
    filtering,
    finding,
    register_import,
    residents,
    selecting,
)
from mapdesk.store import filtering as filters
from mapdesk.store import places
from mapdesk.store.database import Store

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 2_000_000
"""Rows of one result: more people than a district has."""

FOUND = 500
"""Answers of a search that are taken out at most."""

_OF_PEOPLE = (
    "id",
    "name",
    "sex",
    "birth_date",
    "stair",
    "floor",
    "room",
    "unit_use",
    "residence_kind",
    "relation",
)
_OF_CHANGES = (
    "line",
    "status",
    "differs",
    "note",
    "id",
    "name",
    "sex",
    "birth_date",
    "phone",
    "identity_number",
    "unit_id",
    "building_id",
)


@dataclass(frozen=True)
class Result:
    """Rows that may be taken out.

    Parameters
    ----------
    subject : str
        What they are of, for the record and for whoever approves; English.
    rows : list of dict
        Masked.
    columns : tuple of str
        What of them leaves, in order; ``geometry`` (shapely, district CRS) goes along where it is.
    person_ids : tuple of str
        Whose data are in it.
    personal : bool
        Whether a purpose is needed.
    reason : str
        Why names are to be in full when it leaves; empty where they stay masked.
    titles : mapping of str to str
        Headings by column, in the user's language; words of the register stand in it under them.
    """

    subject: str
    rows: list[dict[str, Any]]
    columns: tuple[str, ...]
    person_ids: tuple[str, ...] = ()
    personal: bool = False
    reason: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)

    def parcel(self, way: str, file_kind: str) -> Parcel:
        """Return what `outgoing` counts."""
        masked = not self.reason
        people = self.person_ids
        return Parcel(way, self.subject, file_kind, people, masked, self.reason, self.personal)

    def frame(self, store: Store, *, said: bool = False) -> pd.DataFrame:
        """Return the rows, with their places where they have some: their own, or their building's.

        Parameters
        ----------
        said : bool
            In the words of the user's language.
        """
        import geopandas as gpd
        import pandas as pd

        table = pd.DataFrame(
            [
                [self.said(name, row.get(name)) if said else row.get(name) for name in self.columns]
                for row in self.rows
            ],
            columns=list(self.columns),
        )
        shapes = self._shapes(store)
        if not any(shape is not None for shape in shapes):
            return table
        placed: pd.DataFrame = gpd.GeoDataFrame(table, geometry=shapes, crs=store.district.crs)
        return placed

    def said(self, name: str, value: Any) -> Any:
        """Return a value of a column as tables for people say it; files of geodata keep the codes."""
        spoken = value is not None and name in self.titles and name in SPOKEN_COLUMNS
        return tr(str(value)) if spoken else value

    def _shapes(self, store: Store) -> list[Any]:
        if any("geometry" in row for row in self.rows):
            return [row.get("geometry") for row in self.rows]
        keys = [row.get("building_id") or row.get("id") for row in self.rows]
        features = places.index_of(store, "building").features
        points = {
            key: features.placed[features.positions[key]].representative_point()
            for key in {key for key in keys if key in features.positions}
        }
        return [points.get(key) for key in keys]


def of_filter(
    store: Store,
    access: Access,
    filtered: Filter,
    *,
    reason: str = "",
    order: str = "",
    descending: bool = False,
    today: date | None = None,
) -> Result:
    """Return all a filter takes.

    Parameters
    ----------
    reason : str
        Why names are needed in full; masked without one. `outgoing` fills them in when they leave, no sooner.

    Raises
    ------
    RightsError, PurposeError
        See `filtering.ask`.
    """
    admit(access, personal=filtered.personal, reason=reason or None)
    subject = describe(filtered, in_english)
    answer = filtering.ask(
        store, access, filtered, limit=MOST_ROWS, order=order, descending=descending, today=today
    )
    rows, columns = answer.rows, answer.columns
    people = filtering.people_in(store, filtered, rows)
    titles = {name: tr(column_title(name, columns)) for name in columns}
    if filtered.noun == "organisation":
        placed = places.rows(store, "organisation", [row["id"] for row in rows])
        shapes = {row["id"]: row["geometry"] for row in placed}
        rows = [row | {"geometry": shapes.get(row["id"])} for row in rows]
    return Result(subject, rows, columns, people, filtered.personal, reason, titles)


def of_rows(
    store: Store, access: Access, filtered: Filter, rows: Sequence[dict[str, Any]]
) -> Result:
    """Return rows that a table shows of a filter's answer, masked as they came: those chosen to copy."""
    admit(access, personal=filtered.personal)
    shown = list(rows)
    columns = filters.columns(store, filtered.noun)
    people = filtering.people_in(store, filtered, shown)
    subject = f"{describe(filtered, in_english)}; {len(shown):,} rows chosen"
    titles = {name: tr(column_title(name, columns)) for name in columns}
    return Result(subject, shown, columns, people, filtered.personal, "", titles)


def of_buildings(
    store: Store, access: Access, noun: str, buildings: Sequence[str], *, reason: str = ""
) -> Result:
    """Return the people, households or units of selected buildings."""
    if not buildings:
        raise InputError("No buildings are selected; draw a circle or a lasso around some first.")
    among = Condition("area", "among", tuple(sorted(buildings)))
    return of_filter(store, access, Filter(noun, "all", (among,)), reason=reason)


def of_shape(
    store: Store, access: Access, noun: str, shape: GroundShape, *, reason: str = ""
) -> Result:
    """Return what of a noun lies inside a drawn shape; people are those of the buildings it touches."""
    if noun in FILTER_NOUNS:
        inside = Condition("area", "inside", (area_text(shape),))
        return of_filter(store, access, Filter(noun, "all", (inside,)), reason=reason)
    found = selecting.select(store, [noun], shape)
    return of_things(store, access, found, noun)


def of_things(store: Store, access: Access, selection: Selection, noun: str) -> Result:
    """Return the selected things of a noun that has a place of its own."""
    admit(access, personal=False)
    rows = selecting.details(store, selection, [noun])[noun]
    secret = {one.name for one in NOUNS[noun].fields if one.secret}
    columns = tuple(name for name in ("id", *NOUNS[noun].field_names) if name not in secret)
    return Result(f"{NOUNS[noun].title}: {len(rows):,} selected", rows, columns)


def of_noun(store: Store, access: Access, noun: str) -> Result:
    """Return all things of a noun that has a place of its own."""
    admit(access, personal=False)
    selecting.check_placed(noun)
    ids = tuple(places.features(store, noun, geometry=False).ids.tolist())
    return of_things(store, access, Selection({noun: ids}), noun)


def of_search(store: Store, access: Access, text: str) -> Result:
    """Return what a search finds: people too where there is a purpose."""
    admit(access, personal=access.has_purpose)
    found = finding.find(store, text, access, FOUND)
    rows = [one.row(store.district) for one in found]
    people = tuple(one.ref.id for one in found if one.ref.noun == "person")
    return Result(finding.told(text), rows, finding.COLUMNS, people, bool(people))


def of_people(
    store: Store, access: Access, subject: Ref | Sequence[str], *, reason: str = ""
) -> Result:
    """Return who lives in a building, grid, unit or household, or in buildings given by id.

    Parameters
    ----------
    reason : str
        Why names are needed in full; masked without one.

    Raises
    ------
    NotFoundError
        No such place.
    RightsError, PurposeError
    """
    admit(access, personal=True, reason=reason or None)
    if isinstance(subject, Ref) and subject.noun == "building" and reason:
        subject = (subject.id,)
    if not isinstance(subject, Ref):
        return of_buildings(store, access, "person", subject, reason=reason)
    if subject.noun == "grid":
        within = Condition("grid", "within", (subject.id,))
        return of_filter(store, access, Filter("person", "all", (within,)), reason=reason)
    if reason:
        raise InputError(
            "The people of one home are taken out masked; unmask them one by one on their cards."
        )
    read = _PEOPLE_OF[subject.noun]
    rows = read(store, access, subject.id)
    titles = {
        name: tr(column_title(name, _OF_PEOPLE)) for name in _OF_PEOPLE if name != "birth_date"
    }
    people = tuple(row["id"] for row in rows)
    said = f"people of {subject.noun} {subject.id}"
    return Result(said, rows, _OF_PEOPLE, people, True, "", titles)


_PEOPLE_OF = {
    "building": residents.people_of_building,
    "unit": residents.people_of_unit,
    "household": residents.people_of_household,
}


def of_makeup(access: Access, made: MakeUp, other: MakeUp | None = None) -> Result:
    """Return a make-up as rows: what is counted, word by word; a hidden count is empty.

    Parameters
    ----------
    other : MakeUp, optional
        An area to compare with: its counts stand in a column of their own.
    """
    admit(access, personal=made.exact or (other is not None and other.exact))
    rows = _makeup_rows(made)
    columns = ["what", "word", "count"]
    if other is not None:
        beside = {(row["what"], row["word"]): row["count"] for row in _makeup_rows(other)}
        columns.append("compared")
        for row in rows:
            row["compared"] = beside.get((row["what"], row["word"]))
    titles = {"count": _area_name(made)} if other is not None else {}
    if other is not None:
        titles["compared"] = _area_name(other)
    personal = made.exact or (other is not None and other.exact)
    subject = f"make-up of {_area_name(made)}"
    return Result(subject, rows, tuple(columns), (), personal, "", titles)


def _area_name(made: MakeUp) -> str:
    return made.title or (f"{made.buildings:,} buildings" if made.buildings else "whole district")


def _makeup_rows(made: MakeUp) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []

    def add(what: str, word: str, count: int | None) -> None:
        rows.append({"what": what, "word": word, "count": count})

    add("people", "", made.people)
    add("households", "", made.households)
    add("units", "", made.units)
    for row, band in enumerate(BANDS):
        for column, sex in enumerate(SEXES):
            add(f"age {sex}", band, made.cell(row, column))
    for what, counts in (
        ("household size", made.household_sizes),
        ("residence", made.residence_kinds),
        ("use of the unit", made.unit_uses),
        ("education", made.educations),
    ):
        for word, count in counts.items():
            add(what, word, count)
    return rows


def of_changes(store: Store, access: Access, batch_id: str, status: str | None = None) -> Result:
    """Return the rows of a register that wait to be accepted, masked, with what accepting would do."""
    admit(access, personal=True)
    access.require(Right.EDIT_REGISTER)
    found = register_import.waiting_rows(store, access, batch_id, status, 0, MOST_ROWS)
    rows = [register_import.masked(row) | {"differs": ", ".join(row["differs"])} for row in found]
    people = tuple(row["id"] for row in rows if row["id"])
    return Result(f"changes of register {batch_id}", rows, _OF_CHANGES, people, True)


def admit(access: Access, *, personal: bool, reason: str | None = None) -> None:
    """Raise unless a user may take something out at all.

    Parameters
    ----------
    personal : bool
        Whether people are in it.
    reason : str, optional
        Why names are to be in full; None where they are masked.

    Raises
    ------
    RightsError, PurposeError
    InputError
        The reason is too short or too long.
    """
    access.require(Right.EXPORT)
    if personal:
        access.require_purpose("people")
    if reason is not None:
        access.require(Right.UNMASK)
        if checked_reason(reason) is None:
            raise InputError(
                f"Say in {SHORTEST_REASON} to {LONGEST_REASON} characters why names are needed in full."
            )
