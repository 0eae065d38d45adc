"""How rows of the record hang together: one encoding, one hash, each over the one before.

The hash of a row is SHA-256 over ::

    "mapdesk look 1" and a zero byte                   15 bytes
    number                                             8 bytes, big-endian
    length of each of the eight texts of `FIELDS`      4 bytes each, big-endian, in UTF-8 bytes
    previous: the hash of the row before               32 bytes
    the eight texts in UTF-8, one after the other

Lengths stand before texts, so that no two rows have the same encoding. Where the record is sealed the
hash is HMAC-SHA-256 (RFC 2104) over the same bytes with the district's key: a plain hash would let
whoever steals the file try names until one fits. The first row's ``previous`` is 32 random bytes, drawn
when the chain begins: the name of the chain.
"""

from __future__ import annotations

import hmac
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from mapdesk.model.access import Access
from mapdesk.model.looks import KINDS

TAG = b"mapdesk look 1\0"
FIELDS = ("at", "who", "role", "purpose", "action", "subject", "kind", "detail")
"""The texts of a row in the order in which they are hashed."""
COLUMNS = ("number", *FIELDS, "previous", "hash")
SHOWN = COLUMNS[:-2]
"""What an auditor reads of a row."""
NO_DETAIL = "{}"
STEP_BACK = "clock_back_s"
"""Key in a row's detail: seconds that the clock stands behind the row before."""

Value = str | float | bool | None
Detail = Mapping[str, Value]
RowTuple = tuple[int, str, str, str, str, str, str, str, str, bytes, bytes]
"""A row as `COLUMNS` name its parts."""

_LENGTHS = struct.Struct(">Q8I")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded; the book adds number, time and hashes."""

    who: str
    role: str
    purpose: str
    action: str
    subject: str
    kind: str
    detail: str


def entry(access: Access, action: str, subject: str, kind: str, detail: Detail | None) -> Entry:
    """Return what is to be recorded, in texts that both engines can hold.

    Raises
    ------
    ValueError
        `kind` is not in `KINDS`: our own mistake.
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of row: {kind}")
    said = {clean(key): _clean_value(value) for key, value in (detail or {}).items()}
    who, role, purpose = clean(access.user), clean(access.role), clean(access.purpose)
    return Entry(who, role, purpose, clean(action), clean(subject), kind, detail_text(said))


def detail_text(detail: Detail) -> str:
    """Return a detail as JSON, keys sorted."""
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def clean(text: str) -> str:
    """Escape what a database cannot hold: NUL, and halves of surrogate pairs."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def _clean_value(value: Value) -> Value:
    return clean(value) if isinstance(value, str) else value


def link(number: int, texts: Sequence[bytes], previous: bytes, key: bytes | None) -> bytes:
    """Return the hash of a row.

    Parameters
    ----------
    texts : sequence of bytes, 8
        The texts of `FIELDS` in UTF-8.
    previous : bytes, 32
    key : bytes or None
        The district's key where the record is sealed.

    Raises
    ------
    struct.error
        `number` is negative or `texts` are not eight.
    """
    encoded = TAG + _LENGTHS.pack(number, *map(len, texts)) + previous + b"".join(texts)
    return sha256(encoded).digest() if key is None else hmac.digest(key, encoded, "sha256")


def extend(
    entries: Sequence[Entry], now: datetime, tip: tuple[int, str, bytes], key: bytes | None
) -> list[RowTuple]:
    """Return the rows that follow the tip of a chain.

    The number orders rows. Time is recorded as the clock tells it; where it stands behind the row
    before, the row's detail says by how much.

    Parameters
    ----------
    tip : tuple
        Number, time and hash of the last row.
    """
    number, before, previous = tip
    at = stamp(now)
    rows: list[RowTuple] = []
    for one in entries:
        number += 1
        detail = one.detail
        if at < before:
            back = (datetime.fromisoformat(before) - now).total_seconds()
            detail = detail_text({**json.loads(detail), STEP_BACK: round(back, 3)})
        texts = (at, one.who, one.role, one.purpose, one.action, one.subject, one.kind, detail)
        hashed = link(number, [text.encode() for text in texts], previous, key)
        rows.append((number, *texts, previous, hashed))
        before, previous = at, hashed
    return rows


def stamp(moment: datetime) -> str:
    """Return a moment in UTC, to the millisecond, as text that sorts: 2026-07-01T08:30:00.000+00:00."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
