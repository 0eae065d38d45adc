"""Rules of how long things are kept, and erasing what is due: reported, on record, and no more than due."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import ConflictError, InputError, RightsError, WorldError
from mapdesk.model.rights import ROLES, Right
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, districts, retention
from mapdesk.store import audit
from mapdesk.store.schema import BATCH, CHANGE, RETENTION_RULE, STAGED, TABLES
from mapdesk.store.scope import local_today
from tests.store.audit.books import SteppingClock

TOMORROW = local_today() + timedelta(days=1)
ACCESS = Access.owner("keeping no more than needed")


def count(store, table, *where):
    with store.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*where))


def gone_person(store):
    """Take a person out of the register and return their id and the batch's."""
    with store.connect() as connection:
        person = connection.scalar(sa.select(sa.func.min(TABLES["person"].c.id)))
    correcting.correct(
        store,
        ACCESS,
        Ref("person", person),
        {"phone": phone_of(store, person)},
        {"phone": "13912345678"},
    )
    return person, correcting.remove(store, ACCESS, Ref("person", person))


def phone_of(store, person):
    table = TABLES["person"]
    with store.connect() as connection:
        return connection.scalar(sa.select(table.c.phone).where(table.c.id == person))


def test_rules_are_set_listed_and_lifted(town):
    assert set(retention.rules(town).values()) == {None}
    retention.set_rule(town, ACCESS, "readings", 30)
    retention.set_rule(town, ACCESS, "readings", 60)
    assert retention.rules(town)["readings"] == 60
    assert audit.last(town, 1)[0]["subject"] == "readings: 60 days"
    retention.set_rule(town, ACCESS, "readings", None)
    assert retention.rules(town)["readings"] is None


@pytest.mark.parametrize(
    ("what", "days"), [("looks", 179), ("readings", 0), ("readings", -1), ("readings", 99_999)]
)
def test_rules_have_bounds(town, what, days):
    with pytest.raises(InputError, match="days, not"):
        retention.set_rule(town, ACCESS, what, days)


def test_there_is_no_rule_for_anything_else(town):
    with pytest.raises(InputError, match="nothing there is a rule for"):
        retention.set_rule(town, ACCESS, "people", 3)
    with pytest.raises(InputError, match="nothing there is a rule for"):
        retention.set_rule(town, ACCESS, "people", None)


@pytest.mark.embedded
@pytest.mark.parametrize("role", list(ROLES))
def test_only_the_security_officer_erases(town, role):
    town.identity = Access("tester", role)
    allowed = Right.RETENTION in ROLES[role].rights
    for ask in (
        lambda: retention.set_rule(town, town.identity, "readings", 30),
        lambda: retention.rules(town),
        lambda: retention.run(town, town.identity, TOMORROW),
    ):
        if allowed:
            ask()
        else:
            with pytest.raises(RightsError):
                ask()


def test_without_rules_nothing_is_erased(town):
    gone_person(town)
    assert retention.run(town, ACCESS, date(2200, 1, 1)) == []


def test_values_of_people_who_are_gone_are_blanked(town):
    person, batch = gone_person(town)
    retention.set_rule(town, ACCESS, "history of the gone", 1)
    held = (CHANGE.c.row_id == person, CHANGE.c.old.is_not(None) | CHANGE.c.new.is_not(None))
    (too_soon,) = retention.run(town, ACCESS, local_today())
    assert too_soon.rows == 0
    assert count(town, CHANGE, *held) == 2
    (dry,) = retention.run(town, ACCESS, TOMORROW + timedelta(days=1), dry_run=True)
    assert dry.rows == 2
    assert count(town, CHANGE, *held) == 2
    (done,) = retention.run(town, ACCESS, TOMORROW + timedelta(days=1))
    assert done.rows == 2
    assert count(town, CHANGE, *held) == 0
    row = audit.last(town, 1)[0]
    assert (row["kind"], row["subject"]) == ("erase", "history of the gone")
    assert json.loads(row["detail"])["rows"] == 2
    assert person not in row["detail"]
    with pytest.raises(ConflictError, match="cannot be undone any more"):
        correcting.undo(town, ACCESS, batch)


def test_people_who_are_there_keep_their_history(town):
    person, batch = gone_person(town)
    correcting.undo(town, ACCESS, batch)
    retention.set_rule(town, ACCESS, "history of the gone", 1)
    (done,) = retention.run(town, ACCESS, date(2200, 1, 1))
    assert done.rows == 0
    assert count(town, CHANGE, CHANGE.c.row_id == person, CHANGE.c.old.is_not(None)) > 0


