"""When things were: moments, readings, what lasts; what of them a span shows."""

from __future__ import annotations

from datetime import date

import pandas as pd
import sqlalchemy as sa

from mapdesk.model.spans import day_span, span_of
from mapdesk.services import timeline
from mapdesk.store import writing
from mapdesk.store.schema import TABLES


def test_every_noun_with_times_has_its_own(town):
    found = timeline.times_of(town, [*timeline.TIMED, "road", "camera"])
    assert set(found) <= set(timeline.TIMED)
    incident = TABLES["incident"]
    with town.connect() as connection:
        rows = connection.execute(sa.select(incident.c.id, incident.c.reported_at)).all()
    day = rows[0].reported_at.date()
    wanted = {row.id for row in rows if row.reported_at.date() == day}
    one = found["incident"]
    assert set(one.ids[one.shown(day_span(day))].tolist()) == wanted


def test_a_sensor_is_shown_when_it_measured(town):
    found = timeline.times_of(town, ["sensor"])["sensor"]
    with town.connect() as connection:
        table = TABLES["reading"]
        first, last = connection.execute(
            sa.select(sa.func.min(table.c.at), sa.func.max(table.c.at))
        ).one()
    assert first < last
    assert found.shown(span_of(f"{first:%Y-%m-%dT%H}")).any()
    assert not found.shown(span_of(f"{first.year - 1}")).any()
    low, high = found.bounds()
    assert low <= first and high >= last.replace(minute=0, second=0)


def test_grids_are_shown_while_they_are_valid_the_last_day_too(town):
    found = timeline.times_of(town, ["grid"])["grid"]
    key = found.ids[0]
    rows = pd.DataFrame(
        [{"id": key, "valid_from": date(2020, 1, 1), "valid_to": date(2025, 6, 30)}]
    )
    with writing.transaction(town) as connection:
        writing.upsert(town, connection, {"grid": rows})
    found = timeline.times_of(town, ["grid"])["grid"]
    at = found.ids.tolist().index(key)
    shown = {
        text: bool(found.shown(span_of(text))[at]) for text in ("2019", "2025-06-30", "2025-07")
    }
    assert shown == {"2019": False, "2025-06-30": True, "2025-07": False}
    assert found.undated == 0
    with writing.transaction(town) as connection:
        rows["valid_to"] = date(9999, 12, 31)
        writing.upsert(town, connection, {"grid": rows})
    found = timeline.times_of(town, ["grid"])["grid"]
    bounds = found.bounds()
    assert bounds is not None
    assert bounds[1].year < 9000
    assert bool(found.shown(span_of("2030"))[at])


def test_buildings_stand_from_their_year_on_and_always_where_it_is_not_known(town):
    found = timeline.times_of(town, ["building"])["building"]
    keys = found.ids[:5].tolist()
    rows = pd.DataFrame({"id": keys, "year_built": [1931, 2004, None, 0, 12000]})
    rows["year_built"] = rows["year_built"].astype("Int64")
    with writing.transaction(town) as connection:
        writing.upsert(town, connection, {"building": rows})
    found = timeline.times_of(town, ["building"])["building"]
    at = [found.ids.tolist().index(key) for key in keys]
    stands = {year: found.shown(span_of(year))[at].tolist() for year in ("1930", "1931", "2004")}
    assert stands == {
        "1930": [False, False, True, True, True],
        "1931": [True, False, True, True, True],
        "2004": [True] * 5,
    }


def test_an_incident_without_a_time_is_shown_at_none_and_counted(town):
    with writing.transaction(town) as connection:
        rows = pd.DataFrame([{"id": "undated", "title": "no time"}])
        writing.upsert(town, connection, {"incident": rows})
        connection.execute(
            sa.update(TABLES["incident"]).where(TABLES["incident"].c.id == "undated")
            .values(geometry=sa.select(TABLES["incident"].c.geometry).where(
                TABLES["incident"].c.geometry.is_not(None)).limit(1).scalar_subquery())
        )  # fmt: skip
    found = timeline.times_of(town, ["incident"])["incident"]
    at = found.ids.tolist().index("undated")
    assert not found.shown(span_of("1900/2100"))[at]
    assert found.undated == 1


def test_the_reach_is_that_of_moments_and_of_what_lasts_where_there_is_nothing_else(town):
    every = timeline.times_of(town, timeline.TIMED)
    moments = [one.bounds() for one in every.values() if not one.lasts]
    reach = timeline.reach(every.values())
    assert reach == (min(low for low, _ in moments), max(high for _, high in moments))
    earlier = span_of("2001").start
    assert timeline.reach(every.values(), [earlier])[0] == earlier
    # All grids of the town began on one day: there is nothing to go through.
    assert timeline.reach([every["grid"]]) is None
    assert timeline.reach([]) is None
