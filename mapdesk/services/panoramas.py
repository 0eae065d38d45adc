"""Panoramas of streets: where one can stand, the ways on, and reading one to look around in.

A panorama is a picture of a place. Nothing here, or anywhere in mapdesk, reads who or what is on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis import hops
from mapdesk.analysis.picking import PrismPicker
from mapdesk.analysis.terrain import Terrain
from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.model.selection import Ref
from mapdesk.store import media, places
from mapdesk.store.database import Store

EYE = 2.5
"""Metres above the ground from which a panorama is taken: on a car's roof or a long stick."""
AROUND = 80.0
"""Metres within which things are pointed out in a panorama."""
USUAL_POLE = 4.0
"""Metres above the ground where a camera hangs of which that is not known."""
_CLEAR = 1.0
"""Metres before a thing where the eye's ray to it ends: it may hang on a wall."""


@dataclass(frozen=True)
class Sign:
    """Something that is seen from where a panorama was taken.

    Parameters
    ----------
    offset : tuple of float
        Metres east, north and up of the eye.
    """

    ref: Ref
    title: str
    offset: tuple[float, float, float]


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

    def hops(self, here: int, terrain: Terrain | None = None) -> list[hops.Hop]:
        """Return the ways on from one, and how they rise where there is a terrain."""
        found = hops.hops(self.xy, here)
        if terrain is None or not found:
            return found
        ground = terrain.at(self.xy[[here, *(way.index for way in found)]])
        rises = (ground[1:] - ground[0]).tolist()
        return [replace(way, rise=rise) for way, rise in zip(found, rises, strict=True)]


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


def cameras_around(
    store: Store, place: NDArray[np.float64], terrain: Terrain | None, walls: PrismPicker | None
) -> list[Sign]:
    """Return the cameras in sight of a panorama, the nearest first.

    Parameters
    ----------
    place : ndarray, shape (2,)
        Where it was taken, metres.
    terrain : Terrain or None
        The ground; a plane at height 0 without.
    walls : PrismPicker or None
        Buildings on that ground, which hide what is behind them.
    """
    features = places.features(store, "camera", ["name", "z"])
    if not len(features):
        return []
    names, known = features.columns["name"], np.asarray(features.columns["z"], float)
    away = np.hypot(*(features.xy - place).T)
    near = np.flatnonzero(away <= AROUND)
    near = near[np.argsort(away[near], kind="stable")]
    stands = np.concatenate([[place], features.xy[near]])
    ground = np.zeros(len(stands)) if terrain is None else terrain.at(stands)
    up = np.concatenate([[EYE], np.where(np.isnan(known), USUAL_POLE, known)[near]])
    eye, *ends = np.column_stack([stands, ground + up])
    found = []
    for at, end in zip(near.tolist(), ends, strict=True):
        way = end - eye
        length = float(np.linalg.norm(way))
        clear = eye + way * max(1.0 - _CLEAR / max(length, _CLEAR), 0.0)
        if walls is not None and walls.hit(eye, clear) is not None:
            continue
        key = str(features.ids[at])
        x, y, z = way.tolist()
        found.append(Sign(Ref("camera", key), str(names[at] or key), (x, y, z)))
    return found


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
