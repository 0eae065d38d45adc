"""The door to make-ups: exact counts need right, purpose and record; others get fixed areas, safely."""

from dataclasses import replace
from datetime import date

import pytest
import shapely

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, NotFoundError, PurposeError, RightsError
from mapdesk.model.makeup import AGES, HIDDEN, WHOLE
from mapdesk.model.selection import Ref
from mapdesk.model.shapes import Area, Circle
from mapdesk.services import making_up, selecting
from mapdesk.store import audit, places, published, statistics
from tests.store.test_store import places_of_people

TODAY = date(2026, 11, 22)
ANALYST = Access("ann", "analyst", "plan of a school")
PLANNER = Access("paul", "planner")


@pytest.fixture
def building(town):
    return places_of_people(town).most_common(1)[0][0]


@pytest.fixture
def grid(town, building):
    return places.row(town, "building", building)["grid_id"]


@pytest.fixture
def elsewhere(town, grid):
    """A grid with people that the first one lies not in, nor the other way round."""
    parents = statistics.grid_parents(town)
    pyramids = statistics.pyramids_of_grids(town, TODAY)
    return next(
        key
        for key, pyramid in pyramids.items()
        if key != grid and pyramid.sum() and key not in parents.values()
    )


def looks(store):
    owner = replace(store.identity, role="owner")
    store.identity, kept = owner, store.identity
    rows = audit.last(store)
    store.identity = kept
    # A server writes down the name its session signed in with, whatever the desk says.
    whos = {"owner": ANALYST.user} if store.is_shared else {}
    return [
        (whos.get(row["who"], row["who"]), row["action"], row["subject"], row["purpose"])
        for row in rows
    ]


def ask(store, access, *words):
    store.identity = access
    return making_up.make_up_of(store, access, *words, today=TODAY)


def test_an_analyst_gets_exact_counts_on_record(town, grid):
    made, other = ask(town, ANALYST, Ref("grid", grid), WHOLE)
    assert made.exact and other.exact
    assert other.people == 3000
    assert made.title and made.people == made.pyramid.sum() > 0
    assert [look[:3] for look in looks(town)] == [
        ("ann", "make-up of area", "whole district"),
        ("ann", "make-up of area", f"grid {grid}"),
    ]
    assert {look[3] for look in looks(town)} == {"plan of a school"}


def test_exact_counts_need_a_purpose(town, grid):
    with pytest.raises(PurposeError):
        ask(town, Access("ann", "analyst"), Ref("grid", grid))
    assert looks(town) == []


def test_any_area_can_be_asked_for(town, building):
    shape = selecting.shape_of(town, "building", building)
    drawn, _none = ask(town, ANALYST, shape)
    inside = shape.polygon.representative_point()
    circle, _none = ask(town, ANALYST, Circle(inside.x, inside.y, 1.0))
    single, _none = ask(town, ANALYST, Ref("building", building))
    listed, _none = ask(town, ANALYST, [building, building])
    assert drawn.people >= single.people == listed.people == circle.people > 0
    assert (listed.pyramid == single.pyramid).all()
    assert listed.buildings == 1 and listed.title == ""
    subjects = [subject for _who, _action, subject, _purpose in looks(town)]
    assert subjects[0] == f"1 buildings: {building}"
    assert subjects[2].startswith("circle of 1 m at")
    assert building in subjects[3]


def test_an_area_without_buildings_is_empty(town):
    made, _none = ask(town, ANALYST, Area(shapely.box(0, 0, 1, 1)))
    assert (made.people, made.households, made.units) == (0, 0, 0)


def test_a_planner_gets_fixed_areas_with_small_counts_hidden(town, grid):
    published.publish(town, TODAY)
    made, other = ask(town, PLANNER, Ref("grid", grid), WHOLE)
    assert not made.exact and not other.exact
    assert other.people == 3000
    small = (made.pyramid > 0) & (made.pyramid < 10)
    assert not small.any()
    assert {look[1] for look in looks(town)} == {"statistics of area"}


@pytest.mark.parametrize("kind", ["building", "selection", "circle", "polygon"])
def test_two_drawn_areas_cannot_be_told_apart_by_those_without_the_right(town, building, kind):
    """Differencing needs two areas that differ by a home; without the right there are none to be had."""
    shape = selecting.shape_of(town, "building", building)
    area = {
        "building": Ref("building", building),
        "selection": [building],
        "circle": Circle(*shape.bounds[:2], 100.0),
        "polygon": shape,
    }[kind]
    with pytest.raises(RightsError):
        ask(town, PLANNER, area)
    with pytest.raises(RightsError):
        ask(town, PLANNER, WHOLE, Ref("building", building))
    assert looks(town) == []


