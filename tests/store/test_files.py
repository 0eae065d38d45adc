"""Caches and scratch space, plain and sealed."""

import subprocess
import sys

import pytest

from mapdesk.store.files import PlainFiles, SealedFiles
from mapdesk.store.vault import Vault


@pytest.fixture(params=["plain", "sealed"])
def files(request, tmp_path):
    made = (
        PlainFiles(tmp_path)
        if request.param == "plain"
        else SealedFiles(tmp_path, Vault(b"k" * 32))
    )
    yield made
    made.close()


def keep(files, what, key, content):
    files.keep(what, key, lambda file: file.write(content))


def test_the_newest_of_a_kind_is_kept(files, tmp_path):
    assert files.cached("ground", "1") is None
    keep(files, "ground", "1", b"one")
    keep(files, "buildings", "1", b"other")
    keep(files, "ground", "2", b"two")
    assert files.cached("ground", "1") is None
    with files.cached("ground", "2") as file:
        assert file.read() == b"two"
    with files.cached("buildings", "1") as file:
        assert file.read() == b"other"
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_cache_that_cannot_be_written_is_no_loss(files, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    keep(files, "ground", "1", b"one")
    assert files.cached("ground", "1") is None


def test_scratch_space_is_gone_afterwards(files):
    with files.scratch() as folder:
        (folder / "half").write_bytes(b"x")
    assert not folder.exists()


def test_scratch_space_of_an_encrypted_district_is_memory(tmp_path):
    with SealedFiles(tmp_path, Vault(b"k" * 32)).scratch() as folder:
        kind = subprocess.run(
            ["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True, check=True
        ).stdout.strip()
    assert kind == "tmpfs"


def test_a_sealed_cache_tells_neither_kind_nor_key_nor_content(tmp_path):
    files = SealedFiles(tmp_path, Vault(b"k" * 32))
    keep(files, "buildings", "541300-4299100", b"walls " * 1000)
    (path,) = (tmp_path / "cache").iterdir()
    assert "build" not in path.name
    assert "541300" not in path.name
    assert b"walls" not in path.read_bytes()
    assert SealedFiles(tmp_path, Vault(b"x" * 32)).cached("buildings", "541300-4299100") is None


def test_a_file_in_memory_is_open_to_another_process_and_ends_with_the_district(tmp_path):
    files = SealedFiles(tmp_path, Vault(b"k" * 32))
    path = files.in_memory("media/a", lambda: b"pictures")
    assert files.in_memory("media/a", lambda: b"never asked") == path
    read = subprocess.run(
        [sys.executable, "-c", f"print(open({str(path)!r}).read())"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert read == "pictures\n"
    files.close()
    assert not path.exists()
    assert not any(tmp_path.iterdir())
