"""Fields of places are corrected by hand, with a history for everyone, and undone like the register."""

from dataclasses import replace
from datetime import date

import pytest

from mapdesk.model.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    PurposeError,
    RightsError,
)
from mapdesk.model.nouns import CONTACT
from mapdesk.model.selection import Ref
from mapdesk.services import cards, correcting, editing
from mapdesk.store import audit, places


def first(store, noun):
    """Return the first place of a noun."""
    return Ref(noun, str(places.features(store, noun, geometry=False).ids[0]))


@pytest.mark.parametrize(
    ("noun", "wanted"),
    [
        ("building", {"name": "新名", "floors": "7", "height": "21.5"}),
        ("grid", {"population": "120000", "valid_to": "2199-12-31"}),
        ("organisation", {"hazard_grade": "4", "contact_phone": "010-5555"}),
    ],
)
def test_a_place_is_corrected_shown_undone_and_done_again(town, noun, wanted):
    ref, access = first(town, noun), town.identity.having("a test")
    before = editing.raw_row(town, access, ref)
    shape = places.row(town, noun, ref.id)["geometry"]
    batch = editing.set_fields(town, access, ref, wanted)
    now = editing.raw_row(town, access, ref)
    assert {name: str(now[name]) for name in wanted} == wanted
    assert places.row(town, noun, ref.id)["geometry"].equals(shape)
    history = cards.card_of(town, ref).history
    assert {one["field"] for one in history if one["batch_id"] == batch} == set(wanted)
    again = correcting.undo(town, town.identity, batch)
    assert editing.raw_row(town, access, ref) == before
    correcting.undo(town, town.identity, again)
    assert editing.raw_row(town, access, ref) == now
    assert [one["kind"] for one in editing.batches(town, town.identity)] == [
        "place undo",
        "place undo",
        "place edit",
    ]


@pytest.mark.parametrize(
    ("noun", "wanted", "said"),
    [
        ("building", {"floors": "0"}, "floors must be between 1 and 200"),
        ("building", {"use": "castle"}, "use must be one of"),
        ("grid", {"level": "5"}, "level must be between 1 and 4"),
        ("grid", {"level": ""}, "level must not be empty"),
        ("grid", {"valid_from": "2020-01-02", "valid_to": "2020-01-01"}, "valid_to is before"),
        ("organisation", {"contact_phone": "ring me"}, "contact_phone is no phone number"),
    ],
)
def test_what_cannot_be_is_refused(town, noun, wanted, said):
    ref = first(town, noun)
    with pytest.raises(InputError, match=said):
        editing.set_fields(town, town.identity.having("a test"), ref, wanted)
    assert not [one for one in correcting.history_of(town, town.identity, ref) if one["field"]]


def test_who_is_second_is_told(town):
    ref = first(town, "building")
    seen = editing.raw_row(town, town.identity, ref)
    correcting.correct(town, town.identity, ref, seen, {"name": "一"})
    with pytest.raises(ConflictError, match="name of building"):
        correcting.correct(town, town.identity, ref, seen, {"name": "二"})


def test_a_planner_edits_places_and_nothing_of_people(town):
    owner = town.identity
    person = correcting.add(town, owner.having("a test"), "person", {"name": "新来"})
    town.identity = replace(owner, role="planner")
    ref = first(town, "organisation")
    assert "contact_name" not in editing.fields_of("organisation", town.identity)
    batch = editing.set_fields(town, town.identity, ref, {"kind": "museum"})
    assert [one["id"] for one in editing.batches(town, town.identity)] == [batch]
    correcting.undo(town, town.identity, batch)
    with pytest.raises(RightsError):
        correcting.undo(town, town.identity.having("a test"), person[1])
    town.identity = replace(owner, role="analyst")
    with pytest.raises(RightsError):
        editing.set_fields(town, town.identity, ref, {"kind": "museum"})
    assert correcting.history_of(town, town.identity, ref)[0]["field"] == "kind"


