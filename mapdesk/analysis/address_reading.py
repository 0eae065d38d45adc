"""Addresses read once each, and the buildings that are certain from their parts."""

from __future__ import annotations

from typing import TypeAlias

from mapdesk.analysis.address_index import Places
from mapdesk.analysis.address_text import Parts, read_door, readings, split_door

_AGREES = 0.6
"""Least likeness of a compound's name where road, number and building are equal."""

_APART = 0.15
"""By how much the best of several buildings must fit better than the next."""

_REMEMBERED = 20_000
"""Halves of addresses remembered at once; they come in order, so few are enough."""

Read: TypeAlias = tuple[list[Parts], bool, list[tuple[int, Parts]]]
"""The ways to read an address, whether it is of another city, the buildings that are certain."""


class Reader:
    """Reads addresses against the buildings of a district.

    Parameters
    ----------
    places : Places
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._read: dict[str, Read] = {}
        self._tails: dict[str, tuple[str, str] | None] = {}

    def read(self, text: str) -> Read:
        """Read an address, its building once for all that share it where a plain door follows."""
        head, tail = split_door(text)
        door = self._read_tail(tail) if tail else None
        if door is None:
            return self._read_text(text)
        read = self._read.get(head)
        if read is None:
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            read = self._read[head] = self._read_text(head)
        ways, elsewhere, found = read
        if any(parts.stair or parts.floor or parts.room for parts in ways):
            return self._read_text(text)
        stair, room = door
        return (
            [parts._replace(stair=stair, room=room) for parts in ways],
            elsewhere,
            [(place, parts._replace(stair=stair, room=room)) for place, parts in found],
        )

    def _read_tail(self, tail: str) -> tuple[str, str] | None:
        if tail not in self._tails:
            if len(self._tails) >= _REMEMBERED:
                self._tails.clear()
            self._tails[tail] = read_door(tail)
        return self._tails[tail]

    def _read_text(self, text: str) -> Read:
        ways, elsewhere = self._ways(text)
        return ways, elsewhere, [(place, one) for one in ways for place in self._certain(one)]

    def _ways(self, text: str) -> tuple[list[Parts], bool]:
        ways: list[Parts] = []
        elsewhere = False
        for parts in readings(text):
            local, away = self._places.at_home(parts)
            elsewhere |= away
            ways.append(local)
        return ways, elsewhere

    def _certain(self, parts: Parts) -> list[int]:
        """Return the buildings whose place is equal, none of whose other parts contradict."""
        places = self._places
        found: list[int] | None = None
        if parts.road and parts.number:
            found = places.by_place.get((parts.road, parts.number, parts.building))
            if found is None and not parts.building:
                lone = places.on_street.get((parts.road, parts.number), [])
                found = lone if len(lone) == 1 else None
            if found is not None:
                return self._agreeing(parts.compound, found)
        if parts.compound:
            found = places.by_name.get((parts.compound, parts.building))
            if found is None and not parts.building:
                lone = places.in_compound.get(parts.compound, [])
                found = lone if len(lone) == 1 else None
        return [place for place in found or () if self._on_the_way(parts, place)]

    def _on_the_way(self, parts: Parts, place: int) -> bool:
        """Return whether road and number are a building's, as far as both are said."""
        own = self._places.parts[place]
        return (not parts.road or not own.road or parts.road == own.road) and (
            not parts.number or not own.number or parts.number == own.number
        )

    def _agreeing(self, compound: str, found: list[int]) -> list[int]:
        """Return the buildings of a place whose compound is the one named, or all where none is."""
        likes = [(self._places.compound_likeness(compound, place), place) for place in found]
        told = sorted(((like, place) for like, place in likes if like is not None), reverse=True)
        if not told:
            return found
        if told[0][0] < _AGREES:
            return []
        return [place for like, place in told if like > told[0][0] - _APART and like >= _AGREES]
