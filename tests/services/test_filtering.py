"""Filters are asked with a purpose, on record first, masked; door lists are walked."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, PurposeError, RightsError
from mapdesk.model.filter_words import read_condition
from mapdesk.model.filters import Filter
from mapdesk.services import filtering
from mapdesk.store import audit, places

TODAY = date(2026, 11, 22)


def filter_of(noun, *conditions):
    return Filter(noun, "all", tuple(read_condition(noun, one) for one in conditions))


def test_an_answer_is_masked_and_on_record_in_words(town):
    access = Access.owner("visiting the old")
    answer = filtering.ask(town, access, filter_of("person", "age>=80"), today=TODAY)
    assert answer.count == len(answer.rows) > 20
    assert all(set(row["name"][1:]) == {"*"} for row in answer.rows)
    assert all(row["age"] >= 80 and "birth_date" not in row for row in answer.rows)
    assert {row["building_id"] for row in answer.rows} == set(answer.building_ids)
    assert answer.xy.shape == (len(answer.building_ids), 2)
    assert answer.selection().groups == {"building": answer.building_ids}
    (look,) = audit.last(town, 1)
    assert look["action"] == "people by filter"
    assert look["subject"] == "People: age is at least 80"
    assert look["purpose"] == "visiting the old"


@pytest.mark.parametrize("ask", [filtering.count, filtering.ask, filtering.doors])
def test_people_need_a_purpose_and_refused_looks_leave_no_row(town, ask):
    with pytest.raises(PurposeError):
        ask(town, Access.owner(), filter_of("person"))
    town.identity = Access("someone", "planner", "counting")
    with pytest.raises(RightsError):
        ask(town, town.identity, filter_of("person"))
    town.identity = Access.owner()
    assert audit.last(town) == []


def test_each_count_and_each_page_is_on_record(town):
    access, grown = Access.owner("counting"), filter_of("person", "age>=18")
    number = filtering.count(town, access, grown, TODAY)
    rows = filtering.page(town, access, grown, 200, today=TODAY)
    assert number > 400
    assert len(rows) == 200
    looks = [(look["action"], look["subject"]) for look in audit.last(town, 9)]
    words = "People: age is at least 18"
    assert looks == [("people by filter, rows 201 to 400", words), ("count by filter", words)]


def test_places_need_neither_purpose_nor_record(town):
    answer = filtering.ask(
        town, Access.owner(), filter_of("organisation", "hazard_grade is recorded")
    )
    assert answer.count == len(answer.place_ids) == len(answer.xy) > 0
    assert answer.groups == {"organisation": answer.place_ids}
    assert "people" not in filtering.ask(town, Access.owner(), filter_of("building")).columns
    assert audit.last(town) == []


def test_points_are_where_the_buildings_are(town):
    answer = filtering.ask(town, Access.owner("x y"), filter_of("unit", "unit_use=shop"))
    for key, (x, y) in zip(answer.building_ids[:20], answer.xy[:20], strict=True):
        west, south, east, north = places.row(town, "building", key)["geometry"].bounds
        assert west <= x <= east
        assert south <= y <= north


def test_a_door_list_is_one_row_a_door_in_walking_order(town):
    access = Access.owner("a fire drill")
    rows = filtering.doors(town, access, filter_of("unit", "grid within G1-01", "floor<=12"), TODAY)
    assert len({row["unit_id"] for row in rows}) == len(rows) > 100
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    for name in ("grid_id", "building_id"):
        runs = [
            row[name] for at, row in enumerate(rows) if at == 0 or rows[at - 1][name] != row[name]
        ]
        assert len(runs) == len(set(runs)), f"each {name} is walked once"
    for before, after in pairwise(rows):
        if before["building_id"] == after["building_id"] and before["stair"] == after["stair"]:
            assert (before["floor"], int(before["room"])) < (after["floor"], int(after["room"]))
    assert any(row["people"] == 0 for row in rows)
    assert all(row["people"] == len(row["person_ids"]) == len(row["names"]) for row in rows)
    assert all("*" in name for row in rows for name in row["names"])
    index = places.index_of(town, "building").features
    order = list(dict.fromkeys(row["building_id"] for row in rows))
    xy = index.xy[[index.positions[key] for key in order]]
    shuffled = np.random.default_rng(1).permutation(xy)
    assert np.hypot(*np.diff(xy, axis=0).T).sum() < np.hypot(*np.diff(shuffled, axis=0).T).sum() / 2
    (look,) = audit.last(town, 1)
    assert look["action"] == "door list by filter"


def test_a_door_list_counts_those_of_the_answer_alone(town):
    access = Access.owner("visiting the old")
    rows = filtering.doors(town, access, filter_of("person", "age>=80"), TODAY)
    old = filtering.ask(town, access, filter_of("person", "age>=80"), limit=5000, today=TODAY)
    listed = [person for row in rows for person in row["person_ids"]]
    assert sorted(listed) == sorted(row["id"] for row in old.rows)


def test_too_long_a_door_list_is_told(town):
    with pytest.raises(InputError, match="more than the 10 of one list; choose a smaller grid"):
        filtering.doors(town, Access.owner("x y"), filter_of("unit"), most=10)


@pytest.mark.parametrize(
    ("numbers", "ordered"),
    [
        (["10", "9", "10a", None, "2"], [None, "2", "9", "10", "10a"]),
        (["B2", "A10", "A9"], ["A9", "A10", "B2"]),
    ],
)
def test_rooms_go_as_numbers_go(numbers, ordered):
    assert sorted(numbers, key=filtering._natural) == ordered
