"""What is selected, and answers about places."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from mapdesk.model.filters import Filter
from mapdesk.model.shapes import GroundShape

Combine = Literal["replace", "add", "subtract"]


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """One thing of the district: its noun and id."""

    noun: str
    id: str


@dataclass(frozen=True, slots=True)
class Living:
    """How many people live somewhere, or why the user is not told.

    Parameters
    ----------
    count : int or None
        None where it is not told, or was not asked yet.
    why : str
        Why not, an English sentence; empty where it is told.
    exact : bool
        Whether the user may count them one by one, else it is from the statistics of fixed areas.
    """

    count: int | None = None
    why: str = ""
    exact: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether there is an answer, be it a refusal."""
        return self.count is not None or bool(self.why)


NOT_ASKED = Living()


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """A question about people whose answer is lit up on the map.

    Parameters
    ----------
    filter : Filter
    ids : tuple of str
        Which rows of the answer are; empty for all.
    """

    filter: Filter
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids by noun, the shape that took them, and how many people live inside.

    Parameters
    ----------
    groups : dict of str to tuple of str
        Sorted ids by noun key; nouns with none are absent.
    people : Living
        Residents of the selected buildings: a count, not records; see `selecting.counted`.
    shape : GroundShape or None
        The last shape drawn.
    found : FoundPeople or None
        The question about people that some of it is the answer of.
    """

    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    people: Living = NOT_ASKED
    shape: GroundShape | None = None
    found: FoundPeople | None = None

    def __len__(self) -> int:
        return sum(map(len, self.groups.values()))

    def ids(self, noun: str) -> tuple[str, ...]:
        """Return the selected ids of one noun."""
        return self.groups.get(noun, ())

    def combined(self, other: Selection, how: Combine) -> Selection:
        """Return this selection with `other` replacing it, added, or taken away.

        People are not counted in it: see `selecting.counted`.
        """
        if how == "replace":
            return other
        groups: dict[str, tuple[str, ...]] = {}
        for noun in {**self.groups, **other.groups}:
            mine, theirs = set(self.ids(noun)), set(other.ids(noun))
            ids = mine | theirs if how == "add" else mine - theirs
            if ids:
                groups[noun] = tuple(sorted(ids))
        return Selection(groups, shape=other.shape, found=other.found or self.found)

    def only(self, noun: str) -> Selection:
        """Return one group of it alone; who lives in buildings lives in no other."""
        people = self.people if noun == "building" else Living(0)
        return replace(self, groups={noun: self.ids(noun)}, people=people)


@dataclass(frozen=True, slots=True)
class Nearby:
    """One answer of `nearest`: what, how far, in which direction, and why it is offered."""

    ref: Ref
    name: str
    metres: float
    bearing: float
    status: str
    reason: str
    x: float
    y: float
