"""Services: what a user gets, with the record kept and the rules held."""

import json
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely

from mapdesk.model.access import Access
from mapdesk.model.errors import ConflictError, CrsError, InputError, NotFoundError, PurposeError
from mapdesk.model.nouns import LAND_USES
from mapdesk.model.selection import Ref
from mapdesk.model.shapes import Circle
from mapdesk.services import (
    cameras,
    cards,
    catalogue,
    city,
    correcting,
    districts,
    editing,
    export,
    finding,
    importing,
    nearest,
    residents,
    scenery,
    selecting,
)
from mapdesk.services.import_report import report_text
from mapdesk.services.live import LiveWorkers
from mapdesk.store import audit, places, search

ANALYST = Access("tester", "analyst", "checking the register")
NOBODY = Access("tester", "analyst")


@pytest.fixture
def full_building(town):
    from tests.store.test_store import places_of_people

    return places_of_people(town).most_common(1)[0][0]


@pytest.fixture
def middle(town, full_building):
    """A place among homes, metres."""
    inside = places.row(town, "building", full_building)["geometry"].representative_point()
    return inside.x, inside.y


def test_people_need_a_purpose_and_leave_a_record(town, full_building):
    with pytest.raises(PurposeError):
        residents.people_of_building(town, NOBODY, full_building)
    assert audit.last(town) == []
    found = residents.people_of_building(town, ANALYST, full_building)
    assert found
    assert all(set(row["name"][1:]) == {"*"} for row in found)
    assert not {"phone", "identity_number"} & set(found[0])
    look = audit.last(town)[0]
    # A server writes its own word for who; what the desk said stands beside it.
    assert "tester" in (look["detail"] if town.is_shared else look["who"])
    assert look["purpose"] == "checking the register"
    assert (look["action"], look["subject"]) == ("people of building", full_building)


def test_person_to_home_and_home_to_people(town, full_building):
    person = residents.people_of_building(town, ANALYST, full_building)[0]
    home = residents.home_of(town, ANALYST, person["id"])
    assert home.building["id"] == full_building
    assert home.unit["floor"] == person["floor"]
    assert all("*" in home.person[name] for name in ("name", "phone", "identity_number"))
    assert person["id"] in [member["id"] for member in home.household]
    levels = [grid["level"] for grid in home.grids]
    assert levels == sorted(levels)
    assert len(levels) >= 2


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: residents.home_of(store, NOBODY, "P000001"),
        lambda store: residents.find_people(store, NOBODY, "王"),
        lambda store: cameras.open_cameras(store, NOBODY, ["C0001"]),
    ],
)
def test_every_door_to_personal_data_asks_why(town, ask):
    with pytest.raises(PurposeError):
        ask(town)
    assert audit.last(town) == []


def test_people_are_found_only_with_a_purpose(town):
    assert all(one.ref.noun != "person" for one in finding.find(town, "王", NOBODY))
    with_purpose = finding.find(town, "王", ANALYST)
    assert with_purpose[0].ref.noun == "person"
    assert "*" in with_purpose[0].title
    assert with_purpose[0].x is not None


def test_finding_looks_at_every_noun_it_names(town):
    for noun, columns in search.SEARCHED.items():
        features = places.features(town, noun, columns[:1], geometry=False)
        name = next(text for text in features.columns[columns[0]].tolist() if text)
        assert noun in {one.ref.noun for one in finding.find(town, name)}, noun


def test_a_selection_counts_the_people_of_its_buildings(town, middle):
    shape = Circle(*middle, 300)
    found = selecting.select(town, selecting.GESTURE_NOUNS, shape)
    assert not found.people.is_asked
    found = selecting.counted(town, ANALYST, found)
    expected = sum(
        len(residents.people_of_building(town, ANALYST, key)) for key in found.ids("building")
    )
    assert found.people.count == expected > 0


def test_shift_adds_and_ctrl_subtracts_people_too(town, middle):
    small = selecting.select(town, ["building"], Circle(*middle, 300))
    large = selecting.select(town, ["building"], Circle(*middle, 700))
    pairs = small, large, small.combined(large, "add"), large.combined(small, "subtract")
    few, many, both, ring = (selecting.counted(town, ANALYST, one).people.count for one in pairs)
    assert both == many
    assert ring == many - few


