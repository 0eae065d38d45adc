"""Cards and lists of people: complete, masked, linked both ways, on record first; on both engines."""

import pytest

from mapdesk.model.access import Access, mask_name, mask_phone
from mapdesk.model.errors import NotFoundError, PurposeError, RightsError
from mapdesk.model.selection import Ref
from mapdesk.services import card_links, cards, correcting, residents
from mapdesk.services.register_cards import register_card
from mapdesk.store import audit, grid_figures, people, places
from mapdesk.store.scope import grids_below

ANALYST = Access("tester", "analyst", "checking the register")
NO_PURPOSE = Access("tester", "analyst")


@pytest.fixture
def full_building(town):
    from tests.store.test_store import places_of_people

    return places_of_people(town).most_common(1)[0][0]


@pytest.fixture
def resident(town, full_building):
    """Someone with a household of several."""
    found = people.of_building(town, full_building)
    counts = {}
    for row in found:
        counts.setdefault(row["household_id"], []).append(row)
    return max(counts.values(), key=len)[0]


@pytest.fixture
def grid(town, full_building):
    return places.row(town, "building", full_building)["grid_id"]


def actions(town, count=20):
    return [row["action"] for row in audit.last(town, count)]


def test_people_of_a_grid_come_in_pages_that_miss_and_repeat_nobody(town, grid):
    parent = places.row(town, "grid", grid)["parent_id"]
    below = grids_below(town, [parent])
    buildings = [row["id"] for row in places.where(town, "building", "grid_id", below)]
    expected = {row["id"] for key in buildings for row in people.of_building(town, key)}
    first = residents.people_of_grid(town, ANALYST, parent, 0, 70)
    assert first.count == len(expected) > 140
    seen = []
    for offset in range(0, first.count, 70):
        seen += residents.people_of_grid(town, ANALYST, parent, offset, 70).rows
    assert len(seen) == len(expected)
    assert {row["id"] for row in seen} == expected
    assert all(set(row["name"][1:]) == {"*"} for row in seen)
    assert not {"phone", "identity_number"} & set(seen[0])
    assert all(row["address"] for row in seen)


def test_each_page_of_people_is_on_record_with_its_stretch(town, grid, full_building):
    residents.people_of_grid(town, ANALYST, grid, 0, 10)
    residents.people_of_area(town, ANALYST, [full_building], 10, 5)
    rows = audit.last(town, 2)
    assert [row["action"] for row in rows] == ["people of area", "people of grid"]
    assert full_building in rows[0]["subject"] and "rows 11 to 15 of" in rows[0]["subject"]
    assert grid in rows[1]["subject"] and "rows 1 to 10 of" in rows[1]["subject"]


def test_people_of_an_area_are_those_of_its_buildings(town, full_building):
    other = places.features(town, "building").ids[5]
    found = residents.people_of_area(
        town, ANALYST, [full_building, other, full_building], 0, 10_000
    )
    expected = {
        row["id"] for key in (full_building, other) for row in people.of_building(town, key)
    }
    assert {row["id"] for row in found.rows} == expected
    assert found.count == len(expected)


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: residents.people_of_grid(store, NO_PURPOSE, "G1"),
        lambda store: residents.people_of_area(store, NO_PURPOSE, ["B00001"]),
        lambda store: residents.people_of_unit(store, NO_PURPOSE, "U000001"),
        lambda store: residents.people_of_household(store, NO_PURPOSE, "H000001"),
        lambda store: register_card(store, NO_PURPOSE, Ref("person", "P000001")),
        lambda store: register_card(store, NO_PURPOSE, Ref("household", "H000001")),
    ],
)
def test_every_list_of_people_asks_why(town, ask):
    with pytest.raises(PurposeError):
        ask(town)
    assert audit.last(town) == []


@pytest.mark.embedded
def test_a_planner_sees_the_grid_but_nobody_in_it(town, grid):
    town.identity = Access("planner", "planner", "a plan")
    card = cards.card_of(town, Ref("grid", grid))
    assert not card.figures.exact_people
    assert card.figures.counts["buildings"] > 0
    with pytest.raises(RightsError):
        residents.people_of_grid(town, town.identity, grid)


@pytest.mark.embedded
def test_people_outside_the_areas_are_told_from_nobody(town, grid, full_building):
    everyone = residents.people_of_grid(town, ANALYST, grid).count
    elsewhere = next(
        row["id"] for row in places.where(town, "grid", "level", [3]) if row["id"] != grid
    )
    town.identity = Access("tester", "analyst", "visits", (elsewhere,))
    assert everyone > 0
    for ask in (
        lambda: residents.people_of_grid(town, town.identity, grid),
        lambda: residents.people_of_building(town, town.identity, full_building),
        lambda: residents.people_of_area(town, town.identity, [full_building]),
    ):
        with pytest.raises(RightsError, match=f"may see people of {elsewhere} only"):
            ask()
    town.identity = Access.owner()
    assert len(audit.last(town)) == 1, "a refused look leaves no row"


@pytest.mark.embedded
def test_a_dispatcher_sees_no_minors_and_no_care_flags(town, grid, resident):
    everyone = residents.people_of_grid(town, ANALYST, grid).count
    town.identity = Access("desk", "dispatcher", "an alarm")
    found = residents.people_of_grid(town, town.identity, grid, 0, 10_000)
    assert 0 < found.count == len(found.rows) < everyone
    card = register_card(town, town.identity, Ref("person", found.rows[0]["id"]))
    assert "care_flag" not in card.row
    town.identity = ANALYST
    assert "care_flag" in register_card(town, ANALYST, Ref("person", resident["id"])).row


