"""Palettes stay apart for readers who confuse red and green (Machado, Oliveira and Fernandes 2009)."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from mapdesk.layers.layer_style import FEWEST, MOST
from mapdesk.layers.legend import EMPTY_COLOUR, HIDDEN_COLOUR, OTHERS_COLOUR
from mapdesk.layers.palettes import palettes
from mapdesk.layers.style import rgb

SEEN_BY = {
    "everyone": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
"""Matrices over linear RGB at full severity, from table 1 of that paper."""

JUST_SEEN = 2.3
"""CIE76 difference that is just noticeable (Mahy and others 1994); classes keep twice that and more."""


def lab(colour: str, seen: np.ndarray) -> np.ndarray:
    """Return CIE L*a*b* (D65) of an sRGB colour as somebody sees it."""
    part = rgb(colour) / 255.0
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    linear = np.clip(seen @ linear, 0, 1)
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = to_xyz @ linear / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, other: str, seen: np.ndarray) -> float:
    return float(np.linalg.norm(lab(one, seen) - lab(other, seen)))


@pytest.mark.parametrize("name", list(palettes()))
@pytest.mark.parametrize("eye", list(SEEN_BY))
def test_neighbouring_classes_stay_apart(name, eye):
    palette, seen = palettes()[name], SEEN_BY[eye]
    if palette.kind == "qualitative":
        pairs = list(combinations(palette.take(MOST), 2))
        wanted = 3 * JUST_SEEN
    else:
        wanted = 2 * JUST_SEEN
        pairs = [
            pair
            for count in range(FEWEST, MOST + 1)
            for turned in (False, True)
            for dark in (False, True)
            for pair in pairwise(palette.take(count, reverse=turned, dark=dark))
        ]
    closest = min(pairs, key=lambda pair: apart(*pair, seen))
    assert apart(*closest, seen) > wanted, closest


@pytest.mark.parametrize(
    "name", [key for key, one in palettes().items() if one.kind == "sequential"]
)
@pytest.mark.parametrize("eye", list(SEEN_BY))
def test_more_always_stands_out_more_along_a_sequential_palette(name, eye):
    for dark, more in ((False, -1), (True, 1)):
        colours = palettes()[name].take(MOST, dark=dark)
        lightness = [lab(one, SEEN_BY[eye])[0] for one in colours]
        assert (np.diff(lightness) * more > 0).all()


@pytest.mark.parametrize("eye", list(SEEN_BY))
def test_what_has_no_class_is_taken_for_no_kind(eye):
    for palette in palettes().values():
        for colour in palette.take(5):
            for other in (EMPTY_COLOUR["light"], HIDDEN_COLOUR["light"], OTHERS_COLOUR):
                assert apart(colour, other, SEEN_BY[eye]) > 2 * JUST_SEEN, (
                    palette.name,
                    colour,
                    other,
                )


def test_each_palette_says_who_made_it():
    for palette in palettes().values():
        assert palette.source
        assert len(set(palette.colours)) == len(palette.colours)


def test_as_many_colours_come_as_are_asked_for():
    for palette in palettes().values():
        for count in range(1, min(MOST, len(palette.colours)) + 1):
            assert len(set(palette.take(count))) == count
