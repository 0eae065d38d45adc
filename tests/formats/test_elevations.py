"""Elevation models are read to the metre in another CRS, or refused in a sentence."""

import resource
from contextlib import suppress

import numpy as np
import pyproj
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from rasterio.enums import ColorInterp
from rasterio.shutil import copy
from rasterio.transform import Affine

from mapdesk.analysis.terrain import Terrain
from mapdesk.formats.rasters.elevations import MOST_SAMPLES, read_terrain
from mapdesk.formats.rasters.gaps import filled
from mapdesk.formats.terrain_file import keyed, packed, unpacked
from mapdesk.model.errors import CrsError, InputError, NotFoundError, WorldError
from tests.formats.elevation_files import slope, write_heights

CRS = "EPSG:32650"
CENTRE = (440_000.0, 2_720_000.0)
EXTENT = (439_800.0, 2_719_800.0, 440_200.0, 2_720_200.0)
"""400 m a side."""


def places(extent, count=200):
    rng = np.random.default_rng(1)
    return np.column_stack([rng.uniform(*extent[0::2], count), rng.uniform(*extent[1::2], count)])


def expected(xy, size=10.0, centre=CENTRE, shape=(80, 100)):
    """Return what `slope` says at places: exact, for it is a plane."""
    column = (xy[:, 0] - centre[0]) / size + shape[1] / 2 - 0.5
    row = (centre[1] - xy[:, 1]) / size + shape[0] / 2 - 0.5
    return 20.0 + 0.1 * column + 0.2 * row


@pytest.mark.parametrize(
    ("ending", "driver"), [("tif", "GTiff"), ("img", "HFA"), ("asc", "AAIGrid"), ("tif", "COG")]
)
def test_the_ground_is_where_the_file_says(tmp_path, ending, driver):
    path = tmp_path / f"dem.{ending}"
    if driver in ("AAIGrid", "COG"):
        made = write_heights(tmp_path / "made.tif", slope(), CRS, CENTRE)
        copy(made, path, driver=driver)
    else:
        write_heights(path, slope(), CRS, CENTRE, driver=driver)
    terrain, _ = read_terrain([path], CRS, EXTENT)
    xy = places(EXTENT)
    assert terrain.at(xy) + terrain.datum == pytest.approx(expected(xy), abs=0.02)
    # It goes a fifth of the district's side beyond it, and no farther.
    assert np.array(terrain.bounds) == pytest.approx(
        np.array(EXTENT) + [-100, -100, 100, 100], abs=10
    )
    assert terrain.step == pytest.approx(10)
    lowest = expected(np.array([[EXTENT[0], EXTENT[3]]]))[0]
    assert lowest - 3 < terrain.datum <= lowest and terrain.datum == int(terrain.datum)


@settings(max_examples=8)
@given(
    st.sampled_from(["EPSG:4326", "EPSG:3857", "EPSG:32651", "EPSG:2451", "EPSG:4490"]),
    st.floats(-25, 25),
    st.floats(0.6, 1.6),
)
def test_it_is_brought_from_any_crs_however_it_lies(tmp_path_factory, crs, turn, stretch):
    """The file is a plane over the district's metres, its pixels turned and stretched."""
    to_file = pyproj.Transformer.from_crs(CRS, crs, always_xy=True)
    corner, right, below = np.column_stack(
        to_file.transform(
            CENTRE[0] + np.array([0.0, 10.0, 0.0]),
            CENTRE[1] + np.array([0.0, 0.0, -10.0 * stretch]),
        )
    )
    axes = Affine(
        *(right - corner)[:1], (below - corner)[0], 0, (right - corner)[1], (below - corner)[1], 0
    )
    at = Affine.translation(*corner) @ axes @ Affine.rotation(turn) @ Affine.translation(-50, -50)
    row, column = np.mgrid[:100, :100] + 0.5
    x, y = to_file.transform(*(at @ (column, row)), direction="INVERSE")
    heights = 50 + 0.01 * (x - CENTRE[0]) - 0.02 * (y - CENTRE[1])
    path = tmp_path_factory.mktemp("dem") / "dem.tif"
    write_heights(path, heights.astype(np.float32), crs, CENTRE, transform=at)
    extent = (439_900.0, 2_719_900.0, 440_100.0, 2_720_100.0)
    terrain, _ = read_terrain([path], CRS, extent)
    xy = places(extent)
    plane = 50 + 0.01 * (xy[:, 0] - CENTRE[0]) - 0.02 * (xy[:, 1] - CENTRE[1])
    assert terrain.at(xy) + terrain.datum == pytest.approx(plane, abs=0.06)


