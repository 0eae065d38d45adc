"""Pictures of the ground: real files by rasterio and sqlite3, a real server, and what can be wrong."""

import resource
import time
import urllib.error
import urllib.request

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp, Resampling

from mapdesk.analysis.pyramid import Sight, Tile, choose
from mapdesk.formats.gcj02 import wgs84_to_gcj02
from mapdesk.formats.rasters import service as tile_service
from mapdesk.formats.rasters.geo import GeoRaster
from mapdesk.formats.rasters.pmtiles import PmtilesRaster, tile_number
from mapdesk.formats.rasters.service import TileService, quadkey
from mapdesk.model.district import District
from mapdesk.model.errors import CrsError, InputError, NotFoundError
from tests.formats.raster_files import (
    BLUE,
    DISTRICT,
    GREEN,
    RED,
    lonlat,
    plain,
    png,
    quarters,
    tile_at,
    tile_server,
    write_mbtiles,
    write_pmtiles,
    write_tiff,
)


def colour_at(raster, x, y, level=None):
    """Return the colour a raster has at a place in metres, or None."""
    pyramid = raster.pyramid
    level = pyramid.finest if level is None else level
    column, row = raster.place.to_pixels(np.array([[x, y]]))[0]
    span = pyramid.tile * 2 ** (pyramid.finest - level)
    tile = Tile(level, int(column // span), int(row // span))
    pixels = raster.read(tile)
    if pixels is None:
        return None
    left, upper, right, lower = pyramid.box(tile)
    at_x = int((column - left) / (right - left) * pixels.shape[1])
    at_y = int((row - upper) / (lower - upper) * pixels.shape[0])
    red, green, blue, solid = pixels[at_y, at_x].tolist()
    return (red, green, blue) if solid else None


def geo(path, crs="", bands=(), district=DISTRICT):
    return GeoRaster(path, path.stem, crs, bands, district)


X, Y = DISTRICT.origin
OFF = 200.0
QUARTERS = {(X - OFF, Y + OFF): RED, (X + OFF, Y + OFF): GREEN, (X - OFF, Y - OFF): BLUE}


# ---------------------------------------------------------------------- GeoTIFF


@pytest.mark.parametrize("level", [0, 1])
def test_a_geotiff_lies_where_it_says(tmp_path, level):
    raster = geo(write_tiff(tmp_path / "a.tif", quarters()))
    assert {place: colour_at(raster, *place, level) for place in QUARTERS} == QUARTERS
    raster.close()


def test_a_geotiff_in_another_crs_is_brought_to_the_district_s(tmp_path):
    lon, lat = lonlat()
    path = write_tiff(tmp_path / "a.tif", quarters(), "EPSG:4326", (lon, lat), 2e-5)
    raster = geo(path)
    assert {place: colour_at(raster, *place) for place in QUARTERS} == QUARTERS
    raster.close()


def test_shifted_pictures_are_shifted_back(tmp_path):
    lon, lat = (float(value) for value in wgs84_to_gcj02(*lonlat()))
    path = write_tiff(tmp_path / "a.tif", quarters(), "EPSG:4326", (lon, lat), 2e-6)
    raster = geo(path, "GCJ-02")
    near = {(X - 20, Y + 20): RED, (X + 20, Y + 20): GREEN, (X - 20, Y - 20): BLUE}
    assert {place: colour_at(raster, *place) for place in near} == near
    raster.close()
    unshifted = geo(path)
    middle = unshifted.place.to_ground(np.array([[256.0, 256.0]]))[0]
    assert 300 < np.hypot(*(middle - (X, Y))) < 900
    unshifted.close()


def test_overviews_are_read_from_afar(tmp_path):
    path = write_tiff(
        tmp_path / "a.tif", plain(side=2048), tiled=True, blockxsize=256, blockysize=256
    )
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4, 8], Resampling.average)
    raster = geo(path)
    assert raster.read(Tile(0, 0, 0)).shape == (256, 256, 4)
    raster.close()


def test_gaps_are_clear(tmp_path):
    pixels = quarters()
    pixels[:, :256, :256] = 7
    raster = geo(write_tiff(tmp_path / "a.tif", pixels, nodata=7))
    assert colour_at(raster, X - OFF, Y + OFF) is None
    assert colour_at(raster, X + OFF, Y + OFF) == GREEN
    raster.close()


