"""Care flags and minors: nowhere without the right to them, over every door and every role."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import RightsError, WorldError
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.rights import ROLES, Right
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, filtering, finding, residents, unmasking
from mapdesk.store.schema import TABLES

FLAG = "oxygen at home"
ROLE_KEYS = [key for key in ROLES if key != "nobody"]
OWNER = Access.owner("keeping the register")
_PERSON = TABLES["person"]


def flagged(store):
    """Give a grown-up resident a care flag; return their row."""
    query = (
        sa.select(_PERSON)
        .where(_PERSON.c.birth_date < sa.cast("1980-01-01", sa.Date), _PERSON.c.care_flag.is_(None))
        .order_by(_PERSON.c.id)
        .limit(1)
    )
    with store.connect() as connection:
        row = dict(connection.execute(query).mappings().one())
    correcting.correct(
        store, OWNER, Ref("person", row["id"]), {"care_flag": None}, {"care_flag": FLAG}
    )
    return row


def people_by_flag():
    return Filter("person", "all", (Condition("care_flag", "is", (FLAG,)),))


def doors(store, access, person):
    """Return what each door that shows people says, by name; None where it is shut."""
    asked = {
        "building": lambda: residents.people_of_building(store, access, person["building_id"]),
        "home": lambda: residents.home_of(store, access, person["id"]),
        "search": lambda: residents.find_people(store, access, person["name"]),
        "find": lambda: finding.find(store, person["name"], access),
        "history": lambda: correcting.history_of(store, access, Ref("person", person["id"])),
        "filter": lambda: filtering.ask(store, access, Filter("person"), limit=10_000),
        "by flag": lambda: filtering.ask(store, access, people_by_flag()),
        "count by flag": lambda: filtering.count(store, access, people_by_flag()),
        "sorted": lambda: filtering.ask(
            store, access, Filter("person"), order="care_flag", limit=10_000
        ),
        "unmask": lambda: unmasking.unmask(store, access, person["id"], "calls about the lift"),
    }
    said = {}
    for name, ask in asked.items():
        try:
            said[name] = repr(ask())
        except WorldError:
            said[name] = None
    return said


@pytest.mark.parametrize("role", ROLE_KEYS)
def test_care_flags_are_shown_by_right_alone(town, role):
    person = flagged(town)
    town.identity = Access("tester", role)
    said = doors(town, town.identity.having("lift repairs"), person)
    rights = ROLES[role].rights
    told = {name for name, text in said.items() if text is not None and FLAG in text}
    if Right.SENSITIVE in rights:
        assert told >= {"building", "home", "search", "history", "filter"}
        assert said["count by flag"] is not None
        assert ("unmask" in told) == (Right.UNMASK in rights)
    else:
        assert told == set()
        assert said["by flag"] is None
        assert said["count by flag"] is None
    if Right.PEOPLE in rights:
        assert said["home"] is not None
        assert said["search"] is not None
    else:
        assert set(said.values()) == {None}


@pytest.mark.parametrize("role", ROLE_KEYS)
def test_minors_have_a_history_by_right_alone(town, role):
    with town.connect() as connection:
        minor = connection.scalar(
            sa.select(_PERSON.c.id)
            .where(_PERSON.c.birth_date > sa.cast("2022-01-01", sa.Date))
            .order_by(_PERSON.c.id)
            .limit(1)
        )
    ref = Ref("person", minor)
    correcting.correct(town, OWNER, ref, {"education": None}, {"education": "primary"}) if (
        education(town, minor) is None
    ) else correcting.correct(
        town, OWNER, ref, {"education": education(town, minor)}, {"education": None}
    )
    town.identity = Access("tester", role)
    access = town.identity.having("school places")
    if Right.PEOPLE not in ROLES[role].rights:
        with pytest.raises(RightsError):
            correcting.history_of(town, access, ref)
    else:
        found = correcting.history_of(town, access, ref)
        assert bool(found) == (Right.SENSITIVE in ROLES[role].rights)


def education(store, person):
    with store.connect() as connection:
        return connection.scalar(sa.select(_PERSON.c.education).where(_PERSON.c.id == person))


def test_history_is_within_areas(town):
    person = flagged(town)
    with town.connect() as connection:
        own = connection.scalar(
            sa.select(TABLES["building"].c.grid_id).where(
                TABLES["building"].c.id == person["building_id"]
            )
        )
        other = connection.scalar(
            sa.select(TABLES["building"].c.grid_id)
            .where(TABLES["building"].c.grid_id != own)
            .limit(1)
        )
    ref = Ref("person", person["id"])
    town.identity = Access("tester", "analyst", areas=(own,))
    assert correcting.history_of(town, town.identity.having("lift repairs"), ref)
    town.identity = replace(town.identity, areas=(other,))
    assert correcting.history_of(town, town.identity.having("lift repairs"), ref) == []
