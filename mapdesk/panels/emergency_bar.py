"""The red banner over the map: first what the emergency is, then how long areas are lifted."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from mapdesk.model.language import LANGUAGE, tr


class EmergencyBar(QFrame):
    """Hidden until it is asked for.

    Signals
    -------
    given(str)
        A reason was given.
    over()
        The time is over.
    end_wanted()
        The areas shall hold again now.

    Parameters
    ----------
    left : callable
        Returns the seconds for which areas are lifted.
    """

    given = pyqtSignal(str)
    over = pyqtSignal()
    end_wanted = pyqtSignal()

    def __init__(self, left: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("EmergencyBar")
        self._left = left
        self.label, self.reason = QLabel(), QLineEdit()
        self.end_button = QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(self.label)
        row.addWidget(self.reason, 1)
        row.addStretch(0)
        row.addWidget(self.end_button)
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self.check)
        self.reason.returnPressed.connect(self._on_reason)
        self.end_button.clicked.connect(self._on_end)
        LANGUAGE.changed.connect(self._on_language)
        self.hide()

    @property
    def is_lifted(self) -> bool:
        """Whether areas are lifted."""
        return self._timer.isActive()

    def ask(self) -> None:
        """Ask what the emergency is."""
        if not self.is_lifted:
            self.reason.clear()
            self.reason.show()
            self._speak()
            self.show()
            self.reason.setFocus()

    def begin(self) -> None:
        """Show from now on for how long areas are lifted."""
        self.reason.clear()
        self.reason.hide()
        self._timer.start()
        self.show()
        self._speak()
        self.check()

    def check(self) -> None:
        """Show the time that is left, and say when it is over."""
        left = self._left()
        if left <= 0:
            self.stop()
            self.over.emit()
            return
        minutes, seconds = divmod(int(left), 60)
        self.label.setText(
            tr(
                "EMERGENCY: you look beyond your areas, and all of it is on record. Over in {time}",
                time=f"{minutes}:{seconds:02d}",
            )
        )

    def stop(self) -> None:
        """Go away."""
        self._timer.stop()
        self.hide()

    def close_bar(self) -> None:
        """Stop listening."""
        self._timer.stop()
        LANGUAGE.changed.disconnect(self._on_language)

    def _speak(self) -> None:
        self.label.setText(tr("Emergency: why must you look beyond your areas?"))
        self.reason.setPlaceholderText(tr("Ten characters or more, then Enter"))
        self.end_button.setText(tr("End it now") if self.is_lifted else tr("Cancel"))

    def _on_reason(self) -> None:
        self.given.emit(self.reason.text())

    def _on_end(self) -> None:
        if self.is_lifted:
            self.end_wanted.emit()
        else:
            self.stop()

    def _on_language(self, _code: str) -> None:
        self._speak()
        if self.is_lifted:
            self.check()
