"""The ground's heights in the window: added, removed, taken back, and at hand for what asks for them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QMessageBox

from mapdesk.analysis.terrain import Terrain
from mapdesk.app.add_raster_dialog import AddRasterDialog
from mapdesk.app.height_dialog import HeightDialog, TypedTerrain
from mapdesk.app.jobs import Progress
from mapdesk.app.steps import Step, Steps
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.rights import Right
from mapdesk.services import terrain
from mapdesk.services.terrain import RemovedTerrain, TerrainRecord

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

WRITE = "write heights"
"""What its writes are called among the jobs."""
PICTURES = (".mbtiles", ".pmtiles", ".jp2", ".jpg", ".jpeg", ".png")
"""Endings of files that are pictures of the ground alone."""
Kept = tuple[tuple[TerrainRecord, datetime] | None, Terrain | None]


class HeightDesk(QObject):
    """The district's terrain, whether the map shows it or not. GUI thread only.

    Signals
    -------
    changed()
        There is another terrain than before, or none any more.

    Attributes
    ----------
    terrain : Terrain or None
        What there is; None until it is read.
    """

    changed = pyqtSignal()

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self.terrain: Terrain | None = None
        self.dialog: HeightDialog | None = None
        self.question: QMessageBox | None = None
        self._kept: tuple[TerrainRecord, datetime] | None = None
        self._steps = Steps(window.jobs, WRITE, self._on_changed, self._refuse, _nothing)
        window.jobs.ended.connect(self._on_job_ended)
        window.map.setAcceptDrops(True)
        window.map.installEventFilter(self)
        window.leaving.connect(self._on_leaving)

    # ------------------------------------------------------------------ commands

    def show(self) -> None:
        """Say what terrain there is, and offer to add, remove and take back."""
        if self.dialog is None:
            may_edit = self._window.store.identity.may(Right.EDIT_PLACES)
            dialog = HeightDialog(may_edit=may_edit, parent=self._window)
            dialog.add_wanted.connect(self._add)
            dialog.remove_wanted.connect(self._remove)
            dialog.undo_wanted.connect(self.undo)
            dialog.redo_wanted.connect(self.redo)
            dialog.finished.connect(self._on_closed)
            self.dialog = dialog
        self._read()
        self.dialog.show()
        self.dialog.raise_()

    def undo(self) -> None:
        """Take back what was done to the terrain last."""
        self._steps.undo()

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._steps.redo()

    def open_file(self, path: Path) -> None:
        """Ask whether a file that may be one of heights is; one that is not is a picture of the ground."""

        def work(_progress: Progress) -> bool:
            return terrain.may_be_heights(path)

        def ask(may_be: bool) -> None:
            if may_be:
                self._ask(path)
            else:
                self._as_picture(path)

        self._window.jobs.run("dropped", work, ask)

    # ------------------------------------------------------------------ adding and removing

    def _add(self, typed: TypedTerrain) -> None:
        store = self._window.store

        def add() -> Step:
            before = terrain.kept(store)
            terrain.add(
                store,
                *typed.paths,
                title=typed.title,
                attribution=typed.attribution,
                crs=typed.crs,
                unit=typed.unit,
            )
            return _putting(self._window, before)

        self._do(add, tr("Reading {file}", file=typed.paths[0].name))

    def _remove(self) -> None:
        self._do(_putting(self._window, None), tr("Removing the terrain"))

    def _do(self, step: Step, said: str) -> None:
        if self.dialog is not None:
            self.dialog.show_busy(said)
        self._steps.do(step, self._fail)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, WorldError):
            raise error
        self._show_kept()
        self._refuse(tr_sentence(str(error)))

    def _refuse(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.refuse(sentence)
        else:
            self._window.tell(sentence)

    def _on_changed(self) -> None:
        self._read()
        # Landmarks are read with the names of all who are to be named on the map.
        self._window.refresh_points(["landmark"])

    # ------------------------------------------------------------------ what there is

    def _on_job_ended(self, key: str) -> None:
        # Loading goes in steps: what comes after this one reads it too.
        if key == "load" and not self._window.jobs.is_under_way(key):
            self._read()

    def _read(self) -> None:
        store = self._window.store

        def work(_progress: Progress) -> Kept:
            kept = terrain.describe(store)
            return kept, None if kept is None else terrain.terrain_of(store)

        def fail(error: Exception) -> None:
            self.terrain = None
            self._fail(error)

        self._window.jobs.run("heights", work, self._take, fail)

    def _take(self, found: Kept) -> None:
        before, (self._kept, self.terrain) = self.terrain, found
        self._show_kept()
        if (before and before.key) != (self.terrain and self.terrain.key):
            self.changed.emit()

    def _show_kept(self) -> None:
        if self.dialog is not None:
            self.dialog.show_busy("")
            self.dialog.show_kept(*(self._kept or (None, None)))

    def _on_closed(self, _result: int) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _on_leaving(self) -> None:
        for dialog in (self.dialog, self.question):
            if dialog is not None:
                dialog.close()

    # ------------------------------------------------------------------ files dropped on the map

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Take one file of the ground that is dropped on the map."""
        if isinstance(event, QDropEvent):  # entering, moving and dropping
            path = _dropped(event)
            if path is not None and self._window.store.identity.may(Right.EDIT_PLACES):
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop:
                    self.open_file(path)
                return True
        return super().eventFilter(watched, event)

    def _ask(self, path: Path) -> None:
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(tr("Terrain"))
        box.setText(tr("Does {file} hold the heights of the ground?", file=path.name))
        box.setInformativeText(tr("It has one band. As a picture it would be drawn in grey."))
        heights = box.addButton(tr("Heights"), QMessageBox.ButtonRole.AcceptRole)
        picture = box.addButton(tr("Picture"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)

        def answer(_result: int) -> None:
            chosen = box.clickedButton()
            self.question = None
            if chosen is heights:
                self.show()
                if self.dialog is not None:
                    self.dialog.choose(path)
            elif chosen is picture:
                self._as_picture(path)

        box.finished.connect(answer)
        self.question = box
        box.open()

    def _as_picture(self, path: Path) -> None:
        window = self._window
        dialog = AddRasterDialog(window.store, window.jobs, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.added.connect(window.parts.base.show_rasters)
        dialog.open_file(path)
        dialog.open()


def _nothing() -> str:
    return tr("Nothing was done to the terrain that could be undone.")


def _putting(window: DeskWindow, wanted: RemovedTerrain | None) -> Step:
    """Return a step that has the district keep this terrain, or none."""

    def step() -> Step:
        before = terrain.kept(window.store)
        if wanted is not None:
            terrain.restore(window.store, wanted)
        elif before is not None:
            terrain.remove(window.store)
        return _putting(window, before)

    return step


def _dropped(event: QDropEvent) -> Path | None:
    """Return the one file of the ground that is dropped, or None."""
    data = event.mimeData()
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()] if data else []
    if len(files) != 1:
        return None
    path = Path(files[0])
    return path if path.suffix.lower() in (*terrain.KINDS, *PICTURES) else None
