"""`mapdesk filter`: conditions in words, saved filters, door lists, and one sentence for every mistake."""

import json

import pytest

from mapdesk.cli.main import main
from mapdesk.model.errors import InputError
from mapdesk.model.filter_fields import FILTER_FIELDS
from mapdesk.model.filter_words import GRAMMAR, read_condition
from tests.cli.terminals import Screen


@pytest.fixture
def run(capsys, town_folder):
    """Run the command and return (status, printed, complained)."""

    def call(*words):
        status = main(["filter", str(town_folder), *map(str, words)], Screen())
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


OLD = ("--noun", "person", "--where", "age>=80", "--purpose", "visiting the old")


def test_rows_count_and_doors_agree(run):
    status, out, _err = run(*OLD, "--limit", 500, "--json")
    found = json.loads(out)
    assert status == 0
    assert found["filter"] == "People: age is at least 80"
    assert found["count"] == len(found["rows"]) > 10
    assert all("*" in row["name"] for row in found["rows"])
    assert json.loads(run(*OLD, "--count", "--json")[1])["count"] == found["count"]
    doors = json.loads(run(*OLD, "--doors", "--json")[1])["doors"]
    assert sum(row["people"] for row in doors) == found["count"]


def test_any_and_none_are_groups(run):
    def count(*words):
        return json.loads(run("--noun", "unit", *words, "--count", "--json")[1])["count"]

    everything, shops = count(), count("--where", "unit_use=shop")
    assert count("--none", "unit_use=shop") == everything - shops
    assert count("--any", "unit_use=shop", "--any", "unit_use=let") == shops + count(
        "--where", "unit_use=let"
    )


def test_text_is_for_people(run):
    status, out, _err = run(
        "--noun", "building", "--where", "building_floors>=6", "--order", "building_floors"
    )
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "Buildings: floors of the building is at least 6"
    assert lines[1].endswith("in all")
    assert lines[2].startswith("name  address")


def test_a_saved_filter_is_used_listed_and_deleted(run):
    assert "No filter is saved yet" in run("--list")[1]
    assert run("--noun", "person", "--where", "age>=80", "--save", "elders")[0] == 0
    assert "elders" in run("--list")[1]
    used = run("--use", "elders", "--count", "--purpose", "visiting", "--json")
    assert json.loads(used[1])["filter"] == "People: age is at least 80"
    assert run("--delete", "elders")[0] == 0
    status, _out, err = run("--use", "elders")
    assert (status, "no saved filter 'elders'" in err) == (1, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--noun", "person", "--where", "age>=80"), "--purpose"),
        (("--noun", "person", "--where", "age>=old"), "'age>=old': 'age' needs a number"),
        (("--noun", "person", "--where", "shoe=44"), "choose from age, turning"),
        (("--noun", "camera"), "invalid choice"),
        (("--where", "age>=80"), "--noun is missing"),
        (("--use", "x", "--noun", "person"), "leave --noun and conditions out"),
        (("--noun", "organisation", "--doors", "--purpose", "a drill"), "no doors of their own"),
        (("--noun", "unit", "--limit", "0"), "--limit must be 1 to"),
        (("--noun", "unit", "--order", "colour"), "'colour' is no column"),
    ],
)  # fmt: skip
def test_mistakes_are_one_sentence(run, words, told):
    status, _out, err = run(*words)
    assert status == 1
    assert told in err
    assert err.count("\n") == 1


def test_every_example_of_the_help_is_read():
    for example in GRAMMAR.split(", "):
        nouns = [noun for noun in FILTER_FIELDS if _reads(noun, example)]
        assert nouns, example


def _reads(noun, example):
    try:
        return read_condition(noun, example) is not None
    except InputError:
        return False
