"""Counts on paper: age-sex pyramids and bars, drawn as vectors, numbers beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mapdesk.formats.page import ACCENT, HAIR, INK, PALE, POINT, QUIET, Align, Box, Colour
from mapdesk.formats.pdf import Paper
from mapdesk.model.language import tr

MALE: Colour = (58, 110, 150)
FEMALE: Colour = (196, 122, 60)
"""Blue and ochre stay apart for colour-blind readers, and left and right for black-and-white printers."""

WITHHELD = "·"
"""Printed for a count that is held back."""

_ALIGNS: dict[tuple[int, bool], Align] = {
    (-1, False): "centre",
    (1, False): "centre",
    (-1, True): "left",
    (1, True): "right",
}
"""How the numbers of an axis stand, by its side and whether it ends there: none leaves the box."""

Count = int | None
"""Of things; None where it is held back because too few people stand behind it."""


@dataclass(frozen=True, slots=True)
class Pyramid:
    """People by age and sex.

    Parameters
    ----------
    ages : tuple of str
        What each band is called, youngest first: "0–4".
    male, female : tuple of int or None
        People of each band.
    """

    ages: tuple[str, ...]
    male: tuple[Count, ...]
    female: tuple[Count, ...]

    def __post_init__(self) -> None:
        """Raise ValueError where bands and counts differ in number."""
        if not len(self.ages) == len(self.male) == len(self.female):
            raise ValueError(
                f"{len(self.ages)} ages, {len(self.male)} and {len(self.female)} counts"
            )


@dataclass(frozen=True, slots=True)
class Share:
    """A kind of thing and how many there are."""

    label: str
    count: Count


def number(count: float | None, digits: int = 0) -> str:
    """Return a number as printed: 12,345, or `WITHHELD`."""
    return WITHHELD if count is None else f"{count:,.{digits}f}"


def draw_pyramid(paper: Paper, box: Box, pyramid: Pyramid) -> None:
    """Draw an age-sex pyramid, the oldest on top, into a box with both axes alike."""
    size = 6.5 * paper.scale
    axis = paper.width("000–000", size) + 2
    head, foot = size * POINT * 2.2, size * POINT * 1.8
    half = (box.width - axis) / 2
    middle = box.x + box.width / 2
    left, right = middle - axis / 2, middle + axis / 2
    baseline = box.y + size * POINT
    totals = [_total(side) for side in (pyramid.male, pyramid.female)]
    paper.text(
        left, baseline, f"{tr('male')}  {number(totals[0])}", size + 0.5, MALE, align="right"
    )
    paper.text(right, baseline, f"{tr('female')}  {number(totals[1])}", size + 0.5, FEMALE)
    if not pyramid.ages:
        return
    step = (box.height - head - foot) / len(pyramid.ages)
    top, bottom = box.y + head, box.bottom - foot
    tick = _tick(max([1, *(count or 0 for count in (*pyramid.male, *pyramid.female))]))
    unit = half / (2 * tick)
    for value in (0, tick, 2 * tick):
        for edge, way in ((left, -1), (right, 1)):
            x = edge + way * value * unit
            paper.rule(x, top, x, bottom, 0.25, HAIR)
            if value:
                paper.text(
                    x,
                    box.bottom - 0.2,
                    number(value),
                    size - 0.5,
                    QUIET,
                    align=_ALIGNS[way, value > tick],
                )
    labelled = max(1, round(size * POINT * 1.05 / step + 0.49))
    for band, (age, male, female) in enumerate(
        zip(pyramid.ages, pyramid.male, pyramid.female, strict=True)
    ):
        y = bottom - (band + 1) * step
        if band % labelled == 0:
            paper.text(middle, y + step / 2 + size * POINT * 0.36, age, size, QUIET, align="centre")
        for count, edge, way, colour in ((male, left, -1, MALE), (female, right, 1, FEMALE)):
            if count is None:
                paper.text(edge + way * 1.5, y + step * 0.7, WITHHELD, size, QUIET, align="centre")
                continue
            width = count * unit
            paper.bar(
                Box(edge - width if way < 0 else edge, y + step * 0.09, width, step * 0.82), colour
            )


def draw_shares(paper: Paper, box: Box, title: str, shares: Sequence[Share]) -> None:
    """Draw a heading and one row a kind: label, bar, number. What has no room is summed as others."""
    size = 7.5 * paper.scale
    step = size * POINT * 1.75
    y = draw_heading(paper, box, title)
    shown = _fitted(
        [Share(tr(each.label), each.count) for each in shares], int((box.bottom - y) // step)
    )
    widest = max([1, *(share.count or 0 for share in shown)])
    figures = max([paper.width(number(share.count), size) for share in shown], default=0.0)
    label = min(box.width * 0.55, max([paper.width(s.label, size) for s in shown], default=0.0))
    track = box.width - label - figures - 4
    for share in shown:
        baseline = y + step * 0.68
        paper.text(box.x, baseline, share.label, size, within=label)
        if track > 4:
            left = box.x + label + 2
            full = Box(left, y + step * 0.26, track, step * 0.5)
            paper.bar(full, PALE)
            filled = Box(left, full.y, track * (share.count or 0) / widest, full.height)
            paper.bar(filled, ACCENT)
        paper.text(box.right, baseline, number(share.count), size, align="right")
        y += step


def draw_heading(paper: Paper, box: Box, title: str) -> float:
    """Draw a heading over a column and return where what it heads begins."""
    size = 8 * paper.scale
    baseline = box.y + size * POINT
    paper.text(box.x, baseline, title, size, INK, within=box.width, strong=True)
    y = baseline + size * POINT * 0.45
    paper.rule(box.x, y, box.right, y, 0.6, INK)
    return y + size * POINT * 0.35


def _fitted(shares: Sequence[Share], most: int) -> list[Share]:
    """Return as many kinds as there is room for, the rest summed."""
    if len(shares) <= most:
        return list(shares)
    kept, rest = list(shares[: max(most - 1, 0)]), shares[max(most - 1, 0) :]
    return [*kept, Share(tr("others ({count})", count=len(rest)), _total([s.count for s in rest]))]


def _total(counts: Sequence[Count]) -> Count:
    """Return a sum; held back where a part of it is, which could be worked out from it."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _tick(most: int) -> int:
    """Return a round step of which two reach at least `most`."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if 2 * step * factor >= most:
                return step * factor
        step *= 10
