"""Columns to frames: names, order and coordinate system exactly as the nouns say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from mapdesk.model.nouns import NOUNS

SOURCE = "demo"
"""Id of the one source row."""


def plain_frame(noun: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Make the frame of a noun without geometry.

    Parameters
    ----------
    noun : str
        Key of the noun.
    columns : mapping of str to sequence
        ``id`` and the noun's fields; ``source`` is filled in, others left out stay empty.

    Raises
    ------
    KeyError
        A column that the noun does not have.

    """
    names = NOUNS[noun].field_names
    unknown = set(columns) - {"id", *names}
    if unknown:
        raise KeyError(f"{noun} has no field {sorted(unknown)}")
    length = len(columns["id"])
    filled = {name: columns.get(name, [None] * length) for name in ("id", *names)}
    if "source" in names:
        filled["source"] = [SOURCE] * length
    frame = pd.DataFrame(filled)
    for field in NOUNS[noun].fields:
        if field.type in ("date", "datetime"):
            frame[field.name] = pd.to_datetime(frame[field.name]).astype("datetime64[s]")
        elif field.type == "float":
            frame[field.name] = frame[field.name].astype("float64")
        elif field.type == "text":
            frame[field.name] = frame[field.name].astype("str")
    return frame


def placed_frame(
    noun: str, columns: Mapping[str, Any], geometry: Any, crs: str
) -> gpd.GeoDataFrame:
    """Make the frame of a noun with geometry, metres in `crs`; see `plain_frame`.

    `geometry` is a sequence or array of geometries, one a row.
    """
    return gpd.GeoDataFrame(plain_frame(noun, columns), geometry=list(geometry), crs=crs)


def numbered(prefix: str, count: int, digits: int = 5) -> list[str]:
    """Return ids ``B00001`` and so on."""
    return [f"{prefix}{number:0{digits}d}" for number in range(1, count + 1)]
