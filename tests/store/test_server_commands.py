"""Users of a server by command: what leaves, what is unmasked, areas lifted, what is erased."""

from __future__ import annotations

import json

import pytest

from mapdesk.cli.main import main
from mapdesk.model.access import mask_name
from tests.server_town import OWNER
from tests.store.test_server_attacks import looks, owner_says, raw_people

PURPOSE = ("--purpose", "answering calls")


@pytest.fixture
def run(rights_town, capsys):
    """Run a command as a user of the server; return (status, what it said, what it complained)."""
    owner_says(rights_town, "DELETE FROM mapdesk.asked RETURNING id")
    owner_says(rights_town, "DELETE FROM mapdesk.outgoing RETURNING id")

    def call(user, command, *words, task=()):
        place = rights_town.url(user)
        status = main([command, *task, place, *map(str, words)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


@pytest.fixture
def away(rights_town):
    """Someone who lives outside the area of the users that have one."""
    return next(row for row in raw_people(rights_town) if row[4] not in rights_town.grids)


def test_one_person_is_unmasked_by_command(rights_town, run):
    person = next(row for row in raw_people(rights_town) if row[2])
    home = ("home", "--person", person[0], *PURPOSE)
    status, out, err = run("analyst", *home)
    assert status == 0, err
    assert mask_name(person[1]) in out
    assert person[1] not in out
    status, out, _err = run("analyst", *home, "--unmask", "calls about the lift")
    assert status == 0
    assert person[1] in out
    assert person[2] in out
    assert looks(rights_town, "unmask person")[-1] == (
        f"{rights_town.database}.analyst",
        PURPOSE[1],
        person[0],
    )
    assert run("planner", *home, "--unmask", "calls about the lift")[0] == 1


def test_glass_is_broken_by_command_with_a_reason(rights_town, run, away):
    home = ("home", "--person", away[0], *PURPOSE)
    assert run("narrow", *home)[0] == 1
    status, _out, err = run("narrow", *home, "--break-glass", "gas")
    assert (status, "4 to 500 characters" in err) == (1, True)
    status, _out, err = run("analyst", *home, "--break-glass", "fire in the harbour")
    assert (status, "not bound to areas" in err) == (1, True)
    assert run("clerk", *home, "--break-glass", "fire in the harbour")[0] == 1
    before = len(looks(rights_town, "break glass"))
    status, out, err = run("narrow", *home, "--break-glass", "fire in the harbour")
    assert status == 0, err
    assert mask_name(away[1]) in out
    assert away[1] not in out
    assert len(looks(rights_town, "break glass")) == before + 1
    owner_says(rights_town, "DELETE FROM mapdesk.asked RETURNING id")
    assert run("narrow", *home)[0] == 1


def test_a_hundred_leave_and_more_are_approved_by_command(rights_town, run, tmp_path):
    export = ("export", "--noun", "person", "--to", tmp_path / "all.csv", *PURPOSE)
    status, _out, err = run("analyst", *export)
    assert (status, "--request asks" in err) == (1, True)
    status, out, _err = run("analyst", *export, "--request", "--json")
    request = json.loads(out)["request"]
    assert status == 1
    assert run("analyst", "outgoing", request, task=("approve",))[0] == 1
    status, out, _err = run("security", "outgoing", task=("list",))
    assert request in out
    assert run("security", "outgoing", request, task=("approve",))[0] == 0
    status, out, _err = run("analyst", *export)
    assert status == 0
    assert len((tmp_path / "all.csv").read_text("utf-8-sig").splitlines()) > 2000
    assert run("analyst", *export)[0] == 1


def test_the_officer_runs_the_rules_by_command(rights_town, run):
    assert run("security", "retention", "readings", 30_000, task=("set",))[0] == 0
    status, out, _err = run("security", "retention", task=("run",))
    assert (status, "0 erased" in out) == (0, True)
    assert run("security", "retention", "readings", "forever", task=("set",))[0] == 0
    assert run("auditor", "retention", task=("run",))[0] == 1


def test_users_are_told_until_the_owner_has_opened_it_with_this_version(rights_town, run):
    said = "The owner has to open this district once with this version"
    home = ("home", "--person", next(iter(raw_people(rights_town)))[0], *PURPOSE)
    with rights_town.session(OWNER) as owner:
        owner.execute("COMMENT ON SCHEMA rights IS 'of another mapdesk'")
    try:
        with rights_town.store("analyst") as store:
            assert store.is_behind
        status, _out, err = run("analyst", *home)
        assert (status, err.count(said)) == (0, 1)
        status, _out, err = run("analyst", *home, "--json")
        assert said in json.loads(err.splitlines()[-1])["warning"]
    finally:
        status, _out, err = run(OWNER, *home)
    assert said not in err
    assert said not in run("analyst", *home)[2]
