"""Which grid lies in which, and which building in which grid: joins on the engine, not loops."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.rights import Right
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.schema import TABLES

_BUILDING, _GRID = TABLES["building"], TABLES["grid"]


@needs(Right.EDIT_PLACES)
def nest(store: Store, connection: Connection) -> int:
    """Give grids without a parent the one of the next coarser level they lie in; return how many.

    A grid lies where its inside point does.
    """
    store.load_spatial()
    outer = _GRID.alias("outer_grid")
    pairs = (
        sa.select(_GRID.c.id.label("id"), outer.c.id.label("parent_id"), outer.c.level)
        .select_from(_GRID.join(outer, _inside(_GRID.c.geometry, outer.c.geometry)))
        .where(_GRID.c.parent_id.is_(None), outer.c.level < _GRID.c.level)
        .subquery()
    )
    best = _finest(pairs, pairs.c.id, pairs.c.parent_id)
    statement = sa.update(_GRID).where(_GRID.c.id == best.c.id).values(parent_id=best.c.parent_id)
    return connection.execute(statement).rowcount


@needs(Right.EDIT_PLACES)
def assign(store: Store, connection: Connection) -> int:
    """Give buildings the finest grid that holds their inside point; return how many were changed.

    A grid that the source named for a building stays, as long as it is one of the finest level there.
    """
    if not connection.scalar(sa.select(sa.exists(sa.select(_GRID.c.id)))):
        return 0
    store.load_spatial()
    named = _GRID.alias("named")
    pairs = (
        sa.select(_BUILDING.c.id.label("building_id"), _GRID.c.id.label("grid_id"), _GRID.c.level)
        .select_from(_BUILDING.join(_GRID, _inside(_BUILDING.c.geometry, _GRID.c.geometry)))
        .subquery()
    )
    best = _finest(pairs, pairs.c.building_id, pairs.c.grid_id)
    level = sa.select(named.c.level).where(named.c.id == _BUILDING.c.grid_id).scalar_subquery()
    statement = (
        sa.update(_BUILDING)
        .where(_BUILDING.c.id == best.c.building_id)
        .where(sa.or_(_BUILDING.c.grid_id.is_(None), level < best.c.level))
        .values(grid_id=best.c.grid_id)
    )
    return connection.execute(statement).rowcount


def _finest(pairs: sa.Subquery, inner: Any, outer: Any) -> sa.Subquery:
    """Return of pairs of an inner thing and a grid around it those with the finest grid."""
    rank = sa.func.row_number().over(
        partition_by=inner, order_by=(pairs.c.level.desc(), outer.desc())
    )
    ranked = sa.select(inner, outer, pairs.c.level, rank.label("place")).subquery()
    return sa.select(ranked).where(ranked.c.place == 1).subquery()


def _inside(inner: sa.Column[object], outer: sa.ColumnElement[object]) -> sa.ColumnElement[bool]:
    plain = sa.types.NullType()
    point = sa.func.ST_PointOnSurface(sa.type_coerce(inner, plain), type_=plain)
    within: sa.ColumnElement[bool] = sa.func.ST_Within(point, sa.type_coerce(outer, plain))
    return within
