"""What is published is what was counted, and stays so until it is published anew."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from mapdesk.model.errors import NotFoundError, RightsError
from mapdesk.services import districts
from mapdesk.store import published, statistics
from mapdesk.store.schema import RESIDENT, TABLES

TODAY = date(2026, 11, 22)


def as_planner(store):
    store.identity = replace(store.identity, role="planner")


def test_planners_read_what_was_published(town):
    counted = statistics.fixed_area_statistics(town, TODAY)
    assert published.publish(town, TODAY) == len(counted)
    as_planner(town)
    found = published.statistics_for(town, TODAY)
    assert {area: one.as_dict() for area, one in found.items()} == {
        area: one.as_dict() for area, one in counted.items()
    }
    with pytest.raises(RightsError):
        published.publish(town, TODAY)


def test_on_a_server_a_day_s_change_does_not_show(town_url):
    with districts.open_district(town_url) as store:
        published.publish(store, TODAY)
        before = published.statistics_for(store, TODAY)[""].as_dict()
        with store.engine.begin() as connection:
            one = sa.select(TABLES["person"].c.id).limit(200)
            connection.execute(sa.delete(RESIDENT).where(RESIDENT.c.id.in_(one)))
        as_planner(store)
        assert published.statistics_for(store, TODAY)[""].as_dict() == before


def test_nothing_published_is_told(town):
    as_planner(town)
    if town.is_shared:
        with pytest.raises(NotFoundError, match="--publish"):
            published.statistics_for(town, TODAY)
    else:
        assert published.statistics_for(town, TODAY)
