"""The demo district: the same every time, whole, and free of impossible things."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mapdesk.demo import FILES, Recipe, build_district
from mapdesk.demo.chance import split_evenly
from mapdesk.demo.district import Frames
from mapdesk.demo.grids import merge_areas, union_by_group
from mapdesk.demo.ground import LEAST_WATER, make_ground
from mapdesk.demo.identity import identity_numbers
from mapdesk.demo.network import Street, largest_component, split_at_junctions, vertex_keys
from mapdesk.model.errors import InputError
from mapdesk.model.nouns import (
    BUILDING_USES,
    CAMERA_PURPOSES,
    GRID_KINDS,
    LAND_USES,
    NOUNS,
    RAILWAY_KINDS,
    ROAD_KINDS,
    TRACK_USES,
    UNIT_USES,
    WORKER_STATUSES,
)

PEOPLE = 3000
MILLIMETRE = 0.001
RECIPE_FOLDER = Path(__file__).parents[2] / "data" / "demo"


def ignore(_part: str, _done: float) -> None:
    """Take progress and do nothing."""


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    return Recipe.from_texts({name: (RECIPE_FOLDER / name).read_text("utf-8") for name in FILES})


@pytest.fixture(scope="session")
def frames(recipe: Recipe) -> Frames:
    return build_district(recipe, people=PEOPLE, seed=1, progress=ignore)


def placed(frames: Frames, noun: str) -> gpd.GeoDataFrame:
    frame = frames[noun]
    assert isinstance(frame, gpd.GeoDataFrame)
    return frame


def shapes(frames: Frames, noun: str) -> np.ndarray:
    return placed(frames, noun).geometry.to_numpy()


def test_same_seed_same_district(recipe: Recipe, frames: Frames) -> None:
    again = build_district(recipe, people=PEOPLE, seed=1, progress=ignore)
    for noun, frame in frames.items():
        plain = pd.DataFrame(frame).drop(columns="geometry", errors="ignore")
        other = pd.DataFrame(again[noun]).drop(columns="geometry", errors="ignore")
        pd.testing.assert_frame_equal(plain, other)
        if noun in frames and isinstance(frame, gpd.GeoDataFrame):
            assert (
                frame.geometry.to_wkb().tolist() == placed(again, noun).geometry.to_wkb().tolist()
            )


def test_other_seed_other_district(recipe: Recipe, frames: Frames) -> None:
    other = build_district(recipe, people=PEOPLE, seed=2, progress=ignore)
    assert frames["person"]["name"].tolist() != other["person"]["name"].tolist()
    assert len(other["person"]) == PEOPLE


WITH_FILES = ("landmark", "panorama")
"""Nouns whose rows have files: not part of the frames."""
DRAWN = {key: noun for key, noun in NOUNS.items() if key not in WITH_FILES}


def test_every_noun_has_its_frame_with_its_fields(frames: Frames) -> None:
    assert set(frames) == set(DRAWN)
    for key, noun in DRAWN.items():
        expected = ["id", *noun.field_names, *(["geometry"] if noun.geometry else [])]
        assert list(frames[key].columns) == expected, key
        assert len(frames[key]) > 0, key
        assert frames[key]["id"].is_unique, key
        for field in noun.fields:
            if field.required:
                assert frames[key][field.name].notna().all(), (key, field.name)


def test_references_resolve(frames: Frames) -> None:
    for key, noun in DRAWN.items():
        for field in noun.fields:
            if field.refers_to:
                held = frames[key][field.name].dropna()
                assert held.isin(frames[field.refers_to]["id"]).all(), (key, field.name)


def test_values_are_of_the_model(frames: Frames) -> None:
    assert set(frames["unit"]["use"]) <= set(UNIT_USES)
    assert set(frames["building"]["use"]) <= set(BUILDING_USES)
    assert set(frames["camera"]["purpose"]) <= set(CAMERA_PURPOSES)
    assert set(frames["grid"]["kind"]) <= set(GRID_KINDS)
    assert set(frames["land_use"]["kind"]) <= set(LAND_USES)
    assert set(frames["road"]["kind"]) <= set(ROAD_KINDS)
    assert set(frames["railway"]["kind"]) <= set(RAILWAY_KINDS)
    assert set(frames["railway"]["track_use"].dropna()) <= set(TRACK_USES)
    assert set(frames["worker"]["status"]) <= set(WORKER_STATUSES)


def test_geometry_is_valid_and_in_its_place(frames: Frames) -> None:
    for key, noun in DRAWN.items():
        if not noun.geometry:
            continue
        frame = placed(frames, key)
        assert frame.crs.to_epsg() == 4548
        assert frame.geometry.is_valid.all(), key
        assert not frame.geometry.is_empty.any(), key
        kind = {"polygon": "Polygon", "line": "LineString", "point": "Point"}[noun.geometry]
        assert set(frame.geom_type) == {kind}, key
    west, south, east, north = placed(frames, "grid").to_crs(4326).total_bounds
    assert west < 117.46 < east
    assert south < 38.84
    assert north > 38.82


def test_buildings_do_not_overlap_each_other(frames: Frames) -> None:
    buildings = shapes(frames, "building")
    left, right = shapely.STRtree(buildings).query(buildings, predicate="intersects")
    pairs = left < right
    overlap = shapely.area(shapely.intersection(buildings[left[pairs]], buildings[right[pairs]]))
    assert (overlap < MILLIMETRE).all()


def test_buildings_stand_off_roads_and_water(frames: Frames) -> None:
    roads = placed(frames, "road")
    surfaces = shapely.buffer(roads.geometry.to_numpy(), roads["width"].to_numpy() / 2)
    land = placed(frames, "land_use")
    water = land.geometry[land["kind"] == "water"].to_numpy()
    buildings = shapes(frames, "building")
    for ground in (surfaces, water):
        one, other = shapely.STRtree(ground).query(buildings, predicate="intersects")
        overlap = shapely.area(shapely.intersection(buildings[one], ground[other]))
        assert (overlap < MILLIMETRE).all()


def test_floors_and_heights_agree(frames: Frames) -> None:
    building = frames["building"]
    lived_in = building[building["use"] == "residential"]
    metres = lived_in["height"] / lived_in["floors"]
    assert ((metres > 2.7) & (metres < 4.8)).all()
    assert (building["base"] == 0).all()
    assert (building["floors"] >= 1).all()


def test_grids_tile_their_parents(frames: Frames) -> None:
    grid = placed(frames, "grid")
    for parent in grid["id"][grid["level"] < 3]:
        children = grid.geometry[grid["parent_id"] == parent].to_numpy()
        whole = grid.geometry[grid["id"] == parent].iloc[0]
        assert shapely.coverage_is_valid(children)
        assert abs(shapely.area(children).sum() - whole.area) < 1.0
        assert shapely.union_all(children).symmetric_difference(whole).area < 1.0


def test_blocks_tile_their_grids(frames: Frames) -> None:
    block, grid = placed(frames, "block"), placed(frames, "grid")
    assert shapely.coverage_is_valid(block.geometry.to_numpy())
    area = block.geometry.area.groupby(block["grid_id"]).sum()
    level = grid[grid["level"] == 3].set_index("id")
    assert np.allclose(area.reindex(level.index), level.geometry.area, atol=0.1)


@pytest.mark.parametrize("noun", ["building", "incident", "worker"])
def test_things_lie_in_their_grid(frames: Frames, noun: str) -> None:
    things, grid = placed(frames, noun), placed(frames, "grid").set_index("id")
    mine = grid.geometry.loc[things["grid_id"]].to_numpy()
    inside = shapely.point_on_surface(things.geometry.to_numpy())
    assert (shapely.distance(mine, inside) < MILLIMETRE).all()


def test_everyone_lives_in_a_grid_and_no_grid_says_how_many(frames: Frames) -> None:
    homes = frames["building"].set_index("id")["grid_id"]
    assert frames["person"]["building_id"].map(homes).notna().all()
    assert len(frames["person"]) == PEOPLE
    assert "population" not in frames["grid"] or frames["grid"]["population"].isna().all()


def test_people_live_in_homes(frames: Frames) -> None:
    unit, household = frames["unit"].set_index("id"), frames["household"].set_index("id")
    person = frames["person"]
    assert unit["use"].loc[person["unit_id"]].isin(["own", "let"]).all()
    assert (household["unit_id"].loc[person["household_id"]].to_numpy() == person["unit_id"]).all()
    assert (unit["building_id"].loc[person["unit_id"]].to_numpy() == person["building_id"]).all()
    assert (person.groupby("household_id")["relation"].apply(_heads) == 1).all()


def _heads(relations: pd.Series) -> int:
    return int((relations == "head").sum())


def test_floating_share(frames: Frames) -> None:
    floating = (frames["person"]["residence_kind"] == "floating").sum()
    assert floating == round(PEOPLE * 60_000 / 275_000)


def check_digit(number: str) -> str:
    """Compute the check character of GB 11643 the way the standard words it."""
    remainder = 1
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    for candidate in "0123456789X":
        value = 10 if candidate == "X" else int(candidate)
        if (total + value) % 11 == remainder:
            return candidate
    raise AssertionError("no check character fits")


def test_identity_numbers_are_valid_and_nobodys(frames: Frames) -> None:
    person = frames["person"]
    numbers = person["identity_number"]
    assert numbers.is_unique
    assert numbers.str.startswith("990000").all()
    for number, sex, birth in zip(numbers, person["sex"], person["birth_date"], strict=True):
        assert number[17] == check_digit(number)
        assert number[6:14] == f"{birth:%Y%m%d}"
        assert (int(number[16]) % 2 == 0) == (sex == "female")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.dates(pd.Timestamp("1930-01-01").date(), pd.Timestamp("2026-01-01").date()),
                  st.booleans()),
        min_size=1, max_size=60,
    )
)  # fmt: skip
def test_identity_numbers_hold_for_any_people(people: list[tuple[object, bool]]) -> None:
    birth = np.array([str(day) for day, _ in people], dtype="datetime64[D]")
    numbers = identity_numbers("990000", birth, np.array([female for _, female in people]))
    assert len(set(numbers.tolist())) == len(people)
    for number in numbers.tolist():
        assert len(number) == 18
        assert number[17] == check_digit(number)


def test_roads_are_one_network(frames: Frames) -> None:
    pieces = [Street(shapely.get_coordinates(line), "service") for line in shapes(frames, "road")]
    assert len(largest_component(pieces)) == len(pieces)


def test_roads_meet_at_their_ends_only(frames: Frames) -> None:
    lines = [shapely.get_coordinates(line) for line in shapes(frames, "road")]
    ends = np.unique(np.concatenate([vertex_keys(line[[0, -1]]) for line in lines]))
    inner = np.concatenate([vertex_keys(line[1:-1]) for line in lines])
    assert not np.isin(inner, ends).any()


def test_cameras_stand_outside_buildings(frames: Frames) -> None:
    cameras, buildings = shapes(frames, "camera"), shapes(frames, "building")
    assert len(shapely.STRtree(buildings).query(cameras, predicate="intersects")[0]) == 0
    streams = frames["camera"]["main_stream"]
    dead = streams.str.startswith("rtsp://192.0.2.")
    assert dead.any()
    assert streams[~dead].str.fullmatch(r"media/street-[1-6]\.mp4").all()
    assert (frames["camera"]["status"][dead] == "offline").all()


def test_classes_and_departments(frames: Frames) -> None:
    classes = frames["incident_class"]
    assert classes["parent_id"].isna().sum() == 6
    assert classes["parent_id"].notna().sum() == 27
    assert len(frames["department"]) == 11
    sub = set(classes["id"][classes["parent_id"].notna()])
    assert set(frames["incident"]["class_id"]) <= sub


def test_incidents_are_of_the_last_year(frames: Frames) -> None:
    incident = frames["incident"]
    end = pd.Timestamp("2026-11-01")
    assert (incident["reported_at"] < end).all()
    assert (incident["reported_at"] > end - pd.Timedelta(days=366)).all()
    closed = incident["status"] == "closed"
    assert incident["closed_at"].notna().eq(closed).all()
    late = incident[closed]
    assert (late["closed_at"] >= late["reported_at"]).all()


def test_hill_is_a_stack_of_smaller_rings(frames: Frames) -> None:
    land = placed(frames, "land_use")
    hill = land[land["kind"] == "hill"].sort_values("height")
    assert len(hill) >= 10
    assert hill["height"].is_monotonic_increasing
    assert (np.diff(hill.geometry.area) < 0).all()


def test_public_and_chemical(frames: Frames, recipe: Recipe) -> None:
    assert (frames["grid"]["kind"] == "public").sum() == 5
    chemical = frames["organisation"]["kind"] == "hazardous chemicals"
    assert chemical.sum() == recipe.count("chemical_companies", PEOPLE)
    assert frames["organisation"]["name"][chemical].is_unique


@pytest.mark.soak
def test_full_scale(recipe: Recipe) -> None:
    full = build_district(recipe, progress=ignore)
    counts = {"person": 275_000, "camera": 893, "worker": 2062, "incident": 3000,
              "component": 20_000, "sensor": 300, "department": 11}  # fmt: skip
    assert {noun: len(full[noun]) for noun in counts} == counts
    assert full["grid"]["level"].value_counts().to_dict() == {1: 1, 2: 33, 3: 252}
    assert (full["grid"]["kind"] == "public").sum() == 5
    assert full["worker"]["on_gps"].sum() == 320
    assert (full["person"]["residence_kind"] == "floating").sum() == 60_000
    assert 5_000 < len(full["building"]) < 8_000
    assert 90_000 < len(full["unit"]) < 112_000
    assert abs(placed(full, "grid").geometry.iloc[0].area / 44e6 - 1) < 0.02


def test_a_missing_or_broken_recipe_says_so() -> None:
    with pytest.raises(InputError, match=r"district\.toml"):
        Recipe.from_texts({})
    with pytest.raises(InputError, match="not TOML"):
        Recipe.from_texts(dict.fromkeys(FILES, "= nothing"))


def test_too_few_people(recipe: Recipe) -> None:
    with pytest.raises(ValueError, match="at least"):
        build_district(recipe, people=10, progress=ignore)


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 100.0), min_size=1, max_size=30))
def test_split_evenly_keeps_the_total(total: int, shares: list[float]) -> None:
    parts = split_evenly(total, shares)
    assert sum(parts) == total
    assert min(parts) >= 0


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.data())
def test_merged_areas_are_connected(columns: int, rows: int, data: st.DataObject) -> None:
    cells = [
        shapely.box(10 * x, 10 * y, 10 * x + 10, 10 * y + 10)
        for y in range(rows)
        for x in range(columns)
    ]
    wanted = data.draw(st.integers(1, len(cells)))
    weights = data.draw(st.lists(st.floats(0.1, 9), min_size=len(cells), max_size=len(cells)))
    groups = merge_areas([shapely.Polygon(cell.exterior) for cell in cells], weights, wanted)
    assert groups.max() + 1 == wanted
    assert all(shape.geom_type == "Polygon" for shape in union_by_group(cells, groups))


def test_streets_are_split_where_they_share_a_vertex() -> None:
    level = Street(np.array([[0.0, 0.0], [5.0, 0.0], [9.0, 0.0]]), "tertiary")
    upright = Street(np.array([[5.0, -4.0], [5.0, 0.0]]), "tertiary")
    assert len(split_at_junctions([level, upright])) == 3


def test_the_ground_is_level_on_water_and_agrees_with_the_hills(frames: Frames) -> None:
    land_use = placed(frames, "land_use")
    ground = make_ground(land_use)
    assert (make_ground(land_use).heights == ground.heights).all()
    water = land_use[(land_use["kind"] == "water") & (land_use.area > LEAST_WATER)].geometry
    inner = shapely.point_on_surface(water.to_numpy())
    assert ground.at(shapely.get_coordinates(inner)) == pytest.approx(0.0, abs=0.1)
    # From a shore inland it rises, and nowhere by more than a twentieth but on a hill.
    hills = land_use[land_use["kind"] == "hill"].sort_values("height")
    assert ground.reach[0] == 0.0
    assert hills["height"].max() - 3 <= ground.reach[1] <= hills["height"].max() + 9
    foot = shapely.union_all(hills.geometry.to_numpy()).buffer(2 * ground.step)
    rows, columns = ground.heights.shape
    x, y = np.meshgrid(
        ground.x + ground.step * np.arange(columns), ground.y + ground.step * np.arange(rows)
    )
    steep = np.hypot(*np.gradient(ground.heights, ground.step)) > 0.05
    assert shapely.intersects_xy(foot, x[steep], y[steep]).all()
    # Between two contours it is between their heights, counted from the land around.
    around = ground.at(shapely.get_coordinates(shapely.boundary(foot))).max()
    for ring, top in zip(hills.geometry, hills["height"], strict=True):
        inside = ground.at(shapely.get_coordinates(ring.buffer(-1.0).exterior))
        assert top - 6 <= inside.mean() <= top + around + 1
