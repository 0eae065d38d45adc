"""A file is there whole or not at all, and its temporaries stand beside it."""

import pytest

from mapdesk.formats.whole_file import whole_file
from mapdesk.model.errors import InputError


def test_a_file_is_replaced_when_the_block_ends(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with whole_file(path) as part:
        part.write_text("new")
        assert part.parent == path.parent and part.suffix == path.suffix
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def write_half(path):
    with whole_file(path) as part:
        part.write_text("half")
        part.with_name(f"{part.name}-journal").write_text("half")
        raise ZeroDivisionError


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_half(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_target_that_is_a_folder_is_told_in_one_sentence(tmp_path):
    path = tmp_path / "a.txt"
    path.mkdir()
    with (
        pytest.raises(InputError, match=r"^a\.txt could not be written \(.+\); close it"),
        whole_file(path) as part,
    ):
        part.write_text("new")
    assert list(tmp_path.iterdir()) == [path]
