"""What an engine refuses is told, logged and traced without the values it was refused for."""

import traceback

import pyarrow as pa
import pytest
import sqlalchemy as sa

from mapdesk.model.errors import WorldError
from mapdesk.store import writing
from mapdesk.store.schema import TABLES

PERSON = TABLES["person"]


@pytest.fixture
def somebody(town):
    """Somebody whose id is what a careless file made it: their identity number."""
    number = "11010119900101" + "1237"
    row = {"id": number, "name": "欧阳" + "不可见", "phone": "1998" + "7650213", "education": "x"}
    with town.begin() as connection:
        connection.execute(sa.insert(PERSON).values(row))
    return row


def bulk(store, connection, row):
    arrays = {name: pa.array([value] * 2) for name, value in row.items()}
    store.backend.append(connection, PERSON, pa.table(arrays))


def nameless(_store, connection, row):
    connection.execute(sa.insert(PERSON).values({**row, "id": f"{row['id']}X", "name": None}))


def as_number(_store, connection, row):
    number = sa.cast(PERSON.c.name + PERSON.c.phone, sa.Integer)
    connection.execute(sa.select(number).where(PERSON.c.id == row["id"])).all()


def in_columns(store, connection, row):
    day = sa.cast(PERSON.c.name, sa.Date).label("day")
    store.backend.columns(connection, sa.select(day).where(PERSON.c.id == row["id"]))


DONE = {
    "a duplicate": lambda _s, c, row: c.execute(sa.insert(PERSON).values(row)),
    "a duplicate in bulk": bulk,
    "a missing name": nameless,
    "a text as a number": as_number,
    "a text as a day": in_columns,
}


def test_no_sentence_log_or_traceback_names_a_value(town, somebody):
    for name, act in DONE.items():
        with pytest.raises(WorldError) as caught, writing.transaction(town) as connection:
            act(town, connection, somebody)
        chain = "".join(traceback.format_exception(caught.value))
        assert "could not be written" in str(caught.value), name
        told = [text for text in somebody.values() if len(text) > 1 and text in chain]
        assert not told, name
