"""Bookmarks and tours in the window: kept, shown, renamed, played, recorded."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QInputDialog

from mapdesk.app.jobs import Progress, Work
from mapdesk.app.tour_dialog import TourDialog
from mapdesk.app.tour_player import TourPlayer
from mapdesk.app.tour_recorder import TourRecorder
from mapdesk.app.view_state import bookmark_of, dress, viewpoint_of
from mapdesk.app.window_parts import add_dock, ask_file
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.panels.bookmarks_panel import BY_KEY, BookmarksPanel
from mapdesk.services import bookmarks
from mapdesk.services.bookmarks import Bookmark, Stop, Tour
from mapdesk.store.map_items import ItemKind, MapItem

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

FPS = 25
"""Pictures a second of a film."""


class BookmarkDesk(QObject):
    """Owns the Bookmarks dock. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self.panel = BookmarksPanel()
        area = Qt.DockWidgetArea.LeftDockWidgetArea
        self.dock = add_dock(window, "Bookmarks", self.panel, area)
        window.tabifyDockWidget(window.docks["Layers"], self.dock)
        self.dock.hide()
        window.docks["Bookmarks"] = self.dock
        self.player = TourPlayer(window)
        self.recorder = TourRecorder(window)
        self.dock.visibilityChanged.connect(self._on_visible)
        panel = self.panel
        panel.keep_wanted.connect(self.keep)
        panel.chosen.connect(self.go_to)
        panel.rename_wanted.connect(self._ask_name)
        panel.delete_wanted.connect(self._delete)
        panel.tour_wanted.connect(self._make_tour)
        panel.edit_wanted.connect(self._edit_tour)
        panel.play_wanted.connect(self._play)
        panel.pause_wanted.connect(self.player.pause)
        panel.record_wanted.connect(self._ask_film)
        self.player.changed.connect(self._on_played)
        self.recorder.recorded.connect(self._on_recorded)
        self.recorder.failed.connect(self._on_not_recorded)
        for number in range(1, BY_KEY + 1):
            QShortcut(QKeySequence(f"Alt+{number}"), window, partial(self._go_to_nth, number - 1))
        window.leaving.connect(panel.close_panel)

    # ------------------------------------------------------------------ actions

    def keep(self) -> None:
        """Ask for a name and keep what the map shows under it."""
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Keep this view…"))
        dialog.setLabelText(tr("Name of the bookmark; one of this name is replaced:"))
        dialog.textValueSelected.connect(self._keep)
        dialog.open()

    def show(self) -> None:
        """Show bookmarks and tours."""
        self.dock.show()
        self.dock.raise_()

    def pause(self) -> None:
        """Pause the tour, or go on with it."""
        if self.player.tour is None:
            self._window.tell(tr("No tour is playing: choose one under Bookmarks."))
        else:
            self.player.pause()

    def stop(self) -> None:
        """End the tour that is played or recorded."""
        self.player.stop()
        self.recorder.stop()

    # ------------------------------------------------------------------ bookmarks

    def _keep(self, name: str) -> None:
        one = bookmark_of(self._window, name)
        self._change(lambda _progress: bookmarks.keep(self._window.store, one))

    def go_to(self, one: Bookmark) -> None:
        """Show a bookmark: fly there, with its layers and theme; not while the map is filmed."""
        if self._is_filmed():
            return
        self.player.stop()
        dress(self._window, one)
        self._window.map.fly(viewpoint_of(one))
        self._window.map.setFocus()

    def _go_to_nth(self, at: int) -> None:
        """Fly to a bookmark by its number; the list is read anew, for the dock may never have been open."""

        def show(answer: tuple[list[Bookmark], list[Tour]]) -> None:
            self.panel.show_all(*answer)
            if at < len(answer[0]):
                self.go_to(answer[0][at])
            else:
                self._window.tell(tr("There is no bookmark {number} yet.", number=at + 1))

        self._window.jobs.run("bookmarks", self._read, show)

    def _ask_name(self, kind: ItemKind, old: str) -> None:
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Rename…"))
        dialog.setLabelText(tr("Another name for '{name}':", name=old))
        dialog.setTextValue(old)
        dialog.textValueSelected.connect(partial(self._rename, kind, old))
        dialog.open()

    def _rename(self, kind: ItemKind, old: str, new: str) -> None:
        self._change(lambda _progress: bookmarks.rename(self._window.store, kind, old, new))

    def _delete(self, kind: ItemKind, name: str) -> None:
        window = self._window

        def work(_progress: Progress) -> MapItem | None:
            return bookmarks.forget(window.store, kind, name)

        def done(item: MapItem | None) -> None:
            self.refresh()
            window.parts.forgotten.offer(item)

        window.jobs.run_write("bookmark", work, done)

    def _change(self, work: Work) -> None:
        """Change what is kept, and list it anew."""

        def done(_nothing: None) -> None:
            self.refresh()

        self._window.jobs.run_write("bookmark", work, done)

    def refresh(self) -> None:
        """Read what is kept anew."""

        def show(answer: tuple[list[Bookmark], list[Tour]]) -> None:
            self.panel.show_all(*answer)

        self._window.jobs.run("bookmarks", self._read, show)

    def _read(self, _progress: Progress) -> tuple[list[Bookmark], list[Tour]]:
        return bookmarks.bookmarks(self._window.store), bookmarks.tours(self._window.store)

    def _on_visible(self, visible: bool) -> None:
        if visible:
            self.refresh()

    # ------------------------------------------------------------------ tours

    def _make_tour(self, views: list[Bookmark]) -> None:
        self._edit(Tour("", tuple(Stop(one) for one in views)))

    def _edit_tour(self, tour: Tour) -> None:
        self._edit(tour)

    def _edit(self, tour: Tour) -> None:
        dialog = TourDialog(tour, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.made.connect(self._keep_tour)
        dialog.open()

    def _play(self, tour: Tour) -> None:
        if not self._is_filmed():
            self.player.play(tour)

    def _is_filmed(self) -> bool:
        """Say whether the map is being recorded, and tell the user so: nothing else may move it."""
        if self.recorder.is_recording:
            self._window.tell(tr("A tour is being recorded; stop it in the status bar first."))
        return self.recorder.is_recording

    def _keep_tour(self, tour: Tour) -> None:
        self._change(lambda _progress: bookmarks.keep_tour(self._window.store, tour))

    def _on_played(self) -> None:
        tour = self.player.tour
        name = tour.name if tour is not None else ""
        self.panel.show_playing(name, paused=not self.player.is_playing)

    def _ask_film(self, tour: Tour) -> None:
        if self._is_filmed():
            return
        name = f"{tour.name}.mp4"
        file = ask_file(self._window, tr("Record tour…"), name, "MP4 (*.mp4)")
        if file is not None:
            self.record(tour, file)

    def record(self, tour: Tour, file: Path, fps: int = FPS) -> None:
        """Record a tour to a video, in the size of the map."""
        self.player.stop()
        try:
            self.recorder.record(tour, file, fps)
        except WorldError as error:
            self._window.tell(error)

    def _on_recorded(self, file: Path, count: int) -> None:
        self._window.tell(tr("Recorded {count} pictures in {file}", count=count, file=file))

    def _on_not_recorded(self, error: Exception) -> None:
        self._window.parts.outgoing.refused(error)
        if isinstance(error, WorldError):
            why = tr_sentence(str(error))
            self._window.tell(tr("Nothing is left of the film: {why}", why=why))
