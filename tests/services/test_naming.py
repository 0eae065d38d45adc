"""The names the map writes: one for a lake in pieces, one for a street along all its pieces."""

import numpy as np
import pytest
import shapely

from mapdesk.model.features import Features
from mapdesk.services import naming
from mapdesk.store import places


def streets(*rows):
    names, kinds, lines = zip(*rows, strict=True)
    columns = {"name": np.array(names, object), "kind": np.array(kinds, object)}
    ids = np.array([f"r{at}" for at in range(len(rows))], object)
    return Features("road", ids, columns, np.array(lines, object))


def test_a_street_is_named_along_all_its_pieces_and_a_railway_too():
    lines = [shapely.LineString([(0, y), (90, y)]) for y in (0, 60)]
    columns = {
        "name": np.array(["Coast Line", "Metro"], object),
        "kind": np.array(["rail", "subway"], object),
        "tunnel": np.array([None, True], object),
    }
    tracks = Features("railway", np.array(["t0", "t1"], object), columns, np.array(lines, object))
    found = naming._line_names(
        [
            streets(
                ("解放路", "primary", shapely.LineString([(0, 0), (100, 0)])),
                ("解放路", "primary", shapely.LineString([(100, 0), (220, 0)])),
                (None, "path", shapely.LineString([(0, 9), (100, 9)])),
                ("Lane", "service", shapely.LineString([(0, 50), (9, 50)])),
            ),
            tracks,
        ]
    )
    assert found.texts.tolist() == ["解放路", "Coast Line", "Metro"]
    assert found.kinds.tolist() == ["road_major", "railway", "railway_tunnel"]
    assert found.nouns.tolist() == ["road", "railway", "railway"]
    assert np.ptp(found.xy[: found.start[1]], axis=0).tolist() == [220, 0]
    assert found.ids[0] in ("r0", "r1")


def test_every_grid_is_named_inside_itself(town):
    names = naming.names(town).places
    grids = places.features(town, "grid", ["name"])
    shown = names.nouns == "grid"
    assert sorted(names.ids[shown].tolist()) == sorted(grids.ids.tolist())
    shapes = grids.placed[[grids.positions[key] for key in names.ids[shown].tolist()]]
    assert shapely.contains_xy(shapes, names.xy[shown]).all()
    assert (names.across[shown] > 0).all()


def test_streets_and_railways_that_have_names_are_named(town):
    lines = naming.names(town).lines
    for noun in ("road", "railway"):
        named = places.features(town, noun, ["name"])
        written = set(lines.texts[lines.nouns == noun].tolist())
        assert written
        assert written <= set(named.columns["name"].tolist())
    assert (np.diff(lines.start) >= 2).all()


def test_only_buildings_with_a_name_are_named_at_their_roof():
    houses = Features(
        "building",
        np.array(["a", "b"], object),
        {"name": np.array(["Town hall", None], object)},
        shapely.box([0.0, 50.0], 0.0, [20.0, 60.0], 10.0),
    )
    names = naming.building_names(houses, np.array([12.0, 30.0]))
    assert names.texts.tolist() == ["Town hall"]
    assert names.xy.tolist() == [[10, 5]]
    assert names.z.tolist() == [12.0]
    assert names.across.tolist() == pytest.approx([np.sqrt(200)])
