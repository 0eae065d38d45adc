"""Tiles kept on disk: found again, thrown out when there are too many, and sealed in an encrypted district."""

import os

import pytest

from mapdesk.store.tile_shelf import TileShelf
from mapdesk.store.vault import Vault

KEY = "https://example.org/{z}/{x}/{y}\n3/1/2"
TILE = b"\x89PNG tile of the harbour" * 40


@pytest.fixture(params=[None, Vault(bytes(range(32)))], ids=["plain", "sealed"])
def vault(request):
    return request.param


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_tile_is_found_again(tmp_path, vault):
    TileShelf(tmp_path, vault).put(KEY, TILE)
    content, age = TileShelf(tmp_path, vault).get(KEY)
    assert content == TILE and age < 60
    assert TileShelf(tmp_path, vault).get(KEY + "0") is None


def test_nothing_tells_of_the_tile_in_an_encrypted_district(tmp_path):
    TileShelf(tmp_path, Vault(bytes(range(32)))).put(KEY, TILE)
    (path,) = files_in(tmp_path)
    held = path.read_bytes()
    assert b"PNG" not in held and b"harbour" not in held
    assert "example" not in str(path.relative_to(tmp_path))
    plain = tmp_path / "plain"
    TileShelf(plain, None).put(KEY, TILE)
    assert files_in(plain)[0].name != path.name
    assert TileShelf(tmp_path, Vault(bytes(32))).get(KEY) is None


def test_a_changed_or_exchanged_sealed_tile_is_not_taken(tmp_path):
    shelf = TileShelf(tmp_path, Vault(bytes(range(32))))
    shelf.put(KEY, TILE)
    (first,) = files_in(tmp_path)
    shelf.put(KEY + "3", TILE)
    second = next(path for path in files_in(tmp_path) if path != first)
    second.write_bytes(first.read_bytes())
    assert shelf.get(KEY + "3") is None
    first.write_bytes(first.read_bytes()[:-1] + b"x")
    assert shelf.get(KEY) is None


def test_the_oldest_go_when_there_are_too_many(tmp_path):
    shelf = TileShelf(tmp_path, None, most=10_000)
    for number in range(20):
        shelf.put(str(number), bytes(1000))
        path = next(path for path in files_in(tmp_path) if path.stat().st_mtime > 1e9)
        os.utime(path, (number + 1, number + 1))
    shelf.sweep()
    there = [number for number in range(20) if shelf.get(str(number)) is not None]
    assert there == list(range(12, 20))


def test_a_shelf_that_cannot_be_written_is_no_loss(tmp_path):
    (tmp_path / "cache").write_text("a file in the way")
    shelf = TileShelf(tmp_path, None)
    shelf.put(KEY, TILE)
    assert shelf.get(KEY) is None
