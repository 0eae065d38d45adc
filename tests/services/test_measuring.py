"""Lengths and areas on the ellipsoid and in the plane."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.analysis.terrain import Terrain
from mapdesk.model.district import District
from mapdesk.model.errors import InputError
from mapdesk.services.measuring import measure, say_area, say_details, say_length, say_value

CRS = "EPSG:4548"
DISTRICT = District("Somewhere", CRS)
GEOD = pyproj.Geod(ellps="WGS84")
TO_DEGREES = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True)

places = st.tuples(st.floats(480_000, 560_000), st.floats(4_250_000, 4_350_000))


@given(places, places)
def test_a_distance_is_that_of_the_ellipsoid(one, other):
    points = np.array([(*one, 0.0), (*other, 0.0)])
    found = measure(DISTRICT, "distance", points)
    lon, lat = TO_DEGREES.transform(points[:, 0], points[:, 1])
    _there, _back, metres = GEOD.inv(lon[0], lat[0], lon[1], lat[1])
    assert found.geodesic == pytest.approx(metres, abs=1e-6)
    # A 3-degree Gauss-Kruger zone stretches by less than one in 2,000 here.
    assert found.projected == pytest.approx(metres, rel=5e-4, abs=1e-6)


@given(places, st.floats(5, 5_000), st.floats(5, 5_000), st.floats(0, 360))
def test_an_area_is_that_of_the_ellipsoid_whichever_way_round(corner, width, height, turn):
    box = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    angle = np.radians(turn)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = np.column_stack([box @ spin.T + corner, np.zeros(4)])
    found, back = (measure(DISTRICT, "area", ring) for ring in (points, points[::-1]))
    lon, lat = TO_DEGREES.transform(points[:, 0], points[:, 1])
    area, around = GEOD.polygon_area_perimeter(lon, lat)
    assert found.geodesic == back.geodesic == pytest.approx(abs(area), rel=1e-9)
    assert found.around == pytest.approx(around)
    assert found.projected == pytest.approx(width * height)
    assert found.projected == pytest.approx(found.geodesic, rel=1e-3)


def test_a_height_knows_level_and_straight():
    points = np.array([[500_000, 4_300_000, 0.0], [500_030, 4_300_040, 120.0]])
    found = measure(DISTRICT, "height", points)
    assert found.rise == 120.0
    assert found.geodesic == pytest.approx(50, rel=1e-3)
    assert found.straight == pytest.approx(130, rel=1e-3)
    assert say_value(found) == "120.00 m"
    assert "level 50.0" in say_details(found, CRS)


def test_too_few_points_are_refused():
    with pytest.raises(InputError):
        measure(DISTRICT, "area", np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (say_length(12.345), "12.35 m"),
        (say_length(12_345.6), "12.346 km"),
        (say_length(100, "feet"), "328.1 ft"),
        (say_length(3218.688, "feet"), "2.000 mi"),
        (say_area(812.44), "812.4 m²"),
        (say_area(12_500), "1.25 ha"),
        (say_area(3.1e6), "3.100 km²"),
        (say_area(10_000, "mu"), "1.00 ha (15.0 mu)"),
        (say_area(4046.8564224, "feet"), "1.00 ac"),
    ],
)
def test_values_are_said_with_their_units(said, text):
    assert said == text


def test_a_height_is_between_the_ground_of_both_places():
    x, y = 520_000.0, 4_300_000.0
    slope = np.tile(np.arange(20, dtype=np.float32), (20, 1))
    ground = Terrain(x, y, 10.0, slope, 100.0)
    points = np.array([[x, y, 0.0], [x + 100, y, 5.0]])
    assert measure(DISTRICT, "height", points, ground).rise == pytest.approx(15)
    assert measure(DISTRICT, "height", points).rise == pytest.approx(5)
