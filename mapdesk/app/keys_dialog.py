"""The keys of the desk and the gestures of the map, by menu; it scrolls where the screen is small."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from mapdesk.app.actions import ACTIONS
from mapdesk.model.language import tr

WIDTH, HEIGHT = 900, 680
"""Pixels, where the screen has them."""
COLUMNS = (("File", "Edit", "Select"), ("View", "Map", "Help"))


class KeysDialog(QDialog):
    """Lists keys and gestures."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keys and gestures"))
        self.text = QTextBrowser()
        self.text.setAccessibleName(tr("Keys and gestures"))
        self.text.setHtml(_html())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.addWidget(self.text)
        box.addWidget(buttons)
        screen = self.screen()
        room = parent.size() if screen is None else screen.availableSize() * 0.9
        self.resize(min(WIDTH, room.width()), min(HEIGHT, room.height()))


def _html() -> str:
    gestures = tr(
        "Left-drag moves, right-drag turns, the wheel zooms to the pointer. Double-click a camera "
        "to watch it, a building to open it, anything else to fly there. Shift adds to the selection, "
        "Ctrl takes away. Arrows move, with Shift they turn, plus and minus zoom. Enter opens the camera "
        "or building of the card. In an opened building arrows walk from room to room, Esc closes it."
    )
    cells = "".join(f"<td width='50%'>{_menus(column)}</td>" for column in COLUMNS)
    return f"<p>{escape(gestures)}</p><table width='100%'><tr>{cells}</tr></table>"


def _menus(menus: Sequence[str]) -> str:
    return "".join(
        f"<h3>{escape(tr(menu))}</h3><table cellpadding='2'>{_rows(menu)}</table>" for menu in menus
    )


def _rows(menu: str) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return "".join(
        f"<tr><td width='130'><b>{escape(QKeySequence(action.keys).toString(native))}</b></td>"
        f"<td>{escape(tr(action.title))}</td></tr>"
        for action in ACTIONS
        if action.keys and action.menu == menu
    )
