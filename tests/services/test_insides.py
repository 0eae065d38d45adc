"""A building opened: every unit is a room of its floor, and floors pull apart in order."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.services import insides
from mapdesk.services.insides import made, weigh
from mapdesk.store import places
from tests.store.test_store import places_of_people

BOX = shapely.box(0, 0, 40, 12)


def unit(number, floor, area=None, stair="1", room=None):
    return {
        "id": f"U{number}",
        "stair": stair,
        "floor": floor,
        "room": room or f"{floor}{number:02d}",
        "use": "own",
        "area": area,
    }


units = st.lists(
    st.tuples(
        st.integers(-3, 12) | st.just(9999),
        st.none() | st.floats(0, 900) | st.just(float("nan")),
        st.sampled_from(["", "1", "2"]),
    ),
    max_size=40,
).map(lambda rows: [unit(at, *row) for at, row in enumerate(rows)])
heights = st.fixed_dictionaries(
    {
        "height": st.none() | st.floats(3, 200),
        "floors": st.none() | st.integers(1, 60),
        "base": st.none() | st.floats(0, 20),
    }
)


@given(heights, units)
def test_every_unit_has_a_room_on_its_floor(row, given_units):
    inside = made("B1", "House", BOX, row, given_units)
    assert list(inside.floors) == sorted(set(inside.floors))
    assert {one["id"] for one in given_units} == set(inside.places)
    for one in given_units:
        floor, at = inside.places[one["id"]]
        assert inside.floors[floor] == one["floor"]
        assert inside.rooms[floor][at].unit is one


@given(heights, units, st.data())
def test_floors_keep_their_order_open_and_closed(row, given_units, data):
    inside = made("B1", "House", BOX, row, given_units)
    looked = data.draw(st.none() | st.integers(0, len(inside.floors) - 1))
    closed, opened = inside.closed(), inside.opened(looked)
    assert (np.diff(closed) > 0).all()
    assert (np.diff(opened) >= inside.each).all()
    if looked is not None and looked + 1 < len(opened):
        above = opened[looked + 1] - opened[looked]
        assert above == pytest.approx(max(np.diff(opened)))


def test_a_closed_floor_is_where_it_is():
    inside = made("B1", "House", BOX, {"height": 18.0, "floors": 6, "base": 0.0}, [])
    assert inside.each == pytest.approx(3.0)
    assert inside.closed() == pytest.approx([0, 3, 6, 9, 12, 15])


def test_cellars_lie_below_the_ground_floor():
    below = [unit(1, -1), unit(2, -2)]
    inside = made("B1", "House", BOX, {"height": 6.0, "floors": 2, "base": 0.0}, below)
    assert inside.floors == (-2, -1, 1, 2)
    assert inside.closed() == pytest.approx([-6, -3, 0, 3])


def test_rooms_go_by_stair_and_number():
    rows = [
        unit(1, 1, stair="10", room="101"),
        unit(2, 1, stair="2", room="110"),
        unit(3, 1, stair="2", room="9"),
    ]
    inside = made("B1", "House", BOX, {"height": 3.0, "floors": 1}, rows)
    assert [room.id for room in inside.rooms[0]] == ["U3", "U2", "U1"]


def test_a_room_is_called_by_its_stair_where_there_are_several():
    one, two = unit(1, 1, stair="1", room="101"), unit(2, 1, stair="2", room="101")

    def numbers(units):
        inside = made("B1", "House", BOX, {"height": 3.0, "floors": 1}, units)
        return [inside.number_of(room) for room in inside.rooms[0]]

    assert numbers([one, two]) == ["1-101", "2-101"]
    assert numbers([one]) == ["101"]


def test_an_unlikely_area_leaves_the_others_room():
    assert weigh([[100.0, 100.0, 1e9, None, 0.001]]) == [[1.0, 1.0, 5.0, 1.0, 0.2]]


def test_a_step_up_stays_in_the_same_corner():
    rows = [unit(at, floor) for floor in (1, 2) for at in range(1, 5)]
    for number, row in enumerate(rows):
        row["id"] = f"U{number}"
    inside = made("B1", "House", BOX, {"height": 6.0, "floors": 2}, rows)
    assert [inside.above(0, at, 1) for at in range(4)] == [0, 1, 2, 3]
    assert [inside.beside(0, 3, 1), inside.beside(0, 0, -1), inside.beside(0, 1, 1)] == [3, 0, 2]


def test_each_floor_has_a_mesh_of_itself_and_its_rooms():
    rows = [unit(1, 1), unit(2, 1), unit(3, 3)]
    inside = made("B1", "House", BOX, {"height": 9.0, "floors": 3}, rows)
    meshes = insides.floor_meshes(inside, (10.0, 0.0))
    assert [int(mesh.owner.max()) for mesh in meshes] == [2, 0, 1]
    assert all(mesh.points[:, 2].min() == 0 for mesh in meshes)
    assert meshes[0].points[:, 0].min() == pytest.approx(-10.0)
    assert meshes[0].points[:, 2].max() == pytest.approx(insides.SLAB + inside.room_height)


def test_a_building_of_the_town_opens_with_all_its_units(town):
    key = places_of_people(town).most_common(1)[0][0]
    inside = insides.inside_of(town, key)
    wanted = {row["id"] for row in places.where(town, "unit", "building_id", [key])}
    assert set(inside.places) == wanted
    outline = places.row(town, "building", key)["geometry"].buffer(1e-6)
    assert all(outline.covers(room.outline) for rooms in inside.rooms for room in rooms)


def test_what_is_not_there_is_said(town):
    with pytest.raises(NotFoundError, match="no building 'B-none'"):
        insides.inside_of(town, "B-none")


def test_a_building_without_a_footprint_cannot_be_opened(town):
    import sqlalchemy as sa

    from mapdesk.store.schema import TABLES

    table = TABLES["building"]
    key = str(places.features(town, "building").ids[0])
    with town.begin() as connection:
        connection.execute(sa.update(table).where(table.c.id == key).values(geometry=None))
    with pytest.raises(InputError, match="no footprint"):
        insides.inside_of(town, key)
