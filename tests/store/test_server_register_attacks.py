"""Attacks by a registrar's hand-written session: on what it may write, for what it may not read."""

import json
import re
from contextlib import contextmanager

import pandas as pd
import psycopg
import pytest

from mapdesk.model.access import mask_identity, mask_name
from mapdesk.store import changes, staging, undoing
from mapdesk.store.changes import Edit
from mapdesk.store.server import edits_sql, register_sql
from tests.store.test_server_attacks import looks, owner_says, raw_people
from tests.store.test_server_register import homes_of

REFUSED = psycopg.errors.RaiseException


def begun(town, user="registrar"):
    """Return a hand-written session of a registrar's with a purpose."""
    session = town.session(user)
    session.execute("SELECT rights.begin_work('probing')")
    return session


RAW = ("name", "phone", "identity_number", "birth_date", "*")
TABLES_OF_PEOPLE = ("person", "resident", "household", "staged", "change")


def test_no_statement_reads_what_is_raw(rights_town):
    statements = [f"SELECT {name} FROM mapdesk.{{}}" for name in RAW]
    statements += ["SELECT t FROM mapdesk.{} t", "COPY mapdesk.{} TO STDOUT", "TABLE mapdesk.{}"]
    statements += [
        "UPDATE mapdesk.{} SET id = id RETURNING *",
        "DELETE FROM mapdesk.{} RETURNING *",
        "INSERT INTO mapdesk.{} (id) VALUES ('x') RETURNING *",
        "SELECT * FROM mapdesk.{} FOR UPDATE",
        "SELECT query_to_xml('SELECT * FROM mapdesk.{}', true, true, '')",
    ]
    statements = [text.format(table) for text in statements for table in TABLES_OF_PEOPLE]
    statements += [
        "UPDATE mapdesk.staged SET candidates = name",
        "UPDATE mapdesk.staged SET candidates = p.name FROM mapdesk.person p",
        "UPDATE mapdesk.staged SET status = 'x' WHERE name LIKE '王%'",
        "DELETE FROM mapdesk.staged WHERE identity_number IS NOT NULL",
        "INSERT INTO mapdesk.staged (batch_id, line, note) SELECT 'x', 1, name FROM mapdesk.person",
        "INSERT INTO mapdesk.column_mapping SELECT id, name FROM mapdesk.person",
        "INSERT INTO mapdesk.staged (batch_id, line, status) VALUES ('x', 1, 'new') RETURNING name",
        "SELECT value FROM mapdesk.secret",
        "SELECT rights.district_secret()",
        "SELECT rights.hashes_of(ARRAY['110101199001011237'])",
        "SELECT rights.settle_batch('x', true)",
        "SELECT rights.changed_by('x', 'name')",
        "SELECT rights.was_asked('batch', 'x', 60)",
        f'SET ROLE "mapdesk_{rights_town.database}_register"',
        "SET ROLE keeper",
    ]
    for user in ("registrar", "clerk"):
        with begun(rights_town, user) as session:
            for statement in statements:
                with pytest.raises(
                    (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedColumn)
                ):
                    session.execute(statement)


