"""Filters answer as a computation without a database does, and only within the user's rights."""

from datetime import date
from functools import partial

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from mapdesk.model.access import Access
from mapdesk.model.errors import ConflictError, InputError, NotFoundError, RightsError
from mapdesk.model.filter_words import read_condition
from mapdesk.model.filters import Condition, Filter
from mapdesk.services import districts
from mapdesk.store import filter_terms, filtering, finding_people, people, saved_filters, scope
from mapdesk.store.filter_grounds import ground_of
from mapdesk.store.schema import RESIDENT
from tests.model.filter_strategies import TODAYS, filters
from tests.store import register

TODAY = date(2026, 11, 22)
DAYS = st.sampled_from([date.fromisoformat(day) for day in TODAYS])


@pytest.fixture(scope="module")
def tables():
    return register.frames()


@pytest.fixture(scope="module")
def oracle(tables):
    return register.Oracle(tables)


@pytest.fixture(scope="module")
def small(tables, tmp_path_factory):
    """The small register, open as its owner."""
    folder = tmp_path_factory.mktemp("small") / "district"
    store = districts.create_district(folder, "Small", "EPSG:32650")
    register.fill(store, tables)
    yield store
    store.close()


@pytest.fixture
def seen_by(small):
    """Let someone else ask, and the owner again afterwards."""
    owner = small.identity

    def become(role, areas=()):
        small.identity = Access("someone", role, "testing", tuple(areas))
        return small

    yield become
    small.identity = owner


def filter_of(noun, *conditions, mode="all"):
    return Filter(noun, mode, tuple(read_condition(noun, one) for one in conditions))


def ids(store, filtered, today=TODAY):
    return {row["id"] for row in filtering.rows(store, filtered, today, limit=10_000)}


@given(filtered=filters(), today=DAYS)
def test_a_filter_takes_what_a_computation_without_a_database_takes(small, oracle, filtered, today):
    expected = oracle.ids(filtered, today)
    assert ids(small, filtered, today) == expected
    assert filtering.count(small, filtered, today) == len(expected)
    rows = {key: oracle.tables[filtered.noun][key] for key in expected}
    buildings = {oracle.building(filtered.noun, row).get("id") for row in rows.values()}
    assert set(filtering.building_ids(small, filtered, today)) == buildings - {None}
    shown = filtering.rows(small, filtered, today, limit=10_000)
    floors = {(row.get("building_id"), row.get("floor")) for row in shown}
    expected_floors = {one for one in floors if None not in one}
    assert set(filtering.floors(small, filtered, today)) == expected_floors


@pytest.mark.parametrize("today", [date.fromisoformat(day) for day in TODAYS])
@pytest.mark.parametrize("name", ["age", "oldest", "youngest"])
def test_ages_are_whole_years_at_their_edges(small, oracle, name, today):
    noun = "person" if name == "age" else "household"
    for years in (0, 18, 46, 79, 80, 81, 90):
        for values, operators in (
            ((years,), ("at least", "at most", "is", "is not", "one of")),
            ((years - 1 if years else 0, years), ("between", "one of")),
        ):
            for operator in operators:
                filtered = Filter(noun, "all", (Condition(name, operator, values),))
                assert ids(small, filtered, today) == oracle.ids(filtered, today)


@given(filtered=filters(), today=DAYS)
def test_every_filter_compiles_for_postgresql(small, filtered, today):
    ground = ground_of(filtered.noun, None)
    term = filter_terms.where(small, ground, filtered, today)
    if term is not None:
        assert str(term.compile(dialect=postgresql.dialect()))


@given(filtered=filters(["person"]), today=DAYS)
def test_without_the_right_minors_are_left_out_and_areas_hold(small, oracle, filtered, today):
    owner = small.identity
    small.identity = Access("someone", "dispatcher", "testing", ("G1",))

    def seen(row):
        grid = oracle.building("person", row).get("grid_id")
        grown = row["birth_date"] and register.age(row["birth_date"], today) >= 18
        return bool(grown) and grid in ("G1", "G11")

    try:
        if filtered.sensitive(today) is not None:
            with pytest.raises(RightsError, match="minors and care flags"):
                filtering.count(small, filtered, today)
        elif filtered.asks_days_of_birth():
            with pytest.raises(RightsError, match="by year"):
                filtering.count(small, filtered, today)
        else:
            assert ids(small, filtered, today) == oracle.ids(filtered, today, seen)
    finally:
        small.identity = owner


