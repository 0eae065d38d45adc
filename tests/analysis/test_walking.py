"""A walk visits every place once and is never worse than always going to the nearest."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mapdesk.analysis.walking import door_key, nearest_walk, short_walk, walk_length

coordinates = st.floats(-50_000, 5_000_000, width=32)
places = hnp.arrays(np.float64, st.tuples(st.integers(0, 40), st.just(2)), elements=coordinates)
starts = st.none() | st.tuples(coordinates, coordinates)


@given(places, starts)
def test_every_place_is_visited_once(points, start):
    assert sorted(short_walk(points, start)) == list(range(len(points)))


@given(places, starts)
def test_never_longer_than_always_going_to_the_nearest(points, start):
    nearest = walk_length(points, nearest_walk(points, start))
    assert walk_length(points, short_walk(points, start)) <= nearest * (1 + 1e-9)


@given(places, starts)
def test_the_same_places_give_the_same_walk(points, start):
    assert np.array_equal(short_walk(points, start), short_walk(points.copy(), start))


@given(places.filter(len), starts)
def test_it_begins_at_the_place_nearest_the_start(points, start):
    here = points.min(axis=0) if start is None else np.array(start)
    away = np.hypot(*(points - here).T)
    assert away[short_walk(points, start)[0]] <= away.min() * (1 + 1e-12)


def test_places_on_a_line_are_walked_along_it():
    points = np.column_stack([np.random.default_rng(3).permutation(60) * 7.0, np.zeros(60)])
    assert np.all(np.diff(points[short_walk(points)][:, 0]) == 7.0)


def test_a_crossing_is_undone():
    points = np.array([[0, 0], [10, 0], [10.5, 11], [0, 10], [5, 21], [-9, 2.0]])
    nearest, short = nearest_walk(points, (0, 0)), short_walk(points, (0, 0))
    assert walk_length(points, short) < walk_length(points, nearest) - 1


def test_places_without_a_position_come_last():
    points = np.array([[np.nan, 0], [5, 5], [0, np.inf], [1, 1.0]])
    assert short_walk(points).tolist() == [3, 1, 0, 2]


def test_500_buildings_take_less_than_a_second_and_a_walk_near_the_shortest():
    points = np.random.default_rng(1).uniform(0, 1000, (500, 2))
    begun = time.process_time()
    order = short_walk(points)
    assert time.process_time() - begun < 1
    # The shortest tour of n random places in an area a is near 0.7124 * sqrt(n * a) (Johnson, McGeoch
    # and Rothberg 1996); 2-opt stays within about 5 to 10 % of it, the nearest neighbour 25.
    assert walk_length(points, order) < 1.15 * 0.7124 * np.sqrt(500 * 1000 * 1000)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (("1", 2, "201"), ("1", 10, "101")),
        (("2", 9, "901"), ("10", 1, "101")),
        (("1", 3, "9"), ("1", 3, "10")),
        (("1", 1, "1101"), ("1单元", 1, "101")),
        ((None, 1, "101"), ("1", 1, "101")),
        (("1", -1, "B1"), ("1", 1, "101")),
        (("1", None, None), ("1", -1, None)),
        (("A", 2, "203"), ("A", 2, "203甲")),
    ],
)
def test_doors_go_by_stair_floor_and_room_as_numbers(earlier, later):
    assert door_key(*earlier) < door_key(*later)


texts = st.none() | st.text("019A甲-零²", max_size=5)
doors = st.tuples(texts, st.none() | st.integers(-3, 90), texts)


@given(st.lists(doors, max_size=12), st.randoms(use_true_random=False))
def test_any_doors_have_one_order(some, random):
    shuffled = random.sample(some, len(some))
    first, again = (sorted(door_key(*door) for door in each) for each in (some, shuffled))
    assert first == again
