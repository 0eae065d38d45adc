"""Corrections are whole, on record, told apart when they collide, and can all be undone."""

import random
from datetime import date

import pytest
import sqlalchemy as sa

from mapdesk.model.errors import ConflictError, InputError, NotFoundError, PurposeError, RightsError
from mapdesk.model.selection import Ref
from mapdesk.services import correcting
from mapdesk.store import audit, changes, people, places
from mapdesk.store.copying import digest_of
from mapdesk.store.schema import RESIDENT, TABLES

PERSON, HOUSEHOLD, UNIT = TABLES["person"], TABLES["household"], TABLES["unit"]


@pytest.fixture
def access(town):
    return town.identity.having("annual check")


@pytest.fixture
def someone(town):
    with town.connect() as connection:
        query = sa.select(PERSON).where(PERSON.c.relation == "head").order_by(PERSON.c.id)
        return dict(connection.execute(query).mappings().first())


def state(store):
    return [digest_of(store, table).content for table in (UNIT, HOUSEHOLD, PERSON)]


def flat_is_right(store):
    """Say whether the flat table is what making it anew would give."""
    from mapdesk.store import flat

    with store.connect() as connection:
        kept = sorted(map(repr, connection.execute(sa.select(*RESIDENT.c)).all()))
        names = [column.name for column in RESIDENT.c]
        fresh = flat.residents().order_by(None).subquery()
        wanted = sa.select(*[fresh.c[name] for name in names])
        return kept == sorted(map(repr, connection.execute(wanted).all()))


def test_a_field_is_corrected_with_its_history(town, access, someone):
    ref = Ref("person", someone["id"])
    batch = correcting.correct(town, access, ref, someone, {"education": "postgraduate"})
    assert people.person(town, ref.id)["education"] == "postgraduate"
    (change,) = correcting.history_of(town, access, ref)
    assert (change["field"], change["old"], change["new"]) == (
        "education",
        someone["education"],
        "postgraduate",
    )
    assert change["batch_id"] == batch
    assert change["who"] == access.user
    assert correcting.provenance([change])["education"]["kind"] == "edit"
    assert "change" in {look["action"] for look in audit.last(town)}
    assert flat_is_right(town)


def test_history_is_masked(town, access, someone):
    ref = Ref("person", someone["id"])
    correcting.correct(town, access, ref, someone, {"name": "欧阳子墨", "phone": "13900001234"})
    shown = {one["field"]: one["new"] for one in correcting.history_of(town, access, ref)}
    assert shown["name"] == "欧***"
    assert shown["phone"].endswith("34")
    assert "1390" not in shown["phone"]


