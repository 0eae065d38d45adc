"""The way the eye of a tour takes: through every view, without a jump."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.scene3d.tour_path import TourPath
from mapdesk.scene3d.viewpoint import Viewpoint

views = st.builds(
    Viewpoint,
    st.floats(-5000, 5000),
    st.floats(-5000, 5000),
    st.floats(100, 5000),
    st.floats(0, 359),
    st.floats(20, 90),
)
seconds = st.floats(0.5, 10)


@given(st.lists(st.tuples(views, seconds, seconds), min_size=2, max_size=5))
def test_every_view_is_reached_and_stayed_at(stops):
    path = TourPath(*(list(column) for column in zip(*stops, strict=True)))
    at = 0.0
    for number, (view, fly, stay) in enumerate(stops):
        at += fly if number else 0.0
        assert path.at(at + stay / 2) == (number, view)
        at += stay
    assert np.isclose(path.seconds, at)
    assert path.at(at + 99)[1] == stops[-1][0]


@given(views, views)
def test_nothing_jumps(start, end):
    path = TourPath([start, end], [0, 4.0], [0.0, 0.0])
    steps = [path.at(second)[1] for second in np.linspace(0, 4, 401)]
    reach = np.hypot(end.x - start.x, end.y - start.y)
    moved = [np.hypot(b.x - a.x, b.y - a.y) for a, b in pairwise(steps)]
    assert max(moved) <= reach / 100 + 1e-6
    grown = [abs(np.log(b.distance / a.distance)) for a, b in pairwise(steps)]
    assert max(grown) < 0.12
    assert (steps[0], steps[-1]) == (start, end)


def test_a_long_flight_rises_and_a_short_one_does_not():
    far = TourPath([Viewpoint(0, 0, 300), Viewpoint(5000, 0, 300)], [0, 4], [0, 0])
    near = TourPath([Viewpoint(0, 0, 300), Viewpoint(10, 0, 300)], [0, 4], [0, 0])
    assert far.at(2)[1].distance > 700
    assert near.at(2)[1].distance < 306
