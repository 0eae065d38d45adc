"""Ages on a server: a masked role filters as at an embedded desk, seeing years of births alone."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest

from mapdesk.model.access import Access
from mapdesk.model.errors import RightsError
from mapdesk.model.filters import Condition, Filter
from mapdesk.store import filtering, statistics
from mapdesk.store.server import asking
from mapdesk.store.statistics import Where
from tests.store.test_server_attacks import looks, owner_says

REFUSED = psycopg.errors.RaiseException
AGES = [
    *(Condition("age", "at least", (years,)) for years in (18, 30, 60, 80)),
    Condition("age", "between", (40, 49)),
    Condition("age", "is", (65,)),
    Condition("age", "at most", (70,)),
    Condition("turning", "turns", (80, 60)),
    Condition("turning", "turns", (60, 300)),
    Condition("born", "between", ("1950-01-01", "1955-12-31")),
    Condition("born", "at most", ("1946-12-31",)),
]


@pytest.fixture
def today(rights_town):
    """The server's day."""
    owner_says(rights_town, "DELETE FROM mapdesk.asked RETURNING id")
    number = owner_says(rights_town, "SELECT rights.today_number()")[0][0]
    return date(number // 10000, number // 100 % 100, number % 100)


@pytest.mark.parametrize("role", ["analyst", "dispatcher", "worker", "registrar"])
def test_filters_by_age_take_what_the_embedded_desk_takes(rights_town, town_master, today, role):
    from mapdesk.services import districts

    with (
        districts.open_district(town_master) as embedded,
        rights_town.store(role, "comparing") as server,
    ):
        embedded.identity = Access("tester", role, "comparing")
        for one in AGES:
            filtered = Filter("person", "all", (Condition("age", "at least", (18,)), one))
            both = [
                filtering.rows(store, filtered, today, limit=5000) for store in (embedded, server)
            ]
            ages = [{row["id"]: row["age"] for row in rows} for rows in both]
            assert ages[0] == ages[1], one
            assert ages[0], one
        for name, years in (("oldest", 80), ("youngest", 30)):
            filtered = Filter("household", "all", (Condition(name, "at least", (years,)),))
            counts = [filtering.count(store, filtered, today) for store in (embedded, server)]
            assert counts[0] == counts[1] > 0
        made = [statistics.make_up(store, Where(), today) for store in (embedded, server)]
        assert made[0].as_dict() == made[1].as_dict()


def test_days_of_birth_are_asked_for_on_record_and_not_often(rights_town, today):
    born = "SELECT count(*) FROM rights.born_between(%s, %s)"
    with rights_town.session("analyst") as session:
        with pytest.raises(REFUSED, match="begin a piece of work"):
            session.execute("SELECT rights.ask_births(19500101, 19501231)")
        session.execute("SELECT rights.begin_work('guessing')")
        with pytest.raises(REFUSED, match="not asked for"):
            session.execute(born, (19500101, 19501231))
        with session.transaction(force_rollback=True):
            session.execute("SELECT rights.ask_births(19500101, 19501231)")
            with pytest.raises(REFUSED, match="not asked for"), session.transaction():
                session.execute(born, (19500101, 19501231))
        session.execute("SELECT rights.ask_births(19500101, 19501231)")
        assert session.execute(born, (19500101, 19501231)).fetchone()[0] > 0
        with pytest.raises(REFUSED, match="not asked for"):
            session.execute(born, (19500101, 19500601))
        for day in range(19):
            session.execute("SELECT rights.ask_births(%s, %s)", (19500101 + day, 19500101 + day))
        with pytest.raises(REFUSED, match="More than 20"):
            session.execute("SELECT rights.ask_births(19600101, 19600101)")
        session.execute("SELECT rights.ask_births(19500101, 19501231)")
    assert looks(rights_town, "find people")[-1][2] == "19500119-19500119"


def test_births_elsewhere_and_of_minors_are_not_told(rights_town, today):
    last = int(f"{today - timedelta(days=1):%Y%m%d}")
    known = dict(owner_says(rights_town, "SELECT id, grid_id FROM mapdesk.resident"))
    minors = {
        row[0]
        for row in owner_says(
            rights_town, "SELECT id FROM mapdesk.resident WHERE born > %s", last - 170_000
        )
    }
    for user in ("narrow", "dispatcher"):
        with rights_town.store(user, "guessing") as store:
            query = asking.born_between(store, 0, last)
            with store.connect() as connection:
                found = set(connection.scalars(query))
        assert found
        if user == "narrow":
            assert {known[key] for key in found} <= set(rights_town.grids)
        else:
            assert not found & minors
    with rights_town.store("planner", "guessing") as store, pytest.raises(RightsError):
        asking.born_between(store, 0, last)


def test_no_time_zone_moves_the_day_far(rights_town):
    with rights_town.session("analyst") as session:
        numbers = set()
        for zone in ("UTC", "Pacific/Kiritimati", "<x>+160", "<x>-160"):
            session.execute("SELECT set_config('TimeZone', %s, false)", (zone,))
            numbers |= set(session.execute("SELECT rights.today_number()").fetchone())
    days = {date(one // 10000, one // 100 % 100, one % 100) for one in numbers}
    assert max(days) - min(days) <= timedelta(days=2)
