"""Walking a chain from its name to its tip, and saying in one sentence each what is wrong."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

from mapdesk.model.looks import Finding, Verdict
from mapdesk.store.audit.book import Recorded
from mapdesk.store.audit.chain import RowTuple, link
from mapdesk.store.audit.erasing import ERASE_KIND, ERASE_LOOKS, checkpoint_of
from mapdesk.store.audit.heads import Head

TOLD = 20
"""Findings told; the rest is counted."""
_SUSPECTS = 100


def examine(
    recorded: Recorded, anchor: Path | None, anchored: list[Head | None], known_key: str | None
) -> Verdict:
    """Return everything that is wrong with a record.

    Parameters
    ----------
    anchor : Path or None
        The anchor file, for the sentences.
    anchored : list of Head or None
        Its lines; None for one that is no head.
    known_key : str or None
        Public key, hexadecimal, of the private key at hand.
    """
    compared = [head for head in anchored if head is not None]
    walk = _Walk(recorded, {head.number for head in (*recorded.heads, *compared)})
    heads = _check_heads(walk, recorded, known_key)
    if anchor is not None:
        heads += _check_anchor(walk, recorded, anchor, anchored)
    findings = sorted(walk.told() + heads, key=_by_row)
    return Verdict(
        walk.rows,
        len(recorded.heads),
        len(compared),
        _hex(walk.hash),
        tuple(dict.fromkeys(head.key for head in (*recorded.heads, *compared, *walk.erasures))),
        tuple(findings[:TOLD]),
        max(len(findings) - TOLD, 0) + walk.untold,
        walk.erased,
    )


def missing(anchor: Path | None, anchored: list[Head | None]) -> Verdict:
    """Return the verdict on a record that is not there: right where nothing was ever recorded."""
    findings: tuple[Finding, ...] = ()
    if anchor is not None and anchored:
        findings = (
            Finding(
                None,
                f"There is no record, but {anchor} knows {len(anchored)} of its heads: it was taken away.",
            ),
        )
    return Verdict(0, 0, len(anchored), "", findings=findings)


def _by_row(finding: Finding) -> int:
    return -1 if finding.row is None else finding.row


class _Walk:
    """One pass over the rows; the hashes of the `wanted` ones are kept."""

    def __init__(self, recorded: Recorded, wanted: set[int]) -> None:
        self.rows = 0
        self.last, self.last_at = 0, ""
        self.hash = recorded.chain
        self.hashes: dict[int, str] = {0: recorded.chain.hex()}
        self.erased = 0
        self.erasures: list[Head] = []
        self.untold = 0
        self._key = recorded.key
        self._wanted = wanted
        self._findings: list[Finding] = []
        self._suspects: list[RowTuple] = []
        self._before: tuple[int, object] | None = None
        self._run(recorded.rows)
        self._end(recorded)
        self._judge_beginning(recorded.chain.hex())

    def _run(self, rows: Iterable[RowTuple]) -> None:
        key, previous, expected, broken = self._key, self.hash, 1, False
        wanted, number, at = self._wanted, 0, ""
        for row in rows:
            number, at = row[0], row[1]
            after, hashed = row[9], row[10]
            if not self.rows and number > 1:
                # Rows before were erased, or dropped: a signed checkpoint further on tells which.
                self._before, expected, previous = (number - 1, after), number, after
            self.rows += 1
            right = _hash_of(row, number, key) == hashed
            if right and number == expected and after == previous:
                broken = False
            else:
                broken = self._judge(row, expected, right, broken, follows=after == previous)
            if right and row[7] == ERASE_KIND and row[5] == ERASE_LOOKS:
                self.erasures += checkpoint_of(row[8])
            if number in wanted:
                self.hashes[number] = _hex(hashed)
            expected, previous = number + 1, hashed
        self.last, self.last_at, self.hash = number, at, previous

    def _judge(
        self, row: RowTuple, expected: int, right: bool, broken: bool, *, follows: bool
    ) -> bool:
        """Tell what is wrong at a row; return whether the row itself is."""
        number = row[0]
        if number > expected:
            self._tell_gap(expected, number - 1)
        elif number < expected:
            self._tell(number, f"Row {number} was inserted: the record begins with row 1.")
            return True
        if not right:
            if len(self._suspects) < _SUSPECTS:
                self._suspects.append(row)
            else:
                self.untold += 1
            return True
        if number == expected and not follows and not broken:
            self._tell(
                number,
                f"Row {number} does not follow row {number - 1}: one of the two was replaced by "
                "another with a hash of its own.",
            )
        return False

    def _judge_beginning(self, chain: str) -> None:
        """Tell rows that were erased by a rule, and signed for, from rows that were dropped."""
        self.erasures = [head for head in self.erasures if head.genuine and head.chain == chain]
        if self._before is None:
            return
        number, hashed = self._before
        if any((head.number, head.hash) == (number, _hex(hashed)) for head in self.erasures):
            self.erased = number
            self.hashes[number] = _hex(hashed)
        else:
            known = [head.number for head in self.erasures if head.number < number]
            self._tell_gap(max(known, default=0) + 1, number)

    def _tell_gap(self, first: int, last: int) -> None:
        if first == last:
            self._tell(first, f"Row {first} is missing: it was dropped.")
        else:
            self._tell(first, f"Rows {first} to {last} are missing: they were dropped.")

    def _end(self, recorded: Recorded) -> None:
        if self.last < recorded.last:
            self._tell(
                self.last + 1,
                f"The record ends at row {self.last}, but had reached row {recorded.last}: its tail was "
                "cut off.",
            )
        elif self.last > recorded.last:
            self._tell(
                recorded.last + 1,
                f"Rows after row {recorded.last} were inserted: the record had not reached them.",
            )
        elif (self.last_at, self.hash) != (recorded.last_at, recorded.last_hash):
            self._tell(
                self.last,
                f"Row {self.last}, the last, is not the one that was written: it or what "
                "the record remembers of it was replaced.",
            )

    def knows(self, number: int) -> bool:
        """Say whether a row's hash can be compared: that of an erased one can not, but for the last."""
        return number == 0 or number >= self.erased

    def told(self) -> list[Finding]:
        """Return what is wrong with the rows, moved ones told from changed ones."""
        places = [row[0] for row in self._suspects]
        for row in self._suspects:
            number = row[0]
            nearby = (number - 1, number + 1)
            origin = next(
                (
                    other
                    for other in (*places, *nearby)
                    if other != number and _hash_of(row, other, self._key) == row[10]
                ),
                None,
            )
            if origin is None:
                text = f"Row {number} was changed: its hash does not fit what it says."
            else:
                text = f"Row {number} is what was written as row {origin}: rows were put in another order."
            self._findings.append(Finding(number, text))
        self._suspects = []
        return self._findings

    def _tell(self, row: int, sentence: str) -> None:
        if len(self._findings) < _SUSPECTS:
            self._findings.append(Finding(row, sentence))
        else:
            self.untold += 1


