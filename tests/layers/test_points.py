"""How points look, and heaps of them as clusters."""

import importlib.resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mapdesk.layers.points import Clusters, Look, heaped, point_looks
from mapdesk.model.nouns import NOUNS, POINTS

places = arrays(
    np.float64,
    st.tuples(st.integers(1, 60), st.just(2)),
    elements=st.floats(-5000, 5000, width=32),
)


@given(places, st.sampled_from([8.0, 64.0, 1024.0]))
def test_every_point_is_in_one_heap_and_inside_it(xy, cell):
    heaps = heaped(xy, cell)
    assert heaps.count.sum() == len(xy)
    assert (heaps.low <= heaps.xy + 1e-6).all()
    assert (heaps.xy <= heaps.high + 1e-6).all()
    assert (heaps.high - heaps.low <= cell).all()
    for at, only in enumerate(heaps.only.tolist()):
        assert (heaps.low[at] <= xy[only]).all()
        assert (xy[only] <= heaps.high[at]).all()


@given(places)
def test_heaps_of_a_coarser_scale_are_joined_ones_of_a_finer(xy):
    fine, coarse = heaped(xy, 32.0), heaped(xy, 64.0)
    assert len(coarse.count) <= len(fine.count)
    parents = {tuple(cell) for cell in np.floor(coarse.low / 64.0).tolist()}
    assert {tuple(cell) for cell in np.floor(fine.low / 64.0).tolist()} == parents


def test_near_by_every_point_is_drawn():
    clusters = Clusters(np.random.default_rng(1).uniform(0, 1000, (500, 2)))
    assert clusters.at(0.05) is None
    far = clusters.at(20.0)
    assert far is not None
    assert len(far.count) < 20
    assert clusters.at(20.0) is far


def test_a_point_looks_as_its_kind_and_status_say():
    table = point_looks()
    columns = {
        "kind": np.array(["manhole", "lamp", "manhole", "obelisk"], object),
        "status": np.array(["good", "damaged", None, "good"], object),
    }
    looks, look = table.of("component", columns, 4)
    assert [looks[at] for at in look.tolist()] == [
        Look("manhole"),
        Look("lamp", "alert"),
        Look("manhole"),
        Look("component"),
    ]
    looks, look = table.of("camera", {"status": np.array(["offline", "online"], object)}, 2)
    assert [looks[at].state for at in look.tolist()] == ["off", "on"]
    assert table.of("address", {}, 2)[0] == (Look("address"),)
    assert len(table.of("camera", {"status": np.empty(0, object)}, 0)[1]) == 0


def test_all_glyphs_are_there_and_all_states_have_colours():
    table = point_looks()
    symbols = importlib.resources.files("mapdesk_data") / "symbols"
    for noun in POINTS:
        assert (symbols / f"{noun}.svg").is_file()
        assert set(table.fields(noun)) <= set(NOUNS[noun].field_names)
    for noun, glyphs in table.glyphs.items():
        assert noun in POINTS
        for glyph in glyphs.values():
            assert (symbols / f"{glyph}.svg").is_file(), glyph
    states = {state for rows in table.states.values() for state in rows.values()}
    for theme in ("light", "dark"):
        assert states <= set(table.colours[theme])


@pytest.mark.embedded
@pytest.mark.parametrize("noun", ["camera", "worker", "incident", "component"])
def test_statuses_of_the_demo_are_told_apart(town, noun):
    from mapdesk.store import places as stored

    table = point_looks()
    rows = stored.features(town, noun, table.fields(noun))
    looks, _look = table.of(noun, rows.columns, len(rows))
    assert len({look.state for look in looks}) > 1
