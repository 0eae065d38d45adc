"""Both engines give the same answers about 200,000 people."""

import numpy as np
import pytest
import sqlalchemy as sa

from benchmarks import register_data
from benchmarks.register_places import TODAY, first_of_area, lasso, make, quiet
from mapdesk.services import copying
from mapdesk.services.districts import open_district
from mapdesk.store import finding_people, people, statistics
from mapdesk.store.schema import RESIDENT, TABLES

PEOPLE = 200_000


def found_by(store, text):
    kind = finding_people.kind_of(text)
    return [row["id"] for row in finding_people.find(store, text, kind, 20)]


def sample(store, count):
    """Return name, initials, building, phone and identity number of people drawn by chance."""
    person = TABLES["person"]
    query = (
        sa.select(RESIDENT.c.name, RESIDENT.c.initials, RESIDENT.c.building_id)
        .add_columns(person.c.phone, person.c.identity_number)
        .join(person, person.c.id == RESIDENT.c.id)
        .order_by(RESIDENT.c.id)
    )
    with store.connect() as connection:
        rows = connection.execute(query).all()
    return [rows[at] for at in np.random.default_rng(5).choice(len(rows), count, replace=False)]


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_each_question_has_one_answer(tmp_path, postgres):
    make(tmp_path / "register", register_data.frames(PEOPLE))
    url = postgres.new_database()
    with open_district(tmp_path / "register") as duck:
        copying.copy_district(duck, url, quiet, in_clear=True)
        with open_district(url) as shared:
            drawn = sample(duck, 60)
            assert drawn == sample(shared, 60)
            for name, letters, home, phone, identity in drawn:
                for text in (name, name[:2], name[1:], name[-1], letters, letters[:2]):
                    assert found_by(duck, text) == found_by(shared, text), text
                for text in (phone[-8:], identity) if phone else (identity,):
                    assert sorted(found_by(duck, text)) == sorted(found_by(shared, text)), text
                assert people.of_building(duck, home) == people.of_building(shared, home)
            for grid in ("g1", "g2-07", "g3-000", "g3-251", "none"):
                assert people.page_of_grid(duck, grid) == people.page_of_grid(shared, grid)
            assert len(people.page_of_grid(duck, "g1")) == PEOPLE
            random = np.random.default_rng(9)
            for _ in range(20):
                area = lasso(random)
                mine = first_of_area(duck, area)
                assert mine == first_of_area(shared, area)
                assert mine[0] > 500
            mine, theirs = (statistics.pyramids_of_grids(one, TODAY) for one in (duck, shared))
            assert {key: one.tolist() for key, one in mine.items()} == {
                key: one.tolist() for key, one in theirs.items()
            }
            assert mine["g1"].sum() == PEOPLE
