"""Signing in to an embedded district: the same answer in the same time, whatever was wrong."""

from __future__ import annotations

import hashlib
import hmac
import math
import sqlite3
import time
from collections.abc import Callable

from mapdesk.model import codes, passwords
from mapdesk.model.access import Access
from mapdesk.model.errors import (
    CodeDueError,
    InputError,
    LockedError,
    PasswordDueError,
    SignInError,
)
from mapdesk.model.lockout import FORGOTTEN_AFTER, Attempts, SteadyTime
from mapdesk.model.rights import Right
from mapdesk.model.users import Credentials, key_of
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.user_file import found, user_of, writing

Clock = Callable[[], float]
"""Seconds from 1970: `time.time`, or a fake in tests."""


@needs(None)
def sign_in(store: Store, credentials: Credentials, clock: Clock = time.time) -> Access:
    """Return what a user may do, once they have proved to be that user; takes about 0.1 s.

    A wrong name, password and code give one sentence, and each costs one verification of Argon2id. Five
    in a row lock the name, whether or not somebody has it.

    Raises
    ------
    SignInError
        Something is wrong, or locked (`LockedError`); or the password is right and a code
        (`CodeDueError`) or another password (`PasswordDueError`) is asked for too.
    InputError
        The new password is too weak, or the old one.
    """
    with writing(store.folder, store.vault) as connection:
        now = _steady(connection, clock())
        answer = _examined(connection, _digest(store, credentials.user), credentials, now)
    if isinstance(answer, SignInError):
        raise answer
    return answer


@needs(Right.USERS)
def forget(store: Store, connection: sqlite3.Connection, name: str) -> None:
    """Let a name begin anew: no wrong attempt, no lock."""
    connection.execute("DELETE FROM attempts WHERE who = ?", (_digest(store, name),))


def _examined(
    connection: sqlite3.Connection, who: str, credentials: Credentials, now: SteadyTime
) -> Access | SignInError:
    """Return who it is, or why not; what is to be remembered of the attempt is written."""
    row = found(connection, credentials.user)
    if row is not None and not row["active"]:
        row = None
    kept = passwords.nobodys() if row is None else str(row["hash"])
    matches = passwords.matches(kept, credentials.password)
    attempts = _attempts(connection, who)
    left = attempts.seconds_left(now.seconds)
    if left:
        return _locked(left)
    if row is None or not matches:
        return _refused(connection, who, attempts, now.seconds)
    step = 0
    if row["secret"] is not None:
        if not credentials.code.strip():
            return CodeDueError(
                "Type the six digits that your authenticator shows too; commands take --code."
            )
        used = codes.step_of(row["secret"], credentials.code, now.clock, row["step"])
        if used is None:
            return _refused(connection, who, attempts, now.seconds)
        step = used
    if row["provisional"] and not credentials.new_password:
        return PasswordDueError(
            "An administrator gave you this password for one sign-in; choose your own now, here or "
            "with 'mapdesk user password'."
        )
    _let_in(connection, who, row, credentials, step)
    return user_of(row).access


def _let_in(
    connection: sqlite3.Connection, who: str, row: sqlite3.Row, credentials: Credentials, step: int
) -> None:
    kept = str(row["hash"])
    if credentials.new_password:
        passwords.check(credentials.new_password, row["name"])
        if passwords.normalised(credentials.new_password) == passwords.normalised(
            credentials.password
        ):
            raise InputError("The new password is the old one; choose another.")
        kept = passwords.hashed(credentials.new_password)
    elif passwords.is_outdated(kept):
        kept = passwords.hashed(credentials.password)
    connection.execute(
        "UPDATE users SET hash = ?, provisional = 0, step = ? WHERE key = ?",
        (kept, step, row["key"]),
    )
    connection.execute("DELETE FROM attempts WHERE who = ?", (who,))


def _refused(
    connection: sqlite3.Connection, who: str, attempts: Attempts, now: float
) -> SignInError:
    after = attempts.after_failure(now)
    connection.execute(
        "INSERT OR REPLACE INTO attempts (who, failed, locks, until, last) VALUES (?, ?, ?, ?, ?)",
        (who, after.failed, after.locks, after.until, after.last),
    )
    left = after.seconds_left(now)
    if left:
        return _locked(left)
    return SignInError(
        "The name, the password or the code is wrong; five wrong ones in a row lock the name."
    )


def _locked(seconds: float) -> LockedError:
    minutes = math.ceil(seconds / 60)
    return LockedError(
        f"This name is locked after too many wrong passwords; try again in {minutes} min, or have "
        "an administrator reset the password.",
        seconds,
    )


def _steady(connection: sqlite3.Connection, clock: float) -> SteadyTime:
    """Read the time that only goes on, write it, and forget what is too old to count."""
    row = connection.execute("SELECT seconds, clock FROM time").fetchone()
    before = SteadyTime(clock, clock) if row is None else SteadyTime(row["seconds"], row["clock"])
    now = before.at(clock)
    connection.execute(
        "INSERT OR REPLACE INTO time (one, seconds, clock) VALUES (1, ?, ?)",
        (now.seconds, now.clock),
    )
    connection.execute("DELETE FROM attempts WHERE last < ?", (now.seconds - FORGOTTEN_AFTER,))
    return now


def _attempts(connection: sqlite3.Connection, who: str) -> Attempts:
    row = connection.execute(
        "SELECT failed, locks, until, last FROM attempts WHERE who = ?", (who,)
    ).fetchone()
    return Attempts() if row is None else Attempts(*row)


def _digest(store: Store, name: str) -> str:
    """Return what attempts under a name are kept by: people type passwords into the wrong field."""
    return hmac.new(store.secret(), key_of(name).encode(), hashlib.sha256).hexdigest()