def test_what_waits_and_its_history_are_masked(rights_town):
    with rights_town.store("keeper") as owner:
        homes = homes_of(owner, rights_town.grids)
    person = homes.iloc[0]
    with rights_town.store("registrar", "probing") as store:
        access = store.identity.having("probing")
        frame = pd.DataFrame([{"line": 2, "identity_number": person["identity_number"]}])
        for name in ("id", "name", "address", "note", "candidates"):
            frame[name] = None
        batch = staging.stage(store, access, "probe", "probe", frame, complete=False)
        try:
            (row,) = staging.page(store, batch)
            with begun(rights_town) as session:
                query = "SELECT t::text FROM masked.staged t WHERE batch_id = %s"
                ((line,),) = session.execute(query, (batch,))
        finally:
            staging.discard(store, batch)
        edit = Edit("person", person["id"], {}, {"phone": "13900001234", "name": "欧阳子墨"})
        done = changes.apply(store, access, "probe", [edit])
        with begun(rights_town) as session:
            told = session.execute(
                "SELECT t::text FROM masked.change t WHERE batch_id = %s", (done,)
            )
            noted = " ".join(one for (one,) in told)
        undoing.undo(store, access, done)
    assert row["id"] == person["id"]
    assert row["name"] == row["was"]["name"] == mask_name(person["name"])
    assert row["differs"] == []
    for text in (line, noted, str(row)):
        for name in ("name", "phone", "identity_number"):
            assert person[name] not in text
        assert str(person["birth_date"]) not in text
    assert mask_name("欧阳子墨") in noted
    assert "欧阳子墨" not in noted


ACTS = (
    "staged_differences('{0}', '{{2}}')",
    "compare_staged('{0}', false)",
    "judge_staged('{0}', 2)",
    "accept_staged('{0}', '{{new}}', '{{}}', '{{}}')",
)


def test_a_guess_is_on_record_before_it_is_answered(rights_town):
    person = raw_people(rights_town, "p.identity_number IS NOT NULL")[0]
    guess = json.dumps([{"noun": "person", "id": person[0], "before": {"phone": "1"}, "after": {}}])
    other = guess.replace('"1"', '"2"')
    with begun(rights_town) as session:
        for act in ACTS:
            with pytest.raises(REFUSED, match="not asked for"):
                session.execute(f"SELECT rights.{act.format('x')}")
        with session.transaction(force_rollback=True):
            session.execute("SELECT rights.ask_batch('x', 'accept into register')")
            for act in ACTS:
                with pytest.raises(REFUSED, match="not asked for"), session.transaction():
                    session.execute(f"SELECT rights.{act.format('x')}")
            session.execute("SELECT rights.ask_edits('guess', %s)", (guess,))
            with pytest.raises(REFUSED, match="not asked for"), session.transaction():
                session.execute("SELECT rights.write_edits('guess', %s)", (guess,))
            session.execute("SELECT rights.ask_identity(%s)", (person[3],))
            with pytest.raises(REFUSED, match="not asked for"), session.transaction():
                session.execute("SELECT rights.has_identity(%s, 'x')", (person[3],))
        session.execute("SELECT rights.ask_edits('guess', %s)", (guess,))
        for title, edits in (("guess", other), ("another", guess)):
            with pytest.raises(REFUSED, match="not asked for"):
                session.execute("SELECT rights.write_edits(%s, %s)", (title, edits))
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as refused:
            session.execute("SELECT rights.write_edits('guess', %s)", (guess,))
        assert "another value" in str(refused.value)
        assert not [text for text in person[1:4] if text and text in told_by(refused.value)]
        session.execute("SELECT rights.ask_identity(%s)", (person[3],))
        asked = "SELECT rights.has_identity(%s, %s)"
        assert session.execute(asked, (person[3], "x")).fetchone() == (True,)
        assert session.execute(asked, (person[3], person[0])).fetchone() == (False,)
    assert looks(rights_town, "write edits")[-1][2] == f"person {person[0]}"
    assert looks(rights_town, "compare identity numbers")[-1][2] == mask_identity(person[3])


def told_by(error):
    """Return all that a server says with an error."""
    said = error.diag
    return f"{error} {said.message_detail} {said.message_hint} {said.context}"


@contextmanager
def suppress_and_keep(told):
    """Keep all that a server says with an error."""
    try:
        yield
    except psycopg.Error as error:
        told.append(told_by(error))