def test_who_is_second_is_told(town, access, someone):
    ref = Ref("person", someone["id"])
    correcting.correct(town, access, ref, someone, {"education": "primary"})
    with pytest.raises(ConflictError, match=r"education.*changed.*meanwhile"):
        correcting.correct(town, access, ref, someone, {"education": "college"})
    assert people.person(town, ref.id)["education"] == "primary"
    # Another field of the same row is nobody's quarrel.
    correcting.correct(town, access, ref, someone, {"residence_kind": "absent"})


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"name": "  "}, "name must not be empty"),
        ({"birth_date": "1980-02-30"}, "birth_date must be a date"),
        ({"birth_date": "1700-01-01"}, "between 1880 and today"),
        ({"sex": "unknown"}, "sex must be one of"),
        ({"phone": "call me"}, "no phone number"),
        ({"identity_number": "110101199003071234"}, "identity_number has a wrong check character"),
        ({"identity_number": "'; DROP TABLE person; --"}, "is no identity number of 18 characters"),
        ({"unit_id": "nowhere"}, "no unit with that id"),
        ({"colour": "red"}, "no field 'colour'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(town, access, someone, wanted, said):
    before = state(town)
    with pytest.raises(InputError, match=said):
        correcting.correct(town, access, Ref("person", someone["id"]), someone, wanted)
    assert state(town) == before


def test_any_text_is_kept_as_text(town, access, someone):
    ref = Ref("person", someone["id"])
    text = 'Robert\'); DROP TABLE person;--%_\\ "王"'
    correcting.correct(town, access, ref, someone, {"name": text})
    assert people.person(town, ref.id)["name"] == text


def test_a_household_moves_with_its_people(town, access, someone):
    before = state(town)
    target = places.features(town, "unit", geometry=False).ids[-1]
    batch = correcting.move_household(town, access, someone["household_id"], target)
    row, members = people.household(town, someone["household_id"])
    assert row["unit_id"] == target
    building = places.row(town, "unit", target)["building_id"]
    assert {(one["unit_id"], one["building_id"]) for one in members} == {(target, building)}
    listed = {one["id"] for one in people.of_building(town, building)}
    assert {one["id"] for one in members} <= listed
    assert flat_is_right(town)
    correcting.undo(town, access, batch)
    assert state(town) == before
    assert flat_is_right(town)


def test_units_are_split_and_joined_again(town, access, someone):
    unit = places.row(town, "unit", someone["unit_id"])
    new, _batch = correcting.split_unit(
        town, access, unit["id"], "9901", [someone["household_id"]], unit["area"] / 4
    )
    assert people.person(town, someone["id"])["unit_id"] == new
    parts = [places.row(town, "unit", key)["area"] for key in (unit["id"], new)]
    assert sum(parts) == pytest.approx(unit["area"], abs=0.02)
    with pytest.raises(InputError, match="9901"):
        correcting.split_unit(town, access, unit["id"], "9901", [], None)
    correcting.join_units(town, access, unit["id"], new)
    assert people.person(town, someone["id"])["unit_id"] == unit["id"]
    with pytest.raises(NotFoundError):
        places.row(town, "unit", new)
    assert flat_is_right(town)


def test_a_unit_with_people_cannot_be_removed(town, access, someone):
    with pytest.raises(InputError, match="not empty"):
        correcting.remove(town, access, Ref("unit", someone["unit_id"]))


def test_who_comes_and_goes_can_come_back(town, access, someone):
    before = state(town)
    wanted = {"name": "新来", "birth_date": date(2001, 2, 3), "unit_id": someone["unit_id"]}
    wanted["building_id"] = someone["building_id"]
    ref, came = correcting.add(town, access, "person", wanted)
    assert people.person(town, ref.id)["name"] == "新来"
    correcting.undo(town, access, came)
    assert state(town) == before
    left = correcting.remove(town, access, Ref("person", someone["id"]))
    assert people.person(town, someone["id"]) is None
    correcting.undo(town, access, left)
    assert state(town) == before
    assert flat_is_right(town)


def test_what_was_built_on_cannot_be_pulled_away(town, access, someone):
    ref = Ref("person", someone["id"])
    first = correcting.correct(town, access, ref, someone, {"education": "primary"})
    now = people.person(town, ref.id)
    second = correcting.correct(town, access, ref, now, {"education": "college"})
    with pytest.raises(ConflictError, match="was changed since"):
        correcting.undo(town, access, first)
    correcting.undo(town, access, second)
    correcting.undo(town, access, first)
    with pytest.raises(ConflictError, match="undone already"):
        correcting.undo(town, access, first)
    assert people.person(town, ref.id) == someone


def test_undoing_an_undo_does_it_again(town, access, someone):
    ref = Ref("person", someone["id"])
    batch = correcting.correct(town, access, ref, someone, {"education": "primary"})
    after = state(town)
    undone = correcting.undo(town, access, batch)
    correcting.undo(town, access, undone)
    assert state(town) == after


def test_many_edits_undone_backwards_leave_nothing(town, access):
    chance = random.Random(5)
    before = state(town)
    with town.connect() as connection:
        persons = connection.scalars(sa.select(PERSON.c.id).order_by(PERSON.c.id).limit(40)).all()
        units = connection.scalars(sa.select(UNIT.c.id).order_by(UNIT.c.id).limit(40)).all()
    batches = []
    for _turn in range(12):
        row = people.person(town, chance.choice(persons))
        if row is None:
            continue
        ref = Ref("person", row["id"])
        what = chance.randrange(4)
        if what == 0:
            wanted = {"education": chance.choice(["primary", "college"]), "care_flag": None}
            if all(row[name] == value for name, value in wanted.items()):
                continue
            batches.append(correcting.correct(town, access, ref, row, wanted))
        elif what == 1 and row["household_id"]:
            unit = chance.choice(units)
            batches.append(correcting.move_household(town, access, row["household_id"], unit))
        elif what == 2:
            batches.append(correcting.remove(town, access, ref))
        else:
            wanted = {"name": "某某", "unit_id": row["unit_id"], "building_id": row["building_id"]}
            batches.append(correcting.add(town, access, "person", wanted)[1])
    assert len(batches) > 6
    assert state(town) != before
    assert flat_is_right(town)
    for batch in reversed(batches):
        correcting.undo(town, access, batch)
    assert state(town) == before
    assert flat_is_right(town)


def test_changing_needs_a_right_and_a_purpose(town, access, someone):
    from dataclasses import replace

    ref = Ref("person", someone["id"])
    with pytest.raises(PurposeError):
        correcting.correct(town, town.identity, ref, someone, {"education": "primary"})
    town.identity = replace(town.identity, role="analyst")
    with pytest.raises(RightsError, match="Registrar"):
        correcting.correct(town, access, ref, someone, {"education": "primary"})
    with pytest.raises(RightsError):
        changes.apply(town, access, "x", [])
