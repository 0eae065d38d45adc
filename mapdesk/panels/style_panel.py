"""The Style dock: how grids, buildings or points are coloured, seen on the map while it is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QKeyEvent, QKeySequence, QPixmap
from PyQt6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.layers.layer_style import (
    LayerStyle,
    checked_style,
)
from mapdesk.layers.legend import Legend, headings_of
from mapdesk.layers.palettes import palettes
from mapdesk.layers.style_choices import choices_of, fitting
from mapdesk.model.errors import InputError
from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.nouns import NOUNS
from mapdesk.panels.swatches import hatched_swatch, palette_strip

MOST_UNDONE = 100
FORM = ("noun", "by", "kind", "method", "classes", "palette", "drawing", "level", "size_by")
"""Fields of a style that are chosen from a list, in the order of the form."""
ROWS = ("noun", "by", "kind", "method", "palette", "drawing", "size_by")
"""Those with a row of their own; the others stand beside one they belong to."""
LABELS = {
    "noun": "Layer",
    "by": "Colour by",
    "kind": "Kind",
    "method": "Divide by",
    "palette": "Palette",
    "drawing": "Draw as",
    "size_by": "Size by",
}


class StylePanel(QWidget):
    """Edits one style; every change is told at once, so that the map shows it.

    Signals
    -------
    changed(LayerStyle)
        Show this one.
    taken_off()
        Show the map without a style.
    chosen(str), deleted(str)
        Open, or forget, the saved style of a name.
    save_wanted(), export_wanted(), import_wanted()
        Keep the style shown under a name, write it to a file, read one from a file.
    """

    changed = pyqtSignal(object)
    taken_off = pyqtSignal()
    chosen = pyqtSignal(str)
    deleted = pyqtSignal(str)
    save_wanted = pyqtSignal()
    export_wanted = pyqtSignal()
    import_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.style_shown = LayerStyle()
        self._history = [self.style_shown]
        self._at = 0
        self._filling = False
        self._names: list[str] = []
        self._levels: list[int] = []
        self._legend: Legend | None = None
        self._may_save = True
        self.boxes = {name: QComboBox() for name in FORM}
        self.reverse = QCheckBox()
        self.colour = QPushButton()
        self.saved_button = QToolButton()
        self.saved_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.saved_menu = QMenu(self)
        self.saved_button.setMenu(self.saved_menu)
        self.undo_button, self.redo_button, self.off_button = (QPushButton() for _one in range(3))
        self.legend = QListWidget()
        self.legend.setObjectName("StyleLegend")
        self.legend.setIconSize(QSize(28, 16))
        self.legend.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.head, self.note = QLabel(), QLabel()
        self.note.setObjectName("Muted")
        for label in (self.head, self.note):
            label.setWordWrap(True)
        self._lay_out()
        for name, box in self.boxes.items():
            box.setObjectName(f"style_{name}")
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.currentIndexChanged.connect(self._on_chosen)
        self.boxes["palette"].setIconSize(QSize(96, 14))
        self.boxes["classes"].setMinimumWidth(58)
        self.boxes["level"].setMinimumWidth(84)
        self.reverse.toggled.connect(self._on_chosen)
        self.colour.clicked.connect(self._on_colour)
        buttons = (self.undo_button, self.redo_button, self.off_button, self.saved_button)
        for widget in (*self.boxes.values(), self.reverse, self.colour, self.legend, *buttons):
            widget.installEventFilter(self)
        self.undo_button.clicked.connect(self.undo)
        self.redo_button.clicked.connect(self.redo)
        self.off_button.clicked.connect(self.taken_off)
        LANGUAGE.changed.connect(self._on_language)
        self.retranslate()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.saved_button)
        head.addStretch(1)
        for button in (self.undo_button, self.redo_button):
            head.addWidget(button)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(10)
        self._labels = {name: QLabel() for name in ROWS}
        self._colour_label = QLabel()
        beside: dict[str, QWidget] = {
            "noun": self.boxes["level"],
            "method": self.boxes["classes"],
            "palette": self.reverse,
        }
        self._rows: dict[str, QHBoxLayout] = {}
        for name in ROWS:
            row = self._rows[name] = QHBoxLayout()
            self._labels[name].setBuddy(self.boxes[name])
            row.addWidget(self.boxes[name], 1)
            if name in beside:
                row.addWidget(beside[name])
            form.addRow(self._labels[name], row)
        form.insertRow(len(ROWS) - 2, self._colour_label, self.colour)
        self.form = form
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 10)
        box.setSpacing(8)
        box.addLayout(head)
        box.addLayout(form)
        box.addWidget(self.head)
        box.addWidget(self.legend, 1)
        box.addWidget(self.note)
        box.addWidget(self.off_button)

    # ------------------------------------------------------------------ what is shown

    def show_style(self, style: LayerStyle) -> None:
        """Show a style that was opened or chosen elsewhere; it can be undone."""
        self._remember(style)
        self._fill()

    def show_legend(self, legend: Legend | None) -> None:
        """List the classes as the map has them; None where it has no style."""
        self._legend = legend
        self.legend.clear()
        self.head.setText("")
        self.note.setText(tr("Choose what to colour by: the map shows it at once."))
        self.note.show()
        self.off_button.setEnabled(legend is not None)
        if legend is None:
            return
        noun = tr(NOUNS[legend.noun].title)
        sized = legend.sizes
        heads = [*headings_of(legend), *([] if sized is None else headings_of(sized))]
        self.head.setText(" · ".join(heads))
        for entry in (*legend.entries, *(sized.entries if sized is not None else ())):
            label = tr(entry.label) if entry.is_word else entry.label
            item = QListWidgetItem(hatched_swatch(entry), f"{label}   ({entry.counts})")
            item.setToolTip(f"{noun}: {entry.counts}")
            self.legend.addItem(item)
        is_veiled = any(one.label == "not shown" for one in legend.entries)
        veiled = tr(
            "Not shown: small counts, what would give one away, and what lies outside your areas."
        )
        self.note.setText(veiled if is_veiled else "")
        self.note.setVisible(is_veiled)

    def refuse(self, error: Exception) -> None:
        """Say why the style cannot be shown; the map keeps what it shows."""
        self.note.setText(tr_sentence(str(error)))
        self.note.show()

    def set_names(self, names: Sequence[str]) -> None:
        """Offer the saved styles of these names."""
        self._names = list(names)
        self._fill_menu()

    def set_levels(self, levels: Sequence[int]) -> None:
        """Offer these levels of grids."""
        if list(levels) != self._levels:
            self._levels = list(levels)
            self._fill()

    def set_may_save(self, may: bool) -> None:
        """Enable what changes the district's styles."""
        self._may_save = may
        self._fill_menu()

    def close_panel(self) -> None:
        """Stop listening."""
        LANGUAGE.changed.disconnect(self._on_language)

    # ------------------------------------------------------------------ undo, keys

    def undo(self) -> None:
        """Go back to the style before."""
        self._step(-1)

    def redo(self) -> None:
        """Go forth to the style after."""
        self._step(1)

    def _step(self, by: int) -> None:
        if 0 <= self._at + by < len(self._history):
            self._at += by
            self.style_shown = self._history[self._at]
            self._fill()
            self.changed.emit(self.style_shown)

    def _remember(self, style: LayerStyle) -> None:
        self.style_shown = style
        if style != self._history[self._at]:
            self._history = [*self._history[: self._at + 1], style][-MOST_UNDONE:]
            self._at = len(self._history) - 1

    def changeEvent(self, event: QEvent | None) -> None:
        """Show the palettes as the map has them when the theme changes."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._fill()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Take the keys of undo and redo before a list does, and before the window, which has its own."""
        if isinstance(event, QKeyEvent) and self._is_step(event):
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self._step(self._is_step(event))
            return True
        return super().eventFilter(watched, event)

    def _is_step(self, event: QKeyEvent) -> int:
        if event.matches(QKeySequence.StandardKey.Undo):
            return -1
        return 1 if event.matches(QKeySequence.StandardKey.Redo) else 0

    # ------------------------------------------------------------------ choosing

    def _on_chosen(self) -> None:
        if self._filling:
            return
        given: dict[str, Any] = {
            name: box.currentData()
            for name, box in self.boxes.items()
            if box.currentData() is not None
        }
        try:
            style = fitting(self.style_shown, given | {"reverse": self.reverse.isChecked()})
        except InputError as error:
            self.refuse(error)
            self._fill()
            return
        if style != self.style_shown:
            self._remember(style)
            self._fill()
            self.changed.emit(style)

    def _on_colour(self) -> None:
        dialog = QColorDialog(QColor(self.style_shown.colour), self)
        if dialog.exec():
            style = checked_style(
                self.style_shown.as_dict() | {"colour": dialog.selectedColor().name()}
            )
            self._remember(style)
            self._fill()
            self.changed.emit(style)

    def _fill(self) -> None:
        """Show the style in the form, with what can be chosen beside it."""
        self._filling = True
        style = self.style_shown
        dark = self.palette().window().color().lightness() < 128
        for name, choices in choices_of(style, self._levels).items():
            box = self.boxes[name]
            box.clear()
            for value, title in choices:
                if name == "palette":
                    palette = palettes()[str(value)]
                    box.addItem(
                        palette_strip(palette, reverse=style.reverse, dark=dark), title, value
                    )
                    box.setItemData(box.count() - 1, palette.source, Qt.ItemDataRole.ToolTipRole)
                else:
                    box.addItem(title, value)
            box.setCurrentIndex(max(box.findData(getattr(style, name)), 0))
            box.setVisible(len(choices) > 1)
            if name in self._rows:
                self.form.setRowVisible(self._rows[name], len(choices) > 1)
        self.reverse.setChecked(style.reverse)
        self.boxes["palette"].setToolTip(
            tr("Colours: {maker}", maker=palettes()[style.palette].source)
        )
        self.form.setRowVisible(self.colour, style.kind == "single")
        swatch = QPixmap(28, 14)
        swatch.fill(QColor(style.colour))
        self.colour.setIcon(QIcon(swatch))
        self.colour.setText(style.colour)
        self.undo_button.setEnabled(self._at > 0)
        self.redo_button.setEnabled(self._at + 1 < len(self._history))
        self._filling = False

    def _fill_menu(self) -> None:
        menu = self.saved_menu
        menu.clear()
        for name in self._names:
            action = menu.addAction(name)
            if action is not None:
                action.triggered.connect(lambda _on, chosen=name: self.chosen.emit(chosen))
        if not self._names:
            none = menu.addAction(tr("No saved styles yet"))
            if none is not None:
                none.setEnabled(False)
        menu.addSeparator()
        for text, signal, able in (
            (tr("Save style…"), self.save_wanted, self._may_save),
            (tr("Export style…"), self.export_wanted, True),
            (tr("Import style…"), self.import_wanted, True),
        ):
            action = menu.addAction(text)
            if action is not None:
                action.setEnabled(able)
                action.triggered.connect(signal)
        delete = menu.addMenu(tr("Delete style"))
        if delete is not None:
            delete.setEnabled(self._may_save and bool(self._names))
            for name in self._names:
                action = delete.addAction(name)
                if action is not None:
                    action.triggered.connect(lambda _on, chosen=name: self.deleted.emit(chosen))

    # ------------------------------------------------------------------ language

    def retranslate(self) -> None:
        """Speak the language in force."""
        for name, label in self._labels.items():
            label.setText(tr(LABELS[name]))
        self._colour_label.setText(tr("Colour"))
        self.reverse.setText(tr("Turned"))
        self.reverse.setToolTip(tr("Turn the palette round"))
        self.boxes["classes"].setToolTip(tr("Classes"))
        self.boxes["method"].setToolTip(
            tr(
                "Natural breaks: classes whose values lie closest together; quantiles: as many things in"
                " each; equal intervals: as wide each"
            )
        )
        self.boxes["level"].setToolTip(tr("Level of grids"))
        self.saved_button.setText(tr("Styles"))
        self.saved_button.setToolTip(tr("Saved styles, saving, and styles in files"))
        self.undo_button.setText(tr("Undo"))
        self.undo_button.setToolTip(tr("Go back to the style before") + " (Ctrl+Z)")
        self.redo_button.setText(tr("Redo"))
        self.redo_button.setToolTip(tr("Go forth to the style after") + " (Ctrl+Shift+Z)")
        self.off_button.setText(tr("Map without style"))
        self._fill_menu()
        self._fill()
        self.show_legend(self._legend)

    def _on_language(self, _code: str) -> None:
        self.retranslate()
