"""The security officer erases what is due on a server, and nothing else; nobody else erases anything."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from mapdesk.model.errors import RightsError, WorldError
from mapdesk.model.rights import USER_ROLES
from mapdesk.services import retention
from mapdesk.store import audit
from mapdesk.store import retention as kept
from mapdesk.store.audit.keys import MemoryKeys
from mapdesk.store.scope import local_today
from tests.server_town import make_town
from tests.store.test_server_attacks import owner_says

DENIED = psycopg.errors.InsufficientPrivilege
REFUSED = psycopg.errors.RaiseException
PURPOSE = "keeping no more than needed"
OLD = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=400)
NEW = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
KEYS = MemoryKeys()


@pytest.fixture(scope="module")
def old_town(postgres, town_frames):
    """A town of its own: its record is erased."""
    return make_town(postgres, town_frames)


@pytest.fixture
def town(old_town):
    """The town with an old and a new row of everything a rule is for, and no rule."""
    owner_says(old_town, "DELETE FROM mapdesk.retention_rule RETURNING what")
    for table in ("batch", "change", "staged", "reading"):
        owner_says(old_town, f"DELETE FROM mapdesk.{table} RETURNING 1")
    batch = (
        "INSERT INTO mapdesk.batch (id, number, kind, title, who, role, purpose, at, state) "
        "VALUES (%s, %s, 'import', 't', 'w', 'registrar', 'p', %s, %s) RETURNING id"
    )
    for number, (name, at) in enumerate((("old", OLD), ("new", NEW))):
        owner_says(old_town, batch, name, number, at, "staged")
        owner_says(old_town, batch, f"gone {name}", number + 9, at, "kept")
        owner_says(
            old_town,
            "INSERT INTO mapdesk.staged (batch_id, line, id, name, status) "
            "VALUES (%s, 1, 'P', '王', 'new') RETURNING id",
            name,
        )
        owner_says(
            old_town,
            "INSERT INTO mapdesk.change (batch_id, number, noun, row_id, kind, old) "
            "VALUES (%s, 1, 'person', %s, 'gone', '{}') RETURNING row_id",
            f"gone {name}",
            f"P-gone-{name}",
        )
        owner_says(
            old_town,
            "INSERT INTO mapdesk.reading (id, sensor_id, at, value) VALUES (%s, 's', %s, 1) RETURNING id",
            name,
            at,
        )
    return old_town


def officer(town):
    store = town.store("security", PURPOSE)
    store.trail.keys = KEYS
    return store


def left(town):
    """Return what is there of each kind."""
    return {
        "staged rows": owner_says(town, "SELECT batch_id FROM mapdesk.staged ORDER BY 1"),
        "readings": owner_says(town, "SELECT id FROM mapdesk.reading ORDER BY 1"),
        "history of the gone": owner_says(
            town, "SELECT batch_id FROM mapdesk.change WHERE old IS NOT NULL ORDER BY 1"
        ),
    }


def test_the_officer_erases_what_is_due_and_reports_it(town):
    with officer(town) as store:
        access = store.identity.having(PURPOSE)
        for what in ("staged rows", "readings", "history of the gone", "closed incidents"):
            retention.set_rule(store, access, what, 30)
        before = left(town)
        due = retention.run(store, access, local_today(), dry_run=True)
        assert left(town) == before
        done = retention.run(store, access, local_today())
    assert [(one.what, one.rows) for one in done] == [(one.what, one.rows) for one in due]
    assert {one.what: one.rows for one in done if one.what in before} == dict.fromkeys(before, 1)
    assert left(town) == {
        "staged rows": [("new",)],
        "readings": [("new",)],
        "history of the gone": [("gone new",)],
    }
    rows = owner_says(
        town, "SELECT who, subject, detail FROM mapdesk.look WHERE kind = 'erase' ORDER BY number"
    )
    assert {row[0] for row in rows} == {f"{town.database}.security"}
    told = {row[1]: json.loads(row[2]) for row in rows}
    assert told["readings"]["rows"] == 1
    assert told["readings"]["days"] == 30


def test_looks_are_erased_by_the_officer_and_the_chain_verifies_on(town):
    with officer(town) as store:
        access = store.identity.having(PURPOSE)
        retention.set_rule(store, access, "looks", 180)
        assert retention.run(store, access, local_today()) == [
            retention.Erased("looks", 180, local_today() - timedelta(days=180), 0)
        ]
        rows = owner_says(town, "SELECT count(*) FROM mapdesk.look")[0][0]
        age_looks(town, rows - 3)
        before = audit.verify(store)
        assert before.whole, before.findings
        (done,) = retention.run(store, access, local_today())
        assert done.rows == rows - 3
        verdict = audit.verify(store)
        assert verdict.whole, verdict.findings
        assert verdict.erased == rows - 3
    ((_number, detail),) = owner_says(
        town, "SELECT number, detail FROM mapdesk.look WHERE action = 'erase looks'"
    )
    assert json.loads(detail)["rows"] == rows - 3


def age_looks(town, count):
    """Make the first rows of the record a year old, with hashes that fit: what time would do."""
    with town.session("keeper") as owner:
        owner.execute(
            """
