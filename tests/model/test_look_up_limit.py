"""Counting look-ups in rows whose clocks go anywhere."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model import look_up_limit

START = datetime(2026, 3, 1, tzinfo=UTC)


def rows(steps, action=look_up_limit.FOUND):
    """Return rows, newest first, the clock moving by these seconds before each."""
    at, made = START, []
    for number, step in enumerate(steps, 1):
        at += timedelta(seconds=step)
        made.append(
            {
                "number": number,
                "at": at.isoformat(),
                "who": "a",
                "action": action,
                "detail": '{"by":"phone"}',
            }
        )
    return made[::-1]


@given(st.lists(st.integers(-5000, 900), min_size=1, max_size=60))
def test_no_setting_back_makes_a_look_up_older_than_the_time_that_went_on(steps):
    counted = look_up_limit.ages(rows(steps))
    on = [max(step, 0) for step in steps]
    expected = [sum(on[place:]) for place in range(len(on) - 1, 0, -1)]
    assert counted == [age for age in expected if age < look_up_limit.WITHIN]


@given(st.lists(st.integers(0, 100), min_size=22, max_size=80))
def test_whoever_waits_as_told_is_answered(steps):
    newest = rows(steps)
    waits = look_up_limit.wait(look_up_limit.ages(newest))
    later = rows([*steps[:-1], steps[-1] + waits])
    assert look_up_limit.wait(look_up_limit.ages(later)) == 0


@given(st.floats(0.001, 600))
def test_times_are_told_rounded_up(seconds):
    minutes, rest = look_up_limit.told(seconds).split(":")
    assert 0 <= int(minutes) * 60 + int(rest) - seconds < 1


def test_nothing_on_record_counts_nothing():
    assert look_up_limit.ages([]) == []
    assert look_up_limit.wait([]) == 0
