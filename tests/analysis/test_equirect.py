"""Each pixel of a panorama looks its own way."""

import numpy as np
import pytest

from mapdesk.analysis import equirect


def test_north_is_in_the_middle_east_to_the_right_and_the_sky_above():
    ray = equirect.directions(64)
    assert ray.shape == (32, 64, 3)
    assert np.linalg.norm(ray, axis=-1) == pytest.approx(1.0, abs=1e-6)
    assert ray[16, 32] == pytest.approx([0, 1, 0], abs=0.1)
    assert ray[16, 48] == pytest.approx([1, 0, 0], abs=0.1)
    assert ray[16, 0] == pytest.approx([0, -1, 0], abs=0.1)
    assert ray[0, 10] == pytest.approx([0, 0, 1], abs=0.1)
