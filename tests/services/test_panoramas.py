"""Panoramas come in with their pictures, are accounted for, and go back again, on both engines."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from mapdesk.analysis.picking import PrismPicker
from mapdesk.analysis.standing import founded
from mapdesk.analysis.terrain import Terrain
from mapdesk.formats.gcj02 import wgs84_to_gcj02
from mapdesk.model.errors import CancelledError, ConflictError, InputError, NotFoundError
from mapdesk.services import panorama_imports, panoramas
from mapdesk.store import media, places, writing
from tests.conftest import quiet
from tests.panoramas import street, write

LON, LAT = 117.01, 39.0


def load(store, folder, **options):
    return panorama_imports.import_folder(store, folder, progress=quiet, **options)


def kept(store):
    return [path for path, _content in media.files(store) if path.startswith("media/panoramas/")]


def test_a_folder_comes_in_and_can_be_walked_through(empty, tmp_path):
    folder = street(tmp_path / "walk", LON, LAT)
    (folder / "note.txt").write_text("not looked at")
    (folder / "bad.jpg").write_text("no picture")
    write(folder / "elsewhere.jpg", 30.0, 10.0, picture=None)
    report = load(empty, folder)
    assert (report.read, report.new) == (6, {"panorama": 4})
    assert dict(report.refused).keys() == {"bad.jpg", "elsewhere.jpg"}
    stops = panoramas.stops(empty)
    assert len(stops) == len(kept(empty)) == 4
    assert set(stops.credits) == {"A. Maker"}
    assert "A. Maker" in places.attributions(empty)
    west = int(np.argmin(stops.xy[:, 0]))
    assert stops.nearest(*stops.xy[west]) == west
    (way,) = stops.hops(west)
    assert way.bearing == pytest.approx(90, abs=1)
    assert panoramas.picture(empty, stops.files[west]).shape == (256, 512, 3)


def test_pictures_are_kept_without_what_cameras_add(empty, tmp_path):
    write(tmp_path / "a.jpg", LON, LAT, credit="A. Maker", said={"Owner": "SN-4711"})
    assert b"SN-4711" in (tmp_path / "a.jpg").read_bytes()
    load(empty, tmp_path)
    (content,) = dict(media.files(empty)).values()
    assert b"SN-4711" not in content and b"A. Maker" not in content
    assert "A. Maker" in places.attributions(empty)
    assert load(empty, tmp_path).refused == [("a.jpg", "is in the district already")]


def test_directions_are_turned_from_true_north_to_the_grids(empty, tmp_path):
    write(tmp_path / "east.jpg", 119.5, 45.0, heading=90)  # 2.5 degrees east of the zone's middle
    load(empty, tmp_path)
    assert panoramas.stops(empty).headings[0] == pytest.approx(90 - 1.768, abs=0.01)


def test_shifted_positions_are_put_right(empty, tmp_path):
    lon, lat = wgs84_to_gcj02(LON, LAT)
    write(tmp_path / "a.jpg", float(lon), float(lat))
    load(empty, tmp_path, gcj02=True)
    x, y = empty.district.from_lonlat(LON, LAT)
    assert panoramas.stops(empty).xy[0] == pytest.approx([float(x), float(y)], abs=0.05)


def test_an_import_is_taken_back_whole_and_no_other(empty, tmp_path):
    load(empty, street(tmp_path / "first", LON, LAT))
    load(empty, street(tmp_path / "second", LON, LAT + 0.01, count=5))
    twice = load(empty, tmp_path / "first")
    assert {reason for _name, reason in twice.refused} == {"is in the district already"}
    assert [(one.title, one.count) for one in panorama_imports.imports(empty)] == [
        ("second", 5),
        ("first", 4),
    ]
    first = panorama_imports.imports(empty)[1]
    assert panorama_imports.undo_import(empty, first.id).taken.count == 4
    assert len(panoramas.stops(empty)) == len(kept(empty)) == 5
    panorama_imports.undo_import(empty)
    assert kept(empty) == []
    with pytest.raises(NotFoundError, match="no import of panoramas"):
        panorama_imports.undo_import(empty)


def test_an_import_that_was_taken_back_is_brought_back_whole(empty, tmp_path):
    load(empty, street(tmp_path / "walk", LON, LAT), credit="The makers")
    rows, pictures = everything(empty), dict(media.files(empty))
    undone = panorama_imports.undo_import(empty, most=10_000_000)
    assert not kept(empty) and undone.size > 1000
    assert panorama_imports.redo_import(empty, undone).count == 4
    assert everything(empty) == rows and dict(media.files(empty)) == pictures
    assert "The makers" in places.attributions(empty)
    with pytest.raises(ConflictError, match="imported again"):
        panorama_imports.redo_import(empty, undone)
    with pytest.raises(InputError, match="import the folder again"):
        panorama_imports.redo_import(empty, panorama_imports.undo_import(empty, most=1000))


def everything(store):
    ids = places.features(store, "panorama", geometry=False).ids.tolist()
    return [row | {"geometry": row["geometry"].wkb} for row in places.rows(store, "panorama", ids)]


def test_trying_writes_nothing(empty, tmp_path):
    report = load(empty, street(tmp_path / "walk", LON, LAT), dry_run=True)
    assert (report.new, report.written) == ({"panorama": 4}, False)
    assert len(panoramas.stops(empty)) == 0
    assert kept(empty) == []


def test_stopping_leaves_nothing_behind(empty, tmp_path):
    def stop(_text, part):
        if part > 0.4:
            raise CancelledError

    with pytest.raises(CancelledError):
        panorama_imports.import_folder(empty, street(tmp_path / "walk", LON, LAT), progress=stop)
    assert len(panoramas.stops(empty)) == 0
    assert kept(empty) == []


def test_nothing_but_bad_files_is_one_sentence(empty, tmp_path):
    (tmp_path / "bad.jpg").write_text("no picture")
    with pytest.raises(InputError, match=r"No picture in .* bad\.jpg, is damaged or no picture"):
        load(empty, tmp_path)
    with pytest.raises(NotFoundError, match="no panoramas yet"):
        panoramas.stops(empty).nearest(0, 0)


@pytest.mark.parametrize(
    "path", ["media/clip.mp4", "audit/secret", "media/panoramas/../../district.toml", "/etc/hosts"]
)
def test_only_pictures_of_the_map_are_read(empty, path):
    media.keep(empty, "media/clip.mp4", b"a camera's")
    with pytest.raises(NotFoundError, match="has no file"):
        panoramas.picture(empty, path)


def test_a_damaged_file_is_named(empty):
    media.keep(empty, "media/panoramas/one.jpg", b"nothing")
    with pytest.raises(InputError, match=r"The panorama media/panoramas/one\.jpg is damaged"):
        panoramas.picture(empty, "media/panoramas/one.jpg")


def test_cameras_in_sight_stand_at_their_height_over_the_ground(empty):
    points = gpd.GeoDataFrame(
        {"id": ["hung", "pole", "hidden", "far"], "name": ["Gate", "", "Yard", "Far"],
         "z": [6.0, None, 3.0, 3.0]},
        geometry=gpd.points_from_xy([40.0, 0.0, -41.0, 400.0], [0.0, 20.0, 0.0, 0.0]),
    )  # fmt: skip
    with writing.transaction(empty) as connection:
        writing.upsert(empty, connection, {"camera": points})
    rising = Terrain(-500.0, -500.0, 1000.0, np.array([[0, 100], [0, 100]], np.float32))
    wall = np.array([shapely.box(-20, -5, -15, 5)], object)
    stand = founded(rising, wall, [9.0])
    walls = PrismPicker.of(wall, stand.foot, stand.ground + 9.0)
    found = panoramas.cameras_around(empty, np.zeros(2), rising, walls)
    assert [(one.ref.id, one.title) for one in found] == [("pole", "pole"), ("hung", "Gate")]
    # A metre in ten eastwards: the ground there lies 4 m above the ground here.
    assert found[1].offset == pytest.approx((40.0, 0.0, 4.0 + 6.0 - panoramas.EYE))
    assert found[0].offset[2] == pytest.approx(panoramas.USUAL_POLE - panoramas.EYE)
    level = panoramas.cameras_around(empty, np.zeros(2), None, None)
    assert {one.ref.id for one in level} == {"pole", "hung", "hidden"}
    assert level[1].offset[2] == pytest.approx(6.0 - panoramas.EYE)


def test_ways_on_rise_with_the_ground(empty, tmp_path):
    load(empty, street(tmp_path / "walk", LON, LAT))
    stops = panoramas.stops(empty)
    west = int(np.argmin(stops.xy[:, 0]))
    x, y = stops.xy[west] - 1000.0
    rising = Terrain(x, y, 2000.0, np.array([[0, 400], [0, 400]], np.float32))
    (way,) = stops.hops(west, rising)
    assert way.rise == pytest.approx(way.metres / 5, rel=0.05)
    assert stops.hops(west)[0].rise == 0.0
