"""Every function of the store that takes a store, called as every role: what the rule says, the server does.

For what a role may not do the desk is made to lie: it says its user is the owner, so that no rule of the
desk refuses anything and the server alone is left.
"""

import importlib
import pkgutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import mapdesk.store
from mapdesk.model import codes
from mapdesk.model.errors import InputError, NotFoundError, RightsError, SignInError, WorldError
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.outgoing import Parcel
from mapdesk.model.rights import ROLES, USER_ROLES, Right
from mapdesk.model.shapes import Circle
from mapdesk.model.users import Credentials, User
from mapdesk.services import districts
from mapdesk.store import (
    changes,
    outgoing,
    purposes,
    retention,
    saved_filters,
    staging,
    undoing,
    writing,
)
from mapdesk.store.changes import Edit
from mapdesk.store.database import Store
from mapdesk.store.filter_grounds import ground_of
from mapdesk.store.rules import RULES
from mapdesk.store.schema import SCHEMA_VERSION, SECRET
from mapdesk.store.server import users
from mapdesk.store.server.names import roles_with
from mapdesk.store.statistics import Where
from tests.conftest import quiet
from tests.server_town import PASSWORD
from tests.store.test_server_attacks import owner_says, raw_people

for _module in pkgutil.walk_packages(mapdesk.store.__path__, "mapdesk.store."):
    if not _module.name.startswith("mapdesk.store.migrations"):
        importlib.import_module(_module.name)


BUILDINGS = Filter("building")
REFUSED = "Your role does not allow this|does not keep or show|of view"


@dataclass
class Desk:
    """What a call is given: an open store and ids that exist."""

    store: Store
    tmp: Path
    ids: dict[str, Any]
    town: Any = None

    def owner(self):
        return self.town.store("keeper")

    @property
    def access(self):
        return self.store.identity.having("trying functions")

    def call(self, name, *args, **kwargs):
        module, _dot, function = f"mapdesk.store.{name}".rpartition(".")
        return getattr(importlib.import_module(module), function)(self.store, *args, **kwargs)


@pytest.fixture(scope="module")
def ids(rights_town):
    """Ids of things in the town, and one path of its media."""
    person = next(row for row in raw_people(rights_town) if row[2])
    row = owner_says(
        rights_town,
        "SELECT household_id, unit_id, building_id FROM mapdesk.person WHERE id = %s",
        person[0],
    )[0]
    camera = owner_says(
        rights_town, "SELECT id FROM mapdesk.camera WHERE main_stream IS NOT NULL ORDER BY id"
    )[0][0]
    owner_says(
        rights_town,
        "INSERT INTO mapdesk.media_file VALUES ('media/try.txt', 'x'), "
        "('media/panoramas/try.jpg', 'x') ON CONFLICT DO NOTHING RETURNING path",
    )
    names = ("household", "unit", "building")
    grid = owner_says(rights_town, "SELECT id FROM mapdesk.grid ORDER BY id LIMIT 1")[0][0]
    shop = owner_says(rights_town, "SELECT min(id) FROM mapdesk.organisation")[0][0]
    return dict(zip(names, row, strict=True)) | {
        "organisation": shop,
        "person": person[0],
        "camera": camera,
        "grid": grid,
    }


def in_transaction(name):
    """Return a call of a function that writes through a connection, undone afterwards."""

    def run(desk):
        with writing.transaction(desk.store, keep=False) as connection:
            desk.call(name, connection)

    return run


def take_source_out(desk):
    with writing.transaction(desk.store, keep=False) as connection:
        desk.call("writing.take_source_out", connection, "panorama", "no such source")


def note_import(desk):
    frame = pd.DataFrame({"id": ["no such building"], "name": ["x"]})
    with writing.transaction(desk.store, keep=False) as connection:
        given = (connection, desk.access, "building", frame, "x.csv")
        desk.call("place_history.note_import", *given, again=True)


def upsert(noun):
    def run(desk):
        frames = {
            "resource": gpd.GeoDataFrame(
                {"id": ["try"], "kind": ["shelter"]}, geometry=[shapely.Point(1, 2)]
            ),
            "camera": gpd.GeoDataFrame({"id": ["try"]}, geometry=[shapely.Point(1, 2)]),
            "unit": pd.DataFrame(
                {"id": ["try"], "building_id": [desk.ids["building"]], "floor": [1]}
            ),
        }
        with writing.transaction(desk.store, keep=False) as connection:
            desk.call("writing.upsert", connection, {noun: frames[noun]})

    return run


