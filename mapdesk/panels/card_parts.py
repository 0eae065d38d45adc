"""Widgets of the card: its text, and the arrows to the cards before and after."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QTextBrowser, QToolButton

LINKS_ONLY = (
    Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
)
"""What may be done with a card of personal data: copying it would be an export without a record."""


class CardText(QTextBrowser):
    """The text of a card; that of personal data lets itself be read and followed, not copied."""

    def set_personal(self, personal: bool) -> None:
        """Say whether what is shown is personal data."""
        flags = LINKS_ONLY if personal else Qt.TextInteractionFlag.TextBrowserInteraction
        self.setTextInteractionFlags(flags)
        menu = Qt.ContextMenuPolicy
        self.setContextMenuPolicy(menu.NoContextMenu if personal else menu.DefaultContextMenu)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Leave out copying, which Qt does by key whatever the flags say."""
        keys = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.SelectAll)
        selectable = self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
        if event is not None and not selectable and any(event.matches(key) for key in keys):
            event.accept()
            return
        super().keyPressEvent(event)


def arrow_button(command: str, text: str) -> QToolButton:
    """Return a flat button, disabled, named after its command."""
    arrow = QToolButton()
    arrow.setObjectName(command)
    arrow.setText(text)
    font = arrow.font()
    font.setPixelSize(19)
    arrow.setFont(font)
    arrow.setAutoRaise(True)
    arrow.setEnabled(False)
    return arrow
