"""Who lives in an area, in counts: age and sex, households, residence, education, and use of units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapdesk.model.selection import Ref

BAND_YEARS = 5
BANDS = tuple(f"{low}–{low + 4}" for low in range(0, 100, BAND_YEARS)) + ("100+", "unknown")
"""Age bands in years, the last for people whose birth date is not on record."""

OLDEST = len(BANDS) - 2
"""Index of the band 100+."""

AGES = {"0–14": (0, 3), "15–59": (3, 12), "60–79": (12, 16), "80+": (16, OLDEST + 1)}
"""Groups of ages that offices count by, each as its first band and the one after its last."""

SEXES = ("male", "female", "unknown")

SIZES = ("1", "2", "3", "4", "5", "6+")
"""People in a household."""

EDUCATIONS = (
    "none yet",
    "primary",
    "junior secondary",
    "senior secondary",
    "college",
    "university",
    "postgraduate",
)

RESIDENCES = ("registered", "floating")

UNKNOWN = "unknown"

HIDDEN = -1
"""Stands in arrays for a suppressed count; never 0, which would be an answer."""

WHOLE = Ref("district", "")
"""The whole district as an area to ask for."""

Counts = dict[str, int | None]
"""Counts by word in the order they are shown; None where suppressed."""


@dataclass(frozen=True)
class MakeUp:
    """What an area is made up of.

    Parameters
    ----------
    title : str
        What the area is called; empty for the whole district and for an area that was drawn.
    ref : Ref or None
        The grid or building, `WHOLE`, or None for an area that was drawn or selected.
    people, households, units : int or None
        Totals; None where suppressed.
    sexes : dict of str to (int or None)
        People by sex, keys `SEXES`.
    pyramid : ndarray (22, 3) of int64
        People by age band (`BANDS`) and sex (`SEXES`); `HIDDEN` where suppressed.
    household_sizes, residence_kinds, unit_uses, educations : dict of str to (int or None)
        Households by number of people, people by residence kind, units by use, people by education.
    exact : bool
        False where small counts, and those that would give them away, are suppressed.
    buildings : int
        Buildings of a drawn or selected area; 0 for others.
    """

    title: str
    ref: Ref | None
    people: int | None
    households: int | None
    units: int | None
    sexes: Counts
    pyramid: NDArray[np.int64]
    household_sizes: Counts
    residence_kinds: Counts
    unit_uses: Counts
    educations: Counts
    exact: bool = True
    buildings: int = 0

    def cell(self, band: int, sex: int) -> int | None:
        """Return the count of an age band and sex; None where suppressed."""
        count = int(self.pyramid[band, sex])
        return None if count == HIDDEN else count

    @property
    def hides(self) -> bool:
        """Whether any count is suppressed."""
        tables = (self.household_sizes, self.residence_kinds, self.unit_uses, self.educations)
        return (
            bool((self.pyramid == HIDDEN).any())
            or None in (self.people, self.households, self.units)
            or any(None in table.values() for table in (self.sexes, *tables))
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MakeUp:
        """Return what `as_dict` was made of."""
        area = data["area"]
        cells = [
            [HIDDEN if cell is None else cell for cell in (row[sex] for sex in SEXES)]
            for row in (data["pyramid"][band] for band in BANDS)
        ]
        given = dict(data) | {
            "ref": None if area is None else Ref(area["noun"], area["id"]),
            "pyramid": np.array(cells, np.int64),
        }
        del given["area"]
        return cls(**given)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; suppressed counts are None."""
        pyramid = {
            band: {sex: self.cell(row, column) for column, sex in enumerate(SEXES)}
            for row, band in enumerate(BANDS)
        }
        return {
            "area": None if self.ref is None else {"noun": self.ref.noun, "id": self.ref.id},
            "title": self.title,
            "exact": self.exact,
            "buildings": self.buildings,
            "people": self.people,
            "households": self.households,
            "units": self.units,
            "sexes": self.sexes,
            "pyramid": pyramid,
            "household_sizes": self.household_sizes,
            "residence_kinds": self.residence_kinds,
            "unit_uses": self.unit_uses,
            "educations": self.educations,
        }


def ages_of(pyramid: NDArray[np.int64], people: int | None) -> Counts:
    """Return how many people there are and how many of each of `AGES`; None where suppressed.

    Parameters
    ----------
    pyramid : ndarray (22, 3) of int64
        As in `MakeUp`.
    people : int or None
        All of them.
    """
    counts: Counts = {"people": people}
    for group, (first, after) in AGES.items():
        cells = pyramid[first:after]
        counts[group] = None if (cells == HIDDEN).any() else int(cells.sum())
    return counts
