"""Geometry column: shapely in, shapely out, well-known binary between.

GeoAlchemy2 does not work on DuckDB, and this is all that is needed of it. GEOMETRY,
``ST_GeomFromWKB`` and ``ST_AsWKB`` are in DuckDB's core since 1.5, so neither reading nor writing
waits for the spatial extension to load.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class as_wkb(GenericFunction[Any]):  # noqa: N801 - functions of SQL are written small
    """Well-known binary of a geometry, by whatever name the engine knows the function."""

    type = sa.LargeBinary()
    inherit_cache = True


@compiles(as_wkb, "duckdb")
def _as_wkb_duckdb(element: as_wkb, compiler: SQLCompiler, **kw: Any) -> str:
    return f"ST_AsWKB({compiler.process(element.clauses, **kw)})"


@compiles(as_wkb, "postgresql")
def _as_wkb_postgresql(element: as_wkb, compiler: SQLCompiler, **kw: Any) -> str:
    return f"ST_AsBinary({compiler.process(element.clauses, **kw)})"


class Geometry(sa.types.UserDefinedType[shapely.Geometry]):
    """A geometry in the district's CRS, metres."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Return the column type of the DDL."""
        return "GEOMETRY"

    def bind_processor(self, _dialect: Dialect) -> Callable[[Any], bytes | None]:
        """Turn shapely into WKB on the way in."""
        return _to_wkb

    def bind_expression(self, bindvalue: sa.BindParameter[Any]) -> sa.ColumnElement[Any]:
        """Wrap a bound value so that the engine reads it as WKB."""
        return sa.func.ST_GeomFromWKB(sa.cast(bindvalue, sa.LargeBinary), type_=self)

    def column_expression(self, colexpr: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """Read the column as WKB."""
        return as_wkb(colexpr, type_=self)

    def result_processor(
        self, _dialect: Dialect, _coltype: object
    ) -> Callable[[Any], shapely.Geometry | None]:
        """Turn WKB into shapely on the way out."""
        return _from_wkb


def _to_wkb(value: shapely.Geometry | None) -> bytes | None:
    return None if value is None else shapely.to_wkb(value)


def _from_wkb(value: bytes | None) -> shapely.Geometry | None:
    return None if value is None else shapely.from_wkb(bytes(value))


_POLYGON, _MULTIPOLYGON = (3, 1003), (6, 1006)
_HEAD = 38
"""Bytes of well-known binary up to the first corner of the first ring of a multipolygon."""


def corners(wkb: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return one corner (n, 2) of each polygon or multipolygon, nan for what has none.

    Read from the head of well-known binary of little-endian engines; anything else is parsed.
    """
    heads = b"".join([one[:_HEAD].ljust(_HEAD, b"\0") for one in wkb.tolist()])
    table = np.frombuffer(heads, np.uint8).reshape(-1, _HEAD)
    kind = table[:, 1:5].copy().view("<u4").ravel()
    found = np.full((len(table), 2), np.nan)
    known = np.zeros(len(table), bool)
    for kinds, at in ((_POLYGON, 13), (_MULTIPOLYGON, 22)):
        # One ring, or one part, at the least: the numbers before the first corner are not 0.
        counted = table[:, at - 8 : at].copy().view("<u4").all(axis=1)
        chosen = np.isin(kind, kinds) & (table[:, 0] == 1) & counted
        found[chosen] = table[chosen, at : at + 16].copy().view("<f8")
        known |= chosen
    for place in np.flatnonzero(~known).tolist():
        points = shapely.get_coordinates(shapely.from_wkb(wkb[place]))
        if len(points):
            found[place] = points[0]
    return found
