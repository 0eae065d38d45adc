"""What lines are built on or in where they cross others, in the spellings of OpenStreetMap and registers.

A mark that cannot be read counts as not given: a road is drawn as others are, and not refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from mapdesk.formats.reading import Column
from mapdesk.formats.values import texts

_NO = frozenset(("no", "n", "f", "false", "0", "none", "否", "无"))
_NO_TUNNEL = _NO | {"building_passage", "culvert", "covered"}
"""What goes through a building lies on the ground; a culvert is the water's."""
_FARTHEST = 20
"""Layers above or below the ground beyond which a number means something else."""


def is_bridge(mark: str | None) -> bool:
    """Say whether `mark` ("yes", "viaduct", "T") tells of a bridge."""
    return bool(mark) and str(mark).strip().lower() not in _NO


def is_tunnel(mark: str | None) -> bool:
    """Say whether `mark` ("yes", "T") tells of a tunnel."""
    return bool(mark) and str(mark).strip().lower() not in _NO_TUNNEL


def layer_of(mark: str | None) -> int | None:
    """Return the layer of "1", "-2" or "1;2" (its first), None where there is none."""
    try:
        layer = round(float((mark or "").split(";")[0]))
    except (ValueError, OverflowError):
        return None
    return layer if abs(layer) <= _FARTHEST else None


def _by(tells: Callable[[str], bool | int | None]) -> Callable[[Column], Column]:
    def read(column: Column) -> Column:
        marks = texts(column)
        told = (None if mark is None else tells(mark) for mark in marks)
        return np.fromiter(told, object, len(marks))

    return read


READERS: Mapping[str, Callable[[Column], Column]] = {
    "bridge": _by(is_bridge),
    "tunnel": _by(is_tunnel),
    "layer": _by(layer_of),
}
"""How a column is read, by the field of a line."""
