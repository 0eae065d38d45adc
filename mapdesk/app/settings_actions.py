"""The settings of the desk: what is the same for every district opened here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout

from mapdesk.app import graphics
from mapdesk.model.language import tr

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

_WIDTH = 480


def _title(way: str) -> str:
    titles = {
        graphics.AUTOMATIC: tr("Automatic, by what draws OpenGL"),
        graphics.THREAD: tr("In memory, on a thread of its own"),
        graphics.WIDGET: tr("Into the window, by the graphics card"),
    }
    return titles[way]


class SettingsDialog(QDialog):
    """Lets the settings be changed; Ok remembers them."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._settings = window.settings
        self.setWindowTitle(tr("Settings"))
        self.setMinimumWidth(_WIDTH)
        self.way = QComboBox()
        for way in graphics.WAYS:
            self.way.addItem(_title(way), way)
        self.way.setCurrentIndex(self.way.findData(graphics.chosen(window.settings)))
        self.way.setToolTip(
            tr("In memory is quicker without a graphics card, into the window with one")
        )
        form = QFormLayout()
        form.addRow(tr("Pictures of the map"), self.way)
        self.found = QLabel(_found(window))
        self.found.setWordWrap(True)
        form.addRow("", self.found)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.addLayout(form)
        box.addWidget(buttons)

    def accept(self) -> None:
        """Remember what was chosen."""
        self._settings.setValue(graphics.SETTING, self.way.currentData())
        super().accept()


def _found(window: DeskWindow) -> str:
    """Return what draws here now, and when a change shows."""
    by_card = window.map.presenter.backdrop is not None
    now = _title(graphics.WIDGET if by_card else graphics.THREAD)
    name = graphics.renderer() or tr("none in windows")
    return tr(
        "OpenGL here: {name}. Now: {way}. A change shows in districts opened from then on.",
        name=name,
        way=now,
    )


class SettingsActions:
    """The command of one window that shows the settings; GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        self._window = window

    def show(self) -> None:
        """Show the settings, and say what a change does once it is remembered."""
        window = self._window
        before = graphics.chosen(window.settings)
        dialog = SettingsDialog(window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def told() -> None:
            if graphics.chosen(window.settings) != before:
                window.tell(tr("Pictures of the map are made so in districts opened from now on."))

        dialog.accepted.connect(told)
        dialog.open()
