"""Panoramas of streets: bringing a folder of them in, taking an import back, and reading one to look around in.

A panorama is a picture of a place. Nothing here, or anywhere in mapdesk, reads who or what is on it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis import hops
from mapdesk.model.errors import InputError, NotFoundError
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
class Stops:
    """Every panorama of a district, as one walks through them.

    Parameters
    ----------
    ids, names, files, credits : ndarray of object, shape (n,)
    xy : ndarray of float, shape (n, 2)
        Metres.
    headings : ndarray of float, shape (n,)
        Degrees clockwise from grid north of each picture's middle; nan where it is not known.
    taken_at : ndarray of datetime64, shape (n,)
    """

    ids: NDArray[np.object_]
    names: NDArray[np.object_]
    files: NDArray[np.object_]
    credits: NDArray[np.object_]
    xy: NDArray[np.float64]
    headings: NDArray[np.float64]
    taken_at: NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.ids)

    def nearest(self, x: float, y: float) -> int:
        """Return the one nearest to a place in metres.

        Raises
        ------
        NotFoundError
            There are none.
        """
        if not len(self):
            raise NotFoundError(
                "This district has no panoramas yet: File, Import panoramas, or 'mapdesk panorama "
                "import', brings a folder of them in."
            )
        return int(np.argmin(np.hypot(self.xy[:, 0] - x, self.xy[:, 1] - y)))

    def hops(self, here: int) -> list[hops.Hop]:
        """Return the ways on from one."""
        return hops.hops(self.xy, here)


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


def undo_import(store: Store, source: str = "") -> PanoramaImport:
    """Take an import back, rows and pictures; the newest one unless it is named by its id.

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
    features = places.features(store, "panorama", ["file", "source"], geometry=False)
    mine = features.columns["source"].astype(str) == chosen.id
    with writing.transaction(store) as connection:
        writing.take_source_out(store, connection, "panorama", chosen.id)
    for path in features.columns["file"][mine].tolist():
        if str(path).startswith(f"{FOLDER}/"):
            media.discard(store, str(path))
    return chosen


def stops(store: Store) -> Stops:
    """Return every panorama of the district."""
    features = places.features(store, "panorama", ["name", "file", "heading", "taken_at", "source"])
    keys = features.columns["source"].astype(str)
    named = {
        row["id"]: row["attribution"] or row["title"]
        for row in places.rows(store, "source", np.unique(keys).tolist())
    }
    names = features.columns["name"]
    return Stops(
        features.ids,
        np.where(names.astype(bool), names, features.ids),
        features.columns["file"],
        np.array([named.get(key, "") for key in keys.tolist()], object),
        features.xy if len(features) else np.empty((0, 2)),
        np.asarray(features.columns["heading"], float),
        features.columns["taken_at"].astype("datetime64[us]"),
    )


def picture(store: Store, file: str) -> NDArray[np.uint8]:
    """Return a panorama's picture, RGB (height, width, 3).

    Raises
    ------
    NotFoundError
        The district has a row of it, and no file.
    InputError
        The file is damaged.
    """
    from mapdesk.formats import panoramas as files

    content = media.of_map(store, file)
    try:
        return files.pixels(content)
    except InputError as error:
        raise InputError(f"The panorama {file} {error}.") from error


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

        content = _content(path)
        found = files.read(content)
        key = f"PA-{blake2b(content, digest_size=8).hexdigest()}"
        if key in self._known:
            self.refused.append((name, _THERE))
            return
        x, y, turn = _placed(self._store, found, gcj02=self._gcj02)
        file = f"{FOLDER}/{key}{path.suffix.lower()}"
        if not self._dry_run:
            self._kept.append(file)
            media.keep(self._store, file, content)
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
