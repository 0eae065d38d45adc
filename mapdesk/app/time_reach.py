"""From when to when the bar of time goes, and a time beside the one it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from mapdesk.model.errors import InputError
from mapdesk.model.language import tr
from mapdesk.model.spans import Axis, Span, Step, axis_over, span_of, step_for, steps_over


@dataclass(frozen=True)
class Reach:
    """From when to when there is something on the map, and in which steps it can be gone through.

    Parameters
    ----------
    by_year : bool
        Nothing on it says more than a year.
    """

    first: datetime
    last: datetime
    by_year: bool = False

    def axis(self, step: Step | None) -> Axis:
        """Return the steps of it: those wanted where they serve, else those that suit."""
        able = self.steps
        usual: Step = "year" if self.by_year else step_for(self.first, self.last)
        usual = usual if usual in able else able[0]
        return axis_over(self.first, self.last, step if step in able else usual)

    def around(self, span: Span) -> Reach:
        """Return a reach that has a span in it too."""
        last = max(self.last, span.end - timedelta(seconds=1))
        return replace(self, first=min(self.first, span.start), last=last)

    def axis_of(self, span: Span, step: Step | None) -> Axis:
        """Return the steps, finer ones where a span would not be made of whole steps."""
        # One after the other: years in hours are thousands of steps.
        able = map(self.axis, (step, *reversed(self.steps)))
        fitting = (one for one in able if one.span(*one.nearest(span)) == span)
        return next(fitting, None) or self.axis(step)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Steps that can be chosen."""
        return steps_over(self.first, self.last)


@dataclass(frozen=True)
class Beside:
    """A time left of a line, and where that is, 0 to 1 of the map's width."""

    span: Span
    line: float = 0.5


def times_kept(kept: Any) -> tuple[Span, Beside | None]:
    """Return the time that a bookmark keeps, and the one beside it.

    Raises
    ------
    InputError
        It is not what a desk keeps.
    """
    try:
        span, beside = span_of(str(kept["span"])), None
        if "before" in kept:
            line = min(max(float(kept.get("line", 0.5)), 0.0), 1.0)
            beside = Beside(span_of(str(kept["before"])), line)
    except (InputError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(tr("The time of this view cannot be read.")) from error
    return span, beside
