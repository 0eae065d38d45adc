"""Flat layers of the ground, and at which scales they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.extrude import Mesh

EVERY_SCALE = (0.0, float("inf"))


@dataclass(frozen=True)
class FlatLayer:
    """One flat layer of the ground: its mesh and the kind of each owner.

    Parameters
    ----------
    scales : tuple of float
        Metres per pixel from which, and below which, it is drawn.
    """

    name: str
    mesh: Mesh
    kinds: NDArray[np.object_]
    scales: tuple[float, float] = EVERY_SCALE
