"""The register's district on both engines, made once and kept, and a process that asks it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import psycopg
import shapely

from benchmarks import register_data
from benchmarks.data import WORK
from mapdesk.model.shapes import Area
from mapdesk.services import copying, importing
from mapdesk.services.districts import create_district, open_district
from mapdesk.services.residents import PAGE
from mapdesk.store import finding_people, people, places, statistics, writing
from mapdesk.store.database import Store
from tests.postgres import PostgresServer

TODAY = date(2025, 11, 1)

SETTINGS = {
    "shared_buffers": "2GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "effective_cache_size": "8GB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
    "max_parallel_workers_per_gather": "2",
}
"""A server that has the district in memory, and an SSD below."""


def embedded(people_in: int = register_data.PEOPLE, folder: Path = WORK / "register-1") -> Path:
    """Return the folder of the district on DuckDB."""
    if not folder.is_dir():
        make(folder, register_data.frames(people_in))
    return folder


def register_file() -> tuple[Path, Path]:
    """Return a district without people and the CSV of all of them: one address in ten written otherwise."""
    folder, file = WORK / "register-homes-1", WORK / "register-1.csv"
    if not (folder.is_dir() and file.is_file()):
        frames = register_data.frames()
        make(folder, {noun: frames[noun] for noun in ("grid", "building", "unit")})
        register_data.as_file(frames).to_csv(file, index=False)
    return folder, file


def make(folder: Path, frames: register_data.Frames) -> None:
    """Write a district; the folder appears when it is whole."""
    folder.parent.mkdir(exist_ok=True)
    temporary = folder.with_name(folder.name + ".part")
    shutil.rmtree(temporary, ignore_errors=True)
    with create_district(temporary, "Benchmark register", "EPSG:32650") as store:
        with writing.transaction(store) as connection:
            writing.upsert(store, connection, frames)
        importing.set_origin(store)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)


@contextmanager
def server() -> Iterator[str]:
    """Give the URL of the same district on a PostgreSQL that runs meanwhile."""
    source, kept = embedded(), WORK / "register-pg-1"
    name = kept / "database"
    if kept.is_dir() and not name.is_file():
        shutil.rmtree(kept)
    running = PostgresServer(SETTINGS, kept=kept)
    try:
        if name.is_file():
            url = running.url(name.read_text())
        else:
            url = running.new_database()
            with open_district(source) as store:
                copying.copy_district(store, url, quiet)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
                (found,) = connection.execute("SELECT current_database()").fetchone() or ("",)
            name.write_text(found)
        yield url
    finally:
        running.stop()


def quiet(_text: str, _part: float) -> None:
    """Nobody watches."""


@contextmanager
def both() -> Iterator[tuple[Store, Store, psycopg.Connection[tuple[object, ...]]]]:
    """Give the district on DuckDB and on PostgreSQL, and a plain connection to the latter for peers."""
    with (
        server() as url,
        open_district(embedded()) as duck,
        open_district(url) as shared,
        psycopg.connect(url, autocommit=True) as plain,
    ):
        plain.execute("SET search_path = mapdesk, public")
        plain.execute("SET jit = off")
        yield duck, shared, plain


def lasso(random: np.random.Generator) -> Area:
    """Return a wobbly outline of 200 points that takes 1 to 3 % of the district."""
    width, height = register_data.extent()
    turn = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    waves = [random.normal(0, 0.1) * np.sin(k * turn + random.uniform(0, 6)) for k in range(2, 7)]
    outline = (1 + np.sum(waves, axis=0))[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    outline *= np.sqrt(random.uniform(0.01, 0.03) * width * height / shapely.Polygon(outline).area)
    low, high = -outline.min(axis=0), (width, height) - outline.max(axis=0)
    return Area.from_points(outline + random.uniform(low, high) + register_data.CORNER)


def first_of_grid(store: Store, grid: str) -> tuple[int, list[dict[str, object]]]:
    """Return how many people a grid has and the stretch of them that is shown first, as its card does."""
    return people.count_of_grid(store, grid), people.page_of_grid(store, grid, 0, PAGE)


def first_of_area(store: Store, area: Area) -> tuple[int, list[dict[str, object]]]:
    """Return how many people an area has and the stretch of them that is shown first, as a lasso does."""
    ids = places.ids_within(store, "building", area)
    return people.count_of_buildings(store, ids), people.of_buildings(store, ids, 0, PAGE)


def ask_everything(store: Store) -> None:
    """Ask one of each question, so that everything is in memory that the desk keeps there."""
    for text in ("王建", "wjg", "123456"):
        finding_people.find(store, text, finding_people.kind_of(text), 20)
    people.of_building(store, "b0000001")
    first_of_grid(store, "g3-100")
    first_of_area(store, lasso(np.random.default_rng(1)))
    statistics.pyramids_of_grids(store, TODAY)


def megabytes() -> float:
    """Return what of this process is in memory."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    with open_district(Path(sys.argv[1])) as opened:
        ask_everything(opened)
        print(megabytes())