def _hex(hashed: object) -> str:
    """Return a hash as text; empty for what is none."""
    return hashed.hex() if isinstance(hashed, bytes) else ""


def _hash_of(row: RowTuple, number: int, key: bytes | None) -> bytes | None:
    """Return the hash a row should have under a number; None where it is no row at all."""
    try:
        return link(number, [text.encode() for text in row[1:9]], row[9], key)
    except (AttributeError, TypeError, UnicodeEncodeError, struct.error):
        return None


def _check_heads(walk: _Walk, recorded: Recorded, known_key: str | None) -> list[Finding]:
    findings = []
    chain = recorded.chain.hex()
    for head in recorded.heads:
        if not head.genuine or head.chain != chain:
            findings.append(
                Finding(
                    head.number,
                    f"The head of row {head.number} was changed: its signature does not fit.",
                )
            )
        elif head.number > walk.last:
            findings.append(
                Finding(
                    walk.last + 1,
                    f"The record ends at row {walk.last}, but the head of row {head.number} was signed at "
                    f"{head.at}: the tail was cut off.",
                )
            )
        elif walk.knows(head.number) and walk.hashes.get(head.number) != head.hash:
            findings.append(
                Finding(
                    head.number,
                    f"Row {head.number} is not the one whose head was signed at {head.at}: rows up to it "
                    "were written anew.",
                )
            )
    if len(recorded.heads) != recorded.head_count:
        findings.append(
            Finding(
                None,
                f"The record holds {len(recorded.heads)} heads of {recorded.head_count} that were signed: "
                "heads were dropped or added.",
            )
        )
    keys = {head.key for head in recorded.heads}
    if known_key is not None and keys and known_key not in keys:
        findings.append(
            Finding(
                None,
                "No head is signed with the key at hand: the heads were made with another key.",
            )
        )
    return findings


def _check_anchor(
    walk: _Walk, recorded: Recorded, anchor: Path, anchored: list[Head | None]
) -> list[Finding]:
    chain = recorded.chain.hex()
    findings = []
    whole_until = 0
    if not anchored:
        findings.append(
            Finding(None, f"{anchor} holds no heads: it was emptied, or is another file.")
        )
    for line, head in enumerate(anchored, 1):
        if head is None or not head.genuine:
            findings.append(
                Finding(
                    None, f"Line {line} of {anchor} is no signed head: the anchor file was changed."
                )
            )
        elif head.chain != chain:
            findings.append(
                Finding(
                    None,
                    f"Line {line} of {anchor} speaks of another record: the record was replaced, or the "
                    "file is another district's.",
                )
            )
        elif head.number > walk.last:
            findings.append(
                Finding(
                    walk.last + 1,
                    f"The record ends at row {walk.last}, but line {line} of {anchor} knows row "
                    f"{head.number} of {head.at}: the tail was cut off, or an older copy put back.",
                )
            )
        elif walk.knows(head.number) and walk.hashes.get(head.number) != head.hash:
            findings.append(
                Finding(
                    head.number,
                    f"Row {head.number} is not the one anchored at {head.at} in line {line} of {anchor}: "
                    f"what follows row {whole_until} was written anew, or after an older copy was put back.",
                )
            )
        else:
            whole_until = max(whole_until, head.number)
    return findings
