"""Contacts of organisations on a server: nobody selects them, and what reads or compares them is on record."""

import json

import psycopg
import pytest
import sqlalchemy as sa

from mapdesk.model.access import mask_name, mask_phone
from mapdesk.model.errors import ConflictError, NotFoundError, PurposeError, RightsError
from mapdesk.model.rights import USER_ROLES
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, editing, importing
from mapdesk.store import changes, writing
from mapdesk.store.changes import Edit
from mapdesk.store.server import contacts
from tests.conftest import quiet
from tests.store.test_server_attacks import DENIED, looks, owner_says

EDITORS = ("planner", "registrar")
RAISED = psycopg.errors.RaiseException


@pytest.fixture
def shop(rights_town):
    """Id, name and contact of an organisation, which is put back as it was."""
    row = owner_says(
        rights_town,
        "SELECT id, name, contact_name, contact_phone FROM mapdesk.organisation "
        "WHERE length(contact_phone) > 8 AND length(contact_name) > 1 ORDER BY id LIMIT 1",
    )[0]
    yield row
    owner_says(
        rights_town,
        "UPDATE mapdesk.organisation SET name = %s, contact_name = %s, contact_phone = %s WHERE id = %s "
        "RETURNING id",
        *row[1:],
        row[0],
    )
    with rights_town.session("keeper") as session:
        session.execute("DELETE FROM mapdesk.change WHERE noun = 'organisation'")
        session.execute("DELETE FROM mapdesk.batch WHERE kind LIKE 'place%'")
        session.execute("DELETE FROM mapdesk.asked WHERE kind = 'compare'")


def contact(town, key):
    asked = "SELECT contact_name, contact_phone FROM mapdesk.organisation WHERE id = %s"
    return owner_says(town, asked, key)[0]


def history(town, key):
    """Return what the history has of an organisation, raw."""
    asked = "SELECT field, old, new FROM mapdesk.change WHERE row_id = %s ORDER BY batch_id, number"
    return owner_says(town, asked, key)


def test_everybody_reads_contacts_masked(rights_town, shop):
    key, _name, name, phone = shop
    shown = "SELECT contact_name, contact_phone FROM organisation WHERE id = %s"
    for role in USER_ROLES:
        with rights_town.session(role) as session:
            session.execute("SET search_path = masked, shown, mapdesk")
            assert session.execute(shown, (key,)).fetchone() == (mask_name(name), mask_phone(phone))


CLASH = (
    "INSERT INTO mapdesk.organisation (id, name) VALUES ('{key}', 'x') ON CONFLICT (id) DO UPDATE"
)
MERGE = "MERGE INTO mapdesk.organisation o USING mapdesk.building b ON b.id = o.id"
READS = (
    "SELECT contact_phone FROM mapdesk.organisation",
    "SELECT * FROM mapdesk.organisation",
    "TABLE mapdesk.organisation",
    "SELECT o FROM mapdesk.organisation o",
    "SELECT to_jsonb(o) FROM mapdesk.organisation o",
    "SELECT count(contact_phone) FROM mapdesk.organisation",
    "SELECT id FROM mapdesk.organisation WHERE contact_phone LIKE '1%'",
    "SELECT id FROM mapdesk.organisation ORDER BY contact_phone",
    "SELECT id FROM mapdesk.organisation WHERE CAST(contact_phone AS integer) > 0",
    "SELECT contact_phone FROM mapdesk.organisation FOR UPDATE",
    "EXPLAIN ANALYZE SELECT contact_phone FROM mapdesk.organisation",
    "COPY mapdesk.organisation TO STDOUT",
    "COPY mapdesk.organisation (contact_name) TO STDOUT",
    "COPY (SELECT contact_name FROM mapdesk.organisation) TO STDOUT",
    "CREATE TEMP TABLE got AS SELECT id, contact_phone FROM mapdesk.organisation",
    "INSERT INTO mapdesk.organisation (id, name) SELECT 'x-' || id, contact_phone FROM mapdesk.organisation",
    "UPDATE mapdesk.organisation SET name = contact_phone",
    "UPDATE mapdesk.organisation SET contact_phone = contact_name",
    "UPDATE mapdesk.organisation SET name = (SELECT max(contact_phone) FROM mapdesk.organisation)",
    "UPDATE mapdesk.building b SET name = o.contact_phone FROM mapdesk.organisation o WHERE true",
    "UPDATE mapdesk.organisation SET kind = 'x' WHERE contact_phone = '1'",
    "UPDATE mapdesk.organisation SET kind = 'x' WHERE contact_name IS NULL",
    "UPDATE mapdesk.organisation SET kind = 'x' RETURNING contact_phone",
    "UPDATE mapdesk.organisation SET contact_phone = '1' RETURNING *",
    "DELETE FROM mapdesk.organisation RETURNING contact_phone",
    "DELETE FROM mapdesk.organisation WHERE length(contact_phone) = 11",
    "INSERT INTO mapdesk.organisation (id, name) VALUES ('{key}', 'x') RETURNING contact_phone",
    CLASH + " SET name = organisation.contact_phone",
    CLASH + " SET kind = 'x' WHERE organisation.contact_phone = '1'",
    MERGE + " WHEN MATCHED THEN UPDATE SET name = o.contact_phone",
    "WITH o AS (DELETE FROM mapdesk.organisation RETURNING *) SELECT contact_phone FROM o",
    "SELECT * FROM pg_temp.spy",
    "SELECT pg_temp.leak(o) FROM mapdesk.organisation o",
    "SELECT pg_temp.read()",
    "CREATE TRIGGER t BEFORE UPDATE ON mapdesk.organisation FOR EACH ROW EXECUTE FUNCTION pg_temp.spying()",
    "CREATE RULE r AS ON UPDATE TO mapdesk.organisation DO ALSO SELECT OLD.contact_phone",
    "ALTER TABLE mapdesk.organisation ADD CHECK (length(contact_phone) < 3)",
    "ALTER TABLE mapdesk.organisation ALTER contact_phone TYPE integer USING contact_phone::integer",
    "CREATE INDEX ON mapdesk.organisation ((contact_phone::integer))",
    "CREATE STATISTICS pg_temp.s ON name, contact_phone FROM mapdesk.organisation",
    "CREATE TEMP TABLE child () INHERITS (mapdesk.organisation)",
)


