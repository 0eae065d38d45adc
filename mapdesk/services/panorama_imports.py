"""Bringing a folder of panoramas in, taking an import back, and bringing it back again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mapdesk.model.errors import ConflictError, InputError, NotFoundError
from mapdesk.model.rights import Right
from mapdesk.services.districts import Progress
from mapdesk.services.importing import ImportReport, set_origin
from mapdesk.store import media, places, writing
from mapdesk.store.database import Store

if TYPE_CHECKING:
    from mapdesk.formats.panoramas import Panorama

FOLDER = "media/panoramas"
"""Where the pictures lie in a district."""
_THERE = "is in the district already"
NORTH_STEP = 1e-4
"""Degrees north over which the grid's turn from true north is measured, some ten metres."""


@dataclass(frozen=True)
class PanoramaImport:
    """One import that can be taken back.

    Parameters
    ----------
    id : str
        Of its source.
    title : str
        The folder's name.
    at : datetime
        By the clock of who imported.
    count : int
        Panoramas of it that are there.
    """

    id: str
    title: str
    at: datetime
    count: int


@dataclass(frozen=True)
class UndoneImport:
    """An import that was taken back.

    Parameters
    ----------
    taken : PanoramaImport
    source : dict
        The row of its source.
    rows : list of dict
        Its panoramas.
    pictures : dict of str to bytes, or None
        Their pictures by path; None where they were not kept: then it cannot be brought back.
    """

    taken: PanoramaImport
    source: dict[str, Any]
    rows: list[dict[str, Any]]
    pictures: dict[str, bytes] | None

    @property
    def size(self) -> int:
        """Bytes of pictures it keeps."""
        return sum(map(len, (self.pictures or {}).values()))


def import_folder(
    store: Store,
    folder: Path,
    *,
    gcj02: bool = False,
    credit: str = "",
    dry_run: bool = False,
    progress: Progress,
) -> ImportReport:
    """Import every panorama of a folder and those below it; what is there already is left as it is.

    Parameters
    ----------
    gcj02 : bool
        Whether positions are shifted to GCJ-02, as EXIF cannot say.
    credit : str
        Who is named on the map; the makers that the files name by default.
    dry_run : bool
        Account for everything, write nothing.

    Raises
    ------
    InputError
        There is no such folder, or no file of it can be used.
    CancelledError
        Raised by `progress`; nothing was changed.
    """
    from mapdesk.formats import panoramas as files

    store.identity.require(Right.EDIT_PLACES)
    paths = files.files_of(folder)
    coming = _Coming(store, folder, gcj02=gcj02, dry_run=dry_run)
    try:
        for number, path in enumerate(paths):
            progress("Reading panoramas", 0.9 * number / len(paths))
            coming.take(path)
        coming.check()
        progress("Writing", 0.95)
        new = coming.write(credit)
    except BaseException:
        coming.drop()
        raise
    return ImportReport(
        folder.name,
        len(paths),
        {"panorama": new},
        {},
        coming.refused,
        coming.notes(),
        written=not dry_run,
    )


