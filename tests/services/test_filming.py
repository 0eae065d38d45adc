"""Pictures written to a video, whole or not at all."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from mapdesk.model.errors import CancelledError, InputError, NotFoundError
from mapdesk.services.filming import even, film
from tests.conftest import quiet

SIZE = (64, 48)
READ = """
import cv2, json, sys
film = cv2.VideoCapture(sys.argv[1])
means = []
while True:
    there, frame = film.read()
    if not there:
        break
    means.append([*frame.shape[:2], *map(float, frame.mean(axis=(0, 1)))])
print(json.dumps([film.get(cv2.CAP_PROP_FPS), means]))
"""


def frame(blue, green, red):
    return bytes([blue, green, red, 255]) * (SIZE[0] * SIZE[1])


def read_back(path):
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_every_picture_is_in_the_film_in_its_colours(tmp_path):
    path = tmp_path / "tour.mp4"
    frames = [frame(200, 30, 30)] * 5 + [frame(30, 30, 200)] * 5
    assert film(path, SIZE, 10, frames, 10, quiet) == 10
    fps, means = read_back(path)
    assert fps == 10
    assert len(means) == 10
    assert means[2][:2] == [48, 64]
    assert means[2][2:] == pytest.approx([200, 30, 30], abs=15)
    assert means[-1][2:] == pytest.approx([30, 30, 200], abs=15)


def test_one_that_is_stopped_leaves_what_was_there(tmp_path):
    path = tmp_path / "tour.mp4"
    path.write_bytes(b"an older film")

    def stop(_text, part):
        if part > 0.4:
            raise CancelledError

    with pytest.raises(CancelledError):
        film(path, SIZE, 10, [frame(9, 9, 9)] * 10, 10, stop)
    assert [one.name for one in tmp_path.iterdir()] == ["tour.mp4"]
    assert path.read_bytes() == b"an older film"


def test_names_and_folders_that_cannot_be_are_one_sentence(tmp_path):
    with pytest.raises(InputError, match="mp4"):
        film(tmp_path / "tour.avi", SIZE, 10, [], 0, quiet)
    with pytest.raises(NotFoundError):
        film(tmp_path / "none" / "tour.mp4", SIZE, 10, [], 0, quiet)


def test_sizes_are_even():
    assert even((1281, 720)) == (1280, 720)
