"""A printed map is on record; one that shows where someone lives leaves by the door out."""

import json

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import ApprovalDueError, PurposeError, RightsError
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.selection import FoundPeople, Ref
from mapdesk.services import filtering, outgoing, printing, results
from mapdesk.services.printing import Printout
from mapdesk.store import audit
from mapdesk.store.schema import RESIDENT

PLAIN = Printout("Bus stops", "pdf")


def someone(town):
    with town.connect() as connection:
        return connection.execute(sa.select(RESIDENT)).first()


def test_a_map_without_people_needs_no_purpose_and_is_on_record(town):
    with printing.leaving(town, Access("wang", "planner"), PLAIN) as mark:
        assert audit.last(town)[0]["action"] == "print a map"
        assert "names" not in mark.line and "wang" in mark.line
    (row, *_earlier) = audit.last(town)
    assert (row["subject"], row["kind"]) == ("map: Bus stops", "export")


def test_a_home_needs_a_purpose_and_the_right_to_export(town):
    home = Printout("Home", "pdf", Ref("person", someone(town).id))
    with pytest.raises(PurposeError):
        printing.check(Access("li", "owner"), home)
    with pytest.raises(RightsError):
        printing.check(Access("li", "worker", "a visit"), home)
    exact = Printout("People by grid", "png", personal=True)
    with pytest.raises(PurposeError):
        printing.check(Access("li", "owner"), exact)


@pytest.mark.parametrize("noun", ["person", "household"])
def test_people_pointed_at_are_counted(town, noun):
    row = someone(town)
    ref = Ref(noun, row.id if noun == "person" else row.household_id)
    access = town.identity.having("a visit")
    with printing.leaving(town, access, Printout("Home", "pdf", ref)) as mark:
        assert mark.purpose == "a visit" and "names masked" in mark.line
    (row, *_earlier) = audit.last(town)
    assert row["action"] == "take out by print" and ref.id in row["subject"]
    assert json.loads(row["detail"])["people"] >= 1


def test_only_cards_of_the_register_point_at_people():
    assert printing.pointing_at(Ref("building", "b1")) is None
    assert printing.pointing_at(None) is None
    assert printing.pointing_at(Ref("unit", "u1")) == Ref("unit", "u1")


def test_who_lives_on_marked_floors_or_in_an_opened_building_is_counted(town, monkeypatch):
    home = someone(town)
    with town.connect() as connection:
        where = RESIDENT.c.building_id == home.building_id
        rows = connection.execute(sa.select(RESIDENT.c.id, RESIDENT.c.floor).where(where)).all()
    on_floor = {row.id for row in rows if row.floor == home.floor}
    access = town.identity.having("a visit")
    floors = Printout("Found", "png", floors=((home.building_id, home.floor),))
    parcel = printing.parcel_of(town, access, floors)
    assert set(parcel.person_ids) == on_floor and parcel.people == len(on_floor) > 0
    opened = Printout("Rooms", "png", open=home.building_id)
    assert set(printing.parcel_of(town, access, opened).person_ids) == {row.id for row in rows}
    planner = Access("wang", "planner", "a plan")
    assert floors.is_personal and not printing.parcel_of(town, planner, floors).people
    monkeypatch.setattr("mapdesk.store.outgoing.MOST_PEOPLE", len(on_floor) - 1)
    with pytest.raises(ApprovalDueError), printing.leaving(town, access, floors):
        raise AssertionError("it left")


@pytest.mark.parametrize("noun", ["person", "household", "unit"])
def test_people_whose_homes_a_question_lights_up_are_counted(town, noun):
    lived_in = Condition("people", "at least", (3,)) if noun == "unit" else None
    asked = Filter(noun, "all", (lived_in,) if lived_in else ())
    access = town.identity.having("a visit")
    lit = Printout("Found", "png", found=FoundPeople(asked))
    assert lit.is_personal
    parcel = printing.parcel_of(town, access, lit)
    expected = results.of_filter(town, access, asked).person_ids
    assert set(parcel.person_ids) == set(expected) and "lit up: " in parcel.subject
    row = filtering.ask(town, access, asked, limit=1).rows[0]
    one = Printout("Found", "png", found=FoundPeople(asked, (str(row["id"]),)))
    assert printing.parcel_of(town, access, one).people == len(
        filtering.people_in(town, asked, [row])
    )


def test_a_map_of_many_leaves_once_a_second_person_approved(town):
    access = town.identity.having("a visit")
    lit = Printout("Found", "mp4", found=FoundPeople(Filter("person")), way="export")
    with pytest.raises(ApprovalDueError) as due, printing.leaving(town, access, lit):
        raise AssertionError("it left")
    request, _who = outgoing.request(town, access, due.value.parcel)
    owner, town.identity = town.identity, Access("chen", "security")
    outgoing.approve(town, town.identity, request.id)
    town.identity = owner
    with pytest.raises(OSError, match="full"), printing.leaving(town, access, lit):
        raise OSError("the disk is full")
    with printing.leaving(town, access, lit):
        assert json.loads(audit.last(town)[0]["detail"])["approver"] == "chen"
    with pytest.raises(ApprovalDueError), printing.leaving(town, access, lit):
        raise AssertionError("it left twice")
