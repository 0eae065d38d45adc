"""The record of looks as it is asked and judged: questions of an auditor, and the verdict on the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

KINDS = (
    "look",
    "unmask",
    "export",
    "approval",
    "sign-in",
    "break-glass",
    "change",
    "erase",
    "audit",
)
"""What a row of the record is about; "audit" is the record read, verified or anchored itself."""

ACTIONS = (
    "people of building",
    "households of building",
    "home of person",
    "compare identity numbers",
    "find people",
    "open stream",
    "search the record",
    "verify the record",
    "anchor the record",
    "take over the record",
    "people by filter",
    "count by filter",
    "door list by filter",
    "people of area",
    "people of grid",
    "people of household",
    "people of unit",
    "households of unit",
    "household",
    "count people",
    "make-up of area",
    "statistics of area",
    "publish statistics",
    "find people refused",
    "unmask person",
    "unmask contact",
    "compare contacts",
    "break glass",
    "end of break glass",
    "history of person",
    "history of household",
    "history of unit",
    "change",
    "undo batch",
    "list changes",
    "list registers",
    "stage register",
    "look through register",
    "settle address",
    "accept register",
    "compare with register",
    "settle row of register",
    "accept into register",
    "write edits",
    "discard register",
    "take out by export",
    "take out by copy",
    "take out by print",
    "take out by json",
    "refused: take out by export",
    "refused: take out by copy",
    "refused: take out by print",
    "refused: take out by json",
    "take the record out",
    "print a map",
    "record a film",
    "back up",
    "ask to take out",
    "approve what is taken out",
    "refuse what is taken out",
    "sign in",
    "sign in refused",
    "account locked",
    "begin work",
    "set own password",
    "set password",
    "set own code",
    "add user",
    "change user",
    "remove user",
    "reset password",
    "clear code",
    "add a usual purpose",
    "remove a usual purpose",
    "set a retention rule",
    "erase by rule",
)
"""What is done where a row is written; the window says and takes them in the user's language."""


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What an auditor looks for. Everything that is None lets every row through.

    Parameters
    ----------
    who, action, kind : str, optional
        Exactly this user, action or kind.
    subject : str, optional
        A part of the subject, upper or lower case.
    since, until : date or datetime, optional
        From the beginning of this day to the end of that one, in local time; a datetime with a zone is
        that moment, `until` left out.
    before : int, optional
        Only rows older than this number: the next page.
    limit : int
        Rows of an answer at most, newest first.
    """

    who: str | None = None
    action: str | None = None
    subject: str | None = None
    since: date | datetime | None = None
    until: date | datetime | None = None
    kind: str | None = None
    before: int | None = None
    limit: int = 500

    @property
    def words(self) -> dict[str, str]:
        """What is asked for, by name, without the page: "who", "since" ..."""
        asked = {
            "who": self.who,
            "action": self.action,
            "subject": self.subject,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "kind": self.kind,
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with the record.

    Parameters
    ----------
    row : int or None
        Number of the row concerned.
    sentence : str
        What is wrong, in English.
    """

    row: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found.

    Parameters
    ----------
    rows : int
        Rows there are.
    heads, anchored : int
        Signed heads of the record itself, and of the anchor file, that were compared.
    hash : str
        Hash of the last row, hexadecimal; of an empty record its name.
    keys : tuple of str
        Public keys, hexadecimal, that signed heads: the auditor knows the right one.
    findings : tuple of Finding
        What is wrong, by row; empty where the record is whole.
    more : int
        Findings left out of `findings`.
    erased : int
        Number of the last row that a retention rule erased, with a signed checkpoint; 0 where none was.
    """

    rows: int
    heads: int
    anchored: int
    hash: str
    keys: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    more: int = 0
    erased: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
