"""Users of a district on a server by command: the same words and sentences as of a folder."""

import json
import time

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from mapdesk.cli.main import main
from mapdesk.cli.opening import PASSWORD_FILE, USER
from mapdesk.cli.terminal import NoTerminal
from mapdesk.model import codes
from mapdesk.services import districts
from tests.cli.test_user_commands import Answers, one_sentence
from tests.server_town import OWNER, Town, new_database

LI, WANG = "a quiet harbour at dawn", "seven boats on the water"
GIVEN = "given by the office"


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch):
    """Neither variables nor a keyring of whoever runs the tests."""
    for name in (USER, PASSWORD_FILE):
        monkeypatch.delenv(name, raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def run(capsys):
    """Run a command, with answers at a terminal or nobody there."""

    def call(*words, answers=None):
        terminal = NoTerminal() if answers is None else Answers(*answers)
        status = main([str(word) for word in words], terminal)
        said = capsys.readouterr()
        # The owner's URL brings a password along, which is warned of at each command.
        lines = [line for line in said.err.splitlines(True) if "password in a URL" not in line]
        return status, said.out, "".join(lines)

    return call


@pytest.fixture(scope="module")
def server(postgres):
    """An empty district on a server."""
    town = Town(postgres, new_database(postgres), "", [])
    districts.create_district(town.url(OWNER), "Office", "EPSG:32650").close()
    return town


def test_users_of_a_server_by_command(run, server):
    """One story: the owner adds an administrator, who adds an analyst, who sets up a code."""
    place = f"postgresql:///{server.database}?host={server.server.socket}"
    owner = server.url(OWNER)
    one_sentence(
        run("user", "add", owner, "wang", "--role", "analyst", answers=[GIVEN, GIVEN]),
        "first user",
    )
    added = run("user", "add", owner, "li", "--role", "administrator", answers=[LI, LI])
    assert added == (0, "li may sign in as Administrator.\n", "")
    one_sentence(run("info", place), "say who you are")
    one_sentence(run("info", place, "--user", "li"), "password", PASSWORD_FILE)
    one_sentence(run("info", place, "--user", "li", answers=[WANG]), "does not accept")
    words = ("user", "add", place, "wang", "--role", "analyst", "--title", "王敏", "--user", "li")
    assert run(*words, answers=[LI, GIVEN, GIVEN])[:2] == (0, "wang may sign in as Analyst.\n")
    words = ("sign-in", place, "--user", "wang")
    status, out, _err = run(*words, answers=[GIVEN, WANG, WANG])
    assert (status, out) == (0, "Signed in as wang, Analyst for the whole district.\n")
    one_sentence(run("user", "list", place, "--user", "wang", answers=[WANG]), "Analyst")
    status, out, _err = run("user", "list", place, "--user", "li", "--json", answers=[LI])
    assert [(one["name"], one["is_provisional"]) for one in json.loads(out)] == [
        ("li", False),
        ("wang", False),
    ]
    named = place.replace("postgresql://", f"postgresql://{server.database}.wang@")
    words = ("user", "password", named)
    new = "a brand new sentence"
    assert run(*words, answers=[WANG, new, new])[:2] == (0, "Your password is changed.\n")
    one_sentence(run("info", named, answers=[WANG]), "does not accept")

    def code_of(prompt):
        key = prompt.partition("Key:")[2].partition("\n")[0].replace(" ", "")
        keys.append(key)
        return codes.code_at(key, int(time.time() // codes.STEP) - 1)

    keys = []
    assert run("user", "totp", named, answers=[new, code_of])[0] == 0
    one_sentence(run("info", named, answers=[new, ""]), "six digits")
    code = codes.code_at(keys[0], int(time.time() // codes.STEP))
    assert run("info", named, answers=[new, code])[0] == 0
    words = ("user", "totp", place, "wang", "--off", "--user", "li")
    assert run(*words, answers=[LI])[:2] == (0, "wang signs in without a code.\n")
    assert run("info", named, answers=[new])[0] == 0
    words = ("user", "password", place, "wang", "--user", "li")
    status, out, _err = run(*words, answers=[LI, GIVEN, GIVEN])
    assert (status, "once" in out) == (0, True)
    words = ("user", "change", place, "wang", "--suspend", "--user", "li")
    assert run(*words, answers=[LI])[:2] == (0, "wang is Analyst, but may not sign in.\n")
    one_sentence(run("info", named, answers=[GIVEN]), "may not sign in any more")
    words = ("user", "remove", place, "wang", "--user", "li")
    assert run(*words, answers=[LI])[:2] == (0, "wang is no user any more.\n")
    one_sentence(run("user", "password", owner, answers=[new, new]), "no user of this district")


def test_a_password_file_serves_a_server_too(run, postgres, tmp_path, monkeypatch):
    town = Town(postgres, new_database(postgres), "", [])
    districts.create_district(town.url(OWNER), "Office", "EPSG:32650").close()
    file = tmp_path / "password"
    file.write_text("a sentence of the office\n")
    file.chmod(0o600)
    words = ("user", "add", town.url(OWNER), "zhao", "--role", "administrator")
    assert run(*words, "--new-password-file", file)[0] == 0
    monkeypatch.setenv(USER, "zhao")
    monkeypatch.setenv(PASSWORD_FILE, str(file))
    status, out, _err = run("sign-in", f"postgresql:///{town.database}?host={postgres.socket}")
    assert (status, out) == (0, "Signed in as zhao, Administrator for the whole district.\n")
