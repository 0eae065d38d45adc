"""The buildings and doors of a district, found by the parts of an address."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from mapdesk.analysis.address_regions import Regions
from mapdesk.analysis.address_text import Parts, normalise, plain_number, read_name, read_place

Texts: TypeAlias = Sequence[str | None] | npt.NDArray[np.object_]

SHORTENED = 0.9
"""How alike a name and its abbreviation are: all characters of the one stand in the other in order."""


_CACHED = 50_000
"""Names remembered at once."""


class Places:
    """Buildings by road and number, by compound, and by number alone.

    Parameters
    ----------
    addresses, names : sequence of str or None
        One of each a building.
    regions : iterable of str
        Names the district goes by.
    """

    def __init__(self, addresses: Texts, names: Texts, regions: Iterable[str]) -> None:
        self.parts = [read_place(text or "") for text in addresses]
        named = [read_name(text or "") for text in names]
        heads = [one.road or one.compound for one in self.parts] + [one.compound for one in named]
        self.regions = Regions(heads, regions)
        self.parts = [self.at_home(one)[0] for one in self.parts]
        self.compounds: list[tuple[str, ...]] = []
        self.by_place: dict[tuple[str, str, str], list[int]] = {}
        self.by_name: dict[tuple[str, str], list[int]] = {}
        self.by_number: dict[tuple[str, str], list[int]] = {}
        self._initials: dict[str, list[str]] = {}
        self._alike: dict[str, list[str]] = {}
        self.on_street: dict[tuple[str, str], list[int]] = {}
        self.in_compound: dict[str, list[int]] = {}
        for place, (own, name) in enumerate(zip(self.parts, named, strict=True)):
            self._enter(place, own, self.at_home(name)[0])

    def _enter(self, place: int, own: Parts, name: Parts) -> None:
        building = own.building or name.building
        if not own.building:
            self.parts[place] = own._replace(building=building)
        compounds = tuple(dict.fromkeys(filter(None, (own.compound, name.compound))))
        self.compounds.append(compounds)
        if own.road and own.number:
            for each in {own.building, building}:
                self.by_place.setdefault((own.road, own.number, each), []).append(place)
            self.on_street.setdefault((own.road, own.number), []).append(place)
        if own.number:
            self.by_number.setdefault((own.number, building), []).append(place)
        for compound in compounds:
            self.by_name.setdefault((compound, building), []).append(place)
            if compound not in self.in_compound:
                self._initials.setdefault(compound[0], []).append(compound)
            self.in_compound.setdefault(compound, []).append(place)

    def at_home(self, parts: Parts) -> tuple[Parts, bool]:
        """Return parts without their region, and whether that is another than the district's."""
        road, elsewhere = self.regions.cut(parts.road)
        compound, elsewhere_too = self.regions.cut(parts.compound)
        if road != parts.road or compound != parts.compound:
            parts = parts._replace(road=road, compound=compound)
        return parts, elsewhere or elsewhere_too

    def compounds_like(self, compound: str) -> list[str]:
        """Return the compounds most like a name, of those with its first character."""
        found = self._alike.get(compound)
        if found is None:
            if len(self._alike) >= _CACHED:
                self._alike.clear()
            names = self._initials.get(compound[:1], [])
            close = process.extract(compound, names, scorer=fuzz.ratio, limit=8, score_cutoff=60)
            found = self._alike[compound] = [name for name, _, _ in close]
        return found

    def compound_likeness(self, compound: str, place: int) -> float | None:
        """Return how alike a name is to a building's compound, 0 to 1; None where one has none."""
        known = self.compounds[place]
        if not compound or not known:
            return None
        return max(likeness(compound, one) for one in known)

    def likeness(self, parts: Parts, place: int) -> float:
        """Return how well parts fit a building, 0 to 1; what is not said counts half."""
        own = self.parts[place]
        road = 0.5 if not parts.road or not own.road else likeness(parts.road, own.road)
        number = 0.5 if not parts.number or not own.number else float(parts.number == own.number)
        compound = self.compound_likeness(parts.compound, place)
        building = float(parts.building == own.building)
        return (
            0.3 * road + 0.25 * number + 0.25 * (0.5 if compound is None else compound)
            + 0.2 * building
        )  # fmt: skip


