"""Who asks, in which role and why; and what comes out masked.

Every query that returns a person, a household, a worker's track or a camera picture takes an
`Access` with a purpose. Until sign-in exists the operating-system user is an analyst.
"""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import date
from typing import Any

from mapdesk.model.errors import PurposeError
from mapdesk.model.nouns import NOUNS

SHORTEST_PURPOSE = 2


@dataclass(frozen=True, slots=True)
class Access:
    """One user's right to ask, for one piece of work.

    Parameters
    ----------
    user : str
        Who asks.
    role : str
        "analyst" until sign-in exists.
    purpose : str
        Why, in the user's words; empty where nothing personal is asked for.
    """

    user: str
    role: str
    purpose: str = ""

    @classmethod
    def current(cls, purpose: str = "") -> Access:
        """Return the operating-system user as analyst."""
        return cls(getpass.getuser(), "analyst", purpose.strip())

    @property
    def has_purpose(self) -> bool:
        """Whether a purpose is in force."""
        return len(self.purpose) >= SHORTEST_PURPOSE

    def require_purpose(self, what: str) -> None:
        """Raise PurposeError unless a purpose of at least two characters is given: 走访 is one.

        Parameters
        ----------
        what : str
            What is asked for, for the sentence: "people", "camera pictures".
        """
        if not self.has_purpose:
            raise PurposeError(
                f"Say in two characters or more what you need {what} for: --purpose TEXT, "
                "or Purpose in the tool bar."
            )


def mask_name(value: str) -> str:
    """Keep the first character: 王建国 -> 王**."""
    return value[:1] + "*" * max(len(value) - 1, 1) if value else ""


def mask_phone(value: str) -> str:
    """Keep the last two digits: they tell two people of a household apart, no more."""
    return "*" * (len(value) - 2) + value[-2:] if len(value) > 4 else "*" * len(value)


def mask_identity(value: str) -> str:
    """Keep the region code and the last character of an identity number."""
    return value[:6] + "*" * max(len(value) - 7, 0) + value[-1:] if len(value) > 7 else "*" * 8


def mask_row(noun: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of `row` with every masked field of `noun` masked and every secret one left out.

    A birth date becomes the year; names, phones and identity numbers keep what tells two rows apart.
    """
    masked = dict(row)
    for field in NOUNS[noun].fields:
        value = row.get(field.name)
        if field.secret:
            masked.pop(field.name, None)
            continue
        if field.mask is None or value is None:
            continue
        if field.mask == "year":
            masked[field.name] = value.year if isinstance(value, date) else str(value)[:4]
        else:
            masked[field.name] = _MASKS[field.mask](str(value))
    return masked


_MASKS = {"name": mask_name, "phone": mask_phone, "identity": mask_identity}
