"""Which unit an address written by hand means.

The method is blocking and then likeness: an address is parted by grammar (`address_text`), its building is
looked up by road, number and building, or by compound and building, its door by stair and room. Only where
that leaves several or none, names are compared character by character (rapidfuzz) within the block of
buildings that share number and building. What is not certain is left to a person, with up to five
candidates: a wrong home is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz

from mapdesk.analysis.address_index import SHORTENED, Doors, Places, Texts
from mapdesk.analysis.address_matches import (
    CANDIDATES,
    STATUSES,
    Candidate,
    Matches,
    Option,
    Options,
)
from mapdesk.analysis.address_reading import Reader
from mapdesk.analysis.address_text import Parts

_EXACT, _MATCHED, _DOUBTFUL, _NONE = range(4)

_ROAD_SLIP = 0.6
"""Least likeness of a mistyped road whose number, compound, building and door are all equal: one
character of three is 0.67."""

_LEAST = 0.45
"""Less alike than this is no candidate."""

_BLOCK = 200
"""Buildings of one block that are compared; a block of more tells nothing."""

_CHUNK = 20_000
"""Different addresses between two calls of `progress`."""


class _Answer(NamedTuple):
    status: int
    unit: int = -1
    building: int = -1
    score: float = 0.0
    options: tuple[Option, ...] = ()


_NOTHING = _Answer(_NONE)


class AddressBook:
    """The homes of a district, by address.

    Parameters
    ----------
    building_id, building_address, building_name : sequence (b) of str
        All buildings, those without units too; address and name may be None.
    unit_id, unit_building : sequence (u) of str
        Units and the ids of their buildings.
    stair, floor, room : sequence (u)
        Of the units; may hold None.
    regions : iterable of str
        Names of the district, its city and province that may stand in front of addresses, beside those
        its own addresses have.

    Raises
    ------
    ValueError
        Columns of different lengths.

    Notes
    -----
    Immutable after construction but for caches: one thread at a time.
    """

    def __init__(
        self, *, building_id: Texts, building_address: Texts, building_name: Texts,
        unit_id: Texts, unit_building: Texts, stair: Texts,
        floor: Sequence[object] | npt.NDArray[np.generic], room: Texts, regions: Iterable[str] = (),
    ) -> None:  # fmt: skip
        self._building_id = np.asarray(building_id, dtype=object)
        addresses, names = _said(building_address), _said(building_name)
        self._said = [address or name for address, name in zip(addresses, names, strict=True)]
        self._unit_id = np.asarray(unit_id, dtype=object)
        self._stair, self._room = np.asarray(stair, dtype=object), np.asarray(room, dtype=object)
        lengths = {len(each) for each in (unit_id, unit_building, stair, floor, room)}
        if len(lengths) != 1:
            raise ValueError("columns of units of different lengths")
        owner = pd.Index(self._building_id).get_indexer(np.asarray(unit_building, dtype=object))
        housed = owner >= 0
        self._numbers = np.flatnonzero(housed)
        self._places = Places(addresses, names, regions)
        self._reader = Reader(self._places)
        self._doors = Doors(
            owner[housed].astype(np.int64),
            self._stair[housed],
            np.asarray(floor, dtype=object)[housed],
            self._room[housed],
            len(self._building_id),
        )

    def match(
        self,
        texts: Sequence[str | None] | pd.Series,
        progress: Callable[[float], None] | None = None,
    ) -> Matches:
        """Find what addresses mean.

        Parameters
        ----------
        texts : sequence (n) of str or None
        progress : callable, optional
            Told how much is done, 0 to 1; it may raise to stop the work.
        """
        codes, different = pd.factorize(
            texts if isinstance(texts, pd.Series) else np.asarray(texts, dtype=object)
        )
        count = len(different)
        unit, building = np.full(count + 1, -1), np.full(count + 1, -1)
        score = np.zeros(count + 1)
        status = np.full(count + 1, _NONE, dtype=np.int8)
        options = Options()
        spelt = [str(text) for text in different]
        order = sorted(range(count), key=spelt.__getitem__)
        for start in range(0, count, _CHUNK):
            for place in order[start : start + _CHUNK]:
                answer = self._settle(spelt[place])
                status[place], unit[place], building[place], score[place] = answer[:4]
                if answer.options:
                    options.add(place, answer.options)
            if progress is not None:
                progress(min(1.0, (start + _CHUNK) / count))
        return Matches(
            _taken(self._unit_id, unit)[codes],
            _taken(self._building_id, building)[codes],
            score[codes],
            np.array(STATUSES, dtype=object)[status[codes]],
            self.candidate,
            codes.astype(np.int64),
            options,
        )

    def candidate(self, unit: int, building: int, score: float) -> Candidate:
        """Return a candidate with its address as the district writes it."""
        place = str(self._said[building] or self._building_id[building])
        if unit < 0:
            return Candidate(None, str(self._building_id[building]), score, place)
        stair, room = self._stair[unit], self._room[unit]
        door = "-".join(str(part) for part in (stair, room) if not _missing(part))
        return Candidate(
            str(self._unit_id[unit]),
            str(self._building_id[building]),
            score,
            f"{place} {door}".strip(),
        )

    def _settle(self, text: str) -> _Answer:
        ways, elsewhere, found = self._reader.read(text)
        if not ways:
            return _NOTHING
        surely = [(place, parts) for place, parts in found if not parts.guess]
        if len(surely) == 1:
            answer = self._in_building(*surely[0])
        elif surely:
            answer = self._one_of(surely)
        else:
            answer = self._near(ways, found)
        if elsewhere and answer.status < _DOUBTFUL:
            return _doubt([Option(answer.unit, answer.building, 0.7)])
        return answer

    def _in_building(self, place: int, parts: Parts) -> _Answer:
        """Find the door in a building that is certain."""
        units, certain = self._units(place, parts)
        if not parts.room and not parts.floor:
            units = self._doors.all_of(place) if self._doors.size(place) == 1 else []
            status, score = self._grade(place, parts, named=not units)
            unit = self._number(units[0]) if units else -1
            return _Answer(status, unit, place, score)
        if certain and len(units) == 1:
            status, score = self._grade(place, parts, named=self._door_named(place, parts))
            return _Answer(status, self._number(units[0]), place, score)
        if not units and parts.room:
            units = self._alike(place, parts)
        options = [
            Option(self._number(unit), place, 0.85 if certain else 0.7 - 0.02 * rank)
            for rank, unit in enumerate(units)
        ]
        return _doubt(options or [Option(-1, place, 0.6)], place)

    def _units(self, place: int, parts: Parts) -> tuple[list[int], bool]:
        """Return the units a door may mean, and whether they are those named."""
        doors = self._doors
        if parts.room:
            if parts.stair and (exact := doors.of_door(place, parts.stair, parts.room)):
                return exact, True
            return doors.of_room(place, parts.room), not parts.stair
        if parts.floor and parts.floor.isdigit():
            return doors.on_floor(place, int(parts.floor)), True
        return [], False

    def _door_named(self, place: int, parts: Parts) -> bool:
        return bool(parts.room) and (bool(parts.stair) or not self._doors.several_stairs[place])

    def _grade(self, place: int, parts: Parts, *, named: bool) -> tuple[int, float]:
        """Return whether all is equal, and the score of a building and door that are certain."""
        own = self._places.parts[place]
        like = self._places.compound_likeness(parts.compound, place)
        whole = bool(parts.road and parts.number) and parts.building == own.building
        plain = like is None and bool(parts.compound) and not self._places.compounds[place]
        score = 1.0 - 0.03 * (not whole) - 0.03 * (not named) - 0.02 * plain
        score -= 0.0 if like is None else 0.1 * (1.0 - like)
        return (_EXACT if score > 0.999 else _MATCHED), score

    def _one_of(self, found: list[tuple[int, Parts]]) -> _Answer:
        """Tell several buildings, or readings, apart by their doors."""
        options: dict[int, Option] = {}
        readings_of: dict[int, tuple[int, Parts]] = {}
        for place, parts in found:
            units, certain = self._units(place, parts)
            for unit in units:
                score = 0.85 if certain else 0.65
                if unit not in options or options[unit].score < score:
                    options[unit] = Option(self._number(unit), place, score)
                    readings_of[unit] = (place, parts)
        named = [unit for unit, option in options.items() if option.score > 0.8]
        if len(named) == 1:
            place, parts = readings_of[named[0]]
            _, score = self._grade(place, parts, named=self._door_named(place, parts))
            return _Answer(_MATCHED, self._number(named[0]), place, min(score, 0.95))
        places = {place for place, _ in found}
        if not options:
            if len(places) == 1:
                return self._in_building(*found[0])
            return _doubt([Option(-1, place, 0.6) for place in sorted(places)])
        return _doubt(list(options.values()), places.pop() if len(places) == 1 else -1)

    def _near(self, ways: list[Parts], guessed: list[tuple[int, Parts]]) -> _Answer:
        """Look for what a slip of the pen may have meant."""
        options: dict[tuple[int, int], Option] = {}
        slips: list[Option] = []
        for place, parts in [*guessed, *((p, way) for way in ways for p in self._block(way))]:
            like = self._places.likeness(parts, place)
            if like < _LEAST:
                continue
            units, certain = self._units(place, parts)
            for unit in units or [-1]:
                door = 0.2 if unit < 0 else 1.0 if certain else 0.5
                option = Option(
                    unit if unit < 0 else self._number(unit),
                    place,
                    min(0.75 * like + 0.25 * door, 0.89),
                )
                key = (option.unit, place)
                if key not in options or options[key].score < option.score:
                    options[key] = option
                if unit >= 0 and certain and len(units) == 1 and self._is_slip(parts, place):
                    slips.append(option)
        if not options:
            return _NOTHING
        ranked = sorted(options.values(), key=_by_score)
        best = ranked[0]
        alone = len(ranked) == 1 or ranked[1].score < best.score - 0.05
        if alone and best in slips:
            return _Answer(_MATCHED, best.unit, best.building, 0.9)
        return _doubt(ranked)

    def _block(self, parts: Parts) -> list[int]:
        """Return the buildings that share enough with an address to be compared with it."""
        places = self._places
        found: dict[int, None] = {}
        for block in (
            places.by_number.get((parts.number, parts.building)) if parts.number else None,
            *(
                places.by_name.get((name, parts.building))
                for name in places.compounds_like(parts.compound)
            ),
            places.on_street.get((parts.road, parts.number)) if parts.road else None,
            places.in_compound.get(parts.compound),
        ):
            if block is not None and len(block) <= _BLOCK:
                found |= dict.fromkeys(block)
        return list(found)

    def _is_slip(self, parts: Parts, place: int) -> bool:
        """Return whether only the road's name differs, and by little."""
        own = self._places.parts[place]
        like = self._places.compound_likeness(parts.compound, place)
        return (
            like is not None
            and like >= SHORTENED
            and bool(parts.number)
            and not parts.guess
            and parts.number == own.number
            and parts.building == own.building
            and fuzz.ratio(parts.road, own.road) / 100.0 >= _ROAD_SLIP
        )

    def _alike(self, place: int, parts: Parts) -> list[int]:
        """Return the units of a building whose doors read most like the one named."""
        units = self._doors.all_of(place)
        wanted = f"{parts.stair}-{parts.room}"
        scored = [
            (-fuzz.ratio(wanted, f"{self._stair[number]}-{self._room[number]}"), unit)
            for unit, number in ((unit, self._number(unit)) for unit in units)
        ]
        return [unit for _, unit in sorted(scored)[:CANDIDATES]]

    def _number(self, unit: int) -> int:
        """Return the row of a unit among those given."""
        return int(self._numbers[unit])


def _doubt(options: list[Option], building: int = -1) -> _Answer:
    ranked = sorted(options, key=_by_score)[:CANDIDATES]
    return _Answer(_DOUBTFUL, -1, building, ranked[0].score, tuple(ranked))


def _by_score(option: Option) -> tuple[float, int, int]:
    return (-option.score, option.building, option.unit)


def _taken(ids: npt.NDArray[np.object_], places: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """Return ids by place, None for -1."""
    padded = np.empty(len(ids) + 1, dtype=object)
    padded[:-1] = ids
    return padded[places]


def _said(texts: Texts) -> list[str | None]:
    return [None if _missing(text) else str(text) for text in texts]


def _missing(value: Any) -> bool:
    return value is None or value != value or value == ""
