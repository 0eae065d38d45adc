"""Landmarks are brought in whole, kept, changed, taken out and brought back, on both engines."""

from dataclasses import replace

import numpy as np
import pytest

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, NotFoundError, RightsError
from mapdesk.services import landmarks
from mapdesk.store import media, places
from tests import models

PLACE = (500_100.0, 4_300_100.0)


@pytest.fixture
def glb(tmp_path):
    return models.write_glb(tmp_path / "house.glb")


def test_a_model_is_kept_and_stands_where_it_was_put(town, glb):
    made = landmarks.add(
        town, glb, name="  Old   hall ", at=PLACE, heading=450, scale=2.0, base=1.5, credit="Ann"
    )
    assert landmarks.landmarks(town) == [made]
    assert (made.name, made.heading) == ("Old hall", 90.0)
    assert "Ann" in places.attributions(town)
    (standing,), failed = landmarks.standing(town, town.district.origin)
    assert failed == []
    points = standing.mesh.points + np.array([*town.district.origin, 0.0])
    # 10 m long and 4 m deep, doubled and turned by a quarter: 8 m east to west, 20 m south to north.
    assert points.min(axis=0) == pytest.approx([PLACE[0] - 4, PLACE[1] - 10, 1.5], abs=0.05)
    assert points.max(axis=0) == pytest.approx([PLACE[0] + 4, PLACE[1] + 10, 25.5], abs=0.05)


def test_a_heading_turns_clockwise(glb, town):
    solid = landmarks.read_model(town, glb)
    # Its east side looks south after a quarter turn.
    east = np.array([[[5.0, 0.0, 0.0], [5.0, 0.1, 0.0], [5.0, 0.0, 0.1]]])
    marked = replace(solid, corners=east, colours=solid.colours[:1], part=solid.part[:1])
    turned = landmarks.stand(landmarks.Landmark("L", "L", "", 0, 0, heading=90), marked, (0, 0))
    assert turned.mesh.points[0] == pytest.approx([0, -5, 0], abs=1e-5)


def test_a_city_model_stands_where_it_says(town, tmp_path):
    made = landmarks.add(town, models.write_city(tmp_path / "town.city.json"))
    assert (made.x, made.y) == pytest.approx((500_012.0, 4_300_003.0))
    with pytest.raises(InputError, match="says itself where it stands"):
        landmarks.add(town, tmp_path / "town.city.json", at=PLACE)


def test_a_model_that_says_no_place_needs_one(town, tmp_path, glb):
    for path in (glb, models.write_city(tmp_path / "town.json", None)):
        with pytest.raises(InputError, match="--at"):
            landmarks.add(town, path)
    assert landmarks.landmarks(town) == []


def test_it_is_changed_and_taken_out_and_brought_back(town, glb):
    made = landmarks.add(town, glb, at=PLACE)
    moved = landmarks.change(town, replace(made, x=PLACE[0] + 5, heading=-30.0, name="Hall"))
    assert landmarks.landmarks(town) == [moved]
    assert moved.heading == 330.0
    gone = landmarks.remove(town, moved)
    assert landmarks.landmarks(town) == []
    with pytest.raises(NotFoundError):
        media.of_map(town, moved.file)
    assert "house.glb" not in places.attributions(town)
    landmarks.restore(town, gone)
    assert landmarks.landmarks(town) == [moved]
    assert len(landmarks.standing(town, (0, 0))[0]) == 1
    assert "house.glb" in places.attributions(town)


def test_one_of_a_shared_source_goes_alone(town, glb):
    keeper = landmarks.add(town, glb, at=PLACE, credit="Ann")
    made = landmarks.add(town, glb, at=PLACE, credit="Bob")
    shared = landmarks.change(town, replace(made, source=keeper.source))
    gone = landmarks.remove(town, shared)
    assert landmarks.landmarks(town) == [keeper]
    assert "Ann" in places.attributions(town)
    landmarks.restore(town, gone)
    assert set(landmarks.landmarks(town)) == {keeper, shared}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"scale": 0.0}, "above 0"),
        ({"scale": -1.0}, "above 0"),
        ({"scale": 20_000.0}, "at most"),
        ({"base": 9e9}, "base"),
        ({"heading": float("nan")}, "numbers"),
        ({"scale": 9_999.0}, "km across"),
    ],
)
def test_numbers_that_cannot_be_are_refused(empty, glb, given, says):
    with pytest.raises(InputError, match=says):
        landmarks.add(empty, glb, at=PLACE, **given)
    assert landmarks.landmarks(empty) == []


def test_a_damaged_model_is_said_and_the_others_stand(town, glb):
    one = landmarks.add(town, glb, at=PLACE, name="One")
    landmarks.add(town, glb, at=PLACE, name="Two")
    media.keep(town, one.file, b"no model")
    standing, failed = landmarks.standing(town, (0, 0))
    assert [found.landmark.name for found in standing] == ["Two"]
    assert len(failed) == 1
    assert "One is damaged" in failed[0]
    media.discard(town, one.file)
    assert len(landmarks.standing(town, (0, 0))[1]) == 1


def test_only_who_may_edit_places_brings_models(empty, glb):
    owner = empty.identity
    empty.identity = Access("wang", "worker")
    with pytest.raises(RightsError):
        landmarks.add(empty, glb, at=PLACE)
    empty.identity = owner


def test_it_is_named_by_id_or_name(empty, glb):
    made = landmarks.add(empty, glb, at=PLACE, name="Hall")
    assert landmarks.landmark_of(empty, "Hall") == landmarks.landmark_of(empty, made.id) == made
    landmarks.add(empty, glb, at=PLACE, name="Hall")
    with pytest.raises(NotFoundError, match="no landmark 'Hall'"):
        landmarks.landmark_of(empty, "Hall")


@pytest.mark.parametrize(
    ("name", "says"), [("x.txt", "no model that is read"), ("x.glb", "no file")]
)
def test_a_file_that_is_none_is_said(empty, tmp_path, name, says):
    if name == "x.txt":
        (tmp_path / name).write_text("hello")
    with pytest.raises(InputError, match=says):
        landmarks.add(empty, tmp_path / name, at=PLACE)


def test_the_first_thing_of_a_district_gives_it_its_origin(empty, glb):
    landmarks.add(empty, glb, at=PLACE)
    assert empty.district.origin == (500_100.0, 4_300_100.0)
