"""A batch is checked by what it touched: its own rows, and those that refer to them."""

import pytest
import sqlalchemy as sa

from mapdesk.model.errors import InputError
from mapdesk.store import changes
from mapdesk.store.changes import Edit
from mapdesk.store.schema import RESIDENT, TABLES

PERSON = TABLES["person"]


@pytest.fixture
def someone(town):
    """A person with a home, as the register has them."""
    query = sa.select(PERSON).where(PERSON.c.household_id.is_not(None)).order_by(PERSON.c.id)
    with town.connect() as connection:
        return dict(connection.execute(query.limit(1)).mappings().one())


@pytest.mark.parametrize("noun", ["unit", "household"])
def test_a_home_that_somebody_lives_in_does_not_go(noun, town, someone):
    home = someone[f"{noun}_id"]
    with pytest.raises(InputError, match=f"has {noun}_id '{home}', but there is no {noun}"):
        changes.apply(town, town.identity, "take away", [Edit(noun, home, {}, None)])
    assert changes.batches(town) == []


@pytest.mark.parametrize("noun", ["unit", "household", "building"])
def test_nobody_moves_to_where_nothing_is(noun, town, someone):
    name = f"{noun}_id"
    edit = Edit("person", someone["id"], {name: someone[name]}, {name: "nowhere"})
    with pytest.raises(InputError, match=f"has {name} 'nowhere', but there is no {noun}"):
        changes.apply(town, town.identity, "move", [edit])
    assert changes.batches(town) == []


def test_the_flat_table_follows_a_home_whose_people_no_edit_names(town, someone):
    unit, household = TABLES["unit"], TABLES["household"]
    with town.connect() as connection:
        room, pets = (
            connection.scalar(sa.select(column).where(column.table.c.id == key))
            for column, key in (
                (unit.c.room, someone["unit_id"]),
                (household.c.pets, someone["household_id"]),
            )
        )
    edits = [
        Edit("unit", someone["unit_id"], {"room": room}, {"room": "9999"}),
        Edit("household", someone["household_id"], {"pets": pets}, {"pets": 77}),
    ]
    changes.apply(town, town.identity, "both", edits)
    query = sa.select(RESIDENT.c.room, RESIDENT.c.pets).where(RESIDENT.c.id == someone["id"])
    with town.connect() as connection:
        assert connection.execute(query).all() == [("9999", 77)]
