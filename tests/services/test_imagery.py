"""Rasters kept with a district, on both engines, and their tiles loaded on threads."""

import threading
from dataclasses import replace

import numpy as np
import pyproj
import pytest

from mapdesk.analysis.pyramid import Pyramid, Sight
from mapdesk.formats.coordinates import SourceCrs
from mapdesk.formats.rasters.raster import Matrix, Place
from mapdesk.layers.rasters import RasterLayer, kind_of, layer_of
from mapdesk.model.access import Access
from mapdesk.model.addresses import without_keys
from mapdesk.model.errors import ConflictError, InputError, NotFoundError, RightsError
from mapdesk.services import imagery
from mapdesk.services.tile_loading import TileLoader
from mapdesk.store import map_items
from tests.formats.raster_files import (
    GREEN,
    RED,
    plain,
    png,
    quarters,
    tile_server,
    write_tiff,
)


def tiff_at(store, path, pixels=None, **more):
    district = store.district
    return write_tiff(
        path, plain() if pixels is None else pixels, district.crs, district.origin, **more
    )


def test_a_raster_is_kept_shown_and_forgotten(town, tmp_path):
    path = tiff_at(town, tmp_path / "may 2024.tif")
    layer = replace(imagery.guessed(str(path)), attribution="City survey")
    imagery.add(town, layer)
    second = replace(imagery.guessed(str(path), "June"), opacity=0.5)
    imagery.add(town, second)
    kept = imagery.layers(town)
    assert [(one.name, one.order, one.opacity) for one in kept] == [
        ("may 2024", 0, 1.0),
        ("June", 1, 0.5),
    ]
    assert imagery.attributions(imagery.shown(town)) == ["City survey"]
    imagery.reorder(town, ["June", "may 2024"])
    imagery.change(town, "June", shown=False, brightness=1.5)
    assert [one.name for one in imagery.layers(town)] == ["June", "may 2024"]
    assert [one.name for one in imagery.shown(town)] == ["may 2024"]
    imagery.remove(town, "June")
    imagery.change(town, "may 2024", shown=False)
    with pytest.raises(InputError, match="No imagery is shown"):
        imagery.shown(town)
    assert path.is_file()


def test_what_is_wrong_is_said_before_it_is_kept(town, tmp_path):
    path = tiff_at(town, tmp_path / "a.tif")
    imagery.add(town, imagery.guessed(str(path)))
    with pytest.raises(ConflictError, match="'a' is kept already"):
        imagery.add(town, imagery.guessed(str(path)))
    with pytest.raises(NotFoundError, match="no file"):
        imagery.add(town, imagery.guessed(str(tmp_path / "b.tif")))
    with pytest.raises(NotFoundError, match="no raster 'b'"):
        imagery.change(town, "b", opacity=0.5)
    with pytest.raises(InputError, match="Opacity goes from 0 to 1"):
        imagery.change(town, "a", opacity=50)
    with pytest.raises(InputError, match="Brightness goes from"):
        imagery.change(town, "a", brightness=0)
    with pytest.raises(InputError, match="needs a file"):
        imagery.guessed("  ", "nothing")
    assert [one.name for one in imagery.layers(town)] == ["a"]


def test_only_who_edits_places_changes_what_is_kept(town, tmp_path):
    path = tiff_at(town, tmp_path / "a.tif")
    imagery.add(town, imagery.guessed(str(path)))
    owner, town.identity = town.identity, Access("ann", "dispatcher")
    try:
        assert len(imagery.shown(town)) == 1
        with pytest.raises(RightsError):
            imagery.change(town, "a", opacity=0.5)
        with pytest.raises(RightsError):
            imagery.remove(town, "a")
    finally:
        town.identity = owner


def test_an_empty_district_is_told_to_import_first(empty):
    with pytest.raises(InputError, match="import its data first"):
        imagery.add(empty, imagery.guessed("https://example.org/{z}/{x}/{y}"))


def test_one_bad_raster_keeps_no_other_from_being_drawn(town, tmp_path):
    good = imagery.guessed(str(tiff_at(town, tmp_path / "good.tif")))
    bad = imagery.guessed(str(tmp_path / "gone.tif"))
    found = imagery.open_all(town, [bad, good])
    assert [layer.name for layer, _raster in found.rasters] == ["good"]
    assert "gone.tif" in found.said[0]
    again = imagery.open_all(town, [replace(good, opacity=0.2)], {good.origin: found.rasters[0][1]})
    assert again.rasters[0][1] is found.rasters[0][1]
    found.rasters[0][1].close()


@pytest.mark.parametrize(
    "odd", [{}, {"order": "1"}, {"attribution": []}, {"opacity": 9}, {"bands": [1e400]}, {"crs": 3}]
)
def test_an_odd_row_is_told_and_hides_no_other(town, tmp_path, odd):
    good = imagery.add(town, imagery.guessed(str(tiff_at(town, tmp_path / "good.tif"))))
    content = good.content() | odd if odd else {}
    map_items.save(town, "raster", "odd", content)
    assert imagery.layers(town) == imagery.shown(town) == [good]
    (said,) = imagery.unreadable(town)
    found = imagery.open_all(town, [good])
    assert found.said == (said,)
    found.rasters[0][1].close()
    imagery.remove(town, "good")
    with pytest.raises(InputError) as refused:
        imagery.shown(town)
    assert str(refused.value) == said


