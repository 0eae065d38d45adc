"""The bend that turns the plan's straight lattice into a town's streets, keeping every area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mapdesk.demo.network import FloatArray


@dataclass(frozen=True, slots=True)
class Bend:
    """Two shears by sine waves, then a rotation: curved streets, unchanged areas.

    Parameters
    ----------
    origin : tuple of float
        Projected coordinates (metres) that the plan's middle comes to lie on.
    middle : tuple of float
        The plan's middle in plan metres.
    rotation : float
        Degrees counter-clockwise.

    """

    origin: tuple[float, float]
    middle: tuple[float, float]
    rotation: float

    def __call__(self, plan: FloatArray) -> FloatArray:
        """Bend plan coordinates (n, 2) in metres to projected ones (n, 2) in metres."""
        east = plan[:, 0] - self.middle[0]
        north = plan[:, 1] - self.middle[1]
        north = north + 120.0 * np.sin(east / 1050.0 + 0.9) + 20.0 * np.sin(east / 420.0)
        east = east + 70.0 * np.sin(north / 980.0 - 0.5) + 14.0 * np.sin(north / 350.0 + 1.0)
        turn = np.radians(self.rotation)
        return np.column_stack(
            [
                self.origin[0] + east * np.cos(turn) - north * np.sin(turn),
                self.origin[1] + east * np.sin(turn) + north * np.cos(turn),
            ]
        )

    def direction(self, plan: FloatArray) -> FloatArray:
        """Return the angle (radians, counter-clockwise from east) of the local east-west street."""
        step = np.array([20.0, 0.0])
        ahead, behind = self(plan + step), self(plan - step)
        return np.arctan2(ahead[:, 1] - behind[:, 1], ahead[:, 0] - behind[:, 0])
