"""Names of things on the map: where they stand and how each kind of them is written."""

from __future__ import annotations

import importlib.resources
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS_OF_LINE = {
    "road": {
        "trunk": "road_major",
        "primary": "road_major",
        "secondary": "road_middle",
        "tertiary": "road_middle",
        "path": "path",
        "": "road_minor",
    },
    "railway": {"": "railway"},
}
"""How the name of each kind of line is written, by noun; "" is any other."""

BELOW_GROUND = "railway_tunnel"
"""How the name of a railway in a tunnel is written: not near by, where buildings stand over it."""

KINDS_OF_LAND = {
    "water": "water",
    "park": "green",
    "grass": "green",
    "forest": "green",
    "farmland": "green",
    "hill": "green",
}
"""How the name of each kind of land use is written; the others are places."""


Coded = tuple[list[str], NDArray[np.int64]]
"""Different values, and the position of each row's among them."""


class _Kinds:
    """What is found out once about the kinds and nouns of names, for all pictures of them."""

    kinds: NDArray[np.object_]
    nouns: NDArray[np.object_]

    @cached_property
    def coded_kinds(self) -> Coded:
        """The kinds, coded."""
        return _coded(self.kinds)

    @cached_property
    def coded_nouns(self) -> Coded:
        """The nouns, coded."""
        return _coded(self.nouns)


def _coded(values: NDArray[np.object_]) -> Coded:
    found, codes = np.unique(values.astype(str), return_inverse=True)
    return found.tolist(), np.asarray(codes, np.int64)


@dataclass(frozen=True)
class PlaceNames(_Kinds):
    """Names that stand at a place.

    Parameters
    ----------
    texts, kinds, nouns, ids : ndarray of str, shape (n,)
        What is written, how (see `NameStyles`), and whose name it is.
    xy : ndarray of float, shape (n, 2)
        Metres; the middle of the text.
    z : ndarray of float, shape (n,)
        Height in metres.
    across : ndarray of float, shape (n,)
        Metres across the largest circle inside the thing; nan for points.
    side : ndarray of int8, shape (n,)
        -1 left of the line between two times only, 1 right of it only, 0 wherever it is.
    """

    texts: NDArray[np.object_]
    kinds: NDArray[np.object_]
    nouns: NDArray[np.object_]
    ids: NDArray[np.object_]
    xy: NDArray[np.float64]
    z: NDArray[np.float64]
    across: NDArray[np.float64]
    side: NDArray[np.int8]

    @classmethod
    def of(cls, rows: list[tuple[str, str, str, str, float, float, float, float]]) -> PlaceNames:
        """Return names from rows of (text, kind, noun, id, x, y, z, across)."""
        columns = list(zip(*rows, strict=True)) or [()] * 8
        texts, kinds, nouns, ids = (np.array(column, object) for column in columns[:4])
        x, y, z, across = (np.array(column, float) for column in columns[4:])
        side = np.zeros(len(x), np.int8)
        return cls(texts, kinds, nouns, ids, np.column_stack([x, y]), z, across, side)

    def some(self, chosen: NDArray[np.bool_]) -> PlaceNames:
        """Return those names only that are chosen (n,)."""
        return PlaceNames(*(getattr(self, name)[chosen] for name in _FIELDS))

    @cached_property
    def _titles(self) -> dict[str, dict[str, str]]:
        return {}

    def titles(self, noun: str) -> dict[str, str]:
        """Return the names of a noun's things by their ids."""
        if noun not in self._titles:
            chosen = self.nouns == noun
            self._titles[noun] = dict(
                zip(self.ids[chosen].tolist(), self.texts[chosen].tolist(), strict=True)
            )
        return self._titles[noun]

    def without(self, noun: str, left: Collection[str], right: Collection[str]) -> PlaceNames:
        """Return them without names of a noun: left of the line between two times, and right of it."""
        if not (left or right):
            return self
        ids, of_noun = self.ids.astype(str), self.nouns == noun
        is_right, is_left = (of_noun & np.isin(ids, list(gone)) for gone in (left, right))
        side = self.side + is_right - is_left
        return replace(self, side=side.astype(np.int8)).some(~(is_right & is_left))

    def __add__(self, other: PlaceNames) -> PlaceNames:
        pairs = [(getattr(self, name), getattr(other, name)) for name in _FIELDS]
        return PlaceNames(*(np.concatenate(pair) for pair in pairs))


_FIELDS = ("texts", "kinds", "nouns", "ids", "xy", "z", "across", "side")


@dataclass(frozen=True)
class LineNames(_Kinds):
    """Names that run along lines.

    Parameters
    ----------
    texts, kinds, nouns, ids : ndarray of str, shape (n,)
    xy : ndarray of float, shape (m, 2)
        Corners of all lines, metres.
    start : ndarray of int, shape (n + 1,)
        Line i has the corners from ``start[i]`` to before ``start[i + 1]``.
    """

    texts: NDArray[np.object_]
    kinds: NDArray[np.object_]
    nouns: NDArray[np.object_]
    ids: NDArray[np.object_]
    xy: NDArray[np.float64]
    start: NDArray[np.int64]


@dataclass(frozen=True)
class MapNames:
    """All names a map may write."""

    places: PlaceNames
    lines: LineNames

    @classmethod
    def empty(cls) -> MapNames:
        """Return no names."""
        none = np.empty(0, object)
        lines = LineNames(none, none, none, none, np.empty((0, 2)), np.zeros(1, np.int64))
        return cls(PlaceNames.of([]), lines)


@dataclass(frozen=True)
class NameStyle:
    """How the names of one kind are written; see ``data/styles/labels.toml``."""

    rank: int
    size: int
    bold: bool
    slant: bool
    spacing: float
    below: float
    room: float


@dataclass(frozen=True)
class NameStyles:
    """How names are written in one theme.

    Parameters
    ----------
    kinds : mapping of str to NameStyle
    colours : mapping of str to str
        Colour by the part of a kind before "_", "#rrggbb".
    halo : str
    """

    kinds: Mapping[str, NameStyle]
    colours: Mapping[str, str]
    halo: str

    def colour(self, kind: str) -> str:
        """Return the colour of a kind's letters."""
        return self.colours.get(kind.split("_", 1)[0], self.colours["road"])


@cache
def name_styles(theme: str) -> NameStyles:
    """Return how names are written in "light" or "dark"."""
    text = (importlib.resources.files("mapdesk_data") / "styles" / "labels.toml").read_text("utf-8")
    values: dict[str, Any] = tomllib.loads(text)
    kinds = {
        kind: NameStyle(
            row["rank"],
            row["size"],
            row["weight"] == "bold",
            row.get("slant", False),
            row["spacing"],
            row["below"],
            row["room"],
        )
        for kind, row in values["kind"].items()
    }
    colours = dict(values[theme])
    return NameStyles(kinds, colours, colours.pop("halo"))
