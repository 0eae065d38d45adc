"""Maps on paper: what is printed is on record; one that points at people leaves by the door out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mapdesk.formats.watermark import Watermark
from mapdesk.model.access import Access
from mapdesk.model.outgoing import Parcel
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.services import outgoing, results
from mapdesk.services.register_cards import REGISTER
from mapdesk.services.results import admit
from mapdesk.store import audit
from mapdesk.store.database import Store

SUFFIXES = (".pdf", ".png")


@dataclass(frozen=True)
class Printout:
    """A map about to be printed.

    Parameters
    ----------
    title : str
        What stands above it.
    file_kind : str
        "pdf" or "png".
    pointed_at : Ref or None
        The person, household or unit whose home is marked on it, if one is.
    personal : bool
        It shows exact counts of people.
    """

    title: str
    file_kind: str
    pointed_at: Ref | None = None
    personal: bool = False

    @property
    def is_personal(self) -> bool:
        """Whether people are in it: then it needs the right to export and a purpose."""
        return self.personal or self.pointed_at is not None


def pointing_at(focus: Ref | None) -> Ref | None:
    """Return what a map's marks give away of people: the card shown, where it is of the register."""
    return focus if focus is not None and focus.noun in REGISTER else None


def check(access: Access, printout: Printout) -> None:
    """Raise unless a user may print a map: before it is drawn.

    Raises
    ------
    RightsError, PurposeError
        People are in it, and the role may not export or no purpose is in force.
    """
    access.require(Right.PLACES)
    if printout.is_personal:
        admit(access, personal=True)


@contextmanager
def leaving(store: Store, access: Access, printout: Printout) -> Iterator[Watermark]:
    """Let a map out; it is written inside the block, with the watermark given.

    A map without people is put on record and needs no one's approval.

    Raises
    ------
    RightsError, PurposeError, ApprovalDueError
        See `outgoing.leaving`; only where people are in it.
    """
    check(access, printout)
    if not printout.is_personal:
        subject = f"map: {printout.title}"
        detail: dict[str, str | int] = {"file": printout.file_kind, "people": 0}
        audit.record(store, access, "print a map", subject, kind="export", detail=detail)
        yield replace(outgoing.watermark(store, access), people=False)
        return
    with outgoing.leaving(store, access, parcel_of(store, access, printout)) as mark:
        yield mark


def parcel_of(store: Store, access: Access, printout: Printout) -> Parcel:
    """Return what leaves with a map that has people in it."""
    people: tuple[str, ...] = ()
    ref = printout.pointed_at
    if ref is not None and ref.noun == "person":
        people = (ref.id,)
    elif ref is not None:
        people = results.of_people(store, access, ref).person_ids
    subject = f"map: {printout.title}"
    if ref is not None:
        subject += f", pointing at {ref.noun} {ref.id}"
    return Parcel("print", subject, printout.file_kind, people, personal=True)