@pytest.mark.parametrize("role", ["auditor", "administrator", "security"])
def test_who_neither_reads_nor_counts_gets_nothing(town, grid, role):
    with pytest.raises(RightsError):
        ask(town, Access("someone", role, "curiosity"), Ref("grid", grid))


def test_a_worker_gets_exact_counts_of_their_areas_only(town, grid, building, elsewhere):
    worker = Access("wang", "worker", "visits", (grid,))
    made, other = ask(town, worker, Ref("grid", grid), WHOLE)
    assert made.exact and not other.exact
    assert ask(town, worker, [building])[0].exact
    with pytest.raises(RightsError, match="whole district"):
        ask(town, worker, Ref("grid", elsewhere))
    with pytest.raises(RightsError):
        ask(town, worker, Ref("grid", grid), Ref("grid", elsewhere))
    everything = selecting.shape_of(town, "grid", places.grid_chain(town, grid)[0]["id"])
    with pytest.raises(RightsError):
        ask(town, worker, everything)


def test_what_has_no_make_up_is_said(town):
    with pytest.raises(NotFoundError):
        ask(town, ANALYST, Ref("grid", "nowhere"))
    with pytest.raises(InputError, match="camera"):
        ask(town, ANALYST, Ref("camera", "c"))


def test_comparison_areas_begin_with_the_district_and_the_grids_around(town, building, grid):
    chain = [row["id"] for row in places.grid_chain(town, grid)]
    offered = [ref.id for ref, _title in making_up.areas_to_compare(town, Ref("grid", grid))]
    assert offered[: len(chain)] == ["", *reversed(chain[:-1])]
    assert grid not in offered
    assert len(offered) == len(set(offered)) == len(statistics.grid_parents(town))
    of_building = [
        ref.id for ref, _title in making_up.areas_to_compare(town, Ref("building", building))
    ]
    assert of_building[1] == grid
    assert making_up.areas_to_compare(town, None)[0] == (WHOLE, "")


def test_a_copy_needs_the_right_and_is_on_record(town, grid):
    made, _none = ask(town, ANALYST, Ref("grid", grid))
    making_up.record_copy(town, ANALYST, [made])
    assert looks(town)[0][1] == "take out by copy" and grid in looks(town)[0][2]
    with pytest.raises(RightsError):
        making_up.record_copy(town, Access("dan", "dispatcher", "fire"), [made])
    with pytest.raises(PurposeError):
        making_up.record_copy(town, Access("ann", "analyst"), [made])


def every(store, access):
    store.identity = access
    return making_up.of_every_grid(store, access, TODAY)


def test_every_grid_adds_up(town, grid):
    rows = every(town, ANALYST)
    assert [row["level"] for row in rows] == sorted(row["level"] for row in rows)
    assert len(rows) == len(statistics.grid_parents(town))
    for row in rows:
        assert sum(row[group] for group in AGES) == row["people"]
    made, _none = ask(town, ANALYST, Ref("grid", grid))
    (own,) = [row for row in rows if row["grid"] == grid]
    assert own["people"] == made.people
    assert own["80+"] == made.pyramid[16:21].sum()
    assert ("make-up of area", "every grid") in {look[1:3] for look in looks(town)}


def test_every_grid_hides_what_each_grid_hides(town):
    published.publish(town, TODAY)
    rows = every(town, PLANNER)
    for row in rows[:12]:
        made, _none = ask(town, PLANNER, Ref("grid", row["grid"]))
        assert row["people"] == made.people
        hidden = (made.pyramid[:3] == HIDDEN).any()
        assert row["0–14"] == (None if hidden else made.pyramid[:3].sum())


def test_every_grid_of_ones_own_areas(town, grid, elsewhere):
    worker = Access("wang", "worker", "visits", (grid,))
    assert [row["grid"] for row in every(town, worker)] == [grid]
    with pytest.raises(PurposeError):
        every(town, Access("ann", "analyst"))
    with pytest.raises(RightsError):
        every(town, Access("au", "auditor", "curiosity"))
