"""The ground's heights on a server: everyone sees them, who edits places changes them."""

import pytest

from mapdesk.model.errors import RightsError
from mapdesk.services import terrain
from tests.services.test_terrain import dem_of


def test_everyone_sees_terrain_and_who_edits_places_changes_it(rights_town, tmp_path):
    with rights_town.store("planner") as store:
        path = dem_of(store, tmp_path / "dem.tif")
        record = terrain.add(store, path)
    for role in ("worker", "auditor"):
        terrain._cache.clear()
        with rights_town.store(role) as store:
            assert terrain.terrain_of(store).key == record.key
            with pytest.raises(RightsError, match="ask someone who is Planner"):
                terrain.add(store, path)
    with rights_town.store("planner") as store:
        terrain.remove(store)
