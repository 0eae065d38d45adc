"""Encrypted districts by command: made, opened, changed, backed up; one sentence for every mistake."""

import json
import os

import pytest

from mapdesk.cli.main import main
from mapdesk.services.unlocking import KEY_FILE_VARIABLE, NEW_KEY_FILE_VARIABLE, UNLOCKING
from mapdesk.store.keyfile import KEY_FILE, Cost
from tests.cli.terminals import Screen
from tests.conftest import CHEAP, PASSPHRASE

NEW = "another staple word"


@pytest.fixture
def files(tmp_path):
    """Passphrase files by passphrase."""
    made = {}
    for number, text in enumerate((PASSPHRASE, NEW, "short")):
        made[text] = tmp_path / f"passphrase-{number}"
        made[text].touch(mode=0o600)
        made[text].write_text(text + "\n")
    return made


@pytest.fixture
def run(capsys, files, monkeypatch):
    """Run a command with passphrases in files; return (status, what it said, what it complained)."""
    kept = {name: os.environ.pop(name, None) for name in (KEY_FILE_VARIABLE, NEW_KEY_FILE_VARIABLE)}
    ask = UNLOCKING.ask
    # What is shipped takes half a second on purpose: tests/store/test_keyfile.py holds it.
    monkeypatch.setattr(Cost.__init__, "__defaults__", (CHEAP.memory, CHEAP.passes, CHEAP.lanes))

    def call(*words, known="", new=""):
        for name, text in ((KEY_FILE_VARIABLE, known), (NEW_KEY_FILE_VARIABLE, new)):
            os.environ[name] = str(files[text]) if text else ""
        status = main([str(word) for word in words], Screen())
        said = capsys.readouterr()
        return status, said.out, said.err

    yield call
    UNLOCKING.ask = ask
    for name, value in kept.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


def make(run, folder):
    return run(
        "new",
        folder,
        "--name",
        "老城",
        "--crs",
        "EPSG:4548",
        "--encrypted",
        "--json",
        new=PASSPHRASE,
    )


def test_a_district_is_made_and_opened_with_its_passphrase(run, tmp_path):
    status, out, _err = make(run, tmp_path / "d")
    assert status == 0
    assert json.loads(out)["encrypted"] is True
    status, out, _err = run("info", tmp_path / "d", "--json", known=PASSPHRASE)
    assert status == 0
    assert json.loads(out)["name"] == "老城"
    status, out, err = run("info", tmp_path / "d", known=NEW)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "not the passphrase" in err


def test_where_nobody_can_be_asked_it_says_what_to_do(run, tmp_path):
    make(run, tmp_path / "d")
    for words in (("info", tmp_path / "d"), ("passphrase", tmp_path / "d")):
        status, _out, err = run(*words)
        assert status == 1
        assert KEY_FILE_VARIABLE in err
        assert err.count("\n") == 1
    status, _out, err = run(
        "new", tmp_path / "e", "--name", "x", "--crs", "EPSG:4548", "--encrypted"
    )
    assert (status, NEW_KEY_FILE_VARIABLE in err) == (1, True)
    assert not (tmp_path / "e").exists()


def test_a_passphrase_file_that_others_may_read_is_refused(run, files, tmp_path):
    make(run, tmp_path / "d")
    files[PASSPHRASE].chmod(0o640)
    status, _out, err = run("info", tmp_path / "d", known=PASSPHRASE)
    assert (status, "chmod 600" in err) == (1, True)
    files[PASSPHRASE].unlink()
    status, _out, err = run("info", tmp_path / "d", known=PASSPHRASE)
    assert (status, "cannot be read" in err) == (1, True)


def test_mistakes_of_making_one_leave_nothing_behind(run, tmp_path):
    new = ("new", tmp_path / "d", "--crs", "EPSG:4548", "--encrypted")
    status, _out, err = run(*new, "--name", "x", new="short")
    assert (status, "12 characters" in err) == (1, True)
    status, _out, err = run(*new, "--name", " ", new=NEW)
    assert (status, "needs a name" in err) == (1, True)
    url = ("new", "--store", "postgresql://host/d", "--name", "x", "--crs", "EPSG:4548")
    status, _out, err = run(*url, "--encrypted", new=NEW)
    assert (status, "lies in a folder" in err) == (1, True)
    assert not (tmp_path / "d").exists()


def test_a_passphrase_is_changed(run, tmp_path):
    make(run, tmp_path / "d")
    status, out, _err = run("passphrase", tmp_path / "d", known=PASSPHRASE, new=NEW)
    assert (status, "changed" in out) == (0, True)
    assert run("info", tmp_path / "d", known=PASSPHRASE)[0] == 1
    assert run("info", tmp_path / "d", known=NEW)[0] == 0


def test_the_keyring_is_asked_to_remember_and_to_forget(run, keyring, tmp_path):
    make(run, tmp_path / "d")
    assert run("passphrase", tmp_path / "d", "--remember", known=PASSPHRASE)[0] == 0
    assert len(keyring.keys) == 1
    assert run("info", tmp_path / "d")[0] == 0
    assert run("passphrase", tmp_path / "d", "--forget")[0] == 0
    assert not keyring.keys


def test_a_plain_district_becomes_an_encrypted_one_and_goes_through_a_backup(
    run, town_folder, tmp_path
):
    status, out, _err = run(
        "encrypt", town_folder, tmp_path / "d", known=PASSPHRASE, new=PASSPHRASE
    )
    assert status == 0
    assert "still there as it was" in out
    assert f"keep {town_folder} for as long as its record" in out
    assert (tmp_path / "d" / KEY_FILE).is_file()
    assert run("backup", tmp_path / "d", tmp_path / "b", known=PASSPHRASE)[0] == 0
    assert run("restore", tmp_path / "b", tmp_path / "r", known=NEW)[0] == 1
    assert run("restore", tmp_path / "b", tmp_path / "r", known=PASSPHRASE)[0] == 0
    _status, out, _err = run("info", tmp_path / "r", "--json", known=PASSPHRASE)
    assert json.loads(out)["counts"]["person"] == 3000


def test_an_encrypted_district_is_copied_in_clear_only_where_that_is_said(run, tmp_path):
    make(run, tmp_path / "d")
    status, out, err = run("copy", tmp_path / "d", tmp_path / "c", known=PASSPHRASE)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "--in-clear" in err
    assert not (tmp_path / "c").exists()
    status, out, _err = run("copy", tmp_path / "d", tmp_path / "c", "--in-clear", known=PASSPHRASE)
    assert status == 0
    assert "The copy is not encrypted." in out
    assert f"keep {tmp_path / 'd'} for as long as its record" in out
    assert run("info", tmp_path / "c")[0] == 0
