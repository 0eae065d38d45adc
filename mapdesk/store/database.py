"""Opening a district's database and closing it whole, wherever it lies.

A district's place is a folder (`pathlib.Path`), which one process holds at a time, or the URL of a
PostgreSQL database, which many desks share.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from mapdesk.model.access import Access
from mapdesk.model.district import District
from mapdesk.model.errors import InputError, NotFoundError, SignInError
from mapdesk.model.users import Credentials
from mapdesk.store import folder as folders
from mapdesk.store.audit.trail import Trail
from mapdesk.store.engines import BACKENDS, backend_of, embedded, shared, urls
from mapdesk.store.engines.backend import Backend
from mapdesk.store.files import Files, files_of
from mapdesk.store.folder import DATABASE, read_settings, write_settings
from mapdesk.store.glass import Glass
from mapdesk.store.names import NameIndex
from mapdesk.store.rules import needs
from mapdesk.store.schema import SCHEMA_VERSION, SETTING
from mapdesk.store.server.work import Work
from mapdesk.store.spatial import SpatialIndexes
from mapdesk.store.vault import Vault

Place = Path | str
"""A folder, or the URL of a database on a server."""
BEHIND = "The owner has to open this district once with this version; until then some of it is not shown."
"""What to say of a store that `is_behind`."""


@dataclass
class Store:
    """An open district.

    Any thread may query it; connections come from a pool. Close it before the process ends, so that
    DuckDB's write-ahead log is folded in; if the process is killed the next opening does that.

    Parameters
    ----------
    place : str
        What people call where it lies: the folder, or the URL without password.
    folder : Path
        The district's folder; of a shared district, this user's folder for caches and media of it.
    district : District
    engine : sqlalchemy.Engine
    identity : Access
        Who is signed in; every function of the store that has a rule asks it.
    work : Work or None
        Of a shared district whose server holds the user to a role: carries the purpose to it.
    indexes, names
        What is kept in memory until rows are written; see `forget`.
    trail : Trail
        Clock, seal and keys of the record of looks.
    vault : Vault or None
        Key of an encrypted district.
    is_behind : bool
        Whether the server's views and policies are another mapdesk's, which the owner alone can renew.
    files : Files
        Caches and scratch space.
    glass : Glass
        Whether the user's areas are lifted in an emergency.
    """

    place: str
    folder: Path
    district: District
    engine: Engine
    identity: Access = field(default_factory=Access.owner)
    work: Work | None = None
    indexes: SpatialIndexes = field(default_factory=SpatialIndexes)
    names: NameIndex | None = None
    trail: Trail = field(default_factory=Trail)
    glass: Glass = field(default_factory=Glass)
    _spatial: threading.Lock = field(default_factory=threading.Lock)
    _spatial_loaded: bool = False
    vault: Vault | None = None
    is_behind: bool = False
    files: Files = field(init=False)

    def __post_init__(self) -> None:
        self.files = files_of(self.folder, self.vault)

    @property
    def backend(self) -> Backend:
        """What the engine does in its own way."""
        return BACKENDS[self.engine.dialect.name]

    @property
    def is_shared(self) -> bool:
        """Whether other desks may work on it at the same time."""
        return self.engine.dialect.name == "postgresql"

    @property
    def keeps_all_in_tables(self) -> bool:
        """Whether settings, secret and media are rows: of a shared and of an encrypted district."""
        return self.is_shared or self.vault is not None

    @property
    def is_guest(self) -> bool:
        """Whether a server holds the user to the rights of a role."""
        return self.work is not None

    def begin_work(self, purpose: str) -> None:
        """Let the server know what is looked at for, before anything personal is asked of it."""
        if self.work is not None:
            self.work.begin(purpose)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Give a connection for reading, without a transaction.

        Raises
        ------
        WorldError
            The server is gone or refuses, the disk is full.
        """
        try:
            with self.engine.connect() as connection:
                yield connection.execution_options(isolation_level="AUTOCOMMIT")
        except sa.exc.DBAPIError as error:
            raise self._failure(error) from error

    def _failure(self, error: sa.exc.DBAPIError) -> Exception:
        """Return what to tell the user of an error of the engine, or the error itself."""
        return self.backend.failure(self.place, error) or error

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is kept unless something fails."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise self._failure(error) from error

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Give a connection for reading much at one moment of the district, whatever others write."""
        try:
            with self.engine.connect() as connection:
                level = {"isolation_level": "REPEATABLE READ"} if self.is_shared else {}
                yield connection.execution_options(**level)
        except sa.exc.DBAPIError as error:
            raise self._failure(error) from error

    def forget(self, nouns: set[str]) -> None:
        """Drop what is kept in memory of nouns that were written, here or at another desk."""
        self.indexes.forget(nouns)
        self.names = None

    def load_spatial(self) -> None:
        """Load spatial functions, once; on DuckDB that takes about half a second.

        Raises
        ------
        SetupError
            The extension's wheel is missing or does not match DuckDB's version.
        """
        with self._spatial:
            if self._spatial_loaded:
                return
            with self.connect() as connection:
                self.backend.load_spatial(connection)
            self._spatial_loaded = True

    def version(self) -> str:
        """Return the engine's name and version."""
        with self.connect() as connection:
            return self.backend.version(connection)

    def secret(self) -> bytes:
        """Return the district's secret of 32 random bytes, which never leaves it."""
        if not self.keeps_all_in_tables:
            return folders.secret(self.folder)
        with self.connect() as connection:
            return shared.secret(connection)

    def set_secret(self, value: bytes) -> None:
        """Take over the secret of the district this one is a copy of."""
        if self.keeps_all_in_tables:
            with self.begin() as connection:
                shared.set_secret(connection, value)
        else:
            folders.set_secret(self.folder, value)

    def save_district(self, district: District) -> None:
        """Keep a changed name, CRS or origin."""
        if self.keeps_all_in_tables:
            with self.begin() as connection:
                write_setting(connection, district)
        else:
            write_settings(self.folder, district)
        self.district = district

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it, or of the server."""
        self.trail.close()
        self.engine.dispose()
        self.files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()


def as_dicts(result: sa.CursorResult[Any]) -> list[dict[str, Any]]:
    """Return all rows of a result as dicts; fetched at once, three times as fast as by mapping."""
    names = list(result.keys())
    return [dict(zip(names, row, strict=False)) for row in result.all()]


def fetch(
    connection: Connection, statement: sa.Select[Any], *values: object
) -> list[tuple[Any, ...]]:
    """Return all rows of a constant statement that is asked all day; see `Backend.fetch`."""
    return backend_of(connection).fetch(connection, statement, values)


def create(place: Place, district: District) -> Store:
    """Make a new district in a folder, which must not exist or be empty, or in an empty database.

    Raises
    ------
    InputError
        Something is there already, or the server lacks PostGIS.
    """
    if isinstance(place, str):
        from mapdesk.store import serving

        return serving.create_on_server(place, district)
    make_folder(place)
    engine = embedded.make_engine(place / DATABASE, spill_folder(place))
    make_tables(engine)
    write_settings(place, district)
    return Store(str(place), place, district, engine)


def make_folder(folder: Path) -> None:
    """Make a district's folder and those in it; InputError where something is there."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty; choose a new folder for the district.")
    try:
        for part in ("audit", "media", "tracks", "cache"):
            (folder / part).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be made: {error.strerror or error}; choose another place."
        ) from error