def test_no_error_tells_a_row(rights_town):
    person = raw_people(rights_town, "p.phone IS NOT NULL")[0]
    lacking = [
        {"noun": "person", "id": person[0], "before": {}, "after": {"name": None}},
        {"noun": "person", "id": person[0], "before": {}, "after": {"birth_date": "soon"}},
        {"noun": "person", "id": person[0], "before": {"birth_date": "soon"}, "after": {}},
        {"noun": "person", "id": person[0], "before": {}, "after": {"unit_id": "nowhere"}},
        {"noun": "person", "id": person[0], "before": {}, "after": {"id": "P000002"}},
        {"noun": "person", "id": person[0], "before": None, "after": {"name": "x"}},
        {"noun": "secret", "id": person[0], "before": {}, "after": None},
    ]
    told = []
    with begun(rights_town) as session:
        for edit in lacking:
            edits = json.dumps([edit])
            session.execute("SELECT rights.ask_edits('guess', %s)", (edits,))
            with suppress_and_keep(told), session.transaction(force_rollback=True):
                session.execute("SELECT rights.write_edits('guess', %s)", (edits,))
                query = "SELECT count(*) FROM masked.person WHERE id = %s"
                assert session.execute(query, (person[0],)).fetchone() == (1,)
    assert len(told) == len(lacking) - 1  # What is no field of its noun is not written.
    assert not [text for text in person[1:4] if text and text in "\n".join(told)]


def test_what_a_registrar_did_not_bring_in_cannot_be_forged(rights_town):
    batch = (
        "INSERT INTO mapdesk.batch (id, number, kind, title, who, role, purpose, at, state) VALUES "
        "('forged', 1, '{}', 't', '{}', 'owner', 'p', now(), '{}')"
    )
    me = f"{rights_town.database}.registrar"
    noted = (
        "INSERT INTO mapdesk.change (batch_id, number, noun, row_id, kind) "
        "VALUES ('forged', 1, '{}', 'x', 'new')"
    )
    with begun(rights_town) as session:
        forged = [batch.format("edit", me, "kept"), batch.format("import", me, "kept")]
        forged += [batch.format("import", "another", "staged"), noted.format("person")]
        forged += [noted.format("building"), noted.format("unit")]
        forged += [
            "INSERT INTO mapdesk.staged (batch_id, line, status) VALUES ('another', 1, 'new')"
        ]
        forged += [
            "UPDATE mapdesk.batch SET undone_by = NULL",
            "UPDATE mapdesk.change SET old = NULL",
        ]
        for statement in forged:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement)
        with pytest.raises(psycopg.errors.NoDataFound):
            session.execute("SELECT rights.undo_register('none')")
    for user in ("analyst", "planner", "administrator"):
        with rights_town.session(user) as session:
            session.execute("SELECT rights.begin_work('probing')")
            for call in (
                "undo_register('x')",
                "write_edits('x', '[]')",
                "compare_staged('x', true)",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    session.execute(f"SELECT rights.{call}")


def test_the_functions_that_write_belong_to_a_role_that_nobody_is(rights_town):
    role = f"mapdesk_{rights_town.database}_register"
    made = [*register_sql.functions(), *edits_sql.functions()]
    names = [re.match(r"\s*CREATE FUNCTION rights\.(\w+)", text)[1] for text in made]
    owners = owner_says(
        rights_town,
        "SELECT p.proowner::regrole::text, count(*) FROM pg_proc p "
        "WHERE p.pronamespace = 'rights'::regnamespace AND p.proname = ANY (%s) GROUP BY 1",
        names,
    )
    assert owners == [(role, len(names))]
    members = (
        "SELECT count(*) FROM pg_auth_members WHERE roleid = %s::regrole OR member = %s::regrole"
    )
    assert owner_says(rights_town, members, role, role) == [(0,)]
    about = (
        "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s"
    )
    assert owner_says(rights_town, about, role) == [(False,) * 4]
    may = (
        "SELECT has_schema_privilege(%s, 'rights', 'CREATE'), "
        "has_table_privilege(%s, 'mapdesk.asked', 'SELECT')"
    )
    assert owner_says(rights_town, may, role, role) == [(False, False)]
