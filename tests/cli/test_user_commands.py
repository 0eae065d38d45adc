"""Users by command: the same sign-in for every command, and no password where others can see it."""

import io
import json
import shutil
import subprocess
import sys
import time

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordDeleteError

from mapdesk.cli.arguments import parser
from mapdesk.cli.commands import COMMANDS
from mapdesk.cli.main import main
from mapdesk.cli.opening import PASSWORD_FILE, USER
from mapdesk.cli.terminal import NoTerminal, SystemTerminal
from mapdesk.model import codes
from mapdesk.model.users import Credentials
from mapdesk.services import districts
from mapdesk.store import audit, places, user_file, users
from tests.conftest import hashing_quickly

LI, WANG = "a quiet harbour at dawn", "seven boats on the water"
FORBIDDEN = "signed in as"


class Answers:
    """Somebody at a terminal, with answers ready."""

    is_there = True
    columns = 100
    shows = True

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def ask(self, prompt):
        self.asked.append(prompt)
        answer = self.answers.pop(0)
        return answer(prompt) if callable(answer) else answer

    ask_secret = ask


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch):
    """Neither variables nor a keyring of whoever runs the tests."""
    for name in (USER, PASSWORD_FILE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def ring():
    made = Ring()
    keyring.set_keyring(made)
    return made


@pytest.fixture
def run(capsys, quick_hashes):
    """Run a command, with answers at a terminal or nobody there."""

    def call(*words, answers=None):
        terminal = NoTerminal() if answers is None else Answers(*answers)
        status = main([str(word) for word in words], terminal)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


@pytest.fixture(scope="module")
def office_master(town_master, tmp_path_factory):
    """The town with an administrator, an analyst and an auditor, made once by command."""
    folder = shutil.copytree(town_master, tmp_path_factory.mktemp("office") / "district")

    def done(*words, answers):
        return main(["user", *map(str, words)], Answers(*answers)) == 0

    with hashing_quickly():
        assert done("add", folder, "li", "--role", "administrator", answers=[LI, LI])
        for name, role in (("wang", "analyst"), ("zhao", "auditor")):
            given = f"given to {name} by li"
            words = ("add", folder, name, "--role", role, "--user", "li")
            assert done(*words, answers=[LI, given, given])
            assert done("password", folder, "--user", name, answers=[given, WANG, WANG])
    return folder


@pytest.fixture
def office(office_master, quick_hashes, tmp_path):
    """A copy of the town with an administrator, an analyst and an auditor."""
    return shutil.copytree(office_master, tmp_path / "office")


@pytest.fixture
def by_file(tmp_path, monkeypatch):
    """Let a user sign in by a file."""

    def sign_in(user, password, mode=0o600):
        file = tmp_path / "password"
        file.unlink(missing_ok=True)
        file.write_text(password + "\n", encoding="utf-8")
        file.chmod(mode)
        monkeypatch.setenv(USER, user)
        monkeypatch.setenv(PASSWORD_FILE, str(file))
        return file

    return sign_in


def one_sentence(answer, *says):
    status, out, err = answer
    assert (status, out) == (1, "")
    assert err.strip().count("\n") == 0
    assert "Traceback" not in err
    for part in says:
        assert part in err


def looks(folder, user, password):
    with districts.open_district(folder, Credentials(user, password)) as store:
        return [(look["action"], look["subject"]) for look in reversed(audit.last(store))]


DISTRICT_COMMANDS = {
    name: command
    for name, command in parser()._subparsers._group_actions[0].choices.items()
    if "--user" in command._option_string_actions and name not in {"demo", "open", "sign-in"}
}
WORDS = {
    "import": ("x.csv", "--as", "buildings"),
    "select": ("camera", "--circle", "1,2,3"),
    "nearest": ("camera", "--to", "1,2"),
    "find": ("x",),
    "people": ("--building", "x", "--purpose", "fire drill"),
    "home": ("--person", "x", "--purpose", "fire drill"),
    "shot": ("x.png",),
    "backup": ("x.zip",),
    "copy": ("elsewhere",),
    "card": ("building", "x"),
    "export": ("--building", "x", "--to", "x.csv"),
    "book": ("--grid", "x", "--to", "x.pdf"),
    "print": ("x.pdf",),
    "where": ("1,2",),
    "measure": ("1,2", "1,3"),
    "sight": ("1,2", "1,3"),
    "section": ("1,2", "1,3"),
}


@pytest.mark.parametrize("name", DISTRICT_COMMANDS)
def test_every_command_asks_who_it_is(run, office, name):
    words = (name, office, *WORDS.get(name, ()))
    one_sentence(run(*words), "say who you are", "--user")
    one_sentence(run(*words, "--user", "wang"), "no terminal", PASSWORD_FILE)
    one_sentence(run(*words, "--user", "wang", answers=["not the password"]), "wrong")


def test_every_command_on_a_district_takes_a_user():
    """A new command that forgets to fails here; those without are named."""
    without = {"new", "restore", "doctor", "user", "audit", "encrypt", "passphrase", "outgoing"}
    without |= {"retention", "purpose", "register", "landmark", "panorama", "raster", "bookmark"}
    without |= {"tour", "style", "terrain"}
    assert set(COMMANDS) - without == set(DISTRICT_COMMANDS) | {"demo", "open", "sign-in"}


def test_a_password_is_asked_for_and_never_an_argument(run, office):
    status, out, _err = run("info", office, "--user", "wang", "--json", answers=[WANG])
    assert (status, json.loads(out)["counts"]["person"]) == (0, 3000)
    for command in parser()._subparsers._group_actions[0].choices.values():
        assert "--password" not in command._option_string_actions


def test_a_password_from_a_file(run, office, by_file):
    by_file("wang", WANG)
    assert run("info", office)[0] == 0


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o444])
def test_a_file_others_may_read_is_refused(run, office, by_file, mode):
    by_file("wang", WANG, mode)
    one_sentence(run("info", office), "chmod 600")


