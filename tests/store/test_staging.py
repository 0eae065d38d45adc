"""Rows of a register are compared, wait, and are written as one batch that can be undone."""

import pandas as pd
import pytest
import sqlalchemy as sa

from mapdesk.model.errors import ConflictError, InputError, NotFoundError
from mapdesk.model.nouns import NOUNS
from mapdesk.store import people, staging, undoing
from mapdesk.store.copying import digest_of
from mapdesk.store.schema import TABLES
from tests.services.test_correcting import flat_is_right

PERSON = TABLES["person"]
FIELDS = NOUNS["person"].field_names


@pytest.fixture
def access(town):
    return town.identity.having("register of May")


@pytest.fixture
def known(town):
    """Twelve people of the town as a file would bring them."""
    with town.connect() as connection:
        query = sa.select(PERSON).where(PERSON.c.household_id.is_not(None)).order_by(PERSON.c.id)
        return pd.DataFrame(connection.execute(query.limit(12)).mappings().all())


def as_file(frame, **columns):
    file = frame.assign(
        line=range(2, 2 + len(frame)), address=None, note=None, candidates=None, **columns
    )
    file["id"] = [f"file-{number}" for number in file["line"]]
    return file


def newcomer(**values):
    row = dict.fromkeys(FIELDS) | {"id": "n", "name": "新来", "birth_date": None} | values
    return pd.DataFrame([row])


def state(store):
    return [digest_of(store, TABLES[noun]).content for noun in ("household", "person")]


def test_each_row_is_told_what_it_would_do(town, access, known):
    file = as_file(pd.concat([known, newcomer()], ignore_index=True))
    other = next(unit for unit in known["unit_id"] if unit != known["unit_id"][1])
    file.loc[0, "education"] = "postgraduate"
    file.loc[1, ["unit_id", "household_id"]] = [other, None]
    file.loc[2, ["education", "phone", "sex"]] = None
    batch = staging.stage(town, access, "may.csv", "register", file, complete=False)
    assert staging.counts(town, batch) == {
        "new": 1,
        "changed": 1,
        "moved": 1,
        "gone": 0,
        "same": 10,
        "doubtful": 0,
        "refused": 0,
    }
    (changed,) = staging.page(town, batch, "changed")
    assert changed["line"] == 2
    assert changed["was"]["education"] == known["education"][0]
    assert [one["title"] for one in staging.waiting(town)] == ["may.csv"]


def test_accepting_writes_one_batch_that_can_be_undone(town, access, known):
    before = state(town)
    file = as_file(pd.concat([known, newcomer(unit_id=known["unit_id"][3])], ignore_index=True))
    file.loc[0, "education"] = "postgraduate"
    file.loc[1, ["unit_id", "household_id"]] = [known["unit_id"][11], None]
    waiting = staging.stage(town, access, "may.csv", "register", file, complete=False)
    assert state(town) == before
    batch = staging.accept(town, access, waiting)
    assert people.person(town, known["id"][0])["education"] == "postgraduate"
    assert people.person(town, known["id"][1])["unit_id"] == known["unit_id"][11]
    assert people.person(town, "file-14")["name"] == "新来"
    assert staging.waiting(town) == []
    assert flat_is_right(town)
    undoing.undo(town, access, batch)
    assert state(town) == before
    assert flat_is_right(town)


def test_rows_are_accepted_one_by_one(town, access, known):
    file = as_file(known, care_flag="wheelchair")
    waiting = staging.stage(town, access, "may.csv", "register", file, complete=False)
    staging.accept(town, access, waiting, lines=[3, 5])
    flags = [people.person(town, key)["care_flag"] for key in known["id"]]
    assert [flag == "wheelchair" for flag in flags[:5]] == [False, True, False, True, False]
    assert staging.counts(town, waiting)["changed"] == 10
    with pytest.raises(InputError, match="None of the waiting rows"):
        staging.accept(town, access, waiting, lines=[3])
    staging.discard(town, waiting)
    assert staging.waiting(town) == []
    with pytest.raises(NotFoundError):
        staging.accept(town, access, waiting)


def test_who_a_whole_register_no_longer_names_is_gone(town, access, known):
    first = as_file(pd.concat([newcomer(phone=str(100000 + n)) for n in range(5)]))
    first["name"] = [f"来{n}" for n in range(5)]
    staging.accept(town, access, staging.stage(town, access, "a", "reg", first, complete=True))
    after_first = state(town)
    second = first.iloc[:3]
    waiting = staging.stage(town, access, "b", "reg", second, complete=True)
    assert staging.counts(town, waiting)["gone"] == 2
    batch = staging.accept(town, access, waiting)
    assert people.person(town, "file-5") is None
    assert people.person(town, "file-4") is not None
    assert people.person(town, known["id"][0]) is not None
    undoing.undo(town, access, batch)
    assert state(town) == after_first


