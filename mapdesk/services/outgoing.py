"""The one door out: whatever leaves the desk as a file, on the clipboard, on paper or as JSON.

Each parcel needs the right to export; a purpose where people are in it; a row in the record before
anything is written; and a second person's approval where more than a hundred distinct people would
leave by one user within 24 hours. A copy of the door's own rules stands in docs/outgoing.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapdesk.formats.watermark import Watermark
from mapdesk.model.access import Access
from mapdesk.model.errors import ApprovalDueError, InputError, RightsError
from mapdesk.model.filter_words import describe, in_english
from mapdesk.model.filters import Filter
from mapdesk.model.outgoing import Parcel, Request
from mapdesk.model.rights import Right
from mapdesk.services import filtering
from mapdesk.services.results import Result, admit
from mapdesk.store import audit, outgoing
from mapdesk.store.database import Store

if TYPE_CHECKING:
    from mapdesk.formats.doors import Door


@contextmanager
def leaving(store: Store, access: Access, parcel: Parcel) -> Iterator[Watermark]:
    """Let a parcel out; it is written inside the block, with the watermark given.

    If it cannot be written an approval may be used again; people taken out without one stay counted.

    Raises
    ------
    RightsError
        The role may not export, or not unmask.
    ApprovalDueError
        A second person has to approve it first: see `request`; it carries the parcel to ask for.
    PurposeError
        No purpose, or no reason to have names in full.
    """
    with _left(store, access, parcel):
        yield watermark(store, access, masked=parcel.masked)


@contextmanager
def _left(store: Store, access: Access, parcel: Parcel) -> Iterator[Request]:
    """Let a parcel out as `leaving` does, and give what is kept of it."""
    try:
        _check(access, parcel)
        kept = outgoing.leave(store, access, parcel)
    except RightsError as refusal:
        _record_refusal(store, access, parcel, refusal)
        if isinstance(refusal, ApprovalDueError):
            refusal.parcel = parcel
        raise
    try:
        yield kept
    except BaseException:
        if kept.approver:
            outgoing.give_back(store, kept.id)
        raise


def watermark(store: Store, access: Access, *, masked: bool = True) -> Watermark:
    """Return what a file says about its making."""
    now = store.trail.clock().astimezone()
    name = store.district.name
    return Watermark(access.user, access.role, access.purpose, now, masked, name)


def export(store: Store, access: Access, result: Result, path: Path) -> int:
    """Write a result to a file, by its suffix, and return how many rows are in it.

    Raises
    ------
    RightsError, PurposeError, ApprovalDueError
        See `leaving`.
    InputError, NotFoundError
        It cannot be written; nothing was. See `write_result`.
    """
    from mapdesk.formats.results import SUFFIXES, TABLES, write_result

    check_suffix(path, SUFFIXES)
    parcel = result.parcel("export", path.suffix.lower().removeprefix("."))
    with _left(store, access, parcel) as kept:
        mark = watermark(store, access, masked=parcel.masked)
        rows = _in_full(store, kept, result).frame(store, said=path.suffix.lower() in TABLES)
        write_result(path, rows, mark, result.titles)
    return len(result.rows)


def write_doors(
    store: Store,
    access: Access,
    filtered: Filter,
    listed: tuple[Parcel, list[dict[str, Any]]],
    path: Path,
) -> None:
    """Write a filter's door list, masked, in walking order, as PDF or XLSX.

    Parameters
    ----------
    listed : tuple of Parcel and list of dict
        What `doors_parcel` gives.

    Raises
    ------
    RightsError, PurposeError, ApprovalDueError
        See `leaving`.
    InputError, NotFoundError
        It cannot be written; nothing was.
    """
    from mapdesk.formats.doors import SUFFIXES, door_list

    check_suffix(path, SUFFIXES)
    parcel, rows = listed
    with leaving(store, access, parcel) as mark:
        door_list(path, doors_of(rows), describe(filtered), mark)


def doors_of(rows: list[dict[str, Any]]) -> list[Door]:
    """Return rows of `filtering.doors` as they are printed."""
    from mapdesk.formats.doors import Door

    return [
        Door(
            row["building_id"],
            row["address"] or row["building_name"] or row["building_id"],
            row["stair"],
            row["floor"],
            row["room"],
            row["people"],
            tuple(row["names"]),
        )
        for row in rows
    ]


def doors_parcel(
    store: Store, access: Access, filtered: Filter, file_kind: str, way: str = "print"
) -> tuple[Parcel, list[dict[str, Any]]]:
    """Return a filter's door list as a parcel, and its rows; see `filtering.doors`."""
    admit(access, personal=True)
    rows = filtering.doors(store, access, filtered)
    people = tuple(one for row in rows for one in row["person_ids"])
    subject = f"doors of {describe(filtered, in_english)}"
    return Parcel(way, subject, file_kind, people, personal=True), rows


