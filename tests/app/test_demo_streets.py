"""The demo's panoramas: its own streets, drawn from inside and imported like a camera's."""

import numpy as np
import pytest

from mapdesk.app import demo_streets
from mapdesk.services import districts, panoramas
from mapdesk.store import places
from tests.conftest import quiet


def test_a_crossing_of_the_town_is_drawn_all_around(town_folder):
    with districts.open_district(town_folder) as town:
        assert demo_streets.draw(town, quiet, branch=0, face=128) == 1
        stops = panoramas.stops(town)
        picture = panoramas.picture(town, stops.files[0]).astype(int)
        roads = places.features(town, "road", ["name"])
        ends = np.array([line.coords[end] for line in roads.placed for end in (0, -1)])
        nearest = np.hypot(*(ends - stops.xy[0]).T).min()
    assert picture.shape == (128, 256, 3)
    assert nearest < 0.5
    assert stops.headings[0] == pytest.approx(0.0, abs=0.1)
    assert set(stops.credits) == {demo_streets.CREDIT}
    blue_above = picture[10, :, 2] - picture[10, :, 0]
    assert blue_above.min() > 5
    # The crossing itself is asphalt all around.
    assert np.median(picture[95], axis=0) == pytest.approx([132, 137, 142], abs=6)
    # Houses, of which there are most around this crossing, stand before the sky.
    assert np.ptp(picture[58], axis=0).max() > 60
    # Nothing of the colour that stands for no sky is left, and the ground says what the picture is.
    assert not ((picture[..., 1] < 60) & (picture[..., 0] > 200) & (picture[..., 2] > 200)).any()
    assert np.percentile(picture[-8:], 20) < 60


def test_a_district_without_streets_gets_none(empty):
    assert demo_streets.draw(empty, quiet) == 0