@pytest.mark.parametrize("role", EDITORS)
def test_no_statement_of_who_edits_places_reads_a_contact(rights_town, shop, role):
    key, *_row = shop
    read = []
    with rights_town.session(role) as session:
        session.execute("SELECT rights.begin_work('probing')")
        session.execute(
            "CREATE TEMP VIEW spy AS SELECT id, contact_phone FROM mapdesk.organisation"
        )
        session.execute(
            "CREATE FUNCTION pg_temp.leak(mapdesk.organisation) RETURNS text LANGUAGE sql AS "
            "'SELECT $1.contact_phone'"
        )
        session.execute(
            "CREATE FUNCTION pg_temp.read() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS "
            "'BEGIN RETURN (SELECT max(contact_phone) FROM mapdesk.organisation); END'"
        )
        session.execute(
            "CREATE FUNCTION pg_temp.spying() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RAISE NOTICE ''%'', OLD; RETURN NEW; END'"
        )
        for text in READS:
            try:
                with session.transaction(force_rollback=True):
                    session.execute(text.replace("{key}", key))
                read.append(text)
            except DENIED:
                pass
    assert read == []


@pytest.mark.parametrize("role", EDITORS)
def test_no_error_or_statistic_shows_a_contact(rights_town, shop, role):
    key, _name, *secrets = shop
    with rights_town.session("keeper") as session:
        session.execute("ANALYZE mapdesk.organisation")
    told = []
    with rights_town.session(role) as session:
        session.execute("SELECT rights.begin_work('probing')")
        session.execute(
            "INSERT INTO mapdesk.batch (id, number, kind, title, who, role, purpose, at, state) VALUES "
            "('try', 99, 'place edit', 'x', session_user, 'x', 'x', now(), 'kept'), "
            "('bring', 98, 'place import', 'x', session_user, 'x', 'x', now(), 'kept')"
        )
        change = "SELECT rights.change_organisation(%s, %s, %s, %s, %s)"
        tries = (
            ("UPDATE mapdesk.organisation SET name = NULL WHERE id = %s", (key,)),
            ("UPDATE mapdesk.organisation SET id = NULL WHERE id = %s", (key,)),
            ("INSERT INTO mapdesk.organisation (id, name) VALUES (%s, 'x')", (key,)),
            ("SELECT count(*) FROM shown.organisation WHERE contact_phone::integer > 0", ()),
            ("SELECT count(*) FROM shown.organisation WHERE contact_name::json IS NULL", ()),
            (change, ("try", key, ["name"], [None], [None])),
            (change, ("try", key, ["name"], [_name], [None])),
            (change, (None, key, ["name"], [_name], ["x"])),
            (change, ("try", key, [None], [None], ["x"])),
            (change, ("try", key, ["name"], [_name], ["x", "y"])),
            (change, ("try", key, ["geometry"], [None], ["x"])),
            (change, ("try", key, ["contact_phone"], [None], ["1"])),
            ("SELECT rights.note_contacts('bring', '{\"contact_phone\": 1}')", ()),
            ("SELECT rights.note_contacts(NULL, '{}')", ()),
            ("SELECT rights.note_contacts('bring', NULL)", ()),
        )
        for text, given in tries:
            with pytest.raises(psycopg.Error) as caught, session.transaction():
                session.execute(text, given)
            found = caught.value
            told.append(f"{found} {found.diag.message_detail} {found.diag.context}")
        known = "SELECT * FROM pg_stats WHERE tablename = 'organisation'"
        told.append(str(session.execute(known).fetchall()))
    assert not [secret for secret in secrets if secret in "\n".join(told)]
    assert contact(rights_town, key) == tuple(secrets)