def test_unknown_kinds_are_named(town):
    with pytest.raises(InputError, match="no place on the map"):
        selecting.select(town, ["person"], Circle(0, 0, 1))
    with pytest.raises(InputError, match="not a kind of thing"):
        selecting.select(town, ["dragon"], Circle(0, 0, 1))
    with pytest.raises(InputError, match="choose from"):
        nearest.nearest(town, "grid", 0, 0, 1)


def test_nearest_workers_are_available_and_in_order(town):
    west, south, east, north = places.extent(town)
    x, y = (west + east) / 2, (south + north) / 2
    found = nearest.nearest(town, "worker", x, y, 5)
    rows = places.features(town, "worker", ["status"])
    free = rows.columns["status"] == "available"
    metres = np.sort(np.hypot(*(rows.xy[free] - [x, y]).T))[:5]
    assert [one.metres for one in found] == pytest.approx(metres.tolist())
    assert {one.status for one in found} == {"available"}
    assert all("available" in one.reason for one in found)


def test_bearings_are_true(empty):
    x, y = empty.district.from_lonlat([117.0, 117.0, 117.01], [39.0, 39.01, 39.0])
    assert empty.district.bearing(x[0], y[0], x[1], y[1]) == pytest.approx(0, abs=0.05)
    assert empty.district.bearing(x[0], y[0], x[2], y[2]) == pytest.approx(90, abs=0.05)


def test_the_live_feed_moves_those_on_gps_only(town):
    live = LiveWorkers.of(town)
    before = live.positions
    after = live.step(5.0)
    moved = np.flatnonzero((before.xy != after.xy).any(axis=1))
    assert set(after.ids[moved].tolist()) <= set(live.walkers.tolist())
    assert len(moved) > 0.9 * len(live.walkers) > 0


def test_a_card_holds_what_hangs_on_a_building(town, full_building):
    card = cards.card_of(town, Ref("building", full_building), access=ANALYST)
    assert card.people.count == len(residents.people_of_building(town, ANALYST, full_building))
    assert [floor for floor, _units in card.floors] == sorted(
        (floor for floor, _units in card.floors), reverse=True
    )
    assert sum(residents.households_of_building(town, ANALYST, full_building).values()) > 0
    assert [grid["level"] for grid in card.grids] == sorted(grid["level"] for grid in card.grids)


@pytest.mark.parametrize("noun", ["camera", "worker", "grid", "organisation", "incident", "sensor"])
def test_every_noun_on_the_map_has_a_card(town, noun):
    key = places.features(town, noun).ids[0]
    card = cards.card_of(town, Ref(noun, key))
    assert card.title
    assert card.x is not None


@pytest.mark.embedded
def test_backup_and_restore_lose_nothing(town, tmp_path, progress):
    audit.record(town, ANALYST, "look", "x")
    before = places.counts(town)
    file = tmp_path / "b.zip"
    districts.backup(town, file, progress)
    districts.restore(file, tmp_path / "again", progress)
    with districts.open_district(tmp_path / "again") as again:
        assert places.counts(again) == before
        assert again.district == town.district
        assert audit.last(again)[0]["subject"] == "x"
    with pytest.raises(InputError, match="not empty"):
        districts.restore(file, tmp_path / "again", progress)


def test_a_bad_backup_leaves_nothing_behind(tmp_path, progress):
    file = tmp_path / "b.zip"
    file.write_bytes(b"no zip")
    with pytest.raises(InputError, match="not a backup"):
        districts.restore(file, tmp_path / "d", progress)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("district.toml", "format = 1")
        archive.writestr("store.duckdb", "rubbish")
        archive.writestr("../evil", "x")
    with pytest.raises(InputError):
        districts.restore(file, tmp_path / "d", progress)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip"]


