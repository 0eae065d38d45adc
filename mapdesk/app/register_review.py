"""The side of the change list where a doubtful row is settled: which unit its address means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import button, muted, refusal, say
from mapdesk.app.jobs import Runner
from mapdesk.app.register_parts import UnitField
from mapdesk.model.language import tr, tr_sentence
from mapdesk.store.database import Store

CLEARLY = 0.1
"""How much more alike than the second a candidate must be to be proposed; alike means 1."""
OTHER, NO_HOME = "other", "none"


class ReviewPane(QWidget):
    """Asks about one doubtful row.

    Signals
    -------
    settled(int, object)
        Line, and the unit's id or None where no home is known.
    dropped(int)
        The row of this line is not wanted.
    """

    settled = pyqtSignal(int, object)
    dropped = pyqtSignal(int)

    def __init__(self, store: Store, jobs: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line: int | None = None
        self._made: list[QRadioButton] = []
        self.name = QLabel()
        self.name.setObjectName("Heading")
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.address, self.note = muted(), muted()
        self.problem = refusal()
        self.group = QButtonGroup(self)
        self._candidates = QVBoxLayout()
        self._candidates.setSpacing(6)
        self.other, self.no_home = (
            QRadioButton(tr("Another unit:")),
            QRadioButton(tr("No home known")),
        )
        self.other.setProperty("unit", OTHER)
        self.no_home.setProperty("unit", NO_HOME)
        self.field = UnitField(store, jobs)
        for radio in (self.other, self.no_home):
            self.group.addButton(radio)
        self.settle = button(tr("Settle"), self._settle)
        self.settle.setObjectName("Primary")
        self.drop = button(tr("Drop this row"), self._drop)
        line = QHBoxLayout()
        line.addWidget(self.drop)
        line.addStretch(1)
        line.addWidget(self.settle)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 0, 0, 0)
        box.setSpacing(8)
        for widget in (self.name, self.address, self.note):
            box.addWidget(widget)
        box.addSpacing(4)
        box.addWidget(QLabel(tr("Which home is meant?")))
        box.addLayout(self._candidates)
        box.addWidget(self.other)
        box.addWidget(self.field, 1)
        box.addWidget(self.no_home)
        box.addWidget(self.problem)
        box.addLayout(line)
        self.field.text.textEdited.connect(self._on_typed)
        self.field.text.returnPressed.connect(self._settle)
        self.field.chosen.connect(self._refresh)
        self.group.buttonClicked.connect(self._refresh)
        self.show_row(None)

    @property
    def unit(self) -> str | None:
        """The unit chosen; None for no home, empty where nothing is chosen yet."""
        chosen = self.group.checkedButton()
        said = "" if chosen is None else str(chosen.property("unit"))
        if said == OTHER:
            return self.field.unit_id
        return None if said == NO_HOME else said

    def show_row(self, row: Mapping[str, Any] | None) -> None:
        """Ask about a row; None: about nothing."""
        self._line = None if row is None else int(row["line"])
        for radio in self._made:
            self.group.removeButton(radio)
            self._candidates.removeWidget(radio)
            radio.deleteLater()
        self._made = []
        self.setEnabled(row is not None)
        self.field.text.clear()
        self.field.found.clear()
        say(self.problem, "")
        self.group.setExclusive(False)
        for radio in (self.other, self.no_home):
            radio.setChecked(False)
        self.group.setExclusive(True)
        self.name.setText(str(row["name"] or "–") if row else tr("Choose a row"))
        say(self.address, str(row["address"] or "") if row else "")
        say(self.note, tr_sentence(str(row["note"] or "")) if row else "")
        offered = [one for one in row["candidates"] if one["unit_id"]] if row else []
        for one in offered:
            self._offer(one)
        scores = [*(float(one["score"]) for one in offered), 0.0]
        if offered and scores[0] - scores[1] > CLEARLY:
            self._made[0].setChecked(True)
        self._refresh()

    def refuse(self, sentence: str) -> None:
        """Say why the row could not be settled."""
        say(self.problem, tr_sentence(sentence))
        self._refresh()

    def _offer(self, candidate: Mapping[str, Any]) -> None:
        text = tr(
            "{home}  ({score} of 100 alike)",
            home=candidate["text"],
            score=f"{100 * candidate['score']:.0f}",
        )
        radio = QRadioButton(text)
        radio.setToolTip(str(candidate["unit_id"]))
        radio.setProperty("unit", candidate["unit_id"])
        self.group.addButton(radio)
        self._candidates.addWidget(radio)
        self._made.append(radio)

    def _on_typed(self, _text: str) -> None:
        self.other.setChecked(True)
        self._refresh()

    def _refresh(self, _what: object = None) -> None:
        self.settle.setEnabled(self._line is not None and self.unit != "")

    def _settle(self) -> None:
        if self._line is not None and self.unit != "":
            self.settle.setEnabled(False)
            self.settled.emit(self._line, self.unit)

    def _drop(self) -> None:
        if self._line is not None:
            self.dropped.emit(self._line)
