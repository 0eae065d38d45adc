"""Buildings in tiles: nearest first, kept on disk by content, and one made anew when one house changes."""

import numpy as np
import pytest
import shapely

from mapdesk.analysis.massing import Tile
from mapdesk.analysis.tiling import Tiling
from mapdesk.services import city
from mapdesk.services.mesh_cache import DamagedError, MeshCache
from mapdesk.store import writing

SIDE = 40
"""Houses along an edge of the estate: some ten tiles."""


@pytest.fixture
def estate(empty, monkeypatch):
    """Return a district of small houses in several tiles."""
    import pandas as pd

    monkeypatch.setattr(city, "PER_TILE", 60)
    x, y = np.divmod(np.arange(SIDE * SIDE), SIDE)
    x, y = 500_000.0 + x * 30, 4_300_000.0 + y * 30
    frame = pd.DataFrame(
        {
            "id": [f"h{number:04d}" for number in range(SIDE * SIDE)],
            "height": np.full(SIDE * SIDE, 9.0),
            "geometry": shapely.box(x, y, x + 14, y + 10),
        }
    )
    put(empty, frame)
    return empty


def put(store, frame):
    with writing.transaction(store) as connection:
        writing.upsert(store, connection, {"building": frame})


def change(store, key, **values):
    import pandas as pd

    put(store, pd.DataFrame({"id": [key], **{name: [value] for name, value in values.items()}}))


ORIGIN = (500_000.0, 4_300_000.0)


def test_the_nearest_tiles_come_first_and_all_in_the_end(estate):
    found = city.begin(estate, ORIGIN)
    assert len(found.rows) > 8
    assert not found.tiles
    seen = []
    corner = (ORIGIN[0] + 1200, ORIGIN[1] + 1200)
    while not found.is_complete:
        found = city.more(estate, found, corner, seconds=0.0)
        seen.append(found.known.corner[found.tiles[-1].members].mean(axis=0))
    away = np.hypot(*(np.array(seen) - corner).T)
    assert (np.diff(away) > -2 * found.tiling.size).all()
    assert away[0] == away.min()
    members = np.concatenate([tile.members for tile in found.tiles])
    assert sorted(members.tolist()) == list(range(SIDE * SIDE))


def test_a_change_of_one_house_makes_one_tile_anew(estate):
    before = city.whole(estate, ORIGIN)
    change(estate, "h0700", height=30.0)
    begun = city.begin(estate, ORIGIN, before)
    assert len(begun.tiles) == len(before.tiles) - 1
    after = city.more(estate, begun)
    same = [one.whole is other.whole for one, other in _pairs(before, after)]
    assert same.count(False) == 1
    changed = next(one for one, other in _pairs(after, before) if one.whole is not other.whole)
    assert after.features.ids[changed.members].tolist().count("h0700") == 1
    assert changed.whole.top.max() > 29


def _pairs(one, other):
    return [(tile, other.here[cell][1]) for cell, (_key, tile) in one.here.items()]


def test_what_is_not_drawn_changes_no_tile_and_a_new_house_only_its_own(estate):
    before = city.whole(estate, ORIGIN)
    change(estate, "h0700", use="school")
    begun = city.begin(estate, ORIGIN, before)
    assert begun.is_complete
    assert begun.features.columns["use"][700] == "school"
    change(
        estate,
        "a-first-of-all",
        height=5.0,
        geometry=shapely.box(500_020, 4_300_011, 500_026, 4_300_017),
    )
    begun = city.begin(estate, ORIGIN, before)
    assert len(begun.tiles) == len(before.tiles) - 1
    after = city.more(estate, begun)
    members = np.concatenate([tile.members for tile in after.tiles])
    assert sorted(members.tolist()) == list(range(SIDE * SIDE + 1))
    for tile in after.tiles:
        middle = after.known.corner[tile.members] - ORIGIN
        mesh = tile.whole
        drawn = [mesh.xy[mesh.owner == at].mean(axis=0) for at in range(len(middle))]
        assert np.abs(np.array(drawn) - middle).max() < 10


def test_meshes_are_kept_by_content(estate):
    first = city.whole(estate, ORIGIN)
    city.keep(estate, first)
    again = city.begin(estate, ORIGIN)
    assert again.is_visible
    assert again.is_kept
    assert all(tile.whole is None for tile in again.tiles)
    again = city.more(estate, again, seconds=60.0)
    assert again.is_complete
    for one, other in _pairs(first, again):
        assert np.array_equal(one.whole.xy, other.whole.xy)
        assert np.array_equal(one.whole.roof, other.whole.roof)
        for simple, kept in zip(one.simpler, other.simpler, strict=True):
            assert np.array_equal(simple.mesh.points, kept.mesh.points)
            assert np.array_equal(simple.part, kept.part)
    change(estate, "h0700", height=30.0)
    later = city.begin(estate, ORIGIN)
    assert len(later.tiles) == len(first.tiles) - 1
    assert not later.is_kept
    city.keep(estate, city.more(estate, later, seconds=60.0))
    assert city.begin(estate, ORIGIN).is_kept


def test_another_origin_is_another_cache(estate):
    city.keep(estate, city.whole(estate, ORIGIN))
    assert not city.begin(estate, (0.0, 0.0)).tiles
    whole = city.whole(estate, ORIGIN)
    assert not city.begin(estate, (0.0, 0.0), whole).tiles


@pytest.mark.parametrize("at", [0, 20, 2000, -1, -30_000])
def test_a_damaged_cache_is_made_anew(estate, at):
    first = city.whole(estate, ORIGIN)
    city.keep(estate, first)
    (path,) = (path for path in (estate.folder / "cache").iterdir() if path.is_file())
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(content)
    again = city.whole(estate, ORIGIN)
    for one, other in _pairs(first, again):
        assert np.array_equal(one.whole.xy, other.whole.xy)
    assert not again.is_kept
    path.write_bytes(bytes(content[: len(content) // 2]))
    assert len(city.whole(estate, ORIGIN).tiles) == len(first.tiles)


def test_rubbish_is_no_cache(tmp_path):
    for content in (b"", b"rubbish", b"mapdesk city 1\n", b"mapdesk city 1\n" + b"\xff" * 40):
        path = tmp_path / "x"
        path.write_bytes(content)
        with path.open("rb") as file, pytest.raises(DamagedError):
            MeshCache(file)


def test_houses_with_nothing_to_draw_do_no_harm(estate):
    change(estate, "odd", geometry=shapely.Polygon())
    change(estate, "gone", height=4.0)
    found = city.whole(estate, ORIGIN)
    assert "gone" not in found.features.ids
    assert found.is_complete
    assert isinstance(found.tiles[0], Tile)
    assert isinstance(found.tiling, Tiling)
