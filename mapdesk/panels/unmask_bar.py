"""Unmasking on a person's card: a button, a reason asked for beside it, and the time that is left."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.steady import seconds_up


class UnmaskBar(QWidget):
    """Begins with a button; then a field for the reason; then a count-down.

    Signals
    -------
    given(str)
        A reason was given.
    ended()
        What was unmasked must be masked again: the time is over, or the button was pressed.

    Parameters
    ----------
    clock : callable
        Seconds that only go on.
    """

    given = pyqtSignal(str)
    ended = pyqtSignal()

    def __init__(
        self, parent: QWidget | None = None, clock: Callable[[], float] = seconds_up
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._until = 0.0
        self.begin_button, self.mask_button = QPushButton(), QPushButton()
        self.begin_button.setObjectName("unmask")
        self.mask_button.setObjectName("mask")
        self.reason = _ReasonField()
        self.left = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 8, 6)
        for widget in (self.begin_button, self.reason, self.left, self.mask_button):
            row.addWidget(widget, 1 if widget is self.reason else 0)
        row.addStretch(0)
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self.check)
        self.begin_button.clicked.connect(self.ask_reason)
        self.mask_button.clicked.connect(self.end)
        self.reason.returnPressed.connect(self._on_reason)
        self.reason.left.connect(self.reset)
        LANGUAGE.changed.connect(self._on_language)
        self.reset()

    @property
    def is_open(self) -> bool:
        """Whether something is unmasked."""
        return self._timer.isActive()

    def reset(self) -> None:
        """Show the button alone, in the language in force."""
        self._timer.stop()
        self.reason.clear()
        self._show(self.begin_button)
        self._speak()

    def ask_reason(self) -> None:
        """Ask for the reason beside the card."""
        self._show(self.reason)
        self.reason.setFocus()

    def count_down(self, seconds: float) -> None:
        """Show how long it is until all is masked again."""
        self._until = self._clock() + seconds
        self.reason.clear()
        self._show(self.left, self.mask_button)
        self._timer.start()
        self.check()

    def check(self) -> None:
        """Show the time that is left, and end when there is none."""
        left = self._until - self._clock()
        if left <= 0:
            self.end()
            return
        minutes, seconds = divmod(int(left), 60)
        self.left.setText(tr("masked again in {time}", time=f"{minutes}:{seconds:02d}"))

    def end(self) -> None:
        """Mask again."""
        self.reset()
        self.ended.emit()

    def close_bar(self) -> None:
        """Stop listening."""
        self._timer.stop()
        LANGUAGE.changed.disconnect(self._on_language)

    def _show(self, *shown: QWidget) -> None:
        for widget in (self.begin_button, self.reason, self.left, self.mask_button):
            widget.setVisible(widget in shown)

    def _speak(self) -> None:
        self.begin_button.setText(tr("Unmask…"))
        self.begin_button.setToolTip(
            tr(
                "Name, phone, identity number and birth date for 10 minutes; the reason is recorded."
            )
        )
        self.mask_button.setText(tr("Mask now"))
        self.reason.setPlaceholderText(tr("Reason, then Enter (Esc: no)"))

    def _on_reason(self) -> None:
        reason = self.reason.text().strip()
        if reason:
            self.given.emit(reason)

    def _on_language(self, _code: str) -> None:
        self._speak()
        if self.is_open:
            self.check()


class _ReasonField(QLineEdit):
    """A field that Esc leaves.

    Signals
    -------
    left()
    """

    left = pyqtSignal()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Leave on Esc."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
