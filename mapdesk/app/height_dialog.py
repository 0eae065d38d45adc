"""The terrain of a district in the window: what is kept, and a form that brings in another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import button, maker_field, name_field, refusal, say, with_browse
from mapdesk.model.language import tr
from mapdesk.services.terrain import KINDS, TerrainRecord

_BETWEEN = "; "
"""What stands between several files."""


@dataclass(frozen=True)
class TypedTerrain:
    """Files of heights, and what is said of them."""

    paths: tuple[Path, ...]
    title: str
    attribution: str
    crs: str
    unit: str


class HeightDialog(QDialog):
    """Says what terrain there is; adds, removes and takes back by way of its signals.

    Signals
    -------
    add_wanted(TypedTerrain)
    remove_wanted()
    undo_wanted()
    redo_wanted()
    """

    add_wanted = pyqtSignal(object)
    remove_wanted = pyqtSignal()
    undo_wanted = pyqtSignal()
    redo_wanted = pyqtSignal()

    def __init__(self, *, may_edit: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._may_edit = may_edit
        self.setWindowTitle(tr("Terrain"))
        self.resize(560, 400)
        self.kept = QLabel()
        self.kept.setObjectName("Terrain")
        self.kept.setWordWrap(True)
        self.remove = button(tr("Remove"), self.remove_wanted)
        self.undo = button(tr("Undo"), self.undo_wanted)
        self.redo = button(tr("Redo"), self.redo_wanted)
        self.undo.setToolTip(tr("Take back what you did to the terrain last"))
        self.redo.setToolTip(tr("Do again what you took back"))
        self.problem = refusal()
        self.close_it = button(tr("Close"), self.accept)
        upper = QHBoxLayout()
        for one in (self.remove, self.undo, self.redo):
            upper.addWidget(one)
        upper.addStretch(1)
        lower = QHBoxLayout()
        lower.addStretch(1)
        lower.addWidget(self.close_it)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        box.addWidget(self.kept)
        box.addLayout(upper)
        box.addWidget(self._form())
        box.addWidget(self.problem)
        box.addStretch(1)
        box.addLayout(lower)
        self.file.setFocus()
        self.show_kept(None, None)

    def _form(self) -> QGroupBox:
        self.file = QLineEdit()
        self.file.setPlaceholderText(
            tr("GeoTIFF, ASCII grid, .img or .hgt, of one band; several lie beside each other")
        )
        self.browse = button(tr("Browse…"), self._on_browse)
        self.title = name_field(tr("what it is called (its file's name)"))
        self.attribution = maker_field()
        self.crs = QLineEdit()
        self.crs.setPlaceholderText(tr("EPSG:N, where the file does not say (optional)"))
        self.unit = QComboBox()
        units = (tr("as the file says"), ""), (tr("metres"), "m"), (tr("feet"), "ft")
        for text, unit in units:
            self.unit.addItem(text, unit)
        self.add = button(tr("Add"), self._on_add)
        self.add.setObjectName("Primary")
        self.file.textChanged.connect(self._enable)
        self.file.returnPressed.connect(self._on_add)
        last = QHBoxLayout()
        last.addWidget(self.unit)
        last.addStretch(1)
        last.addWidget(self.add)
        group = QGroupBox(tr("Heights from a file"))
        form = QFormLayout(group)
        form.addRow(tr("File"), with_browse(self.file, self.browse))
        form.addRow(tr("Name"), self.title)
        form.addRow(tr("Attribution"), self.attribution)
        form.addRow(tr("Coordinates"), self.crs)
        form.addRow(tr("Heights in"), last)
        return group

    # ------------------------------------------------------------------ what is shown

    def show_kept(self, record: TerrainRecord | None, at: datetime | None) -> None:
        """Say what is kept."""
        self._has_terrain = record is not None
        if record is None:
            self.kept.setText(
                tr(
                    "No terrain yet: the ground is level. Add an elevation model, and sights, sections and "
                    "coordinates go by its heights."
                )
            )
        else:
            lines = [record.title, *([record.attribution] if record.attribution else [])]
            lines.append(
                tr(
                    "{low} to {high} m above sea level",
                    low=f"{record.lowest:.1f}",
                    high=f"{record.highest:.1f}",
                )
            )
            lines.append(
                tr(
                    "{columns} × {rows}, every {step} m",
                    columns=record.columns,
                    rows=record.rows,
                    step=f"{record.step:.2f}",
                )
            )
            added = at.astimezone().strftime("%Y-%m-%d %H:%M") if at is not None else ""
            lines.append(f"{record.source}  ·  {added}")
            self.kept.setText("\n".join(lines))
        self._enable()

    def show_busy(self, text: str) -> None:
        """Show what is being done; empty where it is done."""
        self._busy = bool(text)
        if text:
            self.kept.setText(text)
        self.refuse("")
        self._enable()

    def refuse(self, sentence: str) -> None:
        """Say what went wrong; empty for nothing."""
        say(self.problem, sentence)

    def choose(self, path: Path) -> None:
        """Fill in a file."""
        self.file.setText(str(path))

    _busy = False
    _has_terrain = False

    def _enable(self) -> None:
        able = self._may_edit and not self._busy
        self.add.setEnabled(able and bool(self.file.text().strip()))
        self.remove.setEnabled(able and self._has_terrain)
        for one in (self.undo, self.redo, self.browse):
            one.setEnabled(able)

    def _on_browse(self) -> None:
        kinds = " ".join(f"*{ending}" for ending in KINDS)
        found, _kind = QFileDialog.getOpenFileNames(
            self,
            tr("Terrain"),
            self.file.text(),
            f"{tr('Heights')} ({kinds});;{tr('All files')} (*)",
        )
        if found:
            self.file.setText(_BETWEEN.join(found))

    def _on_add(self) -> None:
        named = [one.strip() for one in self.file.text().split(_BETWEEN.strip())]
        paths = tuple(Path(one).expanduser() for one in named if one)
        if paths and self.add.isEnabled():
            self.add_wanted.emit(
                TypedTerrain(
                    paths,
                    self.title.text(),
                    self.attribution.text(),
                    self.crs.text().strip(),
                    str(self.unit.currentData()),
                )
            )
