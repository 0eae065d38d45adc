"""Benchmarks of questions to the store, against GeoPandas and pandas."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks import data
from benchmarks.measuring import Result, alternate, median, p95, row
from mapdesk.model.shapes import Circle
from mapdesk.services.districts import open_district
from mapdesk.store import people, places
from mapdesk.store.database import Store
from mapdesk.store.engines.embedded import raw_connection

RADIUS = 500.0


def circle_cameras(rounds: int = 2000) -> Result:
    """Milliseconds for the ids of the cameras within 500 m, of 5,000."""
    with open_district(data.city()) as store:
        cameras = places.features(store, "camera")
        frame = gpd.GeoDataFrame({"id": cameras.ids}, geometry=cameras.placed)
        ids, index = frame["id"].to_numpy(), frame.sindex
        random = np.random.default_rng(5)
        low, high = frame.total_bounds[:2], frame.total_bounds[2:]
        centres = random.uniform(low, high, (rounds, 2)).tolist()

        def ours(centre: list[float]) -> tuple[str, ...]:
            return places.ids_within(store, "camera", Circle(centre[0], centre[1], RADIUS))

        def peer(centre: list[float]) -> np.ndarray:
            found = index.query(shapely.Point(centre), predicate="dwithin", distance=RADIUS)
            return np.asarray(ids[found])

        for centre in centres[:50]:
            assert list(ours(centre)) == sorted(peer(centre))
        times = alternate(ours, peer, centres)
    return row("store.circle_cameras", "ms", median(times[0]), median(times[1]), "GeoPandas sindex")


def people_of_building(rounds: int = 300) -> Result:
    """Milliseconds, the slowest in twenty, for who lives in a building and where in it, of 275,000."""
    with open_district(data.demo()) as store:
        persons = _table(store, "person").drop(
            columns=["identity_number", "phone", "education", "care_flag"]
        )
        persons = persons.sort_values("building_id").set_index("building_id")
        persons = persons.assign(building_id=persons.index)
        units = _table(store, "unit").set_index("id")[["stair", "floor", "room", "use"]]
        units = units.rename(columns={"use": "unit_use"})
        inhabited = persons.index.dropna().unique().to_numpy()
        chosen = np.random.default_rng(7).choice(inhabited, rounds + 20, replace=False).tolist()

        def ours(building: str) -> list[dict[str, object]]:
            return people.of_building(store, building)

        def peer(building: str) -> list[dict[Hashable, Any]]:
            found = persons.loc[[building]].join(units, on="unit_id")
            return found.sort_values(["floor", "stair", "room", "id"]).to_dict("records")

        for building in chosen[:20]:
            mine, theirs = ours(building), peer(building)
            assert [one["id"] for one in mine] == [one["id"] for one in theirs]
            assert set(mine[0]) == set(theirs[0])
        times = alternate(ours, peer, chosen[20:])
    return row(
        "store.people_of_building", "ms", p95(times[0]), p95(times[1]), "GeoPandas joins, indexed"
    )


def _table(store: Store, noun: str) -> pd.DataFrame:
    with store.connect() as connection:
        return raw_connection(connection).execute(f'SELECT * FROM "{noun}"').df()


BENCHMARKS: tuple[Callable[[], Result], ...] = (circle_cameras, people_of_building)
