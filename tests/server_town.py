"""A district on a server whose owner is no superuser, with a user of every role."""

from dataclasses import dataclass

import psycopg

from mapdesk.model.rights import USER_ROLES
from mapdesk.model.users import User
from mapdesk.services import districts
from mapdesk.store import places
from mapdesk.store.server import users
from tests.conftest import build_town
from tests.postgres import PostgresServer

PASSWORD = "a-long-password-1"
OWNER = "keeper"
SCOPED = {"narrow": "analyst", "clerk": "registrar", "warden": "dispatcher"}
"""Users with areas, beside one without for each role, whose name is the role's."""


@dataclass
class Town:
    """A town with users, and how to reach it.

    Parameters
    ----------
    area : str
        Id of the coarse grid that the users with areas have.
    grids : list of str
        It and all finer ones in it.
    """

    server: PostgresServer
    database: str
    area: str
    grids: list[str]

    def url(self, name):
        """Return the URL a user signs in with."""
        login = OWNER if name == OWNER else f"{self.database}.{name}"
        return self.server.url(self.database, login, PASSWORD)

    def session(self, name, **options):
        """Return a hand-written session of a user."""
        return psycopg.connect(self.url(name), autocommit=True, **options)

    def store(self, name, purpose=""):
        """Return the district as a user's desk opens it."""
        store = districts.open_district(self.url(name))
        store.begin_work(purpose)
        return store


def new_database(server):
    """Make a database with extensions, owned by a role that may make roles and nothing more."""
    url = server.new_database()
    name = url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT to_regrole(%s)", (OWNER,)).fetchone() == (None,):
            connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
        connection.execute(f'ALTER DATABASE "{name}" OWNER TO {OWNER}')
        for extension in ("postgis", "pg_trgm", "pgcrypto"):
            connection.execute(f"CREATE EXTENSION {extension}")
    return name


def make_town(server, frames):
    """Return a town with users."""
    name = new_database(server)
    town = Town(server, name, "", [])
    build_town(town.url(OWNER), frames)
    with town.store(OWNER) as store:
        town.area = places.where(store, "grid", "level", [2])[0]["id"]
        with store.connect() as connection:
            found = connection.exec_driver_sql(
                "WITH RECURSIVE b (id) AS (SELECT CAST(%s AS varchar) UNION SELECT g.id FROM grid g "
                "JOIN b ON g.parent_id = b.id) SELECT id FROM b",
                (town.area,),
            )
            town.grids = list(found.scalars())
        users.add_user(store, User("administrator", "administrator"), PASSWORD)
    with town.store("administrator") as store:
        for role in USER_ROLES:
            if role != "administrator":
                users.add_user(store, User(role, role), PASSWORD)
        for user, role in SCOPED.items():
            users.add_user(store, User(user, role, areas=(town.area,)), PASSWORD)
    return town
