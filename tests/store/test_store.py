"""The store keeps what it was given, answers as an independent computation does, and is held by one."""

import subprocess
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapdesk.model.errors import BusyError, InputError, NotFoundError
from mapdesk.model.nouns import NOUNS
from mapdesk.model.shapes import Area, Circle
from mapdesk.services import districts
from mapdesk.store import finding_people, fingerprint, people, places, search, writing
from mapdesk.store import grids as grids_store
from mapdesk.store.engines import embedded
from mapdesk.store.geometry import corners
from mapdesk.store.schema import METADATA, TABLES


def write(store, **frames):
    with writing.transaction(store) as connection:
        return writing.upsert(store, connection, frames)


def cameras(count, seed=1):
    xy = np.random.default_rng(seed).uniform(0, 1000, (count, 2))
    ids = [f"c{number:05}" for number in range(count)]
    return gpd.GeoDataFrame({"id": ids, "name": ids}, geometry=shapely.points(xy))


def test_a_row_comes_back_as_it_went_in(empty):
    shape = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(2, 2), (4, 2), (4, 4), (2, 4)]])
    frame = gpd.GeoDataFrame(
        {"id": ["b"], "name": ["海河 'O''Brien\" %_"], "floors": [6], "height": [18.5]},
        geometry=[shape],
    )
    assert write(empty, building=frame) == {"building": (1, 0)}
    row = places.row(empty, "building", "b")
    assert row["name"] == "海河 'O''Brien\" %_"
    assert (row["floors"], row["height"], row["use"]) == (6, 18.5, None)
    assert row["geometry"].equals(shape)


def test_writing_again_updates(empty):
    write(empty, camera=cameras(3))
    moved = cameras(4, seed=2)
    assert write(empty, camera=moved) == {"camera": (1, 3)}
    assert places.row(empty, "camera", "c00001")["geometry"].equals(moved.geometry[1])


def test_a_batch_is_kept_whole_or_not_at_all(empty):
    write(empty, camera=cameras(3))
    bad = pd.DataFrame({"id": ["u"], "building_id": ["nowhere"], "floor": [1]})
    with pytest.raises(InputError, match="nowhere"):
        write(empty, camera=cameras(9), unit=bad)
    assert places.counts(empty)["camera"] == 3
    assert places.counts(empty)["unit"] == 0


def told_when_failing(store):
    with pytest.raises(sa.exc.DBAPIError) as caught, store.engine.connect() as connection:
        connection.execute(sa.text("INSERT INTO nowhere VALUES (:name)"), {"name": "王伟"})
    return str(caught.value)


def test_an_error_does_not_tell_whom_it_was_about(empty):
    assert "nowhere" in told_when_failing(empty)
    assert "王伟" not in told_when_failing(empty)


def test_an_error_of_an_encrypted_district_does_not_tell_either(sealed_town):
    assert "nowhere" in told_when_failing(sealed_town)
    assert "王伟" not in told_when_failing(sealed_town)


def test_selections_see_what_was_just_written(empty):
    write(empty, camera=cameras(10))
    assert len(places.ids_within(empty, "camera", Circle(500, 500, 2000))) == 10
    write(empty, camera=cameras(20))
    assert len(places.ids_within(empty, "camera", Circle(500, 500, 2000))) == 20


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.floats(-100, 1100), st.floats(-100, 1100), st.floats(1, 600))
def test_a_circle_takes_what_geopandas_says(town, x, y, radius):
    west, south, _east, _north = places.extent(town)
    shape = Circle(west + 2 * x, south + 2 * y, radius)
    for noun in ("camera", "building", "incident"):
        features = places.index_of(town, noun).features
        series = gpd.GeoSeries(features.placed, index=features.ids)
        expected = series[series.distance(shapely.Point(shape.x, shape.y)) <= shape.radius].index
        assert places.ids_within(town, noun, shape) == tuple(sorted(expected))


def test_a_polygon_takes_what_geopandas_says(town):
    extent = places.extent(town)
    ring = shapely.Point((extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2).buffer(700)
    area = Area.from_geometry(ring.difference(ring.buffer(-300)))
    for noun in ("camera", "building", "grid", "road"):
        features = places.index_of(town, noun).features
        series = gpd.GeoSeries(features.placed, index=features.ids)
        expected = series[series.intersects(area.polygon)].index
        assert set(places.ids_within(town, noun, area)) == set(expected)


def test_people_of_a_building_are_those_of_its_rows(town):
    buildings = places.features(town, "building", geometry=False).ids
    residents = places_of_people(town)
    fullest = residents.most_common(1)[0][0]
    for key in [fullest, *buildings[:5].tolist()]:
        assert len(people.of_building(town, key)) == residents[key]
    assert people.count_in(town, buildings.tolist()) == sum(residents.values())
    floors = [row["floor"] for row in people.of_building(town, fullest)]
    assert floors == sorted(floors)


def places_of_people(store):
    from collections import Counter

    with store.connect() as connection:
        return Counter(connection.scalars(sa.select(TABLES["person"].c.building_id)).all())


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "; DROP TABLE camera; --", "\\", "王'"])
def test_searching_takes_any_text_literally(town, text):
    assert [
        row for row in search.find(town, text) if text.lower() not in row["title"].lower()
    ] == []
    assert all(text in row["name"] for row in finding_people.find(town, text, "name", 10))


