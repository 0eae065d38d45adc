"""Every service that takes an `Access`: no answer without a purpose, and one row on record before it."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

import mapdesk.services
from mapdesk.model.access import Access
from mapdesk.model.errors import PurposeError, WorldError
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.selection import Ref
from mapdesk.services import (
    cameras,
    correcting,
    filtering,
    finding,
    making_up,
    register_import,
    residents,
)
from mapdesk.store import audit, media, places
from mapdesk.store.audit.trail import Trail
from mapdesk.store.database import Store
from mapdesk.store.schema import RESIDENT, TABLES
from mapdesk.store.staging import stage
from tests.store.callers import frame_of_one

ADULTS = Filter("person", "all", (Condition("age", "at least", (30,)),))
"""People who may be asked for with the right to people alone."""


class ClockFailedError(Exception):
    """What the clock below raises."""


def broken_clock() -> datetime:
    """Fail, so that no row of the record can be made."""
    raise ClockFailedError


Row = dict[str, Any]
Call = Callable[[Store, Access, Row], Any]

LOOKS: dict[str, Call] = {
    "residents.people_of_building": lambda s, a, r: residents.people_of_building(
        s, a, r["building_id"]
    ),
    "residents.households_of_building": lambda s, a, r: residents.households_of_building(
        s, a, r["building_id"]
    ),
    "residents.home_of": lambda s, a, r: residents.home_of(s, a, r["id"]),
    "residents.find_people": lambda s, a, r: residents.find_people(s, a, r["name"]),
    "filtering.count": lambda s, a, _r: filtering.count(s, a, ADULTS),
    "filtering.ask": lambda s, a, _r: filtering.ask(s, a, ADULTS),
    "filtering.page": lambda s, a, _r: filtering.page(s, a, ADULTS, 0),
    "filtering.doors": lambda s, a, _r: filtering.doors(s, a, ADULTS),
    "making_up.make_up_of": lambda s, a, r: making_up.make_up_of(s, a, [r["building_id"]]),
    "correcting.history_of": lambda s, a, r: correcting.history_of(s, a, Ref("person", r["id"])),
    "cameras.open_cameras": lambda s, a, r: cameras.open_cameras(s, a, [r["camera"]]),
    "register_import.waiting_rows": lambda s, a, r: register_import.waiting_rows(
        s, a, r["staged"], None
    ),
}
"""Services that give people's records, or camera pictures: a call of each."""

CHANGES: dict[str, Call] = {
    "register_import.decide": lambda s, a, r: register_import.decide(s, a, r["doubtful"], 3, None),
    "register_import.accept": lambda s, a, r: register_import.accept(s, a, r["staged"]),
    "correcting.undo": lambda s, a, r: correcting.undo(s, a, r["kept"]),
    "correcting.correct": lambda s, a, r: correcting.correct(
        s, a, Ref("person", r["id"]), {"relation": r["relation"]}, {"relation": None}
    ),
    "correcting.add": lambda s, a, r: correcting.add(
        s, a, "household", {"unit_id": r["unit_id"], "kind": r["household_kind"]}
    ),
    "correcting.split_unit": lambda s, a, r: correcting.split_unit(
        s, a, r["unit_id"], "9999", [], None
    ),
    "correcting.move_household": lambda s, a, r: correcting.move_household(
        s, a, r["household_id"], r["beside"]
    ),
    "correcting.goes_with": lambda s, a, r: correcting.goes_with(s, a, Ref("unit", r["unit_id"])),
    "correcting.join_units": lambda s, a, r: correcting.join_units(s, a, r["beside"], r["unit_id"]),
    "correcting.remove": lambda s, a, r: correcting.remove(s, a, Ref("person", r["id"])),
}
"""Services that change people's records, in an order in which each finds what it changes."""

PERSONAL = LOOKS | CHANGES

