"""What addresses were found to mean, and the candidates of those a person has to decide."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Status: TypeAlias = Literal["exact", "matched", "doubtful", "none"]

STATUSES: tuple[Status, ...] = ("exact", "matched", "doubtful", "none")
CANDIDATES = 5
"""Candidates shown of a doubtful address."""


class Candidate(NamedTuple):
    """One home or building an address may mean; `unit_id` is None where only the building is meant."""

    unit_id: str | None
    building_id: str
    score: float
    text: str


class Option(NamedTuple):
    """A candidate by its place among units (-1: none) and buildings."""

    unit: int
    building: int
    score: float


class Options:
    """Candidates of many addresses, in arrays: a million of them are a few megabytes."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._unit, self._building, self._score = array("i"), array("i"), array("f")

    def add(self, address: int, options: tuple[Option, ...]) -> None:
        """Keep the candidates of an address."""
        self._first[address] = len(self._unit) * (CANDIDATES + 1) + len(options)
        for unit, building, score in options:
            self._unit.append(unit)
            self._building.append(building)
            self._score.append(score)

    def of(self, address: int) -> list[Option]:
        """Return the candidates of an address; of one without any, none."""
        first, count = divmod(self._first.get(address, 0), CANDIDATES + 1)
        return [
            Option(self._unit[place], self._building[place], round(self._score[place], 4))
            for place in range(first, first + count)
        ]


@dataclass(frozen=True, slots=True)
class Matches:
    """What addresses mean, one entry each, in the order they were given.

    Parameters
    ----------
    unit_id : array (n,) of str or None
        None also where an address that is "exact" or "matched" names a building and no door.
    building_id : array (n,) of str or None
        Of a "doubtful" address the building, where that is certain.
    score : array (n,) of float
        1 is every part named and equal; a doubtful one has its best candidate's, below 0.9; none has 0.
    status : array (n,) of str
        "exact": all parts are equal. "matched": one unit fits; something is left out or misspelt.
        "doubtful": for a person to decide. "none": nothing fits.
    """

    unit_id: npt.NDArray[np.object_]
    building_id: npt.NDArray[np.object_]
    score: npt.NDArray[np.float64]
    status: npt.NDArray[np.object_]
    _candidate: Callable[[int, int, float], Candidate] = field(repr=False)
    _codes: npt.NDArray[np.int64] = field(repr=False)
    _options: Options = field(repr=False)

    def __len__(self) -> int:
        return len(self.status)

    def candidates(self, place: int) -> list[Candidate]:
        """Return up to `CANDIDATES` candidates of the address at `place`, the likeliest first."""
        found = self._options.of(int(self._codes[place]))
        return [self._candidate(*option) for option in found]
