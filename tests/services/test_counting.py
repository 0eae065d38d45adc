"""How many live somewhere is told for a purpose, on record, to those who may know; else it is said why not."""

import pytest

from mapdesk.model.access import Access
from mapdesk.model.errors import RightsError
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.rights import ROLES, Right
from mapdesk.model.selection import Ref, Selection
from mapdesk.services import cards, counting, filtering, selecting
from mapdesk.store import audit, people, places, statistics
from tests.store.test_store import places_of_people

ROLE_KEYS = [key for key in ROLES if key != "nobody"]


@pytest.fixture
def building(town):
    return places_of_people(town).most_common(1)[0][0]


@pytest.fixture
def grid(town, building):
    return places.row(town, "building", building)["grid_id"]


def looks(store):
    kept, store.identity = store.identity, Access.owner()
    rows = [(row["action"], row["subject"]) for row in audit.last(store)]
    store.identity = kept
    return rows


def asked(store, access, building, grid):
    """Return what each door says of how many live there, by name."""
    store.identity = access.having("")
    chosen = selecting.counted(store, access, Selection({"building": (building,)}))
    return {
        "selection": chosen.people,
        "building": cards.card_of(store, Ref("building", building), access=access).people,
        "grid": cards.card_of(store, Ref("grid", grid), access=access).people,
    }


def test_counts_need_right_and_purpose_and_leave_one_row_each(town, building, grid):
    living = people.count_in(town, [building])
    for role in ROLE_KEYS:
        before = len(looks(town))
        idle = asked(town, Access("tester", role), building, grid)
        assert idle["selection"].count is idle["building"].count is None, role
        assert all(one.why or one.count for one in idle.values())
        assert len(looks(town)) == before
        said = asked(town, Access("tester", role, "a fire drill"), building, grid)
        if Right.PEOPLE in ROLES[role].rights:
            assert {one.why for one in idle.values()} == {counting.ASK}
            assert said["selection"].count == said["building"].count == living > 0
            assert said["grid"].count == people.count_of_grid(town, grid) > 0
            assert looks(town)[: len(looks(town)) - before] == [
                ("count people", f"grid {grid}"),
                ("count people", f"building {building}"),
                ("count people", f"1 buildings: {building}"),
            ]
        else:
            assert said["selection"].count is said["building"].count is None
            assert "right" in said["building"].why or "include" in said["building"].why
            assert len(looks(town)) == before


def test_without_buildings_nobody_lives_in_a_selection(town):
    camera = places.features(town, "camera").ids[0]
    for access in (Access("tester", "auditor"), Access("tester", "analyst")):
        found = selecting.counted(town, access, Selection({"camera": (camera,)}))
        assert found.people.count == 0
    assert looks(town) == []


def test_elsewhere_is_told_from_nobody(town, building, grid):
    pyramids = statistics.pyramids_of_grids(town, counting.local_today())
    away = next(
        row["id"]
        for row in places.where(town, "grid", "level", [3])
        if row["id"] != grid and pyramids[row["id"]].sum()
    )
    access = Access("tester", "analyst", "a visit", (away,))
    said = asked(town, access, building, grid)
    sentence = f"tester may see people of {away} only"
    assert all(one.count is None and one.why.startswith(sentence) for one in said.values())
    assert not said["grid"].exact
    assert looks(town) == []
    for condition in (
        Condition("grid", "within", (grid,)),
        Condition("area", "among", (building,)),
    ):
        for ask in (filtering.count, filtering.ask):
            with pytest.raises(RightsError, match="may see people of"):
                ask(town, access, Filter("person", "all", (condition,)))
    assert looks(town) == []
    own = Filter("person", "all", (Condition("grid", "within", (away,)),))
    assert filtering.count(town, access, own) > 0