def edit(desk):
    person = {"education": "bachelor"}
    made = Edit("person", f"try-{desk.tmp.name}", None, {"name": "试一试", **person})
    return desk.call("changes.apply", desk.access, "trying", [made])


def edit_and_undo(desk):
    undoing.undo(desk.store, desk.access, edit(desk))


def undo(desk):
    batch = edit(desk) if "registrar" in desk.store.identity.user else edit_place(desk)
    assert desk.call("undoing.is_of_places", batch) is ("registrar" not in desk.store.identity.user)
    desk.call("undoing.undo", desk.access, batch)


def edit_place(desk):
    made = Edit("building", desk.ids["building"], {}, {"name": f"try-{desk.tmp.name}"})
    return changes.apply(desk.store, desk.access, "building: name", [made])


def stage(desk):
    frame = pd.DataFrame(
        {
            "line": [2, 3],
            "id": [f"try-{desk.tmp.name}-{number}" for number in (2, 3)],
            "name": ["试一试", "试二试"],
            "address": ["", ""],
            "note": [None, None],
            "candidates": [None, "[]"],
        }
    )
    return desk.call("staging.stage", desk.access, "try", "try", frame, complete=False)


def staged(name, *args, access=False):
    """Return a call about a batch that waits, of whoever may stage one."""

    def run(desk):
        may = "registrar" in desk.store.identity.user
        batch = stage(desk) if may else "x"
        given = [desk.ids["unit"] if one == "unit" else one for one in args]
        try:
            done = desk.call(name, *([desk.access] if access else []), batch, *given)
            if name == "staging.accept":
                undoing.undo(desk.store, desk.access, done)
        finally:
            if may:
                with suppress(NotFoundError):
                    staging.discard(desk.store, batch)

    return run


def unmasked(desk):
    if desk.store.identity.may(Right.UNMASK) and desk.store.identity.role != "owner":
        desk.call("server.asking.unmask_person", desk.ids["person"], "because")
    desk.call("server.asking.unmasked_person", desk.ids["person"])


def copied(name, *args):
    def run(desk):
        folder = Path(tempfile.mkdtemp(dir=desk.tmp)) / "copy"
        with districts.create_district(folder, "Copy", "EPSG:32650") as target:
            desk.call(name, target, *args)

    return run


def about_user(name):
    """Return a call about a user made for it, if the caller may make one."""

    def run(desk):
        user = User("passing", "worker")
        made = "administrator" in desk.store.identity.user
        if made and name != "add_user":
            users.add_user(desk.store, user, PASSWORD)
        calls = {
            "users": (),
            "add_user": (user, PASSWORD),
            "change_user": (user,),
            "remove_user": ("passing",),
            "reset_password": ("passing", PASSWORD),
            "clear_code": ("passing",),
        }
        try:
            desk.call(f"server.users.{name}", *calls[name])
        finally:
            if made and name != "remove_user":
                users.remove_user(desk.store, "passing")

    return run


def refused_code(desk):
    """Try to set a code up with one that is wrong, so that nobody is asked for one afterwards."""
    with pytest.raises(SignInError, match="not the code"):
        desk.call("server.users.set_code", codes.new_secret(), "12345")


def plain(name, *args, **kwargs):
    """Return a call with these arguments, ids taken from the town."""

    def run(desk):
        given = [
            desk.ids[one[1:]] if isinstance(one, str) and one[:1] == "#" else one for one in args
        ]
        given = [[desk.ids[one[0][1:]]] if isinstance(one, list) else one for one in given]
        found = desk.call(name, *given, **kwargs)
        return list(found) if hasattr(found, "__next__") else found

    return run


def own_bookmark(desk, *then):
    """Save a bookmark, call what is about it, and delete it."""
    name = f"try {desk.store.identity.user}"
    desk.call("map_items.save", "bookmark", name, {"x": 1.0})
    for function in then:
        desk.call(function, "bookmark", name)
    desk.call("map_items.rename", "bookmark", name, f"{name} again")
    desk.call("map_items.delete", "bookmark", f"{name} again")


def in_transaction_only(desk):
    with writing.transaction(desk.store, keep=False) as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def discard_after(desk):
    staging.discard(desk.store, stage(desk))


