"""Figures divided into the classes of a style, and the legend that says what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis import classing
from mapdesk.layers.layer_style import MOST_KINDS, LayerStyle
from mapdesk.layers.palettes import palettes
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS
from mapdesk.model.spans import Span, day_span, span_text

NO_FIGURE, NOT_SHOWN, NOT_THERE = -1, -2, -3
"""Classes of things without a figure, of things whose figure is hidden, and of those not valid then."""

_SAID = {NO_FIGURE: "no figure", NOT_SHOWN: "not shown"}

EMPTY_COLOUR = {"light": "#d9d9d6", "dark": "#4a5056"}
HIDDEN_COLOUR = {"light": "#c4c4c4", "dark": "#5d646b"}
"""Colours by theme of things without a figure, and of those whose figure is not shown (hatched)."""


SIZES = (0.8, 1.9)
"""Times the usual size that the smallest and the largest symbols are."""
NO_SIZE = 0.65
"""The same, of symbols without a figure."""
SIZE_CLASSES = 4

OTHERS = "all others"
OTHERS_COLOUR = "#8f8f8f"
"""Label and colour of categories that are too rare for a colour of their own."""


@dataclass(frozen=True)
class Figures:
    """A figure for each thing of a layer.

    Parameters
    ----------
    ids : ndarray of str, shape (n,)
    values : ndarray, shape (n,)
        Numbers with nan, or words with None, where there is none.
    hidden : ndarray of bool, shape (n,)
        Whose figure the user may not see.
    exact : bool
        Exact counts of people are in it: it leaves the desk only by the door out.
    days : tuple of date
        Days there are figures for, rising; empty where the measure knows no days.
    of_day : ndarray of float, shape (len(days), n)
        Figures by day.
    averaged : bool
        Of several days together the mean counts, otherwise the sum.
    """

    ids: NDArray[np.object_]
    values: NDArray[Any]
    hidden: NDArray[np.bool_]
    exact: bool = False
    days: tuple[date, ...] = ()
    of_day: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    averaged: bool = False

    def on(self, span: Span | None) -> NDArray[Any]:
        """Return the figures of the days of a span; of the last one where none is named."""
        if not self.days:
            return self.values
        wanted = day_span(self.days[-1]) if span is None else span
        at = [wanted.first_day <= day <= wanted.last_day for day in self.days]
        return self._together(self.of_day[at])

    def by_spans(self, days: int) -> NDArray[np.float64]:
        """Return the figures of all spans of so many days, one after the other: (m, n)."""
        if days == 1:
            return self.of_day
        first = np.array([(day - self.days[0]).days // days for day in self.days])
        return np.stack([self._together(self.of_day[first == at]) for at in np.unique(first)])

    def _together(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the figures of some days as one; without any day 0, or nothing where it is a mean."""
        if not self.averaged:
            return np.asarray(np.nansum(rows, axis=0))
        known = np.isfinite(rows)
        count = known.sum(axis=0)
        total = np.where(known, rows, 0.0).sum(axis=0)
        return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


@dataclass(frozen=True)
class Entry:
    """One line of a legend.

    Parameters
    ----------
    colour : str
        "#rrggbb".
    label : str
        Numbers, or an English word.
    count : int
        Things of this class.
    hatched : bool
        Their figure is not shown.
    is_word : bool
        The label is a word, for `tr`, and not a range of numbers.
    disc : float
        Of points: how large their symbols are, times the usual size; 0 for areas.
    before : int or None
        Things of this class left of a line between two times; `count` are those right of it.
    """

    colour: str
    label: str
    count: int
    hatched: bool = False
    is_word: bool = True
    disc: float = 0.0
    before: int | None = None

    @property
    def counts(self) -> str:
        """How many there are, on either side of a line where there are two times."""
        left = "" if self.before is None else f"{self.before:,} | "
        return f"{left}{self.count:,}"


@dataclass(frozen=True)
class Legend:
    """What the colours of a map say.

    Parameters
    ----------
    title : str
        English, for `tr`.
    unit : str
        Of the numbers, for `tr`; empty for none.
    noun : str
        What is counted in the entries.
    span : Span or None
        Days of the figures.
    personal : bool
        Exact counts of people are on the map.
    covers : bool
        The colours lie over the ground: land use below is not seen.
    sizes : Legend or None
        What the sizes of symbols say, where it is something else than their colours.
    before : Span or None
        Days of the figures left of a line between two times.
    """

    title: str
    unit: str
    noun: str
    entries: tuple[Entry, ...]
    span: Span | None = None
    personal: bool = False
    covers: bool = False
    sizes: Legend | None = None
    before: Span | None = None

    @property
    def days(self) -> str:
        """The days of the figures in words, of both sides of a line; empty where they are of none."""
        found = [span_text(one) for one in (self.before, self.span) if one is not None]
        return " | ".join(found)


