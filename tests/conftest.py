"""Fixtures every test may use: a small town on disk, a desk on it, and a check that nothing leaks."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

# Before anything imports Qt or VTK: no display is needed, and nothing of the user's is touched.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["MAPDESK_CONFIG"] = tempfile.mkdtemp(prefix="mapdesk-config-")

import pytest
from hypothesis import settings

from mapdesk.demo import build_district
from mapdesk.services import demo, districts, importing
from mapdesk.store import writing
from mapdesk.store.database import Store

settings.register_profile("default", deadline=None)
settings.register_profile("soak", deadline=None, max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

REPOSITORY = Path(__file__).resolve().parents[1]


def quiet(_text: str, _part: float) -> None:
    """A progress nobody watches."""


@pytest.fixture
def progress() -> Callable[[str, float], None]:
    return quiet


@pytest.fixture
def real_data() -> Path:
    """The folder of real data; the test is skipped where it is absent."""
    folder = Path(os.environ.get("MAPDESK_REAL_DATA", REPOSITORY / "../shared/data/real"))
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is not there (set MAPDESK_REAL_DATA)")
    return folder


@pytest.fixture(scope="session")
def town_master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo town of 3,000 people, built once; tests work on copies."""
    folder = tmp_path_factory.mktemp("town") / "district"
    recipe = demo.load_recipe()
    frames = build_district(recipe, people=3000, seed=1, progress=quiet)
    with districts.create_district(folder, "Test town", recipe.plan["district"]["crs"]) as store:
        with writing.transaction(store) as connection:
            writing.upsert(store, connection, frames)
        importing.set_origin(store)
    return folder


@pytest.fixture
def town_folder(town_master: Path, tmp_path: Path) -> Path:
    """A copy of the town."""
    folder = tmp_path / "town"
    shutil.copytree(town_master, folder)
    return folder


@pytest.fixture
def town(town_folder: Path) -> Iterator[Store]:
    """The town, open."""
    store = districts.open_district(town_folder)
    yield store
    store.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    """An empty district in UTM zone 50."""
    store = districts.create_district(tmp_path / "empty", "Empty", "EPSG:32650")
    yield store
    store.close()


@pytest.fixture
def no_leaks() -> Iterator[None]:
    """Fail where a thread outlives the test."""
    before = {thread.ident for thread in threading.enumerate()}
    yield
    gc.collect()
    left = [
        thread.name
        for thread in threading.enumerate()
        if thread.ident not in before and not thread.name.startswith(("pytest_timeout", "Dummy"))
    ]
    assert not left, f"threads left behind: {left}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak-report", type=Path, help="write what the long counts did to this file")


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    """Write docs/soak.md: every long test with its outcome and time, the longest first."""
    path = config.getoption("--soak-report")
    if path is None or hasattr(config, "workerinput"):
        return
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if report.when == "call"
    ]
    reports.sort(key=lambda report: -report.duration)
    lines = [
        "# The long counts",
        "",
        f"Written by `make soak` on {datetime.now().astimezone():%Y-%m-%d}: {len(reports)} tests.",
        f"Property tests run up to {settings().max_examples:,} examples each.",
        "",
        "| test | outcome | s |",
        "|---|---|---|",
    ]
    lines += [
        f"| {report.nodeid.removeprefix('tests/')} | {report.outcome} | {report.duration:.1f} |"
        for report in reports
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
