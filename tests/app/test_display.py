"""The presenter for graphics cards, on a real X display."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.display
def test_the_widget_presenter_draws_on_a_display(town_folder, tmp_path):
    if shutil.which("xvfb-run") is None:
        pytest.skip("no Xvfb: apt-get install xvfb")
    script = Path(__file__).with_name("on_display.py")
    environment = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "DISPLAY")}
    done = subprocess.run(
        [
            "xvfb-run",
            "-a",
            "-s",
            "-screen 0 1280x900x24",
            sys.executable,
            str(script),
            str(town_folder),
        ],
        capture_output=True,
        text=True,
        timeout=200,
        env=environment | {"QT_QPA_PLATFORM": "xcb"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    assert seen["platform"] == "xcb"
    assert seen["backdrop"] == "QtInteractor"
    assert seen["colours"] > 15
    # The red half of the north arrow: the overlay lies over the widget.
    assert seen["overlay"] == "#d1242f"
    assert seen["moved"]
    # Real key chords, which need an active window.
    assert seen["tools"] == ["circle", "lasso", "pan"]
    assert seen["finding"]
