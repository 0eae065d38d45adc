"""Importing a file in the window: choose, try without writing, read the report, then import."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
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
from mapdesk.model.nouns import NOUNS
from mapdesk.services import importing
from mapdesk.services.import_report import report_text
from mapdesk.services.importing import IMPORT_KINDS, ImportReport
from mapdesk.store.database import Store


class ImportDialog(QDialog):
    """Asks what a file holds and brings it in.

    Signals
    -------
    imported()
        Something was written.
    """

    imported = pyqtSignal()

    def __init__(self, store: Store, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self._jobs = jobs
        self.setWindowTitle(tr("Import"))
        self.resize(620, 520)
        self.file = QLineEdit()
        chosen = with_browse(self.file, button(tr("Browse…"), self._browse))
        self.kind = QComboBox()
        for kind, noun in IMPORT_KINDS.items():
            title = tr(NOUNS[noun].title) if noun in NOUNS else "OpenStreetMap"
            self.kind.addItem(title, kind)
        self.key = QLineEdit()
        self.key.setPlaceholderText(tr("column that identifies a row (optional)"))
        self.crs = QLineEdit()
        self.crs.setPlaceholderText(tr("EPSG:N or GCJ-02, where the file does not say (optional)"))
        self.fields = QLineEdit()
        self.fields.setPlaceholderText(tr("target=source, height=HOEHE … (optional)"))
        form = QFormLayout()
        form.addRow(tr("File"), chosen)
        form.addRow(tr("Holds"), self.kind)
        form.addRow(tr("Key"), self.key)
        form.addRow(tr("Coordinates"), self.crs)
        form.addRow(tr("Fields"), self.fields)
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        self.report.setPlainText(
            tr("OpenStreetMap, GeoPackage, GeoJSON, Shapefile, GeoParquet, CityJSON, CSV and XLSX.")
        )
        self.progress = QProgressBar()
        self.progress.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.try_it = QPushButton(tr("Try without writing"))
        self.go = QPushButton(tr("Import"))
        self.buttons.addButton(self.try_it, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        self.try_it.clicked.connect(partial(self._run, dry_run=True))
        self.go.clicked.connect(partial(self._run, dry_run=False))
        self.buttons.rejected.connect(self._close)
        box = QVBoxLayout(self)
        box.addLayout(form)
        box.addWidget(self.report, 1)
        box.addWidget(self.progress)
        box.addWidget(self.buttons)
        jobs.progressed.connect(self._on_progress)
        jobs.ended.connect(self._on_ended)

    def _browse(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(self, tr("Import"), self.file.text())
        if name:
            self.file.setText(name)
            if name.endswith((".pbf", ".osm")):
                self.kind.setCurrentIndex(self.kind.findData("osm"))

    def _run(self, *, dry_run: bool) -> None:
        pairs = [pair for pair in self.fields.text().replace(",", " ").split() if pair]
        if any("=" not in pair for pair in pairs):
            self.report.setPlainText(tr("Write fields as target=source, such as height=HOEHE."))
            return
        fields = dict(pair.split("=", 1) for pair in pairs)
        path, kind = Path(self.file.text().strip()), str(self.kind.currentData())
        key, crs = self.key.text().strip() or None, self.crs.text().strip() or None

        def work(progress: Progress) -> ImportReport:
            return importing.import_file(
                self._store,
                path,
                kind,
                fields=fields,
                key=key,
                assume_crs=crs,
                dry_run=dry_run,
                progress=progress,
            )

        self._set_busy(True)
        self._jobs.run("import", work, self._done, self._failed)

    def _set_busy(self, busy: bool) -> None:
        self.try_it.setEnabled(not busy)
        self.go.setEnabled(not busy)
        self.progress.setVisible(busy)

    def _on_progress(self, key: str, _text: str, part: float) -> None:
        if key == "import":
            self.progress.setValue(round(part * 100))

    def _on_ended(self, key: str) -> None:
        """Say so where the import was stopped from the status bar."""
        if key == "import" and self.progress.isVisible():
            self._set_busy(False)
            self.report.setPlainText(tr("Stopped; nothing was changed."))

    def _done(self, report: ImportReport) -> None:
        self._set_busy(False)
        self.report.setPlainText(report_text(report))
        if report.written:
            self.imported.emit()

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        if not isinstance(error, WorldError):
            self._jobs.failed.emit(error)
        self.report.setPlainText(tr_sentence(str(error)))

    def _close(self) -> None:
        self._jobs.cancel("import")
        self.reject()
