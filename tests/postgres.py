"""A real PostgreSQL with PostGIS in a temporary folder, run by an unprivileged user."""

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from mapdesk.services import districts

UNPRIVILEGED = "nobody"
"""Who runs the server where the tests are root, as PostgreSQL refuses to be."""


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest version's; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def missing() -> str:
    """Return why there can be no server; empty where there can be one."""
    folder = programs()
    if folder is None:
        return "no PostgreSQL on this machine (Debian: postgresql-15 postgresql-15-postgis-3)"
    shared = Path("/usr/share/postgresql") / folder.parent.name / "extension"
    if shared.is_dir() and not (shared / "postgis.control").is_file():
        return "no PostGIS on this machine (Debian: postgresql-15-postgis-3)"
    return ""


class PostgresServer:
    """A server on a Unix socket in a folder of its own; `stop` takes all of it away.

    Parameters
    ----------
    settings : dict of str to str
        Settings beside the defaults, for benchmarks.
    kept : Path, optional
        A folder that keeps the data from one server to the next; its owner's to delete. The user who runs
        the server must be able to reach it.
    """

    def __init__(self, settings=None, kept=None):
        self._bin = programs()
        self._folder = Path(tempfile.mkdtemp(prefix="mapdesk-pg-"))
        self._folder.chmod(0o755)
        self._kept, self.socket = kept, self._folder / "socket"
        self._data = (kept or self._folder) / "data"
        self._user = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None
        self._make(self.socket)
        word = (kept or self._folder) / "word"
        if word.is_file():
            self.password = word.read_text()
        else:
            self.password = secrets.token_hex(8)
            self._make(self._data)
            word.write_text(self.password)
            self._run(
                *("initdb", "-D", self._data, "-U", "owner", "-A", "scram-sha-256"),
                *("--pwfile", word, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            )
        lines = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "fsync": "off",
            "max_connections": "60",
            **(settings or {}),
        }
        text = "".join(f"{key} = '{value}'\n" for key, value in lines.items())
        (self._data / "postgresql.auto.conf").write_text(text)
        self.start()

    def _make(self, folder):
        folder.mkdir(parents=True)
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def start(self):
        """Start the server and wait until it answers."""
        self._run("pg_ctl", "-D", self._data, "-w", "-l", self.socket / "log", "start")

    def halt(self):
        """Stop the server at once, as a power cut would."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def move_log(self, folder):
        """Have the write-ahead log of a server that is halted in another folder."""
        own = self._data / "pg_wal"
        shutil.move(own, folder)
        own.symlink_to(folder)

    def stop(self):
        """Stop the server and delete its folder, but not the one that keeps the data."""
        with contextlib.suppress(subprocess.CalledProcessError):
            if self._kept is None:
                self.halt()
            else:
                self._run("pg_ctl", "-D", self._data, "-w", "-m", "fast", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program, *arguments):
        ids = {}
        if self._user is not None:
            ids = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        subprocess.run(
            [str(self._bin / program), *map(str, arguments)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.socket,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            **ids,
        )

    def url(self, database="postgres", user="owner", password=None):
        """Return the URL of a database on this server."""
        word = self.password if password is None else password
        return f"postgresql://{user}:{word}@/{database}?host={self.socket}"

    def new_database(self):
        """Make an empty database and return its URL."""
        name = "d" + secrets.token_hex(6)
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def copy_database(self, url):
        """Return the URL of a new database with the content of another that nobody is connected to."""
        name, old = "d" + secrets.token_hex(6), url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {old} STRATEGY file_copy")
        return self.url(name)

    def renew(self, url, kept, acl):
        """Make a database anew as another one is, with these rights on it and without its users."""
        name, old = (one.partition("@/")[2].partition("?")[0] for one in (url, kept))
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            users = "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)"
            for (user,) in connection.execute(users, (f"{name}.",)).fetchall():
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(user)))
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {old} STRATEGY file_copy")
            connection.execute(
                "UPDATE pg_database SET datacl = %s::aclitem[] WHERE datname = %s", (acl, name)
            )

    def asked(self, query):
        """Return the one value that a query of the server's owner gives, as text."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            return str(connection.execute(query).fetchone()[0])


class Copy:
    """A copy of a district on a server, for one test after another; each finds it as the first did.

    A database of the same name has the roles that the copied grants are to: making them is most of the work
    of opening a copy. One that nothing was written to serves the next test as it is.
    """

    WRITINGS = "SELECT pg_snapshot_xmax(pg_current_snapshot())"

    def __init__(self, server, master):
        self._server = server
        self._url = server.copy_database(master)
        districts.open_district(self._url).close()
        self._kept = server.copy_database(self._url)
        name = self._url.partition("@/")[2].partition("?")[0]
        self._acl = server.asked(f"SELECT datacl::text FROM pg_database WHERE datname = '{name}'")
        self._before = server.asked(self.WRITINGS)

    @contextlib.contextmanager
    def opened(self):
        """Give the copy, open, and close it."""
        if self._server.asked(self.WRITINGS) != self._before:
            self._server.renew(self._url, self._kept, self._acl)
        store = districts.open_district(self._url)
        self._before = self._server.asked(self.WRITINGS)
        yield store
        store.close()
        shutil.rmtree(store.folder)
