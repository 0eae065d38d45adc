"""People are found by what is typed, the same on both engines, as a plain look at every row says."""

import random

import numpy as np
import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.store import finding_people
from mapdesk.store.changes import Edit, apply
from mapdesk.store.names import NameIndex
from mapdesk.store.schema import RESIDENT, TABLES

PERSON = TABLES["person"]


@pytest.fixture
def everyone(town):
    with town.connect() as connection:
        return connection.execute(sa.select(PERSON)).mappings().all()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("王建国", "name"),
        ("建国", "name"),
        ("wjg", "initials"),
        ("Smith J", "name"),
        ("5188", "phone"),
        ("199-0009-5188", "phone"),
        ("+86 13900001234", "phone"),
        ("990000198309170012", "identity"),
        ("99000019830917001x", "identity"),
        ("990000830917001", "identity"),
        ("12", "name"),
    ],
)
def test_what_is_typed_is_understood(text, kind):
    assert finding_people.kind_of(text) == kind


def test_names_are_found_by_any_part(town, everyone):
    chance = random.Random(3)
    for row in chance.sample(everyone, 12):
        text = row["name"][chance.randrange(len(row["name"])) :]
        wanted = {one["id"] for one in everyone if text in one["name"]}
        found = finding_people.find(town, text, "name", 10_000)
        assert {one["id"] for one in found} == wanted
        whole = [one["name"] == text for one in found]
        assert whole == sorted(whole, reverse=True)


def test_phones_by_their_tail_and_identities_whole(town, everyone):
    for row in [one for one in everyone if one["phone"] and one["identity_number"]][:5]:
        tail = row["phone"].replace("-", "")[-6:]
        found = finding_people.find(town, tail, "phone", 50)
        digits = {one["id"]: (one["phone"] or "").replace("-", "") for one in everyone}
        assert {one["id"] for one in found} == {k for k, v in digits.items() if v.endswith(tail)}
        (same,) = finding_people.find(town, row["identity_number"].lower(), "identity", 50)
        assert same["id"] == row["id"]
        assert finding_people.find(town, row["identity_number"][:-1], "identity", 50) == []


def test_initials_are_pinyin_and_surnames_are_read_as_such(town, everyone):
    row = everyone[0]
    was = {"name": row["name"]}
    apply(town, town.identity, "x", [Edit("person", row["id"], was, {"name": "单晓曾"})])
    found = finding_people.find(town, "sxc", "initials", 10)
    assert row["id"] in {one["id"] for one in found}
    with town.connect() as connection:
        spelled = connection.scalar(
            sa.select(RESIDENT.c.initials).where(RESIDENT.c.id == row["id"])
        )
    assert spelled == "sxc"


def test_an_id_is_found_as_well(town, everyone):
    assert finding_people.find(town, everyone[7]["id"], "name", 5)[0]["id"] == everyone[7]["id"]


def test_what_was_written_is_found_at_once(town, everyone):
    assert finding_people.find(town, "欧阳娜娜", "name", 5) == []
    row = everyone[3]
    was = {"name": row["name"]}
    apply(town, town.identity, "x", [Edit("person", row["id"], was, {"name": "欧阳娜娜"})])
    assert [one["id"] for one in finding_people.find(town, "欧阳娜娜", "name", 5)] == [row["id"]]


@given(
    st.lists(st.text("王建国ab 国", max_size=6), max_size=30),
    st.text("王建国ab", min_size=1, max_size=4),
)
def test_the_index_finds_what_python_finds(names, text):
    column = pa.chunked_array([pa.array(names, pa.string())])
    rows = pa.chunked_array([pa.array(np.arange(len(names)) * 3, pa.int64())])
    index = NameIndex.of(rows, column, column)
    found = index.containing(text, 1000).tolist()
    assert sorted(found) == [3 * place for place, name in enumerate(names) if text in name]
    ranks = [
        0 if names[row // 3] == text else 1 if names[row // 3].startswith(text) else 2
        for row in found
    ]
    assert ranks == sorted(ranks)
    begun = index.spelled(text, 1000).tolist()
    assert sorted(begun) == sorted(found)
    shorter = index.spelled(text, 2).tolist()
    assert shorter == begun[:2]


@given(
    st.lists(st.tuples(st.text("ab", max_size=3), st.text("王建", max_size=3)), max_size=30),
    st.text("AaBb", min_size=1, max_size=3),
)
def test_initials_begin_and_whole_ones_come_first(people, letters):
    people.sort(key=lambda one: one[1])
    initials, names = ([one[part] for one in people] for part in (0, 1))
    rows = pa.chunked_array([pa.array(np.arange(len(people)), pa.int64())])
    columns = [pa.chunked_array([pa.array(one, pa.string())]) for one in (names, initials)]
    found = NameIndex.of(rows, *columns).spelled(letters, 1000).tolist()
    begun = [k for k, text in enumerate(initials) if text.startswith(letters.lower())]
    assert found == sorted(begun, key=lambda k: (initials[k] != letters.lower(), k))
