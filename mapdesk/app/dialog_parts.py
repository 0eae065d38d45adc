"""Pieces that dialogs share: buttons, words of explanation, refusals, the fields of a file."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt, pyqtBoundSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton

from mapdesk.layers.rasters import LONGEST_ATTRIBUTION
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.store.map_items import LONGEST_NAME


def button(
    text: str, do: Callable[[], object] | pyqtBoundSignal, *, primary: bool = False
) -> QPushButton:
    """Return a button; the primary one is pressed by Enter."""
    made = QPushButton(text)
    made.setAutoDefault(False)
    if primary:
        made.setObjectName("Primary")
        made.setDefault(True)
    made.clicked.connect(do)
    return made


def muted(text: str = "") -> QLabel:
    """Return a label of explanation."""
    label = QLabel(text)
    label.setObjectName("FieldLabel")
    label.setWordWrap(True)
    return label


def refusal() -> QLabel:
    """Return a label that says why not, hidden until it does."""
    label = QLabel()
    label.setObjectName("Refusal")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.hide()
    return label


def sentence(error: Exception) -> str:
    """Return what to tell the user of an error."""
    if isinstance(error, WorldError):
        return tr_sentence(str(error))
    return tr("The desk erred; details are in its log.")


def say(label: QLabel, text: str) -> None:
    """Show a label's text, or hide the label where there is none."""
    label.setText(text)
    label.setVisible(bool(text))


def with_browse(field: QLineEdit, browse: QPushButton) -> QHBoxLayout:
    """Return a row of a form: a field for a file, and the button that chooses one."""
    row = QHBoxLayout()
    row.addWidget(field, 1)
    row.addWidget(browse)
    return row


def name_field(hint: str) -> QLineEdit:
    """Return a field for the name of what is kept with the district."""
    field = QLineEdit()
    field.setMaxLength(LONGEST_NAME)
    field.setPlaceholderText(hint)
    return field


def maker_field() -> QLineEdit:
    """Return a field for whose something is."""
    field = QLineEdit()
    field.setMaxLength(LONGEST_ATTRIBUTION)
    field.setPlaceholderText(tr("whose it is; stands on every map"))
    return field
