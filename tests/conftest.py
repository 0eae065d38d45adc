"""Fixtures every test may use: a small town on disk, a desk on it, and a check that nothing leaks."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from tests.memory import temporary_folder

# Before anything imports Qt or VTK: no display is needed, and nothing of the user's is touched.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TMPDIR", temporary_folder())
os.environ["MAPDESK_CONFIG"] = tempfile.mkdtemp(prefix="mapdesk-config-")
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="mapdesk-cache-")
os.environ["LC_ALL"] = "C.UTF-8"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from mapdesk.demo import build_district
from mapdesk.formats import pdf, sheet_layout
from mapdesk.model import passwords
from mapdesk.model.language import LANGUAGE
from mapdesk.services import city, demo, districts, importing, scenery, sealing
from mapdesk.services.unlocking import KEY_FILE_VARIABLE, UNLOCKING, Lock, MemoryKeyring
from mapdesk.store import writing
from mapdesk.store.database import Store
from mapdesk.store.keyfile import Cost
from mapdesk.store.vault import Vault
from tests import typeface
from tests.postgres import Copy, PostgresServer
from tests.postgres import missing as missing_postgres

# The same examples at every run, so that one that fails was made by the change; `make soak` draws new ones.
settings.register_profile("default", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("soak", deadline=None, derandomize=False, max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

REPOSITORY = Path(__file__).resolve().parents[1]


PASSPHRASE = "correct horse battery staple"
CHEAP = Cost(8, 1, 1)
"""What a guess costs in tests: next to nothing."""


def quiet(_text: str, _part: float) -> None:
    """A progress nobody watches."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever a test makes the desk speak, the next begins in English."""
    yield
    if LANGUAGE.code != "en":
        LANGUAGE.install("en", {})