def test_a_grid_card_counts_what_a_loop_counts(town, grid):
    parent = places.row(town, "grid", grid)["parent_id"]
    card = cards.card_of(town, Ref("grid", parent), access=ANALYST)
    below = grids_below(town, [parent])
    buildings = [row["id"] for row in places.where(town, "building", "grid_id", below)]
    counts = card.figures.counts
    assert counts["buildings"] == len(buildings)
    assert counts["units"] == len(places.where(town, "unit", "building_id", buildings))
    incidents = places.where(town, "incident", "grid_id", below)
    closed = [row for row in incidents if row["status"] == grid_figures.CLOSED]
    assert counts["incidents closed"] == len(closed)
    assert counts["incidents open"] == len(incidents) - len(closed)
    assert counts["people"] == residents.people_of_grid(town, ANALYST, parent).count
    children = {row["id"] for row in places.where(town, "grid", "parent_id", [parent])}
    lists = {one.title: one for one in card.hanging}
    assert {thing.ref.id for thing in lists["Finer grids"].things} == children
    cameras = lists["Cameras"]
    assert cameras.count == counts["cameras"] == len(cameras.things)


def test_person_household_unit_building_lead_to_each_other(town, resident, full_building):
    person = register_card(town, ANALYST, Ref("person", resident["id"]))
    assert person.building["id"] == full_building
    household = register_card(town, ANALYST, Ref("household", person.households[0]["id"]))
    assert resident["id"] in [row["id"] for row in household.members]
    unit = register_card(town, ANALYST, Ref("unit", household.unit["id"]))
    assert household.ref.id in [row["id"] for row in unit.households]
    assert resident["id"] in [row["id"] for row in unit.members]
    assert unit.building["id"] == full_building
    assert unit.grids == person.grids != []
    masked = [row["name"] for row in (*unit.members, *household.members)] + [person.title]
    assert all(set(name[1:]) == {"*"} for name in masked)
    workers = [one for one in person.hanging if one.title == "Workers"]
    assert workers and workers[0].things[0].ref.noun == "worker"
    assert {"home of person", "people of household", "people of unit"} <= set(actions(town))


def test_a_unit_without_a_purpose_has_a_card_without_people(town, resident):
    card = register_card(town, NO_PURPOSE, Ref("unit", resident["unit_id"]))
    assert card.members is None and card.history == [] and card.households == []
    assert card.row["floor"] == resident["floor"]
    assert audit.last(town) == []


def test_history_names_who_when_and_the_field_and_stays_masked(town, resident):
    registrar = Access("clerk", "owner", "a call from the household")
    ref = Ref("person", resident["id"])
    before = people.person(town, resident["id"])
    seen = {"phone": before["phone"], "education": before["education"]}
    wanted = {"phone": "13900001234", "education": "college"}
    if before["education"] == "college":
        wanted["education"] = "university"
    correcting.correct(town, registrar, ref, seen, wanted)
    card = register_card(town, ANALYST, ref)
    assert {change["field"] for change in card.history} == {"phone", "education"}
    assert card.provenance["phone"]["new"] == "*********34"
    assert "13900001234" not in str(card)
    assert card.provenance["education"]["new"] == wanted["education"]
    assert card.history[0]["at"] is not None
    if not town.is_shared:
        assert card.history[0]["who"] == "clerk"


def test_an_unknown_unit_household_or_person_is_said(town):
    for noun in ("unit", "household", "person"):
        with pytest.raises(NotFoundError):
            register_card(town, ANALYST, Ref(noun, "nowhere"))


def test_an_organisation_is_linked_to_its_building_and_its_contact_masked(town):
    row = places.where(town, "organisation", "kind", ["hazardous chemicals"])[0]
    card = cards.card_of(town, Ref("organisation", row["id"]))
    assert ("building_id", Ref("building", row["building_id"])) in [link[:2] for link in card.links]
    assert card.row["contact_name"] == mask_name(row["contact_name"])
    assert card.row["contact_phone"] == mask_phone(row["contact_phone"])
    assert card.row["fire_equipment"] == row["fire_equipment"]
    building = cards.card_of(town, Ref("building", row["building_id"]))
    back = {thing.ref for one in building.hanging for thing in one.things}
    assert Ref("organisation", row["id"]) in back


def test_a_room_in_an_address_names_its_unit(town, full_building):
    unit = places.where(town, "unit", "building_id", [full_building])[0]
    rooms = [row["room"] for row in places.where(town, "unit", "building_id", [full_building])]
    found = card_links.unit_at(town, full_building, f"Long Street, {unit['room']}")
    assert (found is not None and found["id"] == unit["id"]) == (rooms.count(unit["room"]) == 1)
    assert card_links.unit_at(town, full_building, "no number") is None
    assert card_links.unit_at(town, full_building, None) is None


def test_households_and_people_by_unit_are_those_of_the_building(town, full_building):
    listed = residents.people_of_building(town, ANALYST, full_building)
    unit = listed[0]["unit_id"]
    expected = {row["id"] for row in listed if row["unit_id"] == unit}
    assert {row["id"] for row in residents.people_of_unit(town, ANALYST, unit)} == expected
