"""People of a grid, of buildings and of lassos, as a plain look at every row says."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.store import people, places
from mapdesk.store.changes import Edit, apply
from mapdesk.store.homes import HomeIndex
from mapdesk.store.rows import Rows
from mapdesk.store.schema import RESIDENT


@pytest.fixture
def everyone(town):
    with town.connect() as connection:
        return connection.execute(sa.select(RESIDENT)).mappings().all()


def test_people_of_a_grid_are_those_of_its_buildings_by_door(town, everyone):
    grid, count = Counter(one["grid_id"] for one in everyone).most_common(1)[0]
    found = people.of_grid(town, grid)
    assert len(found) == count
    assert {one["id"] for one in found} == {o["id"] for o in everyone if o["grid_id"] == grid}
    doors = [(one["building_id"], *people.by_door(one)) for one in found]
    assert doors == sorted(doors)
    of_building = people.of_building(town, found[0]["building_id"])
    assert list(found[: len(of_building)]) == of_building


def test_what_is_missing_is_listed_first(town, everyone):
    grid, _count = Counter(one["grid_id"] for one in everyone).most_common(1)[0]
    there = [one for one in everyone if one["grid_id"] == grid and one["unit_id"]]
    for one in there[3:40:5]:
        edit = Edit("person", one["id"], {"unit_id": one["unit_id"]}, {"unit_id": None})
        apply(town, town.identity, "x", [edit])
    doors = [(one["building_id"], *people.by_door(one)) for one in people.of_grid(town, grid)]
    assert doors == sorted(doors)


def test_a_grid_above_has_the_people_of_all_below(town, everyone):
    found = places.features(town, "grid", ["level"], geometry=False)
    (highest,) = found.ids[found.columns["level"] == 1]
    inside = {one["id"] for one in everyone if one["grid_id"] is not None}
    assert {one["id"] for one in people.of_grid(town, highest)} == inside


def test_people_of_buildings_are_found_and_kept_in_step(town, everyone):
    buildings = sorted({one["building_id"] for one in everyone if one["building_id"]})[::7]
    wanted = {one["id"] for one in everyone if one["building_id"] in set(buildings)}
    found = people.ids_of_buildings(town, [*buildings, "no such building"])
    assert len(found) == len(wanted)
    assert set(found) == wanted
    assert people.ids_of_buildings(town, []) == []
    gone = next(one for one in everyone if one["id"] in wanted)
    empty = {"building_id": None, "unit_id": None}
    was = {name: gone[name] for name in empty}
    apply(town, town.identity, "x", [Edit("person", gone["id"], was, empty)])
    assert set(people.ids_of_buildings(town, buildings)) == wanted - {gone["id"]}


@given(st.lists(st.sampled_from("abcd"), max_size=30), st.sets(st.sampled_from("abcdx")))
def test_the_index_of_homes_says_what_a_loop_says(homes, asked):
    ids = [f"p{place}" for place in range(len(homes))]
    columns = [pa.chunked_array([pa.array(one, pa.string())]) for one in (ids, homes)]
    found = HomeIndex.of(*columns).of_buildings(sorted(asked))
    assert sorted(found) == sorted(ids[k] for k in np.flatnonzero([h in asked for h in homes]))


def test_who_may_not_be_seen_is_not_there(town, everyone):
    grid, _count = Counter(one["grid_id"] for one in everyone).most_common(1)[0]
    others = [one["building_id"] for one in everyone if one["grid_id"] != grid]
    mine = {one["id"] for one in everyone if one["grid_id"] == grid}
    town.identity = replace(town.identity, areas=(grid,))
    assert {one["id"] for one in people.of_grid(town, grid)} == mine
    assert not people.ids_of_buildings(town, others)
    (elsewhere,) = {o["grid_id"] for o in everyone if o["building_id"] == others[0]}
    assert len(people.of_grid(town, elsewhere)) == 0


def test_rows_are_dicts_when_looked_at():
    rows = Rows(("id", "name"), [("1", "a"), ("2", "b"), ("3", "c")])
    assert len(rows) == 3
    assert rows[-1] == {"id": "3", "name": "c"}
    assert list(rows[1:]) == [{"id": "2", "name": "b"}, {"id": "3", "name": "c"}]
    with pytest.raises(IndexError):
        rows[3]
