"""Landmarks: models with their real shape, brought in from a file, put on the map and kept with the district.

What lies in the district is the model as it is drawn, so that it needs no other file and no second look.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.extrude import LIGHT, ROOF_SHADE, WALL_SHADE, Mesh
from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.model.rights import Right
from mapdesk.services.importing import set_origin
from mapdesk.store import media, places, writing
from mapdesk.store.database import Store

if TYPE_CHECKING:
    from mapdesk.formats.solids import Solid

FOLDER = "media/landmarks"
"""Where models lie in a district."""
KINDS = (".glb", ".gltf", ".obj", ".json", ".cityjson")
"""Endings of files that are read."""
UNDERSIDE = 0.55
"""Brightness of what faces down."""
LARGEST_SCALE, HIGHEST = 10_000.0, 5_000.0


@dataclass(frozen=True)
class Landmark:
    """Where and how a model stands.

    Parameters
    ----------
    id, name : str
    file : str
        Path of the model within the district.
    x, y : float
        Metres in the district's CRS.
    heading : float
        Degrees it is turned clockwise.
    scale : float
        Metres a unit of the file is.
    base : float
        Metres its lowest point lies above the ground.
    source : str
        Id of the source that says whose it is.
    """

    id: str
    name: str
    file: str
    x: float
    y: float
    heading: float = 0.0
    scale: float = 1.0
    base: float = 0.0
    source: str = ""


@dataclass(frozen=True)
class Removed:
    """A landmark that was taken out, with all it takes to bring it back."""

    landmark: Landmark
    content: bytes
    attribution: str


@dataclass(frozen=True)
class Standing:
    """A landmark as it is drawn.

    Parameters
    ----------
    landmark : Landmark
    mesh : Mesh
        Metres from the map's origin; owners are positions in `palette`.
    palette : ndarray of uint8, shape (k, 3)
    parts : tuple of str
        What it consists of.
    part : ndarray of int, shape (m,)
        Position in `parts` of each triangle.
    """

    landmark: Landmark
    mesh: Mesh
    palette: NDArray[np.uint8]
    parts: tuple[str, ...]
    part: NDArray[np.int32]


def read_model(store: Store, path: Path, up: str = "y") -> Solid:
    """Read a model from a file, its middle at the origin and its lowest point at height 0.

    Raises
    ------
    InputError, CrsError
        In one sentence, what is wrong with the file.
    """
    from mapdesk.formats import cityjson, gltf, obj, solids
    from mapdesk.formats.coordinates import parse_crs

    ending = path.suffix.lower()
    if ending not in KINDS:
        raise InputError(
            f"{path.name} is no model that is read; give a file ending in {', '.join(KINDS)}."
        )
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    if ending in (".glb", ".gltf"):
        solid = gltf.read(path)
    elif ending == ".obj":
        solid = obj.read(path, up)
    else:
        solid = cityjson.read_solids(path, parse_crs(store.district.crs))
    if len(solid.corners) and solid.at is None:
        solid = replace(solid, corners=solids.stood(solid.corners))
    return solid


def add(
    store: Store,
    path: Path,
    *,
    name: str = "",
    at: tuple[float, float] | None = None,
    heading: float = 0.0,
    scale: float = 1.0,
    base: float = 0.0,
    up: str = "y",
    credit: str = "",
) -> Landmark:
    """Bring a model in from a file and put it on the map.

    Parameters
    ----------
    at : tuple of float, optional
        Where its middle stands, metres; a city model that names its CRS says so itself.
    credit : str
        Who is named on the map; the file's name by default.

    Raises
    ------
    InputError, CrsError, RightsError
        Nothing was changed.
    """
    store.identity.require(Right.EDIT_PLACES)
    return put(store, path, read_model(store, path, up), name, at, heading, scale, base, credit)


def put(
    store: Store,
    path: Path,
    solid: Solid,
    name: str,
    at: tuple[float, float] | None,
    heading: float,
    scale: float,
    base: float,
    credit: str = "",
) -> Landmark:
    """Keep a model that was read from `path`; see `add`."""
    from mapdesk.formats import solids

    place = place_of(path, solid, at)
    key = uuid.uuid4().hex[:10]
    made = checked(
        Landmark(
            f"LM-{key}",
            " ".join(name.split()) or path.stem,
            f"{FOLDER}/LM-{key}.npz",
            *place,
            heading,
            scale,
            base,
            f"LS-{key}",
        )
    )
    solids.checked(path.name, replace(solid, corners=solid.corners * scale))
    return restore(store, Removed(made, solid.packed(), credit or path.name))


def place_of(path: Path, solid: Solid, at: tuple[float, float] | None) -> tuple[float, float]:
    """Return where a model stands: where it says itself, else where the user says.

    Raises
    ------
    InputError
        Both say, or neither.
    """
    if solid.at is not None:
        if at is not None:
            raise InputError(f"{path.name} says itself where it stands; leave the place out.")
        return solid.at
    if at is None:
        raise InputError(
            f"{path.name} does not say where it stands; click the place, or give it with --at."
        )
    return at


def checked(landmark: Landmark) -> Landmark:
    """Return a landmark whose numbers can be drawn, its heading from 0 to 360.

    Raises
    ------
    InputError
    """
    numbers = (landmark.x, landmark.y, landmark.heading, landmark.scale, landmark.base)
    if not all(isfinite(one) for one in numbers):
        raise InputError("Place, heading, scale and base of a landmark must be numbers.")
    if not 0 < landmark.scale <= LARGEST_SCALE:
        raise InputError(
            f"A landmark's scale must be above 0 and at most {LARGEST_SCALE:,.0f}, not {landmark.scale:g}."
        )
    if abs(landmark.base) > HIGHEST:
        raise InputError(
            f"A landmark's base must lie within {HIGHEST:,.0f} m of the ground, not {landmark.base:g} m."
        )
    return replace(landmark, heading=landmark.heading % 360.0)


def landmarks(store: Store) -> list[Landmark]:
    """Return all landmarks by id."""
    columns = ("name", "file", "heading", "scale", "base", "source")
    found = places.features(store, "landmark", columns)
    xy = found.xy if len(found) else np.empty((0, 2))
    rows = zip(found.ids.tolist(), *(found.columns[one].tolist() for one in columns), strict=True)
    return [
        Landmark(
            str(key),
            str(name or key),
            str(file),
            x,
            y,
            _known(heading, 0.0),
            _known(scale, 1.0),
            _known(base, 0.0),
            str(source or ""),
        )
        for (key, name, file, heading, scale, base, source), (x, y) in zip(
            rows, xy.tolist(), strict=True
        )
    ]


def _known(number: float | None, usual: float) -> float:
    return usual if number is None or not isfinite(number) else float(number)


def landmark_of(store: Store, key: str) -> Landmark:
    """Return a landmark by its id, or by its name where only one has it.

    Raises
    ------
    NotFoundError
    """
    known = landmarks(store)
    found = [one for one in known if one.id == key] or [one for one in known if one.name == key]
    if len(found) != 1:
        listed = ", ".join(f"{one.id} ({one.name})" for one in known) or "none yet"
        raise NotFoundError(f"There is no landmark '{key}'; there are: {listed}.")
    return found[0]


def change(store: Store, landmark: Landmark) -> Landmark:
    """Keep where and how a landmark stands from now on.

    Raises
    ------
    InputError, RightsError
    """
    made = checked(landmark)
    _write(store, made, None)
    return made


def remove(store: Store, landmark: Landmark) -> Removed:
    """Take a landmark out, its file too; `restore` brings it back.

    Raises
    ------
    RightsError
    """
    store.identity.require(Right.EDIT_PLACES)
    content = media.of_map(store, landmark.file)
    named = places.rows(store, "source", [landmark.source])
    with writing.transaction(store) as connection:
        source = landmark.source if _has_own_source(landmark) else ""
        writing.take_source_out(store, connection, "landmark", source, landmark.id)
    media.discard(store, landmark.file)
    return Removed(landmark, content, str(named[0]["attribution"]) if named else "")


def _has_own_source(landmark: Landmark) -> bool:
    """Say whether the source was made with the landmark by `put`, for it alone."""
    return landmark.source == landmark.id.replace("LM-", "LS-", 1) != landmark.id


def restore(store: Store, removed: Removed) -> Landmark:
    """Bring in a landmark with its file."""
    media.keep(store, removed.landmark.file, removed.content)
    try:
        is_own = _has_own_source(removed.landmark)
        _write(store, removed.landmark, removed.attribution if is_own else None)
    except BaseException:
        media.discard(store, removed.landmark.file)
        raise
    set_origin(store)
    return removed.landmark


def _write(store: Store, landmark: Landmark, attribution: str | None) -> None:
    import pandas as pd
    import shapely

    row = {
        "id": [landmark.id],
        "name": [landmark.name],
        "file": [landmark.file],
        "base": [landmark.base],
        "heading": [landmark.heading],
        "scale": [landmark.scale],
        "source": [landmark.source],
        "geometry": [shapely.Point(landmark.x, landmark.y)],
    }
    frames = {"landmark": pd.DataFrame(row)}
    if attribution is not None:
        frames["source"] = pd.DataFrame(
            {
                "id": [landmark.source],
                "title": [landmark.name],
                "attribution": [attribution],
                "licence": [""],
                "imported_at": [datetime.now().astimezone().replace(tzinfo=None)],
            }
        )
    with writing.transaction(store) as connection:
        writing.upsert(store, connection, frames)


# -------------------------------------------------------------------- drawing


def standing(store: Store, origin: tuple[float, float]) -> tuple[list[Standing], list[str]]:
    """Return every landmark ready to be drawn, and a sentence for each that cannot be."""
    from mapdesk.formats.solids import Solid

    found, failed = [], []
    for landmark in landmarks(store):
        try:
            solid = Solid.unpacked(media.of_map(store, landmark.file))
        except (InputError, NotFoundError):
            failed.append(
                f"The model of landmark {landmark.name} is damaged or gone; remove it and add it anew."
            )
            continue
        found.append(stand(landmark, solid, origin))
    return found, failed


def stand(landmark: Landmark, solid: Solid, origin: tuple[float, float]) -> Standing:
    """Put a model where its landmark says."""
    turn = np.radians(landmark.heading)
    clockwise = np.array(
        [[np.cos(turn), np.sin(turn), 0], [-np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
    )
    place = np.array([landmark.x - origin[0], landmark.y - origin[1], landmark.base])
    corners = solid.corners * landmark.scale @ clockwise.T + place
    palette, which = np.unique(solid.colours, axis=0, return_inverse=True)
    count = len(corners)
    mesh = Mesh(
        corners.reshape(-1, 3).astype(np.float32),
        np.arange(3 * count, dtype=np.int32).reshape(-1, 3),
        np.repeat(which.reshape(-1), 3).astype(np.int32),
        np.repeat(_shades(corners), 3).astype(np.float32),
    )
    return Standing(landmark, mesh, palette.astype(np.uint8), solid.parts, solid.part)


def _shades(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the brightness of each triangle, lit as buildings are."""
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-12)[:, None]
    level = np.hypot(normal[:, 0], normal[:, 1])
    facing = (normal[:, :2] @ LIGHT / np.maximum(level, 1e-9) + 1) / 2
    wall = WALL_SHADE[0] + (WALL_SHADE[1] - WALL_SHADE[0]) * facing
    up = np.clip(normal[:, 2], 0, 1)
    # A slope turned to the light is brighter than one turned away, both darker than flat.
    lit = wall * (1 - up) + ROOF_SHADE * up - 0.12 * level * up * (1 - facing)
    return np.asarray(np.where(normal[:, 2] < -0.5, UNDERSIDE, lit))
