"""BD-09, Baidu's further shift of GCJ-02, from and to GCJ-02.

The formula is the one in public use, as in *coordtransform*
(https://github.com/wandergis/coordtransform): a small rotation and stretch around the origin and a fixed
offset, all in degrees. It is not published officially.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mapdesk.formats.gcj02 import Pair, unshifted

_TURN = np.pi * 3000.0 / 180.0


def gcj02_to_bd09(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> Pair:
    """Shift GCJ-02 coordinates to BD-09.

    Parameters
    ----------
    longitude, latitude : array_like
        GCJ-02 degrees, of one shape.

    Returns
    -------
    longitude, latitude : ndarray
        BD-09 degrees.
    """
    east = np.asarray(longitude, dtype=np.float64)
    north = np.asarray(latitude, dtype=np.float64)
    reach = np.hypot(east, north) + 0.00002 * np.sin(north * _TURN)
    angle = np.arctan2(north, east) + 0.000003 * np.cos(east * _TURN)
    return reach * np.cos(angle) + 0.0065, reach * np.sin(angle) + 0.006


def bd09_to_gcj02(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> Pair:
    """Undo the shift; see `gcj02.unshifted`.

    Parameters
    ----------
    longitude, latitude : array_like
        BD-09 degrees, of one shape.

    Returns
    -------
    longitude, latitude : ndarray
        GCJ-02 degrees.
    """
    return unshifted(gcj02_to_bd09, longitude, latitude)
