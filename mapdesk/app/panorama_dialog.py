"""Importing a folder of panoramas in the window, and taking an import back."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import button, with_browse
from mapdesk.app.jobs import Jobs, Progress
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services import panorama_imports
from mapdesk.services.import_report import report_text
from mapdesk.services.importing import ImportReport
from mapdesk.services.panorama_imports import PanoramaImport, UndoneImport
from mapdesk.store.database import Store

KEY = "panoramas"
UNDO = "panorama undo"
MOST_KEPT = 512_000_000
"""Bytes of pictures taken back that are kept in memory, to be brought back."""


class PanoramaDialog(QDialog):
    """Asks for a folder and brings its panoramas in; lists earlier imports, each to be taken back.

    Signals
    -------
    changed()
        Panoramas came or went.

    Parameters
    ----------
    undone : list of UndoneImport
        Imports taken back that can be brought back, the last one last; it is changed.
    """

    changed = pyqtSignal()

    def __init__(
        self, store: Store, jobs: Jobs, undone: list[UndoneImport], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._store, self._jobs, self._undone = store, jobs, undone
        self._is_sure = self._is_closed = False
        self.setWindowTitle(tr("Import panoramas"))
        self.resize(620, 480)
        note = QLabel(
            tr(
                "Equirectangular pictures with a position in their EXIF data. Let their makers "
                "blur faces and number plates first."
            )
        )
        note.setObjectName("FieldLabel")
        note.setWordWrap(True)
        self.folder = QLineEdit()
        chosen = with_browse(self.folder, button(tr("Browse…"), self._browse))
        self.crs = QComboBox()
        self.crs.addItem(tr("WGS 84, as cameras write them"), False)
        self.crs.addItem(tr("GCJ-02, shifted"), True)
        self.credit = QLineEdit()
        self.credit.setPlaceholderText(tr("who is named on the map (optional)"))
        self.earlier = QComboBox()
        self.undo = QPushButton(tr("Take back"))
        self.undo.setToolTip(tr("Delete the panoramas that this import brought"))
        self.undo.clicked.connect(self._on_undo)
        self.redo = QPushButton(tr("Bring back"))
        self.redo.setToolTip(tr("Bring back the import that was taken back last"))
        self.redo.clicked.connect(self._redo)
        self.earlier.currentIndexChanged.connect(self._calm)
        back = QHBoxLayout()
        back.addWidget(self.earlier, 1)
        back.addWidget(self.undo)
        back.addWidget(self.redo)
        form = QFormLayout()
        form.addRow(tr("Folder"), chosen)
        form.addRow(tr("Positions"), self.crs)
        form.addRow(tr("Made by"), self.credit)
        form.addRow(tr("Imported earlier"), back)
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        self.progress = QProgressBar()
        self.progress.hide()
        self.try_it = QPushButton(tr("Try without writing"))
        self.go = QPushButton(tr("Import"))
        self.go.setObjectName("Primary")
        close = QPushButton(tr("Close"))
        self.try_it.clicked.connect(partial(self._run, dry_run=True))
        self.go.clicked.connect(partial(self._run, dry_run=False))
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for one in (self.try_it, self.go, close):
            one.setAutoDefault(False)
            buttons.addWidget(one)
        box = QVBoxLayout(self)
        box.addWidget(note)
        box.addLayout(form)
        box.addWidget(self.report, 1)
        box.addWidget(self.progress)
        box.addLayout(buttons)
        jobs.progressed.connect(self._on_progress)
        self._set_busy(False)
        self._list()

    def _browse(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Import panoramas"), self.folder.text())
        if name:
            self.folder.setText(name)

    def _run(self, *, dry_run: bool) -> None:
        typed = self.folder.text().strip()
        if not typed:
            self.report.setPlainText(tr("Name the folder that the panoramas lie in."))
            return
        gcj02, credit = bool(self.crs.currentData()), self.credit.text().strip()

        def work(progress: Progress) -> ImportReport:
            return panorama_imports.import_folder(
                self._store,
                Path(typed).expanduser(),
                gcj02=gcj02,
                credit=credit,
                dry_run=dry_run,
                progress=progress,
            )

        def done(report: ImportReport) -> None:
            self._set_busy(False)
            self.report.setPlainText(report_text(report))
            if report.written and report.kept:
                self._list()
                self.changed.emit()

        self._set_busy(True)
        self._jobs.run(KEY, work, done, self._failed)

    def _calm(self) -> None:
        """Let the button ask anew before anything is deleted."""
        self._is_sure = False
        self.undo.setText(tr("Take back"))

    def _on_undo(self) -> None:
        """Delete an import at the second click: what it brought may lie nowhere else."""
        if self._is_sure:
            self._undo()
        else:
            self._is_sure = True
            self.undo.setText(tr("Really delete?"))

    def _undo(self) -> None:
        source = str(self.earlier.currentData())
        most = MOST_KEPT - sum(one.size for one in self._undone)

        def work(_progress: Progress) -> UndoneImport:
            return panorama_imports.undo_import(self._store, source, most)

        def done(undone: UndoneImport) -> None:
            one = undone.taken
            lines = [
                tr("Took back {title}: {count:,} panoramas.", title=one.title, count=one.count)
            ]
            if undone.pictures is None:
                lines.append(tr("They are too many to be brought back: import the folder again."))
            else:
                self._undone.append(undone)
            self._told("\n".join(lines))

        self._set_busy(True)
        self._jobs.run_write(UNDO, work, done, self._failed)

    def _redo(self) -> None:
        """Bring back what was taken back last."""
        undone = self._undone[-1]

        def work(_progress: Progress) -> PanoramaImport:
            return panorama_imports.redo_import(self._store, undone)

        def done(one: PanoramaImport) -> None:
            self._undone.remove(undone)
            count = one.count
            self._told(
                tr("Brought back {title}: {count:,} panoramas.", title=one.title, count=count)
            )

        self._set_busy(True)
        self._jobs.run_write(UNDO, work, done, self._failed)

    def _told(self, said: str) -> None:
        self.changed.emit()
        if self._is_closed:
            self.deleteLater()
            return
        self._set_busy(False)
        self.report.setPlainText(said)
        self._list()

    def _list(self) -> None:
        """Read which imports there are."""

        def show(found: list[PanoramaImport]) -> None:
            self._calm()
            self.earlier.clear()
            for one in found:
                self.earlier.addItem(
                    f"{one.title}  ({one.at:%Y-%m-%d %H:%M}, {one.count:,})", one.id
                )
            self.earlier.setEnabled(bool(found))
            self.undo.setEnabled(bool(found))

        store = self._store
        self._jobs.run("panorama imports", lambda _progress: panorama_imports.imports(store), show)

    def _set_busy(self, busy: bool) -> None:
        for one in (self.try_it, self.go, self.undo):
            one.setEnabled(not busy)
        self.redo.setEnabled(not busy and bool(self._undone))
        self.progress.setVisible(busy)

    def _on_progress(self, key: str, _text: str, part: float) -> None:
        if key == KEY:
            self.progress.setValue(round(part * 100))

    def _failed(self, error: Exception) -> None:
        if self._is_closed or not isinstance(error, WorldError):
            self._jobs.failed.emit(error)
        if self._is_closed:
            self.deleteLater()
            return
        self._set_busy(False)
        self.report.setPlainText(tr_sentence(str(error)))

    def done(self, result: int) -> None:
        """Stop what is under way but for what is taken or brought back: that stays, with its way back."""
        self._is_closed = True
        self._jobs.cancel(KEY)
        self._jobs.cancel("panorama imports")
        if self._jobs.is_writing(UNDO):  # it goes once that has answered
            self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        super().done(result)
