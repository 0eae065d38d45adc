"""How many exact look-ups, by telephone or identity number, one user may make in a while.

They name one person or few, so that with many of them a list of numbers becomes a list of people. They are
counted in the record itself: a desk begun anew counts on. Time between two rows of the record is the
difference of their clocks, but never less than nothing: a clock set back makes nobody wait less.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from mapdesk.model.access import mask_identity, mask_name, mask_phone

MOST = 20
WITHIN = 600.0
"""Seconds."""
FOUND = "find people"
"""Action of a look-up; its detail says by what."""
REFUSED = "find people refused"
"""Action of the row that says that one was not answered; its detail names the row."""


def masked(kind: str, text: str) -> str:
    """Return what the record says of a text looked for: what was typed, masked as the field it is of is."""
    if kind == "phone":
        return mask_phone(compact(text))
    return mask_identity(compact(text)) if kind == "identity" else mask_name(text)


def compact(text: str) -> str:
    """Return a phone or identity number as it is compared: no blanks, signs or small letters."""
    return re.sub(r"[\s+-]", "", text).upper()


def fingerprint(secret: bytes, kind: str, text: str) -> str:
    """Return by what the record tells one number from another: a hash under the district's secret.

    Whoever holds number and secret can tell whether it was looked for; a server makes the same.
    """
    inner = sha256(secret + f"{kind}:{compact(text)}".encode()).digest()
    return sha256(secret + inner).hexdigest()


def ages(rows: Iterable[Mapping[str, Any]], within: float = WITHIN) -> list[float]:
    """Return the seconds since each look-up that counts, the newest first.

    Parameters
    ----------
    rows : iterable of mapping
        Rows of the record, newest first. The first is the look-up that is asked about: its time is the
        present, its user is who is counted, and it does not count itself.
    within : float
        Seconds; rows from before are not read.
    """
    walk = iter(rows)
    asked = next(walk, None)
    if asked is None:
        return []
    refused: set[Any] = set()
    found = []
    for row, age in _aged(asked, walk):
        if age >= within:
            break
        if _who(row) != _who(asked):
            continue
        detail = json.loads(row["detail"])
        if row["action"] == REFUSED:
            refused.add(detail.get("row"))
        elif row["action"] == FOUND and "by" in detail and row["number"] not in refused:
            found.append(age)
    return found


def wait(counted: list[float], most: int = MOST, within: float = WITHIN) -> float:
    """Return how many seconds from now on the next look-up is possible; 0 where it is now."""
    return max(within - counted[most - 1], 0.0) if len(counted) >= most else 0.0


def told(seconds: float) -> str:
    """Return a time to wait as "9:59", rounded up."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _aged(
    newest: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], float]]:
    """Give each row with the seconds that went on since; newest first."""
    age, after = 0.0, datetime.fromisoformat(newest["at"])
    for row in rows:
        at = datetime.fromisoformat(row["at"])
        age += max((after - at).total_seconds(), 0.0)
        after = at
        yield row, age


def _who(row: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return whose row it is: on a server also what the desk calls its user, where that differs."""
    said: str | None = json.loads(row["detail"]).get("desk_user")
    return row["who"], said
