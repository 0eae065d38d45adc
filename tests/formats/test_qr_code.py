"""QR codes are read back, by another reader than wrote them."""

import json
import subprocess
import sys

import pytest

from mapdesk.formats import qr_code
from mapdesk.model import codes

ADDRESSES = (
    codes.address(codes.new_secret(), "wang.min", "Office"),
    codes.address(codes.new_secret(), "王敏", "海河港街道办事处平安办公室"),
)

READER = """
import json, sys
import cv2
import numpy as np

for rows in json.load(sys.stdin):
    light = np.where(np.array(rows), 0, 255).astype(np.uint8)
    print(cv2.QRCodeDetector().detectAndDecode(cv2.resize(light, None, fx=4, fy=4, interpolation=0))[0])
"""
"""In a process of its own: OpenCV's wheel would bend the Qt of the tests."""


def test_codes_are_read_back_by_another_reader():
    drawn = json.dumps([qr_code.squares(text) for text in ADDRESSES])
    read = subprocess.run(
        [sys.executable, "-c", READER], input=drawn, capture_output=True, text=True, check=True
    )
    assert read.stdout.splitlines() == list(ADDRESSES)


@pytest.mark.parametrize("text", ADDRESSES)
def test_a_terminal_shows_the_same_squares_and_none_that_it_would_break(text):
    rows = qr_code.squares(text)
    assert not any(map(any, (*rows[: qr_code.QUIET], *rows[-qr_code.QUIET :])))
    told = qr_code.for_terminal(text, len(rows))
    lines = [line[line.index("m") + 1 : line.rindex("\x1b")] for line in told.splitlines()]
    halves = {"█": (False, False), "▀": (False, True), "▄": (True, False), " ": (True, True)}
    read = [[halves[one][half] for one in line] for line in lines for half in (0, 1)]
    assert read[: len(rows)] == rows
    assert not any(map(any, read[len(rows) :]))
    assert qr_code.for_terminal(text, len(rows) - 1) == ""
