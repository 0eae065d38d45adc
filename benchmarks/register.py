"""Benchmarks of the register at the size of a whole district, on both engines."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache, partial

import numpy as np
import sqlalchemy as sa

from benchmarks import register_data
from benchmarks.data import WORK
from benchmarks.measuring import ROOT, Result, alternate, median, p95, row, until_ready
from benchmarks.register_places import (
    TODAY,
    both,
    embedded,
    first_of_area,
    first_of_grid,
    lasso,
    quiet,
    register_file,
    server,
)
from mapdesk.model.shapes import Area
from mapdesk.services import register_import
from mapdesk.services.districts import create_district, open_district
from mapdesk.services.residents import PAGE
from mapdesk.store import finding_people, people, statistics
from mapdesk.store.database import Store
from mapdesk.store.schema import RESIDENT

LIMIT = 20
PEER = "PostGIS with pg_trgm"

_COLUMNS = ", ".join(f'"{column.name}"' for column in people.LISTED) + ", building_id, grid_id"
_CONTAINS = f"""
SELECT {_COLUMNS} FROM resident WHERE name LIKE '%%' || %(text)s || '%%'
ORDER BY CASE WHEN name = %(text)s THEN 0 WHEN name LIKE %(text)s || '%%' THEN 1 ELSE 2 END, name, id
LIMIT {LIMIT}
"""
_INSIDE = """
FROM resident JOIN building ON building.id = resident.building_id
WHERE ST_Intersects(building.geometry, ST_GeomFromWKB(%s, 32650))
"""
_COUNT_INSIDE = f"SELECT count(*) {_INSIDE}"
_FIRST_INSIDE = f"""
SELECT {", ".join(f"resident.{column.name}" for column in people.LISTED)}, building_id {_INSIDE}
ORDER BY building_id, floor, stair, room, resident.id LIMIT {PAGE}
"""


def _people(store: Store, count: int, seed: int) -> list[tuple[str, str, str]]:
    """Return name, initials and building of people drawn by chance."""
    query = sa.select(RESIDENT.c.name, RESIDENT.c.initials, RESIDENT.c.building_id)
    with store.connect() as connection:
        found = connection.execute(query.order_by(RESIDENT.c.id)).all()
    chosen = np.random.default_rng(seed).choice(len(found), count, replace=False)
    return [tuple(found[number]) for number in chosen]


def find_2_chars(rounds: int = 200) -> Result:
    """Milliseconds, the slowest in twenty, for the first twenty people of two characters of a name."""
    with both() as (duck, _shared, plain):
        random = np.random.default_rng(2)
        names = [name for name, _letters, _home in _people(duck, rounds + 20, 1)]
        starts = [int(random.integers(0, len(name) - 1)) for name in names]
        texts = [name[at : at + 2] for name, at in zip(names, starts, strict=True)]

        def ours(text: str) -> list[str]:
            return [one["id"] for one in finding_people.find(duck, text, "name", LIMIT)]

        def peer(text: str) -> list[object]:
            found = plain.execute(_CONTAINS, {"text": text}, prepare=True).fetchall()
            return [one[0] for one in found]

        for text in texts[:20]:
            assert ours(text) == peer(text)
        times = alternate(ours, peer, texts[20:])
    return row("register.find_2_chars", "ms", p95(times[0]), p95(times[1]), PEER)


def find_3_chars(rounds: int = 200) -> Result:
    """Milliseconds, the slowest in twenty, for whole names, parts of three and more, and initials."""
    with both() as (duck, shared, _plain):
        drawn = _people(duck, rounds, 3)
        typed = [text for name, letters, _home in drawn for text in (name, letters)]
        texts = [text for text in typed if len(text) >= 3][:rounds]

        def ask(store: Store) -> Callable[[str], list[str]]:
            def find(text: str) -> list[str]:
                kind = finding_people.kind_of(text)
                return [one["id"] for one in finding_people.find(store, text, kind, LIMIT)]

            return find

        return _worst("register.find_3_chars", ask, (duck, shared), texts)


def people_of_building(rounds: int = 300) -> Result:
    """Milliseconds, the slowest in twenty, for who lives in a building, where most people live."""
    with both() as (duck, shared, _plain):
        homes = [home for _name, _letters, home in _people(duck, rounds, 5)]

        def ask(store: Store) -> Callable[[str], list[dict[str, object]]]:
            def of_building(home: str) -> list[dict[str, object]]:
                return people.of_building(store, home)

            return of_building

        return _worst("register.people_of_building", ask, (duck, shared), homes)


def people_of_grid() -> Result:
    """Milliseconds, the slowest in twenty, for one of the 252 grids: its count and the first people listed."""
    with both() as (duck, shared, _plain):
        grids = [f"g3-{number:03d}" for number in range(252)]

        def ask(store: Store) -> Callable[[str], object]:
            return partial(first_of_grid, store)

        return _worst("register.people_of_grid", ask, (duck, shared), grids)


def _worst(
    key: str,
    ask: Callable[[Store], Callable[[str], object]],
    stores: tuple[Store, Store],
    cases: list[str],
) -> Result:
    """Ask both engines once for warmth and sameness, then by turns; the slower one counts."""
    sides = (ask(stores[0]), ask(stores[1]))
    for case in cases:
        assert sides[0](case) == sides[1](case), case
    duck, shared = map(p95, alternate(*sides, cases))
    result = row(key, "ms", max(duck, shared))
    return {**result, "note": f"DuckDB {duck:.3g} ms, PostgreSQL {shared:.3g} ms"}


def people_in_lasso(rounds: int = 200) -> Result:
    """Milliseconds, the slowest in twenty, for 1 to 3 % of the district: count and first people."""
    random = np.random.default_rng(7)
    areas = [lasso(random) for _ in range(rounds + 10)]
    with both() as (duck, _shared, plain):

        def ours(area: Area) -> tuple[int, list[object]]:
            count, first = first_of_area(duck, area)
            return count, [one["id"] for one in first]

        def peer(area: Area) -> tuple[int, list[object]]:
            counted = plain.execute(_COUNT_INSIDE, [area.polygon.wkb], prepare=True).fetchall()
            first = plain.execute(_FIRST_INSIDE, [area.polygon.wkb], prepare=True).fetchall()
            return int(str(counted[0][0])), [one[0] for one in first]

        for area in areas[:10]:
            mine = ours(area)
            assert mine[0] > 1000
            assert mine == peer(area)
        times = alternate(ours, peer, areas[10:])
    return row("register.people_in_lasso", "ms", p95(times[0]), p95(times[1]), "PostGIS")


@cache
def _pyramids(rounds: int = 20) -> tuple[float, float]:
    """Return seconds on DuckDB and on PostgreSQL."""
    with both() as (duck, shared, _plain):

        def ours(_round: int) -> dict[str, statistics.Pyramid]:
            return statistics.pyramids_of_grids(duck, TODAY)

        def peer(_round: int) -> dict[str, statistics.Pyramid]:
            return statistics.pyramids_of_grids(shared, TODAY)

        mine, theirs = ours(0), peer(0)
        assert mine.keys() == theirs.keys()
        assert all((mine[key] == theirs[key]).all() for key in mine)
        assert mine["g1"].sum() == register_data.PEOPLE
        times = alternate(ours, peer, range(rounds))
    return median(times[0]) / 1000, median(times[1]) / 1000


def pyramids() -> Result:
    """Seconds for the age-sex pyramids of all grids of all levels."""
    ours, peer = _pyramids()
    return row("register.pyramids", "s", ours, peer, "PostgreSQL, the same flat table")


def pyramids_pg() -> Result:
    """Seconds for the same on the shared engine."""
    return row("register.pyramids_pg", "s", _pyramids()[1])


def import_1m() -> Result:
    """Seconds to read, match, compare and accept a CSV of everyone into a district without people."""
    homes, file = register_file()
    folder = WORK / "register-import"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(homes, folder)
    try:
        with open_district(folder) as store:
            who = store.identity.having("benchmark")
            began = time.perf_counter()
            staged = register_import.stage_register(store, who, file, progress=quiet)
            staging = time.perf_counter() - began
            register_import.accept(store, who, staged.batch_id)
            passed = time.perf_counter() - began
    finally:
        shutil.rmtree(folder)
    assert staged.read == register_data.PEOPLE
    assert staged.counts["new"] > 0.98 * staged.read, staged.counts
    note = f"{staging:.0f} s until all wait, then accepted; {staged.counts}"
    return {**row("register.import_1m", "s", passed), "note": note}


def open_to_answer(rounds: int = 5) -> Result:
    """Seconds from the start of a process until it has opened the district and found a name."""
    with server() as url:
        times = [
            median([until_ready(["answer", place], dict(os.environ)) for _ in range(rounds)])
            for place in (str(embedded()), url)
        ]
    result = row("register.open_to_answer", "s", max(times))
    return {**result, "note": f"DuckDB {times[0]:.3g} s, PostgreSQL {times[1]:.3g} s"}


def memory() -> Result:
    """Megabytes that a process which was asked one of each holds more of this district than of an empty one."""
    folder = WORK / "register-empty"
    shutil.rmtree(folder, ignore_errors=True)
    create_district(folder, "Empty", "EPSG:32650").close()
    try:
        held = [
            float(
                subprocess.run(
                    [sys.executable, "-m", "benchmarks.register_places", str(place)],
                    cwd=ROOT,
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
            )
            for place in (embedded(), folder)
        ]
    finally:
        shutil.rmtree(folder)
    return row("register.memory", "MB", held[0] - held[1])


BENCHMARKS: tuple[Callable[[], Result], ...] = (
    find_2_chars,
    find_3_chars,
    people_of_building,
    people_of_grid,
    people_in_lasso,
    pyramids,
    pyramids_pg,
    import_1m,
    open_to_answer,
    memory,
)
