"""Geometry column: shapely in, shapely out, well-known binary between.

GeoAlchemy2 does not work on DuckDB, and this is all that is needed of it. GEOMETRY,
``ST_GeomFromWKB`` and ``ST_AsWKB`` are in DuckDB's core since 1.5, so neither reading nor writing
waits for the spatial extension to load.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import shapely
import sqlalchemy as sa
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