SHOWN: dict[str, Callable[[Any], int]] = {
    **dict.fromkeys(
        (
            "residents.people_of_building",
            "residents.find_people",
            "filtering.page",
            "register_import.waiting_rows",
        ),
        len,
    ),
    "residents.home_of": lambda home: len(home.household),
    "filtering.ask": lambda answer: len(answer.rows),
    "filtering.doors": lambda rows: sum(row["people"] for row in rows),
}
"""How many people an answer shows: what the record says."""

ELSEWHERE = {
    "register_import.stage_register": "reads a file: tests/services/test_register_import.py",
    "register_import.discard": "drops what waits and shows nothing; it is on record",
    "auditing.search": "gives the record, not people; on record: tests/services/test_auditing.py",
    "auditing.export": "the record by an auditor: tests/services/test_auditing.py",
    "auditing.verify": "tests/services/test_auditing.py",
    "auditing.anchor": "tests/services/test_auditing.py",
    "finding.find": "people only with a purpose, by residents.find_people: below",
    "cards.card_of": "a count with a purpose alone; tests/services/test_counting.py",
    **dict.fromkeys(
        (
            *("counting.is_exact", "counting.people_of", "counting.require_own"),
            *("counting.require_some_own", "selecting.counted"),
        ),
        "counts; tests/services/test_counting.py",
    ),
    "making_up.of_every_grid": "counts; tests/services/test_making_up.py",
    "making_up.record_copy": "gives nothing; tests/services/test_making_up.py",
    "making_up.publish": "counts with small ones hidden; tests/store/test_published.py",
    "register_import.waiting": "titles of files and counts",
    **dict.fromkeys(
        ("editing.raw_person", "editing.raw_row", "editing.set_fields", "editing.batches"),
        "tests/app/test_register.py and tests/cli/test_register_commands.py",
    ),
    "editing.households_of": "ids of households; used by the form of a unit",
    **dict.fromkeys(("emergencies.begin", "emergencies.end"), "tests/services/test_emergencies.py"),
    **dict.fromkeys(
        ("printing.leaving", "printing.parcel_of"),
        "tests/services/test_printing.py",
    ),
    **dict.fromkeys(("grid_books.book_of", "grid_books.print_book"), "test_grid_books.py"),
    **{
        f"outgoing.{name}": "tests/services/test_outgoing.py"
        for name in (
            *("approve", "copy", "doors_parcel", "export", "leaving", "printed"),
            *("refuse", "request", "watermark", "write_doors"),
        )
    },
    **{
        f"results.{name}": "what outgoing.export writes; tests/services/test_outgoing.py"
        for name in (
            *("of_people", "of_buildings", "of_changes", "of_filter", "of_noun"),
            *("of_rows", "of_search"),
            *("of_shape", "of_things"),
        )
    },
    "card_results.of_card": "what outgoing.export writes; tests/cli/test_outgoing_commands.py",
    **dict.fromkeys(("purposes.add", "purposes.remove"), "tests/services/test_purposes.py"),
    **dict.fromkeys(("retention.run", "retention.set_rule"), "tests/services/test_retention.py"),
    **dict.fromkeys(
        (
            *("residents.household_of", "residents.people_of_area", "residents.people_of_grid"),
            *("residents.people_of_household", "residents.people_of_unit"),
            "register_cards.register_card",
        ),
        "tests/services/test_cards.py",
    ),
    "styling.figures": "counts of grids and buildings; tests/services/test_styling.py",
    "unmasking.unmask": "tests/services/test_unmasking.py",
}
"""Services with an `Access` that give no record of a person, or are tested in a way of their own."""


def found() -> set[str]:
    """Return the services whose first parameters are a store and an access."""
    names = set()
    for info in pkgutil.walk_packages(mapdesk.services.__path__, "mapdesk.services."):
        module = importlib.import_module(info.name)
        for name, function in vars(module).items():
            if not inspect.isfunction(function) or function.__module__ != info.name:
                continue
            kinds = [str(one.annotation) for one in inspect.signature(function).parameters.values()]
            is_asked = any(one.startswith("Access") for one in kinds)
            if not name.startswith("_") and "Store" in kinds[:1] and is_asked:
                names.add(f"{info.name.removeprefix('mapdesk.services.')}.{name}")
    return names


