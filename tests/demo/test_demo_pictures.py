"""The demo from the air and from its streets: what is painted lies where the plan has it."""

import numpy as np
import pytest
import shapely

from mapdesk.demo import aerial, street_view
from mapdesk.demo.furniture import steps
from mapdesk.demo.materials import MATERIALS
from mapdesk.demo.standpoints import standpoints

HALF = 32
"""Half a side of a painted square, pixels of a metre."""


@pytest.fixture(scope="module")
def view(town_frames):
    """The town in late summer of its own year."""
    return aerial.view_of(town_frames, 2026, spring=False)


def square(view, x, y):
    """Paint a square of metres around a place."""
    return aerial.paint(view, x - HALF, y + HALF, 2 * HALF).astype(int)


def middle(picture):
    """Return the mean colour of what a picture is of."""
    return picture[HALF - 2 : HALF + 2, HALF - 2 : HALF + 2].mean(axis=(0, 1))


def test_a_hall_has_a_roof_of_metal_or_concrete_and_a_shadow_north_west_of_it(town_frames, view):
    houses = town_frames["building"]
    plain = houses[(houses["use"] == "industrial") & (houses["floors"] <= 3)]
    areas = shapely.minimum_bounding_radius(np.asarray(plain.geometry.array))
    hall = plain.iloc[int(np.argmax(areas))].geometry
    x, y = hall.centroid.coords[0]
    names = (
        "blue lit",
        "blue dark",
        "metal lit",
        "metal dark",
        "rust lit",
        "rust dark",
        "roof white",
    )
    colours = np.array([MATERIALS[name].colour for name in names])
    picture = square(view, x, y)
    at = np.arange(2 * HALF) + 0.5
    columns, rows = np.meshgrid(x - HALF + at, y + HALF - at)
    roof = picture[shapely.contains_xy(hall.buffer(-2.0), columns, rows)]
    off = np.abs(roof[:, None] - colours).max(axis=2).min(axis=1)
    assert len(off) > 500
    assert np.mean(off < 25) > 0.8
    which = view.roofs.outer.tolist().index(hall)
    shadow = np.concatenate(view.roofs.shadows[which])
    assert shadow[:, 0].min() < hall.bounds[0] - 1
    assert shadow[:, 1].max() > hall.bounds[3] + 1


def test_water_is_water_and_asphalt_is_asphalt(town_frames, view):
    ground, roads = town_frames["land_use"], town_frames["road"]
    canal = ground[(ground["kind"] == "water") & (ground["name"] == "海门运河")].geometry.iloc[0]
    x, y = shapely.get_coordinates(shapely.point_on_surface(canal))[0]
    red, green, blue = middle(square(view, x, y))
    assert red < min(green, blue) < 120
    wide = roads[roads["kind"] == "primary"].geometry
    _which, at, along = steps(np.asarray(wide.array), 10.0, 40.0)
    side = (
        at[0] + np.array([-along[0, 1], along[0, 0]]) * 2.0
    )  # between the middle and the first dashes
    grey = square(view, *side)[HALF - 1 : HALF + 1, HALF - 1 : HALF + 1].mean(axis=(0, 1))
    assert np.ptp(grey) < 30


def test_what_was_built_later_is_a_field_or_a_building_site_before(town_frames, view):
    before = aerial.view_of(town_frames, 1995, spring=True, made=view.roofs)
    assert before.stood.sum() < view.stood.sum() == len(town_frames["building"])
    years = town_frames["building"]["year_built"].to_numpy(float)
    shapes = np.asarray(town_frames["building"].geometry.array)
    later = np.flatnonzero((years > 1995) & (shapely.area(shapes) > 400))
    place = shapely.get_coordinates(shapely.point_on_surface(shapes[later[:1]]))[0]
    red, _green, blue = middle(square(before, *place))
    assert red > blue + 12  # soil and stubble; a roof of today is grey here
    assert np.abs(middle(square(view, *place)) - middle(square(before, *place))).max() > 15


def test_the_same_frames_give_the_same_pixels_whichever_tile_they_are_in(town_frames, view):
    west, _south, _east, north = aerial.bounds(town_frames, 0.0)
    again = aerial.view_of(town_frames, 2026, spring=False)
    one = aerial.paint(view, west + 1024, north - 1024, 256)
    assert (one == aerial.paint(again, west + 1024, north - 1024, 256)).all()
    beside = aerial.paint(view, west + 1024 - 64, north - 1024, 256)
    assert (one[:, :192] == beside[:, 64:]).mean() > 0.98


def test_a_street_view_has_sky_above_street_below_and_houses_between(town_frames, view):
    at, streets = standpoints(town_frames, 1)
    assert len(at) == len(streets) >= 3
    walls = street_view.walls_of(town_frames)
    picture = street_view.render(view, walls, at[0], 256).astype(int)
    assert picture.shape == (128, 256, 3)
    assert (picture[8, :, 2] > picture[8, :, 0] + 40).all()
    assert np.median(picture[100], axis=0) == pytest.approx([117, 117, 117], abs=25)
    assert np.ptp(picture[60], axis=0).max() > 60
    assert (picture == street_view.render(view, walls, at[0], 256)).all()


def test_a_wall_is_highest_where_it_is_nearest(view):
    # One wall of 20 m, 10 m high, ten metres north: its top is highest in the middle of the picture.
    walls = street_view.Walls(
        np.array([[-10.0, 10.0]]),
        np.array([[10.0, 10.0]]),
        np.array([0]),
        np.array([10.0]),
        street_view.looks(
            np.array(["school"], object), np.array([3.0]), np.array([10.0]), np.array([2000.0])
        ),
    )
    seen = street_view.render(view, walls, np.array([0.0, 0.0]), 256).astype(int)
    wall = seen[:64, :, 0] > seen[:64, :, 2]
    tops = [int(np.argmax(wall[:, column])) for column in (104, 128, 152)]
    assert tops[1] < min(tops[0], tops[2])
    assert not wall[:, :64].any()
