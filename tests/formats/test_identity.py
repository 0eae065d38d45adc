"""Ids that stay, pieces that are joined, things that are told apart."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats.identity import dissolve, geometry_hashes, row_hashes, tell_apart

CORNERS = [(0.0, 0.0), (30.0, 0.0), (30.0, 10.0), (12.0, 18.0), (0.0, 10.0)]


@given(st.integers(0, 4), st.booleans(), st.floats(-0.004, 0.004))
def test_hash_does_not_depend_on_start_direction_or_noise(
    start: int, backwards: bool, noise: float
) -> None:
    turned = CORNERS[start:] + CORNERS[:start]
    shaken = [(x + noise, y - noise) for x, y in (turned[::-1] if backwards else turned)]
    shapes = np.array([shapely.Polygon(CORNERS), shapely.Polygon(shaken)], dtype=object)
    first, second = geometry_hashes(shapes)
    assert first == second


def test_hash_tells_neighbours_apart() -> None:
    shapes = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], dtype=object)
    assert len(set(geometry_hashes(shapes))) == 2


@given(st.lists(st.floats(5.0, 95.0), min_size=1, max_size=6, unique=True))
def test_a_building_cut_by_tiles_is_whole_again(cuts: list[float]) -> None:
    edges = [0.0, *sorted(cuts), 100.0]
    pieces = [shapely.box(west, 0, east, 10) for west, east in pairwise(edges)]
    rows = {
        "id": np.array(["7"] * len(pieces), object),
        "height": np.array([np.nan, *[12.0] * (len(pieces) - 1)]),
    }
    whole, shapes, _, joined, things = dissolve(
        rows, np.array(pieces, dtype=object), np.arange(len(pieces))
    )
    assert (joined, things, len(whole["id"])) == (len(pieces), 1, 1)
    assert whole["height"][0] == 12.0
    assert shapely.equals_exact(
        shapely.normalize(shapes[0].simplify(0)),
        shapely.normalize(shapely.box(0, 0, 100, 10)),
        tolerance=1e-6,
    )


def test_gaps_of_rounding_are_closed_and_others_are_not() -> None:
    near = np.array([shapely.box(0, 0, 10, 10), shapely.box(10.02, 0, 20, 10)], dtype=object)
    far = np.array([shapely.box(0, 0, 10, 10), shapely.box(11, 0, 20, 10)], dtype=object)
    rows = {"id": np.array(["7", "7"], object)}
    _, shapes, *_ = dissolve(rows, near, np.arange(2))
    assert [shape.geom_type for shape in shapes] == ["Polygon"]
    assert dissolve(rows, far, np.arange(2))[3] == 0


def test_touching_things_of_different_names_stay_apart() -> None:
    shapes = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], dtype=object)
    rows = {
        "id": np.array(["0", "0"], object),
        "name": np.array(["north park", "south park"], object),
    }
    assert dissolve(rows, shapes, np.arange(2))[3] == 0


def test_parts_of_one_row_stay_apart() -> None:
    shapes = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], dtype=object)
    assert dissolve({"id": np.array(["0", "0"], object)}, shapes, np.array([5, 5]))[3] == 0


@given(st.permutations(range(4)))
def test_told_apart_the_same_in_any_order(order: list[int]) -> None:
    ids = np.array(["a", "a", "b", "a"], object)
    hashes = np.array(["1" * 16, "2" * 16, "3" * 16, "2" * 16], dtype=object)
    size = np.array([1.0, 9.0, 1.0, 1.0])
    told, changed = tell_apart(ids[order], hashes[order], size[order])
    assert changed == 2
    assert sorted(told) == ["a", "a#11111111", "a#22222222", "b"]
    assert told[order.index(1)] == "a"


def test_people_are_the_same_when_their_phone_changes() -> None:
    person = {
        "name": np.array(["李四"], object),
        "birth_date": np.array(["1970-01-01"], object),
        "identity_number": np.array(["99"], object),
        "phone": np.array(["1"], object),
    }
    before = row_hashes(person, "person")
    after = row_hashes(person | {"phone": np.array(["2"], object)}, "person")
    assert before.tolist() == after.tolist()


def test_the_largest_piece_says_what_a_thing_is() -> None:
    shapes = np.array([shapely.box(0, 0, 5, 10), shapely.box(5, 0, 30, 10)], dtype=object)
    rows = {"id": np.array(["7", "7"], object), "use": np.array(["office", "school"], object)}
    assert dissolve(rows, shapes, np.arange(2))[0]["use"].tolist() == ["school"]
