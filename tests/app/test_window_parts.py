"""Pieces of the window's frame, alone."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMainWindow, QWidget

from mapdesk.app.window_parts import LENT_UP_TO, LentRoom, add_dock


def test_room_is_lent_while_it_is_wanted_and_given_back(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(400, 900)
    area = Qt.DockWidgetArea.RightDockWidgetArea
    upper, lower = (add_dock(window, name, QWidget(), area) for name in ("Card", "Selection"))
    window.show()
    window.resizeDocks([upper, lower], [700, 150], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: lower.height() < 200)
    low, room = lower.height(), LentRoom(window, upper, lower)
    room.lend(True)
    qtbot.waitUntil(lambda: lower.height() == LENT_UP_TO)
    room.lend(True)
    room.lend(False)
    qtbot.waitUntil(lambda: lower.height() == low)
    room.lend(False)
    qtbot.waitUntil(lambda: lower.height() == low)
