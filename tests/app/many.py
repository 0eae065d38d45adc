"""A district of as many buildings and points as are wanted, made in one go."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from mapdesk.services import districts, importing
from mapdesk.store import writing

SPACING = 28.0
"""Metres between buildings."""
KINDS = ("lamp", "manhole", "hydrant", "bench")


def make_many(folder: Path, buildings: int, points: int) -> None:
    """Write a district with rows upon rows of buildings, and components between them."""
    random = np.random.default_rng(5)
    side = int(np.ceil(np.sqrt(buildings)))
    row, column = np.divmod(np.arange(buildings), side)
    x = 500_000.0 + column * SPACING + random.uniform(-3, 3, buildings)
    y = 4_000_000.0 + row * SPACING + random.uniform(-3, 3, buildings)
    wide, deep = random.uniform(8, 20, (2, buildings))
    at = np.linspace(0, buildings - 1, points).astype(int)
    frames = {
        "building": pd.DataFrame(
            {
                "id": [f"b{key:06d}" for key in range(buildings)],
                "height": np.clip(random.lognormal(2.4, 0.6, buildings), 3, 150).round(1),
                "use": random.choice(["residential", "office", "industrial"], buildings),
                "geometry": shapely.box(x, y, x + wide, y + deep),
            }
        ),
        "component": pd.DataFrame(
            {
                "id": [f"p{key:06d}" for key in range(points)],
                "kind": random.choice(KINDS, points),
                "geometry": shapely.points(x[at] + 22, y[at] + 22),
            }
        ),
    }
    with districts.create_district(folder, "Many", "EPSG:32650") as store:
        with writing.transaction(store) as connection:
            writing.upsert(store, connection, frames)
        importing.set_origin(store)
