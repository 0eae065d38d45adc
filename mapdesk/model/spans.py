"""Spans of time: as they are typed, stepped through and said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from mapdesk.model.errors import InputError
from mapdesk.model.language import LANGUAGE

Step = Literal["hour", "day", "week", "month", "year"]
STEPS: tuple[Step, ...] = ("hour", "day", "week", "month", "year")
MOST_STEPS = 10_000
"""Steps of one axis: more could not be told apart on any screen."""

_FINEST: tuple[tuple[timedelta, Step], ...] = (
    (timedelta(days=4), "hour"),
    (timedelta(days=420), "day"),
    (timedelta(days=4 * 366), "week"),
    (timedelta(days=60 * 366), "month"),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TYPED = re.compile(
    r"(?P<year>\d{4})(-W(?P<week>\d\d)|-(?P<month>\d\d)"
    r"(-(?P<day>\d\d)([T ](?P<hour>\d\d)(:(?P<minute>\d\d))?)?)?)?"
)


@dataclass(frozen=True, order=True)
class Span:
    """From a moment to before another, in the district's own time."""

    start: datetime
    end: datetime

    def among(self, times: NDArray[np.datetime64]) -> slice:
        """Return which of moments in order, unknown ones last, lie in it."""
        first, after = np.searchsorted(times, [_stamp(self.start), _stamp(self.end)])
        return slice(int(first), int(after))

    def meets(
        self, starts: NDArray[np.datetime64], ends: NDArray[np.datetime64]
    ) -> NDArray[np.bool_]:
        """Say what lasted into it; what has no start or no end was, or is, always so."""
        begun = np.isnat(starts) | (starts < _stamp(self.end))
        going_on = np.isnat(ends) | (ends >= _stamp(self.start))
        return np.asarray(begun & going_on)

    def includes(self, moment: datetime) -> bool:
        """Say whether a moment lies in it."""
        return self.start <= moment < self.end

    @property
    def first_day(self) -> date:
        """The day it begins on."""
        return self.start.date()

    @property
    def last_day(self) -> date:
        """The last day it has a part of."""
        return max((self.end - timedelta(microseconds=1)).date(), self.first_day)

    @property
    def days(self) -> int:
        """How many days it has a part of."""
        return (self.last_day - self.first_day).days + 1

    def typed(self) -> str:
        """Return the text that `span_of` reads back."""
        return f"{self.start:%Y-%m-%dT%H:%M}/{self.end:%Y-%m-%dT%H:%M}"


def _stamp(moment: datetime) -> np.datetime64:
    return np.datetime64(moment, "us")


