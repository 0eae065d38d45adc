"""A district on disk: one folder.

::

    district.toml    name, CRS, local origin
    store.duckdb     every noun
    audit/           who looked at what, and why
    media/           clips and pictures the district brings along
    tracks/          worker tracks, Parquet by day
    cache/           meshes; may be deleted at any time

An encrypted district has a ``key.toml``; its ``district.toml`` says that it is encrypted and nothing
more, and name, CRS, origin, media and secret are rows of its database.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

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
    write_whole(folder / SETTINGS, text)


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that a crash leaves the old one or the new one, never half."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def write_mark(folder: Path) -> None:
    """Write the ``district.toml`` of an encrypted district, which tells nothing of it."""
    write_whole(folder / SETTINGS, f"format = {FORMAT}\nencrypted = true\n")


def is_encrypted(folder: Path) -> bool:
    """Say whether a folder holds an encrypted district; errors as of `read_settings`."""
    return bool(_values(folder).get("encrypted", False))


def read_settings(folder: Path) -> District:
    """Read ``district.toml``.

    Raises
    ------
    NotFoundError
        No district in this folder.
    InputError
        The file is not what mapdesk writes.
    """
    values = _values(folder)
    try:
        origin = (float(values["origin"][0]), float(values["origin"][1]))
        return District(str(values["name"]), str(values["crs"]), origin)
    except (KeyError, IndexError, TypeError) as error:
        raise _damaged(folder / SETTINGS, error) from error


def _values(folder: Path) -> dict[str, Any]:
    path = folder / SETTINGS
    if not path.is_file():
        raise NotFoundError(
            f"There is no district in {folder}; make one with 'mapdesk new' or 'mapdesk demo'."
        )
    try:
        values = tomllib.loads(path.read_text("utf-8"))
        newer = values["format"] > FORMAT
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise _damaged(path, error) from error
    if newer:
        raise InputError(f"{path} was written by a newer mapdesk; open it with that one.")
    return values


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(f"{path} is damaged ({error}); restore the district from a backup.")


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