def imports(store: Store) -> list[PanoramaImport]:
    """Return the imports that brought panoramas which are still there, the newest first."""
    sources = places.features(store, "panorama", ["source"], geometry=False).columns["source"]
    known, counts = np.unique(sources.astype(str), return_counts=True)
    found = [
        PanoramaImport(row["id"], row["title"], row["imported_at"], int(count))
        for key, count in zip(known.tolist(), counts.tolist(), strict=True)
        for row in places.rows(store, "source", [key])
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def undo_import(store: Store, source: str = "", most: int = 0) -> UndoneImport:
    """Take an import back, rows and pictures; the newest one unless it is named by its id.

    Parameters
    ----------
    most : int
        Bytes of pictures that are kept in memory, so that `redo_import` can bring them back.

    Raises
    ------
    NotFoundError
        There is none, or not of that id.
    RightsError
    """
    store.identity.require(Right.EDIT_PLACES)
    found = imports(store)
    chosen = next((one for one in found if source in ("", one.id)), None)
    if not found:
        raise NotFoundError("There is no import of panoramas to take back.")
    if chosen is None:
        listed = ", ".join(f"{one.id} ({one.title})" for one in found)
        raise NotFoundError(
            f"There is no import of panoramas '{source}' to take back; there are: {listed}."
        )
    features = places.features(store, "panorama", ["source"], geometry=False)
    ids = features.ids[features.columns["source"].astype(str) == chosen.id].tolist()
    rows = places.rows(store, "panorama", ids)
    files = [str(row["file"]) for row in rows if str(row["file"]).startswith(f"{FOLDER}/")]
    undone = UndoneImport(
        chosen,
        places.rows(store, "source", [chosen.id])[0],
        rows,
        _kept_pictures(store, files, most),
    )
    with writing.transaction(store) as connection:
        writing.take_source_out(store, connection, "panorama", chosen.id)
    for path in files:
        media.discard(store, path)
    return undone


def _kept_pictures(store: Store, files: list[str], most: int) -> dict[str, bytes] | None:
    """Return pictures by their paths; None where one is gone, or they are more than `most` bytes."""
    kept: dict[str, bytes] = {}
    try:
        for path in files:
            kept[path] = media.of_map(store, path)
            most -= len(kept[path])
            if most < 0:
                return None
    except NotFoundError:
        return None
    return kept


def redo_import(store: Store, undone: UndoneImport) -> PanoramaImport:
    """Bring an import back that was taken back, rows and pictures.

    Raises
    ------
    ConflictError
        Some of it was imported anew meanwhile.
    InputError
        Its pictures were not kept.
    RightsError
    """
    import pandas as pd

    store.identity.require(Right.EDIT_PLACES)
    if undone.pictures is None:
        raise InputError("Its pictures were too many to be kept; import the folder again.")
    known = set(places.features(store, "panorama", geometry=False).ids.tolist())
    if known.intersection(row["id"] for row in undone.rows):
        raise ConflictError(
            "Some of these panoramas were imported again meanwhile; nothing was brought back."
        )
    frames = {"source": pd.DataFrame([undone.source]), "panorama": pd.DataFrame(undone.rows)}
    try:
        for path, content in undone.pictures.items():
            media.keep(store, path, content)
        with writing.transaction(store) as connection:
            writing.upsert(store, connection, frames)
    except BaseException:
        for path in undone.pictures:
            media.discard(store, path)
        raise
    set_origin(store)
    return undone.taken


class _Coming:
    """Panoramas on their way in: pictures are kept as they come, rows at the end, or none of either."""

    def __init__(self, store: Store, folder: Path, *, gcj02: bool, dry_run: bool) -> None:
        self._store = store
        self._folder = folder
        self._gcj02 = gcj02
        self._dry_run = dry_run
        self._known = set(places.features(store, "panorama", geometry=False).ids.tolist())
        self._rows: list[dict[str, object]] = []
        self._makers: list[str] = []
        self._kept: list[str] = []
        self.refused: list[tuple[str, str]] = []

    def take(self, path: Path) -> None:
        """Read a file and keep its picture, or say why not."""
        below = path != self._folder
        name = path.relative_to(self._folder).as_posix() if below else path.name
        try:
            self._take(name, path)
        except InputError as error:
            self.refused.append((name, str(error)))

    def _take(self, name: str, path: Path) -> None:
        from mapdesk.formats import panoramas as files
        from mapdesk.formats.panorama_tags import bare

        content = _content(path)
        found = files.read(content)
        key = f"PA-{blake2b(content, digest_size=8).hexdigest()}"
        if key in self._known:
            self.refused.append((name, _THERE))
            return
        x, y, turn = _placed(self._store, found, gcj02=self._gcj02)
        file = f"{FOLDER}/{key}{path.suffix.lower()}"
        kept = bare(content, replace(found, credit=""))
        if not self._dry_run:
            self._kept.append(file)
            media.keep(self._store, file, kept)
        self._known.add(key)
        self._makers.append(found.credit)
        self._rows.append(
            {
                "id": key,
                "name": path.stem,
                "file": file,
                "heading": None
                if found.heading is None
                else round(found.heading + turn, 2) % 360.0,
                "height": found.height,
                "taken_at": found.taken_at,
                "xy": (x, y),
            }
        )

    def check(self) -> None:
        """Raise InputError where there is nothing to bring in for other reasons than that it is there."""
        if self._rows or all(reason == _THERE for _name, reason in self.refused):
            return
        name, reason = next(one for one in self.refused if one[1] != _THERE)
        raise InputError(
            f"No picture in {self._folder} can be used; the first of {len(self.refused)}, {name}, "
            f"{reason}."
        )

    def write(self, credit: str) -> int:
        """Write the rows in one transaction and return how many are new."""
        import pandas as pd
        import shapely

        if not self._rows:
            return 0
        source = f"PI-{uuid.uuid4().hex[:10]}"
        makers = ", ".join(dict.fromkeys(one for one in self._makers if one))[:200]
        source_row = {
            "id": [source],
            "title": [self._folder.name],
            "attribution": [credit or makers or self._folder.name],
            "licence": [""],
            "imported_at": [datetime.now().astimezone().replace(tzinfo=None)],
        }
        frame = pd.DataFrame(self._rows)
        frame["geometry"] = shapely.points(frame.pop("xy").tolist())
        frame["source"] = source
        frames = {"source": pd.DataFrame(source_row), "panorama": frame}
        with writing.transaction(self._store, keep=not self._dry_run) as connection:
            counts = writing.upsert(self._store, connection, frames)
        self._kept.clear()
        if not self._dry_run:
            set_origin(self._store)
        return counts["panorama"][0]

    def drop(self) -> None:
        """Take away the pictures that were kept."""
        for file in self._kept:
            media.discard(self._store, file)

    def notes(self) -> list[str]:
        """Return what else is to be said."""
        unturned = sum(row["heading"] is None for row in self._rows)
        if not unturned:
            return []
        return [f"{unturned:,} without a direction: north is taken to be in the middle."]


def _content(path: Path) -> bytes:
    from mapdesk.formats.panoramas import LARGEST

    try:
        # A byte too many is enough to refuse it.
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"cannot be opened ({error.strerror}): check its rights") from error


def _placed(store: Store, found: Panorama, *, gcj02: bool) -> tuple[float, float, float]:
    """Return x, y in metres, and degrees from grid north to true north there, clockwise."""
    import shapely

    from mapdesk.formats.coordinates import WGS84, SourceCrs, to_district
    from mapdesk.model.district import projected_crs
    from mapdesk.model.errors import CrsError

    north = found.lat + NORTH_STEP if found.lat < 89.0 else found.lat - NORTH_STEP
    points = np.array([shapely.Point(found.lon, found.lat), shapely.Point(found.lon, north)])
    try:
        placed, reasons = to_district(
            "", points, SourceCrs(WGS84, gcj02), projected_crs(store.district.crs)
        )
    except CrsError:
        reasons = np.array(["far"])
    if reasons[0]:
        raise InputError(
            f"lies at {found.lon:.4f}, {found.lat:.4f}, where the district's {store.district.crs} "
            "is not used"
        )
    (x, y), (x1, y1) = shapely.get_coordinates(placed).tolist()
    turn = float(np.degrees(np.arctan2(x1 - x, y1 - y)))
    return x, y, turn if north > found.lat else turn + 180.0
