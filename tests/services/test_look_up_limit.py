"""Exact look-ups: 20 in ten minutes and user, counted in the record, whatever the clock is set to."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from mapdesk.model import look_up_limit
from mapdesk.model.access import Access
from mapdesk.model.errors import RightsError
from mapdesk.services import districts, finding, residents
from mapdesk.store import audit, finding_people
from mapdesk.store.schema import TABLES

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def on(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(town):
    """A clock for the record of the town; a server has its own."""
    made = Clock()
    town.trail.clock = made
    town.identity = Access("tester", "analyst")
    return made


def ask(store, text="13800000000"):
    return residents.find_people(store, store.identity.having("calling back"), text)


def use_up(store, clock, count=20):
    for _ in range(count):
        ask(store)
        clock.on(1)


def refused(store):
    with pytest.raises(RightsError, match="the next can be looked up in") as told:
        ask(store)
    return str(told.value)


def test_twenty_are_answered_on_either_engine(town, clock):
    use_up(town, clock)
    assert "phone or identity numbers in ten minutes" in refused(town)
    town.identity = replace(town.identity, role="owner")
    rows = audit.last(town, 3)
    assert [row["action"] for row in rows] == [
        "find people refused",
        "find people",
        "find people",
    ]
    assert json.loads(rows[0]["detail"])["row"] == rows[1]["number"]
    assert json.loads(rows[1]["detail"])["by"] == "phone"
    assert {row["subject"] for row in rows} == {"*********00"}


@pytest.mark.parametrize(
    ("text", "same", "said"),
    [
        ("990101196102030418", "9901011961 02030418", "990101***********8"),
        ("13800001234", "+138-0000-1234", "*********34"),
    ],
)
def test_numbers_are_on_record_masked_and_told_apart_by_hash(town, clock, text, same, said):
    for one in (text, same, text[:-1] + "9"):
        ask(town, one)
    kept, town.identity = town.identity, Access.owner()
    rows = audit.last(town, 3)
    town.identity = kept
    first, second, other = (json.loads(row["detail"])["hash"] for row in reversed(rows))
    kind = finding_people.kind_of(text)
    assert first == second == look_up_limit.fingerprint(town.secret(), kind, text) != other
    assert rows[-1]["subject"] == said
    assert text not in str(rows)


@pytest.mark.embedded
def test_the_sentence_says_when(town, clock):
    use_up(town, clock)
    assert "in 9:40 min" in refused(town)
    clock.on(579)
    assert "in 0:01 min" in refused(town)
    clock.on(1)
    ask(town)
    assert "in 0:01 min" in refused(town)


@pytest.mark.embedded
def test_refusals_do_not_make_it_longer(town, clock):
    use_up(town, clock)
    for _ in range(30):
        refused(town)
    clock.on(600)
    assert ask(town) == []


@pytest.mark.embedded
def test_a_restart_counts_on(town, clock):
    use_up(town, clock)
    folder = town.folder
    town.close()
    with districts.open_district(folder) as again:
        again.trail.clock = clock
        again.identity = Access("tester", "analyst")
        refused(again)


@pytest.mark.embedded
def test_a_clock_set_back_does_not_open_it(town, clock):
    use_up(town, clock)
    clock.on(-3600)
    assert "in 9:41 min" in refused(town)
    clock.on(300)
    assert "in 4:41 min" in refused(town)
    clock.on(281)
    assert ask(town) == []


@pytest.mark.embedded
def test_others_and_other_searches_do_not_count(town, clock):
    use_up(town, clock)
    assert residents.find_people(town, town.identity.having("calling back"), "王")
    refused(town)
    town.identity = Access("somebody else", "analyst")
    assert ask(town) == []


def test_identity_numbers_count_with_phones(town, clock):
    with town.connect() as connection:
        number = connection.scalar(
            sa.select(TABLES["person"].c.identity_number).where(
                TABLES["person"].c.birth_date < date(1980, 1, 1)
            )
        )
    for _ in range(10):
        assert len(ask(town, number)) == 1
        ask(town)
    refused(town)


def test_the_row_stands_before_the_answer(town, clock):
    """A search that fails after its row was written leaves the row."""
    found = finding.find(town, "王", town.identity.having("calling back"))
    assert found
    town.identity = replace(town.identity, role="owner")
    assert [row["subject"] for row in audit.last(town)] == ["王*"]
