"""QR codes are read back, by another reader than wrote them."""

import json
import subprocess
import sys

import pytest

from mapdesk.formats import qr_code
from mapdesk.model import codes

ADDRESSES = (
    codes.address("5UBQ4SX67LKP6PON6CW2I3WG253XM4MA", "wang.min", "Office"),
    codes.address("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "王敏", "海河港街道办事处平安办公室"),
)
"""Always the same: OpenCV fails to read one code in some hundred, whoever wrote it."""

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
