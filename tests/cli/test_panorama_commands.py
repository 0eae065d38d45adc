"""``mapdesk panorama``: import with a report, list, look, and undo."""

import json

import pytest
from PIL import Image

from mapdesk.services import districts, panoramas
from tests.panoramas import COLOURS, street


@pytest.fixture
def folder(town_folder, tmp_path):
    with districts.open_district(town_folder) as store:
        lon, lat = store.district.to_lonlat(*store.district.origin)
    made = street(tmp_path / "walk", float(lon), float(lat))
    (made / "bad.jpg").write_text("no picture")
    return made


def test_import_list_look_and_undo(run, town_folder, folder, tmp_path):
    status, out, _err = run("panorama", "import", town_folder, folder, "--credit", "The town")
    assert status == 0
    assert "5 read, 4 kept, 1 refused" in out
    assert "bad.jpg: is damaged or no picture" in out
    (listed,) = json.loads(run("panorama", "list", town_folder, "--json")[1])
    assert (listed["title"], listed["count"]) == ("walk", 4)
    with districts.open_district(town_folder) as store:
        stops = panoramas.stops(store)
        lon, lat = store.district.to_lonlat(*stops.xy[0])
    assert set(stops.credits) == {"The town"}
    picture = tmp_path / "look.png"
    words = ("--at", f"{float(lon)},{float(lat)}", "--bearing", "180", "--pitch", "-15")
    status, out, err = run(
        "panorama", "look", town_folder, picture, *words, "--size", "300x200", "--json"
    )
    assert (status, err) == (0, "")
    assert json.loads(out)["panorama"] in stops.ids
    with Image.open(picture) as image:
        assert image.size == (300, 200)
        assert image.convert("RGB").getpixel((150, 100)) == pytest.approx(COLOURS["S"], abs=40)
    status, out, _err = run("panorama", "undo", town_folder, "--source", listed["id"])
    assert (status, out.strip()) == (0, "Took back walk: 4 panoramas.")
    assert run("panorama", "list", town_folder)[1].strip() == "There are no panoramas."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("undo", "{town}"), "no import of panoramas"),
        (("import", "{town}", "/nowhere"), "is not there"),
        (("look", "{town}", "x.png", "--at", "117,39"), "has no panoramas yet"),
        (("look", "{town}", "x.jpg", "--at", "117,39"), "should end in .png"),
        (("look", "{town}", "x.png", "--at", "117,39", "--field-of-view", "170"), "20 to 100"),
    ],
)
def test_each_refusal_is_one_sentence(run, town_folder, words, said):
    status, _out, err = run("panorama", *(word.format(town=town_folder) for word in words))
    assert status == 1
    assert said in err
    assert len(err.strip().splitlines()) == 1