def printed(
    store: Store,
    access: Access,
    subject: str,
    person_ids: Iterable[str],
    *,
    as_json: bool,
    reason: str = "",
) -> None:
    """Let out what a command prints, as JSON or as text that no terminal shows.

    Nothing is asked or counted where nobody is in it.

    Parameters
    ----------
    reason : str
        Why names are in full; empty where they are masked.
    """
    people = tuple(person_ids)
    way, kind = ("json", "json") if as_json else ("export", "text")
    if people:
        with leaving(store, access, Parcel(way, subject, kind, people, not reason, reason)):
            pass


def copy(store: Store, access: Access, result: Result, put: Callable[[str], object]) -> int:
    """Give a result as text of columns parted by tabs, the watermark last; return how many rows it has.

    Parameters
    ----------
    put : callable
        Takes the text: `QClipboard.setText`.
    """
    parcel = result.parcel("copy", "clipboard")
    with _left(store, access, parcel) as kept:
        mark = watermark(store, access, masked=parcel.masked)
        result = _in_full(store, kept, result)
        lines = ["\t".join(result.titles.get(name, name) for name in result.columns)]
        lines += [
            "\t".join(_cell(result.said(name, row.get(name))) for name in result.columns)
            for row in result.rows
        ]
        put("\n".join([*lines, "", mark.line]))
    return len(result.rows)


def request(store: Store, access: Access, parcel: Parcel) -> tuple[Request, str]:
    """Ask a second person to let a parcel out; return the request and a sentence saying who can approve.

    Raises
    ------
    RightsError, PurposeError
        As for `leaving`: what may not leave anyway is not asked for.
    """
    _check(access, parcel)
    return outgoing.ask(store, access, parcel), who_can_approve(store)


def who_can_approve(store: Store) -> str:
    """Return a sentence saying who can approve what the user asked for."""
    if store.identity.role == "owner":
        return (
            "This district has no second person who could approve; add a user who is security "
            "('mapdesk user add')."
        )
    return "Another user who is security can approve it: File, Approvals, or 'mapdesk outgoing approve'."


def approve(store: Store, access: Access, request_id: str) -> Request:
    """Let another user take out, once within 24 hours, what they asked for.

    Raises
    ------
    RightsError
        The role may not approve, or it is one's own request.
    NotFoundError, ConflictError
        No such request, or it is decided already.
    """
    return outgoing.decide(store, access, request_id, approve=True)


def refuse(store: Store, access: Access, request_id: str) -> Request:
    """Refuse a request; see `approve`."""
    return outgoing.decide(store, access, request_id, approve=False)


def listed(store: Store) -> tuple[list[Request], list[Request]]:
    """Return the requests that wait for the user's word, and those of the user's own."""
    others = outgoing.waiting(store) if store.identity.may(Right.APPROVE) else []
    own = outgoing.own(store) if store.identity.may(Right.EXPORT) else []
    mine = {one.id for one in own}
    return [one for one in others if one.id not in mine], own


def check_suffix(path: Path, suffixes: tuple[str, ...]) -> None:
    """Raise InputError unless a file's name ends in one of `suffixes`: before anything is counted."""
    if path.suffix.lower() not in suffixes:
        raise InputError(f"{path.name}: end the name with {', '.join(suffixes)}.")
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {path.parent}; make it, or choose another.")


def _check(access: Access, parcel: Parcel) -> None:
    personal = parcel.personal or bool(parcel.person_ids)
    admit(access, personal=personal, reason=None if parcel.masked else parcel.reason)


def _record_refusal(store: Store, access: Access, parcel: Parcel, refusal: RightsError) -> None:
    """Put on record what did not leave, how many people were in it, and why."""
    second = isinstance(refusal, ApprovalDueError)
    detail: dict[str, str | int] = {
        "people": parcel.people,
        "file": parcel.file_kind,
        "masked": "yes" if parcel.masked else "no",
        "why": "a second person is due" if second else "no right",
    }
    if parcel.reason:
        detail["reason"] = parcel.reason
    action = f"refused: take out by {parcel.way}"
    audit.record(store, access, action, parcel.subject, kind="export", detail=detail)


def _in_full(store: Store, kept: Request, result: Result) -> Result:
    """Return a result with its people's names in full, now that it has left; a masked one as it is."""
    if kept.masked:
        return result
    names = outgoing.names_of(store, kept, result.person_ids)
    rows = [
        row | {"name": names[row["id"]]} if row.get("id") in names else row for row in result.rows
    ]
    return replace(result, rows=rows)


def _cell(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
