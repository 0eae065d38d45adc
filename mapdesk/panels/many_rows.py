"""Tables of very many rows."""

from __future__ import annotations

from PyQt6.QtCore import QItemSelectionModel
from PyQt6.QtWidgets import QTableView


def take_header_out_of_selection(view: QTableView) -> None:
    """Let all rows be selected at once, however many: call it after the view has its model.

    To paint a column's head Qt asks every selected row whether the whole column is selected, which takes
    ten seconds for a million; the head of this view looks at a selection of its own, which stays empty.
    """
    header, model = view.horizontalHeader(), view.model()
    if header is not None and model is not None:
        header.setSelectionModel(QItemSelectionModel(model, header))
