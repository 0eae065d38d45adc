"""A tour recorded by a command: a window no one sees shows it, as the desk's own does."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PyQt6.QtCore import QEventLoop, QSettings

from mapdesk.app import main as desk
from mapdesk.app.tour_recorder import JOB
from mapdesk.model.errors import CancelledError
from mapdesk.model.language import LANGUAGE
from mapdesk.panels import theme as themes
from mapdesk.services.bookmarks import Tour
from mapdesk.services.districts import Progress
from mapdesk.store.database import Store


def record_tour(
    store: Store, tour: Tour, file: Path, size: tuple[int, int], fps: int, progress: Progress
) -> int:
    """Record a tour and return how many pictures it has; the window closes the store.

    Parameters
    ----------
    size : tuple of int
        Pixels of the map, and of the video.

    Raises
    ------
    InputError, SetupError
        The video cannot be written.
    CancelledError
        It was stopped.
    """
    application = desk.make_application(["mapdesk"], LANGUAGE.code)
    themes.apply(application, "light")
    with tempfile.TemporaryDirectory() as scratch:
        memory = QSettings(str(Path(scratch) / "desk.ini"), QSettings.Format.IniFormat)
        window = desk.show_desk(store, hardware=False, memory=memory)
        counts: list[int] = []
        failures: list[Exception] = []
        loop = QEventLoop()

        def count(_file: Path, pictures: int) -> None:
            counts.append(pictures)

        def tell(key: str, text: str, part: float) -> None:
            if key == JOB:
                progress(text, part)

        try:
            window.map.setFixedSize(*size)
            window.map.flight_seconds = 0.0
            desk.settle(window)
            recorder = window.parts.bookmarks.recorder
            recorder.recorded.connect(count)
            recorder.ended.connect(loop.quit)
            recorder.failed.connect(failures.append)
            window.jobs.progressed.connect(tell)
            recorder.record(tour, file, fps)
            loop.exec()
        finally:
            window.close()
            window.wait_closed()
            application.processEvents()
    if counts:
        return counts[0]
    raise failures[0] if failures else CancelledError
