"""Going to coordinates or a grid: one field that says while one types how it is read."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from mapdesk.app.jobs import Progress, Runner
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services import whereabouts
from mapdesk.services.whereabouts import Whereabouts
from mapdesk.store.database import Store


class GoDialog(QDialog):
    """Asks for a place.

    Signals
    -------
    found(Whereabouts)
        Enter was pressed on a place that is known.
    """

    found = pyqtSignal(object)

    def __init__(self, store: Store, jobs: Runner, parent: QWidget) -> None:
        super().__init__(parent)
        self._store, self._jobs = store, jobs
        self._place: Whereabouts | None = None
        self._wanted = False
        self.setWindowTitle(tr("Go to coordinates…"))
        self.text = QLineEdit()
        self.text.setObjectName("place")
        self.text.setPlaceholderText("114.05, 22.54")
        self.text.setToolTip(
            tr(
                "Longitude, latitude; degrees and minutes; GCJ-02 or BD-09 before the numbers; metres; "
                "EPSG:N and two numbers; a grid's code"
            )
        )
        self.answer = QLabel()
        self.answer.setWordWrap(True)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.answer.setMinimumHeight(3 * self.fontMetrics().height())
        hint = QLabel(
            tr(
                "114.05, 22.54 · 22°32'24\"N 114°3'E · GCJ-02 114.06, 22.55 · BD-09 … · EPSG:4547 … · "
                "metres · a grid's code"
            )
        )
        hint.setWordWrap(True)
        hint.setEnabled(False)
        ok, close = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(ok | close)
        go, leave = self.buttons.button(ok), self.buttons.button(close)
        if go is not None and leave is not None:
            go.setText(tr("Fly there"))
            leave.setText(tr("Cancel"))
        box = QVBoxLayout(self)
        for widget in (self.text, hint, self.answer, self.buttons):
            box.addWidget(widget)
        self.setMinimumWidth(460)
        self.text.textChanged.connect(self._on_text)
        self.buttons.accepted.connect(self._on_wanted)
        self.buttons.rejected.connect(self.reject)

    def _on_text(self, text: str) -> None:
        self._place = None
        self._wanted = False
        if not text.strip():
            self._jobs.cancel("go")
            self.answer.clear()
            return

        def work(_progress: Progress) -> Whereabouts:
            return whereabouts.find_place(self._store, text)

        self._jobs.run("go", work, self._show, self._refuse)

    def _show(self, place: Whereabouts) -> None:
        self._place = place
        lines = [
            f"{tr(place.read_as)}  {place.title}".rstrip(),
            f"{place.lon:.6f}, {place.lat:.6f}",
        ]
        if place.swapped:
            lines.append(tr("Taken the other way round: only so it lies near this district."))
        self.answer.setText("\n".join(lines))
        if self._wanted:
            self._go()

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, WorldError):
            raise error
        self.answer.setText(tr_sentence(str(error)))

    def _on_wanted(self) -> None:
        """Go there, as soon as it is known where that is."""
        self._wanted = bool(self.text.text().strip())
        if self._place is not None:
            self._go()
        elif not self.text.text().strip():
            self.answer.setText(tr_sentence("Type coordinates or a grid's code."))

    def _go(self) -> None:
        if self._place is not None:
            place = self._place
            self.accept()
            self.found.emit(place)

    def done(self, result: int) -> None:
        """Close; an answer under way is dropped."""
        self._jobs.cancel("go")
        super().done(result)
