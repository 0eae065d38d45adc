"""Bringing a register of people in: read, match addresses to units, compare, and wait to be accepted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mapdesk.model.access import Access, mask_row
from mapdesk.model.errors import CancelledError, InputError
from mapdesk.model.rights import Right
from mapdesk.services import homes
from mapdesk.services.districts import Progress
from mapdesk.store import audit, places, staging
from mapdesk.store.database import Store

if TYPE_CHECKING:
    import pandas as pd

    from mapdesk.analysis.address_matches import Matches
    from mapdesk.analysis.addresses import AddressBook
    from mapdesk.formats.register import Preview


@dataclass(frozen=True)
class Staged:
    """A register that waits to be accepted.

    Parameters
    ----------
    batch_id : str
        What `accept`, `page` and `discard` call it.
    read : int
        Rows of the file looked at.
    counts : dict of str to int
        Waiting rows by what accepting them would do: "new", "changed", "moved", "gone", "same",
        "doubtful", "refused".
    refused : list of (int, str)
        Line and reason.
    notes : list of str
    """

    batch_id: str
    read: int
    counts: dict[str, int]
    refused: list[tuple[int, str]]
    notes: list[str]


def look(store: Store, path: Path, sheet: str | None = None) -> tuple[Preview, dict[str, str]]:
    """Return the first rows of a register, and the mapping remembered for its header or else suggested."""
    from mapdesk.formats import register

    store.identity.require(Right.EDIT_REGISTER)
    shown = register.preview(path, sheet)
    remembered = staging.recall_mapping(store, _header(shown.columns))
    return shown, remembered or dict(shown.mapping)


def _header(columns: Sequence[str]) -> str:
    return blake2b("\x1f".join(columns).encode(), digest_size=16).hexdigest()


def stage_register(
    store: Store,
    access: Access,
    path: Path,
    mapping: Mapping[str, str] | None = None,
    *,
    sheet: str | None = None,
    source: str | None = None,
    complete: bool = False,
    progress: Progress,
) -> Staged:
    """Read a register and keep its rows aside, each with what accepting it would do.

    Parameters
    ----------
    mapping : mapping of str to str, optional
        Column to field; by default what is remembered for this header, or suggested.
    source : str, optional
        What the register is called from one file to the next; by default the file's name.
    complete : bool
        The file is the whole register: people of an earlier file of `source` that it does not name are gone.

    Raises
    ------
    InputError, NotFoundError
        The file cannot be used; nothing was kept.
    PurposeError, RightsError
    CancelledError
        Raised by `progress`; nothing was kept.
    """
    from mapdesk.formats import register

    store.identity.require(Right.EDIT_REGISTER)
    access.require_purpose("to change the register")
    shown, known = look(store, path, sheet)
    chosen = dict(mapping) if mapping else known
    audit.record(store, access, "stage register", path.name, kind="change")

    def reading(text: str, part: float) -> None:
        progress(text, 0.4 * part)

    rows = register.read_register(path, chosen, reading, sheet)
    staging.remember_mapping(store, _header(shown.columns), chosen)
    frame = rows.frame
    frame["note"], frame["candidates"] = None, None
    if "address" not in frame:
        frame["address"] = None
    if frame["address"].notna().any():
        progress("Matching addresses", 0.4)
        _settle_addresses(store, frame, progress)
    source = source or path.stem
    staging.name_rows(store, source, frame)
    progress("Comparing with the register", 0.85)
    refused = [(line, reason) for line, reason in rows.refused]
    batch = staging.stage(
        store, access, path.name, source, frame, complete=complete, refused=refused
    )
    try:
        progress("Compared", 1.0)
    except CancelledError:
        staging.discard(store, batch)
        raise
    return Staged(batch, rows.read, staging.counts(store, batch), refused, list(rows.notes))


def address_book(store: Store) -> AddressBook:
    """Return the homes of a district by address."""
    from mapdesk.analysis.addresses import AddressBook

    buildings = places.features(store, "building", ["address", "name"], geometry=False)
    units = places.features(
        store, "unit", ["building_id", "stair", "floor", "room"], geometry=False
    )
    return AddressBook(
        building_id=buildings.ids,
        building_address=buildings.columns["address"],
        building_name=buildings.columns["name"],
        unit_id=units.ids,
        unit_building=units.columns["building_id"],
        stair=units.columns["stair"],
        floor=units.columns["floor"],
        room=units.columns["room"],
        regions=[store.district.name],
    )


def _settle_addresses(store: Store, frame: pd.DataFrame, progress: Progress) -> None:
    """Give rows the unit and building their address means; what may mean several is left to a person."""
    book = address_book(store)

    def matching(part: float) -> None:
        progress("Matching addresses", 0.45 + 0.4 * part)

    found = book.match(frame["address"], matching)
    for name, answer in (("unit_id", found.unit_id), ("building_id", found.building_id)):
        if name not in frame:
            frame[name] = None
        frame[name] = frame[name].astype(object).where(frame[name].notna(), answer)
    said = frame["address"].notna().to_numpy() & frame["unit_id"].isna().to_numpy()
    open_question = said & np.isin(found.status, ("doubtful", "none"))
    for place in np.flatnonzero(open_question).tolist():
        frame.loc[frame.index[place], "candidates"] = _candidates(found, place)
    building_only = said & ~open_question
    frame.loc[building_only, "note"] = "the address names no door"
    frame.loc[said & (found.status == "none"), "note"] = "no home has this address"


def _candidates(found: Matches, place: int) -> str:
    options = [
        {
            "unit_id": one.unit_id,
            "building_id": one.building_id,
            "score": one.score,
            "text": one.text,
        }
        for one in found.candidates(place)
    ]
    return json.dumps(options, ensure_ascii=False)


def accept(
    store: Store,
    access: Access,
    batch_id: str,
    statuses: Sequence[str] | None = None,
    lines: Collection[int] | None = None,
    but: Collection[int] = (),
) -> str:
    """Write waiting rows to the register as one batch and return its id.

    Every row of `statuses` is meant but those of the lines `but`, and `lines` besides; all that can be
    accepted where neither is given.

    Raises
    ------
    InputError
        None chosen, or a kind that cannot be accepted.
    PurposeError
        No purpose is in force.
    RightsError
        The role does not correct the register.
    """
    check_statuses(statuses or ())
    access.require_purpose("to change the register")
    audit.record(store, access, "accept register", batch_id, kind="change")
    return staging.accept(store, access, batch_id, statuses, lines, but)


def check_statuses(statuses: Collection[str]) -> None:
    """Raise InputError where rows of one of these statuses cannot be accepted."""
    wrong = set(statuses) - set(staging.ACCEPTABLE)
    if wrong:
        raise InputError(
            f"'{min(wrong)}' rows cannot be accepted; choose from {', '.join(staging.ACCEPTABLE)}."
        )


def waiting(store: Store, access: Access) -> list[dict[str, Any]]:
    """Return the registers that wait, the newest first, each with ``counts`` by status."""
    audit.record(store, access, "list registers", "")
    found = staging.waiting(store)
    return [row | {"counts": staging.counts(store, row["id"])} for row in found]


def waiting_rows(
    store: Store,
    access: Access,
    batch_id: str,
    status: str | None,
    offset: int = 0,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """Return waiting rows as the file has them beside what the register has; on record.

    Whoever brings a register in must see both to tell them apart: they are not masked, but by a server that
    holds its user to a role. ``was`` is the register's row,
    ``differs`` names its fields that would change, ``home`` and ``was_home`` say the two units in words.
    """
    access.require_purpose("to change the register")
    store.begin_work(access.purpose)
    rows = staging.page(store, batch_id, status, offset, limit)
    subject, detail = f"{batch_id} {status or ''} {offset}", {"shown": len(rows), "limit": limit}
    audit.record(store, access, "look through register", subject, detail=detail)
    places_named = {row["unit_id"] for row in rows}
    places_named |= {row["was"]["unit_id"] for row in rows if row["was"]}
    named = homes.texts_of(store, places_named - {None})
    for row in rows:
        row["home"] = named.get(row["unit_id"])
        row["was_home"] = named.get(row["was"]["unit_id"]) if row["was"] else None
        row["candidates"] = json.loads(row["candidates"]) if row["candidates"] else []
    return rows


def masked(row: dict[str, Any]) -> dict[str, Any]:
    """Return a waiting row as it may leave the desk: masked, and what the register has beside it."""
    was = row["was"] and mask_row("person", row["was"])
    return mask_row("person", row) | {"was": was}


def decide(store: Store, access: Access, batch_id: str, line: int, unit_id: str | None) -> str:
    """Settle a doubtful row and return its new status."""
    access.require_purpose("to change the register")
    audit.record(store, access, "settle address", f"{batch_id} line {line}")
    return staging.decide(store, batch_id, line, unit_id)


def counts(store: Store, batch_id: str) -> dict[str, int]:
    """Return how many rows of a batch wait in each status; all 0 where nothing waits any more."""
    return staging.counts(store, batch_id)


def discard(
    store: Store, access: Access, batch_id: str, lines: Collection[int] | None = None
) -> int:
    """Drop what waits, or some lines of it, and return how many rows went."""
    audit.record(store, access, "discard register", batch_id)
    return staging.discard(store, batch_id, lines)
