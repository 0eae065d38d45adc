"""Unmasking one person: a right, a purpose, a reason, on record first, within areas, minors by right."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, NotFoundError, PurposeError, RightsError, WorldError
from mapdesk.model.rights import ROLES, Right
from mapdesk.services import unmasking
from mapdesk.store import audit
from mapdesk.store.schema import RESIDENT, TABLES
from mapdesk.store.scope import local_today

REASON = "calls back about the lift"


def as_role(store, role, areas=()):
    """Let a user of a role sit at the store; return their access with a purpose."""
    store.identity = Access("tester", role, areas=tuple(areas))
    return store.identity.having("lift repairs")


def looks(store, count=5):
    """Return the newest rows, whoever may read them."""
    with_right = store.identity
    store.identity = replace(with_right, role="owner")
    rows = audit.last(store, count)
    store.identity = with_right
    return rows


def somebody(store, condition=True, order=RESIDENT.c.id):
    query = sa.select(RESIDENT.c.id).where(condition).order_by(order).limit(1)
    with store.connect() as connection:
        return connection.scalar(query)


def grown(store):
    return somebody(store, RESIDENT.c.born < 19800101)


def raw(store, person):
    table = TABLES["person"]
    with store.connect() as connection:
        found = connection.execute(sa.select(table).where(table.c.id == person))
        return dict(found.mappings().one())


@pytest.mark.parametrize("role", [key for key in ROLES if key != "nobody"])
def test_every_role_is_let_in_or_kept_out(town, role):
    person = grown(town)
    access = as_role(town, role)
    if Right.UNMASK not in ROLES[role].rights:
        with pytest.raises(RightsError):
            unmasking.unmask(town, access, person, REASON)
        assert looks(town) == []
        return
    shown = unmasking.unmask(town, access, person, REASON).row
    whole = raw(town, person)
    assert ("care_flag" in shown) == (Right.SENSITIVE in ROLES[role].rights)
    assert {name: whole[name] for name in shown} == shown
    assert {"name", "phone", "identity_number", "birth_date"} <= shown.keys()


def test_the_reason_is_on_record_before_the_answer(town):
    access = as_role(town, "analyst")
    unmasking.unmask(town, access, grown(town), f"  {REASON}\n")
    (row,) = looks(town)
    assert (row["kind"], row["action"]) == ("unmask", "unmask person")
    assert (row["subject"], row["purpose"]) == (grown(town), "lift repairs")
    assert json.loads(row["detail"])["reason"] == REASON
    with pytest.raises(NotFoundError, match="among those you may see"):
        unmasking.unmask(town, access, "P-nobody", REASON)
    assert looks(town)[0]["subject"] == "P-nobody"


@pytest.mark.embedded
def test_what_cannot_be_recorded_is_not_answered(town):
    access = as_role(town, "analyst")
    person = grown(town)
    audit.record(town, access, "first", "row")
    town.trail.close()
    (town.folder / "audit" / "looks.sqlite").write_bytes(b"no record any more" * 300)
    with pytest.raises(WorldError):
        unmasking.unmask(town, access, person, REASON)


@pytest.mark.parametrize("reason", ["", "   ", "abc", " a b ", "x" * 501])
def test_a_reason_is_four_characters_or_more(town, reason):
    access = as_role(town, "analyst")
    with pytest.raises(InputError, match="Say in 4 to 500 characters"):
        unmasking.unmask(town, access, grown(town), reason)
    assert looks(town) == []


def test_a_purpose_is_needed(town):
    as_role(town, "analyst")
    with pytest.raises(PurposeError):
        unmasking.unmask(town, town.identity, grown(town), REASON)


def test_areas_hold(town):
    person = grown(town)
    with town.connect() as connection:
        own = connection.scalar(sa.select(RESIDENT.c.grid_id).where(RESIDENT.c.id == person))
    assert unmasking.unmask(town, as_role(town, "analyst", [own]), person, REASON).row
    stranger = somebody(town, (RESIDENT.c.grid_id != own) & (RESIDENT.c.born < 19800101))
    with pytest.raises(NotFoundError):
        unmasking.unmask(town, as_role(town, "analyst", [own]), stranger, REASON)


def test_minors_are_shown_by_right(town):
    today = local_today()
    minor = somebody(town, RESIDENT.c.born > (today.year - 10) * 10_000)
    assert unmasking.unmask(town, as_role(town, "analyst"), minor, REASON).row["id"] == minor
    with pytest.raises(NotFoundError):
        unmasking.unmask(town, as_role(town, "dispatcher"), minor, REASON)


def test_it_is_in_force_for_ten_minutes(town):
    now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    town.trail.clock = lambda: now
    found = unmasking.unmask(town, as_role(town, "analyst"), grown(town), REASON)
    assert found.until - now == timedelta(minutes=10)
