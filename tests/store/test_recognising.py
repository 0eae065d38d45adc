"""People of a file without number or birth date are known by name only where nobody else can be meant."""

import random
from datetime import date

import pandas as pd
import pytest

from mapdesk.model.nouns import NOUNS
from mapdesk.store import staging, writing
from mapdesk.store.schema import TABLES

FIELDS = NOUNS["person"].field_names
NAME = "王伟"
OLD, YOUNG = date(1950, 1, 1), date(1990, 1, 1)
NUMBER = "110101195001010015"


@pytest.fixture
def access(town):
    return town.identity.having("register of May")


@pytest.fixture
def units(town):
    with town.connect() as connection:
        query = TABLES["unit"].select().order_by("id").limit(2)
        return [row.id for row in connection.execute(query)]


def _frame(rows):
    nothing = {**dict.fromkeys(FIELDS), "name": NAME}
    return pd.DataFrame([nothing | row for row in rows], dtype=object)


def _stage(town, access, people, rows):
    """Write `people` to the register and return `rows` as they wait, in the order of the file."""
    if people:
        with writing.transaction(town) as connection:
            writing.upsert(town, connection, {"person": _frame(people)})
    file = _frame(rows).assign(
        line=range(1, 1 + len(rows)), address=None, note=None, candidates=None
    )
    file["id"] = [f"file-{line}" for line in file["line"]]
    batch = staging.stage(town, access, "may.csv", "register", file, complete=False)
    waiting = staging.page(town, batch, limit=len(rows))
    assert [row["line"] for row in waiting] == list(file["line"])
    return waiting


def _told(waiting):
    return [(row["id"], row["status"]) for row in waiting]


def test_a_row_that_may_be_a_dated_or_an_undated_person_is_nobodys(town, access, units):
    people = [
        {"id": "P", "unit_id": units[0], "birth_date": OLD},
        {"id": "Q", "unit_id": units[0]},
    ]
    waiting = _stage(town, access, people, [{"unit_id": units[0]}])
    assert _told(waiting) == [("file-1", "new")]


def test_who_cannot_be_meant_does_not_stand_in_the_way(town, access, units):
    people = [
        {"id": "P", "unit_id": units[0], "birth_date": OLD},
        {"id": "Q", "unit_id": units[0]},
        {"id": "R", "unit_id": units[1], "sex": "male"},
        {"id": "S", "unit_id": units[1], "sex": "female"},
    ]
    rows = [
        {"unit_id": units[0], "birth_date": YOUNG},
        {"unit_id": units[1], "sex": "female"},
    ]
    waiting = _stage(town, access, people, rows)
    assert _told(waiting) == [("Q", "changed"), ("S", "changed")]


@pytest.mark.parametrize("certain_first", [True, False])
def test_a_name_takes_nobody_whom_a_number_names(town, access, units, certain_first):
    people = [{"id": "P", "unit_id": units[0], "identity_number": NUMBER}]
    rows = [{"unit_id": units[0], "identity_number": NUMBER}, {"unit_id": units[0]}]
    told = [("P", "changed"), ("file-2", "new")]
    if not certain_first:
        rows, told = rows[::-1], [("file-1", "new"), ("P", "changed")]
    assert _told(_stage(town, access, people, rows)) == told


@pytest.mark.parametrize("certain_first", [True, False])
def test_whom_a_number_names_may_still_be_meant_by_a_name(town, access, units, certain_first):
    people = [
        {"id": "P", "unit_id": units[0], "identity_number": NUMBER},
        {"id": "Q", "unit_id": units[0]},
    ]
    rows = [{"unit_id": units[0], "identity_number": NUMBER}, {"unit_id": units[0]}]
    told = [("P", "changed"), ("file-2", "new")]
    if not certain_first:
        rows, told = rows[::-1], [("file-1", "new"), ("P", "changed")]
    assert _told(_stage(town, access, people, rows)) == told


def test_a_person_whom_two_rows_may_be_about_is_neithers(town, access, units):
    rows = [{"unit_id": units[0], "birth_date": born} for born in (OLD, YOUNG)]
    waiting = _stage(town, access, [{"id": "Q", "unit_id": units[0]}], rows)
    assert _told(waiting) == [("file-1", "new"), ("file-2", "new")]
    assert [row["note"] for row in waiting] == [None, None]


def test_phones_of_hyphens_alone_are_no_phones(town, access, units):
    people = [{"id": "Q", "unit_id": units[0], "phone": "-"}]
    waiting = _stage(town, access, people, [{"unit_id": units[1], "phone": "- -"}])
    assert _told(waiting) == [("file-1", "new")]