def test_every_service_that_takes_an_access_is_known_here():
    listed = set(PERSONAL) | set(ELSEWHERE)
    assert found() - listed == set()
    assert listed - found() == set()


@pytest.fixture
def row(town: Store) -> Row:
    """Names of things in the town that calls are about."""
    unit = TABLES["unit"]
    with town.connect() as connection:
        query = (
            sa.select(RESIDENT)
            .where(RESIDENT.c.relation.is_not(None), RESIDENT.c.born < 19900101)
            .order_by(RESIDENT.c.id)
        )
        made = dict(connection.execute(query.limit(1)).mappings().one())
        beside = sa.select(unit.c.id).where(
            unit.c.building_id == made["building_id"], unit.c.id != made["unit_id"]
        )
        made["beside"] = connection.scalar(beside.order_by(unit.c.id).limit(1))
    known = places.features(town, "camera", ("main_stream", "sub_stream"))
    streams = zip(
        known.columns["main_stream"].tolist(), known.columns["sub_stream"].tolist(), strict=True
    )
    for key, paths in zip(known.ids.tolist(), streams, strict=True):
        if all(paths):
            made["camera"] = key
            for path in paths:
                media.keep(town, path, b"a clip")
            break
    access = Access("registrar", "owner", "a test of doors")
    frame = frame_of_one()
    made["staged"] = stage(town, access, "one.csv", "one", frame, complete=False)
    doubtful = frame.assign(line=3, id="P-doubt", name="李疑", candidates="[]")
    made["doubtful"] = stage(town, access, "two.csv", "two", doubtful, complete=False)
    ref, seen = Ref("person", made["id"]), {"education": made["education"]}
    made["kept"] = correcting.correct(town, access, ref, seen, {"education": None})
    return made


def test_no_service_gives_a_person_without_a_purpose(town: Store, row: Row):
    idle = Access("tester", "owner", "")
    town.identity = idle
    before = audit.last(town, 1)
    for name, ask in PERSONAL.items():
        with pytest.raises(PurposeError):
            ask(town, idle, row)
        assert audit.last(town, 1) == before, name


def test_each_look_and_change_stands_on_record_once_when_it_is_answered(town: Store, row: Row):
    for name, ask in PERSONAL.items():
        access = Access("tester", "owner", f"testing {name}")
        town.identity = access
        number = audit.last(town, 1)[0]["number"]
        answer = ask(town, access, row)
        newest = audit.last(town, 1)[0]
        assert newest["number"] == number + 1, name
        assert newest["purpose"] == access.purpose
        if name in SHOWN:
            assert json.loads(newest["detail"])["shown"] == SHOWN[name](answer), name
        # A server writes down who it knows to be connected, whatever the desk says.
        assert newest["who"] == ("owner" if town.is_shared else "tester")


def test_a_service_that_cannot_write_the_record_answers_nothing(town: Store, row: Row):
    town.trail.close()
    town.trail = Trail(clock=broken_clock)
    access = Access("tester", "owner", "no record")
    town.identity = access
    if town.is_shared:
        with town.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE mapdesk.look CASCADE"))
    for name, ask in PERSONAL.items():
        answer = None
        with suppress(WorldError, ClockFailedError, sa.exc.DBAPIError):
            answer = ask(town, access, row)
        assert answer is None, name


def test_people_are_found_with_the_rest_only_for_a_purpose(town: Store, row: Row):
    before = audit.last(town, 1)
    assert not any(one.ref.noun == "person" for one in finding.find(town, row["name"]))
    idle = Access("tester", "owner", "")
    assert not any(one.ref.noun == "person" for one in finding.find(town, row["name"], idle))
    assert audit.last(town, 1) == before
    assert any(
        one.ref.noun == "person"
        for one in finding.find(town, row["name"], idle.having("looking for a name"))
    )
    assert audit.last(town, 1)[0]["number"] == before[0]["number"] + 1