def test_search_puts_whole_matches_first(empty):
    names = ["Harbour Street 1", "Old harbour", "Harbour"]
    frame = gpd.GeoDataFrame(
        {"id": ["a", "b", "c"], "name": names}, geometry=shapely.box([0, 2, 4], 0, [1, 3, 5], 1)
    )
    write(empty, building=frame)
    assert [row["id"] for row in search.find(empty, "harbour")] == ["c", "a", "b"]


@pytest.mark.embedded
def test_a_second_process_is_told_who_holds_the_district(town_folder, town):
    code = (
        "import sys; from pathlib import Path\n"
        "from mapdesk.services.districts import open_district\n"
        "from mapdesk.model.errors import BusyError\n"
        "try: open_district(Path(sys.argv[1]))\n"
        "except BusyError as error: print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(town_folder)], capture_output=True, text=True, check=True
    ).stdout
    assert str(BusyError(said)).count("\n") == 1
    assert "process" in said
    assert "close it there" in said


def test_opening_nothing_says_how_to_make_a_district(tmp_path):
    with pytest.raises(NotFoundError, match="mapdesk new"):
        districts.open_district(tmp_path)


def test_a_damaged_database_is_one_sentence(town_folder):
    (town_folder / "store.duckdb").write_bytes(b"rubbish" * 1000)
    with pytest.raises(InputError, match="restore it from a backup"):
        districts.open_district(town_folder)


SERVER_TABLES = (
    *("desk_user", "user_area", "user_code", "code_try", "proved_session", "ticket"),
    *("work_session", "asked"),
)
"""Tables of users and of what they ask, which a server alone has."""


def test_migrations_make_exactly_the_tables_of_the_nouns(empty):
    with empty.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema IN ('main', 'mapdesk')"
            )
        ).all()
    # The record of looks is no part of a district\'s data: store.audit makes its own tables.
    others = {"alembic_version", "look", "look_chain", "look_head", *SERVER_TABLES}
    found = {(table, column) for table, column in rows if table not in others}
    wanted = {(table.name, column.name) for table in METADATA.tables.values() for column in table.c}
    assert found == wanted
    assert set(NOUNS) == set(TABLES)


def test_the_fingerprint_changes_with_the_rows(empty):
    write(empty, camera=cameras(5))
    before = fingerprint.of_rows(empty, "camera", ["name"])
    assert fingerprint.of_rows(empty, "camera", ["name"]) == before
    write(empty, camera=cameras(5, seed=9))
    assert fingerprint.of_rows(empty, "camera", ["name"]) != before


def test_the_spatial_extension_loads_from_its_wheel():
    assert "DuckDB" in embedded.loaded_spatial_version()


def test_buildings_are_given_the_finest_grid_they_stand_in(empty):
    grids = gpd.GeoDataFrame(
        {"id": ["g1", "g2"], "level": [1, 2], "parent_id": [None, "g1"]},
        geometry=[shapely.box(0, 0, 100, 100), shapely.box(0, 0, 50, 50)],
    )
    houses = gpd.GeoDataFrame(
        {"id": ["in", "out", "far"]}, geometry=shapely.box([1, 60, 500], 1, [5, 70, 510], 9)
    )
    write(empty, grid=grids, building=houses)
    with writing.transaction(empty) as connection:
        assert grids_store.assign(empty, connection) == 2
        assert grids_store.assign(empty, connection) == 0
    found = [places.row(empty, "building", key)["grid_id"] for key in ("in", "out", "far")]
    assert found == ["g2", "g1", None]
    assert [grid["id"] for grid in places.grid_chain(empty, "g2")] == ["g1", "g2"]


def test_grids_nest_whatever_the_order_of_import(empty):
    fine = gpd.GeoDataFrame({"id": ["g3"], "level": [3]}, geometry=[shapely.box(0, 0, 10, 10)])
    coarse = gpd.GeoDataFrame({"id": ["g1"], "level": [1]}, geometry=[shapely.box(0, 0, 100, 100)])
    house = gpd.GeoDataFrame({"id": ["b"]}, geometry=[shapely.box(1, 1, 2, 2)])
    write(empty, building=house)
    for frame in (coarse, fine):
        with writing.transaction(empty) as connection:
            writing.upsert(empty, connection, {"grid": frame})
            grids_store.nest(empty, connection)
            grids_store.assign(empty, connection)
    assert places.row(empty, "building", "b")["grid_id"] == "g3"
    assert [grid["id"] for grid in places.grid_chain(empty, "g3")] == ["g1", "g3"]


def test_a_corner_of_a_polygon_is_read_from_the_head_of_its_binary():
    boxes = [shapely.box(3, 4, 5, 6), shapely.box(-7.5, 8, 9, 10)]
    shapes = [*boxes, shapely.MultiPolygon(boxes), shapely.force_3d(boxes[0], 2.0)]
    binary = [shapely.to_wkb(shape) for shape in shapes]
    binary.append(shapely.to_wkb(boxes[1], byte_order=0))
    binary += [shapely.to_wkb(shape) for shape in (shapely.Polygon(), shapely.MultiPolygon())]
    found = corners(np.array(binary, object))
    for shape, corner in zip([*shapes, boxes[1]], found, strict=False):
        assert corner.tolist() in shapely.get_coordinates(shape).tolist()
    assert np.isnan(found[-2:]).all()