@pytest.mark.parametrize(
    ("declared", "said", "factor"),
    [
        ("", "", 1.0),
        ("ft", "", 0.3048),
        ("US survey foot", "", 1200 / 3937),
        ("", "ft", 0.3048),
        ("metre", "ft", 0.3048),
    ],
)
def test_feet_become_metres(tmp_path, declared, said, factor):
    path = write_heights(tmp_path / "dem.tif", slope(), CRS, CENTRE, units=declared)
    terrain, _ = read_terrain([path], CRS, EXTENT, said_unit=said)
    xy = places(EXTENT)
    assert terrain.at(xy) + terrain.datum == pytest.approx(expected(xy) * factor, abs=0.02)


def test_feet_of_a_vertical_crs_become_metres(tmp_path):
    # WGS 84 / UTM 50N with heights in US survey feet (NAVD 88).
    path = write_heights(tmp_path / "dem.tif", slope(), f"{CRS}+6360", CENTRE)
    terrain, _ = read_terrain([path], CRS, EXTENT)
    assert terrain.at([CENTRE])[0] + terrain.datum == pytest.approx(
        expected(np.array([CENTRE]))[0] * 1200 / 3937, abs=0.02
    )


def test_a_tile_of_the_radar_mission_is_read_by_its_name(tmp_path):
    heights = np.full((1201, 1201), -32768, ">i2")
    heights[300:900, 300:900] = 77
    path = tmp_path / "N24E118.hgt"
    path.write_bytes(heights.tobytes())
    to_metres = pyproj.Transformer.from_crs(4326, CRS, always_xy=True)
    x, y = to_metres.transform(118.5, 24.5)
    terrain, _ = read_terrain([path], CRS, (x - 300, y - 300, x + 300, y + 300))
    assert terrain.reach == (0.0, 0.0)
    assert terrain.datum == 77


def test_gaps_are_filled_from_around_and_the_edge_goes_on(tmp_path):
    heights = slope()
    heights[30:50, 40:60] = -9999
    path = write_heights(tmp_path / "dem.tif", heights, CRS, CENTRE, nodata=-9999)
    whole, _ = read_terrain(
        [write_heights(tmp_path / "whole.tif", slope(), CRS, CENTRE)], CRS, EXTENT
    )
    terrain, _ = read_terrain([path], CRS, EXTENT)
    xy = places(EXTENT)
    assert terrain.at(xy) + terrain.datum == pytest.approx(whole.at(xy) + whole.datum, abs=3)
    # A district beyond the file's eastern edge.
    beside = (440_300.0, 2_719_900.0, 440_900.0, 2_720_100.0)
    terrain, _ = read_terrain([path], CRS, beside)
    edge, beyond = terrain.at([(440_490, 2_720_000), (440_900, 2_720_000)])
    assert beyond == pytest.approx(edge, abs=0.3)


def test_files_beside_each_other_are_joined(tmp_path):
    whole, west = slope(), (CENTRE[0] - 250, CENTRE[1])
    paths = [
        write_heights(tmp_path / "w.tif", whole[:, :50], CRS, west),
        write_heights(tmp_path / "e.tif", whole[:, 50:], CRS, (CENTRE[0] + 250, CENTRE[1])),
        write_heights(tmp_path / "far.tif", whole, CRS, (CENTRE[0] + 9_000, CENTRE[1])),
    ]
    terrain, _ = read_terrain(paths, CRS, EXTENT)
    xy = places(EXTENT)
    assert terrain.at(xy) + terrain.datum == pytest.approx(expected(xy), abs=0.1)
    with pytest.raises(CrsError, match=r"far\.tif .* has no heights of this district"):
        read_terrain(paths[2:], CRS, EXTENT)
    paths[1].write_bytes(paths[1].read_bytes()[:3000])
    with pytest.raises(InputError, match=r"e\.tif is damaged"):
        read_terrain(paths, CRS, EXTENT)


@given(
    arrays(
        np.float64,
        st.tuples(st.integers(1, 9), st.integers(1, 9)),
        elements=st.one_of(st.floats(-10, 10), st.just(np.nan)),
    ).filter(lambda heights: np.isfinite(heights).any())
)
def test_what_fills_a_gap_lies_between_what_is_known(heights):
    found = filled(heights)
    known = np.isfinite(heights)
    assert found.shape == heights.shape
    assert found[known] == pytest.approx(heights[known], abs=1e-5)
    assert found.min() >= np.nanmin(heights) - 1e-5 and found.max() <= np.nanmax(heights) + 1e-5


