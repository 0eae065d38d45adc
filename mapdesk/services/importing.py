"""Bringing a file's rows into a district: read, account for every row, write all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mapdesk.model.district import District, projected_crs
from mapdesk.model.errors import InputError
from mapdesk.model.nouns import EDITED_PLACES, NOUNS
from mapdesk.services.districts import Progress
from mapdesk.store import grids, places, row_names, writing
from mapdesk.store.database import Store
from mapdesk.store.place_history import note_import

if TYPE_CHECKING:
    import pandas as pd

IMPORT_KINDS: dict[str, str] = {
    "osm": "osm",
    "buildings": "building",
    "grids": "grid",
    "cameras": "camera",
    "roads": "road",
    "railways": "railway",
    "workers": "worker",
    "organisations": "organisation",
    "people": "person",
    "incidents": "incident",
    "components": "component",
    "sensors": "sensor",
    "units": "unit",
    "households": "household",
    "land-use": "land_use",
    "resources": "resource",
    "addresses": "address",
    "landmarks": "landmark",
    "panoramas": "panorama",
}
"""What ``--as`` may say, and the noun it means."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Parameters
    ----------
    file : str
    read : int
        Rows of the source looked at.
    new, updated : dict of str to int
        Rows written by noun.
    refused : list of (row, reason)
    notes : list of str
        What else was done to the data.
    written : bool
        False for a dry run.
    """

    file: str
    read: int
    new: dict[str, int]
    updated: dict[str, int]
    refused: list[tuple[str, str]]
    notes: list[str] = field(default_factory=list)
    written: bool = True

    @property
    def kept(self) -> int:
        """Rows kept, of all nouns."""
        return sum(self.new.values()) + sum(self.updated.values())


def import_file(
    store: Store,
    path: Path,
    kind: str,
    *,
    fields: Mapping[str, str] | None = None,
    key: str | None = None,
    assume_crs: str | None = None,
    layer: str | None = None,
    dry_run: bool = False,
    progress: Progress,
) -> ImportReport:
    """Import a file in one transaction; repeating it updates instead of duplicating.

    Parameters
    ----------
    kind : str
        One of `IMPORT_KINDS`.
    fields : mapping of str to str
        Target field to source column.
    key : str, optional
        Source column that identifies a row.
    assume_crs : str, optional
        "EPSG:N" or "GCJ-02" for a file that does not say.
    dry_run : bool
        Read and account for everything, write nothing.

    Raises
    ------
    InputError, CrsError, NotFoundError
        The file cannot be used; nothing was changed.
    CancelledError
        Raised by `progress`; nothing was changed.
    """
    from mapdesk import formats

    kind = kind.replace("_", "-")
    if kind not in IMPORT_KINDS:
        raise InputError(f"'{kind}' cannot be imported; choose from {', '.join(IMPORT_KINDS)}.")
    _require_no_people(store, kind)
    source = blake2b(path.name.encode(), digest_size=5).hexdigest()
    options = formats.ReadOptions(
        noun=IMPORT_KINDS[kind],
        district_crs=projected_crs(store.district.crs),
        fields=fields or {},
        key=key,
        assume_crs=assume_crs,
        layer=layer,
        source_id=source,
    )
    result = formats.read(path, options, progress)
    frames = dict(result.frames)
    notes = list(result.notes)
    if "person" in frames:
        frames["person"] = _settle_people(store, _hide_identities(store, frames["person"]), notes)
    refused = [(one.row, one.reason) for one in result.refused]
    if key is None:
        _leave_others_alone(store, frames, source, refused)
    known = places.rows(store, "source", [source])
    frames["source"] = _source_frame(source, path, result.attribution, result.licence)
    if known:
        frames["source"]["imported_at"] = [known[0]["imported_at"]]
    progress("Writing", 0.9)
    with writing.transaction(store, keep=not dry_run) as connection:
        for noun in sorted(frames.keys() & set(EDITED_PLACES)):
            rows, access = frames[noun], store.identity
            note_import(store, connection, access, noun, rows, path.name, again=bool(known))
        counts = writing.upsert(store, connection, frames)
        if "grid" in frames:
            grids.nest(store, connection)
        if {"building", "grid"} & set(frames):
            placed = grids.assign(store, connection)
            if placed:
                notes.append(f"{plural(placed, 'building')} given the grid they stand in.")
        progress("Written", 1.0)
    if not dry_run:
        set_origin(store)
    counts.pop("source", None)
    return _report(path, result.read, counts, refused, notes, written=not dry_run)


def _require_no_people(store: Store, kind: str) -> None:
    """Raise InputError where a server would have to let its user write people without comparing them."""
    if store.is_guest and NOUNS[IMPORT_KINDS[kind]].personal:
        raise InputError(
            f"A server takes {kind} of its users as a register, with a history: use 'mapdesk register "
            "stage', or let the district's owner import them."
        )


def plural(count: int, noun: str) -> str:
    """Return "1 building", "1,204 buildings"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _leave_others_alone(
    store: Store, frames: dict[str, pd.DataFrame], source: str, refused: list[tuple[str, str]]
) -> None:
    """Refuse rows whose id another file's row has: without ``--key`` it is chance, not identity."""
    with store.connect() as connection:
        for noun, frame in frames.items():
            held = writing.held_by_others(connection, noun, frame["id"].tolist(), source)
            if held:
                frames[noun] = frame[~frame["id"].isin(list(held))]
                refused += [
                    (key, f"has the id of a {noun} from {title}; say --key FIELD if it is the same")
                    for key, title in held.items()
                ]


