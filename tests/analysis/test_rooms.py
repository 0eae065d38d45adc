"""Rooms of any floor lie in the footprint, beside each other, in the sizes asked for."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

from mapdesk.analysis.rooms import lay_out, long_axis
from mapdesk.model.shapes import united

SLAB = shapely.box(0, 0, 60, 12)


@st.composite
def footprints(draw):
    """Rectangles, L shapes, courtyards, odd polygons and twin towers, turned and moved."""
    wide = draw(st.floats(4, 120))
    deep = draw(st.floats(4, 80))
    kind = draw(st.sampled_from(["box", "angle", "court", "star", "twins"]))
    shape = shapely.box(0, 0, wide, deep)
    if kind == "angle":
        shape = shape.difference(shapely.box(wide * 0.4, deep * 0.35, wide * 2, deep * 2))
    elif kind == "court":
        shape = shape.difference(shapely.box(wide * 0.3, deep * 0.3, wide * 0.7, deep * 0.6))
    elif kind == "star":
        reach = draw(st.lists(st.floats(5, 40), min_size=5, max_size=12))
        angles = np.linspace(0, 2 * np.pi, len(reach), endpoint=False)
        shape = shapely.Polygon(
            np.column_stack([np.cos(angles), np.sin(angles)]) * np.array(reach)[:, None]
        )
    elif kind == "twins":
        shape = shapely.union(shape, shapely.box(wide + 5, 0, wide * 2 + 5, deep))
    turned = affinity.rotate(shape, draw(st.floats(0, 180)))
    return affinity.translate(turned, draw(st.floats(-1e5, 1e5)), draw(st.floats(-1e5, 1e5)))


weights = st.lists(st.lists(st.floats(0.2, 5.0), min_size=0, max_size=18), min_size=1, max_size=4)


@given(footprints(), weights)
def test_rooms_are_all_there_inside_and_apart(footprint, stairs):
    laid = lay_out(footprint, stairs)
    assert [len(rooms) for rooms in laid] == [len(stair) for stair in stairs]
    rooms = [room for stair in laid for room in stair]
    if not rooms:
        return
    slack = 1e-6 * footprint.area
    assert all(room.area > 0 for room in rooms)
    together = united(shapely.make_valid(rooms))
    assert together.difference(footprint.buffer(1e-6)).area < slack
    assert abs(sum(room.area for room in rooms) - together.area) < 1e-4 * footprint.area


@given(footprints(), weights)
def test_the_same_floor_is_always_laid_out_alike(footprint, stairs):
    one, other = lay_out(footprint, stairs), lay_out(footprint, stairs)
    assert [[room.wkb for room in stair] for stair in one] == [
        [room.wkb for room in stair] for stair in other
    ]


@given(footprints(), st.lists(st.floats(0.5, 2.0), min_size=2, max_size=3))
def test_few_rooms_share_the_whole_floor_by_their_areas(footprint, sizes):
    rooms = lay_out(footprint, [sizes])[0]
    shares = np.array([room.area for room in rooms]) / footprint.area
    assert shares == pytest.approx(np.array(sizes) / sum(sizes), abs=1e-5)


def test_stairs_follow_the_long_side():
    laid = lay_out(SLAB, [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
    middles = [room.centroid.x for stair in laid for room in stair]
    assert middles == pytest.approx([5, 15, 25, 35, 45, 55], abs=1e-4)


def test_many_rooms_stand_along_a_corridor():
    rooms = lay_out(SLAB, [[1.0] * 16])[0]
    free = SLAB.area - sum(room.area for room in rooms)
    assert free == pytest.approx(60 * 12 * 0.12, rel=0.01)
    assert {round(room.centroid.y) for room in rooms} == {3, 9}


@pytest.mark.parametrize("turn", [0, 30, 90, 135])
def test_the_long_axis_turns_with_the_footprint(turn):
    turned = affinity.rotate(SLAB, turn)
    assert abs((long_axis(turned) - turn + 90) % 180 - 90) < 1e-6
