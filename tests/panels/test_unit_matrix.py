"""The matrix of units: every unit once, under its stair, found by arrows, Enter and pointer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from mapdesk.model.selection import Ref
from mapdesk.panels.unit_matrix import UnitMatrix, UnitModel, count_by_unit, legend
from mapdesk.services import catalogue

COLOURS = {"own": "#56b4e9", "let": "#e69f00", "vacant": "#b8bcc0"}


def unit(key, floor, room, stair="1", use="own"):
    return {"id": key, "stair": stair, "floor": floor, "room": room, "use": use, "area": 80.0}


def tower(floors=30, rooms=12):
    return [
        (
            floor,
            [
                unit(f"U{floor}-{room}", floor, f"{floor}{room:02d}", str(1 + room // 7))
                for room in range(1, rooms + 1)
            ],
        )
        for floor in range(floors, 0, -1)
    ]


@pytest.fixture
def matrix(qtbot):
    made = UnitMatrix(COLOURS)
    qtbot.addWidget(made)
    made.resize(340, 240)
    made.show()
    made.show_floors(tower())
    return made


def test_30_floors_of_12_rooms_are_rows_and_columns_that_scroll(matrix):
    cells = matrix.cells
    assert (cells.rowCount(), cells.columnCount()) == (30, 12)
    assert cells.headerData(0, Qt.Orientation.Vertical) == "30F"
    assert [column[0] for column in cells.columns] == ["1"] * 6 + ["2"] * 6
    assert matrix.verticalScrollBar().maximum() > 0
    assert matrix.horizontalScrollBar().maximum() == 0
    top = matrix.visualRect(cells.place("U1-1"))
    assert matrix.viewport().rect().contains(top.center())


def test_rooms_of_one_end_stand_over_each_other():
    model = UnitModel()
    model.show_floors([(2, [unit("b", 2, "203"), unit("a", 2, "201")]), (1, [unit("c", 1, "103")])])
    assert model.place("b").column() == model.place("c").column() == 1
    assert model.unit(model.index(1, 0)) is None
    assert model.flags(model.index(1, 0)) == Qt.ItemFlag.NoItemFlags


@given(
    st.lists(
        st.tuples(
            st.integers(-2, 40),
            st.sampled_from([None, "1", "2", "10", "A"]),
            st.one_of(st.none(), st.from_regex(r"[0-9]{1,4}[A-C]?", fullmatch=True)),
        ),
        max_size=60,
    )
)
def test_every_unit_has_one_cell_on_its_floor(drawn):
    floors = {}
    for at, (floor, stair, room) in enumerate(drawn):
        floors.setdefault(floor, []).append(unit(f"U{at}", floor, room, stair))
    model = UnitModel()
    model.show_floors(sorted(floors.items(), reverse=True))
    for at, (floor, stair, _room) in enumerate(drawn):
        place = model.place(f"U{at}")
        assert model.unit(place)["id"] == f"U{at}"
        assert model.floors[place.row()] == floor
        assert model.columns[place.column()][0] == (stair or "")


def test_a_click_opens_the_unit(matrix, qtbot):
    place = matrix.visualRect(matrix.cells.place("U1-3")).center()
    with qtbot.waitSignal(matrix.opened) as heard:
        QTest.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert heard.args == [Ref("unit", "U1-3")]


def test_arrows_move_and_enter_opens(matrix, qtbot):
    matrix.setCurrentIndex(matrix.cells.place("U1-3"))
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Right):
        QTest.keyClick(matrix, key)
    with qtbot.waitSignal(matrix.opened) as heard:
        QTest.keyClick(matrix, Qt.Key.Key_Return)
    assert heard.args == [Ref("unit", "U3-4")]


def test_numbers_of_people_come_and_go(matrix):
    cells = matrix.cells
    place = cells.place("U2-2")
    assert place.data() is None
    cells.set_counts(count_by_unit([{"unit_id": "U2-2"}, {"unit_id": "U2-2"}, {"unit_id": None}]))
    assert place.data() == "2"
    assert cells.place("U2-3").data() == ""
    cells.set_counts(None)
    assert place.data() is None


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "1-2F-202 · own · 80 m² · 3 people"), ("zh_CN", "1-2F-202 · 自住 · 80 m² · 3 人")],
)
def test_a_cell_says_in_words_what_it_shows(matrix, language, said):
    catalogue.speak(language)
    matrix.cells.set_counts({"U2-2": 3})
    place = matrix.cells.place("U2-2")
    assert place.data(Qt.ItemDataRole.AccessibleTextRole) == said
    catalogue.speak("en")


def test_the_legend_counts_uses():
    floors = [(1, [unit("a", 1, "101"), unit("b", 1, "102", use="let"), unit("c", 1, "103")])]
    text = legend(floors, COLOURS)
    assert "own&nbsp;2" in text and "let&nbsp;1" in text and "vacant" not in text
