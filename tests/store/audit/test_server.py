"""The record on PostgreSQL: the server's own word, its hash read by Python, and no hand but the owner's."""

import json
import secrets
import threading
from dataclasses import replace

import psycopg
import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import RightsError, WorldError
from mapdesk.model.users import User
from mapdesk.services import districts
from mapdesk.store import audit
from mapdesk.store.audit.chain import STEP_BACK, extend
from mapdesk.store.audit.keys import MemoryKeys
from mapdesk.store.audit.server import let_audit, let_record
from mapdesk.store.server import users
from tests.store.audit.books import ANALYST, START, look


@pytest.fixture
def shared(postgres, empty_url_master):
    """An empty district on a server, its key in memory."""
    store = districts.open_district(postgres.copy_database(empty_url_master))
    store.trail.keys = MemoryKeys()
    yield store
    store.close()


@pytest.fixture
def people(postgres, shared):
    """Connections of an analyst and of an auditor, who may do what `let_record` and `let_audit` say."""
    names = {role: f"{role}_{secrets.token_hex(4)}" for role in ("analyst", "auditor")}
    with shared.engine.begin() as connection:
        for name in names.values():
            connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD 'word'")
            connection.exec_driver_sql(
                f'GRANT CONNECT ON DATABASE "{shared.engine.url.database}" TO {name}'
            )
            connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA mapdesk TO {name}")
            let_record(connection, name)
        let_audit(connection, names["auditor"])
    database = shared.engine.url.database
    connections = {}
    for role, name in names.items():
        url = postgres.url(database, name, "word")
        connections[role] = psycopg.connect(url, autocommit=True)
        connections[role].execute("SET search_path = mapdesk")
    yield connections
    for connection in connections.values():
        connection.close()
    with shared.engine.begin() as connection:
        for name in names.values():
            connection.exec_driver_sql(f"DROP OWNED BY {name}")
            connection.exec_driver_sql(f"DROP ROLE {name}")


def tamper(store, text, **values):
    with store.engine.begin() as connection:
        connection.execute(sa.text(text), values)


def test_python_verifies_what_the_server_wrote(shared):
    assert audit.verify(shared).whole
    audit.record(shared, ANALYST, "find people", "王建国 'x'; \\ \N{GRINNING FACE}\1")
    audit.record_all(shared, ANALYST, "open stream", ["C1", "", "C3"], detail={"people": 3})
    head = audit.anchor(shared, shared.folder / secrets.token_hex(4))
    verdict = audit.verify(shared)
    assert (verdict.whole, verdict.rows, verdict.heads, verdict.hash) == (True, 4, 1, head.hash)
    assert [row["subject"] for row in audit.last(shared)] == [
        "C3",
        "",
        "C1",
        "王建国 'x'; \\ \N{GRINNING FACE}\1",
    ]
    assert json.loads(audit.last(shared)[0]["detail"]) == {"desk_user": "tester", "people": 3}


def test_who_is_the_servers_word(shared, people):
    analyst = people["analyst"]
    analyst.execute(
        "SELECT record_looks('boss', 'owner', 'why', 'look', ARRAY['B1'], 'look', '{}')"
    )
    analyst.execute("SELECT record_look('analyst', 'why', 'look', 'B2')")
    (second, first) = audit.last(shared)
    assert first["who"] == second["who"] == analyst.info.user
    assert json.loads(first["detail"]) == {"desk_user": "boss"}
    assert second["detail"] == "{}"
    assert audit.verify(shared).whole


FORGED_HASH = (
    f"CREATE OR REPLACE FUNCTION look_hash(bigint, {'text, ' * 8} bytea) "
    "RETURNS bytea LANGUAGE sql AS 'SELECT null::bytea'"
)


@pytest.mark.parametrize("role", ["analyst", "auditor"])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO look SELECT * FROM look",
        "UPDATE look SET who = 'x'",
        "DELETE FROM look",
        "TRUNCATE look",
        "UPDATE look_chain SET number = 0",
        "DELETE FROM look_head",
        "DROP TABLE look",
        "ALTER TABLE look ADD COLUMN x text",
        FORGED_HASH,
    ],
)
def test_nobody_but_the_owner_writes(people, role, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        people[role].execute(statement)


def test_the_record_shows_nothing_to_who_is_no_user(shared, people):
    audit.record(shared, ANALYST, "look", "B1")
    assert people["auditor"].execute("SELECT subject FROM look").fetchall() == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        people["analyst"].execute("SELECT * FROM look")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        people["analyst"].execute("SELECT keep_look_head('', 1, '', '', '', '')")


def test_an_auditor_verifies_and_anchors_from_a_desk(shared, postgres, tmp_path):
    audit.record(shared, ANALYST, "look", "B1")
    database, urls = shared.engine.url.database, {}
    for role in ("administrator", "auditor", "analyst"):
        login = users.add_user(shared, User(role, role), "a-long-password-1")
        urls[role] = postgres.url(database, login, "a-long-password-1")
    with districts.open_district(urls["auditor"]) as desk:
        assert "B1" in [row["subject"] for row in audit.last(desk)]
        desk.trail.keys = MemoryKeys()
        audit.anchor(desk, tmp_path / "anchor")
        assert audit.verify(desk, tmp_path / "anchor").whole
    with districts.open_district(urls["analyst"]) as desk, pytest.raises(RightsError):
        audit.last(desk)
    with districts.open_district(urls["analyst"]) as desk:
        desk.identity = replace(desk.identity, role="owner")
        with pytest.raises(WorldError, match="look"):
            audit.last(desk)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE look SET who = 'x' WHERE number = 2", "Row 2 was changed"),
        ("DELETE FROM look WHERE number = 2", "Row 2 is missing"),
        ("DELETE FROM look WHERE number > 3", "The record ends at row 3"),
        ("UPDATE look_chain SET at = ''", "Row 5, the last"),
    ],
)
def test_what_the_owner_changes_is_found(shared, change, sentence):
    audit.record_all(shared, ANALYST, "look", list("abcde"))
    tamper(shared, change)
    assert [one.sentence[: len(sentence)] for one in audit.verify(shared).findings] == [sentence]


