"""Every position falls into exactly one tile."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.analysis.tiling import Tiling


@given(
    st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)), max_size=200),
    st.integers(1, 50),
)
def test_groups_are_a_partition(points, per_tile):
    xy = np.array(points, float).reshape(-1, 2)
    groups = Tiling.over(xy, per_tile).groups(xy)
    members = np.concatenate([members for _tile, members in groups]) if len(points) else np.empty(0)
    assert sorted(members.tolist()) == list(range(len(points)))
    assert len({tile for tile, _members in groups}) == len(groups)
