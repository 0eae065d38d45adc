"""Who is named on the pictures of real data whose files do not say it themselves."""

from __future__ import annotations

import pandas as pd

from mapdesk.store import places, writing
from mapdesk.store.database import Store

CREDITS = {
    "helsinki_population": "HSY population grid 2020 (CC BY 4.0)",
    "delft": "delft.json of cityjson/cjio (MIT)",
    "NTA": "neighbourhoods: NYC City Planning",
    "nanshan": "demo data of maptalks.three (MIT)",
    "grid.geojson": "grid by mapdesk",
}
"""By the beginning of a file's name, whom to name."""


def credit_sources(store: Store) -> None:
    """Name who made the files that were imported."""
    rows = places.where(store, "source", "licence", [""])
    for row in rows:
        found = [
            credit for start, credit in CREDITS.items() if row["attribution"].startswith(start)
        ]
        row["attribution"] = found[0] if found else row["attribution"]
    if rows:
        with writing.transaction(store) as connection:
            writing.upsert(store, connection, {"source": pd.DataFrame(rows)})
