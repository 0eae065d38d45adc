"""Identity numbers by GB 11643-1999: region, date of birth, order and sex, check character.

The check character is ISO 7064 MOD 11-2. Numbers of 15 digits (until 1999) have two digits of the year, all
of the 20th century, and no check character.
"""

from __future__ import annotations

import re
from datetime import date
from operator import mul
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
"""Weights of the first 17 digits."""

CHECK_CHARACTERS = np.array(list("10X98765432"))
"""Check character by weighted sum modulo 11."""

_WEIGHTS: tuple[int, ...] = tuple(WEIGHTS.tolist())
_CHECKS = "".join(CHECK_CHARACTERS.tolist())
_FULL = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_OLD = re.compile(r"[1-9]\d{14}", re.ASCII)
_ZEROS = ord("0") * sum(_WEIGHTS)


class Identity(NamedTuple):
    """What an identity number says.

    Parameters
    ----------
    number : str
        18 characters, upper case; one of 15 digits is brought to this form.
    born : datetime.date
    sex : {"male", "female"}
    """

    number: str
    born: date
    sex: str


def check_characters(digits: NDArray[np.int64]) -> NDArray[np.str_]:
    """Return the check character of each row of 17 digits (n, 17)."""
    return np.asarray(CHECK_CHARACTERS[(digits * WEIGHTS).sum(axis=1) % 11])


def read_identity(text: str) -> Identity:
    """Read an identity number of 18 or 15 characters.

    Raises
    ------
    ValueError
        With the reason, which does not repeat the number: reports are passed on.
    """
    number = text.upper()
    if _OLD.fullmatch(number):
        number = f"{number[:6]}19{number[6:]}"
        number += _check_of(number)
    elif not _FULL.fullmatch(number):
        raise ValueError("is no identity number of 18 characters")
    elif number[17] != _check_of(number):
        raise ValueError("has a wrong check character")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ValueError("holds a date of birth that does not exist") from None
    return Identity(number, born, "male" if int(number[16]) % 2 else "female")


def _check_of(number: str) -> str:
    """Return the check character of 17 digits or more, by their ASCII codes: 48 is the code of 0."""
    return _CHECKS[(sum(map(mul, number[:17].encode("ascii"), _WEIGHTS)) - _ZEROS) % 11]