def test_a_contact_is_answered_once_its_asking_is_kept(rights_town, shop):
    key, _name, *raw = shop
    ask, answer = "SELECT rights.ask_contact(%s, %s)", "SELECT * FROM rights.contact_of(%s)"
    for role in USER_ROLES:
        if role != "registrar":
            with rights_town.session(role) as session:
                session.execute("SELECT rights.begin_work('probing')")
                for text in (ask, answer):
                    with pytest.raises(DENIED):
                        session.execute(text, (key, "because")[: text.count("%s")])
    before = len(looks(rights_town, "unmask contact"))
    with rights_town.session("registrar") as session:
        with pytest.raises(RAISED, match="Say what you need contacts for"):
            session.execute(ask, (key, "because"))
        session.execute("SELECT rights.begin_work('a wrong number')")
        with pytest.raises(RAISED, match="four characters"):
            session.execute(ask, (key, " x "))
        with pytest.raises(psycopg.errors.NoDataFound, match="no organisation 'nowhere'"):
            session.execute(ask, ("nowhere", "because"))
        with pytest.raises(RAISED, match="was not asked for"):
            session.execute(answer, (key,))
        with session.transaction(force_rollback=True):
            session.execute(ask, (key, "because"))
            with pytest.raises(RAISED, match="was not asked for"), session.transaction():
                session.execute(answer, (key,))
        assert len(looks(rights_town, "unmask contact")) == before
        session.execute(ask, (key, "because"))
        assert session.execute(answer, (key,)).fetchone() == tuple(raw)
        owner_says(
            rights_town,
            "UPDATE mapdesk.asked SET at = at - interval '11 minutes' WHERE subject = %s RETURNING id",
            key,
        )
        with pytest.raises(RAISED, match="was not asked for"):
            session.execute(answer, (key,))
    said = (f"{rights_town.database}.registrar", "a wrong number", key)
    assert looks(rights_town, "unmask contact")[before:] == [said]


def test_a_desk_edits_an_organisation_it_cannot_read(rights_town, shop):
    key, title, name, phone = shop
    ref = Ref("organisation", key)
    with rights_town.store("registrar", "a wrong number") as store:
        access = store.identity.having("a wrong number")
        with pytest.raises(PurposeError):
            editing.raw_row(store, store.identity, ref)
        seen = editing.raw_row(store, access, ref)
        assert (seen["contact_name"], seen["contact_phone"]) == (name, phone)
        wanted = {"contact_phone": "13800138000", "name": "新名"}
        batch = correcting.correct(store, access, ref, seen, wanted)
        assert contact(rights_town, key) == (name, "13800138000")
        assert history(rights_town, key) == [
            ("contact_phone", phone, "13800138000"),
            ("name", title, "新名"),
        ]
        with pytest.raises(
            ConflictError, match=r"contact_phone of organisation .* to another value"
        ):
            correcting.correct(store, access, ref, seen, {"contact_phone": "13900139000"})
        with pytest.raises(
            ConflictError, match=r"was changed to '新名' meanwhile .*registrar, 20"
        ) as told:
            correcting.correct(store, access, ref, seen, {"name": "另"})
        assert str(told.value).endswith("UTC); nothing was written, look at it anew.")
        gone = Edit("organisation", "nowhere", {"name": "x"}, {"name": "y"})
        with pytest.raises(NotFoundError, match="'nowhere' is gone; someone removed it meanwhile"):
            changes.apply(store, access, "gone", [gone])
        shown = correcting.history_of(store, access, ref)
        assert [(one["field"], one["new"]) for one in shown if one["batch_id"] == batch] == [
            ("contact_phone", mask_phone("13800138000")),
            ("name", "新名"),
        ]
        correcting.undo(store, access, batch)
        assert contact(rights_town, key) == (name, phone)


