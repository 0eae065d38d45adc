"""Who took something out of the desk, when and what for: said in every file and on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.rights import ROLES


@dataclass(frozen=True, slots=True)
class Watermark:
    """What a file carries about its making.

    Parameters
    ----------
    user, role : str
        Who takes it out; the role is a key of `ROLES`.
    purpose : str
        What for, in the user's words; empty where nothing personal is in it.
    at : datetime
        When, in the user's time zone.
    masked : bool
        Names and the like are masked in it.
    district : str
        Name of the district.
    people : bool
        Whether people may be in it: only then is said how their names stand.
    """

    user: str
    role: str
    purpose: str
    at: datetime
    masked: bool
    district: str
    people: bool = True

    @property
    def facts(self) -> dict[str, str]:
        """What it says as keys and values, for the metadata of a file: never translated."""
        return {
            "district": self.district,
            "user": self.user,
            "role": self.role,
            "purpose": self.purpose,
            "at": self.at.isoformat(timespec="seconds"),
            "masked": "yes" if self.masked else "no",
        }

    @property
    def line(self) -> str:
        """What it says in one line, in the user's language."""
        parts = (
            tr("For: {purpose}", purpose=self.purpose) if self.purpose else "",
            tr("Taken out by {user} ({role})", user=self.user, role=self._role),
            self.at.strftime("%Y-%m-%d %H:%M"),
            self.district,
            self._names,
        )
        return " · ".join(one_line(part) for part in parts if part)

    @property
    def _names(self) -> str:
        if not self.people:
            return ""
        return tr("names masked") if self.masked else tr("names in full")

    @property
    def _role(self) -> str:
        role = ROLES.get(self.role)
        if role is None:
            return self.role
        return role.title_zh if LANGUAGE.code.startswith("zh") else role.title


def one_line(text: str) -> str:
    """Return a text without line breaks and doubled spaces."""
    return " ".join(text.split())
