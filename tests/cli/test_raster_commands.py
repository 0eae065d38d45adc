"""``mapdesk raster`` and the base maps of ``mapdesk shot``, as typed."""

import json

import numpy as np
import pytest
from PyQt6.QtGui import QImage

from mapdesk.cli.main import main
from mapdesk.services import districts
from tests.formats.printed import texts
from tests.formats.raster_files import GREEN, RED, plain, tile_server, write_tiff


@pytest.fixture
def picture(town_folder, tmp_path):
    """A red picture of the whole town, 4 km a side."""
    with districts.open_district(town_folder) as store:
        district = store.district
    return write_tiff(tmp_path / "may.tif", plain(), district.crs, district.origin, 8.0)


BARE = ("--size", "400x300", "--layers", "component", "--no-names")
"""No symbols and names: they would lie over what is looked at."""


def run(capsys, *words):
    status = main([str(word) for word in words])
    said = capsys.readouterr()
    return status, said.out, said.err


def colours(path):
    """Return the colour of each pixel (h, w, 3) of a PNG."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGBX8888)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    pixels = np.frombuffer(bits, np.uint8).reshape(image.height(), image.width(), 4)
    return pixels[..., :3].copy()


def part_of(path, colour):
    return (np.abs(colours(path).astype(int) - colour).max(axis=2) < 4).mean()


def test_a_bad_picture_is_called_by_its_file_and_by_its_name_where_it_has_one(
    town_folder, tmp_path, capsys
):
    bad = tmp_path / "may.tif"
    bad.write_bytes(b"no picture at all" * 99)
    assert run(capsys, "raster", "add", town_folder, bad)[2].startswith("may.tif is no picture")
    named = run(capsys, "raster", "add", town_folder, bad, "--name", "Spring")
    assert named[0] and named[2].startswith("Spring is no picture")


def test_rasters_are_added_listed_set_and_removed(town_folder, picture, capsys):
    add = ("raster", "add", town_folder, picture, "--attribution", "City survey")
    assert run(capsys, *add)[0] == 0
    assert run(capsys, *add, "--name", "June", "--opacity", "0.5")[0] == 0
    status, said, _ = run(capsys, "raster", "list", town_folder, "--json")
    assert [(one["name"], one["opacity"]) for one in json.loads(said)] == [
        ("June", 0.5),
        ("may", 1.0),
    ]
    status, said, _ = run(
        capsys,
        "raster",
        "set",
        town_folder,
        "June",
        "--order",
        "-1",
        "--brightness",
        "1.4",
        "--hide",
    )
    assert status == 0
    assert [line.split()[:3] for line in said.splitlines()] == [
        ["may", "file", "shown"],
        ["June", "file", "hidden"],
    ]
    assert run(capsys, "raster", "remove", town_folder, "June")[1].count("\n") == 1
    status, _, error = run(capsys, "raster", "remove", town_folder, "June")
    assert status == 1 and "no raster 'June'" in error


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.tif",), "There is no file"),
        (("https://example.org/tiles",), "put z, x and y into it"),
        (("https://h/{z}/{x}/{y}", "--levels", "7"), "no range of levels"),
        (("https://h/{z}/{x}/{y}", "--levels", "9-3"), "Levels go from 0 to 24"),
        (("a.tif", "--bands", "red"), "names no bands"),
        (("a.tif", "--bands", "1,2"), "one band for grey, or three"),
        (("a.tif", "--opacity", "2"), "Opacity goes from 0 to 1"),
    ],
)
def test_what_cannot_be_added_is_one_sentence(town_folder, capsys, words, said):
    status, _, error = run(capsys, "raster", "add", town_folder, *words)
    assert status == 1
    assert said in error and error.count("\n") == 1


def test_a_shot_of_each_base_map(town_folder, picture, tmp_path, capsys):
    shot = ("shot", town_folder, tmp_path / "a.png", "--size", "400x300", "--basemap")
    status, _, error = run(capsys, *shot, "imagery")
    assert status == 1 and "No imagery is shown in this district" in error
    run(capsys, "raster", "add", town_folder, picture)
    assert run(capsys, *shot, "imagery", *BARE[2:])[0] == 0
    assert part_of(tmp_path / "a.png", RED) > 0.5
    assert run(capsys, *shot, "3d")[0] == 0
    standing = colours(tmp_path / "a.png")
    assert run(capsys, *shot, "vector")[0] == 0
    assert part_of(tmp_path / "a.png", RED) < 0.01
    assert (colours(tmp_path / "a.png") != standing).any(axis=2).mean() > 0.02


def test_a_shot_of_two_dates(town_folder, picture, tmp_path, capsys):
    with districts.open_district(town_folder) as store:
        district = store.district
    june = write_tiff(tmp_path / "june.tif", plain(GREEN), district.crs, district.origin, 8.0)
    for path in (picture, june):
        run(capsys, "raster", "add", town_folder, path)
    shot = ("shot", town_folder, tmp_path / "a.png", *BARE, "--pitch", "90", "--distance", "2500")
    assert run(capsys, *shot, "--swipe", "may", "june", "--divider", "0.3")[0] == 0
    found = colours(tmp_path / "a.png").astype(int)
    assert (np.abs(found[:, :110] - RED).max(axis=2) < 4).mean() > 0.5
    assert (np.abs(found[:, 130:] - GREEN).max(axis=2) < 4).mean() > 0.5
    assert (np.abs(found[:, 130:] - RED).max(axis=2) < 4).mean() < 0.01
    status, _, error = run(capsys, *shot, "--swipe", "may", "july")
    assert status == 1 and "'july' is not drawn" in error
    status, _, error = run(capsys, *shot, "--swipe", "may", "june", "--divider", "3")
    assert status == 1 and "from 0 to 1 of the width" in error


def test_a_shot_goes_on_without_a_dead_host_and_says_so(town_folder, picture, tmp_path, capsys):
    with tile_server() as server:
        address = server.address + "/{z}/{x}/{y}.png"
    shot = ("shot", town_folder, tmp_path / "a.png", *BARE, "--basemap", "imagery")
    run(capsys, "raster", "add", town_folder, address, "--name", "Aerial")
    run(capsys, "raster", "add", town_folder, picture)
    status, said, _ = run(capsys, *shot)
    assert status == 0
    assert said.count("127.0.0.1 does not answer") == 1
    assert part_of(tmp_path / "a.png", RED) > 0.5
    picture.unlink()
    status, said, _ = run(capsys, *shot)
    assert status == 0 and "There is no file" in said
    sheet = ("print", town_folder, tmp_path / "a.pdf", "--basemap", "imagery")
    status, said, _ = run(capsys, *sheet)
    assert status == 0 and "There is no file" in said and "does not answer" in said


def test_a_shot_of_a_server_works_without_it_the_second_time(town_folder, tmp_path, capsys):
    shot = ("shot", town_folder, tmp_path / "a.png", *BARE, "--basemap", "imagery")
    with tile_server() as server:
        run(
            capsys,
            "raster",
            "add",
            town_folder,
            server.address + "/{z}/{x}/{y}",
            "--levels",
            "0-15",
        )
        assert run(capsys, *shot)[0] == 0
        assert server.asked
    status, said, _ = run(capsys, *shot)
    assert status == 0 and "does not answer" not in said
    assert part_of(tmp_path / "a.png", RED) > 0.5


@pytest.mark.usefixtures("fine_sheets")
def test_a_printed_map_has_imagery_in_its_own_density_and_names_its_source(
    town_folder, tmp_path, capsys
):
    with districts.open_district(town_folder) as store:
        district = store.district
    stripes = plain(side=2048)
    stripes[:, :, ::2] = np.array(GREEN, np.uint8)[:, None, None]  # half a metre wide each
    path = write_tiff(tmp_path / "may.tif", stripes, district.crs, district.origin, 0.5)
    run(capsys, "raster", "add", town_folder, path, "--attribution", "City survey")
    lon, lat = (float(value) for value in district.to_lonlat(*district.origin))
    printed = tmp_path / "map.png"
    words = ("--scale", "2000", "--at", f"{lon},{lat}", "--basemap", "imagery", *BARE[2:4])
    assert run(capsys, "print", town_folder, printed, "--without", "legend", *words)[0] == 0
    pixels = colours(printed).astype(int)
    rows, columns = (side // 2 for side in pixels.shape[:2])
    middle = pixels[rows, columns - 60 : columns + 60]
    red, green = (np.abs(middle - colour).max(axis=1) < 60 for colour in (RED, GREEN))
    # At 1:2000 and 300 dots an inch a stripe is three dots wide; on the screen's tiles it would be a blur.
    assert red.mean() > 0.25 and green.mean() > 0.25
    pdf = tmp_path / "map.pdf"
    assert run(capsys, "print", town_folder, pdf, *words)[0] == 0
    assert any("City survey" in text for text in texts(pdf)[0])