def test_doubtful_rows_wait_for_a_decision(town, access, known):
    file = as_file(newcomer(name="待定"))
    file["candidates"] = '[{"unit_id": "x"}]'
    waiting = staging.stage(town, access, "may.csv", "register", file, complete=False)
    assert staging.counts(town, waiting)["doubtful"] == 1
    with pytest.raises(InputError):
        staging.accept(town, access, waiting)
    with pytest.raises(NotFoundError, match="no unit"):
        staging.decide(town, waiting, 2, "nowhere")
    assert staging.decide(town, waiting, 2, known["unit_id"][0]) == "new"
    staging.accept(town, access, waiting)
    row = people.person(town, "file-2")
    assert (row["unit_id"], row["building_id"]) == (known["unit_id"][0], known["building_id"][0])
    assert row["household_id"]


def test_a_person_twice_in_a_file_is_in_doubt_once(town, access, known):
    file = as_file(pd.concat([known.head(2), known.head(1)], ignore_index=True))
    waiting = staging.stage(town, access, "may.csv", "register", file, complete=False)
    (row,) = staging.page(town, waiting, "doubtful")
    assert (row["line"], row["note"]) == (4, "the same person as in line 2")


def test_what_others_changed_meanwhile_is_compared_anew(town, access, known):
    from mapdesk.store.changes import Edit, apply

    file = as_file(known.head(1), education="primary")
    waiting = staging.stage(town, access, "may.csv", "register", file, complete=False)
    was = {"education": known["education"][0]}
    edit = Edit("person", known["id"][0], was, {"education": "college"})
    apply(town, access, "by hand", [edit])
    batch = staging.accept(town, access, waiting)
    undoing.undo(town, access, batch)
    assert people.person(town, known["id"][0])["education"] == "college"


def test_an_import_somebody_built_on_is_not_undone(town, access, known):
    from mapdesk.store.changes import Edit, apply

    waiting = staging.stage(town, access, "m", "r", as_file(newcomer(name="甲")), complete=False)
    batch = staging.accept(town, access, waiting)
    apply(town, access, "x", [Edit("person", "file-2", {"name": "甲"}, {"name": "乙"})])
    with pytest.raises(ConflictError, match="changed since"):
        undoing.undo(town, access, batch)


def test_mappings_are_remembered_by_header(town):
    assert staging.recall_mapping(town, "h1") == {}
    staging.remember_mapping(town, "h1", {"姓名": "name"})
    staging.remember_mapping(town, "h1", {"姓名": "name", "电话": "phone"})
    assert staging.recall_mapping(town, "h1") == {"姓名": "name", "电话": "phone"}


def test_statuses_but_lines_and_lines_besides_are_accepted(town, access, known):
    file = as_file(
        pd.concat([known.head(3), newcomer()], ignore_index=True), care_flag="wheelchair"
    )
    waiting = staging.stage(town, access, "m", "r", file, complete=False)
    staging.accept(town, access, waiting, ["changed"], lines=[5], but=[3])
    flags = [people.person(town, key)["care_flag"] for key in known["id"][:3]]
    assert [flag == "wheelchair" for flag in flags] == [True, False, True]
    assert people.person(town, "file-5") is not None
    assert [row["line"] for row in staging.page(town, waiting)] == [3]


def test_a_double_is_settled_only_when_the_other_row_is_dropped(town, access, known):
    file = as_file(
        pd.concat([known.head(1), known.head(1)], ignore_index=True), education="primary"
    )
    waiting = staging.stage(town, access, "m", "r", file, complete=False)
    unit = known["unit_id"][0]
    with pytest.raises(InputError, match="Line 3 is about the same person as line 2"):
        staging.decide(town, waiting, 3, unit)
    assert staging.discard(town, waiting, [2]) == 1
    assert staging.decide(town, waiting, 3, unit) == "changed"
    staging.accept(town, access, waiting)
    assert people.person(town, known["id"][0])["education"] == "primary"


def test_gone_people_have_lines_of_their_own(town, access):
    first = as_file(pd.concat([newcomer(phone=str(100000 + n)) for n in range(4)]))
    first["name"] = [f"来{n}" for n in range(4)]
    staging.accept(town, access, staging.stage(town, access, "a", "reg", first, complete=True))
    waiting = staging.stage(town, access, "b", "reg", first.head(1), complete=True)
    rows = staging.page(town, waiting, "gone")
    assert sorted(row["line"] for row in rows) == [-3, -2, -1]
    staging.accept(town, access, waiting, lines=[rows[0]["line"]])
    assert people.person(town, rows[0]["id"]) is None
    assert people.person(town, rows[1]["id"]) is not None


def test_refused_rows_are_kept_to_be_looked_at_and_hold_nothing_up(town, access, known):
    refused = [(9, "has no name")]
    waiting = staging.stage(
        town, access, "m", "r", as_file(newcomer()), complete=True, refused=refused
    )
    (row,) = staging.page(town, waiting, "refused")
    assert (row["line"], row["note"], row["name"]) == (9, "has no name", None)
    staging.accept(town, access, waiting)
    assert staging.waiting(town) == []
    with pytest.raises(NotFoundError):
        staging.discard(town, waiting)


def test_a_phone_written_otherwise_is_the_same(town, access, known):
    file = as_file(known)
    file["phone"] = file["phone"].str.replace("-", "")
    waiting = staging.stage(town, access, "m", "r", file, complete=False)
    assert staging.counts(town, waiting)["same"] == len(known)
