"""Records to try things on, and the hand of somebody who changes one behind the desk's back."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError
from mapdesk.store.audit import heads
from mapdesk.store.audit.chain import entry
from mapdesk.store.audit.embedded import FILE, EmbeddedBook
from mapdesk.store.audit.keys import MemoryKeys
from mapdesk.store.audit.sealing import PLAIN
from mapdesk.store.audit.trail import utc_now
from mapdesk.store.audit.verifying import examine

ANALYST = Access("tester", "analyst", "checking the register")
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


class SteppingClock:
    """A clock that goes on by `step` at each look and can be set."""

    def __init__(self, now=START, step=timedelta(seconds=1)):
        self.now, self.step = now, step

    def __call__(self):
        self.now += self.step
        return self.now


class Box:
    """A sealer as an encrypted district has one."""

    def __init__(self, key=b"k" * 32):
        self.chain_key = key
        self._cipher = AESGCM(key)
        self._count = 0

    def seal(self, plain):
        self._count += 1
        nonce = self._count.to_bytes(12, "big")
        return nonce + self._cipher.encrypt(nonce, plain, None)

    def open(self, sealed):
        try:
            return self._cipher.decrypt(sealed[:12], sealed[12:], None)
        except InvalidTag as error:
            raise InputError("changed") from error


def make_book(folder, rows=0, clock=utc_now, sealer=PLAIN):
    """Return a record of `rows` rows, in a folder `audit`."""
    book = EmbeddedBook(folder, clock, sealer)
    if rows:
        book.append([look(number) for number in range(1, rows + 1)])
    return book


def look(number, detail=None):
    return entry(ANALYST, "people of building", f"B{number:04}", "look", detail)


def sign(book, keys=None):
    """Sign the head of a record and return it."""
    keys = keys or MemoryKeys()
    chain, number, hashed = book.tip()
    head = heads.sign(keys.make(chain), chain, number, hashed, utc_now())
    book.add_head(head)
    return head


def judge(book, anchor=None, known=None):
    """Return the verdict on a record."""
    anchored = heads.read(anchor) if anchor else []
    with book.read() as recorded:
        return examine(recorded, anchor, anchored, known)


def tamper(folder, *statements):
    """Change the file with plain SQL, as somebody would who holds it."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        for statement in statements:
            text, values = (statement, ()) if isinstance(statement, str) else statement
            connection.execute(text, values)
        connection.commit()


def rehash(folder, first, key=None, *, and_tip=False):
    """Make every hash from row `first` on anew, as somebody would who read our source."""
    from mapdesk.store.audit.chain import link

    with closing(sqlite3.connect(folder / FILE)) as connection:
        rows = connection.execute(
            "SELECT number, at, who, role, purpose, action, subject, kind, detail FROM look "
            "WHERE number >= ? ORDER BY number",
            (first,),
        ).fetchall()
        before = connection.execute(
            "SELECT hash FROM look WHERE number = ?", (first - 1,)
        ).fetchone()
        previous = (before or connection.execute("SELECT name FROM chain").fetchone())[0]
        for number, *texts in rows:
            hashed = link(number, [text.encode() for text in texts], previous, key)
            connection.execute(
                "UPDATE look SET previous = ?, hash = ? WHERE number = ?",
                (previous, hashed, number),
            )
            previous = hashed
        if and_tip:
            connection.execute(
                "UPDATE chain SET hash = ?, number = (SELECT max(number) FROM look), "
                "at = (SELECT at FROM look ORDER BY number DESC LIMIT 1)",
                (previous,),
            )
        connection.commit()