def test_a_file_that_is_not_there_or_empty_is_refused(run, office, by_file):
    by_file("wang", "")
    one_sentence(run("info", office), "no password")
    by_file("wang", WANG).unlink()
    one_sentence(run("info", office), "cannot be read")


def test_roles_hold_by_command(run, office, by_file):
    people = ("find", office, "王", "--purpose", "fire drill")
    by_file("wang", WANG)
    status, out, _err = run(*people)
    assert status == 0 and "王*" in out
    one_sentence(run("user", "list", office), FORBIDDEN, "Administrator")
    by_file("li", LI)
    one_sentence(run(*people), FORBIDDEN, "Analyst")
    by_file("zhao", WANG)
    one_sentence(run(*people), FORBIDDEN)


def test_five_wrong_passwords_lock_and_are_on_record(run, office):
    for _ in range(4):
        one_sentence(run("info", office, "--user", "wang", answers=["not the password"]), "wrong")
    locked = run("info", office, "--user", "wang", answers=["not the password"])
    one_sentence(locked, "locked", "15 min")
    one_sentence(run("info", office, "--user", "wang", answers=[WANG]), "locked")
    found = looks(office, "zhao", WANG)
    assert found.count(("sign in refused", "wang")) == 4
    assert found.count(("account locked", "wang")) == 2


def test_unknown_names_are_on_record_without_what_was_typed(run, office):
    one_sentence(run("info", office, "--user", WANG, answers=["x"]), "wrong")
    found = looks(office, "zhao", WANG)
    assert ("sign in refused", "a name that nobody has") in found
    assert WANG not in str(found)


def test_what_is_done_to_users_is_on_record(run, office, by_file):
    by_file("li", LI)
    assert run("user", "change", office, "wang", "--suspend")[0] == 0
    one_sentence(run("info", office, "--user", "wang", answers=["x"]), "wrong")
    assert run("user", "change", office, "wang", "--resume", "--role", "worker")[0] == 0
    assert run("user", "remove", office, "wang")[0] == 0
    _status, out, _err = run("user", "list", office, "--json")
    assert [one["name"] for one in json.loads(out)] == ["li", "zhao"]
    found = looks(office, "zhao", WANG)
    assert ("change user", "wang as analyst for the whole district, may not sign in") in found
    assert ("change user", "wang as worker for the whole district") in found
    assert ("remove user", "wang") in found


def test_the_first_user_is_an_administrator(run, town_folder):
    words = ("user", "add", town_folder, "wang", "--role", "analyst")
    one_sentence(run(*words, answers=[WANG, WANG]), "first user", "administrator")
    assert not user_file.has_users(town_folder)
    one_sentence(run("user", "add", town_folder, "li", "--role", "administrator"), "no terminal")
    differ = run("user", "add", town_folder, "li", "--role", "administrator", answers=[LI, WANG])
    one_sentence(differ, "differ")
    one_sentence(run("info", town_folder, "--user", "li"), "no users yet")
    _status, out, _err = run("user", "list", town_folder)
    assert "no users" in out


def test_areas_are_grids_of_the_district(run, office, by_file):
    by_file("li", LI)
    one_sentence(run("user", "change", office, "wang", "--areas", "nowhere"), "nowhere", "grid")
    with districts.open_district(office, Credentials("wang", WANG)) as store:
        grid = places.where(store, "grid", "level", [1])[0]["id"]
    status, out, _err = run("user", "change", office, "wang", "--areas", grid, "--json")
    assert (status, json.loads(out)["areas"]) == (0, [grid])
    with districts.open_district(office, Credentials("wang", WANG)) as store:
        assert store.identity.areas == (grid,)


