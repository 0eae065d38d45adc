"""Which way a road may be driven, in the spellings of OpenStreetMap, Geofabrik and road registers."""

from __future__ import annotations

import pandas as pd

from mapdesk.formats.values import texts

_FORWARD = frozenset(("yes", "y", "true", "1", "ft", "是", "单行"))
_BACKWARD = frozenset(("-1", "reverse", "tf"))


def read_oneway(column: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read a column of one-way marks.

    Parameters
    ----------
    column : Series
        "yes", "-1" and so on (OSM), "F", "B", "T" for along, both, against (Geofabrik), "FT", "TF".

    Returns
    -------
    oneway : Series of boolean
        Whether traffic goes one way; False where nothing is said.
    against : Series of bool
        Whether that way is against the line's own direction: the line has to be turned round.
    """
    marks = texts(column).fillna("no").str.lower()
    single_letters = frozenset(marks) <= frozenset(("f", "b", "t", "no"))
    if single_letters and "b" in frozenset(marks):
        forward, against = marks == "f", marks == "t"
    else:
        forward, against = marks.isin(_FORWARD | {"t"}), marks.isin(_BACKWARD)
    return (forward | against).astype("boolean"), against
