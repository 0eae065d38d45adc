"""The purpose: chosen or typed, shown while in force, ended by a button, forgotten by lock."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from mapdesk.app.purpose_field import PurposeField
from mapdesk.services import purposes
from tests.app.conftest import PURPOSE, Hand


@pytest.fixture
def field(qtbot):
    made = PurposeField()
    qtbot.addWidget(made)
    made.set_usual(["fire drill", "lift repairs", "走访"])
    made.show()
    return made


def settle(desk, qtbot):
    qtbot.waitUntil(lambda: not desk.jobs.busy, timeout=30_000)


def test_nothing_is_chosen_unasked(field):
    assert field.text() == ""
    assert field.count() == 3


def test_what_is_typed_is_not_filled_in(field, qtbot):
    QTest.keyClicks(field, "fire")
    with qtbot.waitSignal(field.returnPressed):
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "fire"
    assert field.count() == 3


def test_a_part_of_a_purpose_finds_it(field):
    completer = field.completer()
    completer.setCompletionPrefix("REP")
    assert completer.currentCompletion() == "lift repairs"


def test_choosing_from_the_list_finishes(field, qtbot):
    with qtbot.waitSignal(field.editingFinished):
        QTest.keyClick(field, Qt.Key.Key_Down)
        field.activated.emit(0)
    assert field.text() == "fire drill"


def test_a_new_list_keeps_what_is_typed(field, qtbot):
    QTest.keyClicks(field, "half a purp")
    with qtbot.assertNotEmitted(field.textChanged):
        field.set_usual(["another"])
    assert field.text() == "half a purp"
    assert field.count() == 1


def test_it_is_shown_while_in_force(desk, qtbot):
    part = desk.parts.rights.purposes
    assert "since " in part.since.text()
    assert part.end_button.isVisible()
    QTest.mouseClick(part.end_button, Qt.MouseButton.LeftButton)
    assert desk.purpose.text() == ""
    assert not desk.session.access.has_purpose
    qtbot.waitUntil(lambda: not part.end_button.isVisible())
    assert part.since.text() == ""


def test_the_usual_ones_are_read_when_the_list_opens(desk, qtbot):
    purposes.add(desk.store, desk.store.identity, "lift repairs")
    desk.purpose.showPopup()
    settle(desk, qtbot)
    assert [desk.purpose.itemText(row) for row in range(desk.purpose.count())] == ["lift repairs"]
    desk.purpose.hidePopup()
    assert desk.purpose.text() == PURPOSE


def test_a_chosen_one_is_in_force(desk, qtbot):
    desk.purpose.set_usual(["fire drill", "lift repairs"])
    desk.purpose.setCurrentIndex(1)
    desk.purpose.activated.emit(1)
    assert desk.session.access.purpose == "lift repairs"


def test_typing_and_enter_put_it_in_force(desk, qtbot):
    hand = Hand(desk, qtbot)
    desk.commands.ask_purpose()
    desk.purpose.setText("")
    hand.type(desk.purpose, "走访孤寡老人")
    QTest.keyClick(desk.purpose, Qt.Key.Key_Return)
    assert desk.session.access.purpose == "走访孤寡老人"


def test_the_lock_forgets_it(desk, qtbot):
    desk.guard.locked.emit()
    assert desk.purpose.text() == ""
    assert not desk.session.access.has_purpose