@given(
    born=st.dates(date(1900, 1, 1), date(2026, 1, 1))
    | st.sampled_from([date(1948, 2, 29), date(2000, 2, 29)]),
    today=st.dates(date(2024, 1, 1), date(2032, 12, 31)) | DAYS,
    years=st.integers(0, 110),
    days=st.integers(0, 400),
)
def test_who_turns_an_age_is_found_across_years_and_leap_days(born, today, years, days):
    first, last = filter_terms.turning_births(years, days, today)
    number = born.year * 10_000 + born.month * 100 + born.day
    turns = register.birthday(born, born.year + years)
    assert (first <= number <= last) == (0 <= (turns - today).days <= days)


def test_someone_born_on_29_february_turns_on_1_march(small):
    at = partial(filter_terms.turning_births, 80, 0)
    assert not at(date(2026, 2, 28))[0] <= 19460229 <= at(date(2026, 2, 28))[1]
    assert at(date(2026, 3, 1))[0] <= 19460229 <= at(date(2026, 3, 1))[1]
    assert at(date(2028, 2, 29))[0] <= 19480229 <= at(date(2028, 2, 29))[1]


@pytest.mark.parametrize("noun", ["person", "household", "unit", "building", "organisation"])
def test_any_column_sorts_both_ways_missing_last(small, noun):
    everything = filter_of(noun)
    for name in filtering.columns(small, noun):
        for descending in (False, True):
            rows = filtering.rows(
                small, everything, TODAY, limit=1000, order=name, descending=descending
            )
            values = [row.get(name) for row in rows]
            known = [value for value in values if value is not None]
            assert values[len(known) :] == [None] * (len(values) - len(known))
            assert known == sorted(known, reverse=descending), name


def test_pages_join_without_gap_or_repeat(small):
    everything = filter_of("person")
    pages = [
        filtering.rows(small, everything, TODAY, limit=7, offset=at, order="sex")
        for at in range(0, 60, 7)
    ]
    assert [row["id"] for page in pages for row in page] == [
        row["id"] for row in filtering.rows(small, everything, TODAY, limit=1000, order="sex")
    ]


def test_doors_are_those_of_the_answer(small, oracle):
    grown = filter_of("person", "age>=40")
    rows = filtering.doors(small, grown, TODAY)
    expected = {key for key in oracle.ids(grown, TODAY) if oracle.tables["person"][key]["unit_id"]}
    assert {row["person_id"] for row in rows} == expected
    assert all(
        row["unit_id"] == oracle.tables["person"][row["person_id"]]["unit_id"] for row in rows
    )
    units = filter_of("unit", "floor<=2")
    assert {row["unit_id"] for row in filtering.doors(small, units, TODAY)} == oracle.ids(
        units, TODAY
    )
    with pytest.raises(InputError, match="no doors of their own"):
        filtering.doors(small, filter_of("organisation"), TODAY)


@pytest.mark.parametrize("role", ["planner", "auditor", "security", "administrator"])
def test_who_may_not_see_people_may_not_filter_them(seen_by, role):
    store = seen_by(role)
    for filtered in (
        filter_of("person"),
        filter_of("household"),
        filter_of("building", "people>=3"),
    ):
        for ask in (
            filtering.count,
            filtering.rows,
            filtering.building_ids,
            filtering.place_ids,
            filtering.floors,
            filtering.doors,
        ):
            with pytest.raises(RightsError):
                ask(store, filtered, TODAY)
    assert filtering.count(store, filter_of("building")) == 4
    assert "people" not in filtering.columns(store, "building")


def test_care_flags_are_for_those_who_may_see_them(seen_by):
    assert "care_flag" not in filtering.rows(seen_by("dispatcher"), filter_of("person"), TODAY)[0]
    with pytest.raises(RightsError, match="minors and care flags"):
        filtering.count(seen_by("dispatcher"), filter_of("person", "care_flag is recorded"))
    assert "care_flag" in filtering.rows(seen_by("analyst"), filter_of("person"), TODAY)[0]


def test_households_and_counts_keep_to_the_areas(seen_by, oracle):
    store = seen_by("worker", ["G2"])
    for noun, condition in (
        ("household", "people>=0"),
        ("building", "people>=0"),
        ("unit", "people>=0"),
    ):
        rows = oracle.tables[noun]
        inside = {
            key for key, row in rows.items() if oracle.building(noun, row).get("grid_id") == "G2"
        }
        assert ids(store, filter_of(noun, condition)) == inside