def beside(left: Legend, right: Legend) -> Legend:
    """Return the legend of two times either side of a line, which have the same classes."""
    counts = {one.label: one.count for one in left.entries}
    there = {one.label for one in right.entries}
    entries = [replace(one, before=counts.get(one.label, 0)) for one in right.entries]
    entries += [
        replace(one, before=one.count, count=0) for one in left.entries if one.label not in there
    ]
    return replace(right, entries=tuple(entries), before=left.span)


def headings_of(legend: Legend) -> list[str]:
    """Return what a legend is of: its title with the unit, and its days if there are any."""
    unit = f" ({tr(legend.unit)})" if legend.unit else ""
    return [f"{tr(legend.title)}{unit}", *([legend.days] if legend.days else [])]


@dataclass(frozen=True)
class Classed:
    """Things divided into classes.

    Parameters
    ----------
    of : ndarray of int, shape (n,)
        Class of each, or `NO_FIGURE`, `NOT_SHOWN` or `NOT_THERE`.
    colours : tuple of str
        By class.
    values : ndarray, shape (n,)
        Figures that were divided.
    scale : Scale
    """

    of: NDArray[np.int64]
    colours: tuple[str, ...]
    legend: Legend
    values: NDArray[Any]
    scale: Scale

    def said(self, at: int) -> str:
        """Return what one thing's figure is of, and the figure; of exact counts of people its class alone."""
        number, title = int(self.of[at]), tr(self.legend.title)
        if number == NOT_THERE or self.scale.labels == ("all",):
            return ""
        if number in _SAID:
            return f"{title}: {tr(_SAID[number])}"
        label, unit = self.scale.labels[number], tr(self.legend.unit)
        if self.scale.words:
            return f"{title}: {tr(label)}"
        value = float(self.values[at])
        text = label if self.legend.personal else number_text(value, whole=value.is_integer())
        return f"{title}: {text}" + (f" {unit}" if unit.lower() not in title.lower() else "")

    def rgb(self, theme: str) -> NDArray[np.uint8]:
        """Return a colour (n, 3) for each thing, those without a class too."""
        empty = EMPTY_COLOUR[theme]
        table = [*self.colours, empty, HIDDEN_COLOUR[theme], empty]
        rows = np.array([list(bytes.fromhex(one[1:])) for one in table], np.uint8)
        return rows[self.of]  # -1 is the last row, -2 the one before it, and so on

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """Whose figure is not shown."""
        return np.asarray(self.of == NOT_SHOWN)

    @property
    def gone(self) -> NDArray[np.bool_]:
        """Which are not valid at its time."""
        return np.asarray(self.of == NOT_THERE)


@dataclass(frozen=True)
class Scale:
    """The classes of a style over figures: the same for every span as long, so that they can be compared.

    Parameters
    ----------
    bounds : ndarray of float
        Upper bounds of classes of numbers.
    words : tuple of str
        Categories.
    labels : tuple of str
        By class.
    """

    bounds: NDArray[np.float64]
    words: tuple[str, ...]
    labels: tuple[str, ...]

    def colours(self, style: LayerStyle, theme: str) -> tuple[str, ...]:
        """Return a colour "#rrggbb" for each class."""
        if style.kind == "single":
            return (style.colour,)
        count = len(self.words) if style.kind == "categories" else len(self.labels)
        palette, dark = palettes()[style.palette], theme == "dark"
        colours = palette.take(count, reverse=style.reverse, dark=dark)
        return colours if len(colours) == len(self.labels) else (*colours, OTHERS_COLOUR)