@contextmanager
def hashing_quickly() -> Iterator[None]:
    """Hash passwords in a millisecond; the shipped parameters take a hundred on purpose."""
    passwords.hash_with(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    passwords.hash_with(passwords.HASHER)


@pytest.fixture
def quick_hashes() -> Iterator[None]:
    """Passwords hashed in a millisecond."""
    with hashing_quickly():
        yield


@pytest.fixture(scope="session", autouse=True)
def small_typeface(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Print with a part of the typeface, cut when a test first prints."""
    folder = tmp_path_factory.mktemp("typeface")
    pdf.typeface = partial(typeface.small, folder)


COARSE_SHEETS = 75
"""Dots an inch of printed maps where no test looks at them: a sixteenth of what is shipped."""


@pytest.fixture
def fine_sheets() -> None:
    """For tests that look at the dots of printed maps."""


@pytest.fixture
def coarse_sheets(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Print maps coarsely, but for tests with `fine_sheets`."""
    if "fine_sheets" not in request.fixturenames:
        monkeypatch.setattr(sheet_layout, "DENSITY", COARSE_SHEETS)


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


ENGINES = ("duckdb", "postgresql")
"""Engines that `town` and `empty` stand on, in turn; marked `embedded`, a test sees the first alone."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for garbage among what the tests make alone: what is imported and collected stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the shared engine where a test is about folders and files."""

    def is_out(item: pytest.Item) -> bool:
        shared = "postgresql" in getattr(item, "callspec", item).__dict__.get("params", {}).values()
        return shared and item.get_closest_marker("embedded") is not None

    config.hook.pytest_deselected(items=[item for item in items if is_out(item)])
    items[:] = [item for item in items if not is_out(item)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL with PostGIS in a temporary folder."""
    reason = missing_postgres()
    if reason:
        pytest.skip(reason)
    # Nobody tidies up behind a test, or as often as there are databases.
    server = PostgresServer({"autovacuum": "off"})
    yield server
    server.stop()


@pytest.fixture(scope="session")
def town_frames() -> dict[str, Any]:
    """A demo town of 3,000 people as frames."""
    return build_district(demo.load_recipe(), people=3000, seed=1, progress=quiet)


def new_district(place: Path | str, name: str, crs: str, *, encrypted: bool) -> Store:
    """Make an empty district; `encrypted` says whether one in a folder is."""
    if encrypted and isinstance(place, Path):
        return sealing.create_encrypted_district(place, name, crs, PASSPHRASE, cost=CHEAP)
    return districts.create_district(place, name, crs)


@pytest.fixture(scope="session")
def all_encrypted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[bool]:
    """Whether this run has every district in a folder encrypted (``--encrypted``)."""
    if not request.config.getoption("--encrypted"):
        yield False
        return
    path = tmp_path_factory.mktemp("key") / "passphrase"
    path.touch(mode=0o600)
    path.write_text(PASSPHRASE + "\n")
    os.environ[KEY_FILE_VARIABLE] = str(path)
    yield True
    del os.environ[KEY_FILE_VARIABLE]


@pytest.fixture
def plain_folders(all_encrypted: bool) -> None:
    """For tests that compare an encrypted district with a plain one."""
    if all_encrypted:
        pytest.skip("compares with plain districts, of which there are none with --encrypted")


def build_town(place: Path | str, frames: dict[str, Any], *, encrypted: bool = False) -> None:
    """Write the town to a new district."""
    crs = demo.load_recipe().plan["district"]["crs"]
    with new_district(place, "Test town", crs, encrypted=encrypted) as store:
        with writing.transaction(store) as connection:
            writing.upsert(store, connection, frames)
        importing.set_origin(store)


@pytest.fixture(scope="session")
def town_master(
    tmp_path_factory: pytest.TempPathFactory, town_frames: dict[str, Any], all_encrypted: bool
) -> Path:
    """The town in a folder, built once; tests work on copies."""
    folder = tmp_path_factory.mktemp("town") / "district"
    build_town(folder, town_frames, encrypted=all_encrypted)
    with districts.open_district(folder) as store:  # drawn before, as most districts are
        origin = store.district.origin
        city.keep(store, city.whole(store, origin))
        scenery.ground(store, origin)
    return folder


@pytest.fixture(scope="session")
def sealed_master(tmp_path_factory: pytest.TempPathFactory, town_frames: dict[str, Any]) -> Path:
    """The town in an encrypted folder, built once; tests work on copies."""
    folder = tmp_path_factory.mktemp("sealed") / "district"
    build_town(folder, town_frames, encrypted=True)
    return folder


@pytest.fixture
def keyring() -> Iterator[MemoryKeyring]:
    """A keyring of this test's own, and someone who knows the passphrase."""
    before = UNLOCKING.keyring, UNLOCKING.ask
    made = MemoryKeyring()
    UNLOCKING.keyring, UNLOCKING.ask = made, _who_knows
    yield made
    UNLOCKING.keyring, UNLOCKING.ask = before


def _who_knows(lock: Lock) -> Vault:
    return lock.open(PASSPHRASE)


@pytest.fixture
def sealed_folder(sealed_master: Path, keyring: MemoryKeyring, tmp_path: Path) -> Iterator[Path]:
    """A copy of the encrypted town."""
    before = tempfile.tempdir
    folder = tmp_path / "sealed"
    shutil.copytree(sealed_master, folder)
    yield folder
    tempfile.tempdir = before


@pytest.fixture
def sealed_town(sealed_folder: Path) -> Iterator[Store]:
    """The encrypted town, open."""
    store = districts.open_district(sealed_folder)
    yield store
    store.close()


@pytest.fixture(scope="session")
def town_url_master(postgres: PostgresServer, town_frames: dict[str, Any]) -> str:
    """The town on a server, built once; tests work on copies."""
    url = postgres.new_database()
    build_town(url, town_frames)
    return url


@pytest.fixture
def town_url(postgres: PostgresServer, town_url_master: str) -> str:
    """A copy of the town on a server."""
    return postgres.copy_database(town_url_master)


@pytest.fixture
def town_folder(town_master: Path, tmp_path: Path) -> Path:
    """A copy of the town."""
    folder = tmp_path / "town"
    shutil.copytree(town_master, folder)
    return folder


@contextmanager
def opened_folder(folder: Path) -> Iterator[Store]:
    """Open a district and close it."""
    store = districts.open_district(folder)
    yield store
    store.close()


@pytest.fixture(scope="session")
def town_copy(postgres: PostgresServer, town_url_master: str) -> Copy:
    return Copy(postgres, town_url_master)


@pytest.fixture(params=ENGINES)
def town(request: pytest.FixtureRequest) -> Iterator[Store]:
    """The town, open, on each engine."""
    if request.param == "duckdb":
        opened = opened_folder(request.getfixturevalue("town_folder"))
    else:
        opened = request.getfixturevalue("town_copy").opened()
    with opened as store:
        yield store


@pytest.fixture(scope="session")
def empty_url_master(postgres: PostgresServer) -> str:
    """An empty district on a server, built once."""
    url = postgres.new_database()
    districts.create_district(url, "Empty", "EPSG:32650").close()
    return url


@pytest.fixture(scope="session")
def empty_master(tmp_path_factory: pytest.TempPathFactory, all_encrypted: bool) -> Path:
    """An empty district in a folder, made once; tests work on copies."""
    folder = tmp_path_factory.mktemp("empty") / "district"
    new_district(folder, "Empty", "EPSG:32650", encrypted=all_encrypted).close()
    return folder


@pytest.fixture(scope="session")
def empty_copy(postgres: PostgresServer, empty_url_master: str) -> Copy:
    return Copy(postgres, empty_url_master)


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty district in UTM zone 50, on each engine."""
    if request.param == "duckdb":
        folder = shutil.copytree(request.getfixturevalue("empty_master"), tmp_path / "empty")
        opened = opened_folder(folder)
    else:
        opened = request.getfixturevalue("empty_copy").opened()
    with opened as store:
        yield store


@pytest.fixture
def no_leaks() -> Iterator[None]:
    """Fail where a thread outlives the test."""
    before = {thread.ident for thread in threading.enumerate()}

    def left() -> list[str]:
        return [
            thread.name
            for thread in threading.enumerate()
            if thread.ident not in before
            and not thread.name.startswith(("pytest_timeout", "Dummy"))
        ]

    yield
    if left():
        gc.collect()
    assert not left(), f"threads left behind: {left()}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--encrypted", action="store_true", help="encrypt every district in a folder")
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
