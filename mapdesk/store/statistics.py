"""Counts of who lives where: exact ones for those who may read records, safe ones of fixed areas for others.

Ages and counts are integer arithmetic on the flat table, the same text on every engine. A band is told
by ``(today - born) - (today - born) % 50000``, with dates as yyyymmdd: five whole years times 10000.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from mapdesk.analysis import disclosure
from mapdesk.analysis.disclosure import Sum
from mapdesk.model.makeup import (
    BAND_YEARS,
    BANDS,
    EDUCATIONS,
    HIDDEN,
    OLDEST,
    RESIDENCES,
    SEXES,
    SIZES,
    UNKNOWN,
    WHOLE,
    Counts,
    MakeUp,
)
from mapdesk.model.nouns import UNIT_USES
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.store.database import Store, fetch
from mapdesk.store.engines import backend_of
from mapdesk.store.rules import needs
from mapdesk.store.schema import RESIDENT, TABLES
from mapdesk.store.scope import visible

_UNIT, _BUILDING, _GRID = TABLES["unit"], TABLES["building"], TABLES["grid"]
_BAND = BAND_YEARS * 10_000

Pyramid = NDArray[np.int64]
Query = sa.Select[*tuple[Any, ...]]
Seen = sa.ColumnElement[bool] | None
"""Over `RESIDENT`: who is counted; None for all."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which homes to count: all, those of buildings, or those of grids, the ones within them included.

    Parameters
    ----------
    buildings, grids : collection of str or None
        Ids; None for no limit. At most one of the two is given.
    """

    buildings: Collection[str] | None = None
    grids: Collection[str] | None = None


@needs(Right.PLACES)
def grid_parents(store: Store) -> dict[str, str | None]:
    """Return every grid with the grid it lies in; a grid that would lie in itself is a root."""
    with store.connect() as connection:
        rows = connection.execute(sa.select(_GRID.c.id, _GRID.c.parent_id).order_by(_GRID.c.id))
        parents: dict[str, str | None] = dict(map(tuple, rows.all()))
    for key, parent in list(parents.items()):
        seen, above = {key}, parent
        while above is not None:
            if above in seen or above not in parents:
                parents[key] = None
                break
            seen.add(above)
            above = parents[above]
    return parents


@needs(Right.PEOPLE)
def pyramids_of_grids(store: Store, today: date) -> dict[str, Pyramid]:
    """Return the age-sex pyramid of every grid of every level, exact.

    One pass over the flat table counts the grids that buildings name; the levels above are summed up.

    Returns
    -------
    dict of str to ndarray (22, 3) of int64
        People by age band and sex, see `model.makeup`; grids without people too.
    """
    with store.connect() as connection:
        own = _pyramids(connection, Where(), today, visible(store, today))
    parents = grid_parents(store)
    pyramids = {key: np.zeros((len(BANDS), len(SEXES)), np.int64) for key in parents}
    for key, pyramid in own.items():
        above = key
        while above is not None and above in pyramids:
            pyramids[above] += pyramid
            above = parents[above]
    return pyramids


@needs(Right.PEOPLE)
def make_up(store: Store, where: Where, today: date) -> MakeUp:
    """Return what the homes of an area are made up of, exact; title and ref are the caller's to set.

    Whom the user may not see is not counted: people outside their areas, minors without the right to them.
    """
    seen = visible(store, today)
    with store.connect() as connection:
        people = sum(
            _pyramids(connection, where, today, seen).values(),
            np.zeros((len(BANDS), len(SEXES)), np.int64),
        )
        tables = [_summed(table) for table in _tables(connection, where, seen)]
    residences, educations, sizes, uses = tables
    by_sex = people.sum(axis=0).tolist()
    return MakeUp(
        title="",
        ref=None,
        people=int(people.sum()),
        households=sum(sizes.values()),
        units=sum(uses.values()),
        sexes=dict(zip(SEXES, by_sex, strict=True)),
        pyramid=people,
        household_sizes=_ordered(sizes, SIZES),
        residence_kinds=_ordered(residences, RESIDENCES),
        unit_uses=_ordered(uses, UNIT_USES),
        educations=_ordered(educations, EDUCATIONS),
    )


@needs(Right.STATISTICS)
def fixed_area_statistics(store: Store, today: date) -> dict[str, MakeUp]:
    """Return the make-up of every grid and, by the key "", of the whole district; small counts hidden.

    All fixed areas are hidden together, so that what is shown of one tells nothing of another: people
    and units that belong to a grid but to none of its parts count as a part of their own.
    """
    parents = grid_parents(store)
    with store.connect() as connection:
        own = _pyramids(connection, Where(), today)
        tables = _tables(connection, Where())
    return _published(parents, own, tables)


# ------------------------------------------------------------------ counting


def _limited(query: Query, where: Where, building: sa.Column[Any], grid: sa.Column[Any]) -> Query:
    for column, wanted in ((building, where.buildings), (grid, where.grids)):
        if wanted is not None:
            ids = sa.func.unnest(sa.bindparam("wanted", sorted(wanted), type_=sa.ARRAY(sa.String)))
            query = query.where(column.in_(sa.select(ids)))
    return query


def _residing(query: Query, where: Where, seen: Seen) -> Query:
    query = _limited(query, where, RESIDENT.c.building_id, RESIDENT.c.grid_id)
    return query if seen is None else query.where(seen)


def _pyramids(
    connection: Connection, where: Where, today: date, seen: Seen = None
) -> dict[str | None, Pyramid]:
    """Return people by age band and sex of each grid that a building names; None for no grid."""
    query = _by_age(today, backend_of(connection).whole_division)
    rows: Sequence[Sequence[Any]]
    if where == Where() and seen is None:
        rows = fetch(connection, query)
    else:
        query = _residing(query, where, seen)
        rows = connection.execute(query).all()
    if not rows:
        return {}
    grids, sexes, of_age, counts = zip(*rows, strict=True)
    place = {key: number for number, key in enumerate(dict.fromkeys(grids))}
    column = {sex: number for number, sex in enumerate(SEXES)}
    # A birth date that is not on record comes as None, which becomes nan.
    old = np.array(of_age, np.float64)
    bands = np.where(np.isnan(old), OLDEST + 1, np.clip(old, 0, OLDEST)).astype(np.int64)
    found = np.zeros((len(place), len(BANDS), len(SEXES)), np.int64)
    at = (
        np.array([place[key] for key in grids]),
        bands,
        np.array([column.get(sex, len(SEXES) - 1) for sex in sexes]),
    )
    np.add.at(found, at, np.array(counts, np.int64))
    return dict(zip(place, found, strict=True))


@cache
def _by_age(today: date, divided: str) -> Query:
    """Return the query that counts people by grid, sex and age band; one statement a day.

    `divided` is what the engine writes between two whole numbers to divide them: a tenth sooner than
    taking the remainder off.
    """
    day = sa.literal_column(str(today.year * 10_000 + today.month * 100 + today.day), sa.Integer)
    lived = day - RESIDENT.c.born
    # Brackets stand around what binds less than an operator of precedence 8, as division does.
    of_age = lived.op(divided, precedence=8)(sa.literal_column(str(_BAND), sa.Integer))
    band = of_age.label("band")
    query = sa.select(RESIDENT.c.grid_id, RESIDENT.c.sex, band, sa.func.count())
    return query.group_by(RESIDENT.c.grid_id, RESIDENT.c.sex, band)


Table = dict[str | None, dict[str, int]]
"""Counts by word, by the grid that a building names."""


def _tables(
    connection: Connection, where: Where, seen: Seen = None
) -> tuple[Table, Table, Table, Table]:
    """Return people by residence kind and by education, households by size, units by use."""
    residences, educations = (
        _read(
            connection,
            _residing(sa.select(RESIDENT.c.grid_id, column, sa.func.count()), where, seen).group_by(
                RESIDENT.c.grid_id, column
            ),
        )
        for column in (RESIDENT.c.residence_kind, RESIDENT.c.education)
    )
    living: Query = sa.select(
        sa.func.min(RESIDENT.c.grid_id).label("grid_id"), sa.func.count().label("size")
    ).where(RESIDENT.c.household_id.is_not(None))
    home = _residing(living, where, seen).group_by(RESIDENT.c.household_id).subquery()
    sized: Table = {}
    for grid, size, count in connection.execute(
        sa.select(home.c.grid_id, home.c.size, sa.func.count()).group_by(
            home.c.grid_id, home.c.size
        )
    ).all():
        table = sized.setdefault(grid, {})
        word = SIZES[min(int(size), len(SIZES)) - 1]
        table[word] = table.get(word, 0) + count
    uses = _limited(
        sa.select(_BUILDING.c.grid_id, _UNIT.c.use, sa.func.count()).select_from(
            _UNIT.join(_BUILDING, _BUILDING.c.id == _UNIT.c.building_id)
        ),
        where,
        _UNIT.c.building_id,
        _BUILDING.c.grid_id,
    )
    used = _read(connection, uses.group_by(_BUILDING.c.grid_id, _UNIT.c.use))
    return residences, educations, sized, used


def _read(connection: Connection, query: Query) -> Table:
    found: Table = {}
    for grid, word, count in connection.execute(query).all():
        table = found.setdefault(grid, {})
        table[word or UNKNOWN] = table.get(word or UNKNOWN, 0) + count
    return found


def _summed(table: Table) -> dict[str, int]:
    total: dict[str, int] = {}
    for counts in table.values():
        for word, count in counts.items():
            total[word] = total.get(word, 0) + count
    return total


def _ordered(counts: dict[str, int], usual: Iterable[str]) -> Counts:
    """Return the usual words in their order, then others, then the unknown; all but usual ones if any."""
    words = _words(counts, usual)
    return {word: counts.get(word, 0) for word in words}


def _words(found: Iterable[str], usual: Iterable[str]) -> tuple[str, ...]:
    known = tuple(usual)
    others = sorted(set(found) - set(known) - {UNKNOWN})
    return (*known, *others, *((UNKNOWN,) if UNKNOWN in found else ()))


# ------------------------------------------------------------------ publishing


def _published(
    parents: dict[str, str | None],
    own: dict[str | None, Pyramid],
    tables: tuple[Table, Table, Table, Table],
) -> dict[str, MakeUp]:
    usual = (RESIDENCES, EDUCATIONS, SIZES, UNIT_USES)
    words = [_words(_summed(table), order) for table, order in zip(tables, usual, strict=True)]
    cells = len(BANDS) * len(SEXES)
    starts = np.cumsum([3 + len(SEXES) + cells, *map(len, words)]).tolist()
    grids = sorted(parents)
    row_of = {key: number for number, key in enumerate(grids, start=1)}
    # Row 0 is the district. Behind the grids, those with parts have a row for people of no part, and
    # the district has one for people of no grid: the last.
    inner = sorted({parent for parent in parents.values() if parent is not None})
    first = len(grids) + 1
    elsewhere = first + len(inner)
    leaf: dict[str | None, int] = {None: elsewhere}
    leaf.update(row_of.items())
    leaf |= {key: first + number for number, key in enumerate(inner)}
    counts = np.zeros((elsewhere + 1, starts[-1]), np.int64)
    for key, pyramid in own.items():
        counts[leaf.get(key, elsewhere), 6 : starts[0]] += pyramid.T.reshape(-1)
    for table, start, names in zip(tables, starts, words, strict=False):
        column = {word: start + number for number, word in enumerate(names)}
        for key, by_word in table.items():
            for word, count in by_word.items():
                counts[leaf.get(key, elsewhere), column[word]] += count
    sums = _sums(starts)
    for one in (*sums[3:6], *sums[:3], *sums[6:-1]):
        counts[:, one.total] = counts[:, list(one.parts)].sum(axis=1)
    above = np.zeros(len(counts), np.int64)
    above[0] = -1
    for key, parent in parents.items():
        above[row_of[key]] = row_of[parent] if parent is not None else 0
    above[first:elsewhere] = [row_of[key] for key in inner]
    for row in _leaves_first(above):
        counts[above[row]] += counts[row]
    # What a unit is used for is a fact of the place, told of each unit by itself: nothing to hide.
    personal = counts.copy()
    personal[:, [2, *range(starts[-2], starts[-1])]] = 0
    hidden = disclosure.protect(personal, above, sums)
    shown = np.where(hidden, HIDDEN, counts)
    return {
        key: _made(shown[row], starts, words, Ref("grid", key) if key else WHOLE)
        for key, row in {"": 0, **row_of}.items()
    }


def _sums(starts: list[int]) -> tuple[Sum, ...]:
    """Return how the columns of an area tie together.

    Columns: people, households, units, three sexes, the pyramid by sex and band, then residence kinds,
    educations, household sizes and unit uses.
    """
    bands = len(BANDS)
    ages = tuple(
        Sum(3 + sex, tuple(range(6 + sex * bands, 6 + (sex + 1) * bands)))
        for sex in range(len(SEXES))
    )
    residence, education, size, use = (
        tuple(range(start, stop)) for start, stop in pairwise(starts)
    )
    return (
        Sum(0, (3, 4, 5)),
        Sum(1, size),
        Sum(2, use),
        *ages,
        Sum(0, residence),
        Sum(0, education),
        Sum(0, size[:-1], tuple(range(1, len(size))), unless=size[-1]),
    )


def _leaves_first(above: NDArray[np.int64]) -> list[int]:
    """Return the rows of a tree but its root, each before the one above it."""
    depth = np.zeros(len(above), np.int64)
    at = above.copy()
    while (at >= 0).any():
        depth += at >= 0
        at = np.where(at >= 0, above[at], -1)
    return [row for row in np.argsort(-depth, kind="stable").tolist() if above[row] >= 0]


def _made(
    row: NDArray[np.int64], starts: list[int], words: list[tuple[str, ...]], ref: Ref
) -> MakeUp:
    def table(start: int, names: tuple[str, ...]) -> Counts:
        values = row[start : start + len(names)].tolist()
        return {
            name: None if value == HIDDEN else value
            for name, value in zip(names, values, strict=True)
        }

    people, households, units = table(0, ("people", "households", "units")).values()
    residences, educations, sizes, uses = (
        table(start, names) for start, names in zip(starts, words, strict=False)
    )
    return MakeUp(
        title="",
        ref=ref,
        people=people,
        households=households,
        units=units,
        sexes=table(3, SEXES),
        pyramid=row[6 : starts[0]].reshape(len(SEXES), len(BANDS)).T.copy(),
        household_sizes=sizes,
        residence_kinds=residences,
        unit_uses=uses,
        educations=educations,
        exact=False,
    )