def scale_of(style: LayerStyle, figures: Figures, *days: int) -> Scale:
    """Return the classes that a style divides figures into, those of so many days together; by default of one.

    Of several lengths the figures of all are divided together: two times compared have the same classes.
    """
    if style.kind == "single":
        return Scale(np.empty(0), (), ("all",))
    if style.kind == "categories":
        counted = Counter(_words(figures.values[~figures.hidden]))
        counted.pop(None, None)
        words = [str(word) for word, _count in sorted(counted.items(), key=_by_count)]
        most, palette = MOST_KINDS, palettes()[style.palette]
        if palette.kind == "qualitative":
            most = min(most, len(palette.colours))
        named = words if len(words) <= most else words[: most - 1]
        rest = (OTHERS,) if len(named) < len(words) else ()
        return Scale(np.empty(0), tuple(named), (*named, *rest))
    values = figures.values
    if figures.days:
        values = np.concatenate([figures.by_spans(length) for length in days or (1,)])
    shown = values[..., ~figures.hidden]
    known = np.asarray(shown, float).ravel()
    known = known[np.isfinite(known)]
    method = cast("classing.Method", style.method)
    bounds = classing.breaks(known, method, style.classes)
    labels = _ranges(float(known.min()), bounds, known) if len(known) else ()
    return Scale(bounds, (), labels)


def classed(
    style: LayerStyle,
    figures: Figures,
    scale: Scale,
    theme: str,
    span: Span | None = None,
    gone: Collection[str] = (),
) -> Classed:
    """Divide the figures of a span, or of no time in particular, into the classes of a scale.

    Parameters
    ----------
    gone : collection of str
        Ids of things that are not valid then: they are of no class and not counted.
    """
    values = figures.on(span)
    if style.kind == "single":
        of = np.zeros(len(values), np.int64)
    elif style.kind == "categories":
        place = {word: number for number, word in enumerate(scale.words)}
        last = len(scale.labels) - 1
        of = np.array(
            [NO_FIGURE if word is None else place.get(word, last) for word in _words(values)],
            np.int64,
        )
    elif len(scale.bounds):
        of = classing.class_of(np.asarray(values, float), scale.bounds)
    else:
        of = np.full(len(values), NO_FIGURE, np.int64)
    of = np.where(figures.hidden, NOT_SHOWN, of).astype(np.int64)
    if gone:
        of[np.isin(figures.ids.astype(str), list(gone))] = NOT_THERE
    counts, colours = Counter(of.tolist()), scale.colours(style, theme)
    entries = [
        Entry(colour, label, counts[number], is_word=style.kind != "graduated")
        for number, (colour, label) in enumerate(zip(colours, scale.labels, strict=True))
    ]
    if style.kind != "categories":
        entries.reverse()  # the greatest stands above, as the columns do
    if counts[NO_FIGURE]:
        entries.append(Entry(EMPTY_COLOUR[theme], _SAID[NO_FIGURE], counts[NO_FIGURE]))
    if counts[NOT_SHOWN]:
        entries.append(
            Entry(HIDDEN_COLOUR[theme], _SAID[NOT_SHOWN], counts[NOT_SHOWN], hatched=True)
        )
    measure = style.measure
    title = measure.title if measure else NOUNS[style.noun].title
    days = (span or day_span(figures.days[-1])) if figures.days else None
    unit = measure.unit if measure and style.kind == "graduated" else ""
    covers = style.drawing == "choropleth"
    legend = Legend(title, unit, style.noun, tuple(entries), days, figures.exact, covers)
    return Classed(of, colours, legend, values, scale)


def _words(values: NDArray[Any]) -> list[str | None]:
    """Return values as words; None for those that are missing."""
    found: list[str | None] = []
    for value in values.tolist():
        if value is None or value == "" or value != value:
            found.append(None)
        elif isinstance(value, float) and value.is_integer():
            found.append(str(int(value)))
        else:
            found.append(str(value))
    return found


def _by_count(pair: tuple[str | None, int]) -> tuple[int, str]:
    return -pair[1], str(pair[0])


def _ranges(
    least: float, bounds: NDArray[np.float64], known: NDArray[np.float64]
) -> tuple[str, ...]:
    """Return what each class holds: "0", "1–4", "12.5–18"."""
    whole = bool((known == np.floor(known)).all())
    digits = 3
    while len({number_text(one, digits) for one in bounds.tolist()}) < len(bounds) and digits < 17:
        digits += 1
    labels = []
    low = least
    for bound in bounds.tolist():
        first, last = number_text(low, digits, whole=whole), number_text(bound, digits, whole=whole)
        labels.append(first if first == last else f"{first}–{last}")
        low = bound + 1 if whole else bound
    return tuple(labels)


def number_text(value: float, digits: int = 3, *, whole: bool = False) -> str:
    """Return a number as it stands in a legend: "1,240", "0.35"."""
    if whole or abs(value) >= 10**digits:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"
