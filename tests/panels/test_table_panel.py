"""The table reads pages as they come into view, sorts by asking, and never copies by itself."""

import numpy as np
import pytest
from PyQt6.QtCore import QItemSelectionModel, QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from mapdesk.model.filters import Filter
from mapdesk.model.selection import Ref
from mapdesk.panels.table_panel import TablePanel
from mapdesk.services.filtering import PAGE, FilterAnswer

COLUMNS = ("name", "age", "sex", "grid_id", "id")


def row(number):
    return {
        "id": f"p{number}", "name": "王*", "age": 1000 + number, "sex": "female",
        "grid_id": "G", "building_id": "b",
    }  # fmt: skip


def answer(count, noun="person"):
    rows = [row(number) for number in range(min(count, PAGE))]
    return FilterAnswer(Filter(noun), count, rows, COLUMNS, ("b",), (), np.zeros((1, 2)))


@pytest.fixture
def table(qtbot):
    table = TablePanel()
    qtbot.addWidget(table)
    table.resize(800, 300)
    table.show()
    yield table
    table.close_panel()


def shown(table, number, name):
    return table.model.data(table.model.index(number, COLUMNS.index(name)))


def test_rows_are_shown_and_further_pages_asked_for_once(qtbot, table):
    wanted = []
    table.page_wanted.connect(wanted.append)
    table.show_answer(answer(1_000_000))
    assert shown(table, 0, "age") == "1,000"
    assert table.model.rowCount() == 1_000_000
    table.view.scrollToBottom()
    qtbot.waitUntil(lambda: bool(wanted), timeout=5000)
    assert wanted == [1_000_000 - PAGE]
    assert shown(table, 999_999, "age") == "…"
    table.model.add_page(
        1_000_000 - PAGE, [row(number) for number in range(1_000_000 - PAGE, 1_000_000)]
    )
    assert shown(table, 999_999, "id") == "p999999"
    assert wanted == [1_000_000 - PAGE]
    table.model.forget_page(PAGE)
    shown(table, PAGE, "age")
    assert wanted[-1] == PAGE


def test_a_header_sorts_by_asking(qtbot, table):
    table.show_answer(answer(30))
    header = table.view.horizontalHeader()
    at = QPoint(header.sectionPosition(1) + 20, header.height() // 2)
    with qtbot.waitSignal(table.sort_wanted) as sort:
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert sort.args == ["age", False]
    table.show_answer(answer(30), "age")
    with qtbot.waitSignal(table.sort_wanted) as sort:
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert sort.args == ["age", True]


def test_nothing_is_copied_but_asked_for(qtbot, table):
    QApplication.clipboard().setText("before")
    table.show_answer(answer(30))
    table.view.selectRow(2)
    with qtbot.waitSignal(table.copy_wanted) as wanted:
        QTest.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert [one["id"] for one in wanted.args[0]] == ["p2"]
    assert QApplication.clipboard().text() == "before"


def test_selected_rows_are_told_and_enter_opens_one(qtbot, table):
    table.show_answer(answer(30))
    with qtbot.waitSignal(table.picked) as picked:
        table.view.selectRow(3)
    assert [one["id"] for one in picked.args[0]] == ["p3"]
    flags = QItemSelectionModel.SelectionFlag
    table.view.selectionModel().select(table.model.index(5, 0), flags.Select | flags.Rows)
    assert [one["id"] for one in table.rows_selected()] == ["p3", "p5"]
    with qtbot.waitSignal(table.opened) as opened:
        table.view.activated.emit(table.model.index(3, 0))
    assert opened.args == [Ref("person", "p3")]


def test_a_household_opens_its_building(qtbot, table):
    table.show_answer(answer(3, "household"))
    with qtbot.waitSignal(table.opened) as opened:
        table.view.activated.emit(table.model.index(0, 0))
    assert opened.args == [Ref("building", "b")]


def test_everyone_selected_is_not_everyone_read(table):
    table.show_answer(answer(1_000_000))
    table.view.selectAll()
    assert len(table.rows_selected()) == PAGE


def test_everyone_selected_is_painted_without_asking_everyone(table, monkeypatch):
    table.show_answer(answer(1_000_000))
    asked, count = [], type(table.model).rowCount

    def counting(model, *parent):
        asked.append(parent)
        return count(model, *parent)

    monkeypatch.setattr(type(table.model), "rowCount", counting)
    table.view.selectAll()
    table.grab()
    assert 0 < len(asked) < 5_000


def test_columns_are_chosen_and_stay_chosen(table):
    table.show_answer(answer(3))
    assert table.view.isColumnHidden(COLUMNS.index("id"))
    {action.objectName(): action for action in table.columns_menu.actions()}["sex"].toggle()
    assert table.view.isColumnHidden(COLUMNS.index("sex"))
    table.show_answer(answer(5))
    assert table.view.isColumnHidden(COLUMNS.index("sex"))
    assert not table.view.isColumnHidden(COLUMNS.index("age"))


def test_empty_and_failed_answers_say_what_to_do(table):
    assert "Ctrl+Shift+F" in table.note.text()
    table.show_answer(answer(0))
    assert table.note.isVisible()
    assert "Widen or remove" in table.note.text()
    assert not table.on_map.isEnabled()
    table.show_error("Something is wrong; do that.")
    assert table.note.text() == "Something is wrong; do that."
    table.show_answer(answer(2))
    assert table.view.isVisible()
    table.clear()
    assert table.model.rowCount() == 0
    assert not table.view.isVisible()


def test_a_long_description_gives_way(table):
    table.title.say("x" * 2000)
    assert table.title.text().endswith("…")
    assert table.title.toolTip() == "x" * 2000
    assert table.minimumSizeHint().width() < 800
