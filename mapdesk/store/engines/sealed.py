"""DuckDB with its file, write-ahead log and spill files encrypted (AES-256-GCM).

Facts this rests on (DuckDB 1.5.5): a file can be encrypted only where it is attached, so an instance in
memory attaches it and every connection uses it; writing needs the ciphers that the httpfs extension
brings; spill files are encrypted only with ``temp_file_encryption``. Instances of one process have to
share the file as they do without encryption: the instance is named after its path.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from mapdesk.model.errors import SetupError
from mapdesk.store.engines.backend import tell_no_values
from mapdesk.store.engines.embedded import open_anew_when_broken

CATALOGUE = "district"
"""What the attached file is called in SQL; nobody needs to say it."""


def make_sealed_engine(path: Path, spill: Path, key: bytes) -> Engine:
    """Return an engine on an encrypted database file, made if it is not there.

    Parameters
    ----------
    path, spill : Path
        Of the file, and of the folder for work too large for memory.
    key : bytes
        32 bytes.
    """
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
    engine = sa.create_engine(
        sa.URL.create("duckdb", database=f":memory:{name}"),
        connect_args={
            "config": {
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "temp_directory": str(spill),
                "temp_file_encryption": "true",
            }
        },
        pool_size=4,
        hide_parameters=True,  # what failed is told and logged; whom it was about is not
        max_overflow=8,
    )
    where = str(path).replace("'", "''")
    text = base64.b64encode(key).decode()

    def attach(connection: Any, _record: object) -> None:
        load_ciphers(connection)
        connection.execute(
            f"ATTACH IF NOT EXISTS '{where}' AS {CATALOGUE} "
            f"(ENCRYPTION_KEY '{text}', ENCRYPTION_CIPHER 'GCM')"
        )
        connection.execute(f"USE {CATALOGUE}")

    sa.event.listen(engine, "connect", attach)
    open_anew_when_broken(engine)
    return tell_no_values(engine)


def load_ciphers(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the extension that brings the ciphers, from its wheel; milliseconds.

    Raises
    ------
    SetupError
        The extension's wheel is missing or does not match DuckDB's version.
    """
    try:
        root = importlib.resources.files("duckdb_extension_httpfs")
        binary = next(Path(str(root)).rglob("httpfs.duckdb_extension"))
        connection.load_extension(str(binary))
    except (ModuleNotFoundError, StopIteration, duckdb.Error) as error:
        raise SetupError(
            "DuckDB cannot encrypt without its httpfs extension; install duckdb-extension-httpfs "
            f"{duckdb.__version__}."
        ) from error