@pytest.mark.parametrize("crs", ["EPSG:4326", "nonsense", "EPSG:999999", "EPSG:2263"])
def test_a_district_needs_a_crs_in_metres(tmp_path, crs):
    with pytest.raises(CrsError):
        districts.create_district(tmp_path / "d", "D", crs)
    assert not (tmp_path / "d").exists()


def geojson(path, *features):
    content = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": shapely.geometry.mapping(shape),
            }
            for properties, shape in features
        ],
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def house(lon=117.0, lat=39.0, size=0.0002):
    return shapely.box(lon, lat, lon + size, lat + size)


def test_an_import_updates_on_repetition(empty, tmp_path, progress):
    file = geojson(
        tmp_path / "houses.geojson",
        ({"id": 1, "height": 9}, house()),
        ({"id": 2, "height": "tall"}, house(117.001)),
    )
    first = importing.import_file(empty, file, "buildings", progress=progress)
    assert (first.read, first.new["building"], len(first.refused)) == (2, 1, 1)
    again = importing.import_file(empty, file, "buildings", progress=progress)
    assert (again.new["building"], again.updated["building"]) == (0, 1)
    assert empty.district.origin != (0.0, 0.0)


def test_the_history_of_a_place_tells_what_a_file_read_again_changed(empty, tmp_path, progress):
    def read(*houses):
        file = geojson(tmp_path / "houses.geojson", *((one, house()) for one in houses))
        importing.import_file(empty, file, "buildings", progress=progress)
        return {
            one["name"]: correcting.history_of(empty, access, Ref("building", one["id"]))
            for one in places.rows(empty, "building", list(places.features(empty, "building").ids))
        }

    access = empty.identity
    first = read({"id": 1, "name": "North", "height": 9})["North"]
    assert [(one["change"], one["source"]) for one in first] == [("new", "houses.geojson")]
    assert read({"id": 1, "name": "North", "height": 9})["North"] == first
    told = read({"id": 1, "name": "South", "height": 9}, {"id": 2, "name": "West"})
    (changed, entered) = told["South"]
    assert (changed["field"], changed["old"], changed["new"]) == ("name", "North", "South")
    assert (changed["kind"], changed["source"]) == ("place import", "houses.geojson")
    assert entered == first[0]
    assert [one["change"] for one in told["West"]] == ["new"]
    (batch,) = editing.batches(empty, access)
    assert (batch["title"], batch["changes"]) == ("houses.geojson", 2)
    with pytest.raises(ConflictError, match="is not undone"):
        correcting.undo(empty, access, batch["id"])


def test_a_dry_run_writes_nothing(empty, tmp_path, progress):
    file = geojson(tmp_path / "houses.geojson", ({"id": 1}, house()))
    report = importing.import_file(empty, file, "buildings", dry_run=True, progress=progress)
    assert (report.kept, report.written) == (1, False)
    assert places.counts(empty)["building"] == 0


def test_another_file_cannot_overwrite_by_chance(empty, tmp_path, progress):
    one = geojson(tmp_path / "one.geojson", ({"id": 1, "name": "first"}, house()))
    two = geojson(
        tmp_path / "two.geojson",
        ({"id": 1, "name": "second"}, house(117.01)),
        ({"id": 2}, house(117.02)),
    )
    importing.import_file(empty, one, "buildings", progress=progress)
    report = importing.import_file(empty, two, "buildings", progress=progress)
    assert (report.new["building"], len(report.refused)) == (1, 1)
    assert "one.geojson" in report.refused[0][1]
    meant = importing.import_file(empty, two, "buildings", key="id", progress=progress)
    assert meant.updated["building"] == 2


def test_a_stopped_import_changes_nothing(empty, tmp_path):
    from mapdesk.model.errors import CancelledError

    def stop(text, _part):
        if text == "Written":
            raise CancelledError

    file = geojson(tmp_path / "houses.geojson", ({"id": 1}, house()))
    with pytest.raises(CancelledError):
        importing.import_file(empty, file, "buildings", progress=stop)
    assert places.counts(empty)["building"] == 0


