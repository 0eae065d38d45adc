"""Windows remembered on screens that are gone: each comes back to where it can be taken hold of."""

from hypothesis import given
from hypothesis import strategies as st

from mapdesk.app.screens import LEAST, arrangement_key, is_within_reach, placed

LAPTOP, WALL = (0, 0, 1440, 860), (1440, -200, 3840, 2120)

sizes = st.tuples(st.integers(640, 4000), st.integers(480, 2200))
windows = st.tuples(
    st.integers(-9000, 9000),
    st.integers(-9000, 9000),
    st.integers(200, 5000),
    st.integers(100, 3000),
)
rows_of_screens = st.lists(sizes, min_size=1, max_size=4).map(
    lambda found: [
        (sum(width for width, _h in found[:at]), 0, *found[at]) for at in range(len(found))
    ]
)


@given(windows, rows_of_screens)
def test_every_window_can_be_taken_hold_of_and_stays_where_it_could(window, screens):
    found = placed(window, screens)
    assert is_within_reach(found, screens)
    assert placed(found, screens) == found
    if is_within_reach(window, screens):
        assert found == window
    else:
        x, y, width, height = found
        assert any(
            left <= x and top <= y and x + width <= left + wide and y + height <= top + high
            for left, top, wide, high in screens
        )
        assert width >= min(window[2], LEAST[0]) and height >= min(window[3], LEAST[1])


def test_a_window_on_a_screen_that_is_gone_comes_to_the_one_left():
    on_wall = (1800, 100, 1600, 1200)
    assert placed(on_wall, [LAPTOP, WALL]) == on_wall
    assert placed(on_wall, [LAPTOP]) == (0, 0, 1440, 860)
    small = (1500, 300, 500, 400)
    assert placed(small, [LAPTOP]) == (940, 300, 500, 400)


def test_a_window_whose_title_is_above_every_screen_comes_down():
    assert placed((100, -40, 800, 600), [LAPTOP]) == (100, 0, 800, 600)
    assert placed((100, -40, 800, 600), []) == (100, -40, 800, 600)


def test_arrangements_are_told_apart_whatever_their_order():
    one, two = ("eDP-1", LAPTOP), ("HDMI-1", WALL)
    assert arrangement_key([one, two]) == arrangement_key([two, one])
    assert arrangement_key([one]) != arrangement_key([one, two])
    assert arrangement_key([one]) != arrangement_key([("eDP-1", (0, 0, 1920, 1080))])
