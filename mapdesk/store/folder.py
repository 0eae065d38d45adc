"""A district on disk: one folder.

::

    district.toml    name, CRS, local origin
    store.duckdb     every noun
    audit/           who looked at what, and why
    media/           clips and pictures the district brings along
    tracks/          worker tracks, Parquet by day
    cache/           meshes; may be deleted at any time
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

from mapdesk.model.district import District
from mapdesk.model.errors import InputError, NotFoundError

SETTINGS = "district.toml"
DATABASE = "store.duckdb"
FORMAT = 1


def write_settings(folder: Path, district: District) -> None:
    """Write ``district.toml`` so that a crash leaves the old file or the new one, never half."""
    text = (
        f"format = {FORMAT}\n"
        f"name = {json.dumps(district.name, ensure_ascii=False)}\n"
        f"crs = {json.dumps(district.crs)}\n"
        f"origin = [{district.origin[0]!r}, {district.origin[1]!r}]\n"
    )
    temporary = folder / (SETTINGS + ".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / SETTINGS)


def read_settings(folder: Path) -> District:
    """Read ``district.toml``.

    Raises
    ------
    NotFoundError
        No district in this folder.
    InputError
        The file is not what mapdesk writes.
    """
    path = folder / SETTINGS
    if not path.is_file():
        raise NotFoundError(
            f"There is no district in {folder}; make one with 'mapdesk new' or 'mapdesk demo'."
        )
    try:
        values = tomllib.loads(path.read_text("utf-8"))
        if values["format"] > FORMAT:
            raise InputError(f"{path} was written by a newer mapdesk; open it with that one.")
        origin = (float(values["origin"][0]), float(values["origin"][1]))
        return District(str(values["name"]), str(values["crs"]), origin)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, IndexError, TypeError) as error:
        raise InputError(
            f"{path} is damaged ({error}); restore the district from a backup."
        ) from error


def secret(folder: Path) -> bytes:
    """Return the district's secret of 32 random bytes, making it at first use."""
    path = folder / "audit" / "secret"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        made = os.urandom(32)
        set_secret(folder, made)
        return made


def set_secret(folder: Path, value: bytes) -> None:
    """Write the secret of a district that has none yet."""
    path = folder / "audit" / "secret"
    path.parent.mkdir(exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
