"""Adding a raster in the window: a file or the address of tiles, looked at before it is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QImage, QPixmap
from PyQt6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.jobs import Progress, Runner
from mapdesk.formats.rasters.raster import Pixels
from mapdesk.layers.rasters import LONGEST_ATTRIBUTION, RasterLayer
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services import imagery
from mapdesk.store.database import Store
from mapdesk.store.map_items import LONGEST_NAME

KEY = "add-raster"
_SIDE = 240


class AddRasterDialog(QDialog):
    """Asks for a source and how to read it, and shows what it looks like.

    Signals
    -------
    added()
        It is kept.
    """

    added = pyqtSignal()

    def __init__(self, store: Store, jobs: Runner, parent: QWidget) -> None:
        super().__init__(parent)
        self._store, self._jobs = store, jobs
        self.setWindowTitle(tr("Add imagery"))
        self.resize(640, 330)
        self.source = QLineEdit()
        self.source.setPlaceholderText("https://…/{z}/{x}/{y}.png")
        self.source.setToolTip(tr("a file, or an address with z, x and y in curly braces"))
        browse = QPushButton(tr("Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        chosen = QHBoxLayout()
        chosen.addWidget(self.source, 1)
        chosen.addWidget(browse)
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(tr("such as the place and date (its file's name)"))
        self.attribution = QLineEdit()
        self.attribution.setMaxLength(LONGEST_ATTRIBUTION)
        self.attribution.setPlaceholderText(tr("whose it is; stands on every map"))
        self.taken = QLineEdit()
        self.taken.setPlaceholderText(tr("when: 2024, 2024-05 or 2024-05-12 (optional)"))
        self.crs = QLineEdit()
        self.crs.setPlaceholderText(tr("EPSG:N or GCJ-02, where the file does not say (optional)"))
        self.bands = QLineEdit()
        self.bands.setPlaceholderText(tr("red, green, blue: 3,2,1 (optional)"))
        self.levels = QLineEdit()
        self.levels.setPlaceholderText(tr("levels a server has: 0-19 (optional)"))
        form = QFormLayout()
        form.addRow(tr("Source"), chosen)
        form.addRow(tr("Name"), self.name)
        form.addRow(tr("Attribution"), self.attribution)
        form.addRow(tr("Taken"), self.taken)
        form.addRow(tr("Coordinates"), self.crs)
        form.addRow(tr("Bands"), self.bands)
        form.addRow(tr("Levels"), self.levels)
        self.picture = QLabel(tr("Preview"))
        self.picture.setObjectName("FieldLabel")
        self.picture.setFixedSize(_SIDE, _SIDE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        upper = QHBoxLayout()
        upper.addLayout(form, 1)
        upper.addWidget(self.picture)
        self.problem = QLabel()
        self.problem.setObjectName("Refusal")
        self.problem.setWordWrap(True)
        self.look = QPushButton(tr("Preview"))
        self.look.clicked.connect(self._preview)
        self.keep = QPushButton(tr("Add"))
        self.keep.setObjectName("Primary")
        self.keep.clicked.connect(self._add)
        cancel = QPushButton(tr("Cancel"))
        cancel.clicked.connect(self.reject)
        lower = QHBoxLayout()
        lower.addStretch(1)
        for button in (cancel, self.look, self.keep):
            button.setAutoDefault(False)
            lower.addWidget(button)
        self.source.returnPressed.connect(self._preview)
        box = QVBoxLayout(self)
        box.addLayout(upper, 1)
        box.addWidget(self.problem)
        box.addLayout(lower)

    def _browse(self) -> None:
        kinds = "GeoTIFF, MBTiles, PMTiles (*.tif *.tiff *.mbtiles *.pmtiles *.jp2 *.jpg *.png)"
        found, _kind = QFileDialog.getOpenFileName(
            self, tr("Add imagery"), self.source.text(), f"{kinds};;{tr('All files')} (*)"
        )
        if found:
            self.source.setText(found)
            self._preview()

    def open_file(self, path: Path) -> None:
        """Fill in a file and show what it looks like."""
        self.source.setText(str(path))
        self._preview()

    def typed(self) -> RasterLayer:
        """Return what was typed.

        Raises
        ------
        InputError
            It is no raster.
        """
        layer = imagery.guessed(self.source.text(), self.name.text())
        values: dict[str, Any] = {
            "attribution": self.attribution.text().strip(),
            "taken": self.taken.text().strip(),
            "crs": self.crs.text().strip(),
            "bands": imagery.bands_of(self.bands.text()),
        }
        if self.levels.text().strip():
            values["coarsest"], values["finest"] = imagery.levels_of(self.levels.text())
        return replace(layer, **values)

    def _preview(self) -> None:
        layer = self._typed()
        if layer is None:
            return

        def work(_progress: Progress) -> tuple[Pixels, str]:
            return imagery.preview(self._store, layer)

        self._set_busy(True)
        self._jobs.run(KEY, work, self._show, self._failed)

    def _show(self, found: tuple[Pixels, str]) -> None:
        self._set_busy(False)
        pixels, attribution = found
        height, width = pixels.shape[:2]
        image = QImage(
            cast("bytes", pixels.data), width, height, 4 * width, QImage.Format.Format_RGBA8888
        )
        self.picture.setPixmap(
            QPixmap.fromImage(image).scaled(
                _SIDE,
                _SIDE,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
        if attribution and not self.attribution.text():
            self.attribution.setText(attribution[:LONGEST_ATTRIBUTION])

    def _add(self) -> None:
        layer = self._typed()
        if layer is None:
            return

        def work(_progress: Progress) -> RasterLayer:
            return imagery.add(self._store, layer)

        self._set_busy(True)
        self._jobs.run(KEY, work, self._kept, self._failed)

    def _kept(self, _layer: RasterLayer) -> None:
        self.added.emit()
        self.accept()

    def _typed(self) -> RasterLayer | None:
        self.problem.clear()
        try:
            return self.typed()
        except WorldError as error:
            self.problem.setText(tr_sentence(str(error)))
            return None

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        if not isinstance(error, WorldError):
            raise error
        self.problem.setText(tr_sentence(str(error)))

    def _set_busy(self, busy: bool) -> None:
        self.look.setEnabled(not busy)
        self.keep.setEnabled(not busy)
        if busy:
            self.problem.clear()
            self.picture.setText(tr("Preview"))

    def done(self, result: int) -> None:
        """Wait for no preview any more."""
        self._jobs.cancel(KEY)
        super().done(result)
