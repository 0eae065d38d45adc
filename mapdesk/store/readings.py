"""What sensors measured, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from mapdesk.model.rights import Right
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.schema import TABLES

_READING = TABLES["reading"]


@dataclass(frozen=True)
class HourlyReadings:
    """Readings of all sensors, one for each sensor and hour.

    Parameters
    ----------
    sensors : ndarray of str, shape (n,)
    hours : ndarray of datetime64, shape (n,)
        When the hour began.
    values : ndarray of float, shape (n,)
        Mean of the hour; nan where none was a number.
    """

    sensors: NDArray[Any]
    hours: NDArray[np.datetime64]
    values: NDArray[np.float64]


@needs(Right.PLACES)
def by_hour(store: Store) -> HourlyReadings:
    """Return the mean reading of each sensor in each hour."""
    hour = sa.func.date_trunc("hour", _READING.c.at)
    query = (
        sa.select(_READING.c.sensor_id, hour.label("hour"), sa.func.avg(_READING.c.value))
        .group_by(_READING.c.sensor_id, hour)
        .order_by(_READING.c.sensor_id, hour)
    )
    with store.connect() as connection:
        rows = connection.execute(query).all()
    return HourlyReadings(
        np.array([row[0] for row in rows], object),
        np.array([row[1] for row in rows], "datetime64[us]"),
        np.array([np.nan if row[2] is None else float(row[2]) for row in rows], float),
    )
