"""Composing a sheet: what stands on it, at which scale, and printing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QSettings, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import refusal, say
from mapdesk.app.jobs import Jobs, Progress
from mapdesk.app.sheet_form import TITLES, form_in, form_text, paper_size, scale_in
from mapdesk.app.sheet_preview import SheetPreview
from mapdesk.app.sheet_printing import SheetMaker, SheetPrinting, SheetWish, fitted
from mapdesk.app.window_parts import ask_file
from mapdesk.formats.map_sheet import scale_text
from mapdesk.formats.sheet_layout import (
    ELEMENTS,
    OFFERED,
    SheetForm,
    arranged,
    checked_scale,
    scale_for,
)
from mapdesk.model.access import Access
from mapdesk.model.errors import ApprovalDueError, InputError, WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.legend import LegendEntry
from mapdesk.model.selection import Ref
from mapdesk.scene3d.map_view import MapView
from mapdesk.services import outgoing, printing
from mapdesk.store.database import Store

REMEMBERED = "print/form"

Bounds = tuple[float, float, float, float]


class PrintDialog(QDialog):
    """Composes one sheet of what a map shows. GUI thread only.

    Signals
    -------
    printed(Path)
        A sheet is written.
    due(ApprovalDueError, Access)
        A second person has to let it out, who can be asked.

    Parameters
    ----------
    view : MapView
        What it shows is printed; it can be worked again once the dialog is closed.
    jobs : Jobs
    having : callable
        Returns the user's access with a purpose.
    focus : Ref or None
        What the map's marks point at.
    bounds : tuple of float
        The whole district, metres.
    memory : QSettings
        Where the layout is remembered.
    """

    printed = pyqtSignal(object)
    due = pyqtSignal(object, object)

    def __init__(
        self,
        view: MapView,
        store: Store,
        jobs: Jobs,
        access: Access,
        having: Callable[[str], Access],
        focus: Ref | None,
        bounds: Bounds,
        memory: QSettings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Print map…"))
        self._view, self._store, self._jobs = view, store, jobs
        self._having, self._focus, self._bounds, self._memory = having, focus, bounds, memory
        self._maker = SheetMaker(view, store)
        self._looked = self._at = view.viewpoint
        self._legend: tuple[LegendEntry, ...] = ()
        self._printing: SheetPrinting | None = None
        mark = replace(
            outgoing.watermark(store, access), people=printing.pointing_at(focus) is not None
        )
        self.preview = SheetPreview(view, self._maker, mark, jobs)
        self._build(access)
        self._restore()
        self._connect()
        self.fit_or_follow()
        self.resize(1060, 680)

    # ------------------------------------------------------------------ building

    def _build(self, access: Access) -> None:
        self.title = QLineEdit(self._store.district.name)
        self.purpose = QLineEdit(access.purpose)
        self.purpose.setPlaceholderText(tr("What it is printed for; it stands on the sheet"))
        self.paper, self.upright, self.kind, self.scale = (QComboBox() for _each in range(4))
        for size in ("A4", "A3"):
            self.paper.addItem(size, size)
        self.upright.addItem(tr("Landscape"), False)
        self.upright.addItem(tr("Portrait"), True)
        self.kind.addItem(tr("Plan, to scale"), False)
        self.kind.addItem(tr("As seen on the map, not to scale"), True)
        self.scale.setEditable(True)
        for offered in OFFERED:
            self.scale.addItem(scale_text(offered), offered)
        self.elements = {name: QCheckBox(tr(TITLES[name])) for name in ELEMENTS}
        self.marks = QCheckBox(tr("Selection and marks"))
        self.marks.setToolTip(tr("What is selected, drawn and pointed out on the map"))
        ticks = QGridLayout()
        *narrow, wide = self.elements.values()
        for place, box in enumerate(narrow):
            ticks.addWidget(box, place // 2, place % 2)
        for place, box in enumerate((wide, self.marks), start=len(narrow) // 2 + 1):
            ticks.addWidget(box, place, 0, 1, 2)
        self.whole = QPushButton(tr("Whole district"))
        self.here = QPushButton(tr("View of the map"))
        places = QHBoxLayout()
        places.addWidget(self.whole)
        places.addWidget(self.here)
        form = QFormLayout()
        form.setSpacing(9)
        form.addRow(tr("Title"), self.title)
        form.addRow(tr("Purpose"), self.purpose)
        form.addRow(tr("Paper"), self.paper)
        form.addRow(tr("Orientation"), self.upright)
        form.addRow(tr("View"), self.kind)
        form.addRow(tr("Scale"), self.scale)
        form.addRow(tr("Show"), places)
        form.addRow(ticks)
        self.problem = refusal()
        self.said = QLabel()
        self.said.setObjectName("Muted")
        self.said.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.hide()
        self.print_button = QPushButton(tr("Print to a file…"))
        self.print_button.setObjectName("Primary")
        self.print_button.setDefault(True)
        self.close_button = QPushButton(tr("Close"))
        self.stop_button = QPushButton(tr("Stop"))
        self.stop_button.hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self.print_button, 1)
        buttons.addWidget(self.stop_button)
        buttons.addWidget(self.close_button)
        side = QVBoxLayout()
        side.addLayout(form)
        side.addStretch(1)
        for widget in (self.said, self.problem, self.bar):
            side.addWidget(widget)
        side.addLayout(buttons)
        column = QWidget()
        column.setLayout(side)
        column.setFixedWidth(350)
        across = QHBoxLayout(self)
        across.addWidget(self.preview, 1)
        across.addWidget(column)

    def _connect(self) -> None:
        self.title.textChanged.connect(self._show)
        self.purpose.textChanged.connect(self._show)
        for choice in (self.paper, self.upright):
            choice.currentIndexChanged.connect(self._on_form)
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.scale.currentTextChanged.connect(self._on_form)
        for box in (*self.elements.values(), self.marks):
            box.toggled.connect(self._on_form)
        self.whole.clicked.connect(self.show_whole)
        self.here.clicked.connect(self.fit_or_follow)
        self.print_button.clicked.connect(self.ask_file)
        self.stop_button.clicked.connect(self.stop)
        self.close_button.clicked.connect(self.reject)
        self.preview.moved.connect(self._on_moved)
        self.preview.scaled.connect(self._on_scaled)
        self.preview.failed.connect(self._not_shown)
        self.finished.connect(self._on_finished)

    # ------------------------------------------------------------------ what is on the sheet

    @property
    def form(self) -> SheetForm:
        """The form chosen."""
        wanted = frozenset(name for name, box in self.elements.items() if box.isChecked())
        return SheetForm(
            paper_size(self.paper.currentData()), not self.upright.currentData(), wanted
        )

    @property
    def wish(self) -> SheetWish:
        """The sheet as it is set.

        Raises
        ------
        InputError
            The scale is no number, or out of range.
        """
        oblique = bool(self.kind.currentData())
        scale = None if oblique else checked_scale(scale_in(self.scale.currentText()))
        at = self._at if oblique else replace(self._at, pitch=90.0)
        return SheetWish(self.form, self.title.text().strip(), at, scale, self.marks.isChecked())

    def show_whole(self) -> None:
        """Bring the whole district onto the sheet, north up, at the largest usual scale."""
        west, south, east, north = self._bounds
        self._at = replace(self._at, x=(west + east) / 2, y=(south + north) / 2, bearing=0.0)
        self._set_scale((east - west, north - south))

    def fit_or_follow(self) -> None:
        """Bring onto the sheet what the map shows."""
        self._at = self._looked
        shown = self._view.projection
        by = shown.metres_per_pixel
        self._set_scale((shown.width * by, shown.height * by))

    def _set_scale(self, metres: tuple[float, float]) -> None:
        box = arranged(self.form, 0)["map"]
        self.scale.setCurrentText(scale_text(scale_for(metres, box)))
        self._on_form()

    def _on_moved(self, dx: float, dy: float) -> None:
        self._at = replace(self._at, x=self._at.x + dx, y=self._at.y + dy)
        self._on_form()

    def _on_scaled(self, step: int) -> None:
        if self.kind.currentData():
            self._at = replace(self._at, distance=self._at.distance * 0.8**step).limited()
            self._on_form()
            return
        try:
            now = scale_in(self.scale.currentText())
        except InputError:
            return
        finer = [one for one in OFFERED if one < now]
        coarser = [one for one in OFFERED if one > now]
        if step > 0 and finer:
            self.scale.setCurrentText(scale_text(finer[-1]))
        elif step < 0 and coarser:
            self.scale.setCurrentText(scale_text(coarser[0]))

    def _on_kind(self) -> None:
        self.scale.setEnabled(not self.kind.currentData())
        self._on_form()

    def _on_form(self) -> None:
        """Show the sheet, and read its legend anew behind it."""
        self._show()
        try:
            wish = fitted(self.wish, self._having(self.purpose.text()))
        except InputError:
            return
        if "legend" not in wish.form.elements:
            return

        def work(_progress: Progress) -> tuple[LegendEntry, ...]:
            return self._maker.legend(wish)

        self._jobs.run("legend", work, self._on_legend)

    def _on_legend(self, legend: tuple[LegendEntry, ...]) -> None:
        if legend != self._legend:
            self._legend = legend
            self._show()

    def _show(self) -> None:
        try:
            wish = self.wish
        except InputError as error:
            self._say(error)
            return
        self.problem.hide()
        legend = self._legend if "legend" in wish.form.elements else ()
        self.preview.show_sheet(wish, legend, self._having(self.purpose.text()))

    def _not_shown(self, error: Exception) -> None:
        if not isinstance(error, WorldError):
            raise error
        self._say(error)

    def _say(self, error: Exception | str) -> None:
        say(self.problem, tr_sentence(str(error)))

    # ------------------------------------------------------------------ printing

    def ask_file(self) -> None:
        """Ask where to, and print."""
        name = self.title.text().strip().replace("/", "-") or tr("map")
        kinds = "PDF (*.pdf);;PNG (*.png)"
        path = ask_file(self, tr("Print to a file…"), f"{name}.pdf", kinds)
        if path is not None:
            self.print_to(path)

    def print_to(self, path: Path) -> None:
        """Print to a file."""
        try:
            wish = self.wish
        except InputError as error:
            self._say(error)
            return
        self.preview.stop()
        self._keep()
        access = self._having(self.purpose.text())
        self._printing = SheetPrinting(
            self._view, self._store, access, self._jobs, self._on_printed, self._on_failed
        )
        self._printing.progressed.connect(self._on_progress)
        self._set_busy(True)
        self._printing.begin(wish, path, self._focus)

    def stop(self) -> None:
        """Print no more."""
        if self._printing is not None:
            self._printing.stop()
        self._set_busy(False)
        self.said.setText(tr("Stopped; nothing was written."))

    def _on_progress(self, part: float) -> None:
        self.bar.setValue(round(part * 100))

    def _on_printed(self, path: Path) -> None:
        self._set_busy(False)
        self.said.setText(tr("Printed in {file}", file=path))
        self.printed.emit(path)

    def _on_failed(self, error: Exception) -> None:
        self._set_busy(False)
        self._not_shown(error)
        if isinstance(error, ApprovalDueError):
            self.due.emit(error, self._having(self.purpose.text()))

    def _set_busy(self, busy: bool) -> None:
        if not busy:
            self._printing = None
        self.bar.setValue(0)
        for widget in (self.bar, self.stop_button):
            widget.setVisible(busy)
        self.print_button.setEnabled(not busy)
        self.problem.hide()
        self.said.clear()
        if not busy:
            self._show()  # printing took the place of the preview's drawing

    def _on_finished(self) -> None:
        if self._printing is not None:
            self._printing.stop()
        self._jobs.cancel("legend")
        self.preview.stop()
        self._keep()
        self.deleteLater()

    # ------------------------------------------------------------------ what is remembered

    def _keep(self) -> None:
        self._memory.setValue(REMEMBERED, form_text(self.form))

    def _restore(self) -> None:
        form = form_in(str(self._memory.value(REMEMBERED, "")))
        self.paper.setCurrentText(form.size)
        self.upright.setCurrentIndex(0 if form.landscape else 1)
        for name, box in self.elements.items():
            box.setChecked(name in form.elements)
