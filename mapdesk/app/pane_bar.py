"""What is chosen of a second map, in one bar: with names where there is room, else pictures alone, or fewer."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from mapdesk.app.actions import ACTIONS
from mapdesk.app.window_parts import icon_of

PICTURE_ALONE = 54
"""Pixels of a choice that shows its picture and no name."""


class PaneBar(QWidget):
    """A bar that never asks for more room than its pictures need. GUI thread only.

    Parameters
    ----------
    choice : QComboBox
        Of base maps, by their names; stands after the first button.
    pictures : mapping of QToolButton to str
        The buttons from left to right, each with the name of its icon.
    at_end : int
        How many of them stand at the right end, never with a name; all but the last of them go where
        there is no room, for they are in a menu too.
    """

    def __init__(self, choice: QComboBox, pictures: Mapping[QToolButton, str], at_end: int) -> None:
        super().__init__()
        self.setObjectName("Pane bar")
        self._choice, self._pictures = choice, pictures
        buttons = list(pictures)
        self._named, self._spare = buttons[:-at_end], buttons[-at_end:-1]
        self._names_from = self._all_from = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(3)
        for button in buttons:
            button.setIconSize(QSize(18, 18))
        self.setStyleSheet(
            'QToolButton { padding: 5px 6px; } QToolButton[popupMode="2"] { padding-right: 18px; }'
        )
        row.addWidget(buttons[0])
        row.addWidget(choice)
        for button in buttons[1:-at_end]:
            row.addWidget(button)
        row.addStretch(1)
        for button in buttons[-at_end:]:
            row.addWidget(button)
        self.paint()

    def paint(self) -> None:
        """Draw the pictures in the colours of the theme."""
        for button, picture in self._pictures.items():
            button.setIcon(icon_of(picture, self.palette()))
        known = {one.base: one.icon for one in ACTIONS if one.base}
        for at in range(self._choice.count()):
            icon = icon_of(known[self._choice.itemData(at)], self.palette())
            self._choice.setItemIcon(at, icon)

    def measure(self) -> None:
        """Look how much room names and pictures need: they are others."""
        row = self.layout()
        if row is None:
            return
        needs = []
        for names, everything in ((False, False), (False, True), (True, True)):
            self._show(names=names, everything=everything)
            row.invalidate()
            needs.append(row.sizeHint().width())
        least, self._all_from, self._names_from = needs
        self.setMinimumWidth(least)
        self._fit()

    def _fit(self) -> None:
        width = self.width()
        self._show(names=width >= self._names_from, everything=width >= self._all_from)

    def _show(self, *, names: bool, everything: bool) -> None:
        for button in self._spare:
            button.setVisible(everything)
        styles = Qt.ToolButtonStyle
        for button in self._named:
            shown = styles.ToolButtonTextBesideIcon if names else styles.ToolButtonIconOnly
            button.setToolButtonStyle(shown)
        self._choice.setMinimumWidth(0 if names else PICTURE_ALONE)
        self._choice.setMaximumWidth(16_777_215 if names else PICTURE_ALONE)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent | None) -> None:
        """Draw the pictures anew in another theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self.paint()