@pytest.mark.parametrize("source", ["//host/share/a.tif", r"\\host\share\a.tif", r"/\host\a.tif"])
def test_a_shared_district_signs_in_to_no_other_host(town, source):
    said = "lies on another computer" if town.is_shared else "There is no file"
    for call in (imagery.add, imagery.opened):
        with pytest.raises((InputError, NotFoundError), match=said):
            call(town, imagery.guessed(source))


def test_a_preview_is_the_picture_around_the_district(town, tmp_path):
    layer = imagery.guessed(str(tiff_at(town, tmp_path / "a.tif", quarters())))
    pixels, said = imagery.preview(town, layer)
    assert said == ""
    assert max(pixels.shape[:2]) <= 2 * imagery.PREVIEW
    assert pixels[5, 5, :3].tolist() == list(RED)
    assert pixels[5, -5, :3].tolist() == list(GREEN)


def test_tiles_of_an_encrypted_district_are_sealed_on_disk(sealed_town):
    with tile_server() as server:
        layer = imagery.guessed(server.address + "/{z}/{x}/{y}.png", "Aerial")
        imagery.preview(sealed_town, layer)
        assert server.asked
    shelf = sealed_town.folder / "cache" / "tiles"
    held = [path.read_bytes() for path in shelf.rglob("*") if path.is_file()]
    assert held and not any(b"PNG" in content or png()[-40:] in content for content in held)
    pixels, _said = imagery.preview(sealed_town, layer)  # the server is gone; the tiles are there
    assert pixels[5, 5, :3].tolist() == list(RED)


def test_keys_in_an_address_are_not_shown():
    layer = RasterLayer("a", "xyz", "https://h/{z}/{x}/{y}?style=img&tk=0123&access_token=4567")
    assert layer.source_shown == "https://h/{z}/{x}/{y}?style=img&tk=***&access_token=***"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://u:p@h/{z}/{x}/{y}", "https://***@h/{z}/{x}/{y}"),
        ("https://u@h:8/{q}", "https://***@h:8/{q}"),
        ("https://h/a;jsid=12/{z}/{x}/{y}.png", "https://h/a;jsid=***/{z}/{x}/{y}.png"),
        ("https://h/{z}?T=img&Layer=a&x={x}&sid=7", "https://h/{z}?T=img&Layer=a&x={x}&sid=***"),
        (
            "https://h/t?col={x}&row={-y}&m={TileMatrix}",
            "https://h/t?col={x}&row={-y}&m={TileMatrix}",
        ),
        ("https://h/t?s3cret", "https://h/t?***"),
        ("https://h/t?a={s3cret}&b=1;c=2#s3cret", "https://h/t?a=***&b=***;c=***#***"),
        ("https://h/{0,1}?tk=a?b", "https://h/{0,1}?tk=***?***"),
    ],
)
def test_whatever_could_be_a_key_is_starred(address, shown):
    assert without_keys(address) == shown
    assert without_keys(shown) == shown


@pytest.mark.parametrize(
    "typed", ["https://u:s3cret@h/{z}/{x}/{y}", "https://h/?tk=s3cret", "https://[h/?tk=s3cret"]
)
def test_a_refused_address_keeps_its_keys(town, typed):
    layer = imagery.guessed(typed)
    assert "s3cret" not in layer.name
    with pytest.raises(InputError) as refused:
        imagery.add(town, layer)
    assert "s3cret" not in str(refused.value)


def test_a_user_in_an_address_is_refused(town):
    with pytest.raises(InputError, match="names a user before the host"):
        imagery.add(town, imagery.guessed("https://u:p@h/{z}/{x}/{y}"))


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("/a/b.TIF", "file"),
        ("b.mbtiles", "mbtiles"),
        ("b.pmtiles", "pmtiles"),
        ("https://h/{z}/{x}/{y}.png", "xyz"),
        ("http://h/img_w/wmts?TILEMATRIX={z}", "wmts"),
    ],
)
def test_kinds_are_guessed(source, kind):
    assert kind_of(source) == kind


def test_what_is_kept_survives_other_versions():
    layer = RasterLayer("a", "file", "/a.tif", bands=(3, 2, 1), opacity=0.5)
    assert layer_of("a", layer.content() | {"later": 1}) == layer
    with pytest.raises(InputError, match="What is kept of 'a' cannot be read"):
        layer_of("a", {"kind": "file", "source": "/a.tif", "opacity": "much"})


# ---------------------------------------------------------------------- loading


