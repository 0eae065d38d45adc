"""Each role counts the same people on both engines."""

from dataclasses import replace

import pytest

from mapdesk.model.access import Access
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.rights import Right
from mapdesk.services.districts import open_district
from mapdesk.store import filtering, people, places, statistics
from mapdesk.store.scope import local_today
from mapdesk.store.statistics import Where
from tests.server_town import SCOPED

USERS = {role: role for role in ("analyst", "dispatcher", "worker", "registrar")} | SCOPED
ELDERS = Filter("person", "all", (Condition("born", "between", ("1930-01-01", "1958-12-31")),))
LARGE = Filter("household", "all", (Condition("people", "at least", (4,)),))
CHILDHOOD = 3
"""Bands of five years in which nobody is of age, whatever the month of birth."""


def counted(store, day):
    """Return what a user counts of the whole district and of one building, by name."""
    buildings = places.features(store, "building").ids.tolist()[:40]
    answers = {}
    for name, where in (("all", Where()), ("some", Where(buildings=buildings))):
        made = statistics.make_up(store, where, day)
        # Ages are by year of birth on a server that masks birth dates, so that bands differ a little.
        answers[name] = replace(made, pyramid=None)
        answers[f"{name}, children"] = bool(made.pyramid[:CHILDHOOD].any())
    answers["buildings"] = people.count_of_buildings(store, buildings)
    answers["elders"] = filtering.count(store, ELDERS, day)
    answers["large"] = filtering.count(store, LARGE, day)
    return answers


@pytest.mark.parametrize("user", USERS)
def test_a_role_counts_the_same_on_both_engines(rights_town, town_folder, user):
    day = local_today()
    areas = (rights_town.area,) if user in SCOPED else ()
    with rights_town.store(user, "counting") as shared:
        said = counted(shared, day)
    with open_district(town_folder) as duck:
        duck.identity = Access("tester", USERS[user], "counting", areas)
        assert counted(duck, day) == said
        assert said["all, children"] == duck.identity.may(Right.SENSITIVE)
        pyramids = statistics.pyramids_of_grids(duck, day)
        assert sum(pyramids[key].sum() for key in pyramids if key == "G1") == said["all"].people
    assert said["all"].people > 0
