"""Opens the desk with the widget presenter on a real display and says what it shows; see test_display."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(folder: Path) -> None:
    """Open, settle, look at the picture, work the map a little, close, and print what was seen."""
    from PyQt6.QtCore import QPoint, Qt
    from PyQt6.QtTest import QTest

    from mapdesk.app import main as desk

    application = desk.make_application(["mapdesk"])
    window = desk.open_window(folder, hardware=True)
    window.resize(1000, 700)
    window.map.flight_seconds = 0.0
    desk.settle(window)
    screen = application.primaryScreen()
    corner = window.map.mapToGlobal(QPoint(0, 0))
    size = window.map.size()
    picture = screen.grabWindow(0, corner.x(), corner.y(), size.width(), size.height()).toImage()
    colours = {
        picture.pixelColor(x, y).name()
        for x in range(20, picture.width() - 20, 13)
        for y in range(20, picture.height() - 20, 13)
    }
    before = window.map.viewpoint
    QTest.keyClick(window.map, Qt.Key.Key_Up)
    desk.settle(window)
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    tools = []
    for key in (Qt.Key.Key_C, Qt.Key.Key_L, Qt.Key.Key_Escape):
        QTest.keyClick(window.map, key)
        tools.append(window.session.tool)
    QTest.keyClick(window.map, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    seen = {
        "tools": tools,
        "finding": window.search_panel.text.hasFocus(),
        "platform": application.platformName(),
        "colours": len(colours),
        "overlay": picture.pixelColor(window.map.width() - 30, 28).name(),
        "moved": window.map.viewpoint != before,
        "backdrop": type(window.map.presenter.backdrop).__name__,
    }
    window.close()
    window.wait_closed()
    print(json.dumps(seen))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
