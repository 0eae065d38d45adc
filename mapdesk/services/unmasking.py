"""Seeing one person as the register has them: with a purpose, a reason, on record first, for ten minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mapdesk.model.access import LONGEST_REASON, SHORTEST_REASON, Access, checked_reason
from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.model.nouns import NOUNS
from mapdesk.model.rights import Right
from mapdesk.store import unmasking
from mapdesk.store.database import Store

MINUTES = 10
"""For how long one unmasking is in force."""


@dataclass(frozen=True)
class Unmasked:
    """One person, unmasked for a while.

    Parameters
    ----------
    row : dict
        As the register has it; care flags only for who may see them.
    until : datetime
        When it must be masked again, with a zone. A window counts on its own steady clock, so that a
        clock set back does not make this longer.
    """

    row: dict[str, Any]
    until: datetime


def unmask(store: Store, access: Access, person_id: str, reason: str) -> Unmasked:
    """Return one person as the register has them, once the reason is on record.

    Asking again takes a reason again.

    Raises
    ------
    RightsError
        The role does not unmask.
    PurposeError
        No purpose given.
    InputError
        The reason is too short or too long.
    NotFoundError
        No such person within the user's areas and rights.
    """
    store.identity.require(Right.UNMASK)
    access.require_purpose("people")
    why = checked_reason(reason)
    if why is None:
        raise InputError(
            f"Say in {SHORTEST_REASON} to {LONGEST_REASON} characters why this person must be seen unmasked."
        )
    row = unmasking.unmask(store, access, person_id, why)
    if row is None:
        raise NotFoundError(
            f"There is no person '{person_id}' among those you may see; 'mapdesk find' looks for names."
        )
    hidden = {field.name for field in NOUNS["person"].fields if field.secret}
    if not store.identity.may(Right.SENSITIVE):
        hidden.add("care_flag")
    shown = {name: value for name, value in row.items() if name not in hidden}
    return Unmasked(shown, store.trail.clock() + timedelta(minutes=MINUTES))
