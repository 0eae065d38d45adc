"""What lines are built on or in where they cross others, in the spellings of OpenStreetMap and registers.

A mark that cannot be read counts as not given: a road is drawn as others are, and not refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

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


def _flags(tells: Callable[[str | None], bool]) -> Callable[[pd.Series], pd.Series]:
    def read(column: pd.Series) -> pd.Series:
        return texts(column).map(tells, na_action="ignore").astype("boolean")

    return read


def _layers(column: pd.Series) -> pd.Series:
    return texts(column).map(layer_of, na_action="ignore").astype("Int64")


READERS: Mapping[str, Callable[[pd.Series], pd.Series]] = {
    "bridge": _flags(is_bridge),
    "tunnel": _flags(is_tunnel),
    "layer": _layers,
}
"""How a column is read, by the field of a line."""