def day_span(first: date, last: date | None = None) -> Span:
    """Return a day as a span, or the days from one to another."""
    return Span(_midnight(first), _midnight((last or first) + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time())


def span_of(text: str) -> Span:
    """Read a moment, which stands for its hour, day, week, month or year, or two with "/" between.

    Raises
    ------
    InputError
        It is none.
    """
    parts = re.split(r"\s*(?:/|\.\.)\s*", text.strip())
    try:
        if len(parts) == 1:
            return _one(parts[0])
        if len(parts) == 2:
            found = Span(_one(parts[0], exact=True).start, _one(parts[1], exact=True).end)
            if found.start < found.end:
                return found
            raise InputError(f"'{text}' ends before it begins; write the earlier time first.")
    except (ValueError, OverflowError):
        pass
    raise InputError(
        f"'{text}' is no time; write 2026, 2026-03, 2026-W10, 2026-03-03, 2026-03-03T14, "
        "or two of them with / between."
    )


def _one(text: str, *, exact: bool = False) -> Span:
    """Return the span of one text; ValueError where it is none. An exact minute is a moment."""
    found = _TYPED.fullmatch(text)
    if found is None:
        raise ValueError(text)
    given = {name: int(value) for name, value in found.groupdict().items() if value}
    if "week" in given:
        monday = datetime.fromisocalendar(given["year"], given["week"], 1)
        return Span(monday, monday + timedelta(weeks=1))
    start = datetime(  # noqa: DTZ001 - as above
        given["year"], given.get("month", 1), given.get("day", 1), given.get("hour", 0)
    )
    if "minute" in given and exact:
        moment = start.replace(minute=given["minute"])
        return Span(moment, moment)
    names: dict[str, Step] = {"hour": "hour", "day": "day", "month": "month"}
    step = next((step for name, step in names.items() if name in given), "year")
    return Span(start, stepped(start, cast("Step", step)))


def stepped(moment: datetime, step: Step) -> datetime:
    """Return the moment a step later, of one that a step begins at."""
    if step == "month":
        return moment.replace(year=moment.year + moment.month // 12, month=moment.month % 12 + 1)
    if step == "year":
        return moment.replace(year=moment.year + 1)
    wide = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
    return moment + wide[step]


def _begun(moment: datetime, step: Step) -> datetime:
    """Return when the step that a moment lies in began."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    if step == "hour":
        return hour
    day = hour.replace(hour=0)
    if step == "week":
        return day - timedelta(days=day.weekday())
    if step == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if step == "year" else day


@dataclass(frozen=True)
class Axis:
    """The steps between two moments.

    Parameters
    ----------
    ticks : tuple of datetime
        When each step begins, and when the last one ends.
    """

    step: Step
    ticks: tuple[datetime, ...]

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self.ticks) - 1

    def span(self, first: int, after: int) -> Span:
        """Return the span from a step to before another."""
        return Span(self.ticks[first], self.ticks[after])

    def nearest(self, span: Span) -> tuple[int, int]:
        """Return the steps a span has a part of: the first, and the one after the last."""
        ticks = np.array(self.ticks, "datetime64[us]")
        first = int(np.searchsorted(ticks, _stamp(span.start), "right")) - 1
        after = int(np.searchsorted(ticks, _stamp(span.end), "left"))
        first = min(max(first, 0), self.count - 1)
        return first, min(max(after, first + 1), self.count)

    def counted(self, times: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """Return how many moments lie in each step."""
        ticks = np.array(self.ticks, "datetime64[us]")
        at = np.searchsorted(ticks, times[~np.isnat(times)], "right") - 1
        return np.bincount(at[(at >= 0) & (at < self.count)], minlength=self.count)


def step_for(first: datetime, last: datetime) -> Step:
    """Return the step that suits data spread between two moments."""
    spread = last - first
    return next((step for most, step in _FINEST if spread <= most), "year")


def axis_over(first: datetime, last: datetime, step: Step) -> Axis:
    """Return the steps from the one that `first` lies in to the one that `last` lies in.

    Raises
    ------
    InputError
        They would be more than `MOST_STEPS`.
    """
    ticks = [_begun(first, step)]
    while ticks[-1] <= last:
        if len(ticks) > MOST_STEPS:
            raise InputError(f"That is more than {MOST_STEPS:,} steps; choose longer ones.")
        ticks.append(stepped(ticks[-1], step))
    return Axis(step, tuple(ticks))


def steps_over(first: datetime, last: datetime) -> tuple[Step, ...]:
    """Return the steps that a time can be gone through by."""
    hours = (last - first).total_seconds() / 3600
    long = {"hour": 1.0, "day": 24.0, "week": 168.0, "month": 730.0, "year": 8766.0}
    able = [step for step in STEPS if hours / long[step] < MOST_STEPS - 2]
    return tuple(step for step in able if hours >= long[step]) or (able[0],)


# ------------------------------------------------------------------ said


def span_text(span: Span) -> str:
    """Return a span in the user's language: "3 Mar 2026", "Jan–Mar 2026", "2026年3月3日"."""
    midnight = all(one.time() == datetime.min.time() for one in (span.start, span.end))
    if not midnight:
        same_day = span.first_day == span.last_day
        end = f"{span.end:%H:%M}" if same_day else f"{day_text(span.end)} {span.end:%H:%M}"
        dash = "–" if same_day else " – "
        return f"{day_text(span.start)} {span.start:%H:%M}{dash}{end}"
    first, last = span.first_day, span.last_day
    if _is_whole(span, "year"):
        return _joined([_year(first)], [_year(last)])
    parts = _month if _is_whole(span, "month") else _day
    return _joined(parts(first), parts(last))


def day_text(day: date) -> str:
    """Return a day in the user's language."""
    return _joined(_day(day), _day(day))


def _is_whole(span: Span, step: Step) -> bool:
    return all(_begun(one, step) == one for one in (span.start, span.end))


def _zh() -> bool:
    return LANGUAGE.code.startswith("zh")


def _year(day: date) -> str:
    return f"{day.year}年" if _zh() else f"{day.year}"


def _month(day: date) -> list[str]:
    return [_year(day), f"{day.month}月"] if _zh() else [_MONTHS[day.month - 1], _year(day)]


def _day(day: date) -> list[str]:
    return [*_month(day), f"{day.day}日"] if _zh() else [f"{day.day}", *_month(day)]


def _joined(first: Sequence[str], last: Sequence[str]) -> str:
    """Return two dates from their parts, what both have said once."""
    space = "" if _zh() else " "
    if list(first) == list(last):
        return space.join(first)
    if _zh():
        same = next(at for at, (a, b) in enumerate(zip(first, last, strict=True)) if a != b)
        return f"{''.join(first)}–{''.join(last[same:])}"
    kept = len(first)
    while first[kept - 1] == last[kept - 1]:
        kept -= 1
    dash = "–" if kept == 1 else " – "
    return f"{' '.join(first[:kept])}{dash}{' '.join(last)}"
