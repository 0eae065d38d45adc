"""What a field's mask hides leaves by no door: every noun with such fields, every role, every door."""

from datetime import date

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import WorldError
from mapdesk.model.filter_fields import FILTER_NOUNS
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.nouns import NOUNS, PLACED
from mapdesk.model.rights import ROLES, Right
from mapdesk.model.selection import Ref, Selection
from mapdesk.services import cards, export, filtering, residents, results, selecting
from mapdesk.services.register_cards import REGISTER, register_card
from mapdesk.store import flat, saved_filters
from mapdesk.store.schema import TABLES

RAW = {
    "name": "欧阳不可见",
    "phone": "19987650213",
    "identity": "990101196102030418",
    "year": date(1961, 2, 3),
    None: "rtsp://never/shown",
}
"""A raw value for each kind of mask; None stands for what is secret."""

TOLD = ("欧阳不", "1998765", "19610203", "1961-02-03", "1961, 2, 3", "never/shown")
"""Texts of which none may be in an answer."""

HIDING = [key for key, noun in NOUNS.items() if any(one.mask or one.secret for one in noun.fields)]
ROLE_KEYS = [key for key in ROLES if key != "nobody"]


def hide_something(store, noun):
    """Give one row of a noun raw values in all fields that are masked or secret; return its id."""
    table = TABLES[noun]
    values = {one.name: RAW[one.mask] for one in NOUNS[noun].fields if one.mask or one.secret}
    with store.begin() as connection:
        where = table.c.building_id.is_not(None) if "building_id" in table.c else sa.true()
        key = connection.scalar(sa.select(sa.func.min(table.c.id)).where(where))
        connection.execute(sa.update(table).where(table.c.id == key).values(values))
        if noun in flat.SOURCES:
            flat.rebuild(connection)
    return key


def filtered(noun):
    return Filter(noun, "all", ())


DOORS = {
    "details": (PLACED, lambda s, _a, n, k: selecting.details(s, Selection({n: (k,)}), [n])),
    "geojson": (
        PLACED,
        lambda s, _a, n, k: export.feature_collection(
            s, selecting.details(s, Selection({n: (k,)}), [n])
        ),
    ),
    "card": (PLACED, lambda s, _a, n, k: cards.card_of(s, Ref(n, k))),
    "register card": (REGISTER, lambda s, a, n, k: register_card(s, a, Ref(n, k))),
    "filter": (FILTER_NOUNS, lambda s, a, n, _k: filtering.ask(s, a, filtered(n), limit=9999)),
    "page": (FILTER_NOUNS, lambda s, a, n, _k: filtering.page(s, a, filtered(n), 0, limit=9999)),
    "export": (
        PLACED,
        lambda s, a, n, k: results.of_things(s, a, Selection({n: (k,)}), n),
    ),
    "export of a filter": (FILTER_NOUNS, lambda s, a, n, _k: results.of_filter(s, a, filtered(n))),
    "home": (("person",), lambda s, a, _n, k: residents.home_of(s, a, k)),
}
"""Services that give rows: the nouns each takes, and a call."""


def test_the_nouns_that_hide_something_are_known():
    assert HIDING == ["person", "camera", "worker", "organisation"]


def test_what_is_masked_leaves_by_no_door(town):
    for noun in HIDING:
        key = hide_something(town, noun)
        for role in ROLE_KEYS:
            town.identity = Access("tester", role, "a test of masks")
            answered = False
            for name, (nouns, ask) in DOORS.items():
                if noun not in nouns:
                    continue
                try:
                    said = repr(ask(town, town.identity, noun, key))
                except WorldError:
                    continue
                answered = True
                assert not [text for text in TOLD if text in said], (noun, role, name)
            assert answered == (not NOUNS[noun].personal or town.identity.may(Right.PEOPLE))
        town.identity = Access.owner()


def test_grids_of_the_demo_keep_no_count_of_the_register(town):
    ids = tuple(
        row["id"]
        for row in selecting.details(
            town, selecting.select(town, ["grid"], selecting.shape_of(town, "grid", "G1")), ["grid"]
        )["grid"]
    )
    rows = selecting.details(town, Selection({"grid": ids}), ["grid"])["grid"]
    assert len(rows) > 5
    assert {row["population"] for row in rows} == {None}


PERSONAL = (
    Filter("person", "all", (Condition("age", "at least", (80,)),)),
    Filter("unit", "all", (Condition("people", "at least", (9,)),)),
)


def test_filters_about_people_are_listed_to_those_who_may_ask_them(town):
    for number, one in enumerate(PERSONAL):
        saved_filters.save(town, f"personal {number}", one)
    saved_filters.save(
        town, "shops", Filter("unit", "all", (Condition("unit_use", "is", ("shop",)),))
    )
    for role in ROLE_KEYS:
        town.identity = Access("tester", role)
        found = [one.name for one in saved_filters.saved(town)]
        people = ["personal 0", "personal 1"] if town.identity.may(Right.PEOPLE) else []
        assert found == [*people, "shops"], role


@pytest.mark.parametrize("role", ["analyst", "dispatcher", "worker"])
def test_masked_roles_ask_births_by_year(town, role):
    town.identity = Access("tester", role, "a jubilee")

    def count(*conditions):
        return filtering.count(town, town.identity, Filter("person", "all", conditions))

    day, other = "1958-08-11", "1958-12-30"
    for one in (
        Condition("born", "is", (day,)),
        Condition("born", "at least", (day,)),
        Condition("born", "at most", (other,)),
        Condition("born", "between", ("1958-01-01", other)),
    ):
        with pytest.raises(WorldError, match="by year"):
            count(one)
    year = count(Condition("born", "between", ("1958-01-01", "1958-12-31")))
    both = count(
        Condition("born", "at least", ("1958-01-01",)),
        Condition("born", "at most", ("1958-12-31",)),
    )
    assert year == both > 0
    assert count(Condition("turning", "turns", (80, 60))) >= 0
    town.identity = Access("tester", "registrar", "a jubilee")
    assert count(Condition("born", "is", (day,))) >= 0
