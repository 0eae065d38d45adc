"""A disk that runs full while a register comes in: one sentence, nothing half-written, and on again."""

import re

import pytest

from tests import postgres, small_disk

LACKING = r"The disk of {} has too little room: about (\d+) MB more are needed; make room there"
MODULE = "tests.store.full_disk_import"


@pytest.fixture
def disk(tmp_path):
    """A folder at which a small disk can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    reason = small_disk.missing(folder)
    if reason:
        pytest.skip(reason)
    return folder


@pytest.fixture
def needs_server():
    reason = postgres.missing()
    if reason:
        pytest.skip(reason)


def megabytes(line, place):
    """Return what a sentence says is missing; it must name the place and end well."""
    found = re.match(LACKING.format(place), line)
    assert found is not None, line
    assert line.endswith("try again: nothing was changed.")
    return int(found[1])


@pytest.mark.parametrize("what", ["log", pytest.param("checkpoint", marks=pytest.mark.soak)])
def test_a_folder_whose_disk_is_full(what, disk):
    lines = small_disk.run_beside(disk, 60, MODULE, what).splitlines()
    missing = [megabytes(line, re.escape(str(disk / "district"))) for line in lines]
    # What is missing beside half a megabyte, then all that twenty thousand rows take.
    assert missing == [3, 4, 4]


@pytest.mark.usefixtures("needs_server")
def test_a_server_whose_disk_is_full(disk):
    lines = small_disk.run_beside(disk, 120, MODULE, "server").splitlines()
    assert [megabytes(line, r"postgresql\S+/small\?\S+") for line in lines] == [60, 60]


@pytest.mark.soak
@pytest.mark.usefixtures("needs_server")
def test_a_server_whose_log_has_no_room(disk):
    """It stops in the middle; started again where there is room, it has all that was acknowledged."""
    said = small_disk.run_beside(disk, 120, MODULE, "server's log")
    assert said.count("nothing was changed") == 1
