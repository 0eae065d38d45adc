"""Maps on paper: what is printed is on record; one that points at people leaves by the door out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mapdesk.formats.watermark import Watermark
from mapdesk.model.access import Access
from mapdesk.model.filter_words import describe, in_english
from mapdesk.model.outgoing import Parcel
from mapdesk.model.rights import Right
from mapdesk.model.selection import FoundPeople, Ref
from mapdesk.services import filtering, outgoing, residents, results
from mapdesk.services.register_cards import REGISTER
from mapdesk.services.results import admit
from mapdesk.store import audit
from mapdesk.store.database import Store

SUFFIXES = (".pdf", ".png")
FILMS = ("mp4",)
"""Kinds of files that are films."""


@dataclass(frozen=True)
class Printout:
    """A map about to be printed.

    Parameters
    ----------
    title : str
        What stands above it.
    file_kind : str
        "pdf", "png" or, of a film, "mp4".
    pointed_at : Ref or None
        The person, household or unit whose home is marked on it, if one is.
    personal : bool
        It shows exact counts of people, or what was found of them.
    floors : tuple of (str, int)
        Floors marked on it, each a building's id and a number: all who live there count.
    open : str
        Id of an opened building whose rooms say how many live there; empty for none.
    found : FoundPeople or None
        Whose homes are lit up on it.
    way : str
        One of `model.outgoing.WAYS`: a saved picture is an export.
    """

    title: str
    file_kind: str
    pointed_at: Ref | None = None
    personal: bool = False
    floors: tuple[tuple[str, int], ...] = ()
    open: str = ""
    found: FoundPeople | None = None
    way: str = "print"

    @property
    def is_personal(self) -> bool:
        """Whether people are in it: then it needs the right to export and a purpose."""
        return self.personal or bool(self.pointed_at or self.floors or self.open or self.found)


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
        action = "record a film" if printout.file_kind in FILMS else "print a map"
        audit.record(store, access, action, subject, kind="export", detail=detail)
        yield replace(outgoing.watermark(store, access), people=False)
        return
    with outgoing.leaving(store, access, parcel_of(store, access, printout)) as mark:
        yield mark


def parcel_of(store: Store, access: Access, printout: Printout) -> Parcel:
    """Return what leaves with a map that has people in it; whoever lives where it is marked counts.

    Whoever may not read people learns nothing of them from marks: then they do not count.
    """
    people: list[str] = []
    what = "film" if printout.file_kind in FILMS else "map"
    ref, subject = printout.pointed_at, f"{what}: {printout.title}"
    if ref is not None:
        subject += f", pointing at {ref.noun} {ref.id}"
        is_one = ref.noun == "person"
        people += (ref.id,) if is_one else results.of_people(store, access, ref).person_ids
    if printout.open and access.may(Right.PEOPLE):
        subject += f", people by room of building {printout.open}"
        building = Ref("building", printout.open)
        people += results.of_people(store, access, building).person_ids
    if printout.found is not None and access.may(Right.PEOPLE):
        subject += f", lit up: {describe(printout.found.filter, in_english)}"
        people += _found(store, access, printout.found)
    if printout.floors and access.may(Right.PEOPLE):
        subject += f", {len(printout.floors):,} floors marked"
        people += _living_on(store, access, printout.floors)
    ids = tuple(dict.fromkeys(people))
    return Parcel(printout.way, subject, printout.file_kind, ids, personal=True)


def _found(store: Store, access: Access, found: FoundPeople) -> tuple[str, ...]:
    """Return the ids of the people whose homes a question lights up."""
    if not found.ids:
        return results.of_filter(store, access, found.filter).person_ids
    return filtering.people_in(store, found.filter, [{"id": one} for one in found.ids])


def _living_on(store: Store, access: Access, floors: tuple[tuple[str, int], ...]) -> list[str]:
    """Return the ids of the people who live on floors."""
    wanted, buildings = set(floors), {building for building, _floor in floors}
    rows = residents.people_of_area(store, access, buildings, limit=results.MOST_ROWS).rows
    return [str(row["id"]) for row in rows if (row["building_id"], row["floor"]) in wanted]
