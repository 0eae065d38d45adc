"""Who lives in which building, in memory, on the embedded store.

A drawn area takes a thousand buildings that lie anywhere in the flat table; the engine reads all of it to
answer, this a slice a building. Thirty bytes a person; built at the first question and dropped when
people are written. A shared store has an index for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True)
class HomeIndex:
    """Ids of people by building.

    Parameters
    ----------
    people : pyarrow.StringArray, length n
        Ids, those of a building together.
    places : dict of str to int
        Number of each building that has people.
    starts : ndarray of int, shape (buildings + 1,)
        Where in `people` each building's begin.
    """

    people: pa.StringArray
    places: dict[str, int]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, people: pa.ChunkedArray, buildings: pa.ChunkedArray) -> HomeIndex:
        """Build the index of two columns of the flat table, without missing values."""
        coded = buildings.combine_chunks().dictionary_encode()
        codes = coded.indices.to_numpy()
        keys = coded.dictionary.to_pylist()
        starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(keys)))])
        together = people.combine_chunks().take(pa.array(np.argsort(codes, kind="stable")))
        return cls(together, {key: place for place, key in enumerate(keys)}, starts)

    def of_buildings(self, buildings: Iterable[str]) -> list[str]:
        """Return the ids of the people of some buildings, building by building."""
        found = [self.places[one] for one in buildings if one in self.places]
        starts = self.starts[found]
        count = self.starts[np.array(found, np.int64) + 1] - starts
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        ids: list[str] = self.people.take(pa.array(np.repeat(starts, count) + within)).to_pylist()
        return ids
