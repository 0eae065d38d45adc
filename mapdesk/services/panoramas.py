"""Panoramas of streets: where one can stand, the ways on, and reading one to look around in.

A panorama is a picture of a place. Nothing here, or anywhere in mapdesk, reads who or what is on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis import hops
from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.store import media, places
from mapdesk.store.database import Store

if TYPE_CHECKING:
    pass


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
