"""Noticing that nobody is at the desk any more."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QCoreApplication, QEvent, QObject, QTimer, pyqtSignal

from mapdesk.model.steady import seconds_up

CHECKS = 5
"""Seconds between two looks at the clock."""

_INPUT = frozenset(
    (
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.HoverMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
        QEvent.Type.InputMethod,
    )
)


class IdleWatch(QObject):
    """Sees every key and every move of the mouse in this process.

    Signals
    -------
    expired()
        There was none for as long as `limit`. The one that comes too late is swallowed: it was meant
        for what was on the screen before.

    Parameters
    ----------
    limit : float
        Seconds.
    clock : callable
        Seconds that only go on.
    """

    expired = pyqtSignal()

    def __init__(
        self, limit: float, parent: QObject, clock: Callable[[], float] = seconds_up
    ) -> None:
        super().__init__(parent)
        self.limit = limit
        self._clock = clock
        self._last = clock()
        self._timer = QTimer(self)
        self._timer.setInterval(CHECKS * 1000)
        self._timer.timeout.connect(self.check)

    def begin(self) -> None:
        """Watch from now on."""
        self._last = self._clock()
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self._timer.start()

    def end(self) -> None:
        """Watch no more."""
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._timer.stop()

    def check(self) -> bool:
        """Say whether the time is over, and tell so."""
        if self._clock() - self._last < self.limit:
            return False
        self.end()
        self.expired.emit()
        return True

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Take note of what a person does."""
        if event is None or event.type() not in _INPUT:
            return False
        if self.check():
            return True
        self._last = self._clock()
        return False
