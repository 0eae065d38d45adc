"""Which grid lies in which, and which building in which grid: joins on the engine, not loops."""

from __future__ import annotations

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
    best = (
        sa.select(
            _GRID.c.id.label("id"), sa.func.arg_max(outer.c.id, outer.c.level).label("parent_id")
        )
        .select_from(_GRID.join(outer, _inside(_GRID.c.geometry, outer.c.geometry)))
        .where(_GRID.c.parent_id.is_(None), outer.c.level < _GRID.c.level)
        .group_by(_GRID.c.id)
        .subquery()
    )
    statement = sa.update(_GRID).where(_GRID.c.id == best.c.id).values(parent_id=best.c.parent_id)
    return connection.execute(statement).rowcount


@needs(Right.EDIT_PLACES)
def assign(store: Store, connection: Connection) -> int:
    """Give buildings the finest grid that holds their inside point; return how many were changed.

    A grid that the source named for a building stays, as long as it is one of the finest level there.
    """
    store.load_spatial()
    named = _GRID.alias("named")
    best = (
        sa.select(
            _BUILDING.c.id.label("building_id"),
            sa.func.arg_max(_GRID.c.id, _GRID.c.level).label("grid_id"),
            sa.func.max(_GRID.c.level).label("level"),
        )
        .select_from(_BUILDING.join(_GRID, _inside(_BUILDING.c.geometry, _GRID.c.geometry)))
        .group_by(_BUILDING.c.id)
        .subquery()
    )
    level = sa.select(named.c.level).where(named.c.id == _BUILDING.c.grid_id).scalar_subquery()
    statement = (
        sa.update(_BUILDING)
        .where(_BUILDING.c.id == best.c.building_id)
        .where(sa.or_(_BUILDING.c.grid_id.is_(None), level < best.c.level))
        .values(grid_id=best.c.grid_id)
    )
    return connection.execute(statement).rowcount


def _inside(inner: sa.Column[object], outer: sa.ColumnElement[object]) -> sa.ColumnElement[bool]:
    plain = sa.types.NullType()
    point = sa.func.ST_PointOnSurface(sa.type_coerce(inner, plain), type_=plain)
    within: sa.ColumnElement[bool] = sa.func.ST_Within(point, sa.type_coerce(outer, plain))
    return within
