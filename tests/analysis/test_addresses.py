"""Addresses find their unit, or leave it to a person; never another's home."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.analysis.addresses import AddressBook
from mapdesk.demo import build_district
from mapdesk.services.demo import load_recipe

from .messy_addresses import REGION, book_of, scattered_homes, whole_buildings, written

HOMES = whole_buildings(random.Random(3), 200)
BOOK = book_of(HOMES)


def outcomes(homes, book, chosen, seed):
    """Count what messy texts of some homes came to: right, wrong, listed among candidates, lost."""
    chance = random.Random(seed)
    found = book.match([written(homes[number], chance) for number in chosen])
    count = Counter()
    for place, number in enumerate(chosen):
        if found.unit_id[place] is not None:
            count["right" if found.unit_id[place] == f"U{number}" else "wrong"] += 1
        else:
            listed = [candidate.unit_id for candidate in found.candidates(place)]
            count["listed" if f"U{number}" in listed else "lost"] += 1
    return count


@pytest.mark.parametrize("asked", [4_000, pytest.param(20_000, marks=pytest.mark.soak)])
def test_messy_addresses_of_two_fifths_of_all_homes(asked):
    homes = scattered_homes(random.Random(1), asked * 5 // 2)
    chosen = random.Random(2).sample(range(len(homes)), asked)
    count = outcomes(homes, book_of(homes), chosen, seed=5)
    assert count["wrong"] <= asked / 1000
    assert count["right"] >= asked * 0.97
    assert count["lost"] <= asked / 1000


def test_whole_buildings_of_like_homes():
    chosen = random.Random(4).choices(range(len(HOMES)), k=10_000)
    count = outcomes(HOMES, BOOK, chosen, seed=6)
    assert count["wrong"] <= 10
    assert count["right"] >= 7_000, "one in five names no stair, of four with the same room"
    assert count["lost"] <= 100


@given(st.integers(0, len(HOMES) - 1), st.integers(0, 2**32))
def test_a_messy_address_is_found_or_left_to_a_person(number, seed):
    text = written(HOMES[number], random.Random(seed))
    found = BOOK.match([text])
    assert found.unit_id[0] in (f"U{number}", None)
    if found.unit_id[0] is None:
        assert found.status[0] in ("doubtful", "none")
        assert (found.status[0] == "doubtful") == bool(found.candidates(0))


@given(
    st.lists(
        st.text(alphabet="中山路街金花园栋单元室号楼-#0123456789A ,十二", max_size=30), max_size=5
    )
)
def test_no_text_breaks_it(texts):
    found = BOOK.match(texts)
    assert len(found) == len(texts)
    assert np.isin(found.status, ["exact", "matched", "doubtful", "none"]).all()
    assert ((found.score >= 0) & (found.score <= 1)).all()


def test_every_address_of_the_demo_finds_its_unit():
    frames = build_district(load_recipe(), people=3000, seed=1, progress=lambda _text, _part: None)
    buildings, units = frames["building"], frames["unit"]
    book = AddressBook(
        building_id=buildings["id"].to_numpy(object),
        building_address=buildings["address"].to_numpy(object),
        building_name=buildings["name"].to_numpy(object),
        unit_id=units["id"].to_numpy(object),
        unit_building=units["building_id"].to_numpy(object),
        stair=units["stair"].to_numpy(object),
        floor=units["floor"].to_numpy(object),
        room=units["room"].to_numpy(object),
    )
    home = buildings.set_index("id").loc[units["building_id"]]
    for column in ("address", "name"):
        for form in ("{0}{1}单元{2}室", "{0}{1}-{2}", "{0} {1}门{2}"):
            texts = [
                form.format(*each)
                for each in zip(home[column], units["stair"], units["room"], strict=True)
            ]
            found = book.match(pd.Series(texts, dtype="str"))
            assert (found.unit_id == units["id"].to_numpy(object)).all(), (column, form)
            assert column == "name" or set(found.status) == {"exact"}


SMALL = {
    "building_id": ["A", "B", "C", "D"],
    "building_address": ["海河东路118号3号楼", "海河东路118号4号楼", "Haihe East Road 20, building 3", None],
    "building_name": ["望海里3号楼", "望海里4号楼", None, "灯塔"],
    "unit_id": ["A1-101", "A2-101", "A2-201", "B101", "C2-501", "D1"],
    "unit_building": ["A", "A", "A", "B", "C", "D"],
    "stair": ["1", "2", "2", None, "2", None],
    "floor": [1, 1, 2, 1, 5, 1],
    "room": ["101", "0101", "201室", "101", "501", None],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "status", "unit", "building"),
    [
        ("海河东路118号3号楼2单元101室", "exact", "A2-101", "A"),
        ("天津市滨海新区海河东路118号3号楼2-101", "exact", "A2-101", "A"),
        ("望海里3号楼二门201", "matched", "A2-201", "A"),
        ("海河东路118号3号楼201", "matched", "A2-201", "A"),
        ("海河东路118号3号楼101", "doubtful", None, "A"),
        ("海河东路118号3号楼1-201", "doubtful", None, "A"),
        ("海河东路118号3号楼2-901", "doubtful", None, "A"),
        ("海河东路118号3号楼", "exact", None, "A"),
        ("海河东路118号4号楼9单元101", "exact", "B101", "B"),
        ("海河东路118号4号楼", "matched", "B101", "B"),
        ("Haihe East Road 20, building 3, 2-501", "exact", "C2-501", "C"),
        ("20 Haihe East Road, Bldg 3, Entrance 2, Flat 501", "exact", "C2-501", "C"),
        ("灯塔", "matched", "D1", "D"),
        ("海河路118号3号楼2单元201室", "doubtful", None, None),
        ("海河东路119号3号楼2单元201室", "none", None, None),
        ("别处的路7号8号楼101", "none", None, None),
        ("", "none", None, None),
        (None, "none", None, None),
    ],
)
def test_one_address(text, status, unit, building):
    found = AddressBook(**SMALL).match([text])
    assert (found.status[0], found.unit_id[0], found.building_id[0]) == (status, unit, building)


def test_candidates_of_a_doubtful_address():
    found = AddressBook(**SMALL).match(["海河东路118号3号楼101", None, "海河东路118号3号楼2-101"])
    assert [candidate.unit_id for candidate in found.candidates(0)] == ["A1-101", "A2-101"]
    assert found.candidates(0)[0].text == "海河东路118号3号楼 1-101"
    assert found.candidates(1) == found.candidates(2) == []


def test_an_address_of_another_city_is_left_to_a_person():
    home = HOMES[0]
    rest = (
        f"{home.road}{home.number}号{home.compound}{home.building}栋{home.stair}单元{home.room}室"
    )
    found = BOOK.match([f"湖南省长沙市岳麓区{rest}", f"{REGION}{rest}", rest])
    assert found.status.tolist() == ["doubtful", "exact", "exact"]
    assert found.candidates(0)[0].unit_id == "U0"


def test_a_district_without_units_or_buildings():
    empty = AddressBook(**{name: [] for name in SMALL})
    assert empty.match(["中山路1号"]).status.tolist() == ["none"]
    assert len(empty.match([])) == 0


def test_columns_of_units_must_be_of_one_length():
    with pytest.raises(ValueError, match="different lengths"):
        AddressBook(**{**SMALL, "room": ["101"]})


def test_progress_ends_at_one_and_may_stop_the_work():
    told: list[float] = []
    BOOK.match(["中山路1号", "中山路2号"], told.append)
    assert told == [1.0]

    def stop(_part: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        BOOK.match(["中山路1号"], stop)
