"""Breaking glass: areas lifted for half an hour, with a reason, on a loud record, for one user alone."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, PurposeError, RightsError
from mapdesk.model.rights import ROLES, Right
from mapdesk.services import emergencies, residents
from mapdesk.store import audit, people
from mapdesk.store.schema import RESIDENT

REASON = "gas leak at the harbour"


class Seconds:
    """Seconds that a test moves on."""

    def __init__(self):
        self.now = 5000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(town):
    town.glass.clock = Seconds()
    return town.glass.clock


def two_people(store):
    """Return a grid, someone who lives there and someone who lives elsewhere, both grown up."""
    grown = sa.select(RESIDENT.c.grid_id, sa.func.min(RESIDENT.c.id)).where(
        RESIDENT.c.born < 19800101, RESIDENT.c.grid_id.is_not(None)
    )
    with store.connect() as connection:
        rows = connection.execute(
            grown.group_by(RESIDENT.c.grid_id).order_by(RESIDENT.c.grid_id).limit(2)
        ).all()
    return rows[0][0], rows[0][1], rows[1][1]


def bound(store, role="analyst"):
    """Let a user bound to one grid sit down; return their access and someone beyond it."""
    grid, _own, other = two_people(store)
    store.identity = Access("tester", role, areas=(grid,))
    return store.identity.having("rescue"), other


def test_areas_are_lifted_for_half_an_hour(town, clock):
    access, other = bound(town)
    assert people.person(town, other) is None
    assert emergencies.begin(town, access, f" {REASON} ") == 1800
    assert residents.home_of(town, access, other).person["id"] == other
    clock.now += 1799
    assert people.person(town, other) is not None
    clock.now += 1
    assert people.person(town, other) is None
    assert emergencies.left(town) == 0


def test_the_record_is_loud(town, clock):
    access, _other = bound(town)
    emergencies.begin(town, access, REASON)
    emergencies.end(town, access)
    town.identity = replace(town.identity, role="owner")
    ended, begun = audit.search(town, kind="break-glass")
    assert json.loads(begun["detail"])["reason"] == REASON
    assert json.loads(begun["detail"])["areas"] == town.identity.areas[0]
    assert (begun["action"], ended["action"]) == ("break glass", "end of break glass")


def test_it_ends_when_told_and_for_others_it_never_began(town, clock):
    access, other = bound(town)
    emergencies.begin(town, access, REASON)
    town.identity = replace(town.identity, user="somebody else")
    assert people.person(town, other) is None
    town.identity = replace(town.identity, user="tester")
    assert people.person(town, other) is not None
    emergencies.end(town, access)
    assert people.person(town, other) is None


@pytest.mark.parametrize("role", [key for key in ROLES if key != "nobody"])
def test_every_role_is_let_in_or_kept_out(town, clock, role):
    access, _other = bound(town, role)
    if Right.BREAK_GLASS in ROLES[role].rights:
        assert emergencies.begin(town, access, REASON) > 0
    else:
        with pytest.raises(RightsError):
            emergencies.begin(town, access, REASON)
        assert emergencies.left(town) == 0


def test_masks_and_purposes_hold_on(town, clock):
    access, other = bound(town)
    with pytest.raises(PurposeError):
        emergencies.begin(town, town.identity, REASON)
    emergencies.begin(town, access, REASON)
    assert "*" in residents.home_of(town, access, other).person["name"]
    with pytest.raises(PurposeError):
        residents.home_of(town, town.identity, other)


@pytest.mark.parametrize("reason", ["", "gas", "x" * 501])
def test_a_reason_is_ten_characters_or_more(town, clock, reason):
    access, other = bound(town)
    with pytest.raises(InputError, match="what the emergency is"):
        emergencies.begin(town, access, reason)
    assert people.person(town, other) is None


def test_whoever_sees_everything_has_nothing_to_lift(town, clock):
    town.identity = Access("tester", "analyst")
    with pytest.raises(InputError, match="whole district already"):
        emergencies.begin(town, town.identity.having("rescue"), REASON)