def test_contacts_are_masked_in_the_history(town):
    ref, owner = first(town, "organisation"), town.identity
    editing.set_fields(town, owner.having("a test"), ref, {"contact_name": "王一"})
    assert correcting.history_of(town, owner, ref)[0]["new"] == "王*"
    town.identity = replace(owner, role="planner")
    assert correcting.history_of(town, town.identity, ref)[0]["new"] == "王*"


def test_a_contact_is_shown_to_be_corrected_for_a_purpose_and_on_record(town):
    ref, owner = first(town, "organisation"), town.identity
    raw = places.row(town, "organisation", ref.id)
    with pytest.raises(PurposeError, match="contacts"):
        editing.raw_row(town, owner, ref)
    editing.set_fields(town, owner, ref, {"kind": "museum"})
    assert not audit.search(town, action="unmask contact")
    access = owner.having("a wrong number")
    assert editing.raw_row(town, access, ref)["contact_phone"] == raw["contact_phone"]
    (look,) = audit.search(town, action="unmask contact")
    assert (look["subject"], look["purpose"], look["kind"]) == (ref.id, "a wrong number", "unmask")
    assert editing.REASON in look["detail"]
    town.identity = replace(access, role="planner")
    assert not set(CONTACT) & set(editing.raw_row(town, town.identity, ref))
    with pytest.raises(RightsError, match="changing the register"):
        editing.set_fields(town, town.identity, ref, {"contact_phone": "13800138000"})
    with pytest.raises(RightsError, match="changing the register"):
        correcting.correct(town, town.identity, ref, {}, {"contact_phone": "13800138000"})
    town.identity = owner
    assert len(audit.search(town, action="unmask contact")) == 1


def test_history_ends_with_the_file_a_place_came_from(town):
    ref = first(town, "building")
    source = places.row(town, "source", places.row(town, "building", ref.id)["source"])
    (entered,) = correcting.history_of(town, town.identity, ref)
    assert (entered["change"], entered["source"]) == ("new", source["title"])
    with pytest.raises(NotFoundError):
        correcting.history_of(town, town.identity, Ref("building", "nowhere"))


def test_a_person_household_and_unit_are_added_where_they_belong(town):
    access = town.identity.having("a test")
    building = places.where(town, "unit", "floor", [3])[0]["building_id"]
    wanted = {"building_id": building, "floor": "3", "stair": "", "room": "3999", "use": "own"}
    unit, _batch = correcting.add(town, access, "unit", wanted)
    with pytest.raises(InputError, match="room 3999 is on that floor already"):
        correcting.add(town, access, "unit", wanted)
    home, _batch = correcting.add(town, access, "household", {"unit_id": unit.id, "kind": "family"})
    number = "110101199001011237"
    person = {"name": "新来", "household_id": home.id, "identity_number": number}
    one, batch = correcting.add(town, access, "person", person)
    row = editing.raw_row(town, access, one)
    assert (row["unit_id"], row["building_id"]) == (unit.id, building)
    with pytest.raises(InputError, match="identity_number is that of somebody"):
        correcting.add(town, access, "person", person)
    correcting.correct(town, access, one, row, {"birth_date": date(1990, 1, 1)})
    with pytest.raises(InputError, match="floor must not be empty"):
        correcting.add(town, access, "unit", {"building_id": building})
    with pytest.raises(NotFoundError, match="no household 'H-x'"):
        correcting.add(town, access, "person", {"name": "新来", "household_id": "H-x"})
    going = correcting.goes_with(town, access, unit)
    assert (going.households, going.people) == ((home.id,), (one.id,))
    with pytest.raises(InputError, match="people 1, households 1"):
        correcting.remove(town, access, unit)
    gone = correcting.remove(town, access, unit, with_all=True)
    assert not places.rows(town, "unit", [unit.id])
    with pytest.raises(NotFoundError):
        correcting.goes_with(town, access, one)
    correcting.undo(town, access, gone)
    assert correcting.goes_with(town, access, unit) == going
    assert batch
