"""Views kept under a name, and tours through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.language import LANGUAGE, tr
from mapdesk.services.bookmarks import Bookmark, Tour

BY_KEY = 9
"""Bookmarks that a key of their own flies to."""


class BookmarksPanel(QWidget):
    """Lists bookmarks and tours, each with what can be done with it.

    Signals
    -------
    keep_wanted()
        Keep what the map shows.
    chosen(Bookmark)
        Fly there.
    rename_wanted(str, str), delete_wanted(str, str)
        Of kind "bookmark" or "tour", by name.
    tour_wanted(list)
        Make a tour of these bookmarks.
    play_wanted(Tour), pause_wanted(), record_wanted(Tour), edit_wanted(Tour)
    """

    keep_wanted = pyqtSignal()
    chosen = pyqtSignal(object)
    rename_wanted = pyqtSignal(str, str)
    delete_wanted = pyqtSignal(str, str)
    tour_wanted = pyqtSignal(list)
    play_wanted = pyqtSignal(object)
    pause_wanted = pyqtSignal()
    record_wanted = pyqtSignal(object)
    edit_wanted = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bookmarks: list[Bookmark] = []
        self.tours: list[Tour] = []
        self._playing = ""
        self.views, self.trips = QListWidget(), QListWidget()
        self.views.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._titles = QLabel(), QLabel()
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.keep, self.fly, self.make = QPushButton(), QPushButton(), QPushButton()
        self.rename, self.delete = QPushButton(), QPushButton()
        self.play, self.pause, self.record = QPushButton(), QPushButton(), QPushButton()
        self.edit, self.rename_tour, self.delete_tour = QPushButton(), QPushButton(), QPushButton()
        box = QVBoxLayout(self)
        box.addWidget(self._titles[0])
        box.addWidget(self.hint)
        box.addWidget(self.views, 3)
        box.addLayout(_row(self.keep, self.fly, self.make))
        box.addLayout(_row(self.rename, self.delete))
        box.addWidget(self._titles[1])
        box.addWidget(self.trips, 2)
        box.addLayout(_row(self.play, self.pause, self.record))
        box.addLayout(_row(self.edit, self.rename_tour, self.delete_tour))
        self.keep.clicked.connect(self.keep_wanted)
        self.fly.clicked.connect(self._on_fly)
        self.views.itemActivated.connect(self._on_fly)
        self.make.clicked.connect(self._on_make)
        self.rename.clicked.connect(self._on_rename)
        self.delete.clicked.connect(self._on_delete)
        self.play.clicked.connect(self._on_play)
        self.trips.itemActivated.connect(self._on_play)
        self.pause.clicked.connect(self.pause_wanted)
        self.record.clicked.connect(self._on_record)
        self.edit.clicked.connect(self._on_edit)
        self.rename_tour.clicked.connect(self._on_rename_tour)
        self.delete_tour.clicked.connect(self._on_delete_tour)
        self.views.itemSelectionChanged.connect(self._enable)
        self.trips.itemSelectionChanged.connect(self._enable)
        for listed, key, do in (
            (self.views, Qt.Key.Key_F2, self._on_rename),
            (self.views, Qt.Key.Key_Delete, self._on_delete),
            (self.trips, Qt.Key.Key_F2, self._on_rename_tour),
            (self.trips, Qt.Key.Key_Delete, self._on_delete_tour),
        ):
            here = Qt.ShortcutContext.WidgetShortcut
            QShortcut(QKeySequence(key), listed, do, context=here)
        LANGUAGE.changed.connect(self._on_language)
        self._retranslate()

    def close_panel(self) -> None:
        """Stop listening to the language."""
        LANGUAGE.changed.disconnect(self._on_language)

    def show_all(self, bookmarks: Sequence[Bookmark], tours: Sequence[Tour]) -> None:
        """List these; what was chosen stays so."""
        view, trip = self._view(), self._trip()
        self.bookmarks, self.tours = list(bookmarks), list(tours)
        self.views.clear()
        self.trips.clear()
        for at, one in enumerate(self.bookmarks, start=1):
            item = QListWidgetItem(one.name + (f"    Alt+{at}" if at <= BY_KEY else ""))
            self.views.addItem(item)
            item.setSelected(view is not None and one.name == view.name)
        for tour in self.tours:
            text = tr("{count} views, {seconds} s", count=len(tour.stops), seconds=_said(tour))
            item = QListWidgetItem(f"{tour.name}    {text}")
            item.setToolTip(" → ".join(stop.view.name for stop in tour.stops))
            self.trips.addItem(item)
            item.setSelected(trip is not None and tour.name == trip.name)
        self._enable()

    def show_playing(self, name: str, *, paused: bool) -> None:
        """Say which tour is under way; empty for none."""
        self._playing = name
        self.pause.setText(tr("Go on") if paused and name else tr("Pause"))
        self._enable()

    def choose_tour(self, name: str) -> None:
        """Choose a tour of the list."""
        for at, one in enumerate(self.tours):
            if one.name == name:
                self.trips.setCurrentRow(at)

    # ------------------------------------------------------------------ what is chosen

    def _view(self) -> Bookmark | None:
        rows = [index.row() for index in self.views.selectedIndexes()]
        return self.bookmarks[rows[-1]] if rows and rows[-1] < len(self.bookmarks) else None

    def _trip(self) -> Tour | None:
        rows = [index.row() for index in self.trips.selectedIndexes()]
        return self.tours[rows[0]] if rows and rows[0] < len(self.tours) else None

    def _on_fly(self) -> None:
        self._with(self._view(), self.chosen.emit)

    def _on_make(self) -> None:
        rows = sorted(index.row() for index in self.views.selectedIndexes())
        chosen = rows if len(rows) > 1 else range(len(self.bookmarks))
        self.tour_wanted.emit([self.bookmarks[row] for row in chosen])

    def _on_rename(self) -> None:
        self._with(self._view(), lambda one: self.rename_wanted.emit("bookmark", one.name))

    def _on_delete(self) -> None:
        self._with(self._view(), lambda one: self.delete_wanted.emit("bookmark", one.name))

    def _on_play(self) -> None:
        self._with(self._trip(), self.play_wanted.emit)

    def _on_record(self) -> None:
        self._with(self._trip(), self.record_wanted.emit)

    def _on_edit(self) -> None:
        self._with(self._trip(), self.edit_wanted.emit)

    def _on_rename_tour(self) -> None:
        self._with(self._trip(), lambda one: self.rename_wanted.emit("tour", one.name))

    def _on_delete_tour(self) -> None:
        self._with(self._trip(), lambda one: self.delete_wanted.emit("tour", one.name))

    def _with(self, one: Any, do: Callable[[Any], object]) -> None:
        if one is not None:
            do(one)

    def _enable(self) -> None:
        view, trip = self._view() is not None, self._trip() is not None
        self.hint.setVisible(not self.bookmarks)
        self.make.setEnabled(len(self.bookmarks) > 1)
        for button in (self.fly, self.rename, self.delete):
            button.setEnabled(view)
        for button in (self.play, self.record, self.edit, self.rename_tour, self.delete_tour):
            button.setEnabled(trip)
        self.pause.setEnabled(bool(self._playing))

    def _on_language(self, _code: str) -> None:
        self._retranslate()

    def _retranslate(self) -> None:
        self._titles[0].setText(f"<b>{tr('Bookmarks')}</b>")
        self._titles[1].setText(f"<b>{tr('Tours')}</b>")
        self.hint.setText(tr("No view is kept yet: Ctrl+B keeps what the map shows."))
        for button, text, tip in (
            (self.keep, tr("Keep view…"), tr("Keep view, layers and theme under a name (Ctrl+B)")),
            (self.fly, tr("Fly there"), tr("Show it again (Enter; Alt and its number)")),
            (self.make, tr("Make tour…"), tr("Of the bookmarks chosen, or of all of them")),
            (self.rename, tr("Rename…"), tr("Give it another name (F2)")),
            (self.delete, tr("Delete"), tr("Forget it (Del)")),
            (self.play, tr("Play"), tr("Fly from view to view (Enter)")),
            (
                self.pause,
                tr("Pause"),
                tr("Pause or go on (Shift+Space); moving the map pauses too"),
            ),
            (self.record, tr("Record…"), tr("As an MP4 video, sources and watermark included")),
            (self.edit, tr("Edit…"), tr("Order and seconds")),
            (self.rename_tour, tr("Rename…"), tr("Give it another name (F2)")),
            (self.delete_tour, tr("Delete"), tr("Forget it (Del)")),
        ):
            button.setText(text)
            button.setToolTip(tip)
        self.show_all(self.bookmarks, self.tours)


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    for button in buttons:
        row.addWidget(button)
    return row


def _said(tour: Tour) -> str:
    return f"{tour.seconds:g}"
