"""Ids of people and households of a file: the same from one file to the next, with nothing to be read back.

They are made of identity numbers, or else of what rows say, by the district's secret.
`mapdesk.store.server.register_sql` makes the same on a server.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

TELLING = ("name", "birth_date", "phone", "address", "household_id")
"""What tells rows apart that have neither an identity number nor an id of the file's."""

LETTERS = 16
"""Hexadecimal letters of an id."""

PARTED = "\x1f"
"""Stands between the parts of which an id is made."""


def hidden(key: bytes, *parts: object) -> str:
    """Return what stands for some parts in ids, made with a district's secret."""
    text = PARTED.join(map(_text, parts)).encode()
    return hashlib.sha256(key + hashlib.sha256(key + text).digest()).hexdigest()[:LETTERS]


def _text(part: object) -> str:
    return "" if part is None or part != part else str(part)  # NaN is nothing either.


def name_rows(key: bytes, source: str, frame: pd.DataFrame) -> None:
    """Give each row the id its person would have as a new one, and the file's households ids of their own.

    Rows without a household are housed later.
    """
    numbers, own = (_objects(frame, name) for name in ("identity_number", "id"))
    rows = zip(*(_objects(frame, name) for name in TELLING), strict=True)
    ids = []
    for number, given, parts in zip(numbers, own, rows, strict=True):
        if isinstance(number, str):
            ids.append("P-" + hidden(key, number))
        elif isinstance(given, str):
            ids.append("P-" + hidden(key, source, given))
        else:
            ids.append("P-" + hidden(key, source, *parts))
    frame["id"] = ids
    if "household_id" in frame:
        given_ids = frame["household_id"].dropna().unique()
        made = {one: "H-" + hidden(key, source, one) for one in given_ids}
        frame["household_id"] = frame["household_id"].map(made).astype(object)


def _objects(frame: pd.DataFrame, name: str) -> list[object]:
    """Return a column as a list, of nothing where the frame lacks it."""
    return frame[name].tolist() if name in frame else [None] * len(frame)
