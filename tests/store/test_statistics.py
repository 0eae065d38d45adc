"""Counts of who lives where agree with counting people one by one, and hide what is small."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapdesk.model.access import Access
from mapdesk.model.errors import RightsError
from mapdesk.model.makeup import BANDS, HIDDEN, SEXES
from mapdesk.store import scope, statistics, writing
from mapdesk.store.statistics import Where

TODAY = date(2026, 11, 22)


def frame(store, text):
    with store.connect() as connection:
        return pd.DataFrame(connection.execute(sa.text(text)).mappings().all())


def age(born, today=TODAY):
    """Return the age in whole years by comparing calendar days."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def counted(people):
    """Return a pyramid counted one by one."""
    pyramid = np.zeros((len(BANDS), len(SEXES)), np.int64)
    for sex, born in zip(people["sex"], people["birth_date"], strict=True):
        row = 21 if pd.isna(born) else min(max(age(born), 0) // 5, 20)
        pyramid[row, SEXES.index(sex) if sex in SEXES else 2] += 1
    return pyramid


@pytest.fixture
def people(town):
    return frame(
        town,
        "SELECT p.*, b.grid_id FROM person p LEFT JOIN building b ON b.id = p.building_id",
    )


def test_pyramids_of_all_grids_agree_with_counting(town, people):
    pyramids = statistics.pyramids_of_grids(town, TODAY)
    parents = statistics.grid_parents(town)
    assert set(pyramids) == set(parents)
    assert {key for key, parent in parents.items() if parent is None}
    for key in pyramids:
        inside = people[people["grid_id"].isin(scope.grids_below(town, [key]))]
        assert (pyramids[key] == counted(inside)).all()


def test_the_make_up_of_a_grid_agrees_with_counting(town, people):
    key = people["grid_id"].value_counts().index[0]
    made = statistics.make_up(town, Where(grids=[key]), TODAY)
    inside = people[people["grid_id"] == key]
    assert (made.pyramid == counted(inside)).all()
    assert made.people == len(inside)
    assert made.sexes["female"] == (inside["sex"] == "female").sum()
    assert made.residence_kinds["floating"] == (inside["residence_kind"] == "floating").sum()
    assert made.educations["primary"] == (inside["education"] == "primary").sum()
    sizes = inside["household_id"].value_counts()
    assert made.households == len(sizes)
    assert made.household_sizes["2"] == (sizes == 2).sum()
    assert made.household_sizes["6+"] == (sizes >= 6).sum()
    units = frame(
        town,
        f"SELECT u.use FROM unit u JOIN building b ON b.id = u.building_id WHERE b.grid_id = '{key}'",
    )
    assert made.unit_uses["let"] == (units["use"] == "let").sum()
    assert made.units == len(units)
    assert made.exact and not made.hides


def test_the_make_up_of_buildings_is_theirs(town, people):
    buildings = people["building_id"].value_counts().index[:3].tolist()
    made = statistics.make_up(town, Where(buildings=buildings), TODAY)
    assert (made.pyramid == counted(people[people["building_id"].isin(buildings)])).all()


def test_no_building_has_no_people(town):
    made = statistics.make_up(town, Where(buildings=[]), TODAY)
    assert (made.people, made.households, made.units) == (0, 0, 0)


def test_a_birthday_is_counted_from_its_day(empty):
    births = {"eve": date(2021, 11, 23), "day": date(2021, 11, 22), "old": date(1900, 1, 1)}
    births |= {"none": None, "unborn": date(2026, 12, 1)}
    rows = pd.DataFrame({"id": list(births), "name": "王一", "birth_date": list(births.values())})
    with writing.transaction(empty) as connection:
        writing.upsert(
            empty, connection, {"person": rows.assign(sex=["male", "male", "female", "", "female"])}
        )
    made = statistics.make_up(empty, Where(), TODAY)
    at = dict(
        zip(
            map(tuple, np.argwhere(made.pyramid).tolist()),
            made.pyramid[made.pyramid > 0],
            strict=True,
        )
    )
    assert at == {(0, 0): 1, (0, 1): 1, (1, 0): 1, (20, 1): 1, (21, 2): 1}
    assert made.educations["unknown"] == 5


def test_fixed_areas_hide_small_counts_and_say_the_truth_otherwise(town):
    fixed = statistics.fixed_area_statistics(town, TODAY)
    exact = statistics.pyramids_of_grids(town, TODAY)
    assert set(fixed) == {"", *exact}
    assert any(made.hides for made in fixed.values())
    for key, pyramid in exact.items():
        shown = fixed[key].pyramid != HIDDEN
        assert (fixed[key].pyramid[shown] == pyramid[shown]).all()
        assert not shown[(pyramid > 0) & (pyramid < 10)].any()
        assert not fixed[key].exact
        if fixed[key].people is not None:
            assert fixed[key].people == pyramid.sum()
    assert fixed[""].people == 3000


def test_people_outside_every_part_are_not_given_away(empty):
    """Three people live in a grid but in none of its parts: the parts' sum must not tell of them."""
    grids = pd.DataFrame(
        {"id": ["all", "part", "other"], "level": [1, 2, 2], "parent_id": [None, "all", "all"]}
    )
    buildings = pd.DataFrame({"id": ["b1", "b2", "b3"], "grid_id": ["part", "other", "all"]})
    homes = ["b1"] * 200 + ["b2"] * 300 + ["b3"] * 3
    rows = pd.DataFrame(
        {
            "id": [f"p{number}" for number in range(len(homes))],
            "name": "王一",
            "building_id": homes,
            "sex": "female",
            "birth_date": date(1990, 5, 5),
        }
    )
    with writing.transaction(empty) as connection:
        writing.upsert(empty, connection, {"grid": grids, "building": buildings, "person": rows})
    fixed = statistics.fixed_area_statistics(empty, TODAY)
    known = [fixed[key].people for key in ("all", "part", "other")]
    assert None in known


def test_grids_in_a_ring_do_not_hang(empty):
    rows = pd.DataFrame({"id": ["a", "b", "c"], "level": [1, 2, 3], "parent_id": ["b", "a", "a"]})
    with writing.transaction(empty) as connection:
        writing.upsert(empty, connection, {"grid": rows})
    parents = statistics.grid_parents(empty)
    assert None in parents.values()
    assert set(statistics.pyramids_of_grids(empty, TODAY)) == {"a", "b", "c"}
    assert "c" in scope.grids_below(empty, ["a"])


def test_rights(town):
    town.identity = Access("planner", "planner")
    assert statistics.fixed_area_statistics(town, TODAY)
    with pytest.raises(RightsError):
        statistics.make_up(town, Where(), TODAY)
    with pytest.raises(RightsError):
        statistics.pyramids_of_grids(town, TODAY)
    town.identity = Access("auditor", "auditor")
    with pytest.raises(RightsError):
        statistics.fixed_area_statistics(town, TODAY)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.dates(date(1900, 1, 1), date(2026, 12, 31)), st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_integer_arithmetic_is_the_calendars(empty, born, today):
    number, day = (one.year * 10_000 + one.month * 100 + one.day for one in (born, today))
    with empty.connect() as connection:
        lived = day - sa.bindparam("born", type_=sa.Integer)
        years = connection.scalar(sa.select(lived - lived % 50_000), {"born": number})
    assert max(years // 50_000, 0) == max(age(born, today), 0) // 5
