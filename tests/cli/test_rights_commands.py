"""``--unmask``, ``--break-glass``, ``retention`` and ``purpose``, as typed."""

import json

import pytest
import sqlalchemy as sa

from mapdesk.cli.main import main
from mapdesk.cli.opening import PASSWORD_FILE
from mapdesk.model.users import Credentials, User
from mapdesk.services import districts
from mapdesk.store import audit, sign_in, users
from mapdesk.store.schema import RESIDENT, TABLES
from tests.cli.terminals import Screen


@pytest.fixture
def person(town_folder):
    with districts.open_district(town_folder) as store, store.connect() as connection:
        key = connection.scalar(
            sa.select(sa.func.min(RESIDENT.c.id)).where(RESIDENT.c.born < 19800101)
        )
        table = TABLES["person"]
        found = connection.execute(sa.select(table).where(table.c.id == key))
        return dict(found.mappings().one())


def said(capsys, *arguments):
    status = main([str(one) for one in arguments], Screen())
    return status, capsys.readouterr()


def test_a_person_is_printed_raw_once_with_a_reason(town_folder, person, capsys):
    asked = ("home", town_folder, "--person", person["id"], "--purpose", "lift repairs", "--json")
    status, told = said(capsys, *asked, "--unmask", "calls about the lift")
    assert status == 0
    assert json.loads(told.out)["identity_number"] == person["identity_number"]
    status, told = said(capsys, *asked)
    assert person["name"] not in told.out
    status, told = said(capsys, *asked, "--unmask", "abc")
    assert status != 0
    assert "4 to 500" in told.err
    with districts.open_district(town_folder) as store:
        assert {row["kind"] for row in audit.last(store)} >= {"look", "unmask"}


def test_retention_is_set_listed_and_run(town_folder, capsys):
    status, told = said(capsys, "retention", "set", town_folder, "closed-incidents", "30")
    assert status == 0
    assert "30 days" in told.out
    status, told = said(capsys, "retention", "run", town_folder, "--dry-run", "--json")
    (due,) = json.loads(told.out)
    assert due["what"] == "closed incidents"
    status, told = said(capsys, "retention", "run", town_folder, "--json")
    assert json.loads(told.out)[0]["rows"] == due["rows"]
    status, told = said(capsys, "retention", "run", town_folder)
    assert " 0 erased" in told.out
    said(capsys, "retention", "set", town_folder, "closed-incidents", "forever")
    status, told = said(capsys, "retention", "run", town_folder)
    assert "kept for ever" in told.out


@pytest.mark.parametrize(
    "wrong", [("people", "30"), ("looks", "soon"), ("looks", "3"), ("readings", "-4")]
)
def test_wrong_rules_are_one_sentence(town_folder, capsys, wrong):
    status, told = said(capsys, "retention", "set", town_folder, *wrong)
    assert status != 0
    assert len(told.err.strip().splitlines()) == 1


def test_purposes_are_listed_added_and_removed(town_folder, capsys):
    assert "no usual purposes" in said(capsys, "purpose", "list", town_folder)[1].out
    said(capsys, "purpose", "add", town_folder, "走访 老人")
    assert json.loads(said(capsys, "purpose", "list", town_folder, "--json")[1].out) == [
        "走访 老人"
    ]
    assert said(capsys, "purpose", "remove", town_folder, "nothing")[0] != 0
    said(capsys, "purpose", "remove", town_folder, "走访 老人")
    assert "no usual purposes" in said(capsys, "purpose", "list", town_folder)[1].out


def test_glass_is_broken_for_one_command(
    town_folder, person, capsys, tmp_path, monkeypatch, quick_hashes
):
    word = tmp_path / "word"
    word.touch(mode=0o600)
    word.write_text("seven quiet harbours\n")
    monkeypatch.setenv(PASSWORD_FILE, str(word))
    with districts.open_district(town_folder) as store:
        with store.connect() as connection:
            query = sa.select(RESIDENT.c.grid_id).where(RESIDENT.c.id == person["id"])
            elsewhere = sa.select(sa.func.min(RESIDENT.c.grid_id)).where(
                RESIDENT.c.grid_id != query.scalar_subquery()
            )
            grid = connection.scalar(elsewhere)
        users.add_user(store, User("boss", "administrator"), "seven quiet harbour")
        users.add_user(store, User("li", "analyst", areas=(grid,)), "seven quiet harbour")
        given = Credentials("li", "seven quiet harbour", new_password="seven quiet harbours")
        sign_in.sign_in(store, given)
    asked = ("home", town_folder, "--person", person["id"], "--purpose", "rescue", "--user", "li")
    assert said(capsys, *asked)[0] == 1
    status, told = said(capsys, *asked, "--break-glass", "fire in the harbour")
    assert status == 0, told.err
    assert person["name"] not in told.out
    assert said(capsys, *asked)[0] == 1
