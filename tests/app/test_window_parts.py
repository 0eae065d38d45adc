"""Pieces of the window's frame, alone."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractButton, QMainWindow, QWidget

from mapdesk.app.window_parts import LENT_UP_TO, DeskStatusBar, LentRoom, add_dock
from mapdesk.services import catalogue


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


@pytest.mark.parametrize(
    ("pixel", "said"), [(0.2646, "1 : 1,000"), (11.02, "1 : 42,000"), (0.97, "1 : 3,700")]
)
def test_the_scale_says_no_more_than_a_screen_knows(qtbot, pixel, said):
    line = DeskStatusBar(lambda _key: None)
    qtbot.addWidget(line)
    line.show_scale(pixel)
    assert line.scale.text() == said


def test_the_buttons_of_a_dock_say_what_they_do_in_either_language(hand):
    desk = hand.desk
    for code, words in (("en", ("Into a window", "Close")), ("zh_CN", ("移到独立窗口", "关闭"))):
        catalogue.speak(code)
        buttons = [
            one
            for dock in desk.docks.values()
            for one in dock.findChildren(QAbstractButton)
            if one.objectName().startswith("qt_dockwidget")
        ]
        assert len(buttons) == 2 * len(desk.docks)
        assert all(one.toolTip().startswith(words) and one.accessibleName() for one in buttons)
