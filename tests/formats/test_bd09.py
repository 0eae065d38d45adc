"""BD-09: there and back again, and as published implementations have it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats.bd09 import bd09_to_gcj02, gcj02_to_bd09


@given(st.floats(73.5, 135.0), st.floats(3.0, 53.5))
def test_round_trip_is_better_than_a_tenth_of_a_millimetre(east: float, north: float) -> None:
    back = bd09_to_gcj02(*gcj02_to_bd09(east, north))
    assert np.abs(np.array(back) - (east, north)).max() < 1e-9


def test_a_known_point_moves_as_coordtransform_moves_it() -> None:
    # The example of coordtransform's own page: bd09togcj02(116.404, 39.915).
    east, north = bd09_to_gcj02(116.404, 39.915)
    assert east == pytest.approx(116.39762729119315, abs=2e-6)
    assert north == pytest.approx(39.90865673957631, abs=2e-6)
