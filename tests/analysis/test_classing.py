"""Classes cover every value in order, and natural breaks are the best there are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.analysis.classing import MOST_DIFFERENT, breaks, class_of

NUMBERS = st.lists(
    st.one_of(
        st.integers(-50, 5000).map(float),
        st.floats(-1e6, 1e6, allow_nan=False, allow_subnormal=False),
    ),
    min_size=1,
    max_size=60,
)
METHODS = st.sampled_from(["natural", "quantile", "equal"])


@given(NUMBERS, METHODS, st.integers(1, 9))
def test_every_value_has_one_class_and_greater_values_no_lower_one(values, method, classes):
    numbers = np.array(values)
    bounds = breaks(numbers, method, classes)
    assert 1 <= len(bounds) <= classes
    assert (np.diff(bounds) > 0).all()
    assert bounds[-1] >= numbers.max()
    order = np.sort(numbers)
    found = class_of(order, bounds)
    assert found.min() >= 0
    assert found.max() < len(bounds)
    assert (np.diff(found) >= 0).all()
    assert (order <= bounds[found]).all()
    above_one_below = order[found > 0] > bounds[found[found > 0] - 1]
    assert above_one_below.all()


@given(st.lists(st.integers(0, 40).map(float), min_size=2, max_size=9), st.integers(2, 5))
def test_natural_breaks_are_as_good_as_the_best_of_all_partitions(values, classes):
    numbers = np.sort(np.array(values))
    found = class_of(numbers, breaks(numbers, "natural", classes))
    ours = sum(spread(numbers[found == one]) for one in np.unique(found))
    best = min(
        sum(spread(part) for part in np.split(numbers, list(cuts)))
        for count in range(min(classes, len(numbers)))
        for cuts in combinations(range(1, len(numbers)), count)
    )
    assert ours == pytest.approx(best, abs=1e-9)


def spread(part: np.ndarray) -> float:
    return float(((part - part.mean()) ** 2).sum())


def test_natural_breaks_find_heaps():
    heaps = np.concatenate([np.arange(0, 5), np.arange(100, 110), np.arange(1000, 1003)]).astype(
        float
    )
    assert breaks(heaps, "natural", 3).tolist() == [4, 109, 1002]


def test_bounds_between_fractions_are_round_numbers():
    values = np.array([1.04, 1.31, 9.87, 10.9, 55.5, 61.2])
    assert breaks(values, "natural", 3).tolist() == [2, 20, 61.2]


def test_quantiles_hold_as_many_each():
    values = np.arange(1, 101, dtype=float)
    bounds = breaks(values, "quantile", 4)
    assert np.bincount(class_of(values, bounds)).tolist() == [25, 25, 25, 25]


def test_equal_intervals_are_as_wide_each():
    assert breaks(np.array([0.5, 3.0, 10.5]), "equal", 2).tolist() == [5.5, 10.5]


def test_many_different_values_are_gathered_and_still_covered():
    values = np.random.default_rng(3).lognormal(3, 1, MOST_DIFFERENT * 4)
    bounds = breaks(values, "natural", 6)
    found = class_of(values, bounds)
    assert len(bounds) == 6
    assert set(found.tolist()) == set(range(6))
    assert (values <= bounds[found]).all()


def test_no_values_make_no_classes_and_nan_has_none():
    assert not len(breaks(np.empty(0), "natural", 5))
    assert class_of(np.array([np.nan, 1.0]), np.array([2.0])).tolist() == [-1, 0]
