"""Which CRS counts, and the sentences when none can."""

from __future__ import annotations

import pyproj
import pytest
import shapely

from mapdesk.formats.coordinates import horizontal, parse_crs, same, settle, to_district, usable
from mapdesk.formats.reading import DeclaredCrs, ReadOptions
from mapdesk.model.errors import CrsError, InputError

DEGREES = shapely.points([[24.9, 60.17]])
METRES = shapely.points([[385_000.0, 6_672_000.0]])


def crs(code: int) -> pyproj.CRS:
    return pyproj.CRS.from_epsg(code)


def test_a_declaration_counts() -> None:
    assert settle("f", DeclaredCrs(crs(3067)), None, METRES).crs == crs(3067)


def test_an_assumption_that_agrees_is_fine() -> None:
    source = settle("f", DeclaredCrs(pyproj.CRS("OGC:CRS84")), "EPSG:4326", DEGREES)
    assert same(source.crs, crs(4326))


@pytest.mark.parametrize("assume", ["EPSG:3067", "GCJ-02"])
def test_a_contradiction_names_both(assume: str) -> None:
    with pytest.raises(CrsError, match=f"EPSG:3879 .*{assume}"):
        settle("f.gpkg", DeclaredCrs(crs(3879)), assume, METRES)


def test_openstreetmap_is_never_gcj02() -> None:
    with pytest.raises(CrsError, match=r"EPSG:4326 .*GCJ-02"):
        settle("f.pbf", DeclaredCrs(crs(4326), "fixed"), "GCJ-02", DEGREES)


def test_gcj02_hides_behind_wgs84() -> None:
    assert settle("f", DeclaredCrs(crs(4326), "standard"), "gcj-02", DEGREES).gcj02


def test_nobody_says() -> None:
    with pytest.raises(CrsError, match=r"f.csv does not say .*--assume-crs"):
        settle("f.csv", None, None, METRES)


def test_geojson_in_metres() -> None:
    declared = DeclaredCrs(crs(4326), "standard")
    with pytest.raises(CrsError, match="are not degrees"):
        settle("f.geojson", declared, None, METRES)
    assert settle("f.geojson", declared, "EPSG:3067", METRES).crs == crs(3067)


def test_nonsense_for_a_crs() -> None:
    with pytest.raises(CrsError, match="'EPSG:nought' is not a coordinate reference system"):
        parse_crs("EPSG:nought")


def test_outside_the_district_names_both() -> None:
    source = settle("f", DeclaredCrs(crs(4326)), None, DEGREES)
    with pytest.raises(CrsError, match=r"24\.90, 60\.17.*district's CRS, EPSG:32618"):
        to_district("f", DEGREES, source, crs(32618))


def test_outside_its_own_crs() -> None:
    source = settle("f", DeclaredCrs(crs(28992)), None, METRES)
    with pytest.raises(CrsError, match=r"area of use of its CRS, EPSG:28992"):
        to_district("f", METRES, source, crs(32631))


def test_swapped_coordinates_are_recognised() -> None:
    swapped = shapely.points([[39.0, 117.0]])
    with pytest.raises(CrsError, match="swapped"):
        to_district("f", swapped, settle("f", None, "EPSG:4326", swapped), crs(32650))


def test_single_strays_are_refused_by_row() -> None:
    points = shapely.points([[117.0, 39.0], [117.1, 39.0], [2.0, 48.0]])
    _, reasons = to_district("f", points, settle("f", None, "EPSG:4326", points), crs(32650))
    assert [bool(reason) for reason in reasons] == [False, False, True]


def test_converted_as_pyproj_converts() -> None:
    source = settle("f", DeclaredCrs(crs(4326)), None, DEGREES)
    moved, _ = to_district("f", DEGREES, source, crs(3067))
    expected = pyproj.Transformer.from_crs(4326, 3067, always_xy=True).transform(24.9, 60.17)
    assert (moved[0].x, moved[0].y) == pytest.approx(expected)


def test_compound_and_placeholder_crs() -> None:
    assert horizontal(crs(7415)) == crs(28992)
    assert (
        usable(
            pyproj.CRS(
                'ENGCRS["Undefined Cartesian SRS",EDATUM["x"],CS[Cartesian,2],'
                'AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
            )
        )
        is None
    )


@pytest.mark.parametrize("code", [4326, 2263])
def test_a_district_needs_metres(code: int) -> None:
    with pytest.raises(InputError, match="projected CRS in metres"):
        ReadOptions("building", crs(code))