class Painted:
    """A raster of one colour by level, whose tiles wait until they are let go."""

    def __init__(self, finest=6):
        self.pyramid = Pyramid(256 * 2**finest, 256 * 2**finest, finest)
        self.place = Place(
            Matrix(0.0, 1.0, 0.0, 256.0 * 2**finest, 0.0, -1.0),
            SourceCrs(pyproj.CRS.from_epsg(32650)),
            "EPSG:32650",
        )
        self.attribution = self.hint = ""
        self.asked = []
        self.go = threading.Semaphore(0)
        self.error = None
        self.closed = threading.Event()

    def read(self, tile):
        self.asked.append(tile)
        assert self.go.acquire(timeout=20)
        if self.error is not None:
            raise self.error
        return np.full((256, 256, 4), tile.level, np.uint8)

    def close(self):
        self.closed.set()


def sight(x, y, height=400.0, half=300.0):
    outline = np.array([(x + dx, y + dy) for dx in (-half, half) for dy in (-half, half)])
    return Sight(outline, np.array([x, y, height]), 800.0, (x, y))


@pytest.fixture
def loading():
    """A loader, what it said, and the rasters it was given."""
    said = []
    loader = TileLoader(lambda: None, lambda *what: said.append(what))
    rasters = []

    def give(count=1):
        rasters.extend(Painted() for _one in range(count))
        loader.set_rasters([(f"r{number}", raster) for number, raster in enumerate(rasters)])
        return rasters

    yield loader, said, give
    for raster in rasters:
        raster.go.release(10_000)
    loader.close()
    loader.wait_closed()
    assert all(raster.closed.is_set() for raster in rasters)


def test_the_nearest_tile_is_read_first(loading):
    loader, _said, give = loading
    (raster,) = give()
    raster.go.release(10_000)
    loader.look(sight(8000, 8000))
    assert loader.wait(20)
    places = np.array([(tile.column, tile.row) for tile in raster.asked]) * 256 + 128
    away = np.hypot(places[:, 0] - 8000, 16_384 - 8000 - places[:, 1])
    assert away[:3].max() <= np.sort(away)[5]
    assert len(loader.pieces()) == len(raster.asked)


def test_the_newest_view_wins(loading):
    loader, _said, give = loading
    (raster,) = give()
    loader.look(sight(2000, 2000))
    until(loader, lambda: len(raster.asked) == 3)  # each thread holds a tile of the first view
    loader.look(sight(14_000, 14_000))
    until(loader, lambda: any(tile.column > 40 for _name, tile in loader._queue))
    raster.go.release(10_000)
    assert loader.wait(20)
    old = [tile for tile in raster.asked if tile.column < 20]
    assert len(old) == 3
    assert all(piece.tile.column > 40 for piece in loader.pieces())


def test_nobody_waits_for_a_closed_loader(loading):
    loader, _said, give = loading
    (raster,) = give()
    loader.look(sight(8000, 8000))
    until(loader, lambda: raster.asked)
    assert not loader.wait(0.0)
    loader.close()
    loader.look(sight(2000, 2000))
    assert loader.wait(0.0)


def until(loader, condition):
    """Wait until threads of the loader have brought something about."""
    with loader._lock:
        while not condition():
            loader._lock.wait(0.02)


def test_a_coarser_tile_stands_in_until_the_finer_is_there(loading):
    loader, _said, give = loading
    (raster,) = give()
    raster.go.release(1000)
    loader.look(sight(8000, 8000, 3000.0))
    assert loader.wait(20)
    while raster.go.acquire(blocking=False):
        pass
    loader.look(sight(8000, 8000))
    until(loader, lambda: loader._queue or loader._reading)
    pieces = loader.pieces()
    assert pieces and all(piece.source.level < piece.tile.level for piece in pieces)
    assert all(piece.part.min() >= -1e-6 and piece.part.max() <= 1 + 1e-6 for piece in pieces)
    raster.go.release(1000)
    assert loader.wait(20)
    assert all(piece.source == piece.tile for piece in loader.pieces())


def test_a_failure_is_said_once_and_the_other_raster_goes_on(loading):
    loader, said, give = loading
    bad, good = give(2)
    bad.error = InputError("the host does not answer")
    for raster in (bad, good):
        raster.go.release(10_000)
    loader.look(sight(8000, 8000))
    assert loader.wait(20)
    assert said == [("r0", "the host does not answer")]
    assert {piece.raster for piece in loader.pieces()} == {"r1"}


def test_memory_is_bounded():
    raster, most = Painted(), 3 << 20
    loader = TileLoader(lambda: None, lambda *_what: None, most)
    raster.go.release(100_000)
    loader.set_rasters([("r0", raster)])
    for x in range(2000, 14_000, 1500):
        loader.look(sight(x, 8000, half=200.0))
        assert loader.wait(20)
    seen = len(loader.pieces()) * 256 * 256 * 4
    assert len(raster.asked) * 256 * 256 * 4 > 2 * most
    assert loader._bytes <= max(most, seen)
    loader.close()
    loader.wait_closed()