def test_a_password_given_serves_once(run, office, by_file, tmp_path):
    by_file("li", LI)
    given = tmp_path / "new"
    given.write_text("for one morning\n")
    given.chmod(0o600)
    words = ("user", "password", office, "wang", "--new-password-file", given)
    assert run(*words)[0] == 0
    by_file("wang", "for one morning")
    one_sentence(run("info", office), "choose your own")
    assert run("info", office, answers=["another long one", "another long one"])[0] == 0
    by_file("wang", "another long one")
    assert run("info", office)[0] == 0


def test_a_code_is_set_up_asked_for_and_taken_away(run, office, by_file):
    keys = []

    def step():
        return int(time.time() // codes.STEP)

    def typed(prompt):
        keys.append(prompt.splitlines()[0].removeprefix("Key:").replace(" ", ""))
        assert f"secret={keys[0]}" in prompt
        assert "▀" in prompt
        return codes.code_at(keys[0], step() - 1)

    by_file("wang", WANG)
    assert run("user", "totp", office, answers=[typed])[0] == 0
    one_sentence(run("info", office), "authenticator")
    assert run("info", office, answers=[codes.code_at(keys[0], step())])[0] == 0
    off = run("user", "totp", office, "--off", "--code", codes.code_at(keys[0], step() + 1))
    one_sentence(off, "Administrator")
    by_file("li", LI)
    assert run("user", "totp", office, "wang", "--off")[0] == 0
    by_file("wang", WANG)
    assert run("info", office)[0] == 0


def test_sign_in_remembers_and_forgets(run, office, ring):
    status, out, _err = run("sign-in", office, "--user", "wang", "--remember", answers=[WANG])
    assert (status, out.strip()) == (0, "Signed in as wang, Analyst for the whole district.")
    assert list(ring.kept.values()) == [WANG]
    assert run("info", office, "--user", "wang")[0] == 0
    one_sentence(run("info", office, "--user", "li"), "no terminal")
    assert run("sign-in", office, "--user", "wang", "--forget")[0] == 0
    one_sentence(run("info", office, "--user", "wang"), "no terminal")
    _status, out, _err = run("sign-in", office, "--user", "wang", "--forget")
    assert "Nothing was kept" in out


def test_a_wrong_password_is_not_remembered(run, office, ring):
    answer = run("sign-in", office, "--user", "wang", "--remember", answers=["not the password"])
    one_sentence(answer, "wrong")
    assert not ring.kept


def test_no_keyring_is_one_sentence(run, office):
    answer = run("sign-in", office, "--user", "wang", "--remember", answers=[WANG])
    one_sentence(answer, "keyring", PASSWORD_FILE)


def test_nobody_sits_at_a_pipe(office):
    done = subprocess.run(
        [sys.executable, "-m", "mapdesk", "info", str(office), "--user", "wang"],
        capture_output=True,
        text=True,
        input=WANG + "\n",
        check=False,
    )
    assert done.returncode == 1
    assert "no terminal" in done.stderr


def test_a_real_terminal_shows_no_password(office):
    """Run in a pseudo-terminal: the prompt is shown, what is typed is not."""
    inside = (
        "import os, pty, sys\n"
        "said = b''\n"
        "pid, end = pty.fork()\n"
        "if pid == 0:\n"
        "    os.execv(sys.executable, [sys.executable, '-m', 'mapdesk', *sys.argv[2:]])\n"
        "typed = False\n"
        "while True:\n"
        "    try:\n"
        "        part = os.read(end, 4096)\n"
        "    except OSError:\n"
        "        break\n"
        "    if not part:\n"
        "        break\n"
        "    said += part\n"
        "    if b'Password of' in said and not typed:\n"
        "        typed = True\n"
        "        os.write(end, sys.argv[1].encode() + b'\\n')\n"
        "sys.stdout.buffer.write(said)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", inside, WANG, "info", str(office), "--user", "wang"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "Password of wang:" in done.stdout
    assert "3,000" in done.stdout
    assert WANG not in done.stdout


def test_prompts_leave_the_answer_clean(capsys):
    terminal = SystemTerminal()
    assert isinstance(terminal.is_there, bool)
    before, sys.stdin = sys.stdin, io.StringIO("  wang \n")
    try:
        assert terminal.ask("User: ") == "wang"
    finally:
        sys.stdin = before
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "User: ")


def test_own_password_by_command(run, office, by_file, tmp_path):
    by_file("wang", WANG)
    new = tmp_path / "new"
    new.write_text("a whole new sentence\n")
    new.chmod(0o600)
    assert run("user", "password", office, "--new-password-file", new)[0] == 0
    one_sentence(run("info", office), "wrong")
    by_file("wang", "a whole new sentence")
    assert run("info", office)[0] == 0
    with districts.open_district(office, Credentials("li", LI)) as store:
        assert [user.is_provisional for user in users.users(store)] == [False, False, False]
