"""The Make-up dock: who lives in an area, in pictures, beside a comparison area."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QPainter, QPixmap, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.makeup import HIDDEN, SEXES, WHOLE, Counts, MakeUp
from mapdesk.model.selection import Ref
from mapdesk.panels import theme

if TYPE_CHECKING:
    from mapdesk.panels.makeup_charts import BarsChart

WIDE = 680
"""Pixels of width from which the bars stand beside the pyramid, not below it."""

TABLES = ("household_sizes", "residence_kinds", "unit_uses", "educations")
NO_SIDE = Qt.AlignmentFlag(0)
LONGEST_TABLE = 12
"""Words of one table that are drawn; those with least are left to the command line."""


class MakeUpPanel(QWidget):
    """Pyramid and bars of one area, with another to compare.

    Signals
    -------
    asked(Ref or None, Ref or None)
        Another comparison area was chosen: the area shown (None for a selection) and the other.
    copy_wanted()
        The picture is wanted on the clipboard; whoever answers checks the right and calls `copy_picture`.
    export_wanted()
        The counts are wanted in a file.
    """

    asked = pyqtSignal(object, object)
    copy_wanted = pyqtSignal()
    export_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Late: pyqtgraph takes longer to load than the rest of the window together.
        from mapdesk.panels.makeup_charts import BarsChart, PyramidChart

        self._made: MakeUp | None = None
        self._other: MakeUp | None = None
        self._choices: list[tuple[Ref, str]] = []
        self._may_copy = self._is_stale = False
        self._to_draw: list[Callable[[], None]] = []
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._draw_next)
        self.title, self.totals, self.legend, self.note = (QLabel() for _number in range(4))
        self.title.setObjectName("MakeUpTitle")
        for label in (self.title, self.totals, self.legend, self.note):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.RichText)
        self.against = QComboBox()
        self.against.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.against.setMinimumContentsLength(10)
        self.against.activated.connect(self._on_chosen)
        self._against_label = QLabel()
        self.percent = QToolButton()
        self.percent.setCheckable(True)
        self.percent.setChecked(True)
        self.percent.toggled.connect(self._on_percent)
        self.copy = QPushButton()
        self.copy.clicked.connect(self.copy_wanted)
        self.export = QPushButton()
        self.export.clicked.connect(self.export_wanted)
        self.pyramid = PyramidChart()
        self.bars: dict[str, BarsChart] = {name: BarsChart() for name in TABLES}
        self._heads = {name: QLabel() for name in TABLES}
        self._lay_out()
        LANGUAGE.changed.connect(self._on_language)
        self.reset()

    def _lay_out(self) -> None:
        chooser = QHBoxLayout()
        chooser.setContentsMargins(10, 6, 10, 6)
        chooser.setSpacing(8)
        chooser.addWidget(self._against_label)
        chooser.addWidget(self.against, 1)
        chooser.addWidget(self.percent)
        chooser.addWidget(self.copy)
        chooser.addWidget(self.export)
        self.page = QWidget()
        self.page.setObjectName("MakeUpPage")
        self.page.setAutoFillBackground(True)
        self.page.setBackgroundRole(self.palette().ColorRole.Base)
        self._grid = QGridLayout(self.page)
        self._grid.setContentsMargins(10, 6, 10, 10)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(4)
        self._columns = 0
        self._arrange(1)
        self.view = QScrollArea()
        self.view.setWidgetResizable(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setWidget(self.page)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(chooser)
        box.addWidget(self.view, 1)

    def _arrange(self, columns: int) -> None:
        """Stand the bars below the pyramid (1 column) or beside it (2)."""
        if columns == self._columns:
            return
        self._columns = columns
        pairs: list[QWidget] = []
        for name in TABLES:
            pairs += [self._heads[name], self.bars[name]]
        whole: list[QWidget] = [self.title, self.totals, self.legend, self.pyramid, self.note]
        for one in (*whole, *pairs):
            self._grid.removeWidget(one)
        for row, label in enumerate((self.title, self.totals, self.legend)):
            self._grid.addWidget(label, row, 0, 1, columns)
        last = 3 + len(pairs) + 1
        for row in range(last + 2):
            self._grid.setRowStretch(row, 0)
        for row, widget in enumerate(pairs, start=3 if columns == 2 else 4):
            self._grid.addWidget(widget, row, columns - 1)
        rows, top = (len(pairs) + 1, Qt.AlignmentFlag.AlignTop) if columns == 2 else (1, NO_SIDE)
        self._grid.addWidget(self.pyramid, 3, 0, rows, 1, top)
        self._grid.addWidget(self.note, last, 0, 1, columns)
        self._grid.setRowStretch(3 + len(pairs) if columns == 2 else last + 1, 1)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    # ------------------------------------------------------------------ showing

    def show_makeup(self, made: MakeUp, other: MakeUp | None) -> None:
        """Show an area, and another to compare."""
        self._made, self._other = made, other
        self.reset()

    def show_nothing(self) -> None:
        """Forget what was shown: the purpose was withdrawn."""
        self._made = self._other = None
        self.reset()

    def set_choices(self, choices: list[tuple[Ref, str]]) -> None:
        """Offer areas to compare with."""
        self._choices = choices
        self._fill_chooser()

    def set_may_copy(self, may: bool) -> None:
        """Offer the picture to those who may take results out."""
        self._may_copy = may
        self.reset()

    @property
    def shown(self) -> tuple[MakeUp, ...]:
        """What is shown, the area first."""
        return tuple(one for one in (self._made, self._other) if one is not None)

    def reset(self) -> None:
        """Show it anew, in the language and theme in force."""
        self._is_stale = False
        self._to_draw.clear()
        made, other = self._made, self._other
        self._against_label.setText(tr("Compare"))
        self.percent.setText("%")
        self.percent.setToolTip(tr("Percent, or counts"))
        self.copy.setText(tr("Copy"))
        self.copy.setToolTip(tr("Copy the picture; this is put on record"))
        self.copy.setVisible(self._may_copy)
        self.export.setText(tr("Export…"))
        self.export.setToolTip(tr("Write the counts behind the picture to a file"))
        self.export.setVisible(self._may_copy)
        self._fill_chooser()
        hideable: list[QWidget] = [
            self.pyramid,
            *self.bars.values(),
            *self._heads.values(),
            self.legend,
        ]
        for widget in hideable:
            widget.setVisible(made is not None)
        for button in (self.against, self.percent, self.copy, self.export):
            button.setEnabled(made is not None)
        if made is None:
            self.title.setText("")
            hint = tr("Click a grid or a building, or select buildings, and press M.")
            self.totals.setText(f"<span style='color:{self._tint('muted')}'>{hint}</span>")
            self.note.setText("")
            return
        self._write(made, other)
        self._to_draw = [self._draw_pyramid, *(partial(self._draw_bars, one) for one in TABLES)]
        self._next.start()
        heads = {
            "household_sizes": tr("Households by people in them"),
            "residence_kinds": tr("People by residence"),
            "unit_uses": tr("Units by use"),
            "educations": tr("People by education"),
        }
        for table, head in self._heads.items():
            head.setText(f"<b>{heads[table]}</b>")
            head.setContentsMargins(0, 10, 0, 0)

    def _draw_next(self) -> None:
        """Draw one chart; the others wait until whatever else is due in the window is done."""
        if self._to_draw:
            self._to_draw.pop(0)()
        if self._to_draw:
            self._next.start()

    def _draw_pyramid(self) -> None:
        if self._made is not None:
            self.pyramid.show_pyramid(
                self._made, self._other, self._theme, percent=self.percent.isChecked()
            )

    def _draw_bars(self, table: str) -> None:
        made, other = self._made, self._other
        if made is None:
            return
        counts: Counts = getattr(made, table)
        beside: Counts | None = None if other is None else getattr(other, table)
        self.bars[table].show_bars(
            _shortened(counts),
            None if beside is None else _shortened(beside, counts),
            _total(made, table),
            None if other is None else _total(other, table),
            self._theme,
            percent=self.percent.isChecked(),
        )

    def draw_all(self) -> None:
        """Draw at once what is still to be drawn."""
        while self._to_draw:
            self._to_draw.pop(0)()

    def _write(self, made: MakeUp, other: MakeUp | None) -> None:
        muted = self._tint("muted")
        self.title.setText(
            f"<span style='font-size:16px;font-weight:600'>{self.name_of(made)}</span>"
        )
        words = [
            tr("{count} people", count=_number(made.people)),
            tr("{count} households", count=_number(made.households)),
            tr("{count} units", count=_number(made.units)),
        ]
        if made.people and made.households:
            words.append(tr("{size} a household", size=f"{made.people / made.households:.2f}"))
        self.totals.setText(" · ".join(word.replace(" ", "\u00a0") for word in words))
        unit = tr("percent of all people") if self.percent.isChecked() else tr("people")
        legend = tr("Age in years, {unit}", unit=unit)
        if other is not None:
            beside = tr(
                "Outline and ticks: {area}, {count} people",
                area=self.name_of(other),
                count=_number(other.people),
            )
            legend += f"<br>━ {beside}"
        self.legend.setText(f"<span style='color:{muted}'>{legend}</span>")
        notes = []
        if made.hides or (other is not None and other.hides):
            notes.append(
                "▨ " + tr("Hatched: fewer than 10, or hidden so that those cannot be reckoned.")
            )
        elif made.exact:
            notes.append(tr("Exact counts; this look is on record."))
        unknown = int(
            made.pyramid[-1, :].clip(min=0).sum()
            + made.pyramid[:-1, len(SEXES) - 1].clip(min=0).sum()
        )
        if unknown and (made.pyramid[-1, :] != HIDDEN).all():
            notes.append(
                tr("Not in the pyramid, age or sex unknown: {count}", count=f"{unknown:,}")
            )
        self.note.setText(f"<span style='color:{muted}'>{'<br>'.join(notes)}</span>")

    def name_of(self, made: MakeUp) -> str:
        """Return what an area is called, in the language in force."""
        if made.ref == WHOLE:
            return tr("The whole district")
        return made.title or tr("{count} buildings", count=f"{made.buildings:,}")

    def _fill_chooser(self) -> None:
        self.against.clear()
        self.against.addItem(tr("nothing"), None)
        for ref, title in self._choices:
            self.against.addItem(title or tr("The whole district"), ref)
        chosen = None if self._other is None else self._other.ref
        for index in range(self.against.count()):
            if self.against.itemData(index) == chosen:
                self.against.setCurrentIndex(index)
                return

    # ------------------------------------------------------------------ picture

    def picture(self) -> QPixmap:
        """Return all of the page as a picture, scrolled parts too."""
        self.draw_all()
        pixmap = QPixmap(self.page.size() * self.devicePixelRatioF())
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        pixmap.fill(self.palette().base().color())
        painter = QPainter(pixmap)
        self.page.render(painter)
        painter.end()
        return pixmap

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None and self._may_copy:
            clipboard.setPixmap(self.picture())

    # ------------------------------------------------------------------ listening

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Use the width there is."""
        self._arrange(2 if self.width() >= WIDE else 1)
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the theme."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._reset_in_sight()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Write what changed while nobody looked."""
        super().showEvent(event)
        if self._is_stale:
            self.reset()

    def _reset_in_sight(self) -> None:
        """Write everything anew, once it is in sight: charts take their time."""
        self._is_stale = not self.isVisible()
        if not self._is_stale:
            self.reset()

    def close_panel(self) -> None:
        """Stop listening."""
        LANGUAGE.changed.disconnect(self._on_language)

    @property
    def _theme(self) -> str:
        return "dark" if self.palette().base().color().lightness() < 128 else "light"

    def _tint(self, name: str) -> str:
        return theme.colours(self._theme)[name]

    def _on_chosen(self, index: int) -> None:
        if self._made is not None:
            self.asked.emit(self._made.ref, self.against.itemData(index))

    def _on_percent(self, _checked: bool) -> None:
        self.reset()

    def _on_language(self, _code: str) -> None:
        self._reset_in_sight()


def _number(count: int | None) -> str:
    return tr("hidden") if count is None else f"{count:,}"


def _total(made: MakeUp, table: str) -> int | None:
    return {"household_sizes": made.households, "unit_uses": made.units}.get(table, made.people)


def _shortened(counts: Counts, like: Counts | None = None) -> Counts:
    """Return the words to draw: all where they are few, those of the area where they are another's."""
    if like is not None:
        return {word: counts[word] for word in _shortened(like) if word in counts}
    if len(counts) <= LONGEST_TABLE:
        return counts
    biggest = sorted(counts, key=lambda word: -(counts[word] or 0))[:LONGEST_TABLE]
    return {word: count for word, count in counts.items() if word in biggest}
