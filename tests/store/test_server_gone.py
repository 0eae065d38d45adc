"""A database server that goes away in the middle: nothing half-written, one sentence, and on again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import WorldError
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, districts
from mapdesk.store import audit, changes, people, staging
from mapdesk.store.copying import Digest, digest_of
from mapdesk.store.database import Store
from mapdesk.store.schema import METADATA, TABLES
from tests.conftest import build_town
from tests.postgres import PostgresServer, missing
from tests.store.callers import frame_of_one
from tests.store.moments import just_before


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of this test's own, which it may halt."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    made = PostgresServer({"fsync": "on"})
    yield made
    made.stop()


@pytest.fixture
def shared_town(server: PostgresServer, town_frames: dict[str, Any]) -> Iterator[Store]:
    url = server.new_database()
    build_town(url, town_frames)
    store = districts.open_district(url)
    store.identity = Access("tester", "owner", "a server that goes away")
    yield store
    store.close()


def contents(store: Store) -> dict[str, Digest]:
    return {table.name: digest_of(store, table) for table in METADATA.sorted_tables}


@pytest.mark.parametrize(
    "words",
    [
        "INSERT INTO mapdesk.change",
        pytest.param("UPDATE mapdesk.person", marks=pytest.mark.soak),
        pytest.param("DELETE FROM resident", marks=pytest.mark.soak),
    ],
)
def test_an_edit_is_whole_or_not_at_all(words: str, server: PostgresServer, shared_town: Store):
    store = shared_town
    with store.connect() as connection:
        person = TABLES["person"]
        key = connection.scalar(sa.select(person.c.id).order_by(person.c.id).limit(1))
    seen = people.person(store, key)
    before = contents(store)
    just_before(store, words, server.halt)
    ref = Ref("person", key)
    with pytest.raises(WorldError, match="does not answer"):
        correcting.correct(store, store.identity, ref, {"name": seen["name"]}, {"name": "王归来"})
    with pytest.raises(WorldError, match="does not answer"):
        people.person(store, key)
    server.start()
    assert contents(store) == before
    # The look was on record before the edit was tried, and stays.
    assert audit.last(store, 1)[0]["action"] == "change"
    correcting.correct(store, store.identity, ref, {"name": seen["name"]}, {"name": "王归来"})
    assert people.person(store, key)["name"] == "王归来"


def test_an_import_is_whole_or_not_at_all(server: PostgresServer, shared_town: Store):
    store = shared_town
    waiting = staging.stage(store, store.identity, "one.csv", "one", frame_of_one(), complete=False)
    before = contents(store)
    just_before(store, "INSERT INTO person", server.halt)
    with pytest.raises(WorldError, match="does not answer"):
        staging.accept(store, store.identity, waiting)
    server.start()
    assert contents(store) == before
    staging.accept(store, store.identity, waiting)
    assert people.person(store, "P-new")["name"] == "王新"
    assert changes.batches(store)[0]["kind"] == "import"