def test_a_large_file_is_averaged_within_a_bounded_memory(tmp_path):
    """270 MB, of which the district needs all."""
    path = tmp_path / "large.tif"
    side = 8192
    with rasterio.open(
        path, "w", driver="GTiff", width=side, height=side, count=1, dtype="float32", crs=CRS,
        transform=Affine(0.5, 0, CENTRE[0] - side / 4, 0, -0.5, CENTRE[1] + side / 4),
        tiled=True, sparse_ok=True, nodata=-1,
    ) as file:  # fmt: skip
        for at in range(0, side, 1024):
            block = np.full((1024, 1024), at / 1024, np.float32)
            file.write(block, 1, window=((at, at + 1024), (0, 1024)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    half = side / 4
    extent = (CENTRE[0] - half, CENTRE[1] - half, CENTRE[0] + half, CENTRE[1] + half)
    terrain, _ = read_terrain([path], CRS, extent)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
    assert max(terrain.heights.shape) == MOST_SAMPLES
    assert terrain.at([(CENTRE[0] - half + 200, CENTRE[1] + half - 200)])[0] == pytest.approx(0)


def write_bands(path, count, dtype, **more):
    """Write a small file of ones where the district is."""
    with rasterio.open(
        path, "w", driver="GTiff", width=8, height=8, count=count, dtype=dtype, crs=CRS,
        transform=Affine(100, 0, CENTRE[0] - 400, 0, -100, CENTRE[1] + 400), **more,
    ) as file:  # fmt: skip
        file.write(np.ones((count, 8, 8), dtype))


def palette(path):
    write_bands(path, 1, "uint8")
    with rasterio.open(path, "r+") as file:
        file.colorinterp = [ColorInterp.palette]
        file.write_colormap(1, {1: (255, 0, 0, 255)})


def cut_off(path):
    write_heights(path, slope(), CRS, CENTRE)
    path.write_bytes(path.read_bytes()[:9000])


BAD = {
    "nothing there": (lambda _path: None, NotFoundError, "There is no file"),
    "a text": (lambda path: path.write_text("hills"), InputError, "no heights of a known kind"),
    "colours": (
        lambda path: write_bands(path, 3, "uint8", photometric="RGB"),
        InputError,
        "picture in colours .* keep it as imagery",
    ),
    "a palette": (palette, InputError, "picture in colours"),
    "two bands": (
        lambda path: write_bands(path, 2, "float32"),
        InputError,
        "has 2 bands, and heights are one",
    ),
    "cut off": (cut_off, InputError, "damaged or cut off"),
    "no CRS": (
        lambda path: write_heights(path, slope(), None, CENTRE),
        CrsError,
        "say it with --crs",
    ),
    "complex": (
        lambda path: write_heights(path, slope().astype(np.complex64), CRS, CENTRE),
        InputError,
        "other numbers",
    ),
    "elsewhere": (
        lambda path: write_heights(path, slope(), CRS, (500_000, 2_800_000)),
        CrsError,
        "no heights of this district",
    ),
    "on another continent": (
        lambda path: write_heights(path, slope(), "EPSG:32618", CENTRE),
        CrsError,
        "no heights of this district",
    ),
    "gaps alone": (
        lambda path: write_heights(path, slope() * 0 - 9999, CRS, CENTRE, nodata=-9999),
        InputError,
        "nothing but gaps",
    ),
    "gaps not told": (
        lambda path: write_heights(path, slope() * 0 - 9999, CRS, CENTRE),
        InputError,
        "from -9,999 to -9,999 m, which no ground has",
    ),
    "too high": (
        lambda path: write_heights(path, slope() + 9500, CRS, CENTRE),
        InputError,
        "which no ground has",
    ),
    "gaps of the largest number there is": (
        lambda path: write_heights(path, slope() * 0 - 3.4e38, CRS, CENTRE),
        InputError,
        r"from -3\.4e\+38 to -3\.4e\+38 m",
    ),
    "an unknown unit": (
        lambda path: write_heights(path, slope(), CRS, CENTRE, units="cubits"),
        InputError,
        "in 'cubits'",
    ),
}


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("what", list(BAD))
def test_what_is_wrong_is_one_sentence(tmp_path, what):
    write, error, says = BAD[what]
    path = tmp_path / "dem.tif"
    write(path)
    with pytest.raises(error, match=says) as caught:
        read_terrain([path], CRS, EXTENT)
    said = str(caught.value)
    assert "dem.tif" in said and said.endswith(".") and "\n" not in said


def test_a_file_broken_anywhere_is_one_sentence_or_ground(tmp_path):
    """Keys of a GeoTIFF, and places far beyond any number, come out of files that are damaged."""
    whole = write_heights(tmp_path / "a.tif", slope(20, 20), CRS, CENTRE, 30.0).read_bytes()
    rng = np.random.default_rng(8)
    refused = 0
    for turn in range(60):
        broken = bytearray(whole if turn % 3 else whole[: rng.integers(1, len(whole))])
        for at in rng.integers(0, min(len(broken), 700), 6 if turn % 3 else 0):
            broken[at] = rng.integers(0, 256)
        path = tmp_path / f"{turn}.tif"
        path.write_bytes(broken)
        try:
            terrain, _ = read_terrain([path], CRS, EXTENT)
            assert np.isfinite(terrain.heights).all()
        except WorldError:
            refused += 1
    assert 20 < refused < 60


def test_a_file_without_a_place_is_refused(tmp_path):
    path = tmp_path / "dem.tif"
    Image.fromarray(slope()).save(path)
    with pytest.raises(InputError, match="no place on earth"):
        read_terrain([path], CRS, EXTENT)


def test_it_leads_to_no_other_file(tmp_path):
    made = write_heights(tmp_path / "dem.tif", slope(), CRS, CENTRE)
    copy(made, tmp_path / "dem.vrt", driver="VRT")
    with pytest.raises(InputError, match="no heights of a known kind"):
        read_terrain([tmp_path / "dem.vrt"], CRS, EXTENT)


def test_what_the_user_says_of_the_crs_counts_where_the_file_is_silent(tmp_path):
    path = write_heights(tmp_path / "dem.tif", slope(), None, CENTRE)
    terrain, _ = read_terrain([path], CRS, EXTENT, said_crs=CRS)
    assert terrain.at([CENTRE])[0] + terrain.datum == pytest.approx(
        expected(np.array([CENTRE]))[0], abs=0.02
    )
    with pytest.raises(CrsError, match="cannot be read as GCJ-02"):
        read_terrain([path], CRS, EXTENT, said_crs="GCJ-02")


def test_what_is_kept_is_read_again_to_the_bit(tmp_path):
    path = write_heights(tmp_path / "dem.tif", slope(), CRS, CENTRE)
    terrain, _ = read_terrain([path], CRS, EXTENT)
    again = unpacked(packed(terrain), terrain.key)
    assert (again.heights == terrain.heights).all()
    assert (again.x, again.y, again.step, again.datum) == (
        terrain.x,
        terrain.y,
        terrain.step,
        terrain.datum,
    )
    other, _ = read_terrain([path], CRS, EXTENT, said_unit="ft")
    assert keyed(other).key != keyed(terrain).key
    assert keyed(read_terrain([path], CRS, EXTENT)[0]).key == keyed(terrain).key


@given(st.binary(max_size=200), st.integers(0, 3000))
def test_damage_to_what_is_kept_is_told(noise, at):
    heights = np.random.default_rng(0).integers(0, 50, (20, 20)).astype(np.float32)
    whole = packed(Terrain(0, 0, 10, heights, 3))
    spoilt = whole[:at] + noise + whole[at + len(noise) :]
    with suppress(InputError):
        assert np.isfinite(unpacked(spoilt, "k").heights).all()


@pytest.mark.real_data
def test_helsinki_is_as_rasterio_reads_it(real_data):
    path = real_data / "helsinki/elevation_model_2021_lapinlahti.tif"
    with rasterio.open(path) as file:
        to_metres = pyproj.Transformer.from_crs(file.crs, 3067, always_xy=True)
        rng = np.random.default_rng(2)
        row, column = (
            rng.integers(30, file.height - 30, 400),
            rng.integers(30, file.width - 30, 400),
        )
        values = file.read(1)[row, column]
        xy = np.column_stack(to_metres.transform(*(file.transform @ (column + 0.5, row + 0.5))))
    extent = (*xy.min(axis=0).tolist(), *xy.max(axis=0).tolist())
    terrain, _ = read_terrain([path], "EPSG:3067", extent)
    off = np.abs(terrain.at(xy) + terrain.datum - values)
    # Samples lie between pixels: a cliff of the quay is off by part of its height.
    assert np.median(off) < 0.02 and np.percentile(off, 95) < 0.3
    assert 0 <= terrain.reach[1] + terrain.datum <= 12
