"""GCJ-02: there and back again, and nothing outside China."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats import gcj02_to_wgs84, wgs84_to_gcj02


@given(st.floats(73.5, 135.0), st.floats(3.0, 53.5))
def test_round_trip_is_better_than_a_tenth_of_a_millimetre(east: float, north: float) -> None:
    back = gcj02_to_wgs84(*wgs84_to_gcj02(east, north))
    assert np.abs(np.array(back) - (east, north)).max() < 1e-9


@given(st.floats(-180.0, 71.9), st.floats(-90.0, 90.0))
def test_identity_outside_china(east: float, north: float) -> None:
    assert wgs84_to_gcj02(east, north) == (east, north)
    assert gcj02_to_wgs84(east, north) == (east, north)


def test_tiananmen_moves_as_published_implementations_move_it() -> None:
    # A scalar transcription of the formula gives 116.4036716, 39.9106335; the axes differ by 1 cm.
    east, north = wgs84_to_gcj02(116.397428, 39.90923)
    assert east == pytest.approx(116.403672, abs=2e-6)
    assert north == pytest.approx(39.910634, abs=2e-6)


def test_arrays_keep_their_shape() -> None:
    east, north = gcj02_to_wgs84(np.full((3, 2), 117.0), np.full((3, 2), 39.0))
    assert east.shape == north.shape == (3, 2)
    assert np.all(np.abs(east - 117.0) > 1e-4)
