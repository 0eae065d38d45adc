"""Units are found as people write them, and said the same way."""

import pytest
import sqlalchemy as sa

from mapdesk.services import homes
from mapdesk.store.schema import TABLES

UNIT, BUILDING = TABLES["unit"], TABLES["building"]


@pytest.fixture
def unit(town):
    """A unit with stair and room, with its building's address."""
    query = (
        sa.select(UNIT, BUILDING.c.address)
        .join(BUILDING, BUILDING.c.id == UNIT.c.building_id)
        .where(UNIT.c.stair.is_not(None), UNIT.c.room.is_not(None), BUILDING.c.address.is_not(None))
        .order_by(UNIT.c.id)
    )
    with town.connect() as connection:
        return dict(connection.execute(query).mappings().first())


@pytest.mark.parametrize(
    "written", ["{address} {stair} {room}", "{address}{stair}单元{room}室", "{address} {stair}-{room}", "{id}"]
)  # fmt: skip
def test_a_unit_is_found_as_it_is_written(town, unit, written):
    found = dict(homes.find(town, written.format(**unit)))
    words = homes.texts_of(town, [unit["id"]])[unit["id"]]
    assert found[unit["id"]] == words
    assert words == f"{unit['address']} {unit['stair']}-{unit['room']}"


def test_an_address_alone_gives_units_by_door(town, unit):
    found = homes.find(town, unit["address"], limit=5)
    assert 1 <= len(found) <= 5
    assert all(unit["address"] in words for _id, words in found)


@pytest.mark.parametrize("nothing", ["", "   ", "'; DROP TABLE unit; --", "%", "不存在路9号 1"])
def test_what_is_nowhere_is_not_found(town, nothing):
    assert homes.find(town, nothing) == []
    assert homes.texts_of(town, ["nowhere"]) == {}


def test_neighbours_of_the_floor_come_first(town, unit):
    others = [key for key, _words in homes.neighbours(town, unit["id"])]
    assert unit["id"] not in others
    assert len(others) == len(homes.of_building(town, unit["building_id"])) - 1
    with town.connect() as connection:
        floors = dict(connection.execute(sa.select(UNIT.c.id, UNIT.c.floor)).all())
    near = [floors[key] == unit["floor"] for key in others]
    assert near == sorted(near, reverse=True)