def test_a_planner_edits_all_but_the_contact(rights_town, shop):
    key, title, name, phone = shop
    ref = Ref("organisation", key)
    with rights_town.store("planner") as store:
        access = store.identity
        batch = editing.set_fields(store, access, ref, {"name": "新名"})
        assert history(rights_town, key) == [("name", title, "新名")]
        correcting.undo(store, access, batch)
        edit = Edit("organisation", key, {"contact_phone": phone}, {"contact_phone": "1"})
        with pytest.raises(RightsError, match="changing the register"):
            changes.apply(store, access, "guess", [edit])
        with pytest.raises(RightsError, match="changing the register"):
            editing.set_fields(
                store, access.having("a guess"), ref, {"contact_phone": "13800138000"}
            )
    assert owner_says(rights_town, "SELECT name FROM mapdesk.organisation WHERE id = %s", key) == [
        (title,)
    ]
    assert contact(rights_town, key) == (name, phone)


@pytest.mark.parametrize("role", EDITORS)
def test_files_bring_contacts_in_that_nobody_reads(rights_town, shop, tmp_path, role):
    key, title, _name, _phone = shop
    file = tmp_path / "shops.csv"

    def bring(store, phone):
        file.write_text(
            f"id,name,contact_name,contact_phone,lon,lat\n{key},{title},王建国,{phone},118.09,24.57\n"
            f"new-{role},新店,李四,13700137000,118.09,24.57\n",
            encoding="utf-8",
        )
        found = importing.import_file(store, file, "organisations", key="id", progress=quiet)
        return found.new["organisation"], found.updated["organisation"]

    with rights_town.store(role, "reading files") as store:
        before = len(looks(rights_town, "compare contacts"))
        assert bring(store, "13800138000") == (1, 1)
        assert contact(rights_town, key) == ("王建国", "13800138000")
        assert contact(rights_town, f"new-{role}") == ("李四", "13700137000")
        noted = len(history(rights_town, key))
        assert bring(store, "13800138000") == (0, 2)
        assert len(history(rights_town, key)) == noted
        bring(store, "13900139000")
        assert history(rights_town, key).count(("contact_phone", "13800138000", "13900139000")) == 1
        shown = correcting.history_of(store, store.identity, Ref("organisation", key))
        assert mask_phone("13900139000") in {one["new"] for one in shown}
    assert [row[2] for row in looks(rights_town, "compare contacts")][before:] == ["shops.csv"] * 3
    owner_says(
        rights_town, "DELETE FROM mapdesk.organisation WHERE id = %s RETURNING id", f"new-{role}"
    )


def test_a_guess_at_a_contact_is_on_record_before_it_is_answered(rights_town, shop):
    key, *_row, phone = shop
    with rights_town.store("planner") as store:
        text = contacts.ask_to_note(store, "guess.csv", {"contact_phone": {key: phone}})
        other = json.dumps({"contact_phone": {key: "13800138000"}})
        with writing.transaction(store, keep=False) as connection:
            batch = changes.new_batch(connection, store.identity, "place import", "x").id
            assert contacts.note(connection, batch, text) == 0
            for told in (other, text.replace(" ", "")):
                refused = pytest.raises(sa.exc.DBAPIError, match="was not asked for first")
                with refused, connection.begin_nested():
                    contacts.note(connection, batch, told)
        for number in range(19):
            contacts.ask_to_note(store, "guess.csv", {"contact_phone": {key: str(number)}})
        with pytest.raises(RightsError, match="More than 20 files"):
            contacts.ask_to_note(store, "guess.csv", {"contact_phone": {key: "one more"}})
    kept = [row[2] for row in looks(rights_town, "compare contacts")]
    assert kept.count("guess.csv") == 20


def test_nobody_notes_in_a_batch_of_another(rights_town, shop):
    owner_says(
        rights_town,
        "INSERT INTO mapdesk.batch (id, number, kind, title, who, role, purpose, at, state) "
        "SELECT k, 97, k, 'x', 'other', 'x', 'x', now(), 'kept' "
        "FROM unnest(ARRAY['place edit', 'place import']) k RETURNING id",
    )
    with rights_town.session("registrar") as session:
        session.execute("SELECT rights.begin_work('probing')")
        for text in (
            "SELECT rights.change_organisation('place edit', %s, '{kind}', '{x}', '{y}')",
            "SELECT rights.note_contacts('place import', %s)",
        ):
            with pytest.raises(RAISED, match="no batch of yours"):
                session.execute(text, (shop[0],))
