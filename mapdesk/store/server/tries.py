"""Wrong passwords for a shared district, counted on this computer, for the desk and every command alike.

PostgreSQL counts none. What holds off those who connect with another program stands in
docs/security-server.md.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import sqlalchemy as sa

from mapdesk.model.errors import LockedError
from mapdesk.model.lockout import FORGOTTEN_AFTER, Attempts, SteadyTime
from mapdesk.store.engines import urls

FILE = "sign-in.json"

clock = time.time
"""Seconds from 1970; a fake in tests."""


@contextmanager
def counted(url: sa.URL) -> Iterator[None]:
    """Connect within it with a password that somebody typed; the fifth wrong one in a row locks the name.

    Raises
    ------
    LockedError
        The name is locked on this computer, before anything is sent or by this attempt.
    """
    path = urls.cache_folder(url) / FILE
    now, attempts = _read(path)
    _require_open(attempts, now)
    try:
        yield
    except sa.exc.DBAPIError as error:
        if "password authentication failed" not in str(error.orig):
            raise
        after = attempts.after_failure(now.seconds)
        _write(path, now, after)
        try:
            _require_open(after, now)
        except LockedError as locked:
            raise locked from error
        raise
    path.unlink(missing_ok=True)


def _require_open(attempts: Attempts, now: SteadyTime) -> None:
    left = attempts.seconds_left(now.seconds)
    if left:
        raise LockedError(
            "Too many wrong passwords were typed for this name on this computer; try again in "
            f"{math.ceil(left / 60)} min.",
            left,
        )


def _read(path: Path) -> tuple[SteadyTime, Attempts]:
    """Return the time that only goes on, and the attempts that still count; none where the file is odd."""
    at = clock()
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        now = SteadyTime(**kept["time"]).at(at)
        attempts = Attempts(**kept["attempts"])
    except (OSError, ValueError, TypeError, KeyError):
        return SteadyTime(at, at), Attempts()
    return now, attempts if now.seconds - attempts.last < FORGOTTEN_AFTER else Attempts()


def _write(path: Path, now: SteadyTime, attempts: Attempts) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"time": asdict(now), "attempts": asdict(attempts)}), "utf-8")
    part.replace(path)
