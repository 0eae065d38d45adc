"""Walkers stay on the streets and move as fast as they should."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mapdesk.feeds.positions import Positions
from mapdesk.feeds.walk import SPEEDS, StreetWalk

STREETS = np.array(
    [
        shapely.LineString([(0, 0), (100, 0)]),
        shapely.LineString([(100, 0), (100, 80), (140, 80)]),
        shapely.LineString([(100, 0), (200, 0)]),
        shapely.LineString([(200, 0), (200, 3)]),
        shapely.LineString([(0, 0), (200, 3)]),
    ],
    object,
)


@settings(max_examples=30)
@given(st.integers(0, 1000), st.floats(0.2, 3.0))
def test_walkers_stay_on_streets_and_keep_their_pace(seed, seconds):
    start = np.random.default_rng(seed).uniform(0, 200, (12, 2))
    walk = StreetWalk.starting_at(STREETS, start, seed)
    network = shapely.union_all(STREETS)
    before = walk.step(0.0)
    for _step in range(40):
        after = walk.step(seconds)
        assert shapely.distance(network, shapely.points(after)).max() < 1e-6
        assert np.hypot(*(after - before).T).max() <= SPEEDS[1] * seconds + 1e-6
        before = after


def test_a_walk_is_the_same_for_the_same_seed():
    start = np.array([[5.0, 0.0], [150.0, 0.0]])
    one, other = (StreetWalk.starting_at(STREETS, start, 3) for _ in range(2))
    for _step in range(100):
        assert (one.step(1.0) == other.step(1.0)).all()


@given(st.integers(1, 60), st.integers(1, 12))
def test_nearest_agrees_with_sorting(count, wanted):
    random = np.random.default_rng(count)
    xy = random.uniform(-100, 100, (count, 2))
    mask = random.random(count) < 0.7
    found, metres = Positions(np.arange(count).astype(str), xy, 0.0).nearest(1.0, 2.0, wanted, mask)
    distance = np.hypot(xy[:, 0] - 1, xy[:, 1] - 2)
    expected = sorted(np.flatnonzero(mask), key=lambda index: distance[index])[:wanted]
    assert found.tolist() == expected
    assert (np.diff(metres) >= 0).all()
