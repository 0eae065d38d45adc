"""The page of a card that says who lives there: the matrix of units over the list of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.selection import NOT_ASKED, Living
from mapdesk.panels.people_list import PeopleList
from mapdesk.panels.unit_matrix import Floors, UnitMatrix, count_by_unit, legend

MATRIX_MOST = 250
"""Pixels of height that the matrix takes at first; higher buildings scroll, and the border can be dragged."""


MARGIN = 10
"""Pixels left and right of text."""
MATRIX_PART = 0.6
"""Part of the page that matrix and legend take at most at first: people are what is asked for most."""
MATRIX_LEAST = 84


class LivingPage(QWidget):
    """Matrix and people.

    Signals
    -------
    opened(Ref)
        A unit or a person was chosen.
    purpose_wanted()
    page_wanted(int)
        More people are to be read, from this place in the list.
    """

    opened = pyqtSignal(object)
    purpose_wanted = pyqtSignal()
    page_wanted = pyqtSignal(int)

    def __init__(self, colours: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours = dict(colours)
        self.matrix = UnitMatrix(colours)
        self.legend = QLabel()
        self.legend.setWordWrap(True)
        self.legend.setContentsMargins(MARGIN, 4, MARGIN, 4)
        self.people = PeopleList()
        self.ask = QPushButton()
        self.ask.setObjectName("purpose")
        self.nobody = QLabel()
        self.nobody.setObjectName("Muted")
        self.nobody.setWordWrap(True)
        self.foot = QLabel()
        self.foot.setObjectName("Muted")
        self.foot.setContentsMargins(MARGIN, 3, MARGIN, 5)
        self.foot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.lists = QStackedWidget()
        for widget in (self.people, _at_top(self.ask), _at_top(self.nobody)):
            self.lists.addWidget(widget)
        self._units = _column(self.matrix, self.legend)
        self.parts = QSplitter(Qt.Orientation.Vertical)
        self.parts.setChildrenCollapsible(False)
        for widget in (self._units, _column(self.lists, self.foot)):
            self.parts.addWidget(widget)
        self.parts.setStretchFactor(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.parts)
        self._living = NOT_ASKED
        self._dragged = False
        self.parts.splitterMoved.connect(self._on_dragged)
        self.matrix.opened.connect(self.opened)
        self.people.opened.connect(self.opened)
        self.people.people.page_wanted.connect(self.page_wanted)
        self.ask.clicked.connect(self._on_ask)

    def show_units(self, floors: Floors, living: Living) -> None:
        """Show a place's units, and that its people wait for a purpose, or why they are not told."""
        self._units.setVisible(bool(floors))
        self.matrix.show_floors(floors)
        self.legend.setText(legend(floors, self._colours))
        self._share()
        self._living = living
        self.hide_people()
        self.retranslate()

    def set_living(self, living: Living) -> None:
        """Take over how many live there; a list that is shown stays."""
        self._living = living
        if self.lists.currentIndex():
            self.hide_people()
        self.retranslate()

    def show_people(self, rows: Sequence[dict[str, Any]], count: int, foot: str) -> None:
        """Show the first rows of a list of people, and how many each unit has."""
        self.people.show_rows(rows, count)
        self.lists.setCurrentIndex(0 if count else 2)
        if self._units.isVisibleTo(self):
            self.matrix.cells.set_counts(count_by_unit(rows))
        self.set_foot(foot)

    def _share(self) -> None:
        """Divide the height between matrix and people, unless the border was dragged."""
        if not self.matrix.cells.rowCount():
            return
        wanted = self.matrix.height_wanted()
        key = self.legend.heightForWidth(max(self.width(), 240))
        self._units.setMaximumHeight(wanted + key)
        if not self._dragged:
            part = max(MATRIX_LEAST, round(self.height() * MATRIX_PART) - key)
            high = min(wanted, MATRIX_MOST, part) + key
            self.parts.setSizes([high, max(self.height() - high, 120)])

    def _on_dragged(self, _place: int, _border: int) -> None:
        self._dragged = True

    def set_foot(self, foot: str) -> None:
        """Say one line under the list; what does not fit is told where the pointer rests."""
        self.foot.setToolTip(foot)
        self.foot.setVisible(bool(foot))
        self._elide_foot()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fit matrix, list and the line under it to the size."""
        super().resizeEvent(event)
        self._elide_foot()
        self._share()

    def _elide_foot(self) -> None:
        room = self.width() - 2 * MARGIN
        text = self.foot.toolTip()
        self.foot.setText(
            self.foot.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        )

    def hide_people(self) -> None:
        """Take people off the page."""
        self.people.show_rows([], 0)
        self.matrix.cells.set_counts(None)
        told = self._living.count == 0 or bool(self._living.why and not self._living.exact)
        self.lists.setCurrentIndex(2 if told else 1)
        self.foot.hide()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.ask.setText(tr("State a purpose to see who lives here"))
        why = "" if self._living.exact else self._living.why
        self.nobody.setText(tr_sentence(why) if why else tr("Nobody is registered here."))
        self.matrix.setAccessibleName(tr("Units by floor"))
        self.matrix.setToolTip(tr("A click or Enter opens a unit"))
        self.people.setAccessibleName(tr("Who lives here"))

    def _on_ask(self) -> None:
        self.purpose_wanted.emit()


def _at_top(widget: QWidget) -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(10, 10, 10, 10)
    box.addWidget(widget)
    box.addStretch(1)
    return holder


def _column(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    for at, widget in enumerate(widgets):
        box.addWidget(widget, 0 if at else 1)
    return holder
