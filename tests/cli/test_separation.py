"""One user per role, by command: nobody reaches beyond what their role is for."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from mapdesk.cli.main import main
from mapdesk.cli.opening import PASSWORD_FILE, USER
from mapdesk.cli.terminal import NoTerminal, Terminal
from mapdesk.model.rights import ROLES, USER_ROLES, Right
from mapdesk.model.users import Credentials, User
from mapdesk.services import districts
from mapdesk.store import sign_in, users
from mapdesk.store.schema import TABLES
from tests.cli.terminals import Screen
from tests.cli.test_json_door import PEOPLE
from tests.conftest import hashing_quickly

WORD = "seven quiet harbours at dawn"


class Office:
    """The town with a user of each role, named after it.

    Parameters
    ----------
    folder : Path
    person, building : str
        Ids of somebody and of the house they live in.
    """

    def __init__(self, folder: Path, person: str, building: str) -> None:
        self.folder, self.person, self.building = folder, person, building


@pytest.fixture(scope="module")
def office_master(town_master: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The office, made once; tests work on copies."""
    folder = shutil.copytree(town_master, tmp_path_factory.mktemp("office") / "district")
    with hashing_quickly(), districts.open_district(folder) as store:
        users.add_user(store, User("administrator", "administrator"), WORD)
        for role in USER_ROLES:
            if role != "administrator":
                users.add_user(store, User(role, role), WORD)
        for role in USER_ROLES:
            sign_in.sign_in(store, Credentials(role, WORD, new_password=WORD + " again"))
        with store.connect() as connection:
            person = TABLES["person"]
            query = person.select().where(person.c.building_id.is_not(None)).order_by(person.c.id)
            row = connection.execute(query).mappings().first()
    return Office(folder, row["id"], row["building_id"])


@pytest.fixture
def office(office_master: Office, quick_hashes: None, tmp_path: Path) -> Office:
    folder = shutil.copytree(office_master.folder, tmp_path / "office")
    return Office(folder, office_master.person, office_master.building)


@pytest.fixture
def ask(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    """Run a command as the user of a role; the password comes from a file."""
    word = tmp_path / "word"
    word.write_text(WORD + " again\n")
    word.chmod(0o600)
    monkeypatch.setenv(PASSWORD_FILE, str(word))

    def run(role: str, *words: object, terminal: Terminal | None = None) -> tuple[int, str, str]:
        monkeypatch.setenv(USER, role)
        try:
            status = main([str(one) for one in words], terminal or Screen())
        except SystemExit as left:
            status = int(left.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


PURPOSE = "--purpose=a test of roles"


def refused(answer: tuple[int, str, str], role: str) -> bool:
    """Say whether a command was refused to a role in one sentence, and gave nothing."""
    status, out, err = answer
    return (
        status == 1
        and out == ""
        and f"signed in as {ROLES[role].title}" in err
        and err.count("\n") == 1
    )


def commands(office: Office, tmp_path: Path) -> list[tuple[Right, list[object]]]:
    """Return commands with the right that each takes."""
    here = office.folder
    return [
        (Right.PLACES, ["info", here]),
        (Right.PEOPLE, ["people", here, "--building", office.building, PURPOSE]),
        (Right.PEOPLE, ["home", here, "--person", office.person, PURPOSE]),
        (Right.PEOPLE, ["filter", here, "--noun", "person", "--count", PURPOSE]),
        (Right.PEOPLE, ["filter", here, "--noun", "household", "--doors", PURPOSE]),
        (Right.STATISTICS, ["makeup", here, PURPOSE]),
        (Right.EDIT_PLACES, ["register", "batches", here, PURPOSE]),
        (Right.AUDIT, ["audit", "list", here]),
        (Right.AUDIT, ["audit", "search", here, "--who", "worker"]),
        (Right.AUDIT, ["audit", "verify", here]),
        (Right.AUDIT, ["audit", "anchor", here, tmp_path / "heads"]),
        (Right.USERS, ["user", "list", here]),
        (Right.USERS, ["user", "totp", here, "worker", "--off"]),
        (Right.BACK_UP, ["backup", here, tmp_path / "backup.zip"]),
        (Right.BACK_UP, ["copy", here, tmp_path / "copy"]),
    ]


@pytest.mark.parametrize("role", USER_ROLES)
def test_a_role_may_do_by_command_what_its_rights_say_and_no_more(
    role: str, office: Office, ask: Any, tmp_path: Path
):
    for right, words in commands(office, tmp_path):
        answer = ask(role, *words)
        if right in ROLES[role].rights:
            assert answer[0] == 0, (words, answer)
        else:
            assert refused(answer, role), (words, answer)


@pytest.mark.parametrize(
    "role",
    [
        key
        for key in USER_ROLES
        if Right.PEOPLE in ROLES[key].rights and Right.EXPORT not in ROLES[key].rights
    ],
)
def test_without_the_right_to_export_people_are_seen_on_a_terminal_alone(
    role: str, office: Office, ask: Any
):
    known = {"PERSON": office.person, "NAME": "王", "HOUSEHOLD": "none", "BATCH": "none"}
    for name, asked in PEOPLE.items():
        command, _space, option = name.partition(" --")
        words = [known.get(word, word) for word in asked]
        extra = ["--doors"] if option == "doors" else []
        for more in ([], ["--json"]):
            answer = ask(
                role, *command.split(), office.folder, *words, *extra, PURPOSE, *more,
                terminal=NoTerminal(),
            )  # fmt: skip
            assert answer[:2] == (1, ""), name
            lacks = "taking results out"
            if command == "register rows" and Right.EDIT_REGISTER not in ROLES[role].rights:
                lacks = "changing the register"
            assert f"does not include '{lacks}'" in answer[2], name
    assert ask(role, "home", office.folder, "--person", office.person, PURPOSE)[0] == 0


def test_who_administers_users_reads_nobody_and_who_audits_changes_nothing():
    rights = {key: role.rights for key, role in ROLES.items()}
    personal = {Right.PEOPLE, Right.SENSITIVE, Right.UNMASK, Right.BREAK_GLASS, Right.BACK_UP}
    writing = {Right.EDIT_REGISTER, Right.EDIT_PLACES, Right.USERS, Right.RETENTION}
    assert not rights["administrator"] & (personal | writing - {Right.USERS} | {Right.AUDIT})
    assert not rights["auditor"] & (personal | writing | {Right.EXPORT, Right.APPROVE})
    for key in USER_ROLES:
        assert not {Right.EXPORT, Right.APPROVE} <= rights[key], key
        assert not {Right.USERS, Right.AUDIT} <= rights[key], key
        assert not {Right.EDIT_REGISTER, Right.AUDIT} <= rights[key], key


def test_nobody_raises_themselves(office: Office, ask: Any):
    here = office.folder
    for role in USER_ROLES:
        if role == "administrator":
            continue
        for words in (
            ["user", "change", here, role, "--role", "registrar"],
            ["user", "change", here, role, "--areas", ""],
            ["user", "add", here, "second", "--role", "analyst"],
            ["user", "remove", here, "auditor"],
        ):
            assert ask(role, *words)[0] == 1, (role, words)
    status, out, err = ask(
        "administrator", "user", "change", here, "administrator", "--role", "owner"
    )
    assert status in (1, 2) and out == ""
    status, out, err = ask(
        "administrator", "user", "change", here, "administrator", "--role", "registrar"
    )
    assert (status, out) == (1, "")
    assert "own" in err or "last" in err
    with districts.open_district(here, Credentials("administrator", WORD + " again")) as store:
        assert {one.name: one.role for one in users.users(store)} == {
            role: role for role in USER_ROLES
        }
