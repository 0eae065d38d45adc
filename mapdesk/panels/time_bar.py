"""The bar of days under the map: step, slide, play and pause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from mapdesk.model.language import LANGUAGE, tr

STEP = 450
"""Milliseconds a day stands while days play."""

_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class TimeBar(QWidget):
    """Chooses a day. Space plays and pauses, arrows step, Home and End go to the ends.

    Signals
    -------
    moved(date)
        This day is wanted.
    """

    moved = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("TimeBar")
        self._first = date(2000, 1, 1)
        self._busy = False
        self._filling = False
        self.before, self.play, self.after = QToolButton(), QToolButton(), QToolButton()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(7)
        self.slider.setSingleStep(1)
        self.label = QLabel()
        self.label.setMinimumWidth(86)
        self._timer = QTimer(self)
        self._timer.setInterval(STEP)
        self._timer.timeout.connect(self._on_tick)
        box = QHBoxLayout(self)
        box.setContentsMargins(8, 3, 12, 3)
        for widget in (self.before, self.play, self.after, self.label):
            box.addWidget(widget)
        box.addWidget(self.slider, 1)
        self.slider.valueChanged.connect(self._on_value)
        for part in (self.slider, self.before, self.play, self.after):
            part.installEventFilter(self)
        self.before.clicked.connect(self.step_back)
        self.after.clicked.connect(self.step_on)
        self.play.clicked.connect(self.toggle)
        LANGUAGE.changed.connect(self._on_language)
        self.retranslate()
        self.hide()

    @property
    def day(self) -> date:
        """The day chosen."""
        return self._first + timedelta(days=self.slider.value())

    @property
    def is_playing(self) -> bool:
        """Whether days go by."""
        return self._timer.isActive()

    def set_days(self, days: Sequence[date], shown: date | None) -> None:
        """Offer the days from the first to the last of `days`; without any the bar goes away."""
        if not days:
            self.pause()
            self.hide()
            return
        self._filling = True
        self._first = days[0]
        self.slider.setRange(0, (days[-1] - days[0]).days)
        wanted = days[-1] if shown is None else shown
        self.slider.setValue((wanted - days[0]).days)
        self._filling = False
        self.label.setText(self.day.isoformat())
        self.show()

    def set_busy(self, busy: bool) -> None:
        """Say whether a day asked for is still being drawn: playing waits for it."""
        self._busy = busy

    def toggle(self) -> None:
        """Play, from the beginning where the end is reached; or pause."""
        if self.is_playing:
            self.pause()
            return
        if self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        self._timer.start()
        self.retranslate()

    def pause(self) -> None:
        """Let the day stand."""
        self._timer.stop()
        self.retranslate()

    def step_on(self) -> None:
        """Go to the next day."""
        self.slider.setValue(self.slider.value() + 1)

    def step_back(self) -> None:
        """Go to the day before."""
        self.slider.setValue(self.slider.value() - 1)

    def close_panel(self) -> None:
        """Stop playing and listening."""
        self._timer.stop()
        LANGUAGE.changed.disconnect(self._on_language)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Keep the keys of the slider from the window's actions; Space plays and pauses wherever it is hit."""
        if isinstance(event, QKeyEvent) and event.key() in _KEYS:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.key() == Qt.Key.Key_Space:
                if event.type() == QEvent.Type.KeyPress:
                    self.toggle()
                return True
        return super().eventFilter(watched, event)

    def retranslate(self) -> None:
        """Speak the language in force."""
        self.before.setText("‹")
        self.before.setToolTip(tr("Day before") + " ([)")
        self.after.setText("›")
        self.after.setToolTip(tr("Next day") + " (])")
        self.play.setText(tr("Pause") if self.is_playing else tr("Play"))
        self.play.setToolTip(tr("Play the days, or pause") + " (F8)")
        self.slider.setToolTip(tr("Day shown on the map"))

    def _on_tick(self) -> None:
        if self._busy:
            return
        if self.slider.value() == self.slider.maximum():
            self.pause()
        else:
            self.step_on()

    def _on_value(self) -> None:
        self.label.setText(self.day.isoformat())
        if not self._filling:
            self.moved.emit(self.day)

    def _on_language(self, _code: str) -> None:
        self.retranslate()
