"""What goes into a reader and what comes out of it; every format shares these types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyproj

from mapdesk.model.errors import InputError
from mapdesk.model.nouns import NOUNS

if TYPE_CHECKING:
    import pandas as pd

Progress: TypeAlias = Callable[[str, float], None]
"""Called with what is going on and how far it is, 0 to 1; it may raise ``CancelledError``."""

Geometries: TypeAlias = npt.NDArray[np.object_]
"""A one-dimensional array of shapely geometries or None."""

Column: TypeAlias = npt.NDArray[Any]
"""Values by row: numbers and times as numpy has them, or objects; NaN, NaT or None where there is none."""

Columns: TypeAlias = dict[str, Column]
"""Columns of one length under their names."""

_EXACT = 2**53
"""Whole numbers below are the same as fractions."""

STORAGE: Mapping[str, Any] = {
    "text": "str",
    "int": "Int64",
    "float": "float64",
    "bool": "boolean",
    "date": "object",
    "datetime": "datetime64[us]",
}
"""Type of a field to that of its column in a frame."""

OSM = "osm"
"""The `noun` that asks for everything an OpenStreetMap file holds."""

OSM_ATTRIBUTION = "© OpenStreetMap contributors"
OSM_LICENCE = "ODbL 1.0"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user wants out of a file, and what only the user knows about it.

    Parameters
    ----------
    noun : str
        Key of the noun each row is, or ``"osm"`` for everything in an OpenStreetMap file.
    district_crs : pyproj.CRS
        Where rows go: a projected CRS in metres.
    fields : mapping of str to str
        Target field to source column. A source that starts with ``=`` is a constant for all rows.
    key : str or None
        Source column that identifies a row from one import to the next.
    assume_crs : str or None
        ``"EPSG:N"`` or ``"GCJ-02"`` for a file that does not say, or says it by default only.
    layer : str or None
        Layer or sheet to read where a file has several.
    source_id : str
        Value of the `source` field of every row.

    Raises
    ------
    InputError
        The noun does not exist, or the district's CRS is not in metres.
    """

    noun: str
    district_crs: pyproj.CRS
    fields: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    assume_crs: str | None = None
    layer: str | None = None
    source_id: str = ""

    def __post_init__(self) -> None:
        if self.noun != OSM and self.noun not in NOUNS:
            raise InputError(
                f"There is no noun '{self.noun}': use {OSM} or one of {', '.join(NOUNS)}."
            )
        units = {axis.unit_name for axis in self.district_crs.axis_info[:2]}
        if not self.district_crs.is_projected or units != {"metre"}:
            raise InputError(
                f"A district needs a projected CRS in metres, and {self.district_crs.name} is not:"
                " choose for instance the UTM zone of the place."
            )


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was not imported.

    Parameters
    ----------
    row : str
        How the source calls the row: "row 17", "way/4253".
    reason : str
        Why, in words that go on from the row: "has no coordinates".
    """

    row: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a noun, as plain arrays: pandas is loaded when a frame is asked for.

    Parameters
    ----------
    noun : str
        Its key.
    columns : dict of str to array
        `id`, every field of the noun, and for `person` also `address`: where the source says they
        live. Fields of type float are float64, those of type datetime datetime64[us], all others
        objects.
    geometry : array of shapely geometries, or None
        Of placed nouns, in `crs`.
    crs : pyproj.CRS or None
        The district's, metres.
    """

    noun: str
    columns: Columns
    geometry: Geometries | None = None
    crs: pyproj.CRS | None = None

    def __len__(self) -> int:
        return len(self.columns["id"])

    def frame(self) -> pd.DataFrame:
        """Return a DataFrame, or a GeoDataFrame of what is placed, each field in its storage type."""
        import pandas as pd

        types = {each.name: STORAGE[each.type] for each in NOUNS[self.noun].fields}
        made = pd.DataFrame(
            {
                name: pd.Series(values).astype(types.get(name, "str"))
                for name, values in self.columns.items()
            }
        )
        if self.geometry is None:
            return made
        import geopandas as gpd

        placed: pd.DataFrame = gpd.GeoDataFrame(made, geometry=self.geometry, crs=self.crs)
        return placed


@dataclass(slots=True)
class ReadResult:
    """What a file gave.

    Parameters
    ----------
    rows : dict of str to Rows
        Noun key to rows.
    read : int
        Rows or objects of the source that were looked at.
    refused : list of Refusal
        Rows left out, each once.
    notes : list of str
        What else was done to the data, one sentence each.
    attribution, licence : str
        What the source asks to be shown; empty where it says nothing.
    """

    rows: dict[str, Rows] = field(default_factory=dict)
    read: int = 0
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    attribution: str = ""
    licence: str = ""

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The rows as frames, made anew."""
        return {noun: rows.frame() for noun, rows in self.rows.items()}

    @property
    def kept(self) -> dict[str, int]:
        """Number of rows kept of each noun."""
        return {noun: len(rows) for noun, rows in self.rows.items()}

    def refuse(self, rows: Iterable[str], reasons: Iterable[str]) -> None:
        """Add one refusal for every row and its reason."""
        self.refused.extend(map(Refusal, rows, reasons))


@dataclass(frozen=True, slots=True)
class DeclaredCrs:
    """The CRS a source is said to be in, and who says so.

    Parameters
    ----------
    crs : pyproj.CRS
        Horizontal CRS.
    basis : {"fixed", "file", "standard", "columns"}
        ``fixed``: the format allows no other (OpenStreetMap). ``file``: the file states it.
        ``standard``: the format's standard implies it (GeoJSON). ``columns``: only column names
        suggest it (lon, lat).
    """

    crs: pyproj.CRS
    basis: Literal["fixed", "file", "standard", "columns"] = "file"


@dataclass(frozen=True, slots=True)
class SourceTable:
    """Rows as the source has them, before they become a noun.

    Parameters
    ----------
    columns : dict of str to array
        Attributes under the source's names.
    geometry : array of shapely geometries, or None
        In the source's CRS, x before y; None where the source has no geometry of its own.
    declared : DeclaredCrs or None
        None where nobody says.
    layer : str
        Name of the layer, sheet or file.
    labels : array of str
        How the source calls each row, for the report.
    splittable : bool
        Whether a row of several parts may be several things. Not so where the format says that a
        row is one thing, as OpenStreetMap and CityJSON do.
    """

    columns: Columns
    geometry: Geometries | None
    declared: DeclaredCrs | None
    layer: str
    labels: Column
    splittable: bool = True

    def __len__(self) -> int:
        return len(self.labels)


def columns_of(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Return what rows say under each name; one that does not say it has None there."""
    names = dict.fromkeys(chain.from_iterable(rows))
    return {name: column_of([row.get(name) for row in rows]) for name in names}


def column_of(values: Sequence[Any]) -> Column:
    """Return fractions as numpy's where nothing else is and nothing is lost, all else as objects."""
    kinds = set(map(type, values))
    if float in kinds and kinds <= {float, int, type(None)}:
        whole = (value for value in values if type(value) is int)
        if int not in kinds or max(map(abs, whole)) < _EXACT:
            return np.array(values, float)
    return np.fromiter(values, object, len(values))


def numbered(rows: int) -> Column:
    """Return labels for rows that have no name: "row 1" ..."""
    return np.array([f"row {number}" for number in range(1, rows + 1)], object)


def plural(count: int, singular: str, several: str | None = None) -> str:
    """Return "1 row", "1,204 rows": a count with its word."""
    return f"{count:,} {singular if count == 1 else several or singular + 's'}"
