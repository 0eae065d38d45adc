"""Streets and railways as the map draws them: every scale has its own look, and each is on its level."""

import json
from pathlib import Path

import numpy as np
import pytest

from mapdesk.layers.style import map_style
from mapdesk.scene3d.content import MapContent
from mapdesk.services import importing, live, railways, scenery, streets
from mapdesk.services.ground import FlatLayer
from mapdesk.services.levels import is_thing
from mapdesk.store import places
from mapdesk.store.database import Store

ORIGIN = (0.0, 0.0)


@pytest.mark.embedded
def test_streets_are_fewer_and_wider_the_further_off(town):
    origin = town.district.origin
    layers = streets.layers(town, origin)
    assert [layer.name for layer in layers] == [name for name, _scales in streets.looks()]
    shown = {
        band.name: np.concatenate(
            [
                layer.kinds[is_thing(layer.kinds)]
                for layer in layers
                if layer.name.startswith(f"road/{band.name}/")
            ]
        )
        for band in streets.BANDS
    }
    assert len(shown["near"]) == len(places.features(town, "road"))
    counts = [len(kinds) for kinds in shown.values()]
    assert counts == sorted(counts, reverse=True)
    assert set(shown["farthest"].tolist()) <= {"trunk", "primary", "secondary"}
    for nearer, farther in zip(streets.BANDS, streets.BANDS[1:], strict=False):
        assert nearer.scales[1] == farther.scales[0]
        assert all(nearer.least[kind] <= width for kind, width in farther.least.items())


@pytest.mark.embedded
def test_layers_of_streets_come_back_from_the_cache_with_their_scales(town):
    first = scenery.ground(town, ORIGIN)
    again = scenery.ground(town, ORIGIN)
    for one, other in zip(first, again, strict=True):
        assert (one.name, one.scales) == (other.name, other.scales)
        assert one.kinds.tolist() == other.kinds.tolist()
        assert np.array_equal(one.mesh.points, other.mesh.points)


def test_every_kind_of_street_and_casing_has_a_colour_in_both_themes():
    for theme in ("light", "dark"):
        assert set(streets.KINDS) <= set(map_style(theme).road)
        assert set(railways.KINDS) <= set(map_style(theme).railway)


def bring(store: Store, folder: Path, what: str, *rows: dict[str, object]) -> None:
    """Import lines that all cross in one place, a kilometre long."""
    features = []
    for at, row in enumerate(rows):
        turn = (at + 0.3) * np.pi / len(rows) + (1 if what == "railways" else 0)
        ends = [[117 + s * np.cos(turn) / 200, 39 + s * np.sin(turn) / 200] for s in (-1, 1)]
        line = {"type": "LineString", "coordinates": ends}
        features.append({"type": "Feature", "geometry": line, "properties": row})
    file = folder / f"{what}.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    importing.import_file(store, file, what, progress=lambda *_: None)


def painted(layers: list[FlatLayer], band: str) -> list[str]:
    """Return the kinds of a band of scales in the order they are painted."""
    found: list[str] = []
    for layer in layers:
        if layer.name.split("/")[1] == band and len(layer.mesh.points):
            first = layer.mesh.owner[layer.mesh.triangles[:, 0]]
            found += dict.fromkeys(layer.kinds[first].tolist())
    return found


@pytest.mark.embedded
def test_tunnels_lie_under_all_streets_and_bridges_over_them_by_layer(empty, tmp_path):
    bring(
        empty,
        tmp_path,
        "roads",
        {"kind": "trunk", "bridge": "yes", "layer": 2},
        {"kind": "residential"},
        {"kind": "secondary", "bridge": "viaduct"},
        {"kind": "primary", "tunnel": "yes", "layer": -1},
        {"kind": "tertiary", "layer": 3},
        {"kind": "path", "tunnel": "yes"},
    )
    bring(
        empty,
        tmp_path,
        "railways",
        {"kind": "rail"},
        {"kind": "rail", "bridge": "yes", "layer": 1},
        {"kind": "subway", "tunnel": "yes"},
        {"kind": "rail", "service": "yard"},
        {"kind": "tram"},
    )
    ground = scenery.ground(empty, empty.district.origin)
    near = [layer for layer in ground if layer.scales[0] <= 1.0 < layer.scales[1]]
    assert painted(ground, "near") == [
        *("tunnel_casing", "primary_tunnel", "path_tunnel", "subway_tunnel"),
        *("residential_casing", "tertiary_casing", "residential", "tertiary"),
        *("service", "rail", "rail_dash", "tram"),
        *("bridge_casing", "secondary"),
        *("bridge_casing", "bridge_deck", "rail", "rail_dash"),
        *("bridge_casing", "trunk"),
    ]
    assert painted(ground, "farthest")[-2:] == ["rail", "trunk"]
    assert sum(len(layer.mesh.points) > 0 for layer in near) <= 7  # an actor each, of whole classes
    content = MapContent(ground=ground)
    assert (content.counts()["road"], content.counts()["railway"]) == (6, 5)


@pytest.mark.embedded
def test_tracks_beside_each_other_become_one_the_further_off(empty, tmp_path):
    rows = [{"kind": "rail"}] * 4
    features = [
        {
            "type": "Feature",
            "properties": {**row, "track_id": at},
            "geometry": {
                "type": "LineString",
                "coordinates": [[117, 39 + at * 1e-4], [117.02, 39 + at * 1e-4]],
            },
        }
        for at, row in enumerate(rows)
    ]
    file = tmp_path / "yard.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    importing.import_file(empty, file, "railways", progress=lambda *_: None)
    layers = {layer.name: layer for layer in railways.layers(empty, empty.district.origin)}
    drawn = {
        band.name: int((layers[f"railway/{band.name}/ground"].kinds == "rail").sum())
        for band in railways.BANDS
    }
    assert drawn == {"close": 4, "near": 4, "middle": 2, "far": 1, "farthest": 1}


@pytest.mark.embedded
def test_nobody_walks_on_railways(town, tmp_path):
    before = live.LiveWorkers.of(town).walk
    bring(town, tmp_path, "railways", {"kind": "rail"}, {"kind": "tram"})
    after = live.LiveWorkers.of(town).walk
    assert before is not None
    assert after is not None
    assert len(after.graph.lines) == len(before.graph.lines)
