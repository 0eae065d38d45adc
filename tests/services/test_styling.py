"""Figures of styles: who may not count people exactly sees small counts hidden, and no building's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from mapdesk.layers.layer_style import LayerStyle, checked_style
from mapdesk.layers.legend import NOT_SHOWN, classed, scale_of
from mapdesk.layers.measures import NEAR, STYLED, measures_of
from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, NotFoundError, PurposeError, RightsError
from mapdesk.services import making_up, saved_styles, style_shapes, styling
from mapdesk.store import audit, map_items, places, published, statistics, writing
from mapdesk.store.database import Store
from mapdesk.store.schema import TABLES
from mapdesk.store.scope import grids_below
from tests.store.test_store import places_of_people

TODAY = date(2026, 11, 22)
ANALYST = Access("ann", "analyst", "plan of a school")
PLANNER = Access("paul", "planner")
AUDITOR = Access("abe", "auditor", "a look")


def ask(store: Store, access: Access, **words):
    store.identity = access
    return styling.figures(store, access, checked_style(words), TODAY)


@pytest.fixture
def counted(town: Store):
    """People of every grid, exact, with what is published; in one of them live four."""
    before = statistics.pyramids_of_grids(town, TODAY)
    home = places.features(town, "building", ("grid_id",), geometry=False)
    building = next(
        key
        for key, grid in zip(home.ids.tolist(), home.columns["grid_id"].tolist(), strict=True)
        if not before[grid].sum()
    )
    rows = pd.DataFrame({"id": [f"four-{number}" for number in range(4)], "name": "王一"})
    rows = rows.assign(building_id=building, sex="female", birth_date=date(1950, 1, 1))
    with writing.transaction(town) as connection:
        writing.upsert(town, connection, {"person": rows})
    published.publish(town, TODAY)
    return {key: int(one.sum()) for key, one in statistics.pyramids_of_grids(town, TODAY).items()}


def test_exact_counts_are_those_of_the_register(town, counted):
    found = ask(town, ANALYST, by="people", level=3)
    assert found.values.tolist() == [counted[key] for key in found.ids.tolist()]
    assert found.exact
    assert not found.hidden.any()


def test_exact_counts_need_a_purpose_and_stand_on_record(town):
    with pytest.raises(PurposeError):
        ask(town, ANALYST.having(""), by="people")
    with pytest.raises(PurposeError):
        ask(town, ANALYST.having(""), noun="building", by="people")
    ask(town, ANALYST, noun="building", by="people")
    town.identity = replace(town.identity, role="owner")
    newest = audit.last(town, 1)[0]
    assert (newest["action"], newest["purpose"]) == ("count people", ANALYST.purpose)
    assert newest["subject"] == "people of every building"


@pytest.mark.parametrize("by", [one.key for one in measures_of("grid").values() if one.of_people])
def test_who_reads_no_records_gets_what_is_published_and_no_more(town, counted, by):
    found = ask(town, PLANNER, by=by)
    fixed = published.statistics_for(town, TODAY)
    assert not found.exact
    assert found.hidden.any()
    assert not found.hidden.all()
    assert np.isnan(found.values[found.hidden]).all()
    for key, value, hidden in zip(
        found.ids.tolist(), found.values.tolist(), found.hidden.tolist(), strict=True
    ):
        if by in ("people", "density", "share 60+") and fixed[key].people is None:
            assert hidden
        if not hidden and by == "people":
            assert value == counted[key] == fixed[key].people
        if not hidden and "aged" in by:
            assert value <= counted[key]
        assert hidden or value == 0 or value >= 10 or by in ("density", "share 60+")


def test_hidden_grids_are_drawn_as_not_shown_and_hatched(town, counted):
    style = checked_style({"by": "people", "classes": 3})
    found = ask(town, PLANNER, by="people", classes=3)
    made = classed(style, found, scale_of(style, found), "light")
    assert (made.hidden == found.hidden).all()
    assert (made.of[found.hidden] == NOT_SHOWN).all()
    assert made.legend.entries[-1].hatched
    assert made.legend.entries[-1].count == found.hidden.sum()
    drawn = style_shapes.shapes(town, style, town.district.origin)
    points, pairs = drawn.hatching(found.hidden, town.district.origin)
    assert len(pairs)
    inside = points[pairs].mean(axis=1)[:, :2] + np.array(town.district.origin)
    index = places.index_of(town, "grid")
    hidden = set(found.ids[found.hidden].tolist())
    for x, y in inside[:: max(len(inside) // 20, 1)].tolist():
        assert hidden & set(index.features.ids[index.at(x, y)].tolist())


def test_shares_are_hidden_where_one_of_their_counts_is(town, counted):
    found = ask(town, PLANNER, by="share 60+")
    rows = {row["grid"]: row for row in making_up.of_every_grid(town, PLANNER, TODAY)}
    for key, hidden in zip(found.ids.tolist(), found.hidden.tolist(), strict=True):
        parts = (rows[key]["people"], rows[key]["60–79"], rows[key]["80+"])
        assert hidden == (None in parts and rows[key]["people"] != 0)


def test_nobody_but_who_reads_records_gets_counts_of_buildings(town):
    for access in (PLANNER.having("a plan"), AUDITOR):
        for by in ("people", "households"):
            with pytest.raises(RightsError):
                ask(town, access, noun="building", by=by)
    with pytest.raises(RightsError):
        ask(town, AUDITOR, by="people")


def test_counts_of_buildings_are_those_of_the_register(town):
    found = ask(town, ANALYST, noun="building", by="people")
    wanted = places_of_people(town)
    assert dict(zip(found.ids.tolist(), found.values.tolist(), strict=True)) == {
        key: wanted.get(key, 0) for key in found.ids.tolist()
    }


@pytest.mark.embedded
def test_outside_ones_areas_nothing_is_counted(town, counted):
    own = next(key for key, count in counted.items() if count > 50 and key not in _parents(town))
    access = replace(ANALYST, areas=(own,))
    grids = ask(town, access, by="people")
    inside = np.isin(grids.ids.astype(str), grids_below(town, [own]))
    assert (grids.hidden == ~inside).all()
    assert np.isnan(grids.values[~inside]).all()
    buildings = ask(town, access, noun="building", by="people")
    home = places.features(town, "building", ("grid_id",), geometry=False, placed=True)
    there = home.columns["grid_id"] == own
    assert (buildings.hidden == ~there).all()
    assert buildings.values[there].sum() > 0


def _parents(store: Store) -> set[str | None]:
    return set(statistics.grid_parents(store).values())


def test_incidents_add_up_over_days_grids_and_levels(town):
    town.identity = AUDITOR
    with town.connect() as connection:
        total = connection.scalar(sa.select(sa.func.count()).select_from(TABLES["incident"]))
        open_now = connection.scalar(
            sa.select(sa.func.count())
            .select_from(TABLES["incident"])
            .where(TABLES["incident"].c.status != "closed")
        )
    for level in (1, 3):
        assert ask(town, AUDITOR, by="incidents", level=level).values.sum() == total
        assert ask(town, AUDITOR, by="incidents open", level=level).values.sum() == open_now
        days = ask(town, AUDITOR, by="incidents by day", level=level)
        assert days.of_day.sum() == total
        assert days.of_day.shape == (len(days.days), len(days.ids))
        assert list(days.days) == sorted(set(days.days))
    assert ask(town, AUDITOR, noun="building", by="incidents by day").of_day.sum() == total


@pytest.mark.parametrize("noun", STYLED)
def test_everything_offered_can_be_asked_for(town, counted, noun):
    for key, measure in measures_of(noun).items():
        kind = "categories" if measure.kind == "word" else "graduated"
        found = ask(town, ANALYST, noun=noun, by=key, kind=kind)
        assert len(found.values) == len(found.ids) == len(found.hidden)
        assert found.exact == measure.of_people
    plain = ask(town, AUDITOR, noun=noun, kind="single")
    assert len(plain.ids)


def test_densities_are_per_hectare(town):
    people, dense = ask(town, ANALYST, by="people"), ask(town, ANALYST, by="density")
    areas = {one: shape.area for one, shape in _shapes(town).items()}
    for key, count, value in zip(
        people.ids.tolist(), people.values.tolist(), dense.values.tolist(), strict=True
    ):
        assert value == pytest.approx(count / areas[key] * 1e4)


def _shapes(store: Store):
    found = places.features(store, "grid")
    return dict(zip(found.ids.tolist(), found.placed.tolist(), strict=True))


def test_a_level_that_is_not_there_and_an_empty_district_are_said(town, empty):
    with pytest.raises(InputError, match="levels 1, 2, 3"):
        ask(town, AUDITOR, by="buildings", level=4)
    with pytest.raises(InputError, match="no grids"):
        ask(empty, AUDITOR, by="buildings")
    with pytest.raises(InputError, match="no buildings"):
        ask(empty, AUDITOR, noun="building", by="units")


@pytest.mark.parametrize("drawing", ["choropleth", "outline", "wall", "columns"])
def test_every_drawing_stays_within_its_grid(town, drawing):
    style = checked_style({"by": "buildings", "drawing": drawing})
    origin = town.district.origin
    drawn = style_shapes.shapes(town, style, origin)
    if drawing == "columns":
        values = np.arange(len(drawn.ids), dtype=float)
        mesh = drawn.columns(values, values.max(), origin)
        tops = np.zeros(len(values))
        np.maximum.at(tops, mesh.owner, mesh.points[:, 2])
        assert tops[0] == 0
        assert tops / tops.max() == pytest.approx(values / values.max(), abs=1e-6)
        return
    mesh = drawn.solid if drawing == "wall" else drawn.flat
    assert mesh is not None
    assert set(mesh.owner.tolist()) == set(range(len(drawn.ids)))
    shapes = _shapes(town)
    for number in range(0, len(drawn.ids), 7):
        west, south, east, north = shapes[drawn.ids[number]].bounds
        mine = mesh.points[mesh.owner == number]
        assert mine[:, 0].min() + origin[0] >= west - 0.01
        assert mine[:, 1].max() + origin[1] <= north + 0.01
        assert mine[:, 0].max() + origin[0] <= east + 0.01
        assert mine[:, 1].min() + origin[1] >= south - 0.01


def test_every_building_finds_its_grid_on_every_level(town):
    home = places.features(town, "building", ("grid_id",), geometry=False, placed=True)
    for level in (1, 3):
        drawn = style_shapes.shapes(town, LayerStyle(level=level), town.district.origin)
        ids, grids = style_shapes.grids_of_buildings(town, drawn)
        assert ids.tolist() == home.ids.tolist()
        for grid_id, at in list(zip(home.columns["grid_id"].tolist(), grids.tolist(), strict=True))[
            :50
        ]:
            chain = [one["id"] for one in places.grid_chain(town, grid_id)]
            assert drawn.ids[at] in chain


def test_styles_are_kept_with_the_district(town):
    style = checked_style({"by": "buildings", "drawing": "wall"})
    saved_styles.save(town, "Walls", style)
    saved_styles.save(town, "Areas", LayerStyle())
    assert saved_styles.names(town) == ["Areas", "Walls"]
    assert saved_styles.opened(town, "Walls") == style
    saved_styles.delete(town, "Areas")
    with pytest.raises(NotFoundError, match="Walls"):
        saved_styles.opened(town, "Areas")


def test_a_saved_style_of_another_desk_that_is_not_known_here_is_said(town):
    map_items.save(town, "style", "odd", {"noun": "grid", "by": "moonshine"})
    with pytest.raises(InputError, match=r"'odd' cannot be used.*moonshine"):
        saved_styles.opened(town, "odd")


def test_who_may_not_edit_places_saves_no_style(town):
    town.identity = ANALYST
    with pytest.raises(RightsError):
        saved_styles.save(town, "mine", LayerStyle())


def test_styles_go_to_files_and_back(tmp_path):
    path = tmp_path / "wall.json"
    style = checked_style({"drawing": "wall", "by": "incidents"})
    saved_styles.write(path, style)
    assert saved_styles.read(path) == style
    path.write_text(json.dumps({"by": 3}))
    with pytest.raises(InputError, match=r"wall\.json"):
        saved_styles.read(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        saved_styles.read(path)
    with pytest.raises(NotFoundError):
        saved_styles.read(tmp_path / "none.json")
    with pytest.raises(InputError, match="json"):
        saved_styles.write(tmp_path / "wall.txt", style)


# ------------------------------------------------------------------ points


def test_figures_of_points_are_those_of_the_store(town):
    found = ask(town, PLANNER, noun="incident", by="days open", kind="graduated", palette="OrRd")
    table = TABLES["incident"]
    with town.connect() as connection:
        rows = connection.execute(sa.select(table.c.id, table.c.reported_at, table.c.closed_at))
        days = {
            row.id: (row.closed_at - row.reported_at).total_seconds() / 86400
            for row in rows
            if row.closed_at and row.reported_at
        }
    shown = dict(zip(found.ids.tolist(), found.values.tolist(), strict=True))
    assert days and all(shown[key] == pytest.approx(value, abs=0.06) for key, value in days.items())
    assert not found.exact


def test_incidents_near_a_point_are_counted_by_distance(town):
    found = ask(town, PLANNER, noun="camera", by="incidents near", kind="graduated", palette="OrRd")
    cameras, incidents = (places.features(town, noun).xy for noun in ("camera", "incident"))
    apart = np.hypot(*(cameras[:, None] - incidents[None]).transpose(2, 0, 1))
    assert found.values.tolist() == (apart <= NEAR).sum(axis=1).tolist()
    assert found.values.any()


def test_readings_are_a_share_of_the_lowest_upper_bound_and_averaged_by_day(town):
    words = {"noun": "sensor", "kind": "graduated", "palette": "OrRd"}
    found = ask(town, PLANNER, by="bound", **words)
    rows = places.features(town, "sensor", ["kind", "value"])
    bounds = places.features(town, "threshold", ["sensor_kind", "high"], geometry=False).columns
    pairs = list(zip(bounds["sensor_kind"].tolist(), bounds["high"].tolist(), strict=True))
    for kind, value, share in zip(
        *(rows.columns["kind"].tolist(), rows.columns["value"].tolist(), found.values.tolist()),
        strict=True,
    ):
        lowest = min((high for one, high in pairs if one == kind and high > 0), default=np.nan)
        assert share == pytest.approx(100 * value / lowest, abs=0.06, nan_ok=True)
    by_day = ask(town, PLANNER, by="bound by day", **words)
    assert by_day.averaged and by_day.of_day.shape == (len(by_day.days), len(rows))


def test_words_of_points_are_words(town):
    on_gps = ask(town, PLANNER, noun="worker", by="on_gps", kind="categories", palette="Tol-muted")
    assert set(on_gps.values.tolist()) <= {"yes", "no", None}
    classes = ask(
        town, PLANNER, noun="incident", by="class", kind="categories", palette="Tol-muted"
    )
    known = places.features(town, "incident_class", ["name"], geometry=False).columns["name"]
    assert set(classes.values.tolist()) <= set(known.tolist())


def test_a_district_without_such_points_says_so(empty):
    with pytest.raises(InputError, match="no cameras to colour"):
        ask(empty, PLANNER, noun="camera")