DO $do$ DECLARE
    one mapdesk.look%ROWTYPE;
    before bytea;
BEGIN
    SELECT name INTO before FROM mapdesk.look_chain;
    FOR one IN SELECT * FROM mapdesk.look ORDER BY number LOOP
        IF one.number <= {count} THEN
            one.at := to_char(one.at::timestamptz AT TIME ZONE 'UTC' - interval '1 year',
                'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"');
        END IF;
        one.hash := mapdesk.look_hash(one.number, one.at, one.who, one.role, one.purpose, one.action,
            one.subject, one.kind, one.detail, before);
        UPDATE mapdesk.look SET at = one.at, hash = one.hash, previous = before WHERE number = one.number;
        before := one.hash;
    END LOOP;
    UPDATE mapdesk.look_chain SET hash = before;
END $do$
""".replace("{count}", str(count))
        )


ERASING = (
    "rights.erase_by_rule('readings', now() - interval '200 days')",
    "rights.due_by_rule('readings', now() - interval '200 days')",
    "mapdesk.erase_looks('x', 'x', 'x', 'x', 3, '{}')",
)


@pytest.mark.parametrize("role", [role for role in USER_ROLES if role != "security"])
def test_nobody_else_erases(town, role):
    with town.session(role) as session:
        session.execute("SELECT rights.begin_work('erasing')")
        for call in ERASING:
            with pytest.raises(DENIED):
                session.execute(f"SELECT {call}")
        with pytest.raises(DENIED):
            session.execute("INSERT INTO mapdesk.retention_rule VALUES ('looks', 180)")
    with town.store(role, PURPOSE) as store, pytest.raises(RightsError):
        retention.run(store, store.identity, local_today())


def test_a_hand_written_rule_or_moment_erases_nothing_younger(town):
    looks = owner_says(town, "SELECT count(*) FROM mapdesk.look WHERE kind <> 'erase'")[0][0]
    before = left(town)
    with town.session("security") as session:
        say = "INSERT INTO mapdesk.retention_rule (what, days) VALUES (%s, %s)"
        for what in ("readings", "looks"):
            with pytest.raises(REFUSED, match="No rule says"):
                session.execute(
                    "SELECT rights.erase_by_rule(%s, now() - interval '1 year')", (what,)
                )
        for days in (0, -400, 40_000, 179):
            session.execute("DELETE FROM mapdesk.retention_rule")
            session.execute(say, ("looks", days))
            session.execute(say, ("readings", min(days, 0)))
            ((number, hashed),) = session.execute(
                "SELECT number, encode(hash, 'hex') FROM mapdesk.look ORDER BY number LIMIT 1"
            ).fetchall()
            detail = json.dumps({"hash": hashed})
            with pytest.raises(REFUSED, match="than a rule may"):
                session.execute(
                    "SELECT mapdesk.erase_looks('x', 'x', 'x', 'x', %s, %s)", (number, detail)
                )
            with pytest.raises(REFUSED, match="no rule may"):
                session.execute(
                    "SELECT rights.erase_by_rule('readings', now() - interval '1 year')"
                )
        session.execute("DELETE FROM mapdesk.retention_rule")
        session.execute(say, ("readings", 30))
        for moment in ("now()", "now() - interval '29 days'", "'infinity'", "NULL"):
            with pytest.raises(REFUSED, match="not due"):
                session.execute(f"SELECT rights.erase_by_rule('readings', {moment})")
        for statement in (
            "DELETE FROM mapdesk.look",
            "UPDATE mapdesk.look SET who = 'x'",
            "DELETE FROM mapdesk.reading",
            "DELETE FROM mapdesk.person",
            "UPDATE mapdesk.change SET old = NULL",
        ):
            with pytest.raises(DENIED):
                session.execute(statement)
        with session.transaction(force_rollback=True):
            session.execute("SELECT rights.erase_by_rule('readings', now() - interval '60 days')")
    assert left(town) == before
    assert owner_says(town, "SELECT count(*) >= %s FROM mapdesk.look", looks) == [(True,)]


def test_the_officer_is_told_where_a_rule_was_written_by_hand(town):
    with town.session("security") as session:
        session.execute("INSERT INTO mapdesk.retention_rule (what, days) VALUES ('readings', 0)")
    with officer(town) as store, pytest.raises(WorldError, match="no rule may"):
        kept.count_due(store, "readings", datetime.now(UTC))