def test_measured_values_are_stretched_and_bands_chosen(tmp_path):
    ramp = np.linspace(200, 3000, 512 * 512).reshape(512, 512)
    bands = np.stack([ramp, ramp.T, np.full_like(ramp, 900), ramp]).astype(np.float32)
    bands[:, :100, :100] = 0  # what satellites' products have where they have nothing
    path = write_tiff(tmp_path / "a.tif", bands)
    raster = geo(path, bands=(1, 2, 4))
    pixels = raster.read(Tile(0, 0, 0))
    assert pixels[-1, -1].tolist() == [255, 255, 255, 255]
    assert pixels[10, 10, 3] == 0
    raster.close()
    grey = geo(path, bands=(2,))
    pixels = grey.read(Tile(0, 0, 0))
    assert (pixels[..., 0] == pixels[..., 2]).all()
    grey.close()
    with pytest.raises(InputError, match="4 bands; choose from 1 to 4"):
        geo(path, bands=(5,))


def test_palettes_are_read(tmp_path):
    values = np.zeros((1, 256, 256), np.uint8)
    values[:, :, 128:] = 3
    path = write_tiff(tmp_path / "a.tif", values)
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {0: (*RED, 255), 3: (*GREEN, 255)})
        assert file.colorinterp[0] == ColorInterp.palette
    raster = geo(path)
    assert colour_at(raster, X - 100, Y) == RED
    assert colour_at(raster, X + 100, Y) == GREEN
    raster.close()


def test_a_file_without_a_crs_needs_to_be_told(tmp_path):
    path = write_tiff(tmp_path / "aerial.tif", quarters(), None)
    with pytest.raises(CrsError, match=r"aerial does not say which CRS it is in: .*--crs EPSG:N"):
        geo(path)
    raster = geo(path, "EPSG:32650")
    assert colour_at(raster, X - OFF, Y + OFF) == RED
    raster.close()
    with pytest.raises(CrsError, match="'EPSG:99999' is not a coordinate reference system"):
        geo(path, "EPSG:99999")


def test_a_contradicted_crs_names_both(tmp_path):
    path = write_tiff(tmp_path / "a.tif", quarters())
    with pytest.raises(CrsError, match=r"declares EPSG:32650 .* --crs says EPSG:4326"):
        geo(path, "EPSG:4326")


def test_an_odd_crs_is_taken_for_none(tmp_path):
    odd = 'LOCAL_CS["Undefined site grid",UNIT["metre",1]]'
    with pytest.raises(CrsError, match="does not say which CRS"):
        geo(write_tiff(tmp_path / "a.tif", quarters(), odd))


def test_a_picture_of_elsewhere_is_refused(tmp_path):
    path = write_tiff(tmp_path / "a.tif", quarters(), "EPSG:32633", (400_000.0, 5_000_000.0))
    with pytest.raises(CrsError, match="more than 60 km away from this district"):
        geo(path)


def test_a_picture_without_a_place_is_refused(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(png())
    with pytest.raises(InputError, match="photo has no place on earth"):
        geo(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no picture of a known kind"),
        (b"hello", "no picture of a known kind"),
        (b"II*\0" + b"\xff" * 400, "damaged or cut off"),
        (b"SQLite format 3\0" + b"\xff" * 400, "damaged, or holds no pictures"),
    ],
)
def test_a_damaged_file_is_one_sentence(tmp_path, content, said):
    path = tmp_path / "bad.mbtiles"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"bad is {said}"):
        geo(path)


def test_a_file_cut_off_in_the_middle_says_so_when_it_is_read(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (3, 1024, 1024), np.uint8)
    path = write_tiff(tmp_path / "a.tif", noise, tiled=True, compress="deflate")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    raster = geo(path)
    with pytest.raises(InputError, match="a is damaged: a part of it cannot be read"):
        raster.read(Tile(0, 0, 0))
    raster.close()


def test_overviews_in_another_file_are_refused(tmp_path):
    path = write_tiff(tmp_path / "a.tif", quarters())
    other = write_tiff(tmp_path / "other.tif", plain(GREEN))
    for leads_to in (str(other), "http://127.0.0.1:9/b.tif"):
        with rasterio.open(path, "r+") as file:
            file.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=leads_to)
        with pytest.raises(InputError, match="a leads to another file"):
            geo(path)


def test_a_tag_beside_a_picture_fetches_nothing(tmp_path, server):
    path = write_tiff(tmp_path / "a.tif", quarters())
    (tmp_path / "a.tif.aux.xml").write_text(
        '<PAMDataset><Metadata domain="OVERVIEWS">'
        f'<MDI key="OVERVIEW_FILE">/vsicurl/{server.address}/b.tif</MDI></Metadata></PAMDataset>'
    )
    with pytest.raises(InputError, match="a leads to another file"):
        geo(path)
    assert server.asked == []