def test_people_are_settled_by_address(town, tmp_path, progress):
    address = places.where(town, "building", "use", ["residential"], 1)[0]["address"]
    file = tmp_path / "people.csv"
    file.write_text(
        f"id,name,sex,address\nX1,张三,男,{address}\nX2,李四,女,nowhere\n", encoding="utf-8"
    )
    report = importing.import_file(town, file, "people", progress=progress)
    assert report.kept == 2
    home = residents.home_of(town, ANALYST, "X1")
    assert home.building["address"] == address
    assert any("no building" in note for note in report.notes)


def test_circles_and_areas_come_in_degrees_and_go_out_in_degrees(town, middle, tmp_path):
    lon, lat = town.district.to_lonlat(*middle)
    circle = export.circle_at(town, float(lon), float(lat), 500)
    assert (circle.x, circle.y) == pytest.approx(middle, abs=1e-3)
    ring = shapely.Point(float(lon), float(lat)).buffer(0.004)
    area = export.area_from_geojson(town, geojson(tmp_path / "a.geojson", ({}, ring)))
    found = selecting.select(town, ["building"], area)
    written = export.feature_collection(town, selecting.details(town, found, ["building"]))
    back = gpd.GeoDataFrame.from_features(written, crs=4326)
    assert len(back) == len(found) > 0
    assert back.intersects(ring.buffer(1e-6)).all()


@pytest.mark.parametrize(
    ("text", "says"), [("{}", "not GeoJSON"), ("rubbish", "not GeoJSON"), ("", "not GeoJSON")]
)
def test_bad_polygon_files_are_one_sentence(town, tmp_path, text, says):
    file = tmp_path / "a.geojson"
    file.write_text(text)
    with pytest.raises(InputError, match=says):
        export.area_from_geojson(town, file)
    with pytest.raises(NotFoundError):
        export.area_from_geojson(town, tmp_path / "none.geojson")


def test_an_empty_district_has_an_empty_scene(empty):
    assert city.begin(empty, (0.0, 0.0)).tiles == ()
    assert all(not len(layer.kinds) for layer in scenery.ground(empty, (0.0, 0.0)))
    assert places.extent(empty) is None
    assert districts.describe(empty).extent is None


def test_every_land_use_is_drawn(town):
    """A kind that no flat layer takes would be neither seen nor counted."""
    drawn = sum(
        len(layer.kinds)
        for layer in scenery.ground(town, town.district.origin)
        if layer.name.startswith("land_use")
    )
    assert drawn == places.counts(town)["land_use"]
    grouped = [kind for group in scenery._FLAT_ORDER for kind in group]
    assert sorted(grouped) == sorted(LAND_USES)


@pytest.mark.parametrize(
    "squares",
    [
        {"park": 0.004, "water": 0.002, "grass": 0.0005},
        {"park": 0.004, "square": 0.002, "grass": 0.0005, "water": 0.0002},
    ],
    ids=["an island over its lake", "lawns over their square"],
)
def test_what_lies_within_something_is_drawn_over_it(empty, tmp_path, progress, squares):
    rows = [
        {
            "type": "Feature",
            "properties": {"id": kind, "kind": kind},
            "geometry": json.loads(shapely.to_geojson(shapely.Point(117, 39).buffer(half))),
        }
        for kind, half in squares.items()
    ]
    path = tmp_path / "land.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    importing.import_file(empty, path, "land-use", progress=progress)
    layers = scenery.ground(empty, empty.district.origin)
    assert [kind for layer in layers for kind in layer.kinds.tolist()] == [*squares]


def test_an_import_is_reported_in_the_language_of_the_desk(empty, tmp_path, progress):
    path = tmp_path / "shops.csv"
    path.write_text(
        "id,name,kind,lon,lat\ns1,小店,shop,117.0021,39.0013\ns2,,shop,117.0022,39.0014\n", "utf-8"
    )
    report = importing.import_file(empty, path, "organisations", progress=progress)
    catalogue.speak("zh_CN")
    told = report_text(report).splitlines()
    assert told[0] == "shops.csv：读取 2，保留 1，拒绝 1"
    assert "  坐标按 EPSG:4326 (WGS 84) 读取" in told
    assert told[-1] == "  第 3 行: 没有姓名"
