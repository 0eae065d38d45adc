"""Meshes have the area, height and winding of what they were made of."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mapdesk.analysis.extrude import flat, prisms


def area_of(points, triangles):
    a, b, c = (points[triangles[:, corner]].astype(float) for corner in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2


@st.composite
def footprints(draw):
    x, y = draw(st.integers(-500, 500)), draw(st.integers(-500, 500))
    w, d = draw(st.integers(4, 60)), draw(st.integers(4, 60))
    box = shapely.box(x, y, x + w, y + d)
    kind = draw(st.sampled_from(["box", "hole", "notch", "round"]))
    if kind == "hole":
        return box.difference(shapely.box(x + 1, y + 1, x + w - 1, y + d - 1).buffer(-0.2))
    if kind == "notch":
        return box.difference(shapely.box(x + w / 2, y + d / 2, x + w, y + d))
    if kind == "round":
        return shapely.Point(x, y).buffer(w)
    return box


@settings(max_examples=60)
@given(st.lists(footprints(), min_size=1, max_size=6), st.integers(2, 90))
def test_a_prism_has_the_roof_and_walls_of_its_footprint(shapes, height):
    polygons = np.array(shapes, object)
    mesh = prisms(polygons, 0.0, float(height), (0.0, 0.0))
    expected = shapely.area(polygons).sum() + shapely.length(polygons).sum() * height
    assert area_of(mesh.points, mesh.triangles) == pytest.approx(expected, rel=1e-3)
    assert mesh.points[:, 2].min() == 0
    assert mesh.points[:, 2].max() == height
    assert set(mesh.owner.tolist()) == set(range(len(shapes)))


@settings(max_examples=60)
@given(st.lists(st.tuples(footprints(), st.booleans()), min_size=1, max_size=6))
def test_binary_makes_the_mesh_that_its_polygons_make(drawn):
    shapes = np.array([shapely.reverse(one) if turned else one for one, turned in drawn], object)
    plain = shapely.to_wkb(shapes, byte_order=1)
    # Of polygons among which there is another kind each is asked for its rings.
    asked = np.append(shapes, shapely.MultiPolygon())
    wanted, found = (prisms(kind, 0.0, 9.0, (20.0, -30.0)) for kind in (asked, plain))
    for part in ("points", "triangles", "owner", "shade"):
        assert np.array_equal(getattr(wanted, part), getattr(found, part))


@pytest.mark.parametrize("order", [0, 1])
def test_binary_of_anything_else_is_parsed(order):
    box = shapely.box(0, 0, 10, 10)
    odd = [shapely.MultiPolygon([box, shapely.box(20, 0, 30, 10)]), shapely.Polygon(), None]
    shapes = np.array([box, *odd], object)
    wkb = shapely.to_wkb(shapes, byte_order=order)
    wanted, found = prisms(shapes, 0.0, 9.0, (0.0, 0.0)), prisms(wkb, 0.0, 9.0, (0.0, 0.0))
    assert np.array_equal(wanted.points, found.points)
    assert set(found.owner.tolist()) == {0, 1}


@settings(max_examples=60)
@given(st.lists(footprints(), min_size=1, max_size=6))
def test_flat_triangles_cover_the_polygon_and_face_up(shapes):
    polygons = np.array(shapes, object)
    mesh = flat(polygons, (0.0, 0.0))
    assert area_of(mesh.points, mesh.triangles) == pytest.approx(
        shapely.area(polygons).sum(), rel=1e-3
    )
    a, b, c = (mesh.points[mesh.triangles[:, corner]].astype(float) for corner in range(3))
    assert (np.cross(b - a, c - a)[:, 2] >= -1e-3).all()


def test_what_comes_later_is_painted_over_what_came_before():
    court = shapely.box(0, 0, 90, 90).difference(shapely.box(30, 30, 60, 60))
    octagon = shapely.Point(45, 45).buffer(20, quad_segs=2)
    mesh = flat(np.array([court, shapely.box(10, 10, 50, 50), octagon, court], object), (0.0, 0.0))
    painted = mesh.owner[mesh.triangles[:, 0]]
    assert (np.diff(painted) >= 0).all()
    assert set(painted.tolist()) == {0, 1, 2, 3}


def test_walls_face_outwards():
    mesh = prisms(np.array([shapely.box(0, 0, 10, 10)], object), 0.0, 5.0, (0.0, 0.0))
    a, b, c = (mesh.points[mesh.triangles[:, corner]].astype(float) for corner in range(3))
    normal, middle = np.cross(b - a, c - a), (a + b + c) / 3 - [5, 5, 0]
    walls = np.abs(normal[:, 2]) < 1e-6
    assert walls.sum() == 8
    assert (np.einsum("ij,ij->i", normal[walls, :2], middle[walls, :2]) > 0).all()


def test_large_coordinates_keep_their_millimetres():
    shape = np.array(
        [shapely.box(39_512_345.123, 4_301_234.456, 39_512_346.123, 4_301_235.456)], object
    )
    mesh = prisms(shape, 0.0, 3.0, (39_512_000.0, 4_301_000.0))
    assert np.ptp(mesh.points[:, 0]) == pytest.approx(1.0, abs=1e-3)


def test_nothing_gives_an_empty_mesh():
    assert len(prisms(np.array([], object), 0.0, 1.0, (0, 0)).points) == 0
    assert len(flat(np.array([shapely.Polygon()], object), (0, 0)).points) == 0
