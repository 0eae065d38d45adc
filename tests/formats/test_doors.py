"""Door lists: one row a door, in the order someone walks."""

from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats.doors import Door, door_list, in_walking_order
from mapdesk.formats.watermark import Watermark
from mapdesk.model.errors import InputError
from tests.formats.printed import texts

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MARK = Watermark("lin", "analyst", "核对老人", AT, True, "新桥街道")
HEADS = ["No.", "Building", "Stair", "Floor", "Room", "People", "Names", "To ask", "Done"]

some_doors = st.lists(
    st.builds(
        Door,
        building_id=st.sampled_from("abcdef"),
        building=st.just("x"),
        stair=st.none() | st.sampled_from(["1", "2", "10"]),
        floor=st.none() | st.integers(-2, 33),
        room=st.none() | st.text("0123A", max_size=4),
        people=st.integers(0, 9),
    ),
    max_size=30,
)
some_places = st.dictionaries(
    st.sampled_from("abcde"), st.tuples(st.integers(0, 900), st.integers(0, 900))
)


def door(building, floor, room, stair=None, **more):
    return Door(building, f"锦绣花园{building}号楼", stair, floor, room, 2, **more)


def test_doors_go_building_by_building_along_the_walk():
    places = {"1": (0.0, 0.0), "2": (200.0, 0.0), "3": (100.0, 0.0)}
    doors = [door(b, f, f"{f}01") for b in "9213" for f in (10, 2)]
    walked = [(d.building_id, d.floor) for d in in_walking_order(doors, places)]
    assert walked == [
        ("1", 2),
        ("1", 10),
        ("3", 2),
        ("3", 10),
        ("2", 2),
        ("2", 10),
        ("9", 2),
        ("9", 10),
    ]
    other_way = in_walking_order(doors, places, start=(250.0, 0.0))
    assert [d.building_id for d in other_way[::2]] == ["2", "3", "1", "9"]


@given(some_doors, some_places)
def test_every_door_is_there_once_and_no_building_is_visited_twice(doors, places):
    walked = in_walking_order(doors, places)
    assert sorted(map(repr, walked)) == sorted(map(repr, doors))
    visits = [
        d.building_id
        for n, d in enumerate(walked)
        if not n or walked[n - 1].building_id != d.building_id
    ]
    assert len(visits) == len(set(visits))


@pytest.fixture
def doors():
    return [
        door("1", 1, "101", "1", names=("王**", "李*"), ask="高龄津贴是否已申请？"),
        door("1", 12, "1201", "2", names=("=HYPERLINK(1)",)),
        door("2", None, None),
    ]


def test_the_printed_list_has_a_row_a_door(doors, tmp_path):
    door_list(tmp_path / "a.pdf", doors, "Turns 80", MARK)
    (page,) = texts(tmp_path / "a.pdf")
    assert page[0] == "Turns 80"
    assert page[1] == "3 doors in 2 buildings, 6 people, in walking order"
    assert page[2:11] == HEADS
    assert page[11:19] == [
        "1",
        "锦绣花园1号楼",
        "1",
        "1",
        "101",
        "2",
        "王**、李*",
        "高龄津贴是否已申请？",
    ]
    assert page[19:25] == ["2", "2", "12", "1201", "2", "=HYPERLINK(1)"]
    assert page[25:28] == ["3", "锦绣花园2号楼", "2"]
    assert page[-1].startswith("For: 核对老人 · Taken out by lin")


def test_the_workbook_has_the_same_with_every_building_named(doors, tmp_path):
    door_list(tmp_path / "a.xlsx", doors, "Turns 80", MARK)
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx").active.values)
    assert list(rows[0]) == HEADS
    assert rows[1] == (
        1,
        "锦绣花园1号楼",
        "1",
        1,
        "101",
        2,
        "王**、李*",
        "高龄津贴是否已申请？",
        None,
    )
    assert rows[2][1:3] == ("锦绣花园1号楼", "2") and rows[2][6] == "=HYPERLINK(1)"
    assert rows[3][2:5] == (None, None, None)
    assert rows[5][0].startswith("Turns 80 · For: 核对老人")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet["G3"].data_type == "s"


def test_a_thousand_doors_are_all_printed(tmp_path):
    many = [door(str(n // 10), n % 10, f"{n % 10}01") for n in range(1000)]
    door_list(tmp_path / "a.pdf", many, "All", MARK)
    printed = texts(tmp_path / "a.pdf")
    numbers = {text for page in printed for text in page}
    assert {f"{n:,}" for n in range(1, 1001)} <= numbers
    assert all(f"{n} / {len(printed)}" in page for n, page in enumerate(printed, start=1))


def test_an_empty_list_is_still_a_list(tmp_path):
    door_list(tmp_path / "a.pdf", [], "None", MARK)
    assert texts(tmp_path / "a.pdf")[0][1].startswith("0 doors in 0 buildings")


def test_another_kind_is_told(tmp_path):
    with pytest.raises(InputError, match=r"a\.csv: a door list is written as \.pdf or \.xlsx"):
        door_list(tmp_path / "a.csv", [], "None", MARK)
