"""Spans of time: read as typed, said in two languages, stepped through."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model.errors import InputError
from mapdesk.model.language import LANGUAGE
from mapdesk.model.spans import (
    MOST_STEPS,
    STEPS,
    Span,
    axis_over,
    day_span,
    span_of,
    span_text,
    step_for,
    steps_over,
)

MOMENTS = st.datetimes(span_of("1900").start, span_of("2100").start)
SAID = {
    "2026": ("2026", "2026年"),
    "2024/2026": ("2024–2026", "2024年–2026年"),
    "2026-03": ("Mar 2026", "2026年3月"),
    "2026-01/2026-03": ("Jan–Mar 2026", "2026年1月–3月"),
    "2025-12/2026-01": ("Dec 2025 – Jan 2026", "2025年12月–2026年1月"),
    "2026-03-03": ("3 Mar 2026", "2026年3月3日"),
    "2026-W10": ("2–8 Mar 2026", "2026年3月2日–8日"),
    "2026-02-28..2026-03-06": ("28 Feb – 6 Mar 2026", "2026年2月28日–3月6日"),
    "2026-03-03T14": ("3 Mar 2026 14:00–15:00", "2026年3月3日 14:00–15:00"),
    "2026-03-03 14:20 / 2026-03-04 02:00": (
        "3 Mar 2026 14:20 – 4 Mar 2026 02:00",
        "2026年3月3日 14:20 – 2026年3月4日 02:00",
    ),
}


@pytest.mark.parametrize("text", SAID)
def test_a_span_is_read_and_said(text):
    english, chinese = SAID[text]
    assert span_text(span_of(text)) == english
    LANGUAGE.install("zh_CN", {})
    assert span_text(span_of(text)) == chinese


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13", "2026-02-30", "2026-W60", "2026-03-03T25", "1/2/3", "9999"]
)
def test_what_is_no_time_is_refused_in_a_sentence(text):
    with pytest.raises(InputError, match=r"is no time; write 2026,"):
        span_of(text)


def test_a_span_ends_after_it_begins():
    with pytest.raises(InputError, match="ends before it begins"):
        span_of("2026-03/2026-02")


@given(MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(days=900)))
def test_what_is_kept_of_a_span_reads_back(start, length):
    start = start.replace(second=0, microsecond=0)
    end = (start + length).replace(second=0, microsecond=0)
    span = Span(start, max(end, start + timedelta(minutes=1)))
    assert span_of(span.typed()) == span


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=30_000)))
def test_the_steps_of_a_reach_hold_all_of_it_once(first, length):
    last = first + length
    for step in {*steps_over(first, last), step_for(first, last)}:
        if step not in steps_over(first, last):
            continue
        axis = axis_over(first, last, step)
        assert axis.ticks[0] <= first and axis.ticks[-1] > last
        assert all(a < b for a, b in zip(axis.ticks, axis.ticks[1:], strict=False))
        assert axis.counted(np.array([first, last, "NaT"], "datetime64[us]")).sum() == 2
        assert axis.nearest(axis.span(0, 1)) == (0, 1)
        assert axis.nearest(Span(first - timedelta(days=9), first)) == (0, 1)


def test_the_step_suits_the_spread():
    first = span_of("2026-03").start
    spreads = {2: "hour", 30: "day", 1000: "week", 9000: "month", 40_000: "year"}
    for days, step in spreads.items():
        assert step_for(first, first + timedelta(days=days)) == step
    assert step_for(first, first) == "hour"
    assert set(spreads.values()) == set(STEPS)


def test_steps_too_many_to_tell_apart_are_refused():
    with pytest.raises(InputError, match=f"more than {MOST_STEPS:,} steps"):
        axis_over(span_of("1900").start, span_of("2026").start, "hour")


def test_moments_lie_in_a_span_and_what_lasts_meets_it():
    times = np.array(["2026-03-02T23:59", "2026-03-03", "2026-03-04", "NaT"], "datetime64[us]")
    day = day_span(date(2026, 3, 3))
    assert times[day.among(times)].tolist() == times[1:2].tolist()
    starts = np.array(["2026-01-01", "2026-03-04", "NaT", "NaT"], "datetime64[us]")
    ends = np.array(["2026-03-02", "NaT", "2026-03-03", "NaT"], "datetime64[us]")
    assert day.meets(starts, ends).tolist() == [False, False, True, True]
    assert (day.days, day_span(date(2026, 3, 3), date(2026, 3, 9)).days) == (1, 7)