CALLS = {
    "writing.transaction": in_transaction_only,
    "writing.upsert": upsert("resource"),
    "writing.take_source_out": take_source_out,
    "place_history.note_import": note_import,
    "changes.apply": edit_and_undo,
    "changes.history": plain("changes.history", "person", "#person"),
    "changes.batches": plain("changes.batches"),
    "undoing.undo": undo,
    "undoing.is_of_places": plain("undoing.is_of_places", "x"),
    "copying.copy_rows": copied("copying.copy_rows", quiet),
    "copying.copy_secret": copied("copying.copy_secret"),
    "server.asking.find_people": plain("server.asking.find_people", "name", "王", 5),
    "server.asking.born_between": plain("server.asking.born_between", 19500101, 19501231),
    "server.asking.unmask_person": plain("server.asking.unmask_person", "#person", "because"),
    "server.asking.unmasked_person": unmasked,
    "server.asking.break_glass": plain("server.asking.break_glass", "fire"),
    "server.asking.streams": plain("server.asking.streams", ["#camera"]),
    "server.asking.count_people": plain("server.asking.count_people", ["#building"]),
    "people.of_building": plain("people.of_building", "#building"),
    "people.person": plain("people.person", "#person"),
    "people.names": plain("people.names", ["#person"]),
    "people.household": plain("people.household", "#household"),
    "people.households_of_unit": plain("people.households_of_unit", "#unit"),
    "people.has_identity": plain("people.has_identity", "110101199001011237", "x"),
    "people.of_unit": plain("people.of_unit", "#unit"),
    "people.count_in": plain("people.count_in", ["#building"]),
    "people.count_by_household_kind": plain("people.count_by_household_kind", "#building"),
    "finding_people.find": plain("finding_people.find", "王", "name", 5),
    "fingerprint.of_rows": plain("fingerprint.of_rows", "building", ("height",)),
    "grids.nest": in_transaction("grids.nest"),
    "grids.assign": in_transaction("grids.assign"),
    "media.files": plain("media.files"),
    "media.keep": plain("media.keep", "media/try.txt", b"x"),
    "media.discard": plain("media.discard", "media/gone.txt"),
    "media.local_of_map": plain("media.local_of_map", "media/panoramas/try.jpg"),
    "readings.by_hour": plain("readings.by_hour"),
    "media.of_map": plain("media.of_map", "media/panoramas/try.jpg"),
    "media.local": plain("media.local", "media/try.txt"),
    "places.counts": plain("places.counts"),
    "places.features": plain("places.features", "camera"),
    "places.hashed_features": plain("places.hashed_features", "building", ("use",), ("height",)),
    "places.wkb_of": plain("places.wkb_of", "building", ["#building"]),
    "places.index_of": plain("places.index_of", "building"),
    "places.ids_within": plain("places.ids_within", "camera", Circle(0, 0, 10)),
    "places.ids_at": plain("places.ids_at", "building", 0, 0),
    "places.rows": plain("places.rows", "worker", ["#camera"]),
    "places.row": plain("places.row", "camera", "#camera"),
    "places.where": plain("places.where", "unit", "building_id", ["#building"]),
    "places.grid_chain": plain("places.grid_chain", "#grid"),
    "places.bounds": plain("places.bounds", "camera"),
    "places.extent": plain("places.extent"),
    "places.attributions": plain("places.attributions"),
    "search.find": plain("search.find", "路"),
    "server.users.users": about_user("users"),
    "server.users.add_user": about_user("add_user"),
    "server.users.change_user": about_user("change_user"),
    "server.users.remove_user": about_user("remove_user"),
    "server.users.reset_password": about_user("reset_password"),
    "server.users.set_password": plain("server.users.set_password", PASSWORD),
    "server.users.clear_code": about_user("clear_code"),
    "server.users.set_code": refused_code,
    "server.sign_in.prove": plain("server.sign_in.prove", Credentials("", "")),
    "server.sign_in.role_password": plain("server.sign_in.role_password", "wang", PASSWORD),
    "staging.stage": discard_after,
    "staging.name_rows": lambda desk: desk.call("staging.name_rows", "x", pd.DataFrame()),
    "staging.waiting": plain("staging.waiting"),
    "staging.counts": staged("staging.counts"),
    "staging.page": staged("staging.page"),
    "staging.decide": staged("staging.decide", 3, "unit"),
    "staging.accept": staged("staging.accept", access=True),
    "staging.discard": staged("staging.discard"),
    "staging.recall_mapping": plain("staging.recall_mapping", "try"),
    "staging.remember_mapping": plain("staging.remember_mapping", "try", {"a": "name"}),
}
"""How each function is called; a public function of the store that is not here fails."""


