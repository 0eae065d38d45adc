"""Identity numbers, phones and names of people who do not exist.

Identity numbers follow GB 11643 (region, date of birth, order, check digit) with a region code that
is not assigned to any place, so that every generated resident can be told from a real one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapdesk.demo.chance import draw
from mapdesk.model.identity_number import check_characters

ERAS = ((1965, "before_1965"), (1985, "from_1965"), (2005, "from_1985"), (9999, "from_2005"))
"""First year after each era of given names, and the era's key in the recipe."""


def digits_of(numbers: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Return the last `width` decimal digits of whole numbers (n,) as an array (n, width)."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return np.asarray(numbers[:, None] // powers % 10, dtype=np.int64)


def identity_numbers(
    region_code: str, birth: NDArray[np.datetime64], female: NDArray[np.bool_]
) -> NDArray[np.str_]:
    """Return one identity number of 18 characters per person, no two alike.

    Parameters
    ----------
    region_code : str
        Six digits.
    birth : ndarray (n,) of datetime64[D]
        Dates of birth.
    female : ndarray (n,) of bool
        Sex: odd order numbers are men's, even ones women's.

    """
    days = birth.astype("datetime64[D]").astype(np.int64)
    order = pd.Series(days * 2 + female).groupby(days * 2 + female).cumcount().to_numpy()
    sequence = (order * 2 + np.where(female, 2, 1)).astype(np.int64)
    if sequence.size and sequence.max() > 999:
        raise ValueError("more than 499 people of one sex share a date of birth")
    dates = pd.DatetimeIndex(birth)
    written = (dates.year * 10_000 + dates.month * 100 + dates.day).to_numpy(dtype=np.int64)
    region = np.full(len(days), int(region_code), dtype=np.int64)
    digits = np.hstack([digits_of(region, 6), digits_of(written, 8), digits_of(sequence, 3)])
    return joined(np.hstack([digits.astype("U1"), check_characters(digits)[:, None]]))


def joined(characters: NDArray[np.str_]) -> NDArray[np.str_]:
    """Join an array of single characters (n, width) to one text a row."""
    width = characters.shape[1]
    return np.ascontiguousarray(characters.astype("U1")).view(f"U{width}").ravel()


def phones(count: int, rng: np.random.Generator, block: str = "19900") -> NDArray[np.str_]:
    """Return `count` different phone numbers ``199-00dd-dddd``, of a block kept for the demo."""
    numbers = rng.permutation(1_000_000)[:count].astype(np.int64)
    digits = digits_of(numbers, 6).astype("U1")
    head = np.tile(np.array(list(f"{block[:3]}-{block[3:]}")), (count, 1))
    dash = np.full((count, 1), "-")
    return joined(np.hstack([head, digits[:, :2], dash, digits[:, 2:]]))


def surname_numbers(
    names: Mapping[str, Any], count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw surnames by their frequency, as indices of the recipe's list."""
    return draw(rng, [weight for _, weight in names["surnames"]], count)


def surnames(names: Mapping[str, Any], numbers: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return surnames by number."""
    listed = np.array([name for name, _ in names["surnames"]], dtype=object)
    return np.asarray(listed[numbers])


def given_names(
    names: Mapping[str, Any],
    year: NDArray[np.int64],
    female: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    """Draw given names fitting each person's sex and year of birth (n,)."""
    found = np.empty(len(year), dtype=object)
    era = np.searchsorted([last for last, _ in ERAS], year, side="right")
    for number, (_, key) in enumerate(ERAS):
        for sex, is_female in (("male", False), ("female", True)):
            chosen = (era == number) & (female == is_female)
            listed = names[sex][key]
            drawn = draw(rng, [weight for _, weight in listed], int(chosen.sum()))
            found[chosen] = np.array([name for name, _ in listed], dtype=object)[drawn]
    return found


def full_names(
    names: Mapping[str, Any],
    year: NDArray[np.int64],
    female: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    """Draw whole names of people with no family in the district."""
    family = surnames(names, surname_numbers(names, len(year), rng))
    return np.asarray(family + given_names(names, year, female, rng))