def _report(
    path: Path,
    read: int,
    counts: Mapping[str, tuple[int, int]],
    refused: list[tuple[str, str]],
    notes: list[str],
    *,
    written: bool,
) -> ImportReport:
    new = {noun: count[0] for noun, count in counts.items()}
    updated = {noun: count[1] for noun, count in counts.items()}
    return ImportReport(path.name, read, new, updated, refused, notes, written)


def _source_frame(source: str, path: Path, attribution: str, licence: str) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "id": [source],
            "title": [path.name],
            "attribution": [attribution or path.name],
            "licence": [licence],
            "imported_at": [datetime.now().astimezone().replace(tzinfo=None)],
        }
    )


def _hide_identities(store: Store, frame: pd.DataFrame) -> pd.DataFrame:
    """Replace ids that are identity or phone numbers by ones that cannot be read back.

    The same number gives the same id in the same district, so that a repeated import still updates;
    the secret it is hashed with never leaves the district's folder.
    """
    telling = frame["id"].astype(str).str.fullmatch(r"\d{17}[\dXx]|\d{15}|\+?\d{11,13}")
    if not telling.any():
        return frame
    key = store.secret()
    hidden = frame.copy()
    hidden.loc[telling, "id"] = [
        "P-" + row_names.hidden(key, str(value).upper()) for value in frame.loc[telling, "id"]
    ]
    return hidden


def _settle_people(store: Store, frame: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Give people the building their unit or address says, where the source names no building."""
    settled = frame.copy()
    if "unit_id" in settled:
        units = places.features(store, "unit", ["building_id"], geometry=False)
        by_unit = dict(zip(units.ids.tolist(), units.columns["building_id"].tolist(), strict=True))
        settled["building_id"] = _filled(settled["building_id"], settled["unit_id"].map(by_unit))
    if "address" in settled:
        buildings = places.features(store, "building", ["address"], geometry=False)
        by_address = dict(
            zip(buildings.columns["address"].tolist(), buildings.ids.tolist(), strict=True)
        )
        points = places.features(store, "address", ["text", "building_id"], geometry=False)
        by_address |= {
            text: building
            for text, building in zip(
                points.columns["text"].tolist(), points.columns["building_id"].tolist(), strict=True
            )
            if building
        }
        by_address.pop(None, None)
        settled["building_id"] = _filled(settled["building_id"], settled["address"].map(by_address))
        settled = settled.drop(columns="address")
    homeless = int(settled["building_id"].isna().sum())
    if homeless:
        notes.append(
            f"{homeless:,} of the people have no building: no address of theirs is among the buildings."
        )
    return settled


def _filled(column: pd.Series, other: pd.Series) -> pd.Series:
    """Return a column of text with its gaps filled from another."""
    return column.astype(object).where(column.notna(), other.astype(object))


def set_origin(store: Store) -> None:
    """Give a district its local origin when the first things are placed: their middle, to 100 m."""
    if store.district.origin != (0.0, 0.0):
        return
    extent = places.extent(store)
    if extent is None:
        return
    middle = np.round(np.array([extent[0] + extent[2], extent[1] + extent[3]]) / 200) * 100
    district = District(
        store.district.name, store.district.crs, (float(middle[0]), float(middle[1]))
    )
    store.save_district(district)
