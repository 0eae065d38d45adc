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
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import button, maker_field, name_field, refusal, say, with_browse
from mapdesk.app.jobs import Progress, Runner
from mapdesk.formats.rasters.raster import Pixels
from mapdesk.layers.rasters import LONGEST_ATTRIBUTION, RasterLayer
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services import imagery
from mapdesk.store.database import Store

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
        self.name = name_field(tr("such as the place and date (its file's name)"))
        self.attribution = maker_field()
        self.taken = QLineEdit()
        self.taken.setPlaceholderText(tr("when: 2024, 2024-05 or 2024-05-12 (optional)"))
        self.crs = QLineEdit()
        self.crs.setPlaceholderText(tr("EPSG:N or GCJ-02, where the file does not say (optional)"))
        self.bands = QLineEdit()
        self.bands.setPlaceholderText(tr("red, green, blue: 3,2,1 (optional)"))
        self.levels = QLineEdit()
        self.levels.setPlaceholderText(tr("levels a server has: 0-19 (optional)"))
        form = QFormLayout()
        browse = button(tr("Browse…"), self._browse)
        form.addRow(tr("Source"), with_browse(self.source, browse))
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
        self.problem = refusal()
        self.look = button(tr("Preview"), self._preview)
        self.keep = button(tr("Add"), self._add)
        self.keep.setObjectName("Primary")
        lower = QHBoxLayout()
        lower.addStretch(1)
        for one in (button(tr("Cancel"), self.reject), self.look, self.keep):
            lower.addWidget(one)
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
        say(self.problem, "")
        try:
            return self.typed()
        except WorldError as error:
            say(self.problem, tr_sentence(str(error)))
            return None

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        if not isinstance(error, WorldError):
            raise error
        say(self.problem, tr_sentence(str(error)))

    def _set_busy(self, busy: bool) -> None:
        self.look.setEnabled(not busy)
        self.keep.setEnabled(not busy)
        if busy:
            say(self.problem, "")
            self.picture.setText(tr("Preview"))

    def done(self, result: int) -> None:
        """Wait for no preview any more."""
        self._jobs.cancel(KEY)
        super().done(result)
