"""The demo's pictures lie in its folder, say that they are generated, and go along with it."""

from datetime import date

import numpy as np

from mapdesk.analysis.pyramid import Tile
from mapdesk.demo.district import CREDIT
from mapdesk.services import demo_pictures, districts, imagery, panoramas, sealing
from mapdesk.store import places
from tests.conftest import CHEAP, PASSPHRASE, quiet

FLIGHTS = ((date(2016, 4, 9), 12.0, True), (date(2026, 9, 19), 12.0, False))


def colours(store, name):
    """Return the mean colour of the coarsest tile of a raster."""
    layer = next(one for one in imagery.layers(store) if one.name == name)
    raster = imagery.opened(store, layer)
    try:
        pixels = raster.read(Tile(raster.pyramid.coarsest, 0, 0))
        assert raster.attribution == demo_pictures.CREDIT
        return pixels[..., :3].reshape(-1, 3).mean(axis=0)
    finally:
        raster.close()


def test_imagery_of_two_days_goes_along_with_the_district(town_folder, town_frames, tmp_path):
    with districts.open_district(town_folder) as town:
        names = demo_pictures.add_imagery(town, town_frames, quiet, FLIGHTS)
        assert names == ["2016-04", "2026-09"]
        assert imagery.attributions(imagery.shown(town)) == [demo_pictures.CREDIT]
        assert [one.taken for one in imagery.layers(town)] == ["2016-04-09", "2026-09-19"]
        assert all(one.source.startswith("media/imagery/") for one in imagery.layers(town))
        spring, summer = (colours(town, name) for name in names)
    assert np.abs(spring - summer).max() > 4
    moved = town_folder.rename(tmp_path / "elsewhere")
    with districts.open_district(moved) as town:
        assert (colours(town, "2026-09") == summer).all()
        sealed = tmp_path / "sealed"
        sealing.encrypt_store(town, sealed, PASSPHRASE, quiet, cost=CHEAP)
    assert not list((sealed / "media").rglob("*.tif"))


def test_panoramas_stand_along_the_streets_and_lead_to_each_other(town_folder, town_frames):
    with districts.open_district(town_folder) as town:
        made = demo_pictures.add_panoramas(town, town_frames, quiet, branch=1, width=256)
        stops = panoramas.stops(town)
        assert len(stops) == made >= 3
        # Of maps that show no picture none is said to be.
        assert set(stops.credits) == {CREDIT} == set(places.attributions(town))
        assert all(stops.hops(index) for index in range(made))
        assert panoramas.picture(town, stops.files[0]).shape == (128, 256, 3)
        # Grid north is in the middle of each.
        assert np.abs((stops.headings + 180) % 360 - 180).max() < 0.1
