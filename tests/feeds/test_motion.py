"""Movement between fixes: even, without jumps back, and at rest at the end."""

import numpy as np
import pytest

from mapdesk.feeds.motion import Motion

HERE = np.array([[0.0, 0.0], [10.0, 10.0]])
THERE = np.array([[4.0, 0.0], [10.0, 14.0]])


def test_points_go_evenly_from_fix_to_fix():
    motion = Motion.resting(HERE).to(THERE, 100.0, 1.0)
    assert motion.at(100.0) == pytest.approx(HERE)
    assert motion.at(100.25) == pytest.approx(HERE + [[1, 0], [0, 1]])
    assert motion.at(101.0) == pytest.approx(THERE)
    assert motion.at(150.0) == pytest.approx(THERE)
    assert not motion.is_over(100.9)
    assert motion.is_over(101.0)


def test_a_fix_that_comes_early_or_late_moves_nobody_back():
    motion = Motion.resting(HERE).to(THERE, 100.0, 1.0)
    early = motion.to(THERE + 2.0, 100.5, 1.0)
    assert early.at(100.5) == pytest.approx(motion.at(100.5))
    late = motion.to(THERE + 2.0, 103.0, 1.0)
    assert late.at(103.0) == pytest.approx(THERE)


def test_whoever_is_suddenly_far_off_is_there_at_once():
    away = HERE + [[0.0, 0.0], [5000.0, 0.0]]
    motion = Motion.resting(HERE).to(away, 100.0, 1.0)
    assert motion.at(100.1)[1] == pytest.approx(away[1])
    other = motion.to(np.zeros((3, 2)), 100.5, 1.0)
    assert other.is_over(100.5)
    assert len(other.at(100.5)) == 3