class Doors:
    """Units by building, room and stair, in arrays of numbers.

    Parameters
    ----------
    building : array (n,) of int
        Place of each unit's building among `count`.
    stair, room : sequence (n) of str or None
    floor : sequence (n) of number or None
    count : int
        Buildings.
    """

    def __init__(
        self, building: npt.NDArray[np.int64], stair: Texts, floor: Sequence[object] | npt.NDArray[np.generic],
        room: Texts, count: int,
    ) -> None:  # fmt: skip
        rooms, self._rooms = _coded(room)
        stairs, self._stairs = _coded(stair)
        self._room_base, self._stair_base = len(self._rooms) + 1, len(self._stairs) + 1
        keys = (building * self._room_base + rooms) * self._stair_base + stairs
        order = np.argsort(keys, kind="stable")
        self.units = array("q", order.tobytes())
        self._keys = array("q", keys[order].tobytes())
        edges = np.searchsorted(building[order], np.arange(count + 1))
        self._edges = array("q", edges.astype(np.int64).tobytes())
        levels = pd.to_numeric(pd.Series(np.asarray(floor, dtype=object)), errors="coerce")
        self._floors = array("q", levels.fillna(-999).astype("int64").to_numpy()[order].tobytes())
        several = np.zeros(count, dtype=np.bool_)
        if len(building):
            low = np.full(count, np.iinfo(np.int64).max)
            high = np.full(count, -1)
            np.minimum.at(low, building, stairs)
            np.maximum.at(high, building, stairs)
            several = high > low
        self.several_stairs: list[bool] = several.tolist()

    def size(self, building: int) -> int:
        """Return how many units a building has."""
        return self._edges[building + 1] - self._edges[building]

    def all_of(self, building: int) -> list[int]:
        """Return every unit of a building."""
        return list(self.units[self._edges[building] : self._edges[building + 1]])

    def of_room(self, building: int, room: str) -> list[int]:
        """Return the units of a building, one a stair, that have this room number."""
        code = self._rooms.get(room)
        if code is None:
            return []
        first = (building * self._room_base + code) * self._stair_base
        low = bisect_left(self._keys, first)
        high = bisect_right(self._keys, first + self._stair_base - 1, low)
        return list(self.units[low:high])

    def of_door(self, building: int, stair: str, room: str) -> list[int]:
        """Return the units with this room number on this stair, or in a building without stairs."""
        code = self._rooms.get(room)
        if code is None:
            return []
        first = (building * self._room_base + code) * self._stair_base
        for name in (stair, ""):
            number = self._stairs.get(name)
            if number is not None:
                low = bisect_left(self._keys, first + number)
                high = bisect_right(self._keys, first + number, low)
                if high > low:
                    return list(self.units[low:high])
        return []

    def on_floor(self, building: int, floor: int) -> list[int]:
        """Return the units of a building on one floor."""
        places = range(self._edges[building], self._edges[building + 1])
        return [self.units[place] for place in places if self._floors[place] == floor]


def likeness(one: str, other: str) -> float:
    """Return how alike two names are, 0 to 1.

    Equal names are 1, abbreviations `SHORTENED`; the others have rapidfuzz's normalised Indel similarity
    (twice the longest common subsequence by the sum of lengths).
    """
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    characters = iter(long)
    if len(short) > 1 and all(character in characters for character in short):
        return SHORTENED
    return fuzz.ratio(one, other) / 100.0


def door_name(text: str) -> str:
    """Return a room or stair as addresses spell it: "0501室" and "501" are one."""
    plain = normalise(text).rstrip("室房号户单元门梯间")
    return plain_number(plain) if plain.isdigit() else plain


def _coded(texts: Texts) -> tuple[npt.NDArray[np.int64], dict[str, int]]:
    """Number different texts in their common spelling; none and empty are ""."""
    codes, different = pd.factorize(np.asarray(texts, dtype=object))
    names: dict[str, int] = {"": 0}
    numbers = np.zeros(len(different) + 1, dtype=np.int64)
    for place, text in enumerate(different):
        numbers[place] = names.setdefault(door_name(str(text)), len(names))
    return numbers[codes], names