@pytest.mark.parametrize("ending", [".ovr", ".msk"])
def test_a_vrt_beside_a_picture_is_refused(tmp_path, ending):
    path = write_tiff(tmp_path / "a.tif", quarters())
    (tmp_path / f"a.tif{ending}").write_text('<VRTDataset rasterXSize="1" rasterYSize="1"/>')
    with pytest.raises(InputError, match="a leads to another file"):
        geo(path)


def test_overviews_beside_a_picture_are_read(tmp_path):
    path = write_tiff(tmp_path / "a.tif", plain(side=2048))
    with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4, 8], Resampling.average)
    assert (tmp_path / "a.tif.ovr").is_file()
    raster = geo(path)
    assert raster.read(Tile(0, 0, 0)) is not None and raster.hint == ""
    raster.close()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NotFoundError, match=r"no file .*gone\.tif"):
        geo(tmp_path / "gone.tif")


def test_three_gigabytes_open_at_once_and_take_little_memory(tmp_path):
    side = 32_768  # times 3 bands: 3.2 GB, nearly all of it a hole in the file
    path = tmp_path / "big.tif"
    profile = {"width": side, "height": side, "count": 3, "dtype": "uint8", "crs": DISTRICT.crs}
    left, upper = X - side / 2 * 0.2, Y + side / 2 * 0.2
    transform = rasterio.Affine(0.2, 0.0, left, 0.0, -0.2, upper)
    tiled = {"tiled": True, "blockxsize": 512, "blockysize": 512, "sparse_ok": True}
    with rasterio.open(
        path, "w", driver="GTiff", transform=transform, BIGTIFF="YES", **profile, **tiled
    ) as file:
        middle = rasterio.windows.Window(side // 2 - 512, side // 2 - 512, 1024, 1024)
        file.write(plain(GREEN, 1024), window=middle)
    with path.open("r+b") as file:
        file.truncate(3 * side * side)
    assert path.stat().st_size > 3e9
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    raster = geo(path)
    opened = time.monotonic() - began
    near = np.array([(X + dx, Y + dy) for dx in (-400, 400) for dy in (-300, 300)], float)
    for height in (300.0, 1500.0):
        sight = Sight(near, np.array([X, Y, height]), 1000.0, (X, Y))
        for tile in choose(raster.pyramid, raster.place.to_ground, sight):
            raster.read(tile)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert colour_at(raster, X, Y) == GREEN
    assert "big has no overviews and is drawn from near only" in raster.hint
    raster.close()
    assert opened < 2.0
    assert grown < 300_000  # kilobytes


# ---------------------------------------------------------------------- MBTiles and PMTiles


def test_mbtiles_lie_where_their_tiles_do(tmp_path):
    raster = geo(write_mbtiles(tmp_path / "town.mbtiles", range(12, 16)))
    assert colour_at(raster, X, Y) == RED
    assert "Example" in raster.attribution
    raster.close()


def test_mbtiles_of_shapes_are_refused(tmp_path):
    path = write_mbtiles(tmp_path / "town.mbtiles", range(12, 13), b"\x1f\x8bshapes", "pbf")
    with pytest.raises(InputError, match="town is damaged, or holds no pictures but shapes"):
        geo(path)


def test_a_damaged_tile_of_mbtiles_is_a_gap(tmp_path):
    raster = geo(write_mbtiles(tmp_path / "town.mbtiles", range(12, 13), b"no picture"))
    assert colour_at(raster, X, Y) is None
    raster.close()


def around(levels, content=None):
    """Return tiles of PMTiles at the district's place by number."""
    return {
        tile_number(Tile(level, *tile_at(level, *lonlat()))): content or png((level * 10, 0, 0))
        for level in levels
    }


@pytest.mark.parametrize("leaves", [False, True])
def test_pmtiles_give_every_level(tmp_path, leaves):
    path = write_pmtiles(tmp_path / "a.pmtiles", around(range(10, 15)), (10, 14), leaves=leaves)
    raster = PmtilesRaster(path, "a", "", DISTRICT)
    assert (raster.pyramid.coarsest, raster.pyramid.finest) == (10, 14)
    assert {level: colour_at(raster, X, Y, level) for level in range(10, 15)} == {
        level: (level * 10, 0, 0) for level in range(10, 15)
    }
    assert raster.read(Tile(14, 0, 0)) is None
    assert raster.attribution == "© Example"
    raster.close()


def test_pmtiles_of_large_tiles_know_their_size(tmp_path):
    path = write_pmtiles(tmp_path / "a.pmtiles", around(range(12, 13), png(side=512)), (12, 12))
    raster = PmtilesRaster(path, "a", "", DISTRICT)
    assert raster.pyramid.tile == 512
    assert colour_at(raster, X, Y) == RED
    raster.close()


def test_pmtiles_of_shapes_are_refused(tmp_path):
    path = write_pmtiles(tmp_path / "a.pmtiles", around(range(3, 4)), (3, 3), kind=1)
    with pytest.raises(InputError, match="vector tiles"):
        PmtilesRaster(path, "a", "", DISTRICT)


def test_damaged_pmtiles_are_one_sentence(tmp_path):
    whole = write_pmtiles(tmp_path / "a.pmtiles", around(range(10, 13)), (10, 12)).read_bytes()
    rng = np.random.default_rng(3)
    refused = 0
    for _round in range(200):
        broken = bytearray(whole)
        if rng.random() < 0.3:
            broken = broken[: rng.integers(0, len(whole))]
        for at in rng.integers(0, max(len(broken), 1), 6).tolist():
            if at < len(broken):
                broken[at] = int(rng.integers(0, 256))
        path = tmp_path / "b.pmtiles"
        path.write_bytes(bytes(broken))
        try:
            raster = PmtilesRaster(path, "b", "", DISTRICT)
        except InputError as error:
            refused += "\n" not in str(error)
            continue
        try:
            for level in range(raster.pyramid.coarsest, min(raster.pyramid.finest, 14) + 1):
                colour_at(raster, X, Y, level)
        except InputError:
            refused += 1
        finally:
            raster.close()
    assert refused > 20


def test_the_real_pmtiles_are_read(real_data):
    district = District("Whitney", "EPSG:32611", (384_000.0, 4_048_000.0))
    path = real_data / "pmtiles" / "usgs-mt-whitney-8-15-webp-512.pmtiles"
    raster = PmtilesRaster(path, "Whitney", "", district)
    assert (raster.pyramid.coarsest, raster.pyramid.finest, raster.pyramid.tile) == (8, 15, 512)
    assert colour_at(raster, 384_000.0, 4_048_000.0, 12) is not None
    raster.close()


# ---------------------------------------------------------------------- tiles of a server


class Shelf:
    """A shelf in memory whose tiles are as old as one says."""

    def __init__(self):
        self.kept, self.age = {}, 0.0

    def get(self, key):
        return (self.kept[key], self.age) if key in self.kept else None

    def put(self, key, content):
        self.kept[key] = content


def service(template, crs="", levels=(0, 18), shelf=None):
    return TileService(template, "Aerial", crs, levels, DISTRICT, shelf)


@pytest.fixture
def server():
    with tile_server() as running:
        yield running


def test_tiles_are_asked_for_by_their_numbers(server):
    raster = service(server.address + "/{z}/{x}/{y}.png")
    assert colour_at(raster, X, Y, 15) == RED
    column, row = tile_at(15, *lonlat())
    assert server.asked == [f"/15/{column}/{row}.png"]


def test_a_wmts_template_is_filled_in(server):
    raster = service(
        server.address + "/wmts?TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}"
    )
    assert colour_at(raster, X, Y, 15) == RED
    column, row = tile_at(15, *lonlat())
    assert server.asked == [f"/wmts?TILEMATRIX=15&TILEROW={row}&TILECOL={column}"]


@pytest.mark.parametrize(
    ("template", "tile", "address"),
    [
        ("http://h/{z}/{x}/{-y}", Tile(3, 2, 1), "http://h/3/2/6"),
        ("http://{a-c}.h/{z}/{x}/{y}", Tile(3, 2, 2), "http://b.h/3/2/2"),
        ("http://t{0-7}.h/{z}/{x}/{y}", Tile(3, 2, 1), "http://t3.h/3/2/1"),
        ("http://{one,two}.h/{z}/{x}/{y}", Tile(3, 2, 1), "http://two.h/3/2/1"),
        ("http://h/{q}.jpg", Tile(3, 5, 2), "http://h/121.jpg"),
    ],
)
def test_templates(template, tile, address):
    assert service(template).address(tile) == address


def test_a_quadkey_is_bing_s():
    assert quadkey(Tile(3, 3, 5)) == "213"


def test_tiles_in_degrees_are_tianditu_s(server):
    raster = service(server.address + "/{z}/{x}/{y}", "EPSG:4490", (0, 17))
    assert colour_at(raster, X, Y, 10) == RED
    lon, lat = lonlat()
    span = 180 / 2**10
    expected = f"/11/{int((lon + 180) / span)}/{int((90 - lat) / span)}"
    assert server.asked == [expected]


def test_a_tile_is_taken_from_the_disk_and_kept_when_the_server_is_gone(server):
    shelf = Shelf()
    raster = service(server.address + "/{z}/{x}/{y}", shelf=shelf)
    for _time in range(3):
        assert colour_at(raster, X, Y, 15) == RED
    assert len(server.asked) == 1
    shelf.age = tile_service.FRESH + 1
    server.content = png(GREEN)
    assert colour_at(raster, X, Y, 15) == GREEN
    server.status = 500
    assert colour_at(raster, X, Y, 15) == GREEN


@pytest.mark.parametrize(
    "elsewhere", ["ftp://127.0.0.1:9/a", "http://localhost:{}/a", "file:///etc/hostname"]
)
def test_a_server_that_leads_elsewhere_is_not_followed(server, elsewhere):
    server.status, server.leads_to = 302, elsewhere.format(server.address.rpartition(":")[2])
    with pytest.raises(InputError, match="refuses tiles of Aerial"):
        colour_at(service(server.address + "/{z}/{x}/{y}"), X, Y, 15)
    assert len(server.asked) == 1


def test_a_redirect_goes_from_https_to_https_alone():
    handler = tile_service._SameHost()
    for old, new, goes in (
        ("https://h/a", "http://h/b", False),
        ("https://h/a", "https://h/b", True),
        ("http://h/a", "https://h/b", True),
        ("http://h/a", "http://10.0.0.1/b", False),
    ):
        request = urllib.request.Request(old)
        try:
            found = handler.redirect_request(request, None, 302, "", {}, new)
        except urllib.error.HTTPError as error:
            error.close()
            found = None
        assert (found is not None) == goes


def test_a_tile_the_server_has_not_is_nothing_and_no_error(server):
    server.status = 404
    shelf = Shelf()
    raster = service(server.address + "/{z}/{x}/{y}", shelf=shelf)
    assert raster.read(Tile(3, 1, 1)) is None
    assert raster.read(Tile(3, 1, 1)) is None
    assert len(server.asked) == 1


def test_a_dead_host_is_one_sentence_and_is_not_asked_again_at_once():
    with tile_server() as server:
        address = server.address
    raster = service(address + "/{z}/{x}/{y}?tk=secret")
    with pytest.raises(
        InputError, match=r"127\.0\.0\.1 does not answer; of Aerial only tiles fetched"
    ):
        raster.read(Tile(3, 1, 1))
    began = time.monotonic()
    with pytest.raises(InputError, match="does not answer") as caught:
        raster.read(Tile(3, 1, 2))
    assert time.monotonic() - began < 0.5
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "said"), [(403, "key or address is wrong"), (500, "try later"), (429, "try later")]
)
def test_a_refusal_is_one_sentence(server, status, said):
    server.status = status
    with pytest.raises(InputError, match=rf"refuses tiles of Aerial \(HTTP {status}\).*{said}"):
        service(server.address + "/{z}/{x}/{y}").read(Tile(3, 1, 1))


def test_a_page_of_text_is_no_tile(server):
    server.content = b"<html>sign in</html>"
    shelf = Shelf()
    with pytest.raises(InputError, match="is no PNG, JPEG or WebP"):
        service(server.address + "/{z}/{x}/{y}", shelf=shelf).read(Tile(3, 1, 1))
    assert not shelf.kept


def test_a_huge_tile_is_refused(server):
    server.content = png(side=5000)
    with pytest.raises(InputError, match="5000 pixels wide"):
        service(server.address + "/{z}/{x}/{y}").read(Tile(3, 1, 1))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_pictures_are_read(server, kind):
    server.content = png(GREEN, kind=kind)
    found = colour_at(service(server.address + "/{z}/{x}/{y}"), X, Y, 15)
    assert np.abs(np.array(found) - GREEN).max() < 6


@pytest.mark.parametrize("template", ["ftp://h/{z}/{x}/{y}", "/etc/passwd", "file:///{z}/{x}/{y}"])
def test_no_other_addresses_are_asked(template):
    with pytest.raises(InputError, match="no address of tiles"):
        service(template)


def test_a_template_has_places():
    with pytest.raises(InputError, match="put z, x and y into it"):
        service("https://example.org/tile.png")
