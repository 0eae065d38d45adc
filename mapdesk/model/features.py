"""Rows of one noun as columns: what layers draw and algorithms work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray


@dataclass(frozen=True)
class Features:
    """Rows of one noun.

    Parameters
    ----------
    noun : str
        Key in `NOUNS`.
    ids : ndarray of str, shape (n,)
    columns : dict of ndarray, shape (n,)
        Fields asked for; missing text is None, missing numbers are nan.
    geometry : ndarray of shapely.Geometry, shape (n,), or None
        In metres of the district's CRS.
    """

    noun: str
    ids: NDArray[np.object_]
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    geometry: NDArray[np.object_] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Position of each id; made once."""
        return {key: position for position, key in enumerate(self.ids.tolist())}

    @property
    def xy(self) -> NDArray[np.float64]:
        """Coordinates (n, 2) in metres: of points themselves, of others a point inside."""
        geometry = self.placed
        if len(geometry) and shapely.get_type_id(geometry[0]) != shapely.GeometryType.POINT:
            geometry = shapely.point_on_surface(geometry)
        return np.column_stack([shapely.get_x(geometry), shapely.get_y(geometry)])

    @property
    def placed(self) -> NDArray[np.object_]:
        """The geometry, which must have been asked for."""
        if self.geometry is None:
            raise ValueError(f"{self.noun} was read without geometry")
        return self.geometry
