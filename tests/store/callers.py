"""Every public function of the store that takes a `Store`, and arguments it could be called with."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

import mapdesk.store
from mapdesk.model import codes
from mapdesk.model.access import Access
from mapdesk.model.district import District
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.outgoing import Parcel
from mapdesk.model.rights import Right
from mapdesk.model.shapes import Circle
from mapdesk.model.users import Credentials, User
from mapdesk.store import (
    audit,
    changes,
    database,
    map_items,
    media,
    outgoing,
    saved_filters,
    staging,
    user_file,
    users,
    writing,
)
from mapdesk.store.changes import Edit
from mapdesk.store.database import Store
from mapdesk.store.filter_grounds import ground_of
from mapdesk.store.rules import RULES
from mapdesk.store.schema import RESIDENT, SCHEMA_VERSION, STAGED, TABLES
from mapdesk.store.statistics import Where

PASSWORD = "carriage horse 4711"
TODAY = date(2026, 7, 1)
ADULTS = Filter("person", "all", (Condition("age", "at least", (30,)),))

Function = Callable[..., Any]


@cache
def public_functions() -> dict[str, Function]:
    """Return the functions of all modules below `mapdesk.store` whose first parameter is a Store.

    Those of `server` answer users of a server alone: tests/store/test_server_functions.py calls them.
    """
    found = {}
    for info in pkgutil.walk_packages(mapdesk.store.__path__, "mapdesk.store."):
        if ".versions." in info.name or info.name.endswith(".env") or ".server." in info.name:
            continue
        module = importlib.import_module(info.name)
        for name, function in vars(module).items():
            if not inspect.isfunction(function) or function.__module__ != info.name:
                continue
            parameters = list(inspect.signature(function).parameters.values())
            is_public = not name.startswith("_")
            if is_public and parameters and parameters[0].annotation in ("Store", Store):
                found[f"{info.name}.{name}"] = function
    return found


BY_ARGUMENT = {
    "mapdesk.store.writing.upsert": Right.EDIT_PLACES,
    "mapdesk.store.changes.apply": Right.EDIT_REGISTER,
    "mapdesk.store.changes.history": Right.PEOPLE,
    "mapdesk.store.filtering.check": Right.PEOPLE,
    "mapdesk.store.filtering.count": Right.PEOPLE,
    "mapdesk.store.filtering.rows": Right.PEOPLE,
    "mapdesk.store.filtering.building_ids": Right.PEOPLE,
    "mapdesk.store.filtering.place_ids": Right.PEOPLE,
    "mapdesk.store.filtering.floors": Right.PEOPLE,
}
"""Rights that hang on the arguments: buildings are written here, people corrected and filtered."""


def right_of(name: str) -> Right | None:
    """Return the right that a call with the arguments made here takes."""
    return BY_ARGUMENT.get(name, RULES[name])


def frame_of_one() -> pd.DataFrame:
    """Return a register of one new person."""
    row: dict[str, Any] = dict.fromkeys(column.name for column in STAGED.c)
    row |= {"line": 2, "id": "P-new", "name": "王新", "sex": "male", "birth_date": date(1980, 5, 6)}
    return pd.DataFrame([row], dtype=object).drop(columns=["batch_id", "status"])


@dataclass
class Ground:
    """A town in which everything that a call could name is there.

    Parameters
    ----------
    store : Store
        Open, of its owner.
    folder : Path
        An empty folder for what calls write.
    """

    store: Store
    folder: Path
    open: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        with self.store.connect() as connection:
            resident = connection.execute(
                sa.select(RESIDENT)
                .where(RESIDENT.c.unit_id.is_not(None), RESIDENT.c.born < 19900101)
                .order_by(RESIDENT.c.id)
                .limit(1)
            )
            self.person = dict(resident.mappings().one())
            organisations = sa.select(sa.func.min(TABLES["organisation"].c.id))
            self.organisation = connection.scalar(organisations)
        self.owner = Access("tester", "owner", "a test of rights")
        self.store.identity = self.owner
        edit = Edit("person", self.person["id"], {}, {"education": "unknown to the school"})
        self.kept = changes.apply(self.store, self.owner, "an edit", [edit])
        frame = frame_of_one()
        self.staged = staging.stage(self.store, self.owner, "one.csv", "one", frame, complete=False)
        doubtful = frame_of_one().assign(line=3, id="P-doubt", name="李疑", candidates="[]")
        self.doubtful = staging.stage(
            self.store, self.owner, "two.csv", "two", doubtful, complete=False
        )
        saved_filters.save(self.store, "grown", ADULTS)
        map_items.save(self.store, "bookmark", "harbour", {})
        media.keep(self.store, "media/panoramas/one.jpg", b"picture")
        users.add_user(self.store, User("boss", "administrator"), PASSWORD)
        users.add_user(self.store, User("tester", "analyst"), PASSWORD)
        users.add_user(self.store, User("wang", "analyst"), PASSWORD)
        self.look = audit.record(self.store, self.owner, "made", "the ground of a test")
        other = replace(self.owner, user="other")
        self.store.identity = other
        parcel = Parcel("export", "one person", "csv", (self.person["id"],))
        self.request = outgoing.ask(self.store, other, parcel)
        self.asked = self.request.id
        self.store.identity = self.owner
        self.secret = codes.new_secret()
        self.store.load_spatial()

    def connection(self) -> sa.Connection:
        """Return a connection in a transaction that is given up."""
        opened = writing.transaction(self.store, keep=False)
        return self.open.enter_context(opened)

    def user_connection(self) -> Any:
        """Return a connection to the file of users."""
        return self.open.enter_context(user_file.writing(self.store.folder))

    def other_store(self) -> Store:
        """Return another, empty district of the same owner."""
        place = self.folder / f"other-{len(list(self.folder.iterdir()))}"
        return self.open.enter_context(
            database.create(place, District("Other", "EPSG:32650", (0.0, 0.0)))
        )

    def buildings(self) -> dict[str, pd.DataFrame]:
        """Return one new building to write."""
        return {"building": pd.DataFrame([{"id": "B-new", "name": "New house"}])}


def nothing(*_args: object) -> None:
    """Watch nothing."""


MAKERS: dict[str, Callable[[Ground], Any]] = {
    "number: int": lambda g: g.look,
    "before: datetime": lambda _g: datetime(2020, 1, 1),  # noqa: DTZ001 - as the store keeps it
    "days: int": lambda _g: 400,
    "days: int | None": lambda _g: 400,
    "reason: str": lambda _g: "somebody called for help",
    "buildings: Collection[str] | None": lambda g: [g.person["building_id"]],
    "purpose: str": lambda _g: "a test of rights",
    "parcel: Parcel": lambda g: Parcel("export", "one person", "csv", (g.person["id"],)),
    "request_id: str": lambda g: g.asked,
    "kept: Request": lambda g: g.request,
    "person_ids: Collection[str]": lambda g: [g.person["id"]],
    "again: bool": lambda _g: True,
    "approve: bool": lambda _g: True,
    "what: str": lambda _g: "readings",
    "what: Literal['buildings', 'units']": lambda _g: "units",
    "place: Literal['grid_id', 'building_id']": lambda _g: "grid_id",
    "access: Access": lambda g: g.store.identity,
    "action: str": lambda _g: "attack",
    "area: AnyArea": lambda g: [g.person["building_id"]],
    "batch_id: str": lambda g: g.kept,
    "building_id: str": lambda g: g.person["building_id"],
    "building_ids: Collection[str]": lambda g: [g.person["building_id"]],
    "code: str": lambda g: codes.code_at(g.secret, 60_000_000),
    "clock: Clock": lambda _g: fixed_clock,
    "column: str": lambda _g: "grid_id",
    "columns: Sequence[str]": lambda _g: ("name",),
    "hashed: Sequence[str]": lambda _g: ("name",),
    "complete: bool": lambda _g: False,
    "connection: Connection": Ground.connection,
    "connection: sqlite3.Connection": Ground.user_connection,
    "content: bytes": lambda _g: b"picture",
    "credentials: Credentials": lambda _g: Credentials("boss", PASSWORD),
    "edits: Sequence[Edit]": lambda g: [Edit("person", g.person["id"], {}, {"phone": "123456789"})],
    "filtered: Filter": lambda _g: ADULTS,
    "frame: pd.DataFrame": lambda _g: frame_of_one(),
    "frames: Mapping[str, pd.DataFrame]": Ground.buildings,
    "grid_id: str | None": lambda g: g.person["grid_id"],
    "grid_id: str": lambda g: g.person["grid_id"],
    "ground: Ground": lambda _g: ground_of("person", None),
    "header: str": lambda _g: "0123",
    "household_id: str": lambda g: g.person["household_id"],
    "ids: Collection[str]": lambda g: [g.person["building_id"]],
    "identity_number: str": lambda _g: "110101199001011237",
    "key: str": lambda g: g.person["building_id"],
    "content: dict[str, Any]": lambda _g: {"words": "any"},
    "kind: ItemKind": lambda _g: "bookmark",
    "kind: Kind": lambda _g: "name",
    "limit: int": lambda _g: 5,
    "line: int": lambda _g: 3,
    "rows: int": lambda _g: 3,
    "mapping: Mapping[str, str]": lambda _g: {"Name": "name"},
    "name: str": lambda _g: "wang",
    "new_name: str": lambda _g: "grown up",
    "noun: str": lambda _g: "building",
    "password: str": lambda _g: "another horse 4712",
    "path: str": lambda _g: "media/one.jpg",
    "person_id: str": lambda g: g.person["id"],
    "place: Place": lambda g: g.folder,
    "progress: Callable[[str, float], None]": lambda _g: nothing,
    "row_id: str": lambda g: g.person["id"],
    "secret: str": lambda g: g.secret,
    "shape: GroundShape": lambda _g: Circle(0.0, 0.0, 500.0),
    "source: str": lambda _g: "a file",
    "subject: str": lambda _g: "nobody",
    "subjects: Sequence[str]": lambda _g: ["one", "two"],
    "table: sa.Table": lambda _g: TABLES["person"],
    "target: Path": lambda g: g.folder / "anchor.txt",
    "target: Store": Ground.other_store,
    "text: str": lambda g: g.person["name"][:2],
    "title: str": lambda _g: "an attack",
    "today: date": lambda _g: TODAY,
    "organisation_id: str": lambda g: g.organisation,
    "unit_id: str": lambda g: g.person["unit_id"],
    "unit_id: str | None": lambda g: g.person["unit_id"],
    "user: User": lambda _g: User("wang", "planner"),
    "values: Iterable[str | int]": lambda g: [g.person["grid_id"]],
    "version: str": lambda _g: SCHEMA_VERSION,
    "where: Where": lambda g: Where(buildings=[g.person["building_id"]]),
    "x: float": lambda _g: 0.0,
    "y: float": lambda _g: 0.0,
}
"""Makers of arguments, by "name: annotation" as the function has it."""

SPECIAL: dict[str, dict[str, Callable[[Ground], Any]]] = {
    "mapdesk.store.changes.history": {"noun": lambda _g: "person"},
    "mapdesk.store.people.has_identity": {"but": lambda g: g.person["id"]},
    "mapdesk.store.map_items.delete": {"name": lambda _g: "harbour"},
    "mapdesk.store.map_items.named": {"name": lambda _g: "harbour"},
    "mapdesk.store.map_items.rename": {
        "name": lambda _g: "harbour",
        "new_name": lambda _g: "harbour",
    },
    "mapdesk.store.map_items.save": {"name": lambda _g: "another"},
    "mapdesk.store.media.of_map": {"path": lambda _g: "media/panoramas/one.jpg"},
    "mapdesk.store.media.local_of_map": {"path": lambda _g: "media/panoramas/one.jpg"},
    "mapdesk.store.saved_filters.delete": {"name": lambda _g: "grown up"},
    "mapdesk.store.saved_filters.named": {"name": lambda _g: "grown"},
    "mapdesk.store.saved_filters.rename": {"name": lambda _g: "grown"},
    "mapdesk.store.saved_filters.save": {"name": lambda _g: "another"},
    "mapdesk.store.scope.grids_below": {"ids": lambda g: [g.person["grid_id"]]},
    "mapdesk.store.sign_in.sign_in": {"clock": lambda _g: later_clock},
    "mapdesk.store.staging.accept": {"batch_id": lambda g: g.staged},
    "mapdesk.store.staging.counts": {"batch_id": lambda g: g.staged},
    "mapdesk.store.staging.decide": {"batch_id": lambda g: g.doubtful},
    "mapdesk.store.staging.discard": {"batch_id": lambda g: g.doubtful},
    "mapdesk.store.staging.page": {"batch_id": lambda g: g.staged},
    "mapdesk.store.writing.take_source_out": {"noun": lambda _g: "panorama"},
    "mapdesk.store.users.add_user": {"user": lambda _g: User("new", "analyst")},
    "mapdesk.store.users.set_code": {"clock": lambda _g: fixed_clock},
}
"""Arguments of one function that mean something else than their name does elsewhere."""

LAST = (
    "mapdesk.store.staging.discard",
    "mapdesk.store.users.remove_user",
    "mapdesk.store.saved_filters.delete",
    "mapdesk.store.map_items.delete",
    "mapdesk.store.migrations.migrate",
    "mapdesk.store.serving.drop",
)
"""Functions that take away what others ask for, in this order after them."""

ENDING = LAST[-2:]
"""Functions after which nothing more is asked of a store: at its opening, and at its end."""


def fixed_clock() -> float:
    """Return the moment at which the code made here is right."""
    return 1_800_000_000.0


def later_clock() -> float:
    """Return a moment after that."""
    return 1_800_000_100.0


def in_order() -> list[str]:
    """Return the names of all functions, those that take things away last."""
    names = sorted(public_functions())
    return [name for name in names if name not in LAST] + [name for name in LAST if name in names]


def arguments_of(name: str, function: Function, ground: Ground) -> dict[str, Any]:
    """Return arguments for a call; a parameter that nothing is known of fails by its name."""
    made = {}
    special = SPECIAL.get(name, {})
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        key = f"{parameter.name}: {parameter.annotation}"
        if parameter.name in special:
            made[parameter.name] = special[parameter.name](ground)
        elif parameter.default is not inspect.Parameter.empty:
            continue
        elif key not in MAKERS:
            raise AssertionError(f"tests/store/callers.py makes no '{key}', which {name} takes")
        else:
            made[parameter.name] = MAKERS[key](ground)
    return made


def call(function: Function, store: Store, arguments: dict[str, Any]) -> Any:
    """Call a function and use up what it gives bit by bit."""
    given = function(store, **arguments)
    if isinstance(given, AbstractContextManager) and not isinstance(given, Path):
        with given as inside:
            return inside
    return list(given) if isinstance(given, Iterator) else given
