"""People of a grid, of buildings and of lassos, as a plain look at every row says."""

from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa

from mapdesk.store import people, places
from mapdesk.store.changes import Edit, apply
from mapdesk.store.schema import RESIDENT


@pytest.fixture
def everyone(town):
    with town.connect() as connection:
        return connection.execute(sa.select(RESIDENT)).mappings().all()


def test_people_of_a_grid_are_those_of_its_buildings_by_door(town, everyone):
    grid, count = Counter(one["grid_id"] for one in everyone).most_common(1)[0]
    found = people.page_of_grid(town, grid)
    assert len(found) == count
    assert {one["id"] for one in found} == {o["id"] for o in everyone if o["grid_id"] == grid}
    doors = [(one["building_id"], *people.by_door(one)) for one in found]
    assert doors == sorted(doors)
    of_building = people.of_building(town, found[0]["building_id"])
    assert found[: len(of_building)] == of_building


def test_a_grid_above_has_the_people_of_all_below(town, everyone):
    found = places.features(town, "grid", ["level"], geometry=False)
    (highest,) = found.ids[found.columns["level"] == 1]
    inside = {one["id"] for one in everyone if one["grid_id"] is not None}
    assert {one["id"] for one in people.page_of_grid(town, highest)} == inside


def test_people_of_buildings_are_found_and_kept_in_step(town, everyone):
    buildings = sorted({one["building_id"] for one in everyone if one["building_id"]})[::7]
    wanted = {one["id"] for one in everyone if one["building_id"] in set(buildings)}
    found = people.of_buildings(town, [*buildings, "no such building"])
    assert len(found) == len(wanted) == people.count_of_buildings(town, buildings)
    assert {one["id"] for one in found} == wanted
    assert people.of_buildings(town, []) == []
    gone = next(one for one in everyone if one["id"] in wanted)
    empty = {"building_id": None, "unit_id": None}
    was = {name: gone[name] for name in empty}
    apply(town, town.identity, "x", [Edit("person", gone["id"], was, empty)])
    assert {one["id"] for one in people.of_buildings(town, buildings)} == wanted - {gone["id"]}


def test_who_may_not_be_seen_is_not_there(town, everyone):
    grid, _count = Counter(one["grid_id"] for one in everyone).most_common(1)[0]
    others = [one["building_id"] for one in everyone if one["grid_id"] != grid]
    mine = {one["id"] for one in everyone if one["grid_id"] == grid}
    town.identity = replace(town.identity, areas=(grid,))
    assert {one["id"] for one in people.page_of_grid(town, grid)} == mine
    assert not people.of_buildings(town, others)
    (elsewhere,) = {o["grid_id"] for o in everyone if o["building_id"] == others[0]}
    assert len(people.page_of_grid(town, elsewhere)) == 0


def test_stretches_of_an_area_put_together_are_the_whole(town, everyone):
    buildings = sorted({one["building_id"] for one in everyone if one["building_id"]})[::3]
    whole = people.of_buildings(town, buildings)
    for length in (1, 7, 50):
        parts = [
            people.of_buildings(town, buildings, offset, length)
            for offset in range(0, min(len(whole), 8 * length) + length, length)
        ]
        assert [len(part) for part in parts[:-1]] == [length] * (len(parts) - 1)
        found = [one for part in parts for one in part]
        assert found == whole[: len(found)]
    assert people.of_buildings(town, buildings, len(whole), 10) == []
    assert people.of_buildings(town, buildings, len(whole) - 2, 10) == whole[-2:]
