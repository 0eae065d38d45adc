"""The bar of time under the map: a span of hours, days, weeks or months that slides and plays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.spans import Axis, Span, Step, span_text
from mapdesk.panels.span_slider import SpanSlider

STEP = 450
"""Milliseconds a step stands while time plays."""

TITLES = {"hour": "Hours", "day": "Days", "week": "Weeks", "month": "Months", "year": "Years"}
"""What people read for a step: keys of the catalogue."""
_KEYS = (
    *(Qt.Key.Key_Space, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
)


class TimeBar(QWidget):
    """Chooses a span. Space plays and pauses, arrows step, Home and End go to the ends.

    Signals
    -------
    moved(Span)
        This span is wanted.
    step_chosen(str)
        Time is to go by in these steps.
    closed()
        The bar is not wanted any more.
    compared(bool)
        The time shown is to stay left of a line, beside the next; or no more.
    """

    moved = pyqtSignal(object)
    step_chosen = pyqtSignal(str)
    closed = pyqtSignal()
    compared = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("TimeBar")
        self._axis: Axis | None = None
        self._busy: set[str] = set()
        self._filling = False
        self.before, self.play, self.after = QToolButton(), QToolButton(), QToolButton()
        self.close_button, self.compare = QToolButton(), QToolButton()
        self.compare.setCheckable(True)
        self.compare.toggled.connect(self._on_compare)
        self.slider = SpanSlider()
        self.steps = QComboBox()
        self.label, self.count = QLabel(), QLabel()
        self.count.setObjectName("Muted")
        self.label.setMinimumWidth(150)
        font = self.label.font()
        font.setBold(True)
        self.label.setFont(font)
        self._timer = QTimer(self)
        self._timer.setInterval(STEP)
        self._timer.timeout.connect(self._on_tick)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addStretch(1)
        said.addWidget(self.label)
        said.addWidget(self.count)
        said.addStretch(1)
        box = QHBoxLayout(self)
        box.setContentsMargins(8, 3, 8, 3)
        for button in (self.before, self.play, self.after):
            box.addWidget(button)
        box.addLayout(said)
        box.addWidget(self.slider, 1)
        box.addWidget(self.steps)
        box.addWidget(self.compare)
        box.addWidget(self.close_button)
        self.slider.moved.connect(self._on_moved)
        self.steps.currentIndexChanged.connect(self._on_step)
        for part in (self.slider, self.before, self.play, self.after):
            part.installEventFilter(self)
        self.before.clicked.connect(self.step_back)
        self.after.clicked.connect(self.step_on)
        self.play.clicked.connect(self.toggle)
        self.close_button.clicked.connect(self.closed)
        LANGUAGE.changed.connect(self._on_language)
        self.retranslate()
        self.hide()

    @property
    def span(self) -> Span | None:
        """The span chosen; None where the bar offers nothing."""
        if self._axis is None:
            return None
        return self._axis.span(self.slider.first, self.slider.after)

    @property
    def is_playing(self) -> bool:
        """Whether time goes by."""
        return self._timer.isActive()

    def set_axis(
        self, axis: Axis | None, counts: NDArray[np.int64], steps: Sequence[Step], span: Span | None
    ) -> None:
        """Offer a time with so many things in each step, and show a span; None takes the bar away.

        Parameters
        ----------
        steps : sequence of str
            Steps that can be chosen.
        span : Span or None
            The last step there is where none is given.
        """
        self._axis = axis
        if axis is None:
            self.pause()
            self.hide()
            return
        self._filling = True
        first, after = (axis.count - 1, axis.count) if span is None else axis.nearest(span)
        self.slider.set_steps(counts)
        self.slider.set_window(first, after)
        self.steps.clear()
        for step in steps:
            self.steps.addItem(tr(TITLES[step]), step)
        self.steps.setCurrentIndex(self.steps.findData(axis.step))
        self._filling = False
        self.retranslate()
        self.show()

    def say_count(self, text: str) -> None:
        """Say how much of what there is is shown."""
        self.count.setText(text)
        self.count.setVisible(bool(text))

    def set_compared(self, *, is_on: bool) -> None:
        """Show whether two times stand beside each other."""
        self._filling = True
        self.compare.setChecked(is_on)
        self._filling = False

    def set_busy(self, who: str, busy: bool) -> None:
        """Say whether a span asked for is still being drawn: playing waits for it."""
        if busy:
            self._busy.add(who)
        else:
            self._busy.discard(who)

    def toggle(self) -> None:
        """Play, from the beginning where the end is reached; or pause."""
        if self.is_playing:
            self.pause()
            return
        slider = self.slider
        if slider.after == slider.count:
            slider.move_by(-slider.count)
        self._timer.start()
        self._say_play()

    def pause(self) -> None:
        """Let the span stand."""
        self._timer.stop()
        self._say_play()

    def step_on(self) -> None:
        """Go on by a step."""
        self.slider.move_by(1)

    def step_back(self) -> None:
        """Go back by a step."""
        self.slider.move_by(-1)

    def close_panel(self) -> None:
        """Stop playing and listening."""
        self._timer.stop()
        LANGUAGE.changed.disconnect(self._on_language)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Keep the slider's keys from the window's actions; Space plays and pauses wherever it is hit."""
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
        self.before.setToolTip(tr("One step back") + " ([)")
        self.after.setText("›")
        self.after.setToolTip(tr("One step on") + " (])")
        self.compare.setText(tr("Compare"))
        self.compare.setToolTip(
            tr("Leave this time left of a line, and go on right of it") + " (Shift+Y)"
        )
        self.close_button.setText("×")
        self.close_button.setToolTip(tr("Show all times again"))
        self.steps.setToolTip(tr("Steps in which time goes by"))
        self.slider.setToolTip(
            tr("Drag the window or its edges; arrows move it, with Shift they make it longer.")
        )
        self.slider.setAccessibleName(tr("Time shown on the map"))
        self._filling = True
        for at in range(self.steps.count()):
            self.steps.setItemText(at, tr(TITLES[self.steps.itemData(at)]))
        self._filling = False
        axis = self._axis
        if axis is not None:
            first, last = axis.span(0, 1), axis.span(axis.count - 1, axis.count)
            ends = [(span_text(first), span_text(last))]
            if axis.step == "hour":
                ends.append((f"{first.start:%H:%M}", f"{last.end:%H:%M}"))
            self.slider.set_ends(*ends)
        self._say_play()
        self._say_span()

    def _say_play(self) -> None:
        self.play.setText(tr("Pause") if self.is_playing else tr("Play"))
        self.play.setToolTip(tr("Let time go by, or pause") + " (F8)")

    def _say_span(self) -> None:
        self.label.setText("" if self.span is None else span_text(self.span))

    def _on_tick(self) -> None:
        if self._busy:
            return
        if self.slider.after == self.slider.count:
            self.pause()
        else:
            self.step_on()

    def _on_moved(self, _first: int, _after: int) -> None:
        self._say_span()
        self.moved.emit(self.span)

    def _on_compare(self, wanted: bool) -> None:
        if not self._filling:
            self.compared.emit(wanted)

    def _on_step(self) -> None:
        if not self._filling:
            self.step_chosen.emit(self.steps.currentData())

    def _on_language(self, _code: str) -> None:
        self.retranslate()