def test_staged_rows_readings_and_incidents(town):
    old, young = datetime(2020, 1, 1), datetime(2026, 3, 1)  # noqa: DTZ001 - as a district keeps time
    incident, reading = TABLES["incident"], TABLES["reading"]
    with town.engine.begin() as connection:
        sensor = connection.scalar(sa.select(sa.func.min(TABLES["sensor"].c.id)))
        connection.execute(sa.delete(incident))
        for key, status, at in (
            ("I1", "closed", old),
            ("I2", "handling", old),
            ("I3", "closed", young),
        ):
            connection.execute(
                sa.insert(incident).values(id=key, title=key, status=status, closed_at=at)
            )
        for key, at in (("R1", old), ("R2", young)):
            connection.execute(sa.insert(reading).values(id=key, sensor_id=sensor, at=at))
        for number, (key, state, at) in enumerate(
            (("B1", "staged", old), ("B2", "kept", old), ("B3", "staged", young)), 900
        ):
            connection.execute(
                sa.insert(BATCH).values(
                    id=key, number=number, kind="import", title=key, who="a", role="b", purpose="c",
                    at=at, state=state,
                )
            )  # fmt: skip
            connection.execute(sa.insert(STAGED).values(batch_id=key, line=1, status="new"))
    for what in ("staged rows", "readings", "closed incidents", "saved outgoing requests"):
        retention.set_rule(town, ACCESS, what, 30)
    done = {one.what: one.rows for one in retention.run(town, ACCESS, date(2026, 3, 20))}
    assert done["staged rows"] == 1
    assert done["closed incidents"] == 1
    assert done["saved outgoing requests"] == 0
    assert done["readings"] >= 1
    assert count(town, incident) == 2
    assert count(town, reading, reading.c.id == "R2") == 1
    assert count(town, reading, reading.c.id == "R1") == 0
    with town.connect() as connection:
        assert set(connection.scalars(sa.select(STAGED.c.batch_id))) == {"B2", "B3"}
        assert not connection.scalar(sa.select(BATCH.c.id).where(BATCH.c.id == "B1"))
    again = retention.run(town, ACCESS, date(2026, 3, 20))
    assert {one.rows for one in again} == {0}


@pytest.mark.embedded
def test_looks_are_erased_and_the_record_stays_whole(town):
    town.trail.clock = SteppingClock(datetime(2026, 1, 1, 12, tzinfo=UTC), timedelta(days=30))
    for number in range(10):
        audit.record(town, ACCESS, "people of building", f"B{number}")
    retention.set_rule(town, ACCESS, "looks", 180)
    (dry,) = retention.run(town, ACCESS, date(2026, 10, 1), dry_run=True)
    assert dry.rows == 3
    (done,) = retention.run(town, ACCESS, date(2026, 10, 1))
    assert done.rows == 3
    rows = audit.last(town)
    assert rows[0]["action"] == "erase looks"
    assert rows[-1]["subject"] == "B3"
    assert "B0" not in rows[0]["detail"]
    verdict = audit.verify(town)
    assert (verdict.whole, verdict.erased) == (True, 3)


def test_looks_on_either_engine(town, tmp_path):
    """A rule of no days can only be set behind the desk's back."""
    audit.anchor(town, tmp_path / "anchor") if audit.record(town, ACCESS, "first", "row") else None
    for number in range(5):
        audit.record(town, ACCESS, "people of building", f"B{number}")
    with town.engine.begin() as connection:
        connection.execute(sa.insert(RETENTION_RULE).values(what="looks", days=0))
    (done,) = retention.run(town, ACCESS, TOMORROW)
    assert done.rows == 5
    verdict = audit.verify(town, tmp_path / "anchor")
    assert (verdict.whole, verdict.erased, verdict.rows) == (True, 5, 2), verdict.findings
    audit.anchor(town, tmp_path / "anchor")
    assert audit.verify(town, tmp_path / "anchor").whole


def test_a_server_erases_nothing_that_is_not_due(town_url):
    with districts.open_district(town_url) as town:
        for number in range(5):
            audit.record(town, ACCESS, "people of building", f"B{number}")
        moment = datetime.now(UTC) + timedelta(days=1)
        for sentence in ("No rule says", "not due yet"):
            with pytest.raises(WorldError, match=sentence):
                audit.erase(town, ACCESS, moment, 1)
            retention.set_rule(town, ACCESS, "looks", 200)
        assert len(audit.last(town)) == 7