def make_tables(engine: Engine) -> None:
    """Make the tables of an empty database."""
    from mapdesk.store import migrations, pinyin

    migrations.upgrade(engine)
    with engine.begin() as connection:
        pinyin.fill(connection)


def write_setting(connection: Connection, district: District) -> None:
    """Write name, CRS and origin to the table of settings."""
    values = {
        "name": district.name,
        "crs": district.crs,
        "origin": json.dumps(list(district.origin)),
    }
    connection.execute(sa.delete(SETTING).where(SETTING.c.key.in_(list(values))))
    connection.execute(
        sa.insert(SETTING), [{"key": key, "value": value} for key, value in values.items()]
    )


def read_setting(connection: Connection, place: str) -> District:
    """Read name, CRS and origin; InputError where they are not there."""
    rows = connection.execute(sa.select(SETTING.c.key, SETTING.c.value))
    values = {str(key): str(value) for key, value in rows.all()}
    try:
        x, y = json.loads(values["origin"])
        return District(values["name"], values["crs"], (float(x), float(y)))
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"The settings of {place} are damaged ({error}).") from error


def open_store(place: Place, given: Credentials | None = None) -> Store:
    """Open a district; an encrypted one is opened by `encrypted.open_encrypted`.

    Parameters
    ----------
    given : Credentials, optional
        Who signs in to a server; a folder's users sign in once it is open.

    Raises
    ------
    NotFoundError
        There is none.
    BusyError
        Another process holds its folder; the sentence names it.
    SignInError
        The server does not accept the name or the password; the folder is encrypted.
    InputError
        The database is damaged, or newer than this mapdesk.
    """
    if isinstance(place, str):
        from mapdesk.store import serving

        return serving.open_on_server(place, given)
    if folders.is_encrypted(place):
        raise SignInError(f"{place} is encrypted; give its passphrase to open it.")
    district = read_settings(place)
    path = database_of(place)
    engine = embedded.make_engine(path, spill_folder(place))
    try:
        version = schema_version(engine)
    except sa.exc.DBAPIError as error:
        engine.dispose()
        raise embedded.opening_error(path, error) from error
    store = Store(str(place), place, district, engine)
    migrate_if_old(store, version)
    return store


def database_of(folder: Path) -> Path:
    """Return the path of a folder's database; NotFoundError where it is gone."""
    path = folder / DATABASE
    if not path.is_file():
        raise NotFoundError(f"{folder} has lost its {DATABASE}; restore it from a backup.")
    return path


@needs(None)
def migrate_if_old(store: Store, version: str) -> None:
    """Bring an open district to the newest schema; it is closed where that fails."""
    if version == SCHEMA_VERSION:
        return
    from mapdesk.store import migrations

    try:
        migrations.migrate(store, version)
    except BaseException:
        store.close()
        raise


@needs(None)
def is_at(store: Store, place: Place) -> bool:
    """Say whether an open district lies at a place, which whoever has it open knows."""
    if isinstance(place, str):
        return store.is_shared and urls.is_same(store.engine.url, urls.server_url(place))
    return not store.is_shared and store.folder.resolve() == place.resolve()


def spill_folder(folder: Path) -> Path:
    """Return where work too large for memory goes."""
    return folder / "cache" / "spill"


def schema_version(engine: Engine) -> str:
    """Return the version of the database's schema."""
    with engine.connect() as connection:
        return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


@needs(None)
def checkpoint(store: Store) -> None:
    """Fold DuckDB's write-ahead log into the database file; nothing is read or changed by it."""
    if not store.is_shared:
        with store.connect() as connection:
            connection.execute(sa.text("CHECKPOINT"))