def test_a_rolled_back_server_is_found_by_the_anchor(shared, tmp_path):
    audit.record_all(shared, ANALYST, "look", list("abcde"))
    audit.anchor(shared, tmp_path / "anchor")
    tamper(shared, "DELETE FROM look WHERE number > 3")
    tamper(shared, "DELETE FROM look_head")
    tamper(
        shared,
        "UPDATE look_chain SET heads = 0, number = 3, hash = (SELECT hash FROM look WHERE number = 3), "
        "at = (SELECT at FROM look WHERE number = 3)",
    )
    assert audit.verify(shared).whole
    assert not audit.verify(shared, tmp_path / "anchor").whole


def test_a_servers_clock_set_back_is_told(shared):
    """The last row is one of next century, with the right hash; the next is written by today's clock."""
    with shared.engine.begin() as connection:
        name = bytes(connection.scalar(sa.text("SELECT name FROM look_chain")))
        future = START.replace(year=2126)
        (row,) = extend([look(1)], future, (0, "", name), None)
        marks = ", ".join(f":p{place}" for place in range(11))
        columns = "number, at, who, role, purpose, action, subject, kind, detail, previous, hash"
        connection.execute(
            sa.text(f"INSERT INTO look ({columns}) VALUES ({marks})"),
            {f"p{place}": value for place, value in enumerate(row)},
        )
        connection.execute(
            sa.text("UPDATE look_chain SET number = 1, at = :at, hash = :hash"),
            {"at": row[1], "hash": row[-1]},
        )
    audit.record(shared, ANALYST, "look", "B2")
    (second, first) = audit.last(shared)
    assert second["at"] < first["at"]
    assert json.loads(second["detail"])[STEP_BACK] > 1e9
    assert audit.verify(shared).whole


def test_desks_side_by_side_make_one_chain(shared):
    def work():
        for number in range(25):
            audit.record(shared, ANALYST, "look", f"B{number}")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = audit.verify(shared)
    assert (verdict.whole, verdict.rows) == (True, 100)


def test_a_ticket_counts_only_once_its_row_is_kept(shared, people):
    """What is shown unmasked must not be seen inside a transaction that then takes its record back."""
    analyst = people["analyst"]
    asked = "SELECT record_look('analyst', 'why', 'unmask', 'P1', 'unmask')"
    with shared.engine.begin() as connection:
        connection.exec_driver_sql(
            f"GRANT EXECUTE ON FUNCTION look_committed(bigint, text, text) TO {analyst.info.user}"
        )
    counts = "SELECT look_committed(%s, %s, %s)"
    with analyst.transaction(force_rollback=True):
        (number,) = analyst.execute(asked).fetchone()
        with analyst.transaction():
            assert analyst.execute(counts, (number, "unmask", "P1")).fetchone() == (False,)
    assert analyst.execute(counts, (number, "unmask", "P1")).fetchone() == (False,)
    (number,) = analyst.execute(asked).fetchone()
    assert analyst.execute(counts, (number, "unmask", "P1")).fetchone() == (True,)
    assert analyst.execute(counts, (number, "unmask", "P2")).fetchone() == (False,)
    assert people["analyst"].execute(counts, (number, "look", "P1")).fetchone() == (False,)


def test_rows_are_found_by_each_of_their_words(shared):
    audit.record_all(shared, ANALYST, "look", [f"B{number:03}" for number in range(30)])
    audit.record(shared, Access("tester", "analyst"), "export", "100%", kind="export")
    found = audit.search(shared, subject="b00", kind="look", limit=4, before=8)
    assert [row["subject"] for row in found] == ["B006", "B005", "B004", "B003"]
    assert [row["number"] for row in audit.search(shared, subject="%")] == [31]
    assert audit.search(shared, who="tester") == []
    assert len(audit.search(shared, who="owner", action="look", since=START)) == 30
    assert audit.search(shared, until=START) == []


def test_a_server_that_is_gone_refuses_the_look(shared):
    tamper(shared, "DROP FUNCTION record_looks(text, text, text, text, text[], text, text) CASCADE")
    with pytest.raises(WorldError, match="nothing personal is shown unrecorded"):
        audit.record(shared, ANALYST, "look", "B1")


def test_the_desk_asks_for_the_right_first(shared):
    shared.identity = Access("tester", "analyst")
    for asks in (audit.last, audit.search, audit.verify):
        with pytest.raises(RightsError):
            asks(shared)
    with pytest.raises(RightsError):
        audit.anchor(shared, shared.folder / "anchor")