CALLS |= {
    "audit.record": lambda desk: desk.call("audit.record", desk.access, "try", "x"),
    "audit.record_all": lambda desk: desk.call("audit.record_all", desk.access, "try", ["x", "y"]),
    "audit.last": plain("audit.last", 5),
    "audit.search": plain("audit.search", action="try"),
    "audit.verify": plain("audit.verify"),
    "audit.anchor": lambda desk: desk.call("audit.anchor", desk.tmp / "anchor"),
    "copying.digest_of": plain("copying.digest_of", SECRET),
    "scope.grids_below": plain("scope.grids_below", ["#grid"]),
    "scope.area_grids": plain("scope.area_grids"),
    "scope.within_areas": plain("scope.within_areas"),
    "scope.visible": plain("scope.visible"),
    "filtering.check": plain("filtering.check", BUILDINGS),
    "filtering.count": plain("filtering.count", BUILDINGS),
    "filtering.columns": plain("filtering.columns", "building"),
    "filtering.rows": plain("filtering.rows", BUILDINGS),
    "filtering.building_ids": plain("filtering.building_ids", BUILDINGS),
    "filtering.place_ids": plain("filtering.place_ids", BUILDINGS),
    "filtering.floors": plain("filtering.floors", BUILDINGS),
    "filtering.doors": plain("filtering.doors", Filter("person")),
    "map_items.items": plain("map_items.items", "bookmark"),
    "map_items.named": lambda desk: own_bookmark(desk, "map_items.named"),
    "map_items.save": own_bookmark,
    "map_items.rename": own_bookmark,
    "map_items.delete": own_bookmark,
    "saved_filters.saved": plain("saved_filters.saved"),
    "saved_filters.named": lambda desk: own_filter(desk, "named"),
    "saved_filters.save": lambda desk: own_filter(desk, "saved"),
    "saved_filters.rename": lambda desk: own_filter(desk, "rename", "try another"),
    "saved_filters.delete": lambda desk: own_filter(desk, "delete"),
    "serving.drop": plain("serving.drop"),
    "statistics.grid_parents": plain("statistics.grid_parents"),
    "statistics.pyramids_of_grids": plain("statistics.pyramids_of_grids", date(2026, 1, 1)),
    "statistics.make_up": plain("statistics.make_up", Where(), date(2026, 1, 1)),
    "statistics.fixed_area_statistics": plain("statistics.fixed_area_statistics", date(2026, 1, 1)),
}


def own_filter(desk, what, *args):
    """Call a function about a filter that is saved for it and deleted afterwards."""
    name = f"try {desk.store.identity.user}"
    if what == "named":
        with desk.owner() as owner:
            saved_filters.save(owner, name, BUILDINGS)
            desk.call("saved_filters.named", name)
            saved_filters.delete(owner, name)
        return
    desk.call("saved_filters.save", name, BUILDINGS)
    if what in ("rename", "delete"):
        desk.call(f"saved_filters.{what}", name, *args)
    if what != "delete":
        desk.call("saved_filters.delete", *(args or [name]))


def request_of(desk):
    """Return a request of the analyst's that waits."""
    with desk.town.store("analyst", "trying functions") as store:
        people = tuple(f"{desk.tmp.name} {number}" for number in range(101))
        return outgoing.ask(store, store.identity, Parcel("export", "a list", "csv", people))


def one_list(desk, *, masked=True):
    """Return a parcel of one person."""
    reason = "" if masked else "because"
    return Parcel("export", "a list", "csv", (desk.ids["person"],), masked, reason)


def names(desk):
    kept = request_of(desk)
    if desk.store.identity.role == "analyst":
        kept = outgoing.leave(desk.store, desk.access, one_list(desk, masked=False))
    desk.call("outgoing.names_of", kept, [desk.ids["person"]])


def purpose_of(desk):
    return f"trying {desk.store.identity.user}"


def usual_purpose(what):
    def run(desk):
        if what == "remove" and desk.store.identity.may(Right.PURPOSES):
            with desk.owner() as owner, suppress(InputError):
                purposes.add(owner, purpose_of(desk))
        desk.call(f"purposes.{what}", purpose_of(desk))
        if what == "add":
            purposes.remove(desk.store, purpose_of(desk))

    return run


