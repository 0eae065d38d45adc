"""Finding names that contain a text, in memory, on the embedded store.

All different names stand behind each other in one run of bytes, so that the C library's search finds a
text among a million people's names in milliseconds, where the engine's scan takes fifty. About thirty
bytes a person; built at the first question and dropped when people are written. A shared store asks its
trigram index instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Ranked = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Positions of people, and 0 where the whole text was meant, 1 where its beginning, else 2."""


@dataclass(frozen=True)
class NameIndex:
    """Names and pinyin initials of all residents, in order of name and id.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        Row ids of the flat table.
    names, initials : _Texts
        Each with the positions in `rows` of those who have it.
    """

    rows: Rows
    names: _Texts
    initials: _Texts

    @classmethod
    def of(
        cls, rows: pa.ChunkedArray, names: pa.ChunkedArray, initials: pa.ChunkedArray
    ) -> NameIndex:
        """Build the index of columns of the flat table, sorted by name and id."""
        return cls(rows.to_numpy(), _Texts.of(names), _Texts.of(initials))

    def containing(self, text: str, limit: int) -> Rows:
        """Return row ids of people whose name contains `text`: whole names, then beginnings, then others."""
        return self._best([self.names.containing(text)], limit)

    def spelled(self, letters: str, limit: int) -> Rows:
        """Return row ids of people whose initials begin with `letters`, or whose name contains them.

        Those with no more letters come first, then names that begin with them.
        """
        found, rank = self.initials.containing(letters.lower(), anywhere=False)
        begun = (found, np.where(rank == 0, 0, 2))
        return self._best([begun, self.names.containing(letters)], limit)

    def _best(self, answers: list[Ranked], limit: int) -> Rows:
        found, rank = (np.concatenate(parts) for parts in zip(*answers, strict=True))
        order = np.lexsort((found, rank))
        _once, first = np.unique(found[order], return_index=True)
        return np.asarray(self.rows[found[order[np.sort(first)[:limit]]]])


@dataclass(frozen=True)
class _Texts:
    """Different texts behind each other, each ended by a line feed, and who has them.

    Parameters
    ----------
    content : bytes-like
        UTF-8.
    starts : ndarray of int, shape (n + 1,)
        Where each text begins.
    people : ndarray of int, shape (people,)
        Positions of people, those of one text together.
    groups : ndarray of int, shape (n + 1,)
        Where in `people` each text's begin.
    """

    content: memoryview
    starts: NDArray[np.int64]
    people: NDArray[np.int64]
    groups: NDArray[np.int64]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> _Texts:
        plain = pc.fill_null(column.combine_chunks().cast(pa.large_string()), "")
        coded = plain.dictionary_encode()
        ended = pc.binary_join_element_wise(
            coded.dictionary, pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string())
        )
        _validity, offsets, data = ended.buffers()
        starts = np.frombuffer(offsets, np.int64)[: len(ended) + 1]
        codes = coded.indices.to_numpy()
        groups = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(ended)))])
        return cls(memoryview(data or b""), starts, np.argsort(codes, kind="stable"), groups)

    def containing(self, text: str, *, anywhere: bool = True) -> Ranked:
        """Return those whose text contains `text`, or begins with it unless `anywhere`."""
        needle = text.encode()
        if not needle or b"\n" in needle:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        hits = np.fromiter(
            (hit.start() for hit in re.finditer(re.escape(needle), self.content)), np.int64
        )
        found = np.searchsorted(self.starts, hits, "right") - 1
        begins = self.starts[found] == hits
        if not anywhere:
            hits, found, begins = hits[begins], found[begins], begins[begins]
        whole = begins & (self.starts[found + 1] == hits + len(needle) + 1)
        count = self.groups[found + 1] - self.groups[found]
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        people = self.people[np.repeat(self.groups[found], count) + within]
        return people, np.repeat(np.where(whole, 0, np.where(begins, 1, 2)), count)
