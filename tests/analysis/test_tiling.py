"""Every position falls into exactly one tile, and tiles stay where they are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.analysis.tiling import Tiling

positions = st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)), max_size=200)


@given(positions, st.integers(1, 50))
def test_groups_are_a_partition(points, per_tile):
    xy = np.array(points, float).reshape(-1, 2)
    groups = Tiling.over(xy, per_tile).groups(xy)
    members = np.concatenate([members for _tile, members in groups]) if len(points) else np.empty(0)
    assert sorted(members.tolist()) == list(range(len(points)))
    assert len({tile for tile, _members in groups}) == len(groups)
    assert all((np.diff(members) > 0).all() for _tile, members in groups)


@given(positions.filter(len), st.integers(0, 199))
def test_one_that_goes_changes_its_own_tile_only(points, gone):
    xy = np.array(points, float)
    tiling = Tiling(512.0)
    left = np.delete(np.arange(len(xy)), gone % len(xy))
    before = {tile: xy[members].tolist() for tile, members in tiling.groups(xy)}
    after = {tile: xy[left][members].tolist() for tile, members in tiling.groups(xy[left])}
    cell = tuple(tiling.cells(xy[gone % len(xy)][None])[0].tolist())
    assert {tile for tile in before if before[tile] != after.get(tile)} == {cell}


def test_a_tile_holds_about_as_many_as_asked_for():
    xy = np.random.default_rng(1).uniform(0, 9000, (100_000, 2))
    sizes = [len(members) for _tile, members in Tiling.over(xy, 1200).groups(xy)]
    assert 500 < np.median(sizes) < 2500
    far = np.vstack([xy, [[5e6, 5e6]]])
    assert Tiling.over(far).size == Tiling.over(xy).size
