"""Erasing the oldest rows of a record so that what is left can still be verified.

The row that tells of it is a checkpoint: its detail holds number and hash of the last row erased, signed as
a head is. The first row left names that hash as the one before it, so neither can be changed unseen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from mapdesk.store.audit.book import Book
from mapdesk.store.audit.chain import Detail, stamp
from mapdesk.store.audit.heads import Head

ERASE_KIND = "erase"
ERASE_LOOKS = "erase looks"
"""Action of a checkpoint."""


@dataclass(frozen=True)
class Due:
    """The oldest rows of a record.

    Parameters
    ----------
    upto : int
        Number of the last of them.
    hash : str
        Its hash, hexadecimal.
    rows : int
    """

    upto: int
    hash: str
    rows: int


def due(book: Book, before: datetime) -> Due | None:
    """Return the rows before the first one of a moment or later; None where there are none."""
    bounds = book.bounds(stamp(before))
    if bounds is None or bounds[1] <= bounds[0]:
        return None
    first, kept = bounds
    hashed = book.hash_of(kept - 1)
    return None if hashed is None else Due(kept - 1, hashed, kept - first)


def detail_of(head: Head, rows: int, days: int) -> Detail:
    """Return what a checkpoint says."""
    return {
        "chain": head.chain,
        "upto": head.number,
        "hash": head.hash,
        "at": head.at,
        "key": head.key,
        "signature": head.signature,
        "rows": rows,
        "days": days,
    }


def checkpoint_of(detail: str) -> list[Head]:
    """Return the head in a checkpoint's detail; nothing where it holds none."""
    try:
        said = json.loads(detail)
        return [
            Head(
                str(said["chain"]),
                int(said["upto"]),
                str(said["hash"]),
                str(said["at"]),
                str(said["key"]),
                str(said["signature"]),
            )
        ]
    except (ValueError, KeyError, TypeError):
        return []
