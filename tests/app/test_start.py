"""What a starting desk loads: nothing that it does not show yet."""

import subprocess
import sys


def test_the_window_does_not_wait_for_what_it_does_not_show():
    """What is slow to load waits until it is asked for: a sheet, a register, a server, a chart.

    What is loaded is not looked through for garbage again, which would hold the window for five frames.
    """
    slow = {
        "fpdf",
        "geopandas",
        "openpyxl",
        "pandas",
        "psycopg",
        "pyqtgraph",
        "pyvista",
        "rasterio",
    }
    code = (
        "import gc, sys, mapdesk.cli.main, mapdesk.app.main as main\n"
        f"print(*{slow} & sys.modules.keys())\n"
        "application = main.make_application(['mapdesk'])\n"
        "assert gc.get_freeze_count() > 100_000\n"
    )
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, check=True, capture_output=True, text=True).stdout.split() == []


def test_a_district_is_opened_without_pandas(town_folder):
    """Importing it takes a third of a second beside the first picture; a bound value calls for it."""
    code = (
        "import sys, mapdesk.app.main as main\n"
        "from pathlib import Path\n"
        "from PyQt6.QtCore import QTimer\n"
        "application = main.make_application(['mapdesk'])\n"
        f"window = main.open_window(Path({str(town_folder)!r}), hardware=False)\n"
        "poll = QTimer()\n"
        "poll.timeout.connect(lambda: window.loaded and not window.jobs.busy and application.quit())\n"
        "poll.start(5)\n"
        "application.exec()\n"
        "print('pandas' in sys.modules)\n"
        "window.close()\n"
        "window.wait_closed()\n"
    )
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, check=True, capture_output=True, text=True).stdout == "False\n"
