"""Panoramas: what EXIF and XMP say of them, and why others are refused."""

import pytest
from PIL import Image

from mapdesk.formats import panoramas
from mapdesk.model.errors import InputError
from tests.panoramas import TAKEN, compass, write


def read(path):
    return panoramas.read(path.read_bytes())


def test_place_time_direction_and_maker_come_from_exif(tmp_path):
    found = read(write(tmp_path / "a.jpg", -74.0123456, -33.5, heading=271.5))
    assert found.lon == pytest.approx(-74.0123456, abs=1e-7)
    assert found.lat == pytest.approx(-33.5, abs=1e-7)
    assert found.heading == pytest.approx(271.5)
    assert found.taken_at == TAKEN
    assert found.credit == "A. Maker"


def test_the_heading_of_xmp_counts_before_that_of_exif(tmp_path):
    said = {"ProjectionType": "equirectangular", "PoseHeadingDegrees": "350.25"}
    assert read(write(tmp_path / "a.jpg", 1, 2, heading=10, said=said)).heading == 350.25


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"ProjectionType": "cylindrical"}, "is a cylindrical panorama"),
        ({"PoseHeadingDegrees": "north"}, None),
    ],
)
def test_other_projections_are_refused_and_odd_headings_passed_over(tmp_path, said, why):
    path = write(tmp_path / "a.jpg", 1, 2, heading=10, said=said)
    if why is None:
        assert read(path).heading == 10
        return
    with pytest.raises(InputError, match=why):
        read(path)


def untagged(path):
    Image.fromarray(compass(128)).save(path)


def at_zero(path):
    write(path, 0, 0)


def square(path):
    write(path, 1, 2, picture=compass(256)[:, :128])


def cut_short(path):
    write(path, 1, 2)
    path.write_bytes(path.read_bytes()[:3000])


def no_picture(path):
    path.write_text("not a picture")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (untagged, "has no position"),
        (at_zero, "has no position"),
        (square, "is 128 x 128 pixels, not twice as wide as high"),
        (cut_short, "is damaged"),
        (no_picture, "is damaged"),
    ],
)
def test_each_bad_file_has_its_sentence(tmp_path, make, why):
    path = tmp_path / "bad.jpg"
    make(path)
    with pytest.raises(InputError, match=why):
        read(path)


def test_pixels_are_no_wider_than_a_screen_shows(tmp_path, monkeypatch):
    content = write(tmp_path / "a.jpg", 1, 2, picture=compass(1024)).read_bytes()
    assert panoramas.pixels(content).shape == (512, 1024, 3)
    monkeypatch.setattr(panoramas, "WIDEST", 300)
    assert panoramas.pixels(content).shape == (150, 300, 3)


def test_a_folder_without_pictures_is_said_so(tmp_path):
    with pytest.raises(InputError, match="has no pictures"):
        panoramas.files_of(tmp_path)
    with pytest.raises(InputError, match="is not there"):
        panoramas.files_of(tmp_path / "nowhere")
