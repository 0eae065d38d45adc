"""Maps that nobody watches: loading goes on with the events that a window's loop would bring."""

from __future__ import annotations

import time
from collections.abc import Sized

from PyQt6.QtCore import QCoreApplication, QEventLoop

from mapdesk.model.errors import WorldError
from mapdesk.scene3d.map_view import MapView

LONGEST = 120.0
"""Seconds a map may take; what went wrong by then stands in the log."""


def let_load(view: MapView, loaded: Sized) -> None:
    """Return when `loaded` has something in it: what follows the buildings waits for their picture.

    Raises
    ------
    WorldError
        Nothing came in time.
    """
    end = time.monotonic() + LONGEST
    if not loaded:
        view.look(view.viewpoint)
    while not loaded:
        if time.monotonic() > end:
            raise WorldError("The map could not be loaded; what went wrong is in the log.")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