def test_people_are_read_within_the_areas_only(seen_by, oracle):
    persons = oracle.tables["person"]
    grid = {key: oracle.building("person", row).get("grid_id") for key, row in persons.items()}
    inside = next(key for key in persons if grid[key] == "G11")
    outside = next(key for key in persons if grid[key] == "G2")
    store = seen_by("worker", ["G1"])
    assert people.person(store, inside)["id"] == inside
    assert people.person(store, outside) is None
    assert people.household(store, persons[outside]["household_id"]) == (None, [])
    assert people.household(store, persons[inside]["household_id"])[1]
    assert people.of_building(store, persons[outside]["building_id"]) == []
    assert {row["id"] for row in people.of_building(store, "b0")} == {
        key for key, row in persons.items() if row["building_id"] == "b0"
    }
    assert people.count_in(store, ["b0", "b2"]) == sum(
        row["building_id"] == "b0" for row in persons.values()
    )
    assert people.count_by_household_kind(store, persons[outside]["building_id"]) == {}
    assert {row["id"] for row in finding_people.find(store, "王", "name", 100)} == {
        key for key, row in persons.items() if "王" in row["name"] and grid[key] in ("G1", "G11")
    }


def test_minors_are_not_there_for_those_without_the_right(seen_by, oracle):
    store = seen_by("dispatcher")
    today = scope.local_today()
    persons = oracle.tables["person"]

    def grown(row):
        return bool(row["birth_date"]) and register.age(row["birth_date"], today) >= 18

    minor = next(key for key, row in persons.items() if row["birth_date"] and not grown(row))
    assert people.person(store, minor) is None
    assert {row["id"] for row in people.of_building(store, "b0")} == {
        key for key, row in persons.items() if row["building_id"] == "b0" and grown(row)
    }
    everyone = sum(row["building_id"] == "b0" for row in persons.values())
    assert people.count_in(store, ["b0"]) == everyone, "how many there are to be reached"


def test_grids_below_are_all_of_them_and_a_ring_ends(small):
    assert scope.grids_below(small, ["G"]) == ("G", "G1", "G11", "G2")
    assert scope.grids_below(small, ["G11", "nowhere"]) == ("G11", "nowhere")


def test_no_areas_are_no_predicate(small):
    assert scope.within_areas(small) is None
    assert scope.visible(small) is None


def test_many_ids_travel_as_one_array(small):
    wanted = [f"p{number:02}" for number in range(0, 60, 2)] + [
        f"q{number}" for number in range(100)
    ]
    query = sa.select(RESIDENT.c.id).where(scope.among(RESIDENT.c.id, wanted))
    with small.connect() as connection:
        assert sorted(connection.scalars(query)) == wanted[:30]


# ---------------------------------------------------------------------------------------- saved


@given(filtered=filters())
def test_a_saved_filter_comes_back(small, filtered):
    kept = saved_filters.save(small, " my  filter ", filtered)
    assert kept.name == "my filter"
    assert saved_filters.named(small, "my filter").filter == filtered


def test_names_are_used_once_and_filters_belong_to_who_saved_them(town):
    old = filter_of("person", "age>=80")
    saved_filters.save(town, "elders", old)
    saved_filters.save(town, "homes", filter_of("unit"))
    with pytest.raises(ConflictError, match="'elders' is saved already"):
        saved_filters.rename(town, "homes", "elders")
    saved_filters.rename(town, "homes", "all homes")
    assert [one.name for one in saved_filters.saved(town)] == ["all homes", "elders"]
    town.identity = Access("someone else", "analyst", "testing")
    with pytest.raises(ConflictError):
        saved_filters.save(town, "elders", filter_of("unit"))
    for change in (
        partial(saved_filters.delete, town, "elders"),
        partial(saved_filters.rename, town, "elders", "x"),
    ):
        with pytest.raises(RightsError, match="was saved by"):
            change()
    assert saved_filters.named(town, "elders").filter == old
    town.identity = Access.owner("testing")
    saved_filters.delete(town, "elders")
    with pytest.raises(NotFoundError, match="all homes"):
        saved_filters.named(town, "elders")
    with pytest.raises(NotFoundError):
        saved_filters.delete(town, "elders")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_saved_filter_needs_a_name(small, name):
    with pytest.raises(InputError, match="1 to 60"):
        saved_filters.save(small, name, Filter("unit"))


def test_what_cannot_be_read_is_left_out_of_the_list(town):
    saved_filters.save(town, "good", Filter("unit"))
    saved_filters.save(town, "bad", Filter("unit", "all", (Condition("floor", "is", (1,)),)))
    with town.engine.begin() as connection:
        connection.execute(sa.text("UPDATE saved_filter SET content = '{}' WHERE name = 'bad'"))
    assert [one.name for one in saved_filters.saved(town)] == ["good"]
