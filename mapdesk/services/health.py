"""What the store stands on, for `mapdesk doctor`."""

from __future__ import annotations

from mapdesk.store.database import loaded_spatial_version


def spatial_version() -> str:
    """Load the spatial extension into an empty database and return DuckDB's version with it.

    Raises
    ------
    SetupError
        It is missing or does not match.
    """
    return loaded_spatial_version()
