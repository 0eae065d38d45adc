"""Who asks, in which role and why; and what comes out masked.

Every query that returns a person, a household, a worker's track or a camera picture takes an
`Access` with a purpose. In an embedded district without users the operating-system user is its owner.
"""

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from mapdesk.model.errors import PurposeError, RightsError
from mapdesk.model.nouns import NOUNS
from mapdesk.model.rights import RIGHT_TITLES, ROLES, USER_ROLES, Right

SHORTEST_PURPOSE = 2
SHORTEST_REASON = 4
LONGEST_REASON = 500
"""Characters of the reason that unmasking, names in full and breaking glass take."""


@dataclass(frozen=True, slots=True)
class Access:
    """One user's right to ask, for one piece of work.

    Parameters
    ----------
    user : str
        Who asks.
    role : str
        Key in `ROLES`.
    purpose : str
        Why, in the user's words; empty where nothing personal is asked for.
    areas : tuple of str
        Ids of the grids, of any level, whose people may be looked at; empty means the whole district.
    """

    user: str
    role: str
    purpose: str = ""
    areas: tuple[str, ...] = ()

    @classmethod
    def owner(cls, purpose: str = "") -> Access:
        """Return the operating-system user as owner of an embedded district that has no users."""
        return cls(getpass.getuser(), "owner", purpose.strip())

    @classmethod
    def nobody(cls, name: str) -> Access:
        """Return someone who calls themself `name` and has not proved it: no right at all."""
        return cls(name, "nobody")

    def having(self, purpose: str) -> Access:
        """Return the same user with another purpose."""
        return replace(self, purpose=purpose.strip())

    def may(self, right: Right) -> bool:
        """Say whether the role has a right."""
        return right in ROLES[self.role].rights

    def require(self, right: Right) -> None:
        """Raise RightsError unless the role has a right."""
        if not self.may(right):
            able = ", ".join(ROLES[key].title for key in USER_ROLES if right in ROLES[key].rights)
            raise RightsError(
                f"{self.user} is signed in as {ROLES[self.role].title}, which does not include "
                f"'{RIGHT_TITLES[right]}'; "
                f"ask someone who is {able}."
            )

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
            raise PurposeError.needed_for(what)


def checked_reason(reason: str) -> str | None:
    """Return a reason without needless space, or None where it is too short or too long."""
    why = " ".join(reason.split())
    return why if SHORTEST_REASON <= len(why) <= LONGEST_REASON else None


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