@pytest.mark.parametrize("said", [{"birth_date": YOUNG}, {"sex": "female"}])
def test_a_number_that_may_contradict_is_not_passed_over(town, access, units, said):
    people = [{"id": "P", "unit_id": units[0], "identity_number": NUMBER}]
    waiting = _stage(town, access, people, [{"unit_id": units[0], **said}])
    assert _told(waiting) == [("file-1", "new")]


def test_of_two_whom_name_day_and_home_fit_neither_is_taken(town, access, units):
    people = [
        {"id": "P", "unit_id": units[0], "birth_date": OLD, "phone": "138"},
        {"id": "Q", "unit_id": units[0], "birth_date": OLD},
        {"id": "R", "unit_id": units[0]},
        {"id": "S", "unit_id": units[1], "birth_date": OLD, "sex": "female"},
        {"id": "T", "unit_id": units[1], "birth_date": OLD, "sex": "male"},
        {"id": "U", "unit_id": units[1], "birth_date": YOUNG, "sex": "male"},
    ]
    rows = [
        {"unit_id": units[0], "birth_date": OLD},
        {"unit_id": units[1], "birth_date": OLD, "sex": "male"},
        {"unit_id": units[1], "birth_date": YOUNG, "sex": "female"},
        {"unit_id": units[0], "birth_date": OLD, "identity_number": NUMBER},
    ]
    waiting = _stage(town, access, people, rows)
    assert [row["id"] for row in waiting] == ["file-1", "T", "file-3", "file-4"]


def _some(chance, name, units):
    return {
        "name": name,
        "unit_id": chance.choice([None, *units]),
        "phone": chance.choice([None, "-", "139", "1-39", "138"]),
        "sex": chance.choice([None, None, "male", "female"]),
        "birth_date": chance.choice([None, None, OLD, YOUNG]),
        "identity_number": chance.choice([None, None, None, NUMBER]) and f"{NUMBER}{name}",
    }


def _home_or_phone(row, person):
    phones = [(one["phone"] or "").replace("-", "") for one in (row, person)]
    homes = [one["unit_id"] for one in (row, person)]
    return (phones[0] == phones[1] != "") or (homes[0] == homes[1] is not None)


def _is_certain(row, some):
    number = row["identity_number"]
    if number is not None and any(person["identity_number"] == number for person in some):
        return True
    dated = [one for one in some if row["birth_date"] == one["birth_date"] is not None]
    return sum(_may_be(row, one) for one in dated) == 1


def _may_be(row, person):
    if None not in (row["identity_number"], person["identity_number"]):
        return False
    contradict = any(
        None not in (row[key], person[key]) and row[key] != person[key]
        for key in ("birth_date", "sex")
    )
    return not contradict and _home_or_phone(row, person)


def _is_open(row, person):
    fields = ("birth_date", "sex")
    return person["identity_number"] is not None and any(
        row[key] is not None and person[key] is None for key in fields
    )


def test_nobody_is_taken_by_two_rows_and_no_row_takes_one_of_two(town, access, units):
    chance = random.Random(4)
    people, rows, groups = [], [], []
    for group in range(600):
        some = [_some(chance, f"人{group}", units) for _ in range(chance.randint(1, 3))]
        for place, person in enumerate(some):  # two people have no number in common
            person |= {"id": f"known-{group}-{place}"}
            person["identity_number"] = None if place else person["identity_number"]
        people += some
        rows_here = [_some(chance, f"人{group}", units) for _ in range(chance.randint(1, 3))]
        groups += [some] * len(rows_here)
        rows += rows_here
    waiting = _stage(town, access, people, rows)
    is_certain = [_is_certain(row, some) for row, some in zip(rows, groups, strict=True)]
    named = {one["id"] for one, certain in zip(waiting, is_certain, strict=True) if certain}
    fitting = [
        [] if certain else [person["id"] for person in some if _may_be(row, person)]
        for row, some, certain in zip(rows, groups, is_certain, strict=True)
    ]
    by_id = {person["id"]: person for person in people}
    all_fitting = [key for fit in fitting for key in fit]
    taken = 0
    for one, row, fit, certain in zip(waiting, rows, fitting, is_certain, strict=True):
        if certain:
            continue
        alone = len(fit) == 1 and fit[0] not in named and all_fitting.count(fit[0]) == 1
        alone = alone and not _is_open(row, by_id[fit[0]])
        assert one["id"] == (fit[0] if alone else f"file-{one['line']}")
        assert one["status"] != "doubtful"
        taken += alone
    assert 50 < taken < len(rows) / 2
