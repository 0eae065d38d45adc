"""Rows to be corrected are unmasked one at a time, for who may, on record first."""

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import NotFoundError, PurposeError, RightsError
from mapdesk.model.selection import Ref
from mapdesk.services import editing
from mapdesk.store import audit
from mapdesk.store.schema import TABLES

PERSON = TABLES["person"]


@pytest.fixture
def access(town):
    return town.identity.having("annual check")


@pytest.fixture
def someone(town):
    with town.connect() as connection:
        query = sa.select(PERSON).where(PERSON.c.relation == "head").order_by(PERSON.c.id)
        return dict(connection.execute(query).mappings().first())


def test_a_row_is_whole_and_on_record_with_its_reason(town, access, someone):
    row = editing.raw_row(town, access, Ref("person", someone["id"]), "a wrong digit")
    assert row == someone
    look = audit.last(town)[0]
    assert (look["kind"], look["subject"]) == ("unmask", someone["id"])
    assert "a wrong digit" in look["detail"]
    assert editing.raw_row(town, access, Ref("household", someone["household_id"]))["unit_id"]
    assert editing.raw_row(town, access, Ref("unit", someone["unit_id"]))["building_id"]


@pytest.mark.parametrize("role", ["analyst", "planner", "auditor", "administrator", "nobody"])
def test_who_may_not_edit_sees_nothing(town, someone, role):
    town.identity = Access("someone", role, "curious")
    for noun in ("person", "household", "unit"):
        with pytest.raises(RightsError):
            editing.raw_row(town, town.identity, Ref(noun, someone["id"]))
    town.identity = Access.owner()


def test_a_purpose_and_a_row_are_needed(town, access, someone):
    for noun in ("person", "household"):
        with pytest.raises(PurposeError):
            editing.raw_row(town, town.identity, Ref(noun, someone["id"]))
        with pytest.raises(NotFoundError):
            editing.raw_row(town, access, Ref(noun, "nobody"))


def test_households_are_listed_without_names(town, access, someone):
    found = dict(editing.households_of(town, access, someone["unit_id"]))
    assert someone["name"] not in found[someone["household_id"]]
    assert int(found[someone["household_id"]].rpartition(", ")[2]) >= 1


def test_where_somebody_lives_is_no_field_of_the_form(town):
    assert "unit_id" not in editing.fields_of("person", town.identity)
    assert editing.fields_of("unit", town.identity) == ("stair", "floor", "room", "use", "area")
