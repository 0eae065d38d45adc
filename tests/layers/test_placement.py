"""Which names are written: none overlap, the more important wins, and what stands stays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.layers.placement import (
    GAP,
    Candidates,
    Occupied,
    along,
    anchors,
    declutter,
    letter_boxes,
)

WIDTH, HEIGHT = 400, 300
FINE = 1e-6


@st.composite
def candidates(draw):
    """Return up to 40 names of up to three boxes each, some off the picture, some that stood before."""
    count = draw(st.integers(0, 40))
    boxes, start = [], [0]
    for _ in range(count):
        x, y = draw(st.integers(-40, WIDTH)), draw(st.integers(-20, HEIGHT))
        for part in range(draw(st.integers(1, 3))):
            wide, high = draw(st.floats(1, 90)), draw(st.floats(1, 30))
            boxes.append([x + 20 * part, y, x + 20 * part + wide, y + high])
        start.append(len(boxes))
    pick = st.lists(st.integers(0, 3), min_size=count, max_size=count)
    return Candidates(
        np.array(boxes, float).reshape(-1, 4),
        np.array(start),
        np.array(draw(pick), np.int64),
        np.array(draw(pick), float),
        np.array(draw(pick), np.int64) == 0,
        np.array(draw(pick), np.int64) + 4 * (np.arange(count) // 4),
        np.full(count, -1),
    )


def boxes_of(names, index):
    return names.boxes[names.start[index] : names.start[index + 1]]


def touch(one, other, gap=0.0):
    left, top, right, bottom = one.T
    a, b, c, d = other.T
    apart = (
        (right[:, None] + gap <= a + FINE)
        | (c + gap <= left[:, None] + FINE)
        | (bottom[:, None] + gap <= b + FINE)
        | (d + gap <= top[:, None] + FINE)
    )
    return not apart.all()


def on_picture(boxes):
    """Return boxes as far as they are on the picture; only that can overlap to the eye."""
    limits = [WIDTH, HEIGHT, WIDTH, HEIGHT]
    clipped = np.clip(boxes, 0, limits)
    return clipped[(clipped[:, 2] > clipped[:, 0]) & (clipped[:, 3] > clipped[:, 1])]


@given(candidates())
def test_no_two_names_overlap(names):
    written = declutter(names, Occupied(WIDTH, HEIGHT))
    for at, one in enumerate(written):
        for other in written[at + 1 :]:
            assert not touch(on_picture(boxes_of(names, one)), on_picture(boxes_of(names, other)))


@given(candidates())
def test_a_name_is_left_out_only_for_one_that_goes_before_it(names):
    written = declutter(names, Occupied(WIDTH, HEIGHT))
    order = names.order.tolist()
    groups = {int(names.group[index]) for index in written}
    for index in set(order) - set(written):
        if int(names.group[index]) in groups:
            continue
        before = [one for one in written if order.index(one) < order.index(index)]
        assert all(names.rank[one] <= names.rank[index] for one in before)
        # Cells of 2 px and the gap: what is further away than both is no reason.
        reach = GAP + 4.0
        assert any(touch(boxes_of(names, index), boxes_of(names, one), reach) for one in before)


@given(candidates())
def test_what_stands_and_still_fits_stays(names):
    first = declutter(names, Occupied(WIDTH, HEIGHT))
    held = np.zeros(len(names.rank), bool)
    held[first] = True
    moved = names.boxes + [3.0, 2.0, 3.0, 2.0]
    again = Candidates(moved, names.start, names.rank, names.weight, held, names.group, names.same)
    second = set(declutter(again, Occupied(WIDTH + 10, HEIGHT + 10)))
    inside = [
        index
        for index in first
        if (boxes_of(names, index) >= 0).all()
        and (boxes_of(names, index) <= [WIDTH, HEIGHT, WIDTH, HEIGHT]).all()
    ]
    top = min((int(names.rank[index]) for index in first), default=0)
    # Only a more important name that comes into the picture may push one out.
    for index in inside:
        if names.rank[index] == top:
            assert index in second or any(
                names.group[other] == names.group[index] for other in second
            )


def test_the_same_text_is_kept_apart():
    boxes = np.array([[0, 0, 40, 12], [100, 0, 140, 12], [300, 0, 340, 12]], float)
    three, one = np.arange(3), np.zeros(3, np.int64)
    names = Candidates(
        boxes, np.arange(4), one, np.array([3.0, 2.0, 1.0]), one > 0, three, one, apart=260.0
    )
    assert declutter(names, Occupied(WIDTH, HEIGHT)) == [0, 2]


def set_along(corners, part=0.5, letters=8, wide=8.0):
    corners = np.array(corners, float)
    offsets = (np.arange(letters) - (letters - 1) / 2) * wide
    piece = len(corners) // 2 - 1
    return along(
        corners,
        np.array([0]),
        np.array([len(corners) - 1]),
        np.array([piece]),
        np.array([part]),
        offsets,
        np.full(letters, wide),
        np.array([0, letters]),
    )


@pytest.mark.parametrize("turn", np.arange(0, 360, 15).tolist())
def test_names_read_from_left_to_right_whichever_way_the_line_runs(turn):
    direction = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
    letters = set_along([200 - 100 * direction, 200 + 100 * direction])
    assert letters.fits.all()
    assert np.cos(letters.angle).min() > -FINE
    assert letters.xy[-1, 0] >= letters.xy[0, 0] - FINE
    assert letters.xy.mean(axis=0) == pytest.approx([200, 200])


def test_letters_follow_the_line():
    angles = np.linspace(np.pi, 0, 40)
    arc = np.column_stack([200 + 120 * np.cos(angles), 200 - 120 * np.sin(angles)])
    letters = set_along(arc)
    assert letters.fits.all()
    assert np.hypot(*(letters.xy - 200).T) == pytest.approx(120, abs=1.0)
    assert letters.angle[0] < -0.15
    assert letters.angle[-1] > 0.15


def test_no_name_stands_on_a_line_too_short_too_bent_or_out_of_sight():
    assert not set_along([[0, 0], [50, 0]]).fits.any()
    assert not set_along([[0, 0], [100, 0], [100, 1], [0, 1]], 0.5).fits.any()
    assert not set_along([[0, 0], [100, 0], [np.nan, np.nan], [300, 0]], 0.9).fits.any()


def test_turned_letters_are_covered():
    letters = set_along([[0, 0], [100, 100]])
    boxes = letter_boxes(letters, np.full(8, 8.0), np.full(8, 12.0))
    assert np.diff(boxes[:, [0, 2]]).ravel() == pytest.approx((8 + 12) / np.sqrt(2))


def test_a_name_stands_first_in_the_middle_then_in_the_halves():
    xy = np.array([[0.0, 0.0], [1000.0, 0.0], [0.0, 50.0], [40.0, 50.0]])
    line, piece, part, halving = anchors(np.array([0, 2, 4]), xy, 200.0)
    first = line == 0
    assert (part[first] * 1000).tolist()[:3] == pytest.approx([500, 250, 750])
    assert halving[first].tolist()[:3] == [0, 1, 1]
    assert piece[~first].tolist() == [2]
    assert part[~first].tolist() == pytest.approx([0.5])
