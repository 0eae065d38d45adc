"""Streets as the map draws them: every scale has its own look, and no street is lost near by."""

import numpy as np
import pytest

from mapdesk.layers.style import map_style
from mapdesk.services import scenery, streets
from mapdesk.store import places

ORIGIN = (0.0, 0.0)


@pytest.mark.embedded
def test_streets_are_fewer_and_wider_the_further_off(town):
    origin = town.district.origin
    layers = streets.layers(town, origin)
    assert [layer.name for layer in layers] == [name for name, _scales in streets.looks()]
    shown = {
        band.name: np.concatenate(
            [layer.kinds for layer in layers if layer.name.startswith(f"road/{band.name}/street")]
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


def test_casings_lie_under_all_streets_of_a_band():
    names = [name.rsplit("/", 1)[1] for name, _scales in streets.looks()]
    for at in range(0, len(names), 2 * len(streets.CLASSES)):
        band = names[at : at + 2 * len(streets.CLASSES)]
        assert band == sorted(band)