def ruled(name, *args):
    """Call a function about a rule of retention while there is one that finds nothing."""

    def run(desk):
        with desk.owner() as owner:
            retention.set_rule(owner, "readings", 30_000)
        try:
            desk.call(name, *(one(desk) if callable(one) else one for one in args))
        finally:
            with desk.owner() as owner:
                retention.set_rule(owner, "readings", None)

    return run


def newest_look(desk):
    return owner_says(desk.town, "SELECT max(number) FROM mapdesk.look")[0][0]


def where_of(desk):
    grown = Filter("person", "all", (Condition("age", "at least", (30,)),))
    desk.call("filter_terms.where", ground_of("person", None), grown, date(2026, 1, 1))


def not_migrated(desk):
    """The owner alone upgrades a district; whoever else opens an old one is told so."""
    with pytest.raises(InputError, match="its owner has to open it"):
        desk.call("migrations.migrate", "0001")


LONG_AGO = datetime(1950, 1, 1, tzinfo=UTC)

CALLS |= {
    "audit.erasable": plain("audit.erasable", LONG_AGO),
    "audit.erase": lambda desk: desk.call("audit.erase", desk.access, LONG_AGO, 400),
    "audit.look_up_ages": lambda desk: desk.call("audit.look_up_ages", newest_look(desk)),
    "breaking.break_glass": lambda desk: desk.call("breaking.break_glass", desk.access, "because"),
    "filter_terms.where": where_of,
    "database.checkpoint": plain("database.checkpoint"),
    "database.is_at": plain("database.is_at", Path("nowhere")),
    "database.migrate_if_old": plain("database.migrate_if_old", SCHEMA_VERSION),
    "migrations.migrate": not_migrated,
    "filtering.living_in": plain("filtering.living_in", "household_id", ["#household"]),
    "grid_counts.residents_of": plain("grid_counts.residents_of", ["#building"]),
    "grid_counts.units_of": plain("grid_counts.units_of", ["#building"]),
    "grid_figures.of_grid": plain("grid_figures.of_grid", "#grid"),
    "grid_figures.of_every_grid": plain("grid_figures.of_every_grid", "units"),
    "grid_figures.incidents_by_day": plain("grid_figures.incidents_by_day", "grid_id"),
    "people.count_of_buildings": plain("people.count_of_buildings", ["#building"]),
    "people.count_of_grid": plain("people.count_of_grid", "#grid"),
    "people.of_buildings": plain("people.of_buildings", ["#building"]),
    "people.page_of_grid": plain("people.page_of_grid", "#grid", 5, 0),
    "outgoing.ask": lambda desk: desk.call("outgoing.ask", desk.access, one_list(desk)),
    "outgoing.leave": lambda desk: desk.call("outgoing.leave", desk.access, one_list(desk)),
    "outgoing.names_of": names,
    "outgoing.give_back": plain("outgoing.give_back", "x"),
    "outgoing.decide": lambda desk: desk.call(
        "outgoing.decide", desk.access, request_of(desk).id, approve=True
    ),
    "outgoing.own": plain("outgoing.own"),
    "outgoing.taken_alone": plain("outgoing.taken_alone"),
    "outgoing.waiting": plain("outgoing.waiting"),
    "published.publish": plain("published.publish", date(2026, 1, 1)),
    "published.statistics_for": plain("published.statistics_for", date(2026, 1, 1)),
    "purposes.add": usual_purpose("add"),
    "purposes.remove": usual_purpose("remove"),
    "purposes.usual": plain("purposes.usual"),
    "retention.rules": plain("retention.rules"),
    "retention.copies": plain("retention.copies"),
    "retention.set_rule": plain("retention.set_rule", "staged rows", None),
    "retention.count_due": ruled("retention.count_due", "readings", LONG_AGO.replace(year=1930)),
    "retention.erase": ruled(
        "retention.erase", lambda desk: desk.access, "readings", LONG_AGO.replace(year=1930), 30_000
    ),
    "unmasking.contact_of": lambda desk: desk.call(
        "unmasking.contact_of", desk.access, desk.ids["organisation"], "because"
    ),
    "server.contacts.contact_of": plain("server.contacts.contact_of", "#organisation", "because"),
    "server.contacts.ask_to_note": plain(
        "server.contacts.ask_to_note", "x.csv", {"contact_name": {"x": None}}
    ),
    "unmasking.unmask": lambda desk: desk.call(
        "unmasking.unmask", desk.access, desk.ids["person"], "because"
    ),
}


