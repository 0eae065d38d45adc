"""Neighbours of a panorama: along the streets, never across a block or past the next one."""

import numpy as np
import pytest

from mapdesk.analysis.hops import ahead, hops

CROSSING = np.array([[0, 0], [0, 40], [0, 80], [40, 0], [-40, 0], [0, -40], [300, 300]], float)


def test_a_crossing_leads_into_each_street():
    found = hops(CROSSING, 0)
    assert sorted(one.index for one in found) == [1, 3, 4, 5]
    assert {one.index: one.bearing for one in found} == pytest.approx({1: 0, 3: 90, 4: 270, 5: 180})


def test_a_street_leads_on_and_back_but_not_across():
    assert sorted(one.index for one in hops(CROSSING, 1)) == [0, 2]
    assert [one.index for one in hops(CROSSING, 3)] == [0]


def test_a_far_one_is_reached_where_there_is_no_nearer():
    assert [one.index for one in hops(CROSSING, 6)] == [2]
    assert hops(CROSSING[:1], 0) == []
    assert hops(np.array([[0, 0], [0, 0.1], [0, 5000]], float), 0) == []


def test_ahead_is_where_one_looks():
    ways = hops(CROSSING, 0)
    assert ahead(ways, 350).index == 1
    assert ahead(ways, 100).index == 3
    assert ahead(hops(CROSSING, 3), 90) is None
