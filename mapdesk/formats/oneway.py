"""Which way a road may be driven, in the spellings of OpenStreetMap, Geofabrik and road registers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mapdesk.formats.reading import Column
from mapdesk.formats.values import texts

_FORWARD = frozenset(("yes", "y", "true", "1", "ft", "t", "是", "单行"))
_BACKWARD = frozenset(("-1", "reverse", "tf"))


def read_oneway(column: Column) -> tuple[Column, npt.NDArray[np.bool_]]:
    """Read a column of one-way marks.

    Parameters
    ----------
    column : array
        "yes", "-1" and so on (OSM), "F", "B", "T" for along, both, against (Geofabrik), "FT", "TF".

    Returns
    -------
    oneway : array of bool, as objects
        Whether traffic goes one way; False where nothing is said.
    against : array of bool
        Whether that way is against the line's own direction: the line has to be turned round.
    """
    marks = [(text or "no").lower() for text in texts(column)]
    geofabrik = "b" in marks and {"f", "b", "t", "no"}.issuperset(marks)
    ahead, back = ({"f"}, {"t"}) if geofabrik else (_FORWARD, _BACKWARD)
    against = np.array([mark in back for mark in marks], np.bool_)
    forward = np.array([mark in ahead for mark in marks], np.bool_)
    return (forward | against).astype(object), against