EMBEDDED = ("users.", "sign_in.", "audit.fold", "room.")
"""Functions about files of an embedded district."""

UNSERVED = {
    ("statistics.fixed_area_statistics", "planner"),
    *(("audit.look_up_ages", role) for role in roles_with(Right.PEOPLE)),
    *(("outgoing.names_of", role) for role in ("dispatcher", "worker", "registrar")),
}
"""What a rule allows and the server does not: it would have to hide small counts itself; nobody who looks
reads the record, and the server counts look-ups itself; who takes nothing out needs no names for it."""

ALSO = {
    *(("audit.look_up_ages", role) for role in roles_with(Right.AUDIT)),
    *(("audit.erasable", "auditor"), ("audit.erase", "auditor")),
}
"""What the desk alone refuses, for the server lets these read the record; nothing is due here, and that
auditors erase nothing is tried in test_server_retention.py."""

OWNERS = {
    "copying.copy_rows",
    "copying.copy_secret",
    "copying.digest_of",
    "media.files",
    "serving.drop",
}
"""Asked of the owner alone, beside their rule."""

VEILED = {
    *(("changes.history", role) for role in ("planner", "auditor", "security", "administrator")),
    *(("staging.name_rows", role) for role in USER_ROLES if role != "registrar"),
    ("staging.waiting", "planner"),
}
"""Where the server refuses nothing, but shows changes of places alone; it is not asked to name rows."""

RIGHT = {
    "writing.upsert": Right.EDIT_PLACES,
    "changes.apply": Right.EDIT_REGISTER,
    "changes.history": Right.PEOPLE,
}
"""What functions ask for in their bodies."""


def rule_of(name):
    return RIGHT.get(name, RULES[f"mapdesk.store.{name}"])


def test_every_function_with_a_rule_is_called():
    named = {name.removeprefix("mapdesk.store.") for name in RULES}
    inner = ("server.asking", "server.taking_out", "server.registering")
    here = {name for name in named if not name.startswith((*EMBEDDED, *inner))}
    asked = {name for name in CALLS if not name.startswith("server.asking")}
    assert here == asked


@pytest.fixture(scope="module")
def stores(rights_town):
    opened = {role: rights_town.store(role, "trying functions") for role in USER_ROLES}
    yield opened
    for store in opened.values():
        store.close()


@pytest.mark.parametrize("role", USER_ROLES)
@pytest.mark.parametrize("name", CALLS)
def test_the_server_does_what_the_rule_says(stores, ids, tmp_path, rights_town, role, name):
    right = rule_of(name)
    desk = Desk(stores[role], tmp_path, ids, rights_town)
    may = right is None or right in ROLES[role].rights
    if may and name not in OWNERS and (name, role) not in UNSERVED:
        CALLS[name](desk)
        return
    with pytest.raises(WorldError if (name, role) in UNSERVED else RightsError):
        CALLS[name](desk)
    if (name, role) in ALSO:
        return
    if name == "media.files" and Right.CAMERAS in ROLES[role].rights:
        return  # Who may watch cameras may read any clip, one by one.
    honest = desk.store.identity
    desk.store.identity = replace(honest, role="owner")
    try:
        if (name, role) in VEILED:
            with suppress(NotFoundError):
                assert not CALLS[name](desk)
            return
        with pytest.raises(WorldError, match=REFUSED):
            CALLS[name](desk)
    finally:
        desk.store.identity = honest


@pytest.mark.parametrize("role", USER_ROLES)
@pytest.mark.parametrize("noun", ["resource", "camera", "unit"])
def test_nouns_are_written_by_who_may_change_them(stores, ids, tmp_path, role, noun):
    desk = Desk(stores[role], tmp_path, ids)
    may = writing.right_to_change(noun) in ROLES[role].rights
    honest = desk.store.identity
    desk.store.identity = replace(honest, role="owner")
    try:
        if may:
            upsert(noun)(desk)
        else:
            with pytest.raises(RightsError, match="Your role does not allow this"):
                upsert(noun)(desk)
    finally:
        desk.store.identity = honest
