"""Pictures written as GeoTIFF are read by GDAL as they were painted, where they lie."""

import numpy as np
import pytest
import rasterio

from mapdesk.formats.rasters import geotiff

PLACE = geotiff.Place(
    500_000.0, 4_300_000.0, 0.5, 4548, "Ground", "Maker · 作者", "2026:09:19 10:30:00"
)


def test_a_picture_comes_back_with_its_place_overviews_and_maker(tmp_path):
    rows, columns = np.mgrid[:1300, :1700]
    picture = np.stack([columns % 256 // 2, rows % 256 // 2, np.full(rows.shape, 90)], axis=-1)
    picture = picture.astype(np.uint8)
    whole = np.pad(picture, ((0, 512), (0, 512), (0, 0)))

    def paint(left, top, side):
        return whole[top : top + side, left : left + side]

    path = tmp_path / "ground.tif"
    geotiff.write(path, (1700, 1300), paint, PLACE, part=512)
    first = path.read_bytes()
    with rasterio.open(path) as file:
        assert (file.width, file.height, file.count) == (1700, 1300, 3)
        assert file.crs.to_epsg() == 4548
        assert tuple(file.transform)[:6] == (0.5, 0.0, 500_000.0, 0.0, -0.5, 4_300_000.0)
        assert file.overviews(1) == [2]
        assert file.tags()["TIFFTAG_COPYRIGHT"] == PLACE.credit
        assert file.tags()["TIFFTAG_DATETIME"] == PLACE.taken
        read = np.moveaxis(file.read(), 0, -1).astype(int)
        small = np.moveaxis(file.read(out_shape=(3, 325, 425)), 0, -1).astype(int)
    assert np.abs(read - picture).mean() < 4
    assert small[100, 100] == pytest.approx(picture[400:404, 400:404].mean(axis=(0, 1)), abs=12)
    geotiff.write(path, (1700, 1300), paint, PLACE, part=512)
    assert path.read_bytes() == first
