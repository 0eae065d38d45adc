"""Points in a style: the colour and the size of each one's symbol."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapdesk.layers.layer_style import LayerStyle
from mapdesk.layers.legend import (
    EMPTY_COLOUR,
    NO_SIZE,
    SIZE_CLASSES,
    SIZES,
    Classed,
    Entry,
    Figures,
    Legend,
    classed,
    scale_of,
)
from mapdesk.scene3d.content import PointLayer

SIZE_COLOUR = {"light": "#5f6973", "dark": "#aab2bb"}
"""Colour by theme of the discs that say in a legend what sizes mean."""


@dataclass(frozen=True, eq=False)
class PointDress:
    """Gives the points of a noun their colours and sizes; any thread.

    Parameters
    ----------
    ids : ndarray of str, shape (n,)
    which : ndarray of int, shape (n,)
        Position of each one's colour and size among `faces`.
    faces : tuple of (str, float)
        Colours "#rrggbb" and times the usual size; the last is that of points not known.
    """

    noun: str
    ids: NDArray[Any]
    which: NDArray[np.int64]
    faces: tuple[tuple[str, float], ...]

    def __call__(self, layer: PointLayer) -> PointLayer:
        """Return a layer in these colours and sizes."""
        if layer.noun != self.noun:
            return layer
        which = self.which
        if not np.array_equal(layer.ids, self.ids):
            place = dict(zip(self.ids.tolist(), which.tolist(), strict=True))
            last = len(self.faces) - 1
            which = np.array([place.get(key, last) for key in layer.ids.tolist()], np.int64)
        pairs, look = np.unique(layer.look * len(self.faces) + which, return_inverse=True)
        looks = []
        for pair in pairs.tolist():
            colour, scale = self.faces[pair % len(self.faces)]
            plain = layer.looks[pair // len(self.faces)]
            looks.append(replace(plain, colour=colour, scale=scale))
        return replace(layer, looks=tuple(looks), look=np.asarray(look, np.int64))


def dress_of(
    style: LayerStyle, figures: Figures, made: Classed, sizes: Figures | None, theme: str
) -> tuple[PointDress, Legend]:
    """Return how points of a style look, and the legend that says so.

    Parameters
    ----------
    made : Classed
        Their colours.
    sizes : Figures or None
        What their symbols are as large as, of the same points; None for one size.
    """
    colours = [*made.colours, EMPTY_COLOUR[theme]]
    which = np.where(made.of < 0, len(colours) - 1, made.of)
    # Of figures the greatest stands above in a legend, and what has none below.
    scales = [1.0] * len(colours)
    if sizes is not None and style.by == style.size_by and style.kind == "graduated":
        scales = [*_scales(len(made.colours)), NO_SIZE]
        sizes = None
    discs = scales[:-1] if style.kind == "categories" else scales[-2::-1]
    entries = _with_discs(made.legend.entries, [*discs, scales[-1]])
    legend = replace(made.legend, entries=entries)
    if sizes is None:
        faces = tuple(zip(colours, scales, strict=True))
        return PointDress(style.noun, figures.ids, which, faces), legend
    by = replace(style, by=style.size_by, kind="graduated", classes=SIZE_CLASSES, palette="Blues")
    sized = classed(by, sizes, scale_of(by, sizes), theme)
    scales = [*_scales(len(sized.colours)), NO_SIZE]
    step = np.where(sized.of < 0, len(scales) - 1, sized.of)
    faces = tuple((colour, scale) for colour in colours for scale in scales)
    plain = tuple(replace(one, colour=SIZE_COLOUR[theme]) for one in sized.legend.entries)
    by_size = replace(
        sized.legend, entries=_with_discs(plain, [*scales[-2::-1], NO_SIZE]), span=None
    )
    dress = PointDress(style.noun, figures.ids, which * len(scales) + step, faces)
    return dress, replace(legend, sizes=by_size)


def _scales(count: int) -> list[float]:
    """Return how large symbols of each class are, from the least on."""
    return [float(one) for one in np.linspace(*SIZES, max(count, 2))[-count:]] if count else []


def _with_discs(entries: tuple[Entry, ...], discs: list[float]) -> tuple[Entry, ...]:
    return tuple(replace(entry, disc=disc) for entry, disc in zip(entries, discs, strict=False))
